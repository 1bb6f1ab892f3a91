"""When two values are one: by sound, whatever their spelling."""

from __future__ import annotations

from functools import lru_cache

from rewards.claims.records import Value
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.keys import parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note, parse_note
from rewards.spelling.romans import parse_roman


@lru_cache(maxsize=16384)
def same_value(type_: str, value: Value) -> object:
    """A hashable form that is equal for values of a type that sound alike.

    >>> same_value("key", "Gb major") == same_value("key", "F# major")
    True
    >>> same_value("interval", "M6") == same_value("interval", "m6")
    False
    """
    if isinstance(value, tuple):
        return tuple(same_value(_ITEMS.get(type_, type_), item) for item in value)
    if not isinstance(value, str):
        return round(float(value), 1)
    if type_ in ("key", "modulation"):
        tonic = tonic_alone(value)
        if tonic is not None:
            return tonic.pitch_class
        key = parse_key(value)
        return (key.tonic.pitch_class, key.mode) if key else value
    if type_ == "mode":
        mode = parse_mode(value)
        return (mode.tonic and mode.tonic.pitch_class, mode.steps) if mode else value
    if type_ == "chord":
        chord = parse_chord(value)
        return sounding(chord) if chord else value
    if type_ == "note":
        note = parse_note(value)
        return note.pitch_class if note else value
    if type_ == "roman":
        return parse_roman(value) or value
    return value if type_ in _CASED else value.lower()


def tonic_alone(value: Value) -> Note | None:
    """The tonic of a key of which no more is claimed: of "D", not of "D major"."""
    return parse_note(str(value))


def sounding(chord: Chord) -> tuple[int | None, int, int, int]:
    """Root pitch class, tones, bass and upper tones."""
    root = chord.root.pitch_class if chord.root else None
    return root, chord.intervals, chord.bass, chord.upper


_ITEMS = {"progression": "chord"}
_CASED = ("interval", "roman", "textbook")
"""Types whose values may differ by case alone: "M6" and "m6"."""
