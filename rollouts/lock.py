"""One process at a time in a run folder.

The lock is the kernel's, on ``RUN/.lock``: it ends with the process that holds it, however
that ends, and what the file says then binds nobody. It is ``lockf``, which no forked worker
inherits, as it would ``flock`` and outlive its parent with it. Where the system or the file
system has no such lock, there is none.
"""

from __future__ import annotations

import errno
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rewards.errors import CheckpointError
from rollouts.files import refuse_links, storage_error

try:
    import fcntl
except ImportError:  # no POSIX system
    fcntl = None

LOCK = ".lock"
_HELD = (errno.EACCES, errno.EAGAIN)
_UNHEARD_OF = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder, made if need be; afterwards the lock is gone, and the folder if empty.

    Raises:
        CheckpointError: another process is in it, which is named.
        DataError: a folder in it is a link (``rollouts/files.py``).
        StorageError: the folder cannot be written.
    """
    path = folder / LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _held(path)
    except OSError as error:
        raise storage_error(path, 0, error) from error
    try:
        refuse_links(folder)
        yield
    finally:
        # Before it is let go: whoever opened this very file meanwhile sees that it is gone.
        with suppress(OSError):
            if _is_still(descriptor, path):  # else another process holds one of this name
                path.unlink()
        os.close(descriptor)
        with suppress(OSError):  # it holds a run
            folder.rmdir()


def _held(path: Path) -> int:
    """The descriptor that holds the lock."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            _take(descriptor, path)
            if _is_still(descriptor, path):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()} on {platform.node()}\n".encode(), 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder took it away


def _take(descriptor: int, path: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            other = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "unknown"
            raise CheckpointError(
                f"another process works in '{path.parent}': got a lock held by process {other}, "
                "expected none; wait until it has ended, or choose another folder"
            ) from error
        if error.errno not in _UNHEARD_OF:
            raise


def _is_still(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    return False
