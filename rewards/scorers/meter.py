"""Reward ``meter``: the time signature.

Conventions
-----------
Signatures are compared as written: 2/4 is not 4/8. Grouping classes are those
of ``rewards/spelling/meters.py``.

====================================================  =====
the answer is                                         value
====================================================  =====
the meter                                             1.0
another meter of its grouping class, or that class    0.5
3/4 for 6/8 or 6/8 for 3/4 (3/2 and 6/4 alike)        0.3
any other meter, none, several                        0.0
====================================================  =====

"Four beats per bar" says 4/4 or 4/2: it is the class. Not applicable where the fact says
that there is no meter, or none that stays ("free", "X", "mixed").
"""

from __future__ import annotations

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import applies, one_value, says_none
from rewards.spelling.meters import Meter, parse_meter
from rewards.text import fold

_NO_METER = (
    "free", "unmetered", "mixed", "irregular", "changing", "free meter", "free metre", "free time",
    "free rhythm", "no meter", "senza misura",
)  # fmt: skip


@reward("meter")
def meter(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's meter.

    Raises:
        DataError: the fact is no meter.
    """
    if not applies(question, "meter"):
        return None
    written = fold(question.facts.meter or "").strip()
    if says_none(written, *_NO_METER):
        return None
    truth = parse_meter(written)
    if truth is None:
        raise DataError(f"facts.meter: got {question.facts.meter!r}, expected one such as '6/8'")
    got = one_value("meter", question, response)
    if isinstance(got, Verdict):
        return got
    value, relation = nearness(truth, got)
    return Verdict(value, f"{got.name} is {relation} {truth.name}", {"meter": got.name})


def nearness(truth: Meter, got: Meter) -> tuple[float, str]:
    """Value and relation of a meter to the true one (see the table above)."""
    if got == truth:
        return 1.0, "the same as"
    loose = {got.grouping} if got.unit or got.simple else {got.grouping, f"compound {got.grouping}"}
    if truth.grouping in loose or (got.beats == 0 and truth.grouping.startswith("compound")):
        return 0.5, "of the grouping class of"
    if got.unit and truth.unit:
        bars_equal = got.beats * truth.unit == truth.beats * got.unit
        if bars_equal and {got.beats, truth.beats} == {3, 6}:
            return 0.3, "another grouping of the same bar as"
    return 0.0, "not"
