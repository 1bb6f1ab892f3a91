"""Reward ``interval``: quality and number.

Conventions
-----------
Intervals as in ``rewards/spelling/intervals.py``, widths as in ``semitones.py`` beside
it; their direction does not matter. A width names the sound alone, and so do two names
of one sound ("augmented fourth or diminished fifth"). "tritone" is the augmented fourth
by name, and agrees with "diminished fifth" where both are said.

====================================================  ==========================
the answer is                                         value
====================================================  ==========================
the interval                                          1.0
the same sound by another name (A4 for d5), or in     0.6; 1 where
semitones                                             ``facts.spelling`` is false
the same name one or two octaves wider or narrower    0.5
(M10 for M3)
"fourth" or "fifth" for a perfect one                 0.3
another, none, several, a number without quality;     0.0
one that does not exist ("perfect third"), whatever
stands beside it
====================================================  ==========================

A fact may be a width ("6 semitones", "tritone"): then only the sound counts.
Not applicable where the fact says that there is none.

Source: the credits are conventions of this module; the oracle of the tests for names
and widths is ``music21.interval.Interval``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies, says_none
from rewards.spelling.asides import concluded, unexplained
from rewards.spelling.intervals import (
    Interval,
    bare_numbers,
    interval_of,
    joined,
    named_intervals,
    offers_number,
    possible,
    turned_intervals,
)
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import unaccented
from rewards.spelling.open_ends import bounds_only
from rewards.spelling.semitones import find_widths
from rewards.text import fold

OTHER_NAME = 0.6
OTHER_OCTAVE = 0.5
NO_QUALITY = 0.3

_TRITONE = "tritone"
_TRITONE_WORD = Pattern(r"tri-?ton", 2)
_ENHARMONIC = Pattern(r"\benharmonic", 2)
_INVERSION = Pattern(r"\b(?:inversion|complement) of (?:an? |the )?$", 2)
_INVERTS = Pattern(
    r"\b(?:invert(?:s|ing|ed)(?: (?:to|into))?|inversion(?: is| being|:|,)?|complement(?: is|:|,)?)"
    r"\s(?:an? |the )?$",
    2,
)
_OR = Pattern(r"\b(?:or|perhaps|maybe|possibly)\b", 2)
_THAN = Pattern(r"\b(?:than|from)\s(?:an?\s|the\s)?$", 2)
_ALMOST = Pattern(r"\b(?:almost|nearly)\s(?:an?\s|the\s)?$", 2)
_LETTERED = Pattern(r"(?<![\w#])[A-G][#b]{0,2}[0-8](?!\w)")
_LOOK_BACK = 24
_LOOSE = (
    (Pattern(r"([Pp])\.?\s?(\d{1,2})(?:st|nd|rd|th)?", 0), "P"),
    (Pattern(r"(M\.?|(?i:maj\.?|major|ma))[\s-]?(\d{1,2})(?:st|nd|rd|th)?"), "M"),
    (Pattern(r"(m\.?|(?i:min\.?|minor|mi))[\s-]?(\d{1,2})(?:st|nd|rd|th)?"), "m"),
    (Pattern(r"(?i:perf(?:ect)?\.?)[\s-]?()(\d{1,2})"), "P"),
    (Pattern(r"([Aa+#]|(?i:aug\.?|augmented))[\s-]?(\d{1,2})(?:th)?"), "A"),
    (Pattern(r"([dD°o]|(?i:dim\.?|diminished))[\s-]?(\d{1,2})(?:th)?"), "d"),
)
"""Short forms that are an interval only where they are the whole answer."""
_ALTERED = Pattern(
    r"(?<!(?-i:[A-G])[\s-])\b(?:(flat(?:t?ed)?|lowered)|sharp(?:ed)?|raised)[\s-]"
    r"(second|2nd|third|3rd|fourth|4th|four|fifth|5th|five|sixth|6th|seventh|7th|ninth|9th)\b",
    2,
)
_FLAT = {"b2": "m2", "b3": "m3", "b5": "d5", "b6": "m6", "b7": "m7", "b9": "m9", "tt": _TRITONE}


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer says: a name, or only a width [semitones], or why neither."""

    interval: Interval | None = None
    width: int | None = None
    number: int | None = None
    why: str = ""


