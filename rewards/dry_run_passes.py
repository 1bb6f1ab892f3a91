"""One pass of a reward over completions: its values, its times and the ways in which it failed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rewards.dry_run_siblings import deviation
from rewards.fields import show
from rewards.records import NOT_RUN, Part, Question, Response

Pairs = Sequence[tuple[Question, Response]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Completions of one pass that failed in one way.

    Attributes:
        count: how many.
        why: what the first of them says.
        question, completion: of the first, shortened.
    """

    count: int
    why: str
    question: str
    completion: str

    @property
    def unrun(self) -> bool:
        """They were not even run, for others had hung."""
        return self.why.startswith(NOT_RUN)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over completions.

    Attributes:
        count: of the completions.
        values: of those that were scored, in order; to the rest the reward does not apply, or
            it failed.
        failures: the ways in which others failed, commonest first; those not run last.
        seconds: per completion that was run, those that hung or died among them, ascending.
    """

    count: int
    values: tuple[float, ...]
    failures: tuple[Failure, ...]
    seconds: tuple[float, ...]

    @property
    def failed(self) -> int:
        """How many are errors or timeouts of their own."""
        return sum(failure.count for failure in self.failures if not failure.unrun)

    @property
    def unrun(self) -> int:
        """How many were not run, for others had hung."""
        return sum(failure.count for failure in self.failures if failure.unrun)

    @property
    def mean(self) -> float:
        """Of the values; NaN where there is none."""
        return math.fsum(self.values) / len(self.values) if self.values else math.nan

    @property
    def spread(self) -> float:
        """Standard deviation of the values; NaN where there is none."""
        return deviation(self.values) if self.values else math.nan

    def share_at(self, value: float) -> float:
        """Share of the values that are exactly that one."""
        return self.values.count(value) / len(self.values) if self.values else math.nan

    def percentile(self, percent: float) -> float:
        """Of the times [s], by the nearest rank; 100 is the longest."""
        if not self.seconds:
            return math.nan
        return self.seconds[max(0, math.ceil(percent / 100 * len(self.seconds)) - 1)]


def one_pass(pairs: Pairs, parts: Sequence[Part]) -> Pass:
    """What the parts of these completions, in order, come to."""
    kinds: Counter[str] = Counter()
    first: dict[str, tuple[str, Question, Response]] = {}
    for (question, response), part in zip(pairs, parts, strict=True):
        if part.failed:
            kind = NOT_RUN if part.unrun else f"{part.status} {part.why.partition(':')[0]}"
            kinds[kind] += 1
            first.setdefault(kind, (part.why, question, response))
    return Pass(
        count=len(parts),
        values=tuple(part.value for part in parts if part.value is not None),
        failures=tuple(
            Failure(count, first[kind][0], show(first[kind][1].text), show(first[kind][2].text))
            for kind, count in sorted(kinds.most_common(), key=lambda one: one[0] == NOT_RUN)
        ),
        seconds=tuple(sorted(part.seconds for part in parts if part.seconds > 0)),
    )


def sentences(what: str, found: Pass) -> list[str]:
    """Each way in which completions failed, told as a fault."""
    return [
        f"{failure.count} of {found.count} {what} "
        + (f"were {failure.why}" if failure.unrun else
           f"failed, first {failure.completion}: {failure.why}")
        for failure in found.failures
    ]  # fmt: skip
