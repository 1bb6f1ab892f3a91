"""Open a policy for learning: full weights, or a PEFT adapter over frozen ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from policies.adapter_base import check_digest, weights_digest
from policies.audio_policy import AudioPolicy
from policies.locate import base_folder, local_folder
from policies.untrusted import ADAPTER, opened
from rewards.errors import ConfigError


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """A low-rank adapter on the decoder (LoRA, arXiv 2106.09685).

    Attributes:
        rank: of the update, at least 1.
        alpha: scale of the update is alpha / rank.
        dropout: on the adapter's input in the cold start; GRPO uses none.
        targets: names of the decoder's linear layers.
    """

    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.0
    targets: Sequence[str] = ("q_proj", "k_proj", "v_proj", "o_proj")

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ConfigError(
                f"an adapter needs a rank: got {self.rank}, expected 1 or more; change "
                "model.lora.rank"
            )


@dataclass(frozen=True, slots=True)
class Opening:
    """How a checkpoint is held once it is open.

    Attributes:
        suffix: appended to every question.
        dtype: of the weights, "float32" or "bfloat16".
        device: "cpu" or "cuda".
        fine_head: logits of half-precision weights are summed in float32.
        base_8bit: the decoder's linear layers in 8 bits, for an adapter to stand on.
    """

    suffix: str = ""
    dtype: str = "float32"
    device: str = "cpu"
    fine_head: bool = True
    base_8bit: bool = False

    def load(self, folder: Path) -> AudioPolicy:
        """A whole model; raises as ``AudioPolicy.load``."""
        given = {**asdict(self), "dtype": getattr(torch, self.dtype)}
        return AudioPolicy.load(folder, **given)


def open_policy(
    folder: Path | str,
    opening: Opening | None = None,
    *,
    lora: LoraSettings | Mapping[str, Any] | None = None,
) -> AudioPolicy:
    """Load a checkpoint: a whole model, or an adapter that names its base.

    Args:
        folder: a folder, or the name of a checkpoint on the Hugging Face hub.
        opening: how it is held; ``Opening()`` if None.
        lora: wrap a whole model in a fresh adapter; an adapter folder has its own.

    Raises:
        CheckpointError: as ``AudioPolicy.load``, or if the adapter does not fit.
        ConfigError: if no layer of the decoder has one of the target names; 8 bits without
            bitsandbytes.
    """
    folder, opening = local_folder(folder), opening or Opening()
    if (folder / ADAPTER).exists():
        return _open_adapter(folder, opening)
    policy = opening.load(folder)
    if lora is not None:
        settings = lora if isinstance(lora, LoraSettings) else LoraSettings(**lora)
        wrap(policy, settings)
        policy.base_digest = weights_digest(folder)
    return policy


def _open_adapter(folder: Path, opening: Opening) -> AudioPolicy:
    from peft import PeftModel

    with opened(
        f"the adapter '{folder}' cannot be loaded",
        "expected an adapter with the base it was trained on; restore the base's folder",
    ):
        base = base_folder(folder)
        digest = weights_digest(base)
        check_digest(folder, digest)
        policy = opening.load(base)
        policy.model = PeftModel.from_pretrained(policy.model, str(folder), is_trainable=True)
    policy.base_digest = digest
    return policy


def wrap(policy: AudioPolicy, settings: LoraSettings) -> None:
    """Put a fresh adapter on the decoder of a whole model; only the adapter learns on.

    Raises:
        ConfigError: if no layer of the decoder has one of the target names.
    """
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
                lora_dropout=settings.dropout,
                task_type="CAUSAL_LM",
            ),
        )
