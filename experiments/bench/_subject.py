"""What a step is taken of: noise and random weights, or a run's own questions and weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from experiments.bench._shapes import RATE, Shape
from experiments.bench.sampler import policy_of, prompt_of
from experiments.runfolder import read_run
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.learner_settings import LearnerSettings
from policies.lora import open_policy
from policies.records import Prompt
from policies.sampling import SamplingSettings
from policies.tiny import TinySizes
from rewards.records import Question
from rewards.response import parse
from rewards.rubric import Rubric
from rollouts.journal import read_rollouts
from rollouts.run import GrpoSpec

Judge = Callable[[int, Sequence[str]], list[float]]
"""The rewards of the G completions of a prompt, by its number."""

RUBRIC = {"parts": {"format": {"weight": 0.2}, "accuracy": {"weight": 1.0}}}
_MICRO = 8  # groups in TRL's micro-batch, at most


@dataclass(frozen=True, slots=True)
class Subject:
    """P prompts and all that both forms are given.

    Attributes:
        shape: what its line of the table says.
        policy: the weights; it never draws a token that it suppresses, whoever samples.
        prompts: P of them.
        judge: the reward.
        sampling, learner: settings of ours, which TRL's follow.
        endless: rows never stop early, so each must have T tokens and teach.
    """

    shape: Shape
    policy: AudioPolicy
    prompts: Sequence[Prompt]
    judge: Judge
    sampling: SamplingSettings
    learner: LearnerSettings
    endless: bool


def of_noise(shape: Shape, sizes: TinySizes) -> Subject:
    """Clips of noise, random weights, rows of T tokens."""
    policy = policy_of(sizes)
    _silence(policy)
    prompts = [prompt_of(policy, shape.audio, n) for n in range(shape.prompts)]
    question = Question("bench", "What is the key?", answer="D major")
    judge = _by(RUBRIC, [question] * shape.prompts)

    def varied(n: int, texts: Sequence[str]) -> list[float]:
        """And a share for variety: no group of equals drops out."""
        found = zip(judge(n, texts), texts, strict=True)
        return [value + len(set(text)) / (1 + len(text)) for value, text in found]

    sampling = SamplingSettings(max_new_tokens=shape.tokens)
    learner = LearnerSettings(learning_rate=RATE)
    return Subject(shape, policy, prompts, varied, sampling, learner, endless=True)


@dataclass(frozen=True, slots=True)
class Run:
    """A run's first step: its settings, and what was asked."""

    spec: GrpoSpec
    questions: Sequence[Question]


def first_step(run: Path, prompts: int | None) -> Run:
    """The first step of a run, or so many prompts of it."""
    spec = read_run(run)
    asked = [group.question for group in read_rollouts(run, 0)]
    return Run(spec, asked[:prompts])


def of_run(run: Run) -> Subject:
    """The questions, clips, rubric and weights with which a run began."""
    spec, asked = run.spec, run.questions
    policy = open_policy(spec.model, spec.opening)
    _silence(policy)
    with ClipReader(spec.clips) as reader:
        sounds = [None if q.clip is None else reader.read(q.clip) for q in asked]
    prompts = [policy.prompt(q, sound) for q, sound in zip(asked, sounds, strict=True)]
    shape = Shape(
        spec.run.name, min(sum(i == policy.audio_id for i in p.ids) for p in prompts),
        len(prompts), spec.sampling.max_new_tokens, spec.rows,
        micro=max(n for n in range(1, _MICRO + 1) if len(prompts) % n == 0),
    )  # fmt: skip
    # As TRL is given, on as many threads as torch has for both.
    learner = replace(spec.learner, shards=1, threads=0, kl_weight=0.0)
    judge = _by(spec.rubric, asked)
    return Subject(shape, policy, prompts, judge, spec.sampling, learner, endless=False)


def _by(rubric: Mapping[str, Any], questions: Sequence[Question]) -> Judge:
    judge = Rubric.from_config(rubric).at(0)

    def rewards(n: int, texts: Sequence[str]) -> list[float]:
        scores = judge.score_group(questions[n], [parse(text) for text in texts])
        return [score.total or 0.0 for score in scores]

    return rewards


def _silence(policy: AudioPolicy) -> None:
    """Suppressed ids have no probability in TRL's learner either, as our head leaves them out."""
    head = policy.base.lm_head
    if head.bias is None:
        head.bias = torch.nn.Parameter(torch.zeros(head.out_features))
    with torch.no_grad():
        head.bias[list(policy.suppressed_ids)] = -1e4