@reward("interval")
def interval(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's interval against ``facts.interval``.

    Raises:
        DataError: the fact is no interval.
    """
    if not applies(question, "interval"):
        return None
    truth = reference(question.facts.interval or "")
    if truth is None:
        return None
    text = answer_text("interval", question, response)
    if isinstance(text, Verdict):
        return text
    sound = 1.0 if question.facts.spelling is False else OTHER_NAME
    return judged(truth, heard(text), sound)


@lru_cache(maxsize=1024)
def reference(text: str) -> Heard | None:
    """The interval of a fact, or None where it says that there is none.

    Raises:
        DataError: the text names no one interval.
    """
    folded = fold(text).strip()
    if says_none(folded, "n"):
        return None
    truth = heard(folded)
    if truth.width is None:
        raise DataError(f"facts.interval: got {text[:40]!r}, expected one such as 'd5'")
    return Heard(width=6) if _TRITONE_WORD.fullmatch(folded.rstrip("e")) else truth


@lru_cache(maxsize=4096)
def judged(truth: Heard, got: Heard, sound: float) -> Verdict:
    """The verdict of what was said (see the table above)."""
    name = truth.interval.name if truth.interval else f"{truth.width} semitones"
    if got.width is None:
        bare = got.number in (4, 5) and truth.interval == Interval("P", got.number or 0)
        return Verdict(NO_QUALITY if bare else 0.0, got.why)
    said = got.interval.name if got.interval else f"{got.width} semitones"
    details = {"interval": said}
    if truth.interval is None:
        return Verdict(float(got.width == truth.width), f"{said} for {name}", details)
    if got.interval == truth.interval:
        return Verdict(1.0, f"{said} is the interval", details)
    if got.width == truth.width:
        return Verdict(sound, f"{said} sounds like {name}", details)
    if got.interval is not None:
        apart = abs(got.interval.number - truth.interval.number)
        if got.interval.quality == truth.interval.quality and apart in (7, 14):
            return Verdict(OTHER_OCTAVE, f"{said} is {name} in another octave", details)
    return Verdict(0.0, f"{said} is not {name}", details)


@lru_cache(maxsize=4096)
def heard(text: str) -> Heard:
    """The one interval or width that a cleaned text asserts."""
    short = _short(text)
    if short is not None:
        return short
    text = _ALTERED.sub(_degree, unaccented(text))
    turned = turned_intervals(text)
    starts = {m.start for m in turned}
    # "octave, augmented": the bare octave is no other interval.
    named = [m for m in named_intervals(text) if m.start not in starts]
    spans = [(m.start, m.end) for m in named]
    named += [m for m in turned
              if not any(a <= m.start < b or a < m.end <= b for a, b in spans)]  # fmt: skip
    named = _without_notes(text, sorted(named, key=lambda m: m.start))
    said = asserted(text, named)
    wrong = [m.value for m in said if isinstance(m.value, str)]
    if wrong:
        return Heard(why=f"{wrong[0]!r} is no interval")
    names = joined(text, possible(said))
    names = concluded(text, _apart(text, unexplained(text, names)))
    if names and _bounds(text, names[0]):
        return Heard(why="the answer gives a bound, not an interval")
    names = [_as_meant(text, m) for m in names]
    numbers = asserted(text, bare_numbers(text))
    if offers_number(text, names):
        return Heard(why="the answer names several intervals, expected 1")
    widths = unexplained(text, asserted(text, find_widths(text)))
    return _one(text, names, [m.value for m in widths], [m.value for m in numbers])


def _bounds(text: str, name: Mention[Interval]) -> bool:
    """True for "over a fifth" and "almost a fifth": no interval is named."""
    almost = _ALMOST.search(text[max(0, name.start - _LOOK_BACK) : name.start])
    return almost is not None or bounds_only(text, name)


def _degree(match: re.Match[str]) -> str:
    """ "flat fifth" is diminished, "flat third" minor, "sharp fourth" augmented."""
    number = {"four": "fourth", "five": "fifth"}.get(match[2].lower(), match[2])
    lowered = "diminished" if number.lower() in ("fourth", "4th", "fifth", "5th") else "minor"
    return f"{lowered if match[1] else 'augmented'} {number}"


def _one(text: str, names: list[Mention[Interval]], widths: list[int], numbers: list[int]) -> Heard:
    values = list(dict.fromkeys(m.value for m in names))
    tritone = next((m for m in names if _TRITONE_WORD.match(text, m.start)), None)
    if tritone is not None and len(values) > 1:
        # "diminished fifth (tritone)": the narrower name of the two.
        others = [m.value for m in names if not _TRITONE_WORD.match(text, m.start)]
        values = list(dict.fromkeys(others)) if others else values
        widths = [*widths, 6]
    sounds = {*(value.semitones for value in values), *widths}
    if len(sounds) > 1:
        return Heard(why="the answer names several intervals, expected 1")
    if len(values) == 1:
        return Heard(values[0], values[0].semitones)
    if sounds:
        return Heard(width=sounds.pop())
    if len(set(numbers)) == 1:
        return Heard(number=numbers[0], why="the answer gives a number without its quality")
    return Heard(why=f"the answer names no interval: {text[:60]!r}")


def _short(text: str) -> Heard | None:
    """ "p5", "maj 3", "+4", "b7" as a whole answer."""
    text = text.strip(" .()")
    if len(text) > 16:
        return None
    form = _FLAT.get(text.lower() if text != "B" else "")
    if form is not None:
        return heard(form)
    for pattern, quality in _LOOSE:
        found = pattern.fullmatch(text)
        if found:
            value = interval_of(quality, int(found[2]))
            if value is None:
                return Heard(why=f"{text!r} is no interval")
            return Heard(value, value.semitones)
    return None


def _without_notes(
    text: str, named: list[Mention[Interval | str]]
) -> list[Mention[Interval | str]]:
    """Without notes that look like intervals: "A4 to C5, a minor third"."""
    notes = {m.start() for m in _LETTERED.finditer(text)}
    if len(notes) < 2:
        return named
    return [m for m in named if m.start not in notes]


def _apart(text: str, names: list[Mention[Interval]]) -> list[Mention[Interval]]:
    """Without other names of the sound and inversions, marked as such, and what is compared."""
    kept: list[Mention[Interval]] = []
    for name in names:
        alike = bool(kept) and name.value.semitones == kept[0].value.semitones
        between = text[kept[-1].end : name.start] if kept else ""
        if alike and _ENHARMONIC.search(between):
            continue
        turned = bool(kept) and name.value == kept[0].value.inverted
        if turned and _INVERTS.search(between[-40:]) and not _OR.search(between[-80:]):
            continue
        kept.append(name)
    compared = [m for m in kept if _THAN.search(text[max(0, m.start - 12) : m.start])]
    return [m for m in kept if m not in compared] if len(compared) < len(kept) else kept


def _as_meant(text: str, name: Mention[Interval]) -> Mention[Interval]:
    """ "the inversion of a major sixth" is the minor third."""
    turned = name.value.inverted if _INVERSION.search(text[: name.start][-24:]) else None
    return Mention(turned, name.start, name.end) if turned else name
