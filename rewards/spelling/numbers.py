"""Numbers, units, times and ranges.

Conventions
-----------
A quantity is a span of values (equal ends for one value) and a unit (``units.py``), ""
where none is written. Times become seconds, tempi "bpm". Thousands may be parted by
commas; a comma before one or two digits, or after a leading 0, is a decimal one.

=====================  ==========================  =======
written                value                       unit
=====================  ==========================  =======
120, one hundred       120, 100
~81 BPM, 130.43 bpm    81, 130.43                  bpm
♩ = 96, quarter = 96   96                          bpm
2 beats per second     2                           beats/s
one twenty             120
1:30, 90 s, 1.5 min    90                          s
half a second, two     0.5, 2.5                    s
and a half seconds
120-124 BPM            120 to 124                  bpm
from 9 to 11 seconds   9 to 11                     s
=====================  ==========================  =======
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention
from rewards.spelling.units import LOOK_BACK, unit_at, unit_before

COUNTS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
CHINESE = "零一二三四五六七八九十"
"""The signs of 0 to 10."""
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD = "|".join(sorted([*COUNTS, *_TENS, "hundred", "thousand"], key=len, reverse=True))
_WORDS = rf"(?:(?:{_WORD})|an?\s+hundred)(?:(?:[\s-]+and)?[\s-]+(?:{_WORD}))*"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?(?:e[+-]?\d{1,3})?|\.\d+"
_NUMBER = Pattern(
    r"(?:(?<=bpm)|(?<![0-9A-Za-z\u00c0-\u024f_.,]))(?<!\d/)"  # a CJK sign may stand before
    rf"([-+]?)({_DIGITS})(?!\d|/(?!\s*m)|(?:st|nd|rd|th)\b)|\b({_WORDS})\b",
    re.IGNORECASE,
)
_CLOCK = Pattern(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(\.\d+)?(?![\d:])")
_PART = Pattern(
    r"(?<!and a )\b(?:(?P<half>half)|(?P<quarter>(?:an?|one)[\s-]quarter)"
    r"|(?P<most>three[\s-]quarters?))"
    r"(?:\s+of)?(?:\s+an?)?\s+(?P<part>seconds?|secs?|minutes?|mins?|hours?)\b"
    r"|\ban?\s+(?P<more>second|minute|hour)\s+and\s+a\s+half\b",
    re.IGNORECASE,
)
_PARTS = {"half": 0.5, "quarter": 0.25, "most": 0.75, "more": 1.5}
_AND_A_HALF = Pattern(r"\s+and\s+a\s+half\b", re.IGNORECASE)
_MINUS = Pattern(r"\bminus\s*$", re.IGNORECASE)
_TO = Pattern(r"\s*(?:-|to|until|till|through|\.\.\.?|bis|~)\s*", re.IGNORECASE)
_AND = Pattern(r"\s*and\s*", re.IGNORECASE)
_BETWEEN = Pattern(r"\bbetween\s+(?:about |around )?$", re.IGNORECASE)
_ROUGHLY = Pattern(r"(?:about|around|approximately|roughly|circa|ca\.|[~≈])\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """Values from ``low`` to ``high`` in ``unit``; one value where the ends are equal."""

    low: float
    high: float
    unit: str = ""

    @property
    def middle(self) -> float:
        """Of the span."""
        return (self.low + self.high) / 2

    def same(self, other: Quantity) -> bool:
        """Equal ends, to a millionth; units agree or one is not written."""
        near = all(
            abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))
            for a, b in ((self.low, other.low), (self.high, other.high))
        )
        return near and (self.unit == other.unit or not self.unit or not other.unit)


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> Quantity | None:
    """The quantity that the text is, roundings and "the" aside, or None.

    >>> parse_quantity("1:30").low
    90.0
    """
    text = re.sub(
        r"^(?:the|a tempo of|at|from|between|exactly|about|around|approximately|approx\.?|roughly"
        r"|circa|ca\.?|[~≈=])\s*", "", text.strip().rstrip("."), flags=re.IGNORECASE,
    )  # fmt: skip
    found = find_quantities(text)
    if len(found) != 1:
        return None
    rest = (text[: found[0].start] + text[found[0].end :]).strip(" .")
    return found[0].value if not rest else None


def find_quantities(text: str) -> list[Mention[Quantity]]:
    """Numbers and times of a text with their units; ranges are one mention."""
    singles = _singles(text)
    merged: list[Mention[Quantity]] = []
    for mention in singles:
        last = merged[-1] if merged else None
        if last is not None and _is_range(text, last, mention):
            unit = mention.value.unit or last.value.unit
            low = last.value.low
            # "9 to 11 s": the unit after the range is that of both ends.
            scale = _scale(text, mention) if not last.value.unit and mention.value.unit else 1.0
            ends = sorted((low * scale, mention.value.high))
            merged[-1] = Mention(Quantity(ends[0], ends[1], unit), last.start, mention.end)
        elif last is not None and _continues(text, last, mention):
            value = Quantity(
                last.value.low + mention.value.low, last.value.low + mention.value.low, "s"
            )
            merged[-1] = Mention(value, last.start, mention.end)
        else:
            merged.append(mention)
    return merged


def _singles(text: str) -> list[Mention[Quantity]]:
    found = [_part(m) for m in _PART.finditer(text)]
    clocks = [(m.start, m.end) for m in found]
    clocks += [(m.start(), m.end()) for m in _CLOCK.finditer(text)]
    for m in _CLOCK.finditer(text):
        seconds = 3600 * int(m[1] or 0) + 60 * int(m[2]) + int(m[3]) + float(m[4] or 0)
        unit = re.match(r"\s*(?:minutes?|mins?|m|s)\b", text[m.end() :], re.IGNORECASE)
        found.append(
            Mention(
                Quantity(seconds, seconds, "s"), m.start(), m.end() + (unit.end() if unit else 0)
            )
        )
    for m in _NUMBER.finditer(text):
        if any(start <= m.start() < end for start, end in clocks):
            continue
        value = _value(m[2]) if m[2] else float(_words_value(m[3]))
        # "120-124" is a range, not 120 and -124.
        minus = (
            m[1] == "-" or _MINUS.search(text[max(0, m.start() - LOOK_BACK) : m.start()])
        ) and not re.search(r"\d\s*\w*\s*$", text[max(0, m.start() - LOOK_BACK) : m.start()])
        half = _AND_A_HALF.match(text, m.end())
        value += 0.5 if half else 0.0
        unit, scale, end = unit_at(text, half.end() if half else m.end())
        unit = unit or unit_before(text, m.start())
        value = (-value if minus else value) * scale
        found.append(
            Mention(
                Quantity(value, value, unit), m.start(2) if m[2] and not minus else m.start(), end
            )
        )
    return sorted(found, key=lambda mention: mention.start)


def _part(match: re.Match[str]) -> Mention[Quantity]:
    """ "half a second", "a minute and a half"."""
    share = next(part for name, part in _PARTS.items() if match[name])
    word = match["part"] or match["more"]
    value = share * unit_at(word, 0)[1]
    return Mention(Quantity(value, value, "s"), match.start(), match.end())


def _scale(text: str, mention: Mention[Quantity]) -> float:
    number = _NUMBER.match(text, mention.start)
    return unit_at(text, number.end())[1] if number else 1.0


def _is_range(text: str, first: Mention[Quantity], second: Mention[Quantity]) -> bool:
    if first.value.low != first.value.high:
        return False
    if first.value.unit == "thing" and not second.value.unit:
        return False  # "three instruments - two guitars and a bass"
    between = text[first.end : second.start]
    if _TO.fullmatch(between):
        return True
    rough = _ROUGHLY.search(between)
    between = between[: rough.start()] + between[rough.end() :] if rough else between
    if _TO.fullmatch(between):
        return True
    return bool(
        _AND.fullmatch(between)
        and _BETWEEN.search(text[max(0, first.start - LOOK_BACK) : first.start])
    )


def _continues(text: str, first: Mention[Quantity], second: Mention[Quantity]) -> bool:
    """ "1 min 30 s" is one time."""
    seconds = first.value.unit == second.value.unit == "s"
    between = text[first.end : second.start].strip().lower()
    return seconds and between in ("", "and", ",") and first.value.low >= 60 > second.value.low


def _value(digits: str) -> float:
    if len(digits) > 40:
        return float("inf")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits) and not digits.startswith("0,"):
        return float(digits.replace(",", ""))
    return float(digits.replace(",", "."))


def _words_value(words: str) -> int:
    total = current = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _TENS and 1 <= current <= 9:
            current = 100 * current + _TENS[word]  # "one twenty"
        else:
            current += COUNTS.get(word, 0) + _TENS.get(word, 0)
    return total + current
