"""A rubric from a YAML file, or out of a run folder, which may be a stranger's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.resuming import CONFIG
from experiments.yaml_text import read_yaml
from rewards.errors import ConfigError, nearest
from rewards.rubric import Rubric
from rewards.rubric_names import from_here, in_file
from rewards.rubric_part import RubricPart


def read_rubric(file: Path, *, trust_code: bool = False) -> Rubric:
    """The rubric that a file describes (see ``rewards/rubric.py``); "default" is the default one.

    Of a run's configuration it is the section ``rubric``; a run folder stands for its own.

    Outside a run there are no steps: take ``rubric.settled()`` or ``rubric.at(step)`` to score
    with it.

    Args:
        trust_code: a run folder's rubric may do what ``check_stranger`` refuses. A file is the
            user's own, who named it.

    Raises:
        ConfigError: names the file and everything wrong in it.
    """
    if str(file) == "default" and not file.exists():
        return Rubric.default()
    of_run = file.is_dir()
    if of_run and not (file / CONFIG).is_file():
        raise ConfigError(
            f"{file}: no run: got a folder without {CONFIG}, expected a run folder or a YAML file"
        )
    file = file / CONFIG if of_run else file
    try:
        tree = read_yaml(file)
        if isinstance(tree, dict) and "parts" not in tree and "rubric" in tree:
            tree = tree["rubric"]
        if of_run and not trust_code:
            check_stranger(tree)
        return Rubric.from_config(tree, file.parent)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from error


def part_in_file(rubric: Rubric, named: str, file: Path) -> RubricPart:
    """The part whose reward stands in a file, by its FILE.py:NAME or its own name.

    Args:
        rubric: as it was read from ``file``.

    Raises:
        ConfigError: no part is called so or has that reward, several have it, or its reward is
            one of the library.
    """
    own = [part for part in rubric.parts if in_file(part.reward)]
    found = [part for part in own if part.name == named or part.reward == in_file(named)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        names = ", ".join(part.name for part in found)
        raise ConfigError(
            f"{file}: {named} is the reward of several parts: got {names}, expected one; name the "
            "part instead"
        )
    names = {part.name: f"{part.name} ({from_here(part.reward)})" for part in own}
    library = any(part.name == named for part in rubric.parts)
    got = f"{named!r}, whose reward is one of the library" if library else f"no part {named!r}"
    known = f"one of {', '.join(names.values())}" if names else "a part with reward: FILE.py:NAME"
    raise ConfigError(f"{file}: got {got}, expected {known}{nearest(named, [*names]) or ''}")


def check_stranger(rubric: Any) -> None:
    """Refuse the rubric of a run folder that names code to run or a key to send.

    Run folders are passed on; who judges by one did not write it, and may not have read it.

    Args:
        rubric: as it was read; what else is wrong with it, its own reader says.

    Raises:
        ConfigError: names each file, and each key with where it would go.
    """
    parts = rubric.get("parts") if isinstance(rubric, Mapping) else None
    asks = [
        what
        for name, body in (parts.items() if isinstance(parts, Mapping) else ())
        for what in _asks(str(name), body if isinstance(body, Mapping) else {})
    ]
    if asks:
        raise ConfigError(
            "the run's rubric runs code or sends a key of yours for whoever wrote it: got "
            f"{', '.join(asks)}, expected rewards of the library alone; read them, then give "
            "--trust-code, or judge by a file of your own with --rubric"
        )


def _asks(name: str, body: Mapping[Any, Any]) -> list[str]:
    reward = str(body.get("reward", name))  # as `rewards/rubric_config.py` finds it
    found = [f"the code of {reward!r} in parts.{name}"] if in_file(reward) else []
    if key := body.get("key_env"):
        found.append(f"the key in {key!r} for {str(body.get('url'))[:100]!r} in parts.{name}")
    return found
