"""What record and ECG say together."""
