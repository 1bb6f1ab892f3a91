"""How a policy is updated: the objective, the optimizer, and what fits into memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

from policies.logprobs import HEAD_CHUNK
from policies.objective import Objective
from rewards.errors import ConfigError

ROUNDING = ("head_chunk", "micro_tokens", "shards", "threads")
"""What only the order of sums depends on, which a run may change on its way."""


@dataclass(frozen=True, slots=True)
class LearnerSettings(Objective):
    """An objective and how it is stepped.

    Attributes:
        learning_rate: peak of the schedule.
        betas, weight_decay: of AdamW.
        warmup_steps: linear warm-up from 0.
        total_steps: "cosine" has decayed to 0 at this step.
        schedule: "constant" or "cosine".
        mask_truncated: completions that hit the token limit have no part in the loss.
        inner_updates: optimizer steps on one batch.
        max_grad_norm: gradients are scaled down to this norm.
        micro_tokens: tokens that are computed at once, prompts and completions; memory,
            not the result.
        head_chunk: tokens whose logits are in memory at once; memory, not the result.
        checkpointing: compute the decoder's activations again in the backward pass
            instead of keeping them; memory, not the result.
        shards: parts of a batch whose gradients are computed apart, each in its micro-batches,
            and then added; processes, not the result.
        threads: of torch where gradients are computed, at most the machine's; 0 for those it has.
            Speed, not the result.
        temperature: the one that the completions were sampled at.
        freeze_encoder: leave the audio encoder and projector as they are.
        offload: the optimizer's copies and moments lie in the machine's memory; of weights on a
            GPU. Memory, not the result, but for the rounding of the two.
    """

    learning_rate: float = 1e-6
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.0
    warmup_steps: int = 0
    total_steps: int = 1
    schedule: str = "constant"
    mask_truncated: bool = False
    inner_updates: int = 1
    max_grad_norm: float = 1.0
    micro_tokens: int = 4096
    head_chunk: int = HEAD_CHUNK
    checkpointing: bool = False
    shards: int = 1
    threads: int = 0
    temperature: float = 1.0
    freeze_encoder: bool = False
    offload: bool = False

    def __post_init__(self) -> None:
        Objective.__post_init__(self)
        for name, ok, expected in (
            ("inner_updates", self.inner_updates >= 1, "1 or more"),
            ("micro_tokens", self.micro_tokens >= 1, "1 or more"),
            ("head_chunk", self.head_chunk >= 1, "1 or more"),
            ("shards", self.shards >= 1, "1 or more"),
            ("threads", self.threads >= 0, "0 or more"),
            ("temperature", self.temperature > 0, "above 0"),
        ):
            if not ok:
                raise ConfigError(
                    f"grpo.{name} is out of range: got {getattr(self, name)}, expected {expected}; "
                    "change it"
                )
        if self.schedule not in ("constant", "cosine"):
            raise ConfigError(
                f"no schedule of this name: got '{self.schedule}', expected constant or cosine; "
                "change grpo.schedule"
            )

    def rate(self, step: int) -> float:
        """Learning rate of the update with this index, counted from 0."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        if self.schedule == "constant":
            return self.learning_rate
        done = (step - self.warmup_steps) / max(1, self.total_steps - self.warmup_steps)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
