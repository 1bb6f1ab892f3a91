"""Which files a part judges by, by name and digest: of code, and those that its parameters name.

    part -> "mine.py (1f0c...), words.py (9a7e...), priors: priors.json (22b1...)"

A reward of one's own stands in the first, and imports those behind it; one that a parameter names
has that name before it. Versions that wrote less are understood by ``alike``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from rewards.errors import ConfigError
from rewards.isolation.imports import imported
from rewards.rubric import Rubric
from rewards.rubric_names import in_file
from rewards.rubric_part import RubricPart

REWARD_FILES = "reward_files"
"""Its name in fingerprints and metrics."""

_BETWEEN, _NAMES = ", ", ": "


def reward_files(rubric: Rubric) -> dict[str, str]:
    """Part -> names and digests of the files by which it judges, of those that have any.

    Raises:
        ConfigError: a file cannot be read.
    """
    found = {part.name: [*_code(part), *_named(part)] for part in rubric.parts}
    return {name: _BETWEEN.join(files) for name, files in found.items() if files}


def alike(was: Any, now: Any) -> bool:
    """True where two values of a part are of the same files, as far as the older one tells.

    The oldest have no value for a reward of the library, of which now a parameter may name a file.
    """
    if was is None:
        return now is None or all(_NAMES in file for file in f"{now}".split(_BETWEEN))
    return now == was or f"{now}".startswith(f"{was}{_BETWEEN}")


def unlike(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """Each part whose files are others, with those files alone."""
    for part in sorted({*now, *before}):
        if not alike(was := before.get(part), found := now.get(part)):
            new, old = (str(value).split(_BETWEEN) for value in (found, was))
            got = _BETWEEN.join(file for file in new if file not in old)
            expected = _BETWEEN.join(file for file in old if file not in new)
            yield f"{REWARD_FILES}, {part}: got {got or 'none'}, expected {expected or 'none'}"


def _code(part: RubricPart) -> Iterator[str]:
    """The file that a reward of one's own stands in, and those that it imports."""
    spec = in_file(part.reward)
    if not spec:
        return
    own = Path(spec.rpartition(":")[0])
    try:
        for file in (own, *imported(own)):
            yield _told(file.relative_to(own.parent).as_posix(), file)
    except OSError as error:
        raise ConfigError(
            f"the reward's file '{error.filename}' cannot be read: got {error.strerror}, expected "
            "the file that the rubric names, or one that it imports; check its permissions"
        ) from error


def _named(part: RubricPart) -> Iterator[str]:
    """The files that parameters name, such as ``priors`` of ``theory``."""
    files = {name: Path(value) for name, value in part.params.items() if _is_file(value)}
    try:
        for name, file in sorted(files.items()):
            yield _told(f"{name}{_NAMES}{file.name}", file)
    except OSError as error:
        raise ConfigError(
            f"'{error.filename}', which part {part.name!r} names, cannot be read: got "
            f"{error.strerror}, expected a file that its reward reads; check its permissions"
        ) from error


def _is_file(value: Any) -> bool:
    """Whether a text names a file; one that is too long for a name, or holds a NUL, names none."""
    try:
        return isinstance(value, str) and Path(value).is_file()
    except (OSError, ValueError):
        return False


def _told(name: str, file: Path) -> str:
    with file.open("rb") as stream:
        return f"{name} ({file_digest(stream, lambda: blake2b(digest_size=8)).hexdigest()})"
