"""What the operating system is asked to hold a child to, from within the child."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def no_core() -> None:
    """A crash leaves no file of memory on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def memory(gigabytes: float) -> None:
    """Allocations beyond that much address space fail; Python raises MemoryError.

    macOS takes no such limit; there the deadline alone holds.
    """
    if sys.platform == "linux":
        most = int(gigabytes * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def too_little(failure: BaseException, gigabytes: float) -> str:
    """``; ... raise memory_gb`` if a failure, or its cause, is one of memory, else nothing."""
    if isinstance(failure, MemoryError) or isinstance(failure.__cause__, MemoryError):
        return f"; its process may take {gigabytes:g} GiB, for more raise memory_gb"
    return ""


def adopt_orphans() -> None:
    """Descendants whose parent dies become children of this process, not of init."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with(parent: int) -> None:
    """Be killed once the thread of ``parent`` that forked this process is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it went before it could be asked for
            os._exit(1)
