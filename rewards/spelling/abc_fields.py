"""What the fields and lengths of ABC notation say, each by itself.

Conventions
-----------
Lengths are quarters but for those of notes, which count unit lengths. A key is the alteration
of each letter in semitones: "Dm", "A mix", "D ^c =f", "Hp".
"""

from __future__ import annotations

from rewards.patterns import Pattern
from rewards.spelling.notes import letter_note
from rewards.spelling.tables import table

_MODES = {mode[:3]: tonics["C"] for mode, tonics in table("signatures").items()}
_MODES |= {"": _MODES["maj"], "ion": _MODES["maj"], "m": _MODES["min"], "aeo": _MODES["min"]}
"""The signature of C in the mode of that beginning."""
_KEY = Pattern(r"([A-G])([#b]?)\s*([A-Za-z]{0,12})")
_SIGNED = Pattern(r"(?<!\S)(\^\^?|__?|=)([A-Ga-g])(?!\S)")
_METER = Pattern(r"\s*(?:(C\|)|(C)|(\d{1,2})(?:\s*\+\s*(\d{1,2}))?\s*/\s*(\d{1,3}))")
_UNIT = Pattern(r"\s*(\d{1,2})\s*/\s*(\d{1,3})")
ALTER = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}


def unit_of(value: str) -> float | None:
    """Quarters of a unit length, "1/8"; None for another text."""
    found = _UNIT.match(value)
    if found is None or not int(found[1]) or not int(found[2]):
        return None
    return 4.0 * int(found[1]) / int(found[2])


def bar_of(value: str) -> float | None:
    """Quarters of a bar in a meter, "6/8", "C|", "2+3/8"; None without one."""
    found = _METER.match(value)
    if found is None:
        return None
    if found[1] or found[2]:
        return 4.0
    beats = int(found[3]) + int(found[4] or 0)
    return 4.0 * beats / int(found[5]) if int(found[5]) else None


def units_of(text: str) -> float:
    """Unit lengths of "3", "3/2", "/", "//"; 1 of ""."""
    if not text:
        return 1.0
    over, slash, under = text.partition("/")
    value = float(over or 1)
    if slash:
        halves = len(under) - len(under.lstrip("/")) + 1
        digits = under.lstrip("/")
        value /= (float(digits) or 1.0) if digits else 2.0**halves
    return value


def signature_of(text: str) -> dict[str, int]:
    """The alterations of the letters in a key such as "Dm", "A mix", "D ^c =f"."""
    found = _KEY.match(text)
    altered: dict[str, int] = {}
    if text[:2].lower() == "hp":
        altered = {"F": 1, "C": 1}
    elif found:
        word = found[3].lower()
        mode = "m" if word == "m" else word[:3]
        fifths = letter_note(found[1], found[2]).fifths + _MODES.get(mode, 0)
        letters = "FCGDAEB" if fifths > 0 else "BEADGCF"
        for place in range(min(abs(fifths), 14)):
            letter = letters[place % 7]
            altered[letter] = altered.get(letter, 0) + (1 if fifths > 0 else -1)
    for sign in _SIGNED.finditer(text):
        altered[sign[2].upper()] = ALTER[sign[1]]
    return altered
