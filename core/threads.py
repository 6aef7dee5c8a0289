"""How many threads the project uses: set here and nowhere else."""

from __future__ import annotations

import os

MOST = 8


def threads() -> int:
    """Threads for training and imputation: the processors that this process may use, at most ``MOST``.

    ``OMP_NUM_THREADS``, the customary limit, is kept: on a machine shared with others, threads that wait for each
    other cost more than they bring.
    """
    usable = getattr(os, "sched_getaffinity", None)
    available = len(usable(0)) if usable else os.cpu_count() or 1
    limit = os.environ.get("OMP_NUM_THREADS", "")
    wanted = int(limit) if limit.isdecimal() and int(limit) else MOST
    return max(1, min(available, wanted, MOST))
