"""Progressions: chords or Roman numerals in a row, however they are set apart.

Conventions
-----------
Steps as in ``progression_steps.py``, lists as in ``progression_lists.py``. Chords and
numerals in one text are two readings of one progression. Between two lists of one kind,
"or" offers alternatives.

==============================================  ==============================
written                                         read as
==============================================  ==============================
C - G - Am - F; C-G-Am-F; | C | G | Am | F |;   C, G, Am, F
C, then G, then Am and F; "1. C 2. G ..."
| C | % | G | % |                               C, C, G, G
C (I), G (V), Am (vi), F (IV)                   C, G, Am, F; and I, V, vi, IV
C: I, G: V, Am: vi, F: IV                       the same
ii V I in C: Dm7, G7, Cmaj7                     Dm7, G7, Cmaj7; and ii, V, I
I V vi IV in C major; C: I V vi IV              C, G, Am, F
I V vi IV; 1-5-6-4; tonic, dominant, ...        the same in any key
i VI III VII                                    in minor, for a minor tonic
C G Am F or Am F C G                            alternatives
not C G Am F but Am F C G                       the second
==============================================  ==============================
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.keys import Key
from rewards.spelling.mentions import Mention
from rewards.spelling.numerals import parse_numeral
from rewards.spelling.progression_degrees import by_degree
from rewards.spelling.progression_keys import (
    ALTERNATIVE,
    NUMERAL_SIGN,
    names_key,
    without_denied,
    without_key,
)
from rewards.spelling.progression_lists import (
    chords_of,
    mixed,
    numerals_of,
    parts_of,
    side_by_side,
    spread,
)
from rewards.spelling.progression_steps import Progression, step_of

MOST = 64
"""A longer list is no progression."""
_I = re.IGNORECASE
_PRONOUN = Pattern(
    r"(?:'|\s+(?!to\b|then\b|and\b|in\b|is\b|or\b|chord|moves\b|goes\b|followed\b|[ivb]{1,4}\b"
    r"|[ivb]+[°ø\d]|viio|viidim|iim|vim|iiim)[a-z]{2,})"
)
_ROW_BEFORE = Pattern(r"[ivIV][°ø\d]{0,3}\s*(?:[-,|]|->|→|to)?\s*$")
_LEAD = Pattern(
    r"^(?:an?|the)\s+(?=[#b]?[ivIV]{1,4}[°ø+\d]{0,2}\s?[-,>→|])"
    r"|^(?:(?:the|it|this|a)\s+)?(?:(?:roman|chord)\s+)?(?:progression|numerals?|chords?|sequence"
    r"|harmony|loop|analysis)\s*(?:is|are|:|=|goes?|reads?)+\s*:?\s*",
    _I,
)
_ASIDE = Pattern(
    r"\(\s*\d{1,2}\s*(?:beats?|bars?|measures?)\s*\)"
    r"|\([A-G](?:#|b)?(?:[\s,-]+[A-G](?:#|b)?){2,4}\)(?=\s*[-,;|→>\n]|\s*$)"
)
_NO_DASH = Pattern(r"[\w)]\s+[A-GIViv]")
_SQUARE = Pattern(r"(?<=\S\s)\[([#b]?[ivIV][^\[\]]{0,8})\]")
_PAIRED = Pattern(
    r"(?<![\w#])([A-G](?:#|b)?[\w°ø+]{0,6})\s?[:=]\s?([#b]?[ivIV]{1,4}[°ø+]?\d{0,2})(?=[\s,;|]|$)"
)
"""A chord and its numeral: "Em: vi, C: IV, G: I"."""
_LAST_DASH = Pattern(r"(?<=\w)\s*-\s*(?=[A-GIViv#b])")
_NUMBERED = Pattern(r"(?:(?<=\s)|^)\(?\d{1,2}[.)]\s+(?=[A-GIViv#b])")
_BRACKETS = Pattern(r"[()]")
_AGAIN = Pattern(
    r"(?<![\s,(])[\s,(]*\b(?:(?:and |(?:in|as|on) an? )?(?:repeats?|repeated|loop(?:s|ed|ing)?)\b"
    r"[\w\s]{0,20}|x\s?\d{1,2}|\d{1,2}\s?x)\)?\s*$",
    _I,
)
_ALL_SLASHES = Pattern(r"[A-G][^\s/,|>-]{0,12}(?:/[A-G][^\s/,|>-]{0,12}){2,15}")
_SLASH = Pattern(r"\s/\s")


@lru_cache(maxsize=4096)
def read_progressions(text: str) -> tuple[Progression, ...]:
    """The readings of a cleaned text: none, or one, or chords and numerals; () for alternatives."""
    text = _AGAIN.sub("", spread(without_denied(_LEAD.sub("", text, count=1))))
    if len(_PAIRED.findall(text)) > 2:
        text = _PAIRED.sub(r"\1 (\2)", text)
    text, key = without_key(text)
    text = _SQUARE.sub(r"(\1)", text) if "[" in text else text
    if text.count("1") and len(_NUMBERED.findall(text)) > 1:
        text = _NUMBERED.sub(" ", text)
    if len(_ASIDE.findall(text)) > 1:
        text = _ASIDE.sub(" ", text)
    if text.endswith("-") and _LAST_DASH.search(text) and not _NO_DASH.search(text):
        text = text.rstrip("- ")
    if _ALL_SLASHES.fullmatch(text):  # "C/G/Am/F": no chord has two basses
        text = text.replace("/", " / ")
    listed = () if ALTERNATIVE.search(text) else _listed(text, key)
    readings = listed or _scanned(text, key) or by_degree(text, key)
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


@lru_cache(maxsize=4096)
def parse_progression(text: str) -> Progression | None:
    """The one list of at least three chords or numerals that the text is, or None.

    >>> parse_progression("C - G - Am") == parse_progression("I, V, vi in C")
    True
    """
    if len(text) > 4 * MOST or ALTERNATIVE.search(text):
        return None
    text, key = without_key(text)
    found = _listed(text, key)
    return found[0] if len(found) == 1 and 3 <= len(found[0].steps) <= MOST else None


def find_progressions(text: str) -> list[Mention[Progression]]:
    """What a sentence lists, as one mention: chords, else numerals."""
    found = read_progressions(text)
    if not found or len(found[0].steps) < 3:
        return []
    return [Mention(found[0], 0, len(text))]


def same_progression(a: Progression, b: Progression) -> bool:
    """Equal steps; those of numerals without a key in any transposition."""
    moves = range(12) if a.movable or b.movable else (0,)
    return any(
        one == tuple(((root + by) % 12, triad, top) for root, triad, top in other)
        for one in (a.steps, a.dominant)
        for other in (b.steps, b.dominant)
        for by in moves
        if one and other
    )


def _listed(text: str, key: Key | None) -> tuple[Progression, ...]:
    """Lists and nothing else, with one in brackets perhaps."""
    readings: list[Progression] = []
    for piece in _BRACKETS.split(text):
        parts = parts_of(piece)
        if not parts:
            continue
        reading = chords_of(parts) or numerals_of(parts, key)
        both = () if reading else side_by_side(parts, key)
        reading = reading or mixed(parts, key)
        if reading is None:
            return ()
        readings += both or (reading,)
    if len(readings) > 2 or (len(readings) > 1 and any(len(r.steps) < 2 for r in readings)):
        return ()
    return tuple(dict.fromkeys(readings))


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
        if sides[-1] and ALTERNATIVE.search(text[sides[-1][-1][1] : spot[0]]):
            sides.append([])
        sides[-1].append(spot)
    return [side for side in sides if side]


def _one_row(side: list, key: Key | None) -> Progression | None:
    if isinstance(side[0][2], str):
        found = numerals_of([spot[2] for spot in side], key)
        return found or Progression((), movable=True)
    return Progression(tuple(spot[2] for spot in side))
