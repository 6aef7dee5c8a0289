"""One 12-lead recording: reading it, its quality, its waves and signs, and whether it looks like embolism."""
