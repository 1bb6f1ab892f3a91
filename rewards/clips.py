"""Where a clip may lie: below the folder of the file that names it, and nowhere else.

Questions files come from others, so a path in one is not trusted:

=======================================  =======
path                                     is
=======================================  =======
``a.wav``, ``sub/a.wav``                 taken, relative to the folder
absolute, inside the folder              taken
absolute, outside the folder             refused
with a ``..`` step                       refused
a link that leads out of the folder      refused
``scheme://...``, a NUL, empty           refused
=======================================  =======
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from rewards.errors import DataError
from rewards.records import Clip


def check_path(path: str, *, where: str) -> None:
    """Refuse what no folder can make right.

    Raises:
        DataError: names ``where`` and what is wrong with the path.
    """
    expected = "expected a path below the folder of the questions file"
    if not path.strip():
        raise DataError(f"{where} is empty: {expected}")
    if "\0" in path:
        raise DataError(f"{where} holds a NUL character: got {path[:80]!r}, {expected}")
    if "://" in path or path.lower().startswith("file:"):
        raise DataError(f"{where} is a URL: got {path[:80]!r}, {expected}; download it first")
    if ".." in PurePosixPath(path).parts or ".." in PureWindowsPath(path).parts:
        raise DataError(f"{where} climbs out with '..': got {path[:80]!r}, {expected}")


def resolve_clip(clip: Clip, root: Path, *, where: str = "clip path") -> Path:
    """The clip's file, proven to lie below ``root``; it need not exist yet.

    Args:
        clip: its ``path`` may be relative to ``root`` or absolute.
        root: the folder of the questions file.
        where: how an error names the path.

    Raises:
        DataError: the path leads elsewhere (see the table above).
    """
    check_path(clip.path, where=where)
    try:
        home = Path(root).resolve()
        target = (home / clip.path).resolve()
    except (OSError, RuntimeError) as failure:
        raise DataError(
            f"{where} cannot be followed: got {clip.path[:80]!r} ({failure}), "
            "expected a file name that the system accepts"
        ) from failure
    if target == home or not target.is_relative_to(home):
        raise DataError(
            f"{where} leads out of the folder: got {clip.path[:80]!r}, expected a file below "
            f"{str(home)!r}; copy the recording there"
        )
    return target
