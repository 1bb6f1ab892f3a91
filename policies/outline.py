"""The model that a checkpoint describes, without storage: before a weight is read.

A config may name any size, and a library makes what no file holds: gigabytes, drawn at random.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from policies.families import Family
from rewards.errors import CheckpointError

_WEIGHTS, _INDEX = "model.safetensors", "model.safetensors.index.json"


def outline(folder: Path, family: Family) -> Any:
    """The transformers model of a checkpoint's config.json, on torch's ``meta`` device.

    Raises:
        Exception: whatever the library raises for a config by a stranger; see
            ``policies.untrusted.opened``.
    """
    config_class: Any = family.model_class.config_class
    config = config_class.from_pretrained(folder)
    with torch.device("meta"):
        return family.model_class(config)


def check_held(folder: Path, model: Any) -> None:
    """Refuse a model of which the checkpoint's weights are less than half.

    Some that are missing the library names once it has made the model, at no more than twice
    the memory of what is there.

    Raises:
        CheckpointError: they are less than half, or there are none.
    """
    held = sum(map(_numbers, _weight_files(folder)))
    needed = sum(parameter.numel() for parameter in model.parameters())
    if needed > 2 * held:
        raise CheckpointError(
            f"the checkpoint '{folder}' is not what its config.json describes: got {held:,} "
            f"numbers in its safetensors, expected the {needed:,} of that model; take another "
            "checkpoint or write it anew"
        )


def _weight_files(folder: Path) -> Sequence[Path]:
    """What transformers reads: one file, or the shards of an index."""
    if (folder / _WEIGHTS).is_file():
        return [folder / _WEIGHTS]
    if not (folder / _INDEX).is_file():
        return []
    shards = json.loads((folder / _INDEX).read_bytes())["weight_map"].values()
    return [folder / shard for shard in sorted({*shards})]


def _numbers(path: Path) -> int:
    with safe_open(path, framework="pt") as file:
        shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118
    return sum(torch.Size(shape).numel() for shape in shapes)
