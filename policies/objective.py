"""What an update minimises, without torch, so that a configuration can name it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rewards.errors import ConfigError

Loss = Literal["bnpo", "cispo", "dapo", "dr_grpo", "grpo", "gspo"]
KlEstimate = Literal["k1", "k2", "k3"]
Importance = Literal["none", "token_truncate", "token_mask", "sequence_truncate", "sequence_mask"]


@dataclass(frozen=True, slots=True)
class Objective:
    """What is minimised.

    Attributes:
        loss: one of ``Loss``; ``policies/losses.py`` has them.
        clip_low, clip_high: the ratio stays in [1 - low, 1 + high].
        dual_clip: bound of the ratio where the advantage is negative, above
            1 + clip_high; None for none. Not for cispo, whose ratio is bounded anyway.
        kl_weight: of the KL to the reference; 0 needs no reference.
        kl: its estimate; all have the expectation of the KL or of its gradient.
        importance: weight tokens by old / sampler, their probabilities under the
            policy before the update and under the sampler: each token's own or the
            product of the row; bounded ("truncate"), or 0 outside ("mask").
        importance_low, importance_high: the bounds.
        max_tokens: what dr_grpo divides by; the limit of a completion.
    """

    loss: str = "dapo"
    clip_low: float = 0.2
    clip_high: float = 0.28
    dual_clip: float | None = None
    kl_weight: float = 0.0
    kl: KlEstimate = "k3"
    importance: Importance = "none"
    importance_low: float = 0.0
    importance_high: float = 2.0
    max_tokens: int = 1

    def __post_init__(self) -> None:
        for name, kind in (("loss", Loss), ("kl", KlEstimate), ("importance", Importance)):
            known = get_args(kind)
            if getattr(self, name) not in known:
                raise ConfigError(
                    f"no {name} of this name: got '{getattr(self, name)}', expected one of "
                    f"{', '.join(known)}; change grpo.{name}"
                )
        for name, ok, expected in (
            ("clip_low", 0 <= self.clip_low <= 1, "in [0, 1]"),
            ("clip_high", self.clip_high >= 0, "0 or more"),
            ("kl_weight", self.kl_weight >= 0, "0 or more"),
            ("max_tokens", self.max_tokens >= 1, "1 or more"),
            ("importance_low", 0 <= self.importance_low <= 1, "in [0, 1]"),
            ("importance_high", self.importance_high >= 1, "1 or more"),
        ):
            if not ok:
                raise ConfigError(
                    f"grpo.{name} is out of range: got {getattr(self, name)}, expected {expected}; "
                    "change it"
                )
        check_dual_clip(self.dual_clip, self.clip_high, self.loss)


def check_dual_clip(dual_clip: float | None, clip_high: float, loss: str) -> None:
    """Raises ConfigError for a bound that the clip never reaches, or of a ratio bounded anyway."""
    if dual_clip is not None and (loss == "cispo" or not dual_clip > 1 + clip_high):
        raise ConfigError(
            f"dual_clip does not fit: got {dual_clip:g} with loss {loss} and clip_high "
            f"{clip_high:g}, expected null, or above 1 + clip_high for another loss than cispo; "
            "change it"
        )
