"""Whether this process is one of several that torch's launcher started; known without torch."""

from __future__ import annotations

import os


def rank() -> int:
    """Number of this process; 0 where it is alone. Only process 0 writes files and speaks."""
    return int(os.environ.get("RANK", "0")) if size() > 1 else 0


def size() -> int:
    """How many processes work together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait() -> None:
    """Wait until all processes are here."""
    if size() > 1:
        import torch.distributed as dist

        from core.ecg.distributed import world

        world()
        dist.barrier()
