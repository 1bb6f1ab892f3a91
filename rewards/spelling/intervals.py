"""Intervals: quality and number.

Conventions
-----------
``P4``, "perfect fourth", "minor 3rd", "augmented second", "doubly diminished fifth",
``AA4``, "tritone" (an augmented fourth by name; by sound also a diminished fifth).
Perfect are unison, fourth, fifth, octave and their compounds, up to three octaves
(``P22``); a "perfect third" is no interval. "minor or major third" is two.

====================================  =========================
compounds                             read as
====================================  =========================
an octave and a major third           M10
compound minor sixth                  m13
major third plus an octave            M10
two octaves                           P15
====================================  =========================

German, French, Spanish, Italian, Chinese and Japanese names are read too: "große Terz",
"quinte juste", "大三度", "完全5度".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import unaccented
from rewards.spelling.numbers import CHINESE
from rewards.spelling.tables import table

_NUMBERS = (
    "unison|prime|primo|unisono|1st", "second|2nd|sekunde|seconde|segunda|seconda",
    "third|3rd|terz|tierce|tercera|terza", "fourth|4th|quarte?|cuarta|quarta",
    "fifth|5th|quinte?|quinta", "sixth|6th|sexte?|sixte|sexta|sesta",
    "seventh|7th|septime?|septieme|septima|settima",
    "octave|eighth|8ve|8va|8th|oktave?|octava|ottava",
    "ninth|9th|none|neuvieme|novena|nona", "tenth|10th|dezime|dixieme|decima", "eleventh|11th",
    "twelfth|12th", "thirteenth|13th", "fourteenth|14th", "fifteenth|15th", "sixteenth|16th",
    "seventeenth|17th", "eighteenth|18th", "nineteenth|19th", "twentieth|20th",
    "twenty-first|21st", "twenty-second|22nd",
)  # fmt: skip
_QUALITIES = {
    "P": "perfect|perf|per|reine?|rein|juste|justa|justo|giust[ao]",
    "M": "major|maj|gro(?:ss|ß)e?|gr|majeure?|mayor|maggiore",
    "m": "minor|min|kleine?|kl|mineure?|menor|minore",
    "A": r"augmented|aug|uberma(?:ss|ß)ige?|augmentee?|aumentad[ao]|aumentata|eccedente",
    "d": "diminished|dim|verminderte?|diminuee?|disminuid[ao]|diminuita",
}  # fmt: skip
_ANY_NUMBER = "|".join(_NUMBERS)
_ANY_QUALITY = "|".join(_QUALITIES.values())
_TIMES = r"(?:(?:doubly|double|twice|triply|triple|doppelt)[\s-]+)?"
_GRADE = rf"{_TIMES}(?:{_ANY_QUALITY})"
_NAMES = Pattern(
    rf"\b(?:(?P<qualities>{_GRADE}\.?(?:\s?(?:/|,|\bor\b|\band\b)\s?(?:an?\s)?{_GRADE}\.?){{0,3}})"
    rf"(?:[\s-]+|[,;]\s(?:number|size):\s)(?:(?P<compound>compound)\s)?)?(?P<number>{_ANY_NUMBER})"
    r"(?:(?(qualities)s|(?<!second)s))?(?:\s+interval)?(?!\w|[\s-]+(?:chord|inversion))",
    re.IGNORECASE,
)
_AFTER = Pattern(
    rf"\b(?P<number>{_ANY_NUMBER})[,:;]?\s\(?(?:quality:?\s)?"
    rf"(?P<qualities>{_GRADE}(?:\s?(?:/|\bor\b|\band\b)\s?{_GRADE}){{0,3}})"
    rf"(?!\w|[\s-]+(?:{_ANY_NUMBER})\b)",
    re.IGNORECASE,
)
_SINGLE = Pattern(
    r"\b(?:(?P<tritone>tri-?tone|tritonus|triton)|(?P<m2>diatonic (?:semitone|half[\s-]step))"
    r"|(?P<A1>chromatic (?:semitone|half[\s-]step))|(?P<M3>ditone))(?!\w)",
    re.IGNORECASE,
)
_SHORT = Pattern(
    r"(?<![\w#])(P|M|m|A{1,3}|d{1,3}|(?i:aug|dim|maj|min|perf))\.?(\d{1,2})(?:st|nd|rd|th)?(?![\w#])"
)
_EASTERN = Pattern(rf"(?:(大|長|长)|(小|短)|(纯|純|完全)|(增|増)|(减|減))([1-8{CHINESE[1:9]}])度")
_OCTAVES = Pattern(r"\b(two|2|double|three|3|triple)[\s-]octaves?\b", re.IGNORECASE)
_JOINS = Pattern(r"\s?(?:and|plus|\+|&)\s?(?:an?\s)?", re.IGNORECASE)
_PLUS = Pattern(r"\s?(?:plus|\+)\s?(?:an?\s|one\s)?", re.IGNORECASE)
_OFFERED = Pattern(
    r"(?: or so)?[\s,;(]{0,3}(?:(?:or|/|plus|\+|perhaps|maybe|possibly|vs\.?|versus|and|an?|the"
    r"|either|even)[\s,]{0,2}){1,4}",
    re.IGNORECASE,
)
_WIDER = Pattern(r"\bcompound\s$", re.IGNORECASE)
_SEMITONES = {int(number): widths for number, widths in table("intervals").items()}


@dataclass(frozen=True, slots=True)
class Interval:
    """Quality ``P M m A d`` (``AA``, ``dd``: doubly) and a number from 1 (unison) to 22."""

    quality: str
    number: int

    @property
    def semitones(self) -> int:
        """By sound, 0 or more."""
        return _SEMITONES[self.number][self.quality]

    @property
    def name(self) -> str:
        """``m3``."""
        return f"{self.quality}{self.number}"

    @property
    def inverted(self) -> Interval | None:
        """Its complement to the octave; None for a compound."""
        if self.number > 8:
            return None
        turned = self.quality.translate(str.maketrans("MmAd", "mMdA"))
        return interval_of(turned, 9 - self.number)


@lru_cache(maxsize=1024)
def interval_of(quality: str, number: int) -> Interval | None:
    """The interval, or None where there is none ("perfect third", a diminished unison)."""
    return Interval(quality, number) if quality in _SEMITONES.get(number, ()) else None


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
    """The intervals that a text names, in order; a number needs its quality, but for 1, 8, 15."""
    text = unaccented(text)
    return joined(text, possible(named_intervals(text)))


def possible(mentions: list[Mention[Interval | str]]) -> list[Mention[Interval]]:
    """Those of intervals that exist."""
    return [Mention(m.value, m.start, m.end) for m in mentions if isinstance(m.value, Interval)]


def named_intervals(text: str) -> list[Mention[Interval | str]]:
    """As ``find_intervals`` before compounds are joined; an impossible one is its text."""
    found: list[Mention[Interval | str]] = []
    for m in _NAMES.finditer(text):
        number = number_of(m["number"]) + (7 if m["compound"] else 0)
        if m["qualities"] is None:
            if number in (1, 8, 15) and m["number"].lower() not in ("1st", "8th", "eighth"):
                found.append(Mention(Interval("P", number), m.start(), m.end()))
            continue
        for quality in qualities_of(m["qualities"]):
            value = interval_of(quality, number) or m[0][:40]
            found.append(Mention(value, m.start(), m.end()))
    for m in _SHORT.finditer(text):
        letters = m[1] if m[1][0] in "PMmAd" and len(set(m[1])) == 1 else qualities_of(m[1])[0]
        value = interval_of(letters, int(m[2])) or m[0]
        found.append(Mention(value, m.start(), m.end()))
    for m in _SINGLE.finditer(text):
        name = m.lastgroup or "tritone"
        value = Interval("A", 4) if name == "tritone" else Interval(name[0], int(name[1]))
        found.append(Mention(value, m.start(), m.end()))
    for m in _EASTERN.finditer(text) if not text.isascii() else ():
        quality = "MmPAd"[next(i for i in range(5) if m[i + 1])]
        number = CHINESE.index(m[6]) if m[6] in CHINESE else int(m[6])
        found.append(Mention(interval_of(quality, number) or m[0], m.start(), m.end()))
    for m in _OCTAVES.finditer(text):
        number = 22 if m[1].lower() in ("three", "3", "triple") else 15
        found = [mention for mention in found if not m.start() <= mention.start < m.end()]
        found.append(Mention(Interval("P", number), m.start(), m.end()))
    return sorted(found, key=lambda mention: mention.start)


def turned_intervals(text: str) -> list[Mention[Interval | str]]:
    """Number before quality: "tierce majeure", "third, major"."""
    return [
        Mention(
            interval_of(quality, number_of(m["number"])) or m[0][:40],
            m.start(),
            m.end(),
        )
        for m in _AFTER.finditer(text)
        for quality in qualities_of(m["qualities"])
    ]


def joined(text: str, mentions: list[Mention[Interval]]) -> list[Mention[Interval]]:
    """Compounds in words made one: an octave and a third, a third plus an octave."""
    found: list[Mention[Interval]] = []
    for mention in mentions:
        value, start = mention.value, mention.start
        wider = _WIDER.search(text[max(0, start - 12) : start])
        if wider and value.number <= 8:
            value, start = Interval(value.quality, value.number + 7), start - 9
        last = found[-1] if found else None
        if last and last.end < start:
            between = text[last.end : start] if start - last.end < 12 else "~"
            if last.value.name in ("P8", "P15") and _JOINS.fullmatch(between) and value.number < 8:
                wide = interval_of(value.quality, value.number + last.value.number - 1)
                found[-1] = Mention(wide or value, last.start, mention.end)
                continue
            if value.name == "P8" and _PLUS.fullmatch(between) and last.value.number < 8:
                wide = interval_of(last.value.quality, last.value.number + 7)
                found[-1] = Mention(wide or value, last.start, mention.end)
                continue
        found.append(Mention(value, start, mention.end))
    return found


def bare_numbers(text: str) -> list[Mention[int]]:
    """Numbers that are said without a quality, "a third", in order."""
    return [
        Mention(number_of(m["number"]), m.start("number"), m.end("number"))
        for m in _NAMES.finditer(text)
        if m["qualities"] is None and m["number"].lower() != "none"
    ]


def offers_number(text: str, names: Sequence[Mention[Interval]]) -> bool:
    """True if a bare number is offered beside one of its names: "perfect fifth or fourth"."""
    starts = [name.start for name in names]
    for number in asserted(text, bare_numbers(text)) if names else ():
        at = bisect_right(starts, number.start)
        if any(_offers(text, name, number) for name in names[max(0, at - 1) : at + 1]):
            return True
    return False


def _offers(text: str, name: Mention[Interval], number: Mention[int]) -> bool:
    if name.start <= number.start < name.end or number.value == name.value.number:
        return False
    first, second = (
        (name.end, number.start) if name.end <= number.start else (number.end, name.start)
    )
    return second > first and _OFFERED.fullmatch(text[first:second]) is not None


@lru_cache(maxsize=1024)
def number_of(word: str) -> int:
    """The number that a name such as "third" or "Terz" stands for."""
    return next(n for n, names in enumerate(_NUMBERS, 1) if re.fullmatch(names, word.lower()))


@lru_cache(maxsize=1024)
def qualities_of(words: str) -> tuple[str, ...]:
    """``("m", "M")`` of "minor or major"."""
    found = []
    for m in re.finditer(rf"({_TIMES})({_ANY_QUALITY})(?![a-z])", words, re.IGNORECASE):
        letter = next(q for q, forms in _QUALITIES.items() if re.fullmatch(forms, m[2], re.I))
        times = 3 if m[1].lower().startswith("tri") else 2 if m[1] else 1
        found.append(letter * times)
    return tuple(found) or ("P",)
