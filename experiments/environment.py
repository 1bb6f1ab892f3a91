"""``RUN/env.json``: what a run was done with, so that another can be like it.

    python, platform   versions
    packages           {name: version} of what it is made of, null where one is not installed
    commit             of the checkout, with a plus where it had changes
    hardware           {cpu, cores, memory_gib, gpus} (``experiments/hardware.py``)
    command            as it was called
    seed
    resumed            each time that it was gone on with: the same again, and ``newest``
                       {sft, grpo}: the step of the last checkpoint that there was, or null;
                       ``edited``, where files of rewards were others and it was accepted: a list
                       of {part, step, was, now}, the first step that was judged by the file of now

Version 0.1.0 wrote neither hardware nor command, and fewer packages; it noted no resumption.
"""

from __future__ import annotations

import json
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewards.errors import DataError, first_line

if TYPE_CHECKING:
    from rollouts.going_on import EditedReward

PACKAGES = (
    "torch", "transformers", "trl", "peft", "accelerate", "tokenizers", "safetensors",
    "bitsandbytes", "ray", "numpy", "numba", "music21", "mir_eval", "soundfile", "soxr",
    "omegaconf",
)  # fmt: skip
FILE = "env.json"
MAX_BYTES = 2**20


def write_environment(folder: Path, config: Any) -> None:
    """Publish ``RUN/env.json``; raises StorageError."""
    from rollouts.files import publish

    publish(folder / FILE, (json.dumps(environment(config), indent=1) + "\n").encode())


def note_resumption(folder: Path, config: Any) -> None:
    """Add to ``RUN/env.json`` with what the run is gone on with, and from where.

    Raises:
        DataError: the file cannot be read.
        StorageError: it cannot be written.
    """
    from policies.checkpoint_folder import published, step_of
    from rollouts.files import publish

    path = folder / FILE
    tree = _read(path) if path.exists() else {}
    newest = {
        stage: next((step_of(path) for path in reversed(published(folder / place))), None)
        for stage, place in (("sft", "trainer"), ("grpo", "checkpoints"))
    }
    resumed = [*tree.get("resumed", ()), {"newest": newest, **environment(config)}]
    publish(path, (json.dumps({**tree, "resumed": resumed}, indent=1) + "\n").encode())


def note_edited(folder: Path, edited: Sequence[EditedReward]) -> None:
    """Add to the newest stretch in ``RUN/env.json`` which files of rewards were accepted.

    Raises:
        DataError: the file cannot be read.
        StorageError: it cannot be written.
    """
    from rollouts.files import publish

    path = folder / FILE
    tree = _read(path)
    _stretches(tree)[-1]["edited"] = [asdict(one) for one in edited]
    publish(path, (json.dumps(tree, indent=1) + "\n").encode())


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

    Where a run was resumed with another: "2.12.0, then 2.13.0".

    Raises:
        DataError: ``env.json`` cannot be read.
    """
    path = run / FILE
    if not path.exists():
        return {}
    tree = _read(path)
    found: dict[str, list[Any]] = {}
    for stretch in _stretches(tree):
        for name, value in _named(stretch).items():
            values = found.setdefault(name, [])
            values += [value] if value not in values[-1:] else []
    return {
        name: values[0] if len(values) == 1 else ", then ".join(map(str, values))
        for name, values in found.items()
    }


def _read(path: Path) -> dict[str, Any]:
    """The file's tree, in which every stretch has what ``_named`` takes; or DataError."""
    from rollouts.files import read_bounded

    data = read_bounded(path, MAX_BYTES)
    try:
        tree = json.loads(data)
        for stretch in _stretches(tree):
            _named(stretch)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(
            f"cannot use {path}: got {type(error).__name__} ({first_line(error)}), expected "
            "python, commit and packages; delete it"
        ) from error
    return tree


def _stretches(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """Begin and resumptions; the latter alone where the file was deleted between them."""
    resumed = tree.get("resumed", [])
    return [*([] if resumed and "python" not in tree else [tree]), *resumed]


def _named(stretch: dict[str, Any]) -> dict[str, Any]:
    own = {"python": stretch["python"], "commit": stretch["commit"]}
    return {**own, **stretch["packages"], **stretch.get("hardware", {})}


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
