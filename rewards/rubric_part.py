"""One part of a rubric: how it judges many completions, and what others make of its value.

    the reward's value -> clip -> times the values of other parts -> gates -> the part

Conventions
-----------
==============================  ====================================================
the part it depends on          what becomes of a scored part
==============================  ====================================================
a gate scored at 1              stays
a gate below 1, or that does    0: the gate failed
not apply
a factor scored at x            value (1 - share (1 - x))
a factor that does not apply    stays
a gate or factor that failed    ``not_applicable``: its value cannot be known
(``error``, ``timeout``)
==============================  ====================================================

A part that does not apply, or has failed, stays so whatever its gates say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rewards.contract import checked, checked_group, describe, escaped
from rewards.errors import ConfigError
from rewards.groups import by_question
from rewards.records import Abstention, Part, Question, Response
from rewards.registry import Reward
from rewards.rubric_routes import Route
from rewards.schedule import Schedule

if TYPE_CHECKING:
    from rewards.isolation import Isolated

Row = tuple[Question, Response]


@dataclass(frozen=True, slots=True)
class RubricPart:
    """One reward in a rubric.

    Attributes:
        name: of the part; unique in its rubric.
        reward: what it judges by, a registered name or ``FILE.py:NAME``.
        judge: the reward itself, so that a rubric travels to processes in which
            nobody registered it.
        weight: at least 0, or a schedule; 0 makes a part that only serves others.
        requires: gates, names of the parts that must be scored at 1.
        times: (part, share in (0, 1]): the factors of its value.
        clip: least and greatest value of the reward, or None.
        when: the questions it is for, or None for all.
        params: keyword arguments of the reward.
        limits: deadline, memory and processes of a reward in a file.
    """

    name: str
    reward: str
    judge: Reward | Isolated = field(compare=False)
    weight: float | Schedule = 1.0
    requires: tuple[str, ...] = ()
    times: tuple[tuple[str, float], ...] = ()
    clip: tuple[float, float] | None = None
    when: Route | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it has a weight above 0 at some step."""
        weight = self.weight
        points = weight.points if isinstance(weight, Schedule) else ((0, weight),)
        return any(at > 0 for _, at in points)

    @property
    def plain_weight(self) -> float:
        """The weight as a number.

        Raises:
            ConfigError: it follows a schedule, and no step was chosen.
        """
        if isinstance(self.weight, Schedule):
            raise ConfigError(
                f"the weight of part {self.name!r} follows the steps of a run: got {self.weight}, "
                "expected a number; take rubric.at(step), or rubric.settled() for its end"
            )
        return self.weight

    def judge_all(self, rows: Sequence[Row]) -> list[Part]:
        """What the reward says of each row, before clip, factors and gates; never raises."""
        weight = self.plain_weight
        parts = [Part(None, weight, "not_applicable", self._elsewhere)] * len(rows)
        places = [i for i, row in enumerate(rows) if self.when is None or self.when.admits(row[0])]
        for i, part in zip(places, self._judged([rows[i] for i in places]), strict=True):
            parts[i] = part
        return parts

    def composed(self, own: Part, others: Mapping[str, Part]) -> Part:
        """The part after clip, factors and gates.

        Args:
            own: what the reward said.
            others: the composed parts it depends on, by name.
        """
        if own.value is None:
            return own
        leans_on = (*self.requires, *(name for name, _ in self.times))
        failed = next((name for name in leans_on if others[name].failed), None)
        if failed is not None:
            why = f"part {failed!r}, which it depends on, failed: {others[failed].why}"
            return replace(own, value=None, status="not_applicable", why=why)
        closed = next((name for name in self.requires if not _open(others[name])), None)
        if closed is not None:
            gate = others[closed]
            state = gate.status if gate.value is None else f"{gate.value:g}"
            why = f"the gate {closed!r} failed (got {state}, expected 1): {gate.why}"
            return replace(own, value=0.0, why=why)
        value, steps = own.value, []
        if self.clip is not None:
            value = min(max(value, self.clip[0]), self.clip[1])
            steps += [f"{own.value:g} clipped to {value:g}"] if value != own.value else []
        for name, share in self.times:
            factor = others[name].value
            if factor is not None and factor != 1:
                value *= 1 - share * (1 - factor)
                rest = f"{1 - share:g} + {share:g} x " if share != 1 else ""
                steps.append(f"times {rest}{name} {factor:g}")
        if not steps:
            return own
        return replace(own, value=value, why="; ".join(filter(None, [*steps, own.why])))

    @property
    def _elsewhere(self) -> str:
        return f"part {self.name!r} is for other questions"

    def _judged(self, rows: Sequence[Row]) -> list[Part]:
        if not rows:
            return []
        if not isinstance(self.judge, Reward):
            found = self.judge.judge(rows)
            weight = self.plain_weight
            return [replace(part, weight=weight, why=escaped(part.why)) for part in found]
        if self.judge.scope == "completion":
            return [self._one(self.judge, row) for row in rows]
        parts: dict[int, Part] = {}
        for places in by_question(question for question, _ in rows):
            group = self._group(self.judge, [rows[i] for i in places])
            parts.update(zip(places, group, strict=True))
        return [parts[i] for i in range(len(rows))]

    def _one(self, judge: Reward, row: Row) -> Part:
        return self._timed(1, lambda: [judge(*row, **self.params)])[0]

    def _group(self, judge: Reward, rows: Sequence[Row]) -> list[Part]:
        question, count = rows[0][0], len(rows)

        def call() -> list[object]:
            outcomes = judge.over(question, [response for _, response in rows], **self.params)
            return checked_group(self.reward, outcomes, count)

        return self._timed(count, call)

    def _timed(self, count: int, call: Callable[[], list[object]]) -> list[Part]:
        """The parts of ``count`` outcomes, each with its share of the time they took."""
        start = time.perf_counter()
        try:
            outcomes = call()
        except KeyboardInterrupt:
            raise
        # SystemExit, MemoryError and RecursionError of a reward must not end a run
        # either: each becomes a part that says so.
        except BaseException as failure:  # noqa: BLE001
            return [self._failed(failure, (time.perf_counter() - start) / count)] * count
        seconds = (time.perf_counter() - start) / count
        return [self._part(outcome, seconds) for outcome in outcomes]

    def _part(self, outcome: object, seconds: float) -> Part:
        try:
            found = checked(self.reward, outcome)
        except KeyboardInterrupt:
            raise
        except BaseException as failure:  # noqa: BLE001 - details may exit on being looked at
            return self._failed(failure, seconds)
        weight = self.plain_weight
        if isinstance(found, Abstention):
            return Part(None, weight, "not_applicable", found.why, None, seconds)
        return Part(float(found.value), weight, "scored", found.why, found.details, seconds)

    def _failed(self, failure: BaseException, seconds: float) -> Part:
        return Part(None, self.plain_weight, "error", describe(failure), None, seconds)


def _open(gate: Part) -> bool:
    return gate.value is not None and gate.value >= 1.0
