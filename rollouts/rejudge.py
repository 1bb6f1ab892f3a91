"""The rollouts of a step under another rubric: what it would have paid for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from rewards.records import Score
from rewards.response import parse
from rewards.rubric import Rubric
from rollouts.journal import rollouts_of
from rollouts.records import Group

Means = tuple[float | None, float | None]
"""In the run and now, over the rollouts that have a value; None where none has."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A step's rollouts before and after.

    Attributes:
        total: its means.
        parts: name of a part -> its means.
        failed: part -> rollouts on which it failed now.
        unrun: part -> rollouts on which it was not run, for others had hung.
        rollouts: judged. changed: those whose total is another one now.
        pairs: siblings whose totals differ in one of the two at least; turned: those
            whose order is the reverse now.
    """

    total: Means
    parts: Mapping[str, Means]
    failed: Mapping[str, int]
    unrun: Mapping[str, int]
    rollouts: int
    changed: int
    pairs: int
    turned: int


def rejudge(run: Path, step: int, rubric: Rubric) -> Rejudged:
    """Judge the rollouts of a step again, with the rubric's weights of that step.

    Raises:
        ReplayError: if the journal has no rollouts of the step.
    """
    groups = rollouts_of(run, step)
    judge = rubric.at(step)
    before: list[Score] = []
    after: list[Score] = []
    pairs = turned = 0
    for group in groups:
        old = [rollout.score for rollout in group.rollouts]
        new = judged_again(group, judge)
        for i, j in combinations(range(len(old)), 2):
            first, second = _order(old[i], old[j]), _order(new[i], new[j])
            pairs += bool(first or second)
            turned += first * second < 0
        before += old
        after += new
    names = dict.fromkeys(name for score in (*before, *after) for name in score.parts)
    return Rejudged(
        total=(_mean([s.total for s in before]), _mean([s.total for s in after])),
        parts={name: (_part(before, name), _part(after, name)) for name in names},
        failed=_counts(after, unrun=False),
        unrun=_counts(after, unrun=True),
        rollouts=len(after),
        changed=sum(a.total != b.total for a, b in zip(before, after, strict=True)),
        pairs=pairs,
        turned=turned,
    )


def judged_again(group: Group, rubric: Rubric) -> list[Score]:
    """The scores of a group by another rubric, which has the weights of the step."""
    responses = [parse(rollout.completion.text) for rollout in group.rollouts]
    return rubric.score_group(group.question, responses)


def _order(one: Score, other: Score) -> int:
    """1, 0 or -1 as the first total is greater, equal or less; 0 where one is missing."""
    if one.total is None or other.total is None:
        return 0
    return (one.total > other.total) - (one.total < other.total)


def _part(scores: Sequence[Score], name: str) -> float | None:
    return _mean([part.value for s in scores if (part := s.parts.get(name)) is not None])


def _counts(scores: Sequence[Score], *, unrun: bool) -> Counter[str]:
    """How often each part failed of its own, or was not run."""
    parts = (found for score in scores for found in score.parts.items())
    return Counter(name for name, part in parts if part.failed and part.unrun == unrun)


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
