"""Which files rewards of one's own stand in, by name and digest: their own and what they import.

    part -> "mine.py (1f0c...), words.py (9a7e...)"

The own file comes first. Versions that wrote it alone are understood by ``alike``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from rewards.errors import ConfigError
from rewards.isolation.imports import imported
from rewards.rubric import Rubric
from rewards.rubric_names import in_file

REWARD_FILES = "reward_files"
"""Its name in fingerprints and metrics."""

_BETWEEN = ", "


def reward_files(rubric: Rubric) -> dict[str, str]:
    """Part -> names and digests of the files that its reward stands in, of those in files.

    Raises:
        ConfigError: a file cannot be read.
    """
    return {
        part.name: _files(Path(spec.rpartition(":")[0]))
        for part in rubric.parts
        if (spec := in_file(part.reward))
    }


def alike(was: Any, now: Any) -> bool:
    """True where two values of a part are of the same files, as far as the older one tells."""
    return now == was or f"{now}".startswith(f"{was}{_BETWEEN}")


def unlike(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """Each part whose files are others, with those files alone."""
    for part in sorted({*now, *before}):
        if not alike(was := before.get(part), found := now.get(part)):
            new, old = (str(value).split(_BETWEEN) for value in (found, was))
            got = _BETWEEN.join(file for file in new if file not in old)
            expected = _BETWEEN.join(file for file in old if file not in new)
            yield f"{REWARD_FILES}, {part}: got {got or 'none'}, expected {expected or 'none'}"


def _files(own: Path) -> str:
    try:
        return _BETWEEN.join(
            f"{file.relative_to(own.parent).as_posix()} ({_digest(file)})"
            for file in (own, *imported(own))
        )
    except OSError as error:
        raise ConfigError(
            f"the reward's file '{error.filename}' cannot be read: got {error.strerror}, expected "
            "the file that the rubric names, or one that it imports; check its permissions"
        ) from error


def _digest(file: Path) -> str:
    return blake2b(file.read_bytes(), digest_size=8).hexdigest()
