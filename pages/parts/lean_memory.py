"""How this process asks the system for memory: a small machine is meant, and many short-lived threads draw pages.

By default the C library keeps a heap of its own for every few threads, and Arrow one more, and all hold on to what was
freed. Two heaps that give back took a visitor who goes everywhere from 600 to 500 MB.
"""

from __future__ import annotations

import ctypes
import os
import sys

# of glibc's malloc.h
_TRIM_THRESHOLD, _ARENA_MAX = -1, -8
_HEAPS, _KEPT_BYTES = 2, 128 * 1024


def keep_memory_lean() -> None:
    """Take few heaps that give back; without effect where the system's C library is another."""
    # read by Arrow when it is loaded
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_ARENA_MAX, _HEAPS)
    mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
