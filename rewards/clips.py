"""A clip in JSON, and where its file may lie: below the folder of the file that names it.

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

from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from rewards.errors import DataError, nearest
from rewards.fields import Wrong, number, read_field, show, text
from rewards.patterns import Pattern
from rewards.records import Clip

_FIELDS = ("path", "start", "duration", "sha256")
_SHA256 = Pattern(r"[0-9a-fA-F]{64}")


def fault(path: str) -> str | None:
    """What no folder can make right in a path, as the end of "it ...", or None."""
    if not path.strip():
        return "is empty"
    if "\0" in path:
        return "holds a NUL character"
    if "://" in path or path.lower().startswith("file:"):
        return "is a URL; download it first"
    if ".." in path and (".." in PurePosixPath(path).parts or ".." in PureWindowsPath(path).parts):
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


def clip_from_json(value: Any, problems: list[str]) -> Clip | None:
    """A clip out of a path or an object; what is wrong goes to ``problems``."""
    if isinstance(value, str):
        value = {"path": value}
    if not isinstance(value, Mapping):
        problems.append(f"clip: got {show(value)}, expected a path or an object with a path")
        return None
    for name in value:
        if name not in _FIELDS:
            hint = nearest(name, list(_FIELDS))
            hint = hint or f"; expected one of {', '.join(_FIELDS)}"
            problems.append(f"clip: unknown field {name!r}{hint}")
    found: list[str] = []
    if value.get("path") is None:
        found.append("path: is missing, expected a string")
    clip = Clip(
        path=read_field(value, "path", _path, found, ""),
        sha256=read_field(value, "sha256", _sha256, found, None),
        start=read_field(value, "start", _start, found, 0.0),
        duration=read_field(value, "duration", _duration, found, None),
    )
    problems.extend(f"clip.{problem}" for problem in found)
    return clip


def clip_to_json(clip: Clip) -> str | dict[str, Any]:
    """The path, or an object where more is known."""
    obj: dict[str, Any] = {"path": clip.path}
    if clip.start:
        obj["start"] = clip.start
    for name in ("duration", "sha256"):
        if getattr(clip, name) is not None:
            obj[name] = getattr(clip, name)
    return clip.path if len(obj) == 1 else obj


def _path(value: Any) -> str:
    path = text(value)
    if (wrong := fault(path)) is not None:
        raise Wrong(f"a path below the folder of the file: it {wrong}")
    return path


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise Wrong("64 hexadecimal digits")
    return value.lower()


def _start(value: Any) -> float:
    if number(value) < 0:
        raise Wrong("seconds of at least 0")
    return number(value)


def _duration(value: Any) -> float:
    if number(value) <= 0:
        raise Wrong("seconds above 0")
    return number(value)
