"""A reward tried out before a run depends on it.

Conventions
-----------
========================  =====================================================
what is tried             a fault if
========================  =====================================================
the completions           one is an error or a timeout, or the reward applies to none
                          that it is called on
the completions of a      in each of two or more questions all get one value: there
question                  is no signal, GRPO would learn nothing
hostile texts             one is an error or a timeout
the completions again     a value or status differs: it is not deterministic
in reverse order, by a    a value or status differs: it depends on what was judged
new process               before, or on the process; over a group, on the order of
                          its completions, which is tried apart
gold answers              never; what they earn is shown, a reward for answers
                          should give 1
========================  =====================================================

Where no call gave a value, a completion hung or most calls failed, the later passes are
left out: they would only fail, or wait, again. Spread is the standard deviation over the scored
completions, and among siblings that of each question on average; times are of the
reward's own process, per completion [s].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rewards.dry_run_inputs import HOSTILE
from rewards.dry_run_passes import Pairs, Pass, one_pass, sentences
from rewards.dry_run_siblings import Siblings, among_siblings, uncalled
from rewards.errors import DataError
from rewards.fields import show
from rewards.groups import by_question
from rewards.records import Part, Question
from rewards.response import parse


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
        parts: of each of them, in order.
        siblings: how it differs within a question.
        hostile: hostile texts, None if left out.
        again: how many differed when they were judged again, None if left out.
        reordered: how many differed in reverse order and a new process, or None.
        again_example, reordered_example: the first of each that differed, as a sentence.
        gold: what gold answers earn, None if left out or there are none.
        left_out: why the later passes were, "" where they were not.
        faults: why this reward should not be used yet; empty if it may be.
    """

    rows: Pass
    parts: tuple[Part, ...]
    siblings: Siblings
    hostile: Pass | None = None
    again: int | None = None
    reordered: int | None = None
    again_example: str = ""
    reordered_example: str = ""
    gold: Gold | None = None
    left_out: str = ""
    faults: tuple[str, ...] = field(default=())


def dry_run(judge: Judge, pairs: Pairs, hostile: Pairs = HOSTILE) -> DryRun:
    """Try a reward on completions, on hostile texts, twice, and in another order.

    Raises:
        DataError: there are no completions.
    """
    if not pairs:
        raise DataError("a dry run needs completions: got none, expected at least one")
    parts = judge.judge(pairs)
    rows, siblings = one_pass(pairs, parts), among_siblings(pairs, parts)
    faults = [*sentences("completions", rows)]
    calls = [part for part in parts if not uncalled(part)]
    if not calls:
        faults.append(
            f"it was called on none of {rows.count} completions, which lack the block that it "
            "asks for: nothing was tried"
        )
    elif not rows.failures and all(part.value is None for part in calls):
        of = f"{len(calls)} completions"
        of += " that it was called on" if len(calls) < rows.count else ""
        faults.append(
            f"it applies to none of {of}: nothing was tried; give rows that it is for, "
            "--on FILE.jsonl"
        )
    if left_out := _why_no_more(calls):
        return DryRun(rows, tuple(parts), siblings, left_out=left_out, faults=tuple(faults))
    tried = one_pass(hostile, judge.judge(hostile))
    faults += sentences("hostile texts", tried)
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
    faults += [siblings.fault] if siblings.fault else []
    return DryRun(
        rows, tuple(parts), siblings, tried, again, reordered, again_example, reordered_example,
        _gold(judge, pairs), faults=tuple(faults),
    )  # fmt: skip


def _why_no_more(calls: Sequence[Part]) -> str:
    """Why the later passes would only fail, or wait, again; "" where they would not."""
    if any(part.status == "timeout" for part in calls):
        return "a completion hung"
    if 2 * sum(part.failed for part in calls) > len(calls):
        return "most calls failed"
    return "" if any(part.value is not None for part in calls) else "no call gave a value"


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
