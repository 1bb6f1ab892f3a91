"""What travels from an actor to the journal and on to the learner: the group.

One question, its G rollouts, one policy version. Rows are never loose: the
advantage of a rollout means nothing without its siblings.

Conventions
-----------
Steps count from 0, everywhere: step s turns state s into state s + 1, so the
number of a state is the number of updates behind it.

| carries the number of its step       | carries the number of its state        |
|--------------------------------------|----------------------------------------|
| rollouts and updates of the journal  | checkpoints, versions of the weights   |
| lines of the metrics: sft, grpo      | evaluations: sft_eval, grpo_eval       |
| `etude replay --step`                | progress ("20 of 100 done")            |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from policies.records import Completion
from rewards.errors import RolloutError
from rewards.records import Question, Score

Scalar: TypeAlias = float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Rollout:
    """One completion and how it was judged.

    Attributes:
        sample: index within the group, 0 to G - 1. Together with run, step and
            group it is the identity that seeds, retries and replay go by.
    """

    sample: int
    completion: Completion
    score: Score


@dataclass(frozen=True, slots=True)
class Group:
    """One question, its G rollouts, one policy version.

    Attributes:
        run: id of the run.
        step: optimiser step these rollouts are for, from 0.
        index: place of the group within its step, from 0.
        clip_sha256: hash of the samples that were heard, None without a clip.
        clip_path: where those samples were read from, absolute or relative to
            the folder of the questions file; None without a clip.
        prompt_ids: the prompt with its audio placeholders expanded.
        rollouts: in order of ``sample``.
        actor: id of the actor that sampled them.

    Raises:
        RolloutError: if the rollouts are empty, out of order or repeated, or
            come from another policy version than the group's.
    """

    run: str
    step: int
    index: int
    question: Question
    clip_sha256: str | None
    clip_path: str | None
    prompt_ids: tuple[int, ...]
    rollouts: tuple[Rollout, ...]
    policy_version: int
    actor: str

    def __post_init__(self) -> None:
        samples = [rollout.sample for rollout in self.rollouts]
        if not samples or samples != sorted(set(samples)) or samples[0] < 0:
            raise RolloutError(
                f"rollouts of {self.name} must be at least one, in ascending order of their"
                f" sample index, each once: got {samples}; sort them or ask the actor again"
            )
        versions = {rollout.completion.policy_version for rollout in self.rollouts}
        if versions != {self.policy_version}:
            raise RolloutError(
                f"rollouts of {self.name} must come from one policy version: got"
                f" {sorted(versions)}, expected {self.policy_version}; drop the group and"
                " sample it again"
            )

    @property
    def name(self) -> str:
        """The group in error messages: run, step and index."""
        return f"{self.run}/{self.step}/{self.index}"


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """What the learner did with one rollout.

    Attributes:
        run, step, group, sample: the rollout's ids.
        advantage: float64; None where none was computed (a failed reward).
        dropped: None if the rollout was trained on, else the reason, such as
            "zero variance", "truncated" or "error".
        logprobs_T: the learner's own log-probs before the update, float32 (T,);
            None for a rollout that the learner did not compute.
        ratio_mean, ratio_max: of exp(learner - sampler log-prob) over the tokens.
    """

    run: str
    step: int
    group: int
    sample: int
    advantage: float | None
    dropped: str | None = None
    logprobs_T: np.ndarray | None = None
    ratio_mean: float | None = None
    ratio_max: float | None = None


@dataclass(frozen=True, slots=True)
class StepUpdate:
    """One writer's update of one step: its rows and the step's scalars.

    Attributes:
        summary: loss, grad_norm, learning_rate, gradient hash, ...
    """

    rows: tuple[UpdateRow, ...]
    summary: Mapping[str, Scalar]
