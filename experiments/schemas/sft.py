"""The cold start: section ``sft``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.config_values import number
from rewards.errors import ConfigError

_MICRO_BATCH = 32


@dataclass(frozen=True, slots=True)
class SftConfig:
    """The cold start: AdamW on completions only.

    Attributes:
        batch_size: traces in one optimizer step, over all devices.
        micro_batch_size: traces computed at once; memory, not the result. null: ``batch_size``,
            but at most 32.
        checkpointing: compute activations again in the backward pass; memory, not the result.
        offload: the optimizer lies in the machine's memory, not the GPU's, as in ``grpo``.
        steps: optimizer steps, or null for ``epochs`` passes over the traces, as in ``grpo``.
        warmup: share of the steps in which the rate rises from 0.
        max_grad_norm: gradients are scaled down to this norm.
        evaluate_every: steps between evaluations on ``data.dev``; 0: none.
        evaluate_from: no evaluation before this step.
        checkpoint_every: steps between checkpoints; 0: only one, where it is stopped.
        stop_at_dev_accuracy: end early once dev accuracy reaches it, so that
            GRPO starts just past the breakthrough; null: never.
    """

    learning_rate: float = number(1e-3, above=0)
    betas: tuple[float, float] = number((0.9, 0.999), least=0, below=1)
    weight_decay: float = number(0.0, least=0)
    batch_size: int = number(32, least=1)
    micro_batch_size: int | None = number(None, least=1)
    checkpointing: bool = False
    offload: bool = False
    steps: int | None = number(200, least=1)
    epochs: float = number(1.0, above=0, instead_of="steps")
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: float = number(0.03, least=0, below=1)
    max_grad_norm: float = number(1.0, above=0)
    evaluate_every: int = number(20, least=0)
    evaluate_from: int = number(0, least=0)
    checkpoint_every: int = number(0, least=0)
    stop_at_dev_accuracy: float | None = number(None, above=0, most=1)

    def __post_init__(self) -> None:
        micro = self.micro_batch_size or min(self.batch_size, _MICRO_BATCH)
        object.__setattr__(self, "micro_batch_size", micro)  # it is shown and kept as it is used
        if self.batch_size % micro:
            raise ConfigError(
                f"batch_size must be a multiple of micro_batch_size: got {self.batch_size} and "
                f"{micro}; set micro_batch_size={self.batch_size}, or change both"
            )
        if self.stop_at_dev_accuracy is not None and not self.evaluate_every:
            raise ConfigError(
                "stop_at_dev_accuracy needs evaluations: got evaluate_every 0, expected at "
                "least 1; set it, or stop_at_dev_accuracy=null"
            )
