"""Times that a rule gives: "every 0.5 s from 0.25 to 10 s".

Conventions
-----------
A rule is a step, and the first and last time or the first and how many there are.

==========================================  ==================================
written                                     read as
==========================================  ==================================
every 0.5 s from 0.25 to 10                 0.25, 0.75, ... 9.75
at 0.5 and then every half second up to 3   0.5, 1.0, ... 3.0
from 0.5 s to 3 s, 0.5 s apart              0.5, 1.0, ... 3.0
8 beats, spaced 500 ms apart, from 1.0 s    1.0, 1.5, ... 4.5
every 0.5 m from 0 to 60 s                  0, 30, 60
every 0.5 s: 0.5, 1.0, 1.5                  no rule: the times stand there
==========================================  ==================================
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.times import LAST, MOST, NUMBER, SECONDS, scale_of, tokens

_UNIT = rf"(?:milliseconds?|msecs?|ms|(?:minutes?|mins?|m)\b|{SECONDS})"
_STEP = Pattern(
    rf"\bevery\s(?:about\s|~)?(?:(?P<every>{NUMBER})[\s-]?(?P<u1>{_UNIT})?(?![\w.]|\s?(?:beats?|bars?"
    rf"|measures?|notes?|met(?:er|re)s?|[ck]m|hours?)\b)|(?:an?\s|one\s)?(?P<part>half|quarter)(?:\sof)?(?:\san?)?[\s-]second\b"
    r"|(?P<one>second)\b)"
    rf"|(?:\b(?:spaced|spacing|interval|period)(?:\s(?:of|at|by|is|every)|:)?\s(?:about\s|~)?)?"
    rf"(?<![\d.])(?P<apart>{NUMBER})[\s-]?(?P<u2>{_UNIT})[\s-]?(?:apart|intervals?|steps|spacing"
    r"|per beat|between (?:beats|onsets))\b"
    rf"|\b(?:spaced|spacing|intervals?|period)(?:\s(?:of|at|by|is|every)|:)?\s(?:about\s|~)?"
    rf"(?P<spaced>{NUMBER})[\s-]?(?P<u3>{_UNIT})",
    re.IGNORECASE,
)
_COUNT = Pattern(r"(?<![\d.])(\d{1,4})\s(?:beats|downbeats|onsets|events|notes)\b", re.IGNORECASE)
_DENIED = Pattern(
    r"\b(?:not|never|instead of|rather than)\s(?:\w{1,9}\s){0,2}$|n't\s(?:\w{1,9}\s){0,2}$",
    re.IGNORECASE,
)
_PARTS = {"half": 0.5, "quarter": 0.25}
_NEAR = 400
"""A rule is looked for in so many characters."""


def without_step(text: str) -> tuple[str, list[float]]:
    """A folded text without the step of a rule in it, and the times that the rule gives."""
    found = _STEP.search(text[:_NEAR])
    if found is None or _DENIED.search(text[: found.start()]):
        return text, []
    step = _step(found)
    rest = f"{text[: found.start()]} , {text[found.end() :]}"
    given = tokens(rest)
    count = _COUNT.search(text[:_NEAR])
    if step <= 0 or not 1 <= len(given) <= 2:
        return rest, []
    first = given[0].value
    if len(given) == 2:
        steps = (given[1].value - first) / step if given[1].value <= LAST else -1
    else:
        steps = int(count[1]) - 1 if count else -1
    if not 0 <= steps <= MOST:
        return rest, []
    return rest, [first + i * step for i in range(int(steps + 1e-6) + 1)]


def _step(found: re.Match[str]) -> float:
    """The step [s] of a rule."""
    if found["part"]:
        return _PARTS[found["part"].lower()]
    if found["one"]:
        return 1.0
    number, unit = next(
        (found[number], found[unit])
        for number, unit in (("every", "u1"), ("apart", "u2"), ("spaced", "u3"))
        if found[number]
    )
    return float(number) * scale_of(unit or "s")
