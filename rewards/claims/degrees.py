"""Values that name a place at home and not the thing: "the mediant", "the relative minor".

Conventions
-----------
A value of a home that is not named yet ends with " of ?":

==============  ===========================================================  ==================
type            value                                                        text
==============  ===========================================================  ==================
``note``        "1" to "7" with "#" or "b" before it, "leading_tone"         ends on the mediant
``chord``       "tonic", ... "leading_tone", or a numeral, "V7"              ends on V7
``modulation``  "dominant", "relative minor", "parallel major", "tonic"      to the dominant
``modulation``  "up 2", "down 3": semitones, in the same mode                up a whole step
==============  ===========================================================  ==================

In a key it is that note, chord or key. A raised degree is raised from the scale of the key, a
lowered one from the major scale. Where nothing names the home, the row may.
"""

from __future__ import annotations

from rewards.claims.records import UNNAMED, Claim
from rewards.spelling.harte import Chord, harte
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral

_FIFTHS = {"major": (0, 2, 4, -1, 1, 3, 5), "minor": (0, 2, -3, -1, 1, -4, -2)}
"""How far each degree lies from the tonic on the line of fifths."""
_LEADING = 5
_PLACES = {
    "tonic": 1, "supertonic": 2, "mediant": 3, "subdominant": 4, "dominant": 5, "submediant": 6,
    "leading_tone": 7,
}  # fmt: skip
DEGREES = frozenset(_PLACES) - {"leading_tone"}
"""Degrees that have a name of one word."""
NUMERALS = {
    "major": ("I", "ii", "iii", "IV", "V", "vi", "vii°"),
    "minor": ("i", "ii°", "III", "iv", "V", "VI", "vii°"),
}
"""The triad on each degree of a mode."""
SHIFTS = {"up": 1, "down": -1}
_ENDING = f" of {UNNAMED}"
HOMELESS = frozenset(("note", "chord", "modulation"))
"""Types whose values may lack their home."""


def of_home(name: str) -> str:
    """The value of a name whose home is not told."""
    return name + _ENDING


def unplaced(claim: Claim) -> bool:
    """Does the value of a claim, of a type of ``HOMELESS``, still lack its home?"""
    return str(claim.value).endswith(_ENDING)


def placed(type_: str, name: str, key: Key) -> str | None:
    """The value of a name in a key, None where the key has none: a minor key no relative minor.

    >>> g = Key(Note(1), "major")
    >>> placed("note", "3", g), placed("modulation", "dominant", g)
    ('B', 'D major')
    """
    name = name.removesuffix(_ENDING)
    if key.mode not in _FIFTHS:
        return None
    if type_ == "note":
        return _note(name, key).name
    if type_ == "chord":
        return _chord(name, key)
    goal = _key(name, key)
    return goal.name if goal else None


def _note(name: str, key: Key) -> Note:
    if name == "leading_tone":
        return Note(key.tonic.fifths + _LEADING)
    sign, place = name[:-1], int(name[-1]) - 1
    scale = _FIFTHS["major" if sign == "b" else key.mode]
    shift = {"": 0, "#": 7, "b": -7}[sign]
    return Note(key.tonic.fifths + scale[place] + shift)


def numeral(name: str, mode: str) -> str:
    """The numeral of an office ("mediant") in a key of a mode; a numeral is its own."""
    place = _PLACES.get(name)
    return name if place is None else NUMERALS["minor" if mode == "minor" else "major"][place - 1]


def _chord(name: str, key: Key) -> str | None:
    form = parse_numeral(numeral(name, key.mode), key.mode == "minor")
    if form is None:
        return None
    root, mask, bass = chord_of(form, key)
    return harte(Chord(Note((root * 7 + 5) % 12 - 5), mask, bass))


def _key(name: str, key: Key) -> Key | None:
    relation, _, told = name.partition(" ")
    if relation in SHIFTS:
        semitones = SHIFTS[relation] * int(told)
        return Key(Note(key.tonic.fifths + (semitones * 7 + 5) % 12 - 5), key.mode)
    tonic, other = key.tonic.fifths, "major" if key.mode == "minor" else "minor"
    if relation in ("relative", "parallel"):
        if told == key.mode:
            return None
        step = 0 if relation == "parallel" else 3 if other == "minor" else -3
        return Key(Note(tonic + step), other)
    place = _PLACES[relation] - 1
    mode = other if place in (2, 5) or (place == 1 and key.mode == "major") else key.mode
    return Key(Note(tonic + _FIFTHS[key.mode][place]), told or mode)
