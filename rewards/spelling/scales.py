"""Scales: their names in several languages, their steps, what turns or alters them.

Conventions
-----------
Steps are semitones above the tonic in equal temperament. Names are matched in
text without accents; a longer name wins over one inside it.

Sources: music21, as kept in ``rewards/spelling/tables.py``, for all but the seven scales
that it does not have; those stand here with the book that names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.notes import Note
from rewards.spelling.tables import table

STEPS: dict[str, tuple[int, ...]] = {
    **{name: tuple(steps) for name, steps in table("scales").items()},
    "harmonic major": (0, 2, 4, 5, 7, 8, 11),  # Rimsky-Korsakov, Practical Manual of Harmony
    # Persichetti, Twentieth-Century Harmony, chapter 2
    "hungarian major": (0, 3, 4, 6, 7, 9, 10),
    "neapolitan minor": (0, 1, 3, 5, 7, 8, 11),
    "neapolitan major": (0, 1, 3, 5, 7, 9, 11),
    # Baker, How to Play Bebop, volume 1
    "bebop dominant": (0, 2, 4, 5, 7, 9, 10, 11),
    "bebop major": (0, 2, 4, 5, 7, 8, 9, 11),
    "hexatonic": (0, 3, 4, 7, 8, 11),  # Cohn, Maximally Smooth Cycles, Music Analysis 15, 1996
}
MAJOR_SIZES = STEPS["major"]
DEGREES = ("tonic", "supertonic", "mediant", "subdominant", "dominant", "submediant")
"""The seventh degree has two names, of which its step tells: subtonic and leading tone."""
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
"""The degrees as they are spoken."""

_MAJ = r"(?:maj(?:or|eure?)?|mayor|maggiore|maior|dur)"
_MIN = r"(?:min(?:or|eure?|ore)?|menor|moll)"
_S = r"[\s-]+"
_HARMONIC = r"(?:h?armoni(?:c[ao]?|que|sche?[sr]?))"
_MELODIC = r"(?:melodi(?:c[ao]?|que|sche?[sr]?))"
_PENTA = r"(?:pentatoni(?:c[ao]?|que|k|sche?[sr]?))"
_OCTA = r"(?:octatonic|oktatonisch|diminished)(?=\s*(?:scale|mode|$|[,.;)]))"
_DORIAN = r"(?:dori(?:an|enn?e?|sche?[rs]?|c[ao]?)|トリアン?|多[利里]亚)"
_PHRYGIAN = r"(?:phrygi(?:an|enn?e?|sche?[rs]?)|frigi[oa]|phrigian|フリキアン?|弗里[吉几]亚)"
_LYDIAN = r"(?:lydi(?:an|enn?e?|sche?[rs]?)|lidi[oa]|リティアン?|利[底地]亚)"
_MIXOLYDIAN = (
    r"(?:m[iy]xol[yi]di(?:an|enn?e?|sche?[rs]?|[oa])|misolidi[oa]"
    r"|ミクソリティアン?|混合利[底地]亚)"
)
_LOCRIAN = r"(?:lo[ck]ri(?:an|enn?e?|sche?[rs]?|o|a|ano)|ロクリアン?|洛克里亚)"
_AEOLIAN = (
    r"(?:(?:ae|a|e)oli(?:an|enn?e?|sche?[rs]?|[oa]|c[oa])"
    r"|エオリアン?|爱奥[利里]亚|伊奥利亚)"
)
_IONIAN = r"(?:[ij]oni(?:an|enn?e?|sche?[rs]?|[oa]|c[oa])|イオニアン?|伊奥尼亚)"

# In this order: the first that matches at a place is the name.
_NAMES: tuple[tuple[str, str], ...] = (
    ("minor", rf"{_MELODIC}{_S}{_MIN}{_S}descending|descending{_S}{_MELODIC}{_S}{_MIN}"),
    ("harmonic minor", rf"{_HARMONIC}{_S}{_MIN}|{_MIN}{_S}{_HARMONIC}"),
    (
        "melodic minor",
        rf"(?:ascending{_S})?{_MELODIC}{_S}{_MIN}|{_MIN}{_S}{_MELODIC}|jazz{_S}minor",
    ),
    ("double harmonic", rf"double{_S}harmonic(?:{_S}major)?|byzantine|arabic{_S}scale"),
    ("harmonic major", rf"{_HARMONIC}{_S}{_MAJ}"),
    (
        "phrygian dominant",
        rf"{_PHRYGIAN}{_S}(?:dominant|major)|spanish{_S}phrygian|freygish|spanish{_S}gypsy",
    ),
    (
        "lydian dominant",
        rf"{_LYDIAN}{_S}dominant|(?:acoustic|overtone)(?={_S}(?:scale|mode))"
        rf"|mixo-?lydian\s*#(?:4|11)",
    ),
    ("lydian augmented", rf"{_LYDIAN}{_S}augmented"),
    ("ukrainian dorian", rf"(?:ukrainian|romanian){_S}(?:dorian|minor)"),
    ("aeolian dominant", rf"aeolian{_S}dominant|melodic{_S}major"),
    ("altered", rf"altered(?={_S}(?:scale|mode|dominant)|$)|super[\s-]*locrian"
     rf"|diminished{_S}whole[\s-]*tone(?!{_S}half)"),
    ("half-diminished", rf"half{_S}diminished(?={_S}scale)"),
    ("hungarian minor", rf"(?:hungarian|gypsy){_S}minor"),
    ("hungarian major", rf"hungarian{_S}major"),
    ("neapolitan minor", rf"neapolitan{_S}minor"),
    ("neapolitan major", rf"neapolitan{_S}major"),
    ("minor pentatonic", rf"{_MIN}{_S}{_PENTA}|{_PENTA}{_S}{_MIN}|{_MIN[:-1]})e?{_PENTA}"),
    ("suspended pentatonic", rf"(?:suspended|egyptian){_S}{_PENTA}"),
    ("major pentatonic", rf"(?:{_MAJ}{_S})?{_PENTA}(?:{_S}{_MAJ})?|{_MAJ}{_PENTA}"),
    ("major blues", rf"{_MAJ}{_S}blues|blues{_S}{_MAJ}"),
    ("blues", rf"(?:{_MIN}{_S})?blues(?:{_S}{_MIN}(?![a-z]))?"),
    ("whole tone", r"whole[\s-]*tone|ganzton\w{0,8}|par tons|tonos enteros|esatonale|por tonos"),
    (
        "half-whole octatonic",
        rf"half{_S}whole(?:{_S}(?:octatonic|diminished))?|dominant{_S}diminished(?={_S}scale)"
        rf"|octatonic\s*\(?half{_S}whole\)?|semitone-tone(?:{_S}octatonic)?",
    ),
    (
        "whole-half octatonic",
        rf"whole{_S}half(?:{_S}(?:octatonic|diminished))?|octatonic\s*\(?whole{_S}half\)?"
        rf"|tone-semitone(?:{_S}octatonic)?|{_OCTA}",
    ),
    ("bebop major", rf"bebop{_S}major|major{_S}bebop"),
    ("bebop dominant", rf"bebop(?:{_S}dominant)?|dominant{_S}bebop"),
    ("hirajoshi", r"hirajoshi"),
    ("hexatonic", rf"hexatonic|augmented(?={_S}scale)"),
    ("chromatic", rf"chromati(?:c|que|sche?)(?!{_S}(?:passing|motion|line|bass|desc|asc|notes?"
    rf"|mov))|cromatic[oa]"),
    ("dorian", rf"(?:hypo[\s-]?)?{_DORIAN}"),
    ("phrygian", rf"(?:h[iy]po[\s-]?)?{_PHRYGIAN}"),
    ("mixolydian", rf"(?:h[iy]po[\s-]?)?{_MIXOLYDIAN}"),
    ("lydian", rf"(?:h[iy]po[\s-]?)?{_LYDIAN}"),
    ("locrian", rf"{_LOCRIAN}"),
    ("minor", rf"(?:natural{_S})?{_MIN}(?:{_S}natural)?|(?:hypo[\s-]?)?{_AEOLIAN}"
     r"|小调|小調|短調|短调"),
    ("major", rf"(?:natural{_S})?{_MAJ}|(?:hypo[\s-]?)?{_IONIAN}|大调|大調|长调|長調"),
)  # fmt: skip

NAME = Pattern(
    r"(?:(?<![a-z])|(?=[\u3040-\u9fff]))(?:"
    + "|".join(f"(?:{names})" for _, names in _NAMES)
    + r")(?![a-z])",
    re.IGNORECASE,
)
"""Any name, longest reading first."""

_ABBREVIATIONS = {
    "m": "minor", "M": "major", "dor": "dorian", "phr": "phrygian", "lyd": "lydian",
    "mix": "mixolydian",
    "loc": "locrian", "aeo": "minor", "ion": "major", "min": "minor", "maj": "major",
}  # fmt: skip
SHORT = Pattern(
    r"(?<![\w#])([A-G])(##|#|bb|b|)(?:(m|M)(?![\w#+^°ø/(-])"
    r"|:((?:dor|phr|lyd|mix|loc|aeo|ion|min|maj))(?![a-z0-9])"
    r"|\s?((?:[Dd]or|[Pp]hr(?:yg)?|[Ll]yd|[Mm]ix(?:o(?:lyd)?)?|[Ll]oc|[Aa]eol?|[Ii]on|min"
    r"|maj))(?![a-zA-Z0-9]))"
)
"""Tonic and abbreviation, as in ABC notation: letter, accidental, one of three groups."""


@lru_cache(maxsize=512)
def scale_name(text: str) -> tuple[frozenset[int], str]:
    """Steps and plain name of what ``NAME`` matched."""
    text = f"{text} scale"  # some are names before this word only
    name = next(n for n, names in _NAMES if re.fullmatch(f"(?:{names}) scale", text, re.I))
    return frozenset(STEPS[name]), name


def abbreviated(text: str) -> tuple[frozenset[int], str]:
    """Steps and plain name of an abbreviation that ``SHORT`` matched."""
    name = _ABBREVIATIONS[text if len(text) == 1 else text[:3].lower()]
    return frozenset(STEPS[name]), name


@dataclass(frozen=True, slots=True)
class Scale:
    """A mode or scale.

    Attributes:
        tonic: its first note, or None where only the mode is named.
        steps: semitones above the tonic, 0 included.
        mode: the name as read, for people.
    """

    tonic: Note | None
    steps: frozenset[int]
    mode: str

    @property
    def name(self) -> str:
        """``A dorian``, or ``dorian``."""
        return f"{self.tonic.name} {self.mode}" if self.tonic else self.mode

    @property
    def third(self) -> int | None:
        """3 or 4 semitones; None where the scale has both or neither."""
        thirds = self.steps & {3, 4}
        return next(iter(thirds)) if len(thirds) == 1 else None

    def same(self, other: Scale, *, spelled: bool = False) -> bool:
        """The same notes on the same tonic, or on none in both."""
        if self.steps != other.steps or (self.tonic is None) != (other.tonic is None):
            return False
        return (
            self.tonic is None
            or other.tonic is None
            or self.tonic.same(other.tonic, spelled=spelled)
        )


def rotate(scale: Scale, place: int) -> Scale:
    """The mode on the degree ``place`` (0 is the tonic) of a seven-note scale with a tonic."""
    ordered = sorted(scale.steps)
    up = ordered[place]
    steps = frozenset((step - up) % 12 for step in ordered)
    # The degree's letter is ``place`` letters on: two places on the line of fifths each.
    letters = 2 * place if place < 4 else 2 * place - 7
    tonic = scale.tonic.fifths if scale.tonic else 0
    fifths = next(
        tonic + letters + 7 * shift
        for shift in (0, -1, 1, -2, 2, -3, 3)
        if (letters + 7 * shift) * 7 % 12 == up
    )
    return Scale(Note(fifths), steps, f"mode {place + 1} of {scale.name}")


def alter(steps: frozenset[int], degree: int, word: str) -> frozenset[int]:
    """A seven-note scale with one degree raised or lowered; one that is so already stays.

    Args:
        steps: of the scale.
        degree: 2 to 7.
        word: "raised", "lowered", "natural", "#", "b" or another such word.
    """
    if len(steps) != 7 or not 2 <= degree <= 7:
        return steps
    old = sorted(steps)[degree - 1]
    large = MAJOR_SIZES[degree - 1]
    if word in ("natural", "major"):
        new = large
    elif word in ("b", "minor") or word.startswith(("lower", "flat")):
        new = old if old == large - 1 else old - 1
    elif word == "#":
        new = old if old == large + 1 else old + 1
    else:
        new = old + 1 if old < large or (degree in (4, 5) and old == large) else old
    return (steps - {old}) | {new}
