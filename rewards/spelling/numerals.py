"""What a Roman numeral means: degree, quality, figures, applied chord; and its notes in a key.

Conventions
-----------
Upper case is a major triad, lower case a minor one; ``°`` diminished, ``ø`` half-diminished
(with its seventh), ``+`` augmented. In minor, degrees are those of the natural scale; the
leading tone carries ``vii°`` and ``viiø`` (``VII`` is the subtonic). A seventh is that of
the scale, on ``V`` and before a ``/`` the minor one, on ``°`` the diminished one.

=================  ==========================================================
name               stands for
=================  ==========================================================
N, N6              bII6
Cad64              I64, in minor i64
figures 63, 2      6, 42
It6, Fr43, Ger65   augmented sixths on the lowered sixth degree
=================  ==========================================================

Chord = (root, mask of semitones above it, bass above it) as in
``rewards/spelling/harte.py``. The oracle of the tests is ``music21.roman``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.harte import mask_of
from rewards.spelling.keys import Key
from rewards.spelling.romans import parse_roman

_DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_TRIADS = {"maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8)}
_INVERSIONS = {"6": 1, "63": 1, "65": 1, "64": 2, "43": 2, "42": 3, "2": 3}
_SEVENTHS = frozenset({"7", "maj7", "M7", "65", "43", "42", "2", "9", "11", "13"})
_SIXTHS = {"It": (0, 4, 10), "Ger": (0, 4, 7, 10), "Fr": (0, 4, 6, 10)}
_FORM = Pattern(
    r"([#b]{0,2})(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(°|ø|\+)?(maj7|M7|sus[24]|\d{0,2})"
    r"(?:/([#b]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)°?)?"
)
_SPECIAL = Pattern(r"(It|Ger|Fr)\+?(?:6|65|43)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """One numeral.

    Attributes:
        degree: 1 to 7; 0 for an augmented sixth.
        shift: semitones by which the degree is raised or lowered.
        quality: "maj", "min", "dim", "aug", or "It", "Ger", "Fr".
        seventh: None, "scale", "major", "half" (of ø).
        inversion: 0 to 3.
        applied: (degree, shift, "major" or "minor") of the chord it is applied to.
    """

    degree: int
    shift: int
    quality: str
    seventh: str | None
    inversion: int
    applied: tuple[int, int, str] | None = None

    def in_root_position(self) -> Numeral:
        """The same chord, not inverted."""
        return replace(self, inversion=0)


@lru_cache(maxsize=4096)
def parse_numeral(text: str, minor: bool = False) -> Numeral | None:
    """The meaning of a numeral, or None; ``minor``: is the key a minor one?

    >>> parse_numeral("V65").inversion
    1
    """
    form = parse_roman(text)
    if form is None:
        return None
    form = re.sub(r"^N6?(?=$|/)", "bII6", form)
    form = re.sub(r"^Cad64(?=$|/)", "i64" if minor else "I64", form)
    special = _SPECIAL.fullmatch(form)
    if special:
        return Numeral(0, 0, special[1], None, 0)
    found = _FORM.fullmatch(form)
    if found is None:
        return None
    signs, name, mark, figures, target_sign, target = found.groups()
    quality = "maj" if name.isupper() else "min"
    quality = {"°": "dim", "ø": "dim", "+": "aug"}.get(mark or "", quality)
    seventh = "scale" if figures in _SEVENTHS else None
    if mark == "ø":
        seventh = "half"
    elif figures in ("maj7", "M7"):
        seventh = "major"
    applied = None
    if target:
        mode = "major" if target.isupper() else "minor"
        applied = (_DEGREES.index(target.lower()) + 1, _shift(target_sign or ""), mode)
    degree = _DEGREES.index(name.lower()) + 1
    return Numeral(degree, _shift(signs), quality, seventh, _INVERSIONS.get(figures, 0), applied)


def _shift(signs: str) -> int:
    return signs.count("#") - signs.count("b")


@lru_cache(maxsize=8192)
def chord_of(numeral: Numeral, key: Key) -> tuple[int, int, int]:
    """Root pitch class, mask of semitones above it, and bass in semitones above it."""
    tonic, mode = key.tonic.pitch_class, "minor" if key.mode == "minor" else "major"
    if numeral.applied:
        degree, shift, local = numeral.applied
        tonic = (tonic + _SCALES[mode][degree - 1] + shift) % 12
        mode = local
    if numeral.degree == 0:
        return (tonic + 8) % 12, mask_of(*_SIXTHS[numeral.quality]), 0
    step = _SCALES[mode][numeral.degree - 1]
    if mode == "minor" and numeral.degree == 7 and numeral.quality == "dim" and not numeral.shift:
        step = 11
    tones = list(_TRIADS[numeral.quality])
    seventh = _seventh(numeral, mode)
    if seventh is not None:
        tones.append(seventh)
    bass = tones[numeral.inversion] if numeral.inversion < len(tones) else 0
    return (tonic + step + numeral.shift) % 12, mask_of(*tones), bass


def _seventh(numeral: Numeral, mode: str) -> int | None:
    if numeral.seventh is None:
        return None
    if numeral.seventh == "major":
        return 11
    if numeral.seventh == "half" or numeral.quality in ("min", "aug"):
        return 10
    if numeral.quality == "dim":
        return 9
    major = {"major": (1, 4), "minor": (3, 6)}[mode]
    return 11 if numeral.degree in major or (numeral.degree == 2 and numeral.shift < 0) else 10
