"""The model that a checkpoint describes, without storage: before a weight is read.

A config may name any size, and a library makes what no file holds: gigabytes, drawn at random.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from policies.families import Family
from policies.untrusted import ADAPTER_WEIGHTS, opened
from rewards.errors import CheckpointError

_WEIGHTS, _INDEX = "model.safetensors", "model.safetensors.index.json"
_NAMES = {"BF16": "bfloat16", "F16": "float16", "F64": "float64"}


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
    held = sum(shape.numel() for shape in weight_shapes(folder).values())
    needed = sum(parameter.numel() for parameter in model.parameters())
    if needed > 2 * held:
        raise CheckpointError(
            f"the checkpoint '{folder}' is not what its config.json describes: got {held:,} "
            f"numbers in its safetensors, expected the {needed:,} of that model; take another "
            "checkpoint or write it anew"
        )


def weight_shapes(folder: Path) -> dict[str, torch.Size]:
    """The shape of each tensor of a model's or an adapter's folder; none where it has no weights.

    Raises:
        CheckpointError: they cannot be read.
    """
    return {name: torch.Size(held.get_shape()) for name, held in _weights(folder)}


def precision(folder: Path) -> str:
    """What most numbers of a model's folder are stored as, as torch names it: "bfloat16".

    Raises:
        CheckpointError: they cannot be read.
    """
    counts: Counter[str] = Counter()
    for _, held in _weights(folder):
        counts[held.get_dtype()] += prod(held.get_shape())
    most = max(counts, key=lambda name: counts[name], default="F32")
    return _NAMES.get(most, "float32")


def _weights(folder: Path) -> Iterator[tuple[str, Any]]:
    """The tensors of a folder by name, unread."""
    with opened(
        f"the weights of '{folder}' cannot be read",
        "expected safetensors, and an index that names them; write the checkpoint anew",
    ):
        for path in _weight_files(folder):
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118 - it is no mapping
                    yield name, file.get_slice(name)


def _weight_files(folder: Path) -> Sequence[Path]:
    """What transformers reads, one file or the shards of an index; else what PEFT does."""
    if (folder / _WEIGHTS).is_file():
        return [folder / _WEIGHTS]
    if not (folder / _INDEX).is_file():
        return [path] if (path := folder / ADAPTER_WEIGHTS).is_file() else []
    shards = json.loads((folder / _INDEX).read_bytes())["weight_map"].values()
    return [folder / shard for shard in sorted({*shards})]
