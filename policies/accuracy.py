"""What answers come to: accuracy per topic, chance, pass@k, the gain of one model over another.

No torch: answers that are stored are counted in an instant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from policies.seeds import generator
from rewards.errors import DataError
from rewards.records import Question

_AT_ONCE = 100
"""Draws of a bootstrap in memory at a time: thousands of questions, drawn 10,000 times, are GBs."""


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


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Mean accuracies in [0, 1]: of all questions, and topic -> of its own, by name.

    Apart, for a topic may have any name, "overall" too.
    """

    overall: float
    topics: Mapping[str, float]


def accuracy_by_topic(answered: Sequence[Answered]) -> Accuracy:
    """Mean accuracy of all questions and per topic.

    Raises:
        DataError: no question.
    """
    _check_some(answered, "accuracy")
    by_topic: dict[str, list[float]] = defaultdict(list)
    for row in answered:
        by_topic[row.question.counted_as].append(float(np.mean(row.correct_K)))
    return Accuracy(
        float(np.mean([value for values in by_topic.values() for value in values])),
        {topic: float(np.mean(values)) for topic, values in sorted(by_topic.items())},
    )


def chance(questions: Sequence[Question], training: Sequence[Question]) -> Accuracy:
    """What the best deaf guess earns: overall and per topic.

    Each form of a topic (open, multiple choice) is guessed by the best of three
    strategies: the answer commonest in training, always; the option commonest in
    training; any option at random.

    Raises:
        DataError: no question.
    """
    _check_some(questions, "chance")
    seen: dict[tuple[str, bool], Counter[str | None]] = defaultdict(Counter)
    for question in training:
        seen[_form(question)][question.answer] += 1
    by_form: dict[tuple[str, bool], list[Question]] = defaultdict(list)
    for question in questions:
        by_form[_form(question)].append(question)
    by_topic: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for form, asked in by_form.items():
        by_topic[form[0]].append((_best_guess(asked, seen[form]), len(asked)))
    return Accuracy(
        _weighted_mean([row for rows in by_topic.values() for row in rows]),
        {topic: _weighted_mean(rows) for topic, rows in sorted(by_topic.items())},
    )


def _check_some(rows: Sequence[object], what: str) -> None:
    if not rows:
        raise DataError(
            f"{what} is a mean over questions: got none, expected at least one; ask some"
        )


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
    """Bootstrap of accuracy(after) - accuracy(before) on the same questions.

    Drawn are recordings, each with all its questions: one that is misheard fails several at once,
    so that questions drawn apart would promise more than they know. A question without a
    recording stands for itself, as each does where all are about one.

    Raises:
        DataError: if the two do not answer the same questions in the same order, or none.
    """
    if [a.question.id for a in before] != [a.question.id for a in after]:
        raise DataError(
            "a paired interval needs the same questions: got two different lists, expected equal "
            "ids in equal order; evaluate both on one file"
        )
    _check_some(before, "a gain")
    difference = np.array(
        [np.mean(b.correct_K) - np.mean(a.correct_K) for a, b in zip(before, after, strict=True)]
    )
    drawn = _drawn_together([row.question for row in before])
    sums, counts = np.bincount(drawn, difference), np.bincount(drawn)
    rng = generator(seed, "bootstrap")
    means = []
    for done in range(0, draws, _AT_ONCE):
        picks = rng.integers(len(sums), size=(min(_AT_ONCE, draws - done), len(sums)))
        means.append(sums[picks].sum(axis=1) / counts[picks].sum(axis=1))
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Gain(float(difference.mean()), float(low), float(high))


def _drawn_together(questions: Sequence[Question]) -> list[int]:
    """The number of each question's recording, counted from 0."""
    names = [(q.clip.path, 0) if q.clip else ("", n) for n, q in enumerate(questions)]
    places: dict[tuple[str, int], int] = {}
    numbers = [places.setdefault(name, len(places)) for name in names]
    return numbers if len(places) > 1 else list(range(len(questions)))
