"""Intervals: quality and number.

Conventions
-----------
``P4``, "perfect fourth", "minor 3rd", "augmented second", "d5", "tritone" (an
augmented fourth by name; by sound also a diminished fifth). Perfect are unison,
fourth, fifth and octave with their compounds; a "perfect third" is no interval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

_NUMBERS = (
    "unison|prime|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th",
    "seventh|7th", "octave|eighth|8ve|8th", "ninth|9th", "tenth|10th", "eleventh|11th",
    "twelfth|12th", "thirteenth|13th",
)  # fmt: skip
_QUALITIES = {"perfect": "P", "perf": "P", "major": "M", "maj": "M", "minor": "m", "min": "m",
              "augmented": "A", "aug": "A", "diminished": "d", "dim": "d"}  # fmt: skip
_NAMES = Pattern(
    rf"\b(?:(?:(?P<quality>{'|'.join(_QUALITIES)})\.?[\s-]+)?(?P<number>{'|'.join(_NUMBERS)})"
    r"|(?P<tritone>tri-?tone))(?:\s+interval)?(?!\w|[\s-]+chord)",
    re.IGNORECASE,
)
_SHORT = Pattern(r"(?<![\w#])(P|M|m|A|d|aug|dim|maj|min)\.?(1[0-3]|[1-9])(?![\w#])")
_STEPS = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Interval:
    """Quality ``P M m A d`` and a number from 1 (unison) to 13."""

    quality: str
    number: int

    @property
    def semitones(self) -> int:
        """By sound, 0 or more."""
        octaves, step = divmod(self.number - 1, 7)
        perfect = step in (0, 3, 4)
        shift = {"P": 0, "M": 0, "A": 1, "m": -1, "d": -1 if perfect else -2}[self.quality]
        return 12 * octaves + _STEPS[step] + shift

    @property
    def name(self) -> str:
        """``m3``."""
        return f"{self.quality}{self.number}"


def _interval(quality: str, number: int) -> Interval | None:
    perfect = (number - 1) % 7 in (0, 3, 4)
    allowed = "PAd" if perfect else "MmAd"
    if quality not in allowed or (quality == "d" and number == 1):
        return None
    return Interval(quality, number)


@lru_cache(maxsize=4096)
def parse_interval(text: str) -> Interval | None:
    """The interval that the text names and nothing else, or None.

    >>> parse_interval("a minor third").name
    'm3'
    """
    text = re.sub(r"^(?:an?|the)\s+", "", text.strip().rstrip("."), flags=re.IGNORECASE)
    found = find_intervals(text)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(text):
        return found[0].value
    return None


def find_intervals(text: str) -> list[Mention[Interval]]:
    """The intervals that a text names, in order; a number needs its quality, but for 1 and 8."""
    found: list[Mention[Interval]] = []
    for m in _NAMES.finditer(text):
        if m["tritone"]:
            found.append(Mention(Interval("A", 4), m.start(), m.end()))
            continue
        number = next(
            n for n, names in enumerate(_NUMBERS, 1) if m["number"].lower() in names.split("|")
        )
        quality = _QUALITIES[m["quality"].lower()] if m["quality"] else "P"
        interval = _interval(quality, number) if m["quality"] or number in (1, 8) else None
        if interval:
            found.append(Mention(interval, m.start(), m.end()))
    for m in _SHORT.finditer(text):
        interval = _interval(_QUALITIES.get(m[1], m[1]), int(m[2]))
        if interval:
            found.append(Mention(interval, m.start(), m.end()))
    return sorted(found, key=lambda mention: mention.start)
