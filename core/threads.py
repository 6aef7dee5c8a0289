"""How many threads the project uses: set here and nowhere else."""

from __future__ import annotations

import os

MOST = 8


def threads() -> int:
    """Threads for training and imputation: the processors that this process may use, at most ``MOST``."""
    usable = getattr(os, "sched_getaffinity", None)
    available = len(usable(0)) if usable else os.cpu_count() or 1
    return max(1, min(available, MOST))
