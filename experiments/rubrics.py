"""A rubric from a YAML file."""

from __future__ import annotations

from pathlib import Path

from experiments.yaml_text import read_yaml
from rewards.errors import ConfigError
from rewards.rubric import Rubric


def read_rubric(file: Path) -> Rubric:
    """The rubric that a file describes (see ``rewards/rubric.py``); "default" is the default one.

    Of a run's configuration it is the section ``rubric``; a run folder stands for its own.

    Outside a run there are no steps: take ``rubric.settled()`` or ``rubric.at(step)`` to score
    with it.

    Raises:
        ConfigError: names the file and everything wrong in it.
    """
    if str(file) == "default" and not file.exists():
        return Rubric.default()
    file = file / "config.yaml" if file.is_dir() else file
    try:
        tree = read_yaml(file)
        if isinstance(tree, dict) and "parts" not in tree and "rubric" in tree:
            tree = tree["rubric"]
        return Rubric.from_config(tree, file.parent)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from error
