"""A rubric from a YAML file."""

from __future__ import annotations

from pathlib import Path

from experiments.yaml_text import read_yaml
from rewards.errors import ConfigError
from rewards.rubric import Rubric


def read_rubric(file: Path) -> Rubric:
    """The rubric that a file describes (see ``rewards/rubric.py``); "default" is the default one.

    Outside a run there are no steps: take ``rubric.settled()`` to score with it.

    Raises:
        ConfigError: names the file and everything wrong in it.
    """
    if str(file) == "default" and not file.exists():
        return Rubric.default()
    try:
        return Rubric.from_config(read_yaml(file))
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from error
