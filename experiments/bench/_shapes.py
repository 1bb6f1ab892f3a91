"""What a step is measured on: models, numbers of prompts and tokens."""

from __future__ import annotations

from dataclasses import dataclass

from policies.records import Update
from policies.tiny import TinySizes

RATE = 1e-5
GAP = 1e-3  # nats between sampler and learner, of which rounding makes some 1e-5
PARTS = ("sampling", "scoring", "update", "step")
SIZES = {
    "quickstart": TinySizes(),
    "57M": TinySizes(
        audio_hidden=256, audio_layers=4, text_hidden=896, text_layers=8, text_heads=14
    ),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One step: the model, audio tokens of a clip, P, G, T, groups in TRL's micro-batch."""

    size: str
    audio: int
    prompts: int
    tokens: int
    group: int = 8
    micro: int = 1


SHAPES = (
    Shape("quickstart", 30, prompts=32, tokens=48, micro=8),
    Shape("quickstart", 300, prompts=4, tokens=64),
    Shape("quickstart", 1800, prompts=2, tokens=64),
    Shape("57M", 300, prompts=2, tokens=64),
    Shape("57M", 750, prompts=1, tokens=64),
)
QUICK = (
    Shape("quickstart", 30, prompts=8, tokens=48, micro=8),
    Shape("57M", 300, prompts=1, tokens=32),
)


def whole(update: Update, shape: Shape) -> None:
    """Every token that was drawn must have taught, and under the log-prob it was drawn with.

    Raises:
        RuntimeError: if one did not; a figure would flatter.
    """
    drawn = shape.prompts * shape.group * shape.tokens
    if update.tokens != drawn or update.skipped:
        raise RuntimeError(
            f"a step left rows out: got {update.tokens} tokens in the loss, expected {drawn}; "
            "the comparison would flatter; see experiments/bench/step.py"
        )
    if update.sampler_gap is None or not update.sampler_gap <= GAP:  # NaN too
        raise RuntimeError(
            f"sampler and learner differ: got {update.sampler_gap} nats a token, expected at most "
            f"{GAP}; what is timed would not be a step; see policies/packed_step.py"
        )
