"""Progressions: chords or Roman numerals in a row, however they are set apart.

Conventions
-----------
A step is a root, a triad and a seventh: inversions, ninths and what lies beyond do not
count. Chords and numerals in one text are two readings of one progression. Between two
lists of one kind, "or" offers alternatives.

==============================================  ==============================
written                                         read as
==============================================  ==============================
C - G - Am - F; C-G-Am-F; | C | G | Am | F |;   C, G, Am, F
C, then G, then Am and F; "1. C 2. G ..."
| C | % | G | % |                               C, C, G, G
C (I), G (V), Am (vi), F (IV)                   C, G, Am, F; and I, V, vi, IV
I V vi IV in C major; C: I V vi IV              C, G, Am, F
I V vi IV; 1-5-6-4; tonic, dominant, ...        the same in any key
i VI III VII                                    in minor, for a minor tonic
C G Am F or Am F C G                            alternatives
not C G Am F but Am F C G                       the second
==============================================  ==============================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord, mask_of
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.progression_keys import (
    NUMERAL_SIGN,
    names_key,
    without_denied,
    without_key,
)

Step = tuple[int, int, int]
"""Root pitch class, mask of the triad, seventh above the root or -1."""

MOST = 64
"""A longer list is no progression."""
_I = re.IGNORECASE
_TRIAD = mask_of(*range(9)) & ~mask_of(1)
_THIRDS = mask_of(3, 4)
_SPLIT = Pattern(
    r"\s*(?:->|=>|→|➝|⟶|⇒|>|»|·|…|\.{2,3}|:?\|{1,2}:?|,|;|\n|\s-+\s|-{2,}|\s/\s|/\s|_|\s\+\s"
    r"|\b(?:and )?(?:then|followed by)\b|\bto\b|\band\b"
    r"|(?<=[\w°ø+])-(?=[#b]?(?:[A-G](?![a-z]*(?:ur|im|om)\b|ug)|[IViv]+\b)))\s*"
)
_JOINS = Pattern(r"^(?:and|then|to|,|back to|finally)\s+", _I)
_DRESS = " .,;:!?*'\"[]{}|"
_PRONOUN = Pattern(
    r"(?:'|\s+(?!to\b|then\b|and\b|in\b|is\b|or\b|chord|moves\b|goes\b|followed\b|[ivb]{1,4}\b"
    r"|[ivb]+[°ø\d]|viio|viidim|iim|vim|iiim)[a-z]{2,})"
)
_ROW_BEFORE = Pattern(r"[ivIV][°ø\d]{0,3}\s*(?:[-,|]|->|→|to)?\s*$")
_NASHVILLE = Pattern(
    r"\(?(?:[b#]?[1-7](?:m7?|-7?|7|maj7?|°)?|[ivIV]{1,3})"
    r"(?:(?:\s*[-,>|→]+\s*|\s+)(?:[b#]?[1-7](?:m7?|-7?|7|maj7?|°)?|[ivIV]{1,3})){2,15}\)?"
    r"(?:\s*\(?(?:nashville|in nashville)[\w\s]*\)?)?(?:\s+progression)?",
    _I,
)
_DEGREE = Pattern(r"([b#]?)([1-7])(m7?|-7?|7|maj7?|°)?(?!\w)|([ivIV]{1,3})(?!\w)")
_DIATONIC = ("I", "ii", "iii", "IV", "V", "vi", "vii°")
_IN_MINOR = ("i", "ii°", "III", "iv", "V", "VI", "VII")
_FUNCTION = Pattern(
    r"\b(tonic|supertonic|mediant|subdominant|dominant|submediant|leading[\s-]tone)\b"
    r"(?!\s+(?:seventh\s+)?of\b)",
    _I,
)
_FUNCTIONS = {
    "tonic": 0, "supertonic": 1, "mediant": 2, "subdominant": 3, "dominant": 4, "submediant": 5,
    "leading tone": 6,
}  # fmt: skip
_ALTERNATIVE = Pattern(
    r"\b(?:or|alternatively|otherwise|vs\.?|versus|maybe|perhaps|possibly|could also be"
    r"|no,? wait|wait,? no|scratch that|actually|correction|i mean|sorry)\b|\?",
    _I,
)
_LEAD = Pattern(
    r"^(?:(?:the|it|this|a)\s+)?(?:(?:roman|chord)\s+)?(?:progression|numerals?|chords?|sequence"
    r"|harmony|loop|analysis)\s*(?:is|are|:|=|goes?|reads?)+\s*:?\s*",
    _I,
)
_ASIDE = Pattern(
    r"\(\s*\d{1,2}\s*(?:beats?|bars?|measures?)\s*\)"
    r"|\([A-G](?:#|b)?(?:[\s,-]+[A-G](?:#|b)?){2,4}\)(?=\s*[-,;|→>\n]|\s*$)"
)
_LAST_DASH = Pattern(r"(?<=\w)\s*-\s*(?=[A-GIViv#b])")
_NUMBERED = Pattern(r"(?:(?<=\s)|^)\(?\d{1,2}[.)]\s+(?=[A-GIViv#b])")
_BRACKETS = Pattern(r"[()]")
_AGAIN = Pattern(
    r"[\s,(]*\b(?:(?:and )?(?:repeats?|repeated|looped|looping|loops?)\b[\w\s]{0,20}|x\s?\d{1,2}"
    r"|\d{1,2}\s?x)\)?\s*$",
    _I,
)
_ALL_SLASHES = Pattern(r"[A-G][^\s/,|>-]{0,12}(?:/[A-G][^\s/,|>-]{0,12}){2,15}")
_SLASH = Pattern(r"\s/\s")


@dataclass(frozen=True, slots=True)
class Progression:
    """One reading of a text.

    Attributes:
        steps: in order.
        movable: numerals without a key, which fit any.
    """

    steps: tuple[Step, ...]
    movable: bool = False


def step_of(chord: Chord) -> Step | None:
    """Root, triad and seventh of a chord; None for "N" and "X"."""
    if chord.root is None:
        return None
    mask = chord.intervals
    if chord.bass in (1, 2, 5) and mask & _THIRDS:
        mask &= ~mask_of(chord.bass)
    return make_step(chord.root.pitch_class, mask)


def make_step(root: int, mask: int) -> Step:
    """A step from a root and the mask of semitones above it."""
    seventh = next((step for step in (10, 11) if mask >> step & 1), -1)
    full = mask_of(0, 3, 6, 9)
    if seventh < 0 and mask & full == full:
        seventh = 9
    return root, mask & _TRIAD, seventh


@lru_cache(maxsize=4096)
def read_progressions(text: str) -> tuple[Progression, ...]:
    """The readings of a cleaned text: none, or one, or chords and numerals; () for alternatives."""
    text = _AGAIN.sub("", without_denied(_LEAD.sub("", text, count=1)))
    text, key = without_key(text)
    if text.count("1") and len(_NUMBERED.findall(text)) > 1:
        text = _NUMBERED.sub(" ", text)
    if len(_ASIDE.findall(text)) > 1:
        text = _ASIDE.sub(" ", text)
    if text.endswith("-") and _LAST_DASH.search(text):
        text = text.rstrip("- ")
    if _ALL_SLASHES.fullmatch(text):  # "C/G/Am/F": no chord has two basses
        text = text.replace("/", " / ")
    listed = () if _ALTERNATIVE.search(text) else _listed(text, key)
    readings = listed or _scanned(text, key) or _by_degree(text, key)
    return readings if all(len(r.steps) <= MOST for r in readings) else ()


def halves(text: str) -> tuple[Progression, Progression] | None:
    """Two lists with one slash between them, which may be alternatives."""
    parts = _SLASH.split(text)
    if len(parts) != 2:
        return None
    first, second = (read_progressions(part) for part in parts)
    if not first or not second or min(len(first[0].steps), len(second[0].steps)) < 3:
        return None
    return first[0], second[0]


def _listed(text: str, key: Key | None) -> tuple[Progression, ...]:
    """Lists and nothing else, with one in brackets perhaps."""
    readings: list[Progression] = []
    for piece in _BRACKETS.split(text):
        parts = _parts(piece)
        if not parts:
            continue
        reading = _chords(parts) or _numerals(parts, key)
        if reading is None:
            return ()
        readings.append(reading)
    if len(readings) > 2 or (len(readings) > 1 and any(len(r.steps) < 2 for r in readings)):
        return ()
    return tuple(dict.fromkeys(readings))


def _parts(text: str) -> list[str]:
    """The chords of a list, however they are set apart; by blanks if by nothing else."""
    parts = [_JOINS.sub("", part.strip(_DRESS)) for part in _SPLIT.split(text)]
    parts = [part for part in parts if part]
    if all(part == "%" or parse_chord(part) or parse_numeral(part) for part in parts):
        return parts
    words = [word.strip(_DRESS) for part in parts for word in part.split()]
    return [word for word in words if word not in ("", "-")]


def _chords(parts: Sequence[str]) -> Progression | None:
    made: list[Step] = []
    for part in parts:
        if part == "%" and made:
            made.append(made[-1])
            continue
        chord = None if parse_numeral(part) else parse_chord(part)
        if chord is None:
            return None
        step = step_of(chord)
        if step is not None:
            made.append(step)
    return Progression(tuple(made)) if made else None


def _numerals(parts: Sequence[str], key: Key | None) -> Progression | None:
    """Steps of Roman numerals; a minor tonic makes a list minor."""
    if len(parts) < 2:
        return None
    minor = any(re.match(r"i(?![iv])", part) for part in parts)
    minor = minor and not any(re.match(r"I(?![IV])", part) for part in parts)
    mode = "minor" if minor or (key is not None and key.mode == "minor") else "major"
    home = Key(key.tonic if key else Note(0), mode)
    made: list[Step] = []
    for part in parts:
        if part == "%" and made:
            made.append(made[-1])
            continue
        numeral = parse_numeral(part.replace("^", ""), mode == "minor")
        if numeral is None:
            return None
        root, mask, _ = chord_of(numeral, home)
        made.append(make_step(root, mask))
    return Progression(tuple(made), movable=key is None)


def _scanned(text: str, key: Key | None) -> tuple[Progression, ...]:
    """The chords and the numerals that a text mentions, each in order."""
    chords = [
        (m.start, m.end, step)
        for m in find_chords(text, most=2 * MOST + 2, row=True)
        if (step := step_of(m.value)) is not None and not names_key(text, m.start, m.end)
    ]
    taken = [(start, end) for start, end, _ in chords]
    words = [
        (m.start(), m.end(), m[0])
        for m in NUMERAL_SIGN.finditer(text)
        if parse_numeral(m[0])
        and not _is_pronoun(text, m)
        and not any(start <= m.start() < end for start, end in taken)
    ]
    spots = sorted([*chords, *words], key=lambda spot: spot[0])
    if len(spots) < 2:
        return ()
    rows: list[Progression] = []
    for row in (_sides(text, chords), _sides(text, words)):
        read = [_one_row(side, key) for side in row]
        read = [reading for reading in read if reading is not None]
        if len(set(read)) > 1:
            return ()
        rows += read[:1]
    longest = max((len(r.steps) for r in rows), default=0)
    return tuple(r for r in rows if len(r.steps) > 1 or longest < 2)


def _is_pronoun(text: str, found: re.Match[str]) -> bool:
    """ "I hear", but "ii-V-I with sevenths"."""
    if found[0] not in ("I", "i") or not _PRONOUN.match(text, found.end()):
        return False
    return not _ROW_BEFORE.search(text[max(0, found.start() - 8) : found.start()])


def _sides(text: str, spots: list) -> list[list]:
    """The spots, parted where the text offers an alternative between them."""
    sides: list[list] = [[]]
    for spot in spots:
        if sides[-1] and _ALTERNATIVE.search(text[sides[-1][-1][1] : spot[0]]):
            sides.append([])
        sides[-1].append(spot)
    return [side for side in sides if side]


def _one_row(side: list, key: Key | None) -> Progression | None:
    if isinstance(side[0][2], str):
        found = _numerals([spot[2] for spot in side], key)
        return found or Progression((), movable=True)
    return Progression(tuple(spot[2] for spot in side))


def _by_degree(text: str, key: Key | None) -> tuple[Progression, ...]:
    """Nashville numbers ("1-5-6-4") and functions ("tonic, dominant, tonic")."""
    names = _IN_MINOR if key is not None and key.mode == "minor" else _DIATONIC
    parts: list[str] = []
    if _NASHVILLE.fullmatch(text):
        for sign, digit, mark, numeral in (m.groups() for m in _DEGREE.finditer(text)):
            if numeral:
                parts.append(numeral)
                continue
            name, mark = names[int(digit) - 1], (mark or "").replace("-", "m")
            name = name.lower().rstrip("°") if mark.startswith("m") and mark != "maj" else name
            parts.append(sign + name + ("7" if mark.endswith("7") else ""))
    elif not _ALTERNATIVE.search(text):
        found = (m[1].lower().replace("-", " ") for m in _FUNCTION.finditer(text))
        parts = [names[_FUNCTIONS[name]] for name in found]
    reading = _numerals(parts, key)
    return (reading,) if reading else ()
