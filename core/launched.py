"""Whether this process is one of several that torch's launcher started; known without torch."""

from __future__ import annotations

import os


def rank() -> int:
    """Number of this process; 0 where it is alone. Only process 0 writes files and speaks."""
    return int(os.environ.get("RANK", "0")) if size() > 1 else 0


def size() -> int:
    """How many processes work together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def join() -> None:
    """Join the other processes, once."""
    import torch
    import torch.distributed as dist

    if not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


def wait() -> None:
    """Wait until all processes are here."""
    if size() > 1:
        import torch.distributed as dist

        join()
        dist.barrier()
