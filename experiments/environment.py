"""``RUN/env.json``: what a run was begun with, so that another can be like it.

    python, platform   versions
    packages           {name: version} of what it is made of, null where one is not installed
    commit             of the checkout, with a plus where it had changes
    hardware           {cpu, cores, memory_gib, gpus} (``experiments/hardware.py``)
    command            as it was called
    seed

Version 0.1.0 wrote neither hardware nor command, and fewer packages.
"""

from __future__ import annotations

import json
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from rewards.errors import DataError

PACKAGES = (
    "torch", "transformers", "trl", "peft", "accelerate", "tokenizers", "safetensors",
    "bitsandbytes", "ray", "numpy", "music21", "mir_eval", "soundfile", "soxr", "omegaconf",
)  # fmt: skip
FILE = "env.json"
MAX_BYTES = 2**20


def write_environment(folder: Path, config: Any) -> None:
    """Publish ``RUN/env.json``; raises StorageError."""
    from rollouts.files import publish

    publish(folder / FILE, (json.dumps(environment(config), indent=1) + "\n").encode())


def environment(config: Any) -> dict[str, Any]:
    """What this process works with."""
    from experiments.hardware import hardware

    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "commit": _commit(),
        "hardware": hardware(),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "seed": getattr(config, "seed", None),
    }


def read_environment(run: Path) -> dict[str, Any]:
    """What two runs may differ in: Python, commit, packages and machine of one, by name.

    Raises:
        DataError: ``env.json`` cannot be read.
    """
    from rollouts.files import read_bounded

    path = run / FILE
    if not path.exists():
        return {}
    try:
        tree = json.loads(read_bounded(path, MAX_BYTES))
        machine = tree.get("hardware", {})
        return {"python": tree["python"], "commit": tree["commit"], **tree["packages"], **machine}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(
            f"cannot use {path}: got {error!r}, expected python, commit and packages; delete it"
        ) from error


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


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
