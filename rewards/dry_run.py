"""A reward tried out before a run depends on it.

Conventions
-----------
========================  =====================================================
what is tried             a fault if
========================  =====================================================
the completions           one is an error or a timeout, or the reward applies to none
hostile texts             one is an error or a timeout
the completions again     a value or status differs: it is not deterministic
in reverse order, by a    a value or status differs: it depends on what was judged
new process               before, or on the process; over a group, on the order of
                          its completions, which is tried apart
gold answers              never; what they earn is shown, a reward for answers
                          should give 1
========================  =====================================================

Where nothing was scored, or a completion hung, the later passes are left out: they
would only fail, or wait, again. Spread is the standard deviation over the scored
completions, and among siblings that of each question on average; times are of the
reward's own process, per completion [s].
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rewards.dry_run_inputs import HOSTILE
from rewards.dry_run_siblings import Siblings, among_siblings, deviation
from rewards.errors import DataError
from rewards.fields import show
from rewards.groups import by_question
from rewards.records import NOT_RUN, Part, Question, Response
from rewards.response import parse

Pairs = Sequence[tuple[Question, Response]]


class Judge(Protocol):
    """What judges: ``rewards.isolation.Isolated``."""

    scope: str

    def judge(self, pairs: Pairs) -> list[Part]:
        """One part for each pair, in order."""
        ...

    def close(self) -> None:
        """End the processes; the next call starts new ones."""
        ...


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


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over completions.

    Attributes:
        count: of the completions.
        values: of those that were scored, in order; to the rest the reward does not apply, or
            it failed.
        failures: the ways in which others failed, commonest first; those not run last.
        seconds: per completion that was judged, ascending.
    """

    count: int
    values: tuple[float, ...]
    failures: tuple[Failure, ...]
    seconds: tuple[float, ...]

    @property
    def failed(self) -> int:
        """How many are errors or timeouts."""
        return sum(failure.count for failure in self.failures)

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


@dataclass(frozen=True, slots=True)
class Gold:
    """What gold answers earn.

    Attributes:
        values: of each question with a gold answer that the reward applies to.
        lowest: the least of them, as a sentence; "" where there is none below 1.
    """

    values: tuple[float, ...]
    lowest: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What was found out about a reward.

    Attributes:
        rows: the completions.
        siblings: how it differs within a question.
        hostile: hostile texts, None if left out.
        again: how many differed when they were judged again, None if left out.
        reordered: how many differed in reverse order and a new process, or None.
        again_example, reordered_example: the first of each that differed, as a sentence.
        gold: what gold answers earn, None if left out or there are none.
        faults: why this reward should not be used yet; empty if it may be.
    """

    rows: Pass
    siblings: Siblings
    hostile: Pass | None = None
    again: int | None = None
    reordered: int | None = None
    again_example: str = ""
    reordered_example: str = ""
    gold: Gold | None = None
    faults: tuple[str, ...] = field(default=())


def dry_run(judge: Judge, pairs: Pairs, hostile: Pairs = HOSTILE) -> DryRun:
    """Try a reward on completions, on hostile texts, twice, and in another order.

    Raises:
        DataError: there are no completions.
    """
    if not pairs:
        raise DataError("a dry run needs completions: got none, expected at least one")
    parts = judge.judge(pairs)
    rows, siblings = _pass(pairs, parts), among_siblings(pairs, parts)
    faults = [*_failures("completions", rows)]
    if len(rows.values) + rows.failed == 0:
        faults.append(f"it applies to none of {rows.count} completions: nothing was tried")
    if not rows.values or any(part.status == "timeout" for part in parts):
        return DryRun(rows, siblings, faults=tuple(faults))
    tried = _pass(hostile, judge.judge(hostile))
    faults += _failures("hostile texts", tried)
    again, again_example = _differences(pairs, parts, judge.judge(pairs))
    if again:
        faults.append(f"it is not deterministic: {again} of {rows.count} differ when judged again")
    judge.close()
    reverse = judge.judge(pairs[::-1])[::-1]
    reordered, reordered_example = _differences(pairs, parts, reverse)
    if reordered and not again:
        on = _depends_on(judge, pairs, parts)
        faults.append(
            f"it depends on {on}: {reordered} of {rows.count} differ in reverse order and a new "
            "process"
        )
    return DryRun(
        rows, siblings, tried, again, reordered, again_example, reordered_example,
        _gold(judge, pairs), tuple(faults),
    )  # fmt: skip


def _pass(pairs: Pairs, parts: Sequence[Part]) -> Pass:
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


def _failures(what: str, found: Pass) -> list[str]:
    return [
        f"{failure.count} of {found.count} {what} "
        + (f"were {failure.why}" if failure.why.startswith(NOT_RUN) else
           f"failed, first {failure.completion}: {failure.why}")
        for failure in found.failures
    ]  # fmt: skip


def _depends_on(judge: Judge, pairs: Pairs, parts: Sequence[Part]) -> str:
    """What a value depends on that differs in reverse order: what came before, or siblings."""
    groups = by_question(question for question, _ in pairs)
    order = [place for places in reversed(groups) for place in places]
    judge.close()
    judged = judge.judge([pairs[place] for place in order])
    alike = all(
        (part.value, part.status) == (parts[place].value, parts[place].status)
        for place, part in zip(order, judged, strict=True)
    )
    if alike and judge.scope == "group":
        return "the order in which the completions of a question come"
    return "what was judged before"


def _differences(pairs: Pairs, one: Sequence[Part], two: Sequence[Part]) -> tuple[int, str]:
    """How many values or statuses differ, and the first of them as a sentence."""
    different = [
        (response, a, b)
        for (_, response), a, b in zip(pairs, one, two, strict=True)
        if (a.value, a.status) != (b.value, b.status)
    ]
    if not different:
        return 0, ""
    response, a, b = different[0]
    return len(different), f"{show(response.text)}: {_brief(a)}, then {_brief(b)}"


def _brief(part: Part) -> str:
    return part.status if part.value is None else f"{part.value:g}"


def _gold(judge: Judge, pairs: Pairs) -> Gold | None:
    """Each question's gold answer, as a sound completion."""
    questions: dict[str, Question] = {}
    for question, _ in pairs:
        if question.answer is not None:
            questions.setdefault(question.id, question)
    golden = [
        (question, parse(f"<think>One two three.</think><answer>{question.answer}</answer>"))
        for question in questions.values()
    ]
    parts = judge.judge(golden)
    scored = [
        (part.value, part.why, question)
        for (question, _), part in zip(golden, parts, strict=True)
        if part.value is not None
    ]
    if not scored:
        return None
    value, why, question = min(scored, key=lambda found: found[0])
    lowest = f"{value:g} for {show(question.answer)} to {show(question.text)}"
    lowest += f": {why}" if why else ""
    return Gold(tuple(value for value, _, _ in scored), lowest if value < 1 else "")
