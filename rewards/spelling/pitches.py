"""Pitches: scientific names, MIDI numbers, frequencies.

Conventions
-----------
C4 is middle C, MIDI 60; A4 is 440 Hz. A pitch is a MIDI number, fractions of a semitone
allowed, 0 to 127. "do4" is no pitch name; "F#4", "Gb4", "F♯4" (folded), "a4" are.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.notes import letter_note

_NAME = Pattern(r"([A-Ga-g])(##|#|x|bb|b|[\s-]?sharp|[\s-]?flat|)[\s_]?(-1|\d)", re.IGNORECASE)
_NUMBER = Pattern(r"(?:midi\s*)?(\d{1,3}(?:\.\d{1,6})?)(?:\s*midi)?", re.IGNORECASE)
_HERTZ = Pattern(r"(\d{1,5}(?:\.\d{1,6})?)\s*(?:hz|hertz)", re.IGNORECASE)
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@lru_cache(maxsize=4096)
def parse_pitch(text: str) -> float | None:
    """The MIDI number of a pitch name, a number or a frequency, or None.

    >>> parse_pitch("F#4"), parse_pitch("60"), parse_pitch("440 Hz")
    (66.0, 60.0, 69.0)
    """
    text = text.strip().strip("\"'.,;:()[]").strip()
    name = _NAME.fullmatch(text)
    if name:
        note = letter_note(name[1], name[2])
        # B sharp and C flat cross the octave: count from the letter.
        shift = (note.pitch_class - _LETTERS[name[1].upper()] + 6) % 12 - 6
        value = 12.0 * (int(name[3]) + 1) + _LETTERS[name[1].upper()] + shift
    elif hertz := _HERTZ.fullmatch(text):
        value = midi_of(float(hertz[1]))
    elif number := _NUMBER.fullmatch(text):
        value = float(number[1])
    else:
        return None
    return value if 0.0 <= value <= 127.0 else None


def midi_of(hertz: float) -> float:
    """MIDI number of a frequency above 0 [Hz]; -1 for 0 or less."""
    return 69.0 + 12.0 * math.log2(hertz / 440.0) if hertz > 0.0 else -1.0


def hertz_of(midi: float) -> float:
    """Frequency [Hz] of a MIDI number."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)
