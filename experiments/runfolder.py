"""A run folder's own papers: the resolved configuration and the environment.

config.yaml   what `--print-config` shows
env.json      versions, commit, seed
"""

from __future__ import annotations

import json
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewards.errors import CheckpointError, ConfigError

if TYPE_CHECKING:
    from experiments.schemas import GrpoRun, QuickstartRun, SftRun
    from rollouts.run import GrpoSpec

PACKAGES = ("torch", "transformers", "trl", "peft", "ray", "music21", "numpy", "omegaconf")


def open_run(folder: Path, config: Any, *, resume: bool) -> None:
    """Begin a run folder, or go on in one that was begun with the same configuration.

    Raises:
        CheckpointError: if a fresh run would overwrite another, or there is none to resume.
        ConfigError: on resume, if the configuration has changed; names the keys.
    """
    from experiments.config import to_yaml
    from rollouts.files import publish

    path = folder / "config.yaml"
    text = to_yaml(config)
    if path.exists() and not resume:
        raise CheckpointError(
            f"'{folder}' holds a run already: got config.yaml, expected no run there; give "
            "--resume to go on with it, or another folder"
        )
    if resume and path.exists():
        _check_same(path, text)
        return
    publish(path, text.encode())
    publish(folder / "env.json", (json.dumps(environment(config), indent=1) + "\n").encode())


def read_run(folder: Path) -> GrpoSpec:
    """How a GRPO run was made, from its configuration.

    Raises:
        ConfigError: if the folder has no configuration of a GRPO run.
    """
    from experiments import specs
    from experiments.schemas import QuickstartRun, SftRun
    from policies.lora import local_folder
    from rewards.questions import read_questions

    path = folder / "config.yaml"
    if not path.exists():
        raise ConfigError(
            f"'{folder}' is no run folder: got no config.yaml, expected one; check it"
        )
    config = read_config(path)
    if isinstance(config, SftRun):
        raise ConfigError(f"'{folder}' is a cold start: got no GRPO run, expected one; check it")
    if isinstance(config, QuickstartRun):
        data = config.data_folder
        if not data.is_dir():
            raise ConfigError(
                f"the data of the run '{folder}' is not at '{data}': a relative path starts where "
                "the run was started; go there and call again"
            )
        train, dev = (read_questions(data / f"{split}.jsonl") for split in ("train", "dev"))
        return specs.grpo(folder, folder / "cold_start", data, train, dev, config)
    root, start = specs.clips_root(config.data), local_folder(config.model.path)
    train = read_questions(config.data.questions)
    return specs.grpo(folder, start, root, train, specs.questions(config.data.dev), config)


def read_config(path: Path) -> SftRun | GrpoRun | QuickstartRun:
    """The configuration of a command, told apart by its sections.

    Raises:
        ConfigError: it is none of them, or something in it is wrong.
    """
    from experiments.config import load
    from experiments.schemas import GrpoRun, QuickstartRun, SftRun
    from experiments.yaml_text import read_yaml

    sections = read_yaml(path)
    if not isinstance(sections, dict):
        raise ConfigError(f"'{path}' is no configuration: got no sections, expected some; check it")
    if "data_folder" in sections:
        return load(QuickstartRun, [path], [])
    return load(SftRun if "sft" in sections else GrpoRun, [path], [])


def _check_same(path: Path, text: str) -> None:
    before = path.read_text()
    if before == text:
        return
    changed = sorted(set(before.splitlines()) ^ set(text.splitlines()))
    raise ConfigError(
        f"the run in '{path.parent}' was started with another configuration: got "
        f"{'; '.join(line.strip() for line in changed[:6])}, expected what config.yaml says; "
        "resume with the values it was started with, or start another run"
    )


def environment(config: Any) -> dict[str, Any]:
    """Versions, commit and seed."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "commit": _commit(),
        "seed": getattr(config, "seed", None),
    }


def _commit() -> str | None:
    """The commit of the checkout, with a plus where it has changes; None outside one."""
    home = Path(__file__).resolve().parents[1]
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"],
            cwd=home, capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
