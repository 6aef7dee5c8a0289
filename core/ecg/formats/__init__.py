"""Recordings as devices and archives export them, one small module a format; the door is ``core.ecg.reading``."""
