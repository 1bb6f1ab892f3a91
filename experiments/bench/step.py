"""A whole GRPO step beside TRL's: `python -m experiments.bench.step`.

Sample G completions of P prompts, score them, take advantages, update all weights. TRL
1.16 runs its own trainer, made to hear by ``_trl.py``; both start from the same weights
and have the same prompts, G, T, reward function, loss (DAPO) and optimizer, one thread,
float32. Ours cuts micro-batches by its default token budget, TRL by whole groups. Steps
alternate in one process, the first of each warms up, medians of processor time are the
figure. Rows never stop early: the end token is out of both distributions. No actors and
no publication of weights: this is the arithmetic of a step.

Before a line is printed, ``_trl.check`` has held TRL's log-probs against ours on the same
weights and completions, and seen its loss and its sampler's logits change with silence.

``update`` of TRL is what is left of its step: advantages, forward, backward, AdamW. How
many fewer tokens the learner reads, G (P + T) / (P + G T) for a prompt of P tokens, bounds
what reading the prompt once can save there.
``--quick`` runs a smaller step of either model.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from experiments.bench._trl import HearingTrainer, Recipe, check, race
from experiments.bench.sampler import policy_of, prompt_of
from policies.audio_policy import AudioPolicy
from policies.grpo import group_advantages
from policies.learner import Learner, LearnerSettings
from policies.memory import keep_freed_memory
from policies.records import Batch, Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import TinySizes
from rewards.records import Question
from rewards.response import parse
from rewards.rubric import Rubric

RATE = 1e-5
PARTS = ("sampling", "scoring", "update", "step")
SIZES = {
    "quickstart": TinySizes(),
    "50M": TinySizes(
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
    Shape("50M", 300, prompts=2, tokens=64),
    Shape("50M", 750, prompts=1, tokens=64),
)
QUICK = (
    Shape("quickstart", 30, prompts=8, tokens=48, micro=8),
    Shape("50M", 300, prompts=1, tokens=32),
)


class Etude:
    """Our form.

    Attributes:
        times: of each step, by part [s].
    """

    def __init__(self, policy: AudioPolicy, prompts: Sequence[Prompt], shape: Shape):
        self.policy, self.prompts, self.shape = policy, prompts, shape
        self.learner = Learner(policy, LearnerSettings(learning_rate=RATE))
        self.sampling = SamplingSettings(max_new_tokens=shape.tokens)
        self.times: list[dict[str, float]] = []

    def step(self) -> None:
        """One step; every group must have taught."""
        shape, at = self.shape, len(self.times) * len(self.prompts)
        seeds = [[shape.group * (at + n) + g for g in range(shape.group)]
                 for n in range(len(self.prompts))]  # fmt: skip
        clock = [time.process_time()]
        groups = sample(self.policy, self.prompts, seeds, self.sampling)
        clock.append(time.process_time())
        rewards = [judge([row.text for row in group]) for group in groups]
        clock.append(time.process_time())
        advantages = tuple(group_advantages(np.array(rewards_G)) for rewards_G in rewards)
        batch = Batch(tuple(self.prompts), tuple(map(tuple, groups)), advantages)
        update = self.learner.update(batch)
        clock.append(time.process_time())
        drawn = shape.prompts * shape.group * shape.tokens
        if update.tokens != drawn or update.skipped:
            raise RuntimeError(
                f"a step left rows out: got {update.tokens} tokens in the loss, expected {drawn}; "
                "the comparison would flatter; see experiments/bench/step.py"
            )
        spans = [*np.diff(clock), clock[-1] - clock[0]]
        self.times.append(dict(zip(PARTS, map(float, spans), strict=True)))


_question = Question("bench", "What is the key?", answer="D major")
_rubric = Rubric.from_config({"parts": {"format": {"weight": 0.2}, "accuracy": {"weight": 1.0}}})


def judge(texts: Sequence[str]) -> list[float]:
    """The quickstart's rubric, and a share for variety: no group of equals drops out."""
    scores = _rubric.score_group(_question, [parse(text) for text in texts])
    return [
        (score.total or 0.0) + len(set(text)) / (1 + len(text))
        for score, text in zip(scores, texts, strict=True)
    ]


