"""Widths in semitones and whole tones: how an interval sounds, without its name.

Conventions
-----------
"4 semitones", "four half steps", "two whole tones", "a whole step", "a step and a half",
"1.5 tones", "three tones and a semitone". "4 or 5 semitones" is two widths; "wider by a
semitone" and "a semitone smaller" compare and are none. Widths go to 48 semitones.
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention
from rewards.spelling.numbers import COUNTS

_WORDS = {**COUNTS, "twenty": 20}
_COUNT = rf"(?:\d{{1,7}}(?:\.5)?|{'|'.join(sorted(_WORDS, key=len, reverse=True))}|an?|single)"
_HALF_UNIT = r"semi-?tones?|half[\s-]?(?:steps?|tones?)|halbt(?:on|one|oene)|semitonos?|semitoni"
_WHOLE_UNIT = r"(?:whole|full)[\s-]?(?:steps?|tones?)|tones?|steps?|ganzt(?:on|one|oene)"
_WIDTH = Pattern(
    rf"(?<![\w.-])(?:(?:(?P<other>{_COUNT})\s?(?:-|/|,|\bor\b|\bto\b)\s?)?(?P<count>{_COUNT})"
    r"(?P<mixed>\sand\sa\shalf)?[\s-])?"
    rf"(?:(?P<half>{_HALF_UNIT}|st(?![a-z]))|(?P<whole>{_WHOLE_UNIT}))(?P<more>\sand\sa\shalf)?(?!\w)",
    re.IGNORECASE,
)
_COMPARES = Pattern(
    r"\s(?:larger|smaller|wider|narrower|bigger|more|less|short|shorter|longer)\b", re.IGNORECASE
)
_BY = Pattern(r"\b(?:by|plus|minus|chromatic|diatonic)\s(?:an?\s|one\s)?$", re.IGNORECASE)
_AND = Pattern(r"\s(?:and|plus|\+)\s", re.IGNORECASE)
_OR_COUNT = Pattern(rf"\s(?:or|to)\s(?P<count>{_COUNT})\W*$", re.IGNORECASE)
_WIDEST = 48
_NO_WIDTH = 10_000
"""A count past the widest, or one that falls between two semitones."""


def find_widths(text: str) -> list[Mention[int]]:
    """The widths that a text names, in semitones and in order."""
    found: list[Mention[int]] = []
    for m in _WIDTH.finditer(text):
        if not m["count"] and not _unit_alone(text, m):
            continue
        last = found[-1] if found else None
        whole = last is not None and last.value % 2 == 0 and m["half"] and m["count"]
        if last and whole and _AND.fullmatch(text[last.end : m.start()]):
            width = last.value + _width(m["count"], m)
            found[-1] = Mention(min(width, _NO_WIDTH), last.start, m.end())
            continue
        before = text[max(0, m.start() - 16) : m.start()]
        if _COMPARES.match(text, m.end()) or _BY.search(before):
            continue
        for written in (m["other"], m["count"] or "a"):
            if written:
                found.append(Mention(_width(written, m), m.start(), m.end()))
        other = _OR_COUNT.match(text, m.end())
        if other:
            start, end = other.span("count")
            found.append(Mention(_width(other["count"], m), start, end))
    return found


def _unit_alone(text: str, match: re.Match[str]) -> bool:
    """ "semitone", "half-step" and "whole tone" are one; "steps" is nothing."""
    unit = match[0].lower()
    if unit in ("step", "tone"):
        return len(text.strip(" .")) == len(unit)
    return not unit.endswith("s") and unit != "st"


def _width(written: str, match: re.Match[str]) -> int:
    count = 1.0 if written.lower() in ("a", "an", "single") else _number(written)
    if match["mixed"] or match["more"]:
        count += 0.5
    width = count * (1 if match["half"] else 2)
    return int(width) if width.is_integer() and width <= _WIDEST else _NO_WIDTH


def _number(written: str) -> float:
    word = written.lower()
    return float(_WORDS.get(word, written))
