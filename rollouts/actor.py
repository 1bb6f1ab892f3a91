"""A rollout actor: one process with a policy, a sampler, a clip reader and a rubric.

It turns questions into judged groups, and groups into gradients where it is to learn. Seeds
are derived from the ids of a rollout, so whichever actor is asked, and however often, the
answer is the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policies.learner_settings import LearnerSettings
from policies.lora import Opening
from policies.sampling import SamplingSettings
from rewards.errors import RolloutError
from rewards.records import Question

if TYPE_CHECKING:
    from policies.audio_policy import AudioPolicy
    from policies.gradients import Shard, ShardGradients
    from rewards.rubric import Rubric
    from rollouts.records import Group


@dataclass(frozen=True, slots=True)
class ActorSpec:
    """All that an actor is built from; it travels to the actor's process.

    Attributes:
        run: id of the run, part of every rollout's identity.
        seed: of the run.
        model: checkpoint folder of the start.
        lora: PEFT settings as a mapping, or None for full weights.
        clips: root folder of the clips.
        rubric: what it judges by. It travels with the source of rewards in files: an actor that
            replaces another judges as that did, also after a file was edited.
        rows: G, completions of each question.
        sampling: temperature, cuts, length and stop texts.
        opening: how the weights are held.
        threads: of torch in the actor.
        learner: the objective, where the actor is to compute gradients.
        gpu: index of its GPU, None for torch's own choice.
        code: the digest that its machine's code must have, None where that is the run's own.
    """

    run: str
    seed: int
    model: Path
    lora: Mapping[str, Any] | None
    clips: Path
    rubric: Rubric
    rows: int
    sampling: SamplingSettings
    opening: Opening = field(default_factory=Opening)
    threads: int = 1
    learner: LearnerSettings | None = None
    gpu: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with its place: step and index of its group."""

    step: int
    index: int
    question: Question


@dataclass(frozen=True, slots=True)
class RolledOut:
    """What an actor answers.

    Attributes:
        groups: one for each question.
        printed: what rewards had to say on standard error, which nobody reads in an actor.
        sampling, scoring: seconds that the actor took for each.
    """

    groups: Sequence[Group]
    printed: str
    sampling: float = 0.0
    scoring: float = 0.0


class RolloutActor:
    """What runs inside a Ray actor; ``rollouts/pool.py`` makes it one.

    Heavy imports are in the methods: the class itself is pickled by name.
    """

    def __init__(self, spec: ActorSpec, name: str):
        if spec.code is not None:
            from rollouts.cluster import check_code

            check_code(spec.code)
        import torch

        from policies.audio import ClipReader
        from policies.gradients import GradientWorker
        from policies.lora import open_policy
        from policies.memory import keep_freed_memory
        from policies.sampler import EmbeddedSampler

        keep_freed_memory()
        torch.set_num_threads(spec.threads)
        if spec.gpu is not None:
            torch.cuda.set_device(spec.gpu)
        self.spec, self.name = spec, name
        self.policy = open_policy(spec.model, spec.opening, lora=spec.lora)
        self.sampler = EmbeddedSampler(self.policy, f"actor '{name}'")
        self.reader = ClipReader(spec.clips)
        self.rubric = spec.rubric
        self.worker = None
        if spec.learner is not None:
            reference = reference_policy(spec.model, spec.opening, spec.lora, spec.learner)
            self.worker = GradientWorker(self.policy, spec.learner, reference=reference)

    def load(self, weights: Mapping[str, np.ndarray], version: int, digest: str) -> str:
        """Take these weights as ``version``; see ``policies.sampler.Sampler.load``."""
        return self.sampler.load(weights, version, digest)

    def roll_out(self, asks: Sequence[Ask], version: int) -> RolledOut:
        """Sample and judge one group for each question.

        Raises:
            RolloutError: if the actor does not hold this version.
        """
        from policies.seeds import derive_seed

        began = time.perf_counter()
        sounds = [
            None if ask.question.clip is None else self.reader.read(ask.question.clip)
            for ask in asks
        ]
        prompts = [
            self.policy.prompt(ask.question, sound) for ask, sound in zip(asks, sounds, strict=True)
        ]
        seeds = [
            [
                derive_seed(self.spec.seed, "rollout", ask.step, ask.index, k)
                for k in range(self.spec.rows)
            ]
            for ask in asks
        ]
        groups = self.sampler.sample(prompts, seeds, self.spec.sampling, version)
        sampled = time.perf_counter()
        with redirect_stderr(StringIO()) as printed:
            judged = [
                self._judge(ask, prompt, completions)
                for ask, prompt, completions in zip(asks, prompts, groups, strict=True)
            ]
        scored = time.perf_counter()
        return RolledOut(judged, printed.getvalue(), sampled - began, scored - sampled)

    def gradients(self, shard: Shard, version: int) -> ShardGradients:
        """Gradients of a shard; values as arrays, for ``policies.weights.from_arrays``.

        Raises:
            RolloutError: if the actor does not hold this version, or was made without an
                objective.
            DeafError: if a prompt would not be heard.
        """
        from policies.weights import to_arrays

        held = self.sampler.health().version
        if self.worker is None or held != version:
            raise RolloutError(
                f"actor '{self.name}' cannot compute these gradients: got version {held} and "
                f"{'no objective' if self.worker is None else 'an objective'}, expected version "
                f"{version} and one; publish the weights to actors made with ActorSpec.learner"
            )
        found = self.worker.compute(shard)
        return replace(found, values=to_arrays(found.values))  # type: ignore[arg-type]

    def _judge(self, ask: Ask, prompt: Any, completions: Sequence[Any]) -> Group:
        from rewards.response import parse
        from rollouts.records import Group, Rollout

        question = ask.question
        scores = self.rubric.at(ask.step).score_group(
            question, [parse(completion.text) for completion in completions]
        )
        return Group(
            run=self.spec.run,
            step=ask.step,
            index=ask.index,
            question=question,
            clip_sha256=prompt.clip_sha256,
            clip_path=None if question.clip is None else question.clip.path,
            prompt_ids=prompt.ids,
            rollouts=tuple(
                Rollout(k, completion, score)
                for k, (completion, score) in enumerate(zip(completions, scores, strict=True))
            ),
            policy_version=completions[0].policy_version,
            actor=self.name,
        )


def reference_policy(
    model: Path, opening: Opening, lora: Mapping[str, Any] | None, learner: LearnerSettings
) -> AudioPolicy | None:
    """The frozen start, where the KL needs one; an adapter switched off serves as its own."""
    from policies.lora import open_policy

    if learner.kl_weight == 0 or lora is not None:
        return None
    policy = open_policy(model, opening)
    policy.model.requires_grad_(False)
    return policy
