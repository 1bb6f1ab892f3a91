"""What each command is given: the sections of its configuration together.

``logger`` is "tensorboard" for event files in ``OUT/tensorboard`` beside ``metrics.jsonl``, with
the extra of that name; `tensorboard --logdir runs` shows them.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.config_values import number
from experiments.schemas.data import DataConfig, ScoresConfig
from experiments.schemas.grpo import GrpoConfig, SamplingConfig
from experiments.schemas.model import ModelConfig
from experiments.schemas.sft import SftConfig
from rollouts.event_files import Logger


@dataclass(frozen=True, slots=True)
class SftRun:
    """`etude sft CONFIG`: a cold start from traces."""

    data: DataConfig
    out: Path = Path("runs/sft")
    seed: int = number(1, least=0)
    logger: Logger = "none"
    model: ModelConfig = field(default_factory=ModelConfig)
    sft: SftConfig = field(default_factory=SftConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)


def _default_rubric() -> dict[str, Any]:
    from rewards.rubric import DEFAULT

    return deepcopy(dict(DEFAULT))


@dataclass(frozen=True, slots=True)
class GrpoRun:
    """`etude grpo CONFIG`: reinforcement learning from a checkpoint.

    ``rubric`` is handed to the rubric's own reader, which checks it; without one it is
    ``rewards.rubric.DEFAULT``.
    """

    data: DataConfig
    out: Path = Path("runs/grpo")
    seed: int = number(1, least=0)
    logger: Logger = "none"
    model: ModelConfig = field(default_factory=ModelConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    grpo: GrpoConfig = field(default_factory=GrpoConfig)
    rubric: dict[str, Any] = field(default_factory=_default_rubric)


@dataclass(frozen=True, slots=True)
class QuickstartRun:
    """`etude quickstart`: scores, sound, cold start, GRPO, table and report.

    Attributes:
        data_folder: where wav, questions and traces are written, and found again
            by the next run.
    """

    out: Path = Path("runs/quickstart")
    data_folder: Path = Path("data/scores")
    seed: int = number(1, least=0)
    logger: Logger = "none"
    model: ModelConfig = field(default_factory=ModelConfig)
    data: ScoresConfig = field(default_factory=ScoresConfig)
    sft: SftConfig = field(default_factory=SftConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    grpo: GrpoConfig = field(default_factory=GrpoConfig)
    rubric: dict[str, Any] = field(default_factory=_default_rubric)
