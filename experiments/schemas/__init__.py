"""What can be configured: one dataclass per section, shared by the commands.

The defaults are those of the tiny model on a CPU. ``music_flamingo_*.yaml`` hold
the paper's settings for the full-size checkpoint.
"""

from experiments.schemas.data import DataConfig, ScoresConfig
from experiments.schemas.grpo import GrpoConfig, SamplingConfig
from experiments.schemas.model import LoraConfig, ModelConfig, TinyConfig
from experiments.schemas.runs import GrpoRun, QuickstartRun, SftRun
from experiments.schemas.sft import SftConfig

__all__ = [
    "DataConfig",
    "GrpoConfig",
    "GrpoRun",
    "LoraConfig",
    "ModelConfig",
    "QuickstartRun",
    "SamplingConfig",
    "ScoresConfig",
    "SftConfig",
    "SftRun",
    "TinyConfig",
]
