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


def fault(path: str) -> str | None:
    """What no folder can make right in a path, as the end of "it ...", or None."""
    if not path.strip():
        return "is empty"
    if "\0" in path:
        return "holds a NUL character"
    if "://" in path or path.lower().startswith("file:"):
        return "is a URL; download it first"
    if ".." in PurePosixPath(path).parts or ".." in PureWindowsPath(path).parts:
        return "climbs out with '..'"
    return None


def resolve_clip(clip: Clip, root: Path, *, where: str = "clip path") -> Path:
    """The clip's file, proven to lie below ``root``; it need not exist yet.

    Args:
        clip: its ``path`` may be relative to ``root`` or absolute.
        root: the folder of the questions file.
        where: how an error names the path.

    Raises:
        DataError: the path leads elsewhere (see the table above).
    """
    if (wrong := fault(clip.path)) is not None:
        raise DataError(
            f"{where}: got {clip.path[:80]!r}, expected a path below the folder of the questions "
            f"file: it {wrong}"
        )
    try:
        home = Path(root).resolve()
        target = (home / clip.path).resolve()
    except (OSError, RuntimeError, ValueError) as failure:  # ValueError: half of a surrogate pair
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
