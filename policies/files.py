"""Files of strangers opened; bytes written until none is left."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def regular_file(path: Path | str, *, follow_link: bool = True) -> BinaryIO:
    """A regular file, opened to be read; the caller closes it.

    Args:
        follow_link: whether the last step of the path may be a link.

    Raises:
        OSError: there is no such file, it cannot be opened, or it is a folder, a pipe or a
            device.
    """
    # Without O_NONBLOCK a named pipe would wait for its other end for ever.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags if follow_link else flags | os.O_NOFOLLOW)
    except ValueError as error:  # a NUL in the path
        raise OSError(errno.EINVAL, str(error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "a folder or device")
    return open(descriptor, "rb")


def write_all(descriptor: int, data: bytes) -> None:
    """``os.write`` until nothing is left: one call may take only a part."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
