"""One table of patients: imputation, resampling, the boosted trees on top, and their explanation."""
