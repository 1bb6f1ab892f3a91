"""Held-out accuracy: greedy or sampled answers, judged by the ``accuracy`` reward.

The same questions can be asked with the clip itself, with *another* clip whose
own answer differs, and with silence. A policy that listens drops to chance
under the last two; one that guesses from the text does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from policies.audio import Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.seeds import derive_seed, generator
from rewards.errors import DataError
from rewards.records import Clip, Question, Verdict
from rewards.registry import Reward
from rewards.response import parse

Sound = Literal["own", "other", "silence"]
Read = Callable[[Clip], Waveform]


@dataclass(frozen=True, slots=True)
class Answered:
    """One question's k answers.

    Attributes:
        question: what was asked.
        texts: the k completions.
        correct_K: (k,) bool, accuracy 1.0.
    """

    question: Question
    texts: tuple[str, ...]
    correct_K: tuple[bool, ...]


def evaluate(
    policy: AudioPolicy,
    questions: Sequence[Question],
    read: Read,
    judge: Reward,
    settings: SamplingSettings,
    *,
    seed: int = 0,
    samples: int = 1,
    sound: Sound = "own",
    batch: int = 64,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Answered]:
    """Ask every question ``samples`` times and judge the answers.

    Args:
        read: decodes a clip.
        judge: a reward; correct means a verdict of 1.0.
        sound: the question's own clip, another's, or silence of its length.
        batch: prompts at once; the answers do not depend on it.
        progress: called with the number of questions answered so far.

    Raises:
        AudioError, DeafError: as reading and prompting do.
        DataError: with ``sound="other"`` if no clip has another answer.
    """
    clips = other_clips(questions, seed) if sound == "other" else None
    answered: list[Answered] = []
    for start in range(0, len(questions), batch):
        asked = questions[start : start + batch]
        heard = [clips[q.id] if clips and q.id in clips else q.clip for q in asked]
        prompts = [
            _prompt(policy, q, clip, read, sound) for q, clip in zip(asked, heard, strict=True)
        ]
        seeds = [
            [derive_seed(seed, "evaluate", q.id, k) % 2**63 for k in range(samples)] for q in asked
        ]
        for question, group in zip(asked, sample(policy, prompts, seeds, settings), strict=True):
            texts = tuple(completion.text for completion in group)
            answered.append(
                Answered(question, texts, tuple(is_correct(judge, question, t) for t in texts))
            )
        progress(len(answered))
    return answered


def is_correct(judge: Reward, question: Question, text: str) -> bool:
    """True if the reward gives this completion full marks."""
    verdict = judge(question, parse(text))
    return isinstance(verdict, Verdict) and verdict.value == 1.0


def _prompt(
    policy: AudioPolicy, question: Question, clip: Clip | None, read: Read, sound: Sound
) -> Prompt:
    if clip is None:
        return policy.prompt(question, None)
    heard = read(clip)
    if sound == "silence":
        heard = silence(heard)
    return policy.prompt(question, heard)


def silence(sound: Waveform) -> Waveform:
    """As long as ``sound``, and nothing in it."""
    samples_S = np.zeros_like(sound.samples_S)
    return Waveform(samples_S, sha256_of(samples_S))


def other_clips(questions: Sequence[Question], seed: int) -> dict[str, Clip]:
    """For each question with a clip, a clip of the same topic with a different answer.

    For a multiple-choice question the clip's own answer is one of the wrong
    options where there is such a clip: whoever listens then chooses wrongly.

    Raises:
        DataError: if a question's topic has one answer only.
    """
    pools: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        if question.clip is not None:
            pools[question.counted_as].append(question)
    chosen: dict[str, Clip] = {}
    for question in (q for pool in pools.values() for q in pool):
        others = [
            q
            for q in pools[question.counted_as]
            if q.answer != question.answer and q.clip != question.clip
        ]
        options = [q for q in others if q.answer in question.choices]
        if not others:
            raise DataError(
                f"no other clip for question '{question.id}': got one answer "
                f"('{question.answer}') for every clip of '{question.counted_as}', expected "
                "two or more; evaluate on more questions"
            )
        pool = options or others
        pick = generator(seed, "other clip", question.id).integers(len(pool))
        clip = pool[int(pick)].clip
        assert clip is not None  # pools hold questions with clips only
        chosen[question.id] = clip
    return chosen


# -- tables -------------------------------------------------------------------------------


def accuracy_by_topic(answered: Iterable[Answered]) -> dict[str, float]:
    """Mean accuracy per topic and, under "overall", of all questions."""
    by_topic: dict[str, list[float]] = defaultdict(list)
    for row in answered:
        value = float(np.mean(row.correct_K))
        by_topic[row.question.counted_as].append(value)
        by_topic["overall"].append(value)
    overall = by_topic.pop("overall", [])
    table = {topic: float(np.mean(values)) for topic, values in sorted(by_topic.items())}
    return table | ({"overall": float(np.mean(overall))} if overall else {})


def chance(questions: Sequence[Question], training: Sequence[Question]) -> dict[str, float]:
    """What the best deaf guess earns: per topic and overall.

    Each form of a topic (open, multiple choice) is guessed by the best of three
    strategies: the answer commonest in training, always; the option commonest in
    training; any option at random.
    """
    seen: dict[tuple[str, bool], Counter[str | None]] = defaultdict(Counter)
    for question in training:
        seen[_form(question)][question.answer] += 1
    by_form: dict[tuple[str, bool], list[Question]] = defaultdict(list)
    for question in questions:
        by_form[_form(question)].append(question)
    by_topic: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for form, asked in by_form.items():
        by_topic[form[0]].append((_best_guess(asked, seen[form]), len(asked)))
    table = {topic: _weighted_mean(rows) for topic, rows in sorted(by_topic.items())}
    return table | {"overall": _weighted_mean([row for rows in by_topic.values() for row in rows])}


def _best_guess(asked: Sequence[Question], seen: Counter[str | None]) -> float:
    common = max(seen, key=lambda answer: seen[answer], default=None)
    constant = [float(q.answer == common) for q in asked]
    option = [_among_commonest(q, seen) for q in asked]
    uniform = [1 / len(q.choices) if q.choices else 0.0 for q in asked]
    return max(float(np.mean(strategy)) for strategy in (constant, option, uniform))


def _among_commonest(question: Question, seen: Counter[str | None]) -> float:
    """Chance of the answer where the options commonest in training are drawn from."""
    most = max((seen[choice] for choice in question.choices), default=0)
    tied = [choice for choice in question.choices if seen[choice] == most]
    return 1 / len(tied) if question.answer in tied else 0.0


def _weighted_mean(rows: Sequence[tuple[float, int]]) -> float:
    return sum(value * count for value, count in rows) / sum(count for _, count in rows)


def _form(question: Question) -> tuple[str, bool]:
    return question.counted_as, bool(question.choices)


def pass_at_k(correct_K: Sequence[bool], k: int) -> float:
    """Unbiased chance that one of k answers out of the n drawn is right.

    Chen et al., arXiv 2107.03374, equation 1: 1 - C(n - c, k) / C(n, k).

    >>> pass_at_k([True, False], 1), pass_at_k([True, False], 2)
    (0.5, 1.0)
    """
    n, right = len(correct_K), sum(correct_K)
    if not 1 <= k <= n:
        raise DataError(f"pass@k needs 1 <= k <= answers: got k {k} of {n} answers; sample more")
    if n - right < k:
        return 1.0
    return float(1.0 - np.prod(1.0 - k / np.arange(n - right + 1, n + 1)))


@dataclass(frozen=True, slots=True)
class Gain:
    """Difference of two paired accuracies, in [-1, 1], with its 95 % interval."""

    mean: float
    low: float
    high: float


def paired_gain(
    before: Sequence[Answered], after: Sequence[Answered], *, seed: int = 0, draws: int = 10_000
) -> Gain:
    """Bootstrap over questions of accuracy(after) - accuracy(before), same questions.

    Raises:
        DataError: if the two do not answer the same questions in the same order.
    """
    if [a.question.id for a in before] != [a.question.id for a in after]:
        raise DataError(
            "a paired interval needs the same questions: got two different lists, expected equal "
            "ids in equal order; evaluate both on one file"
        )
    difference = np.array(
        [np.mean(b.correct_K) - np.mean(a.correct_K) for a, b in zip(before, after, strict=True)]
    )
    rng = generator(seed, "bootstrap")
    picks = rng.integers(len(difference), size=(draws, len(difference)))
    means = difference[picks].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Gain(float(difference.mean()), float(low), float(high))


def subset(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    """A fixed random choice of at most ``count`` questions, in file order."""
    if count >= len(questions):
        return list(questions)
    picks = generator(seed, "subset").choice(len(questions), size=count, replace=False)
    return [questions[i] for i in sorted(picks)]
