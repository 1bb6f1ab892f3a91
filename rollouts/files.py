"""Files of a run folder: published whole, read within bounds.

A file appears under its name only when all of its bytes are on the disk, so a
reader sees it complete or not at all. Run folders also come from strangers,
hence a reader follows no link, opens no pipe and takes no more than it allows, and
nobody works in a run with linked folders.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from policies.files import regular_file
from rewards.errors import DataError, StorageError
from rewards.whole_file import replacing

OnSkip: TypeAlias = Callable[[Path, str], None]

_LOG = logging.getLogger(__name__)


def log_skip(path: Path, reason: str) -> None:
    """Say on the log that (a part of) a file was left out, and why."""
    _LOG.warning("skipped %s: %s", path, reason)


def refuse_links(run: Path) -> None:
    """See that every folder in a run is its own: a link would carry what is written elsewhere.

    The run folder itself may be a link, which its user has named.

    Raises:
        DataError: names the first linked folder.
    """
    for place, folders, _ in os.walk(run):
        for path in (Path(place, name) for name in sorted(folders)):
            if path.is_symlink():
                raise DataError(
                    f"{path} is a link to a folder: got '{os.readlink(path)}', expected a folder "
                    "of the run's own; move it here, or link the whole run"
                )


def publish(path: Path, data: bytes) -> None:
    """Write ``data`` as ``path``, whole, as ``replacing`` does.

    The temporary name is derived from ``path``: one process writes a path at a time, and
    what a killed process left is removed by the next attempt.

    Raises:
        StorageError: if any step fails, for example on a full disk. Then
            ``path`` is as it was before and the temporary file is gone.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, path.with_name(f".{path.name}.tmp")) as file:
            file.write(data)
    except OSError as error:
        raise storage_error(path, len(data), error) from error


def storage_error(path: Path, needed: int, error: OSError) -> StorageError:
    """The sentence for a failed write: of a full disk the bytes it needed and those there are."""
    remedy = "look at the path and its permissions"
    if error.errno in (None, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        remedy = f"it needs {needed:,} bytes, {_free(path.parent)}; make room"
    return StorageError(
        f"cannot write {path} ({error.strerror or error}): what was written before is safe; "
        f"{remedy}, then give the command again, with --resume if the run had begun"
    )


def _free(folder: Path) -> str:
    try:
        place = os.statvfs(folder)
    except OSError:
        return "free space unknown"
    return f"{place.f_bavail * place.f_frsize:,} bytes free"


def read_bounded(path: Path, limit: int) -> bytes:
    """All bytes of a regular file of at most ``limit`` bytes.

    Raises:
        DataError: for a link, a folder, a pipe, a larger or an unreadable file.
    """
    try:
        with regular_file(path, follow_link=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: got {error.strerror or error}, expected a regular file; look at "
            "it or remove it from the run"
        ) from error
    if len(data) > limit:
        raise DataError(
            f"{path} is too large: got more than {limit:,} bytes, expected at most that many;"
            " remove it from the run"
        )
    return data
