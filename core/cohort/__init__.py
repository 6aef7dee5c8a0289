"""What a cohort is, and where cohorts come from."""
