"""Which reward a part means, a registered one or ``FILE.py:NAME``, and what is said of one that
is neither."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewards import registry
from rewards.errors import nearest
from rewards.parameters import LIMITS, PART_KEYS

_FILE = re.compile(r"(?s)(.+\.py):([^:/\\]+)")
_OF_YOUR_OWN = "a reward of your own is FILE.py:NAME"


def in_file(reward: str) -> str | None:
    """``FILE.py:NAME`` with an absolute path, or None for a name of another form."""
    match = _FILE.fullmatch(reward)
    return f"{Path(match[1]).expanduser().absolute()}:{match[2]}" if match else None


def from_here(reward: str) -> str:
    """``FILE.py:NAME`` with its path as it is typed where the command runs, if the file lies
    below; a registered name as it is."""
    match = _FILE.fullmatch(reward)
    if match is None or not Path(match[1]).is_relative_to(here := Path.cwd()):
        return reward
    return f"{Path(match[1]).relative_to(here)}:{match[2]}"


def lies_elsewhere(reward: str, home: Path | None) -> str:
    """That the file of ``FILE.py:NAME`` lies beside the rubric and not where it is looked for.

    Args:
        home: the folder of the rubric's own file; None where there is none.

    Returns:
        A clause, or "".
    """
    match = _FILE.fullmatch(reward)
    if match is None or home is None or Path(match[1]).expanduser().exists():
        return ""
    beside = home / match[1]
    if not beside.is_file():
        return ""
    return (
        f"got {reward!r}, whose file is looked for where the command runs, in {Path.cwd()}; it "
        f"lies beside the rubric: write {beside}:{match[2]}, or run the command in {home}"
    )


def unknown(reward: str, body: Mapping[Any, Any]) -> str:
    """What is said of a reward that is not registered.

    Args:
        body: the settings of its part.
    """
    if reward.endswith(".py"):
        stem = Path(reward).stem
        example = f"{reward}:{stem if stem.isidentifier() else 'brevity'}"
        return f"unknown reward {reward!r}: {_OF_YOUR_OWN}, such as {example}"
    if "reward" not in body:
        for key, value in body.items():
            is_spec = isinstance(value, str) and _FILE.fullmatch(value)
            if key not in (*PART_KEYS, *LIMITS) and (nearest(key, ["reward"]) or is_spec):
                return f"unknown key {key!r}, did you mean 'reward'?"
    hint = registry.nearest_known(reward)
    return f"unknown reward {reward!r}{hint}; {_OF_YOUR_OWN}; known: {registry.known()}"
