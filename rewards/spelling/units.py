"""Units of quantities: what stands behind a number, or before it, and tells what it measures.

Conventions
-----------
==============================  ========================================================
unit                            written
==============================  ========================================================
bpm, beats/s, s, hz, %, db,     behind the number: "120 BPM", "90 s"; a tempo also before
cent, semitone, octave, beat,   it: "quarter = 120"
bar, sharp, flat, thousand
thing                           "120 years", "5 players": anything else that is counted
name                            "Op. 120", "bar 120": the number only names
==============================  ========================================================
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern

LOOK_BACK = 40
"""How far before a number its sign, its name or "quarter note =" is looked for."""
_UNITS = (
    (r"bpm|b\.p\.m\.?|beats?[\s-]+(?:per|an?|each|every|/)[\s-]+min(?:ute)?s?|beats/min(?:ute)?"
     r"|(?:(?:quarter )?notes?|crotchets?) per minute|/\s*min(?:ute)?|schlage pro minute|mm\b",
     "bpm", 1.0),
    (r"beats?[\s-]+(?:per|an?|each|every|/)[\s-]+sec(?:ond)?s?|beats/s(?:ec(?:ond)?)?|per second"
     r"|bps|beats?/s", "beats/s", 1.0),
    (r"milliseconds?|msecs?|ms", "s", 0.001),
    (r"seconds?|secs?|s|sekunden", "s", 1.0),
    (r"minutes?|mins?|m(?=\s*\d)", "s", 60.0),
    (r"hours?|hrs?|h", "s", 3600.0),
    (r"khz", "hz", 1000.0), (r"hz|hertz", "hz", 1.0),
    (r"%|percent|per cent", "%", 1.0), (r"db|decibels?", "db", 1.0), (r"cents?", "cent", 1.0),
    (r"semi-?tones?|half[\s-]steps?", "semitone", 1.0),
    (r"whole[\s-](?:steps?|tones?)", "semitone", 2.0), (r"octaves?", "octave", 1.0),
    (r"beats?", "beat", 1.0), (r"bars?|measures?", "bar", 1.0), (r"sharps?", "sharp", 1.0),
    (r"flats?", "flat", 1.0), (r"k", "thousand", 1000.0),
    (r"years?|months?|weeks?|days?|decades?|centuries|times|people|persons|players?|musicians?"
     r"|singers?|instruments?|voices?|parts?|notes?|chords?|words?|pages?|songs?|tracks?|pieces?"
     r"|movements?|euros?|dollars?|km/h|kbps|mhz|ghz", "thing", 1.0),
)  # fmt: skip
_UNIT = Pattern(
    r"\s*(?:-\s*)?(?:"  # not \s*-?\s*, which is quadratic in a run of blanks
    + "|".join(f"(?P<u{i}>{unit})" for i, (unit, _, _) in enumerate(_UNITS))
    + r")(?![a-z])",
    re.IGNORECASE,
)
_EQUALS = Pattern(
    r"(?:♩|♪|quarter(?:[\s-]note)?|crotchet|q|mm|m\.m\.|bpm|tempo|beat)\s*"
    r"(?:=|:|\bof\b|\bis\b|~)\s*(?:ca\.?\s*|about |around |approximately |[~≈]\s*)?$",
    re.IGNORECASE,
)
_NAMES = Pattern(
    r"\b(?:op(?:us)?|no|nr|k|kv|bwv|rv|hob|bars?|measures?|tracks?|pages?|years?|movement"
    r"|number)\.?\s*$",
    re.IGNORECASE,
)


def unit_at(text: str, at: int) -> tuple[str, float, int]:
    """The unit that begins there, its scale and its end; "", 1 and ``at`` where none does."""
    match = _UNIT.match(text, at)
    if match is None or match.lastgroup is None:
        return "", 1.0, at
    _, unit, scale = _UNITS[int(match.lastgroup[1:])]
    return unit, scale, match.end()


def unit_before(text: str, start: int) -> str:
    """The unit that stands before the number that begins there, or ""."""
    before = text[max(0, start - LOOK_BACK) : start]
    if _EQUALS.search(before):
        return "bpm"
    return "name" if _NAMES.search(before) else ""
