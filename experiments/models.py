"""Which checkpoint is meant where a run folder is named, and how it takes in a question.

RUN/model                      the trained model, if the run came to its end
RUN/checkpoints/step_000040    the best evaluated step of GRPO so far, else the newest
"""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.clips import Bounds
from experiments.resuming import CONFIG
from policies import checkpoint
from rewards.errors import CheckpointError

if TYPE_CHECKING:
    from policies.families import Family
    from rollouts.train import Progress

_OPENS = ("config.json", "adapter_config.json")


def model_of(name: str) -> tuple[str, str]:
    """The checkpoint that a name stands for, and a sentence where that is not the name itself.

    Args:
        name: a checkpoint folder, a run folder, or a name on the hub.

    Raises:
        CheckpointError: a run folder without a trained model, or with damaged ones.
    """
    folder = Path(name)
    # Not by `pathlib`, which raises where a name is too long or lies in a closed folder.
    if any(os.path.exists(folder / file) for file in _OPENS):
        return name, ""
    if not os.path.isfile(folder / CONFIG):
        return name, ""
    if checkpoint.is_whole(folder / "model"):
        return str(folder / "model"), f"'{name}' is a run: its {folder / 'model'} is taken"
    if best := best_of(folder):
        return str(
            best[0]
        ), f"'{name}' is a run without a model folder: its best, {best[0]}, is taken"
    there = sorted(path.parent for path in folder.glob("*/config.json"))
    raise CheckpointError(
        f"the run '{name}' has trained no model yet: got "
        f"{', '.join(map(str, there)) or 'no checkpoint'} in it, expected "
        f"{folder / 'model'} or {folder / 'checkpoints'}; go on with --resume, or name a checkpoint"
    )


def best_of(run: Path) -> tuple[Path, Progress] | None:
    """The best checkpoint of a run's GRPO and how far it is; None where it has none.

    Raises:
        CheckpointError: it has some, and none is whole.
    """
    from rollouts.run import CHECKPOINTS, best_checkpoint
    from rollouts.snapshot import read_state
    from rollouts.train import Progress

    newest = checkpoint.latest(run / CHECKPOINTS)
    if newest is None:
        return None
    progress = Progress(**read_state(newest)["progress"])
    return best_checkpoint(run, progress), progress


def base_of(folder: Path) -> Path:
    """The folder of the whole model: of an adapter that of its base, else ``folder`` itself.

    Raises:
        CheckpointError: the adapter's folder is damaged, or its base is not there.
    """
    from policies.locate import base_folder
    from policies.untrusted import ADAPTER

    return base_folder(folder) if (folder / ADAPTER).is_file() else folder


@dataclass(frozen=True, slots=True)
class Ear:
    """What of a checkpoint tells how it takes in a question, without its weights.

    Attributes:
        family: of its model.
        processor: transformers' own.
        decoder: the config of its language model.
    """

    family: Family
    processor: Any
    decoder: Any

    @property
    def bounds(self) -> Bounds:
        """The shortest and the longest clip that it hears."""
        return Bounds(self.family.shortest(self.processor), self.family.longest(self.processor))


def ear_of(folder: Path) -> Ear:
    """Read it from the folder of a whole model or an adapter.

    Raises:
        CheckpointError: it is no checkpoint, or its processor cannot be read.
    """
    from transformers import AutoProcessor

    from policies.families import family_of
    from policies.untrusted import opened

    base = base_of(folder)
    family = family_of(base)
    with opened(
        f"the processor of '{base}' cannot be read",
        "expected its configuration and tokenizer; write the checkpoint anew",
    ):
        processor = AutoProcessor.from_pretrained(base, trust_remote_code=False)
        config_class: Any = family.model_class.config_class
        return Ear(family, processor, config_class.from_pretrained(base).text_config)
