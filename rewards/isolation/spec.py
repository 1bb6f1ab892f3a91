"""``FILE.py:NAME``: which file a reward stands in, and under which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rewards.errors import ConfigError, nearest

MAX_SOURCE_BYTES = 2**22


@dataclass(frozen=True, slots=True)
class UserReward:
    """A reward of a file, as it stood when it was read.

    The source travels: a process that starts later, here or elsewhere, runs the
    code that the run began with, also after the file was edited.

    Attributes:
        path: absolute.
        name: what the file defines.
        source: the content of the file.
        params: keyword arguments of each call.
    """

    path: str
    name: str
    source: bytes = field(repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """``FILE.py:NAME`` without folders."""
        return f"{Path(self.path).name}:{self.name}"


def read_spec(spec: str, params: Mapping[str, Any]) -> UserReward:
    """Read the file that a spec names.

    Raises:
        ConfigError: the spec has another form, or the file cannot be read.
    """
    file, colon, name = spec.rpartition(":") if isinstance(spec, str) else ("", "", "")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        raise ConfigError(
            f"a reward of your own is named by file and function: got {spec!r}, expected "
            "FILE.py:NAME such as my_rewards.py:brevity"
        )
    path = Path(file).expanduser().absolute()
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise OSError("it is no file")
        with path.open("rb") as stream:
            source = stream.read(MAX_SOURCE_BYTES + 1)
    except OSError as failure:
        hint = _nearest_file(path)
        raise ConfigError(
            f"{path}: the file of reward {name!r} cannot be read "
            f"({failure.strerror or failure}){hint}"
        ) from failure
    if len(source) > MAX_SOURCE_BYTES:
        raise ConfigError(f"{path}: got more than {MAX_SOURCE_BYTES} bytes, expected source code")
    return UserReward(str(path), name, source, dict(params))


def _nearest_file(path: Path) -> str:
    files = sorted(file.name for file in path.parent.glob("*.py") if file.is_file())[:10_000]
    return nearest(path.name, files) or f"; expected a Python file in {path.parent}"