def pair(shape: Shape, sizes: TinySizes, steps: int) -> tuple[Etude, HearingTrainer]:
    """Both forms, with weights of their own that are equal, for so many steps."""
    policy = policy_of(sizes)
    with torch.no_grad():  # TRL's learner would count them in, our head leaves them out
        policy.base.lm_head.bias[list(policy.suppressed_ids)] = -1e4
    prompts = [prompt_of(policy, shape.audio, n) for n in range(shape.prompts)]
    stock = AudioPolicy(copy.deepcopy(policy.model), policy.processor, policy.family)
    stock.base.set_attn_implementation("sdpa")
    recipe = Recipe(shape.group, shape.tokens, shape.micro * shape.group, RATE, steps)
    return Etude(policy, prompts, shape), HearingTrainer(stock, prompts, judge, recipe)


def compare(shape: Shape, sizes: TinySizes, repeats: int) -> dict[str, Any]:
    """Both forms in turn.

    Returns:
        medians by part under "TRL" and "Etude", "check" of ``_trl.check``, "parameters",
        and "fewer", TRL's tokens in the learner by ours.
    """
    ours, trainer = pair(shape, sizes, repeats + 1)
    theirs = race(trainer, ours.step)
    for one in theirs:
        one["update"] = one["step"] - one["sampling"] - one["scoring"]
    prompt, drawn = len(ours.prompts[0].ids), shape.group * shape.tokens
    return {
        "fewer": (shape.group * prompt + drawn) / (prompt + drawn),
        "TRL": _medians(theirs[1:]),
        "Etude": _medians(ours.times[1:]),
        "check": check(trainer, ours.policy),
        "parameters": sum(p.numel() for p in ours.policy.model.parameters()),
    }


def _medians(times: Sequence[dict[str, float]]) -> dict[str, float]:
    return {part: statistics.median(one[part] for one in times) for part in PARTS}


def main() -> None:
    """Print the lines of each shape, and what was checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller steps")
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", FutureWarning)  # TRL asks transformers by older names
    keep_freed_memory()  # as learner and actors do; both forms run in this process
    head = "".join(f"{part:>11}" for part in PARTS)
    print(f"{'model':>11} {'audio':>6} {'P x G':>7} {'T':>4} {'form':>6}{head}   ratio")
    for shape in QUICK if asked.quick else SHAPES:
        print_lines(shape, compare(shape, SIZES[shape.size], asked.repeats))


def print_lines(shape: Shape, found: dict[str, Any]) -> None:
    """The two forms of a shape, the ratio of each part, what was checked."""
    rows = f"{shape.prompts} x {shape.group}"
    place = f"{shape.size:>11} {shape.audio:>6} {rows:>7} {shape.tokens:>4}"
    theirs, ours = found["TRL"], found["Etude"]
    for name, times in (("TRL", theirs), ("Etude", ours)):
        cells = "".join(f"{times[part]:>9.3f} s" for part in PARTS)
        print(f"{place} {name:>6}{cells}", end="" if name == "Etude" else "\n")
        place = " " * len(place)
    print(f"{theirs['step'] / ours['step']:>7.1f}x")
    ratios = "".join(f"{theirs[part] / ours[part]:>10.1f}x" for part in PARTS)
    print(f"{place} {'':>6}{ratios}")
    seen = found["check"]
    print(
        f"{'':>11} {found['parameters'] / 1e6:.1f}M parameters, {found['fewer']:.1f}x fewer "
        f"tokens in the learner; log-probs agree to "
        f"{seen['gap']:.0e}; silence moves TRL's loss from {seen['loss']:.5f} to "
        f"{seen['loss of silence']:.5f}, its sampler's logits by {seen['heard']:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
