"""Files that are there whole or not at all, and what else must be on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def replacing(path: Path, temporary: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write, which stands under its name once the block has ended and it is on the disk.

    After any error in the block or on the disk ``path`` is as it was, and nothing is left beside
    it; a process that is killed leaves its temporary file. Of two that write one path at once the
    last wins, whole.

    Args:
        path: in a folder that exists; a file or link of this name is replaced.
        temporary: where the bytes are meanwhile, in the same folder. A fixed name is for a path
            that one process alone writes: what a killed one left there is removed. Without it the
            name is new each time.

    Raises:
        OSError: the disk refused.
    """
    work = temporary or path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    try:
        work.unlink(missing_ok=True)
        with work.open("xb") as file:  # follows no link that somebody left under this name
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(work, path)
        sync(path.parent)  # the name lives in the folder, not in the file
    except BaseException:
        with suppress(OSError):  # of a name that is not there, too
            work.unlink()
        raise


def sync(path: Path) -> None:
    """Onto the disk: the bytes of a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
