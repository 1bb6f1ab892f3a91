"""What a name means: the width of an interval, the beats of a meter, the chords of a cadence.

Conventions
-----------
==========================================  ================================================
proposition                                 true if
==========================================  ================================================
``semitones of P5 is 7``                    that wide, octaves apart
``class of 6/8 is compound duple``          the meter is all that is said of it; a quadruple
                                            one is duple, too
``beats of 6/8 is 2``                       its beats are counted so, or its notes are
``bar of 3/4 is 6/8``                       as long: "six eighth notes"
``close of HC is IV V``                     the cadence may end by these numerals, or on this
``degree of dorian is raised sixth``        the mode has that degree
``note of D dorian is B``                   the mode has that note, by sound
==========================================  ================================================

None where nothing is settled: the beats of 5/4, a cadence of other chords.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rewards.spelling.intervals import parse_interval
from rewards.spelling.meters import Meter, parse_meter
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import parse_note

_SIZES = ("duple", "triple", "quadruple")
_LETTERS = re.compile(r"[ivIV]+(?=[^/]*\Z)")
_FOLLOWS = {
    "HC": {"V"}, "PAC": {"I"}, "IAC": {"I"}, "AC": {"I"}, "PC": {"I"},
    "DC": {"II", "III", "IV", "VI", "VII"},
}  # fmt: skip
"""Degrees on which a cadence may end."""
_PRECEDES = {"PAC": "V", "IAC": "V", "AC": "V", "PC": "IV", "DC": "V"}
"""The degree before it; the other of the two is wrong, the rest may stand for either."""
_MAJOR = {"second": 2, "third": 4, "fourth": 5, "fifth": 7, "sixth": 9, "seventh": 11}
_SHIFTS = {"flat": -1, "raised": 1, "major": 0}


def _semitones(about: str, value: str) -> bool | None:
    interval = parse_interval(about)
    if interval is None or not value.isdigit():
        return None
    return (interval.semitones - int(value)) % 12 == 0


def _class(about: str, value: str) -> bool | None:
    meter = parse_meter(about)
    beats = _beats_of(meter)
    if meter is None or beats is None:
        return None
    kind = "simple" if beats == meter.beats else "compound"
    size = {2: "duple", 3: "triple", 4: "quadruple"}.get(beats)
    said = set(value.split())
    sizes = {size, "duple"} if beats == 4 else {size}
    return said & {"simple", "compound"} <= {kind} and said & {*_SIZES} <= sizes


def _beats_of(meter: Meter | None) -> int | None:
    """The beats that are felt, of a meter whose beats all are alike."""
    if meter is None or meter.unit is None or meter.beats not in (2, 3, 4, 6, 9, 12):
        return None
    compound = meter.beats > 4
    return meter.beats // 3 if compound else meter.beats


def _beats(about: str, value: str) -> bool | None:
    meter = parse_meter(about)
    beats = _beats_of(meter)
    if meter is None or beats is None or not value.isdigit():
        return None
    slow = {1} if beats == 3 else {2} if beats == 4 else set()
    return int(value) in {beats, meter.beats, *slow}


def _bar(about: str, value: str) -> bool | None:
    one, other = parse_meter(about), parse_meter(value)
    if one is None or other is None or one.unit is None or other.unit is None:
        return None
    return one.beats * other.unit == other.beats * one.unit


def _close(about: str, value: str) -> bool | None:
    degrees = [found[0].upper() for form in value.split() if (found := _LETTERS.search(form))]
    if about not in _FOLLOWS or not degrees or len(degrees) < len(value.split()):
        return None
    if degrees[-1] not in _FOLLOWS[about]:
        return False
    before = degrees[-2] if len(degrees) > 1 else ""
    wanted = _PRECEDES.get(about, before)
    return True if before in ("", wanted) else False if before in ("V", "IV") else None


def _degree(about: str, value: str) -> bool | None:
    scale = parse_mode(about)
    shift, _, number = value.partition(" ")
    if scale is None or shift not in _SHIFTS or number not in _MAJOR:
        return None
    return _step(shift, number) % 12 in scale.steps


def _step(shift: str, number: str) -> int:
    raises = 0 if number in ("third", "sixth", "seventh") else _SHIFTS["raised"]
    return _MAJOR[number] + (raises if shift == "raised" else _SHIFTS[shift])


def _note(about: str, value: str) -> bool | None:
    scale, note = parse_mode(about), parse_note(value)
    if scale is None or scale.tonic is None or note is None:
        return None
    return (note.pitch_class - scale.tonic.pitch_class) % 12 in scale.steps


DEFINITIONS: dict[str, Callable[[str, str], bool | None]] = {
    "semitones": _semitones, "class": _class, "beats": _beats, "bar": _bar, "close": _close,
    "degree": _degree, "note": _note,
}  # fmt: skip
"""Relation -> whether it holds of X and Y."""
