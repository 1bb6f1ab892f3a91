"""Open a policy for learning: full weights, or a PEFT adapter over frozen ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from policies.audio_policy import AudioPolicy
from rewards.errors import ConfigError


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """A low-rank adapter on the decoder (LoRA, arXiv 2106.09685).

    Attributes:
        rank: of the update, at least 1.
        alpha: scale of the update is alpha / rank.
        targets: names of the decoder's linear layers.
    """

    rank: int = 16
    alpha: float = 32.0
    targets: Sequence[str] = ("q_proj", "k_proj", "v_proj", "o_proj")

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ConfigError(
                f"an adapter needs a rank: got {self.rank}, expected 1 or more; change "
                "model.lora.rank"
            )


def open_policy(
    folder: Path | str,
    *,
    lora: LoraSettings | Mapping[str, Any] | None = None,
    suffix: str = "",
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
) -> AudioPolicy:
    """Load a checkpoint; with ``lora``, wrap it in a fresh adapter.

    Raises:
        CheckpointError: as ``AudioPolicy.load``.
        ConfigError: if no layer of the decoder has one of the target names.
    """
    policy = AudioPolicy.load(folder, dtype=dtype, device=device, suffix=suffix)
    if lora is not None:
        settings = lora if isinstance(lora, LoraSettings) else LoraSettings(**lora)
        _wrap(policy, settings)
    return policy


def _wrap(policy: AudioPolicy, settings: LoraSettings) -> None:
    from peft import LoraConfig, get_peft_model

    names = "|".join(map(re.escape, settings.targets))
    # By plain names PEFT would also adapt the audio tower, which has layers called the same.
    pattern = rf"{re.escape(policy.family.prefix)}\..*\.({names})"
    if not any(re.fullmatch(pattern, name) for name, _ in policy.model.named_modules()):
        raise ConfigError(
            f"no layer to adapt: got targets {list(settings.targets)}, expected names of linear "
            f"layers under {policy.family.prefix}, such as q_proj; change model.lora.targets"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # learner and actors must draw the same first adapter
        policy.model = get_peft_model(
            policy.model,
            LoraConfig(
                r=settings.rank,
                lora_alpha=settings.alpha,  # type: ignore[arg-type]  # PEFT divides it by r
                target_modules=pattern,
                lora_dropout=0.0,
                task_type="CAUSAL_LM",
            ),
        )
