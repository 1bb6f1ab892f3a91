"""What a Roman numeral means: degree, quality, figures, applied chord; and its notes in a key.

Conventions
-----------
Upper case is a major triad, lower case a minor one; ``°`` diminished, ``ø`` half-diminished
(with its seventh), ``+`` augmented. In minor, degrees are those of the natural scale, but
minor and diminished chords stand on the raised sixth and seventh, as in music21: ``VII``
is the subtonic, ``vii°`` stands on the leading tone. Signs that only say so again are
dropped: ``bVI`` in minor is ``VI`` and ``#vii°`` is ``vii°`` (music21 would lower and
raise once more). A seventh is that of the scale; on ``°`` the diminished one, on ``+``, a
minor triad and an altered root the minor one, but on ``bII`` the major. "V/I" is V; V/V/V
is the dominant of V/V. What is added to a chord (a ninth, a fourth) is named and has no
notes here.

=================  ==========================================================
name               stands for
=================  ==========================================================
N, N6              bII6
Cad64              I64, in minor i64
It6, Fr43, Ger65,  augmented sixths on the lowered sixth degree
Sw43
=================  ==========================================================

Chord = (root, mask of semitones above it, bass above it) as in
``rewards/spelling/harte.py``. The oracle of the tests is ``music21.roman``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rewards.patterns import Pattern
from rewards.spelling.harte import CHORDS, mask_of
from rewards.spelling.keys import Key
from rewards.spelling.romans import parse_roman
from rewards.spelling.scales import STEPS
from rewards.spelling.tables import table

_DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_INVERSIONS = {"6": 1, "65": 1, "64": 2, "43": 2, "42": 3}
_SEVENTHS = frozenset({"7", "maj7", "maj9", "65", "43", "42", "9", "11", "13"})
_TENSIONS = frozenset({"9", "11", "13"})
_SIXTHS = {form.rstrip("3456"): notes for form, notes in table("augmented sixths").items()}
_FORM = Pattern(
    r"([#b]{0,2})(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(°|ø|\+)?(maj\d|\d{0,2})"
    r"(7?b5|(?:sus|add|[b#])\d{1,2})?"
    r"((?:/[#b]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)°?)*)"
)
_STEPS = (1, -2, 2, -3, 3, 4, -5, 5, -6, 6, -7, 7)
"""The degree at each semitone above a tonic; negative ones are lowered."""
_SPECIAL = Pattern(r"(It|Ger|Fr|Sw)(?:6|65|43)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """One numeral.

    Attributes:
        degree: 1 to 7; 0 for an augmented sixth.
        shift: semitones by which the degree is raised or lowered.
        quality: "maj", "min", "dim", "aug", or "It", "Ger", "Fr", "Sw".
        seventh: None, "scale", "major", "half" (of ø).
        inversion: 0 to 3.
        applied: (degree, shift, "major" or "minor") of the chord it is applied to.
        added: "9", "sus4", "b9", ... or "".
    """

    degree: int
    shift: int
    quality: str
    seventh: str | None
    inversion: int
    applied: tuple[int, int, str] | None = None
    added: str = ""


@lru_cache(maxsize=4096)
def parse_numeral(text: str, minor: bool = False) -> Numeral | None:
    """The meaning of a numeral, or None; ``minor``: is the key a minor one?

    >>> parse_numeral("V65").inversion
    1
    """
    form = parse_roman(text)
    if form is None:
        return None
    form = re.sub(r"^Cad64(?=$|/)", "i64" if minor else "I64", form)
    special = _SPECIAL.fullmatch(form)
    if special:
        return Numeral(0, 0, special[1], None, 0)
    found = _FORM.fullmatch(form)
    if found is None:
        return None
    signs, name, mark, figures, added, targets = found.groups()
    quality = "maj" if name.isupper() else "min"
    quality = {"°": "dim", "ø": "dim", "+": "aug"}.get(mark or "", quality)
    seventh = "scale" if figures in _SEVENTHS else None
    if mark == "ø":
        seventh = "half" if figures in _SEVENTHS else None
    elif figures.startswith("maj"):
        seventh = "major"
    applied = _applied(targets.split("/")[1:], minor) if targets else None
    degree = _DEGREES.index(name.lower()) + 1
    within_minor = applied[2] == "minor" if applied else minor
    shift = _needed(degree, _shift(signs), quality) if within_minor else _shift(signs)
    added = (added or "") + ("9" if figures == "maj9" else figures if figures in _TENSIONS else "")
    return Numeral(degree, shift, quality, seventh, _INVERSIONS.get(figures, 0), applied, added)


def _applied(targets: list[str], minor: bool) -> tuple[int, int, str] | None:
    """What a chord is applied to, the last target being one of the key; None for its tonic."""
    target = targets[-1].rstrip("°")
    name = target.lstrip("#b")
    degree, mode = _DEGREES.index(name.lower()) + 1, "major" if name.isupper() else "minor"
    shift = _shift(target[: -len(name)])
    shift = _needed(degree, shift, mode[:3]) if minor else shift
    tonic = (degree, shift) == (1, 0) and (mode == "minor") == minor
    if len(targets) == 1:
        return None if tonic else (degree, shift, mode)
    above = _applied(targets[:-1], mode == "minor")
    if above is None or tonic:
        return above or (degree, shift, mode)
    step = _height(degree, shift, mode, minor) + _height(*above, mode == "minor")
    place = _STEPS[step % 12]
    degree = abs(place)
    lowered = minor and degree in (3, 6, 7)  # in minor these are low already
    if minor and degree in (6, 7) and above[2] == "minor":
        lowered = False
    return degree, (-1 if place < 0 else 0) + (1 if lowered else 0), above[2]


def _height(degree: int, shift: int, mode: str, minor: bool) -> int:
    """Semitones above the tonic of the root that a chord is applied to."""
    raised = minor and degree in (6, 7) and mode == "minor"
    return STEPS["minor" if minor and not raised else "major"][degree - 1] + shift


def _needed(degree: int, shift: int, quality: str) -> int:
    """The shift in minor, without a sign that only repeats what the scale has."""
    raised = degree in (6, 7) and quality in ("min", "dim")
    lowered = degree in (3, 6, 7) and not raised
    if (lowered and shift == -1) or (raised and shift == 1):
        return 0
    return shift


def _shift(signs: str) -> int:
    return signs.count("#") - signs.count("b")


@lru_cache(maxsize=8192)
def chord_of(numeral: Numeral, key: Key) -> tuple[int, int, int]:
    """Root pitch class, mask of semitones above it, and bass in semitones above it."""
    tonic, mode = key.tonic.pitch_class, "minor" if key.mode == "minor" else "major"
    if numeral.applied:
        tonic = (tonic + _height(*numeral.applied, mode == "minor")) % 12
        mode = numeral.applied[2]
    if numeral.degree == 0:
        low, *others = _SIXTHS[numeral.quality]
        return (tonic + low) % 12, mask_of(0, *(note - low for note in others)), 0
    raised = mode == "minor" and numeral.degree in (6, 7) and numeral.quality in ("min", "dim")
    step = STEPS["major" if raised else mode][numeral.degree - 1]
    tones = list(CHORDS[numeral.quality])
    seventh = _seventh(numeral, mode)
    if seventh is not None:
        tones.append(seventh)
    bass = tones[numeral.inversion] if numeral.inversion < len(tones) else 0
    return (tonic + step + numeral.shift) % 12, mask_of(*tones), bass


@lru_cache(maxsize=2)
def chords_of_key(mode: Literal["major", "minor"]) -> dict[int, tuple[str, ...]]:
    """Root above the tonic -> Harte's names for the triads and sevenths of the key on it.

    >>> chords_of_key("minor")[7]
    ('min', 'min7', 'maj', '7')
    """
    names = {tones: name for name, tones in CHORDS.items()}
    found: dict[int, tuple[str, ...]] = {}
    for root, *others in table(f"{mode} numerals").values():
        name = names[(0, *(note - root for note in others))]
        found[root] = (*found.get(root, ()), name)
    return found


def _seventh(numeral: Numeral, mode: str) -> int | None:
    if numeral.seventh is None:
        return None
    if numeral.seventh == "major":
        return 11
    if numeral.seventh == "half" or numeral.quality in ("min", "aug"):
        return 10
    if numeral.quality == "dim":
        return 9
    if numeral.shift:
        return 11 if (numeral.degree, numeral.shift) == (2, -1) else 10
    scale = STEPS[mode]
    return (scale[numeral.degree - 2] - scale[numeral.degree - 1]) % 12
