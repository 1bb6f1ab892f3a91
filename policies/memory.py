"""Freed memory is kept for the next step instead of being handed back to the system.

A training step on a CPU allocates the same large tensors again and again. glibc
maps each of them anew and the system zeroes every page: a fifth of a step.
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h
_LARGEST_THRESHOLD = 32 * 2**20  # glibc takes no larger one


def keep_freed_memory() -> bool:
    """Tell glibc's allocator so; True if it took it, False on another system."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    kept = mallopt(_MMAP_THRESHOLD, _LARGEST_THRESHOLD)
    return bool(kept and mallopt(_TRIM_THRESHOLD, 2**31 - 1))
