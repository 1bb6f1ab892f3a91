"""Lists of chords or numerals: how they fall into parts, and what the parts are.

Conventions
-----------
==============================================  ==============================
written                                         read as
==============================================  ==============================
C - G - Am - F; C-G-Am-F; | C | G | Am | F |;   C, G, Am, F
C, then G, then Am and F; C G Am F; c g am f
C, G, a, F; Do - Sol - La m - Fa                C, G, Am, F
C x2, G7 x2; | C | % | G7 | % |                 C, C, G7, G7
C - G - vi - F; C - G - vi - F in C             C, G, Am, F: numerals among
                                                chords stand in the key, or in
                                                that of the first chord
==============================================  ==============================
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewards.patterns import Pattern
from rewards.spelling.chords import parse_chord, parse_solfege
from rewards.spelling.harte import QUALITIES, Chord
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.progression_steps import Progression, Step, make_step, step_of

_I = re.IGNORECASE
_SPLIT = Pattern(
    r"\s*(?:->|=>|→|➝|⟶|⇒|>|»|·|…|\.{2,3}|:?\|{1,2}:?|,|;|\n|\s-+\s|-{2,}|\s/\s|/\s|_|\s\+\s"
    r"|\b(?:and )?(?:then|followed by)\b|\bto\b|\band\b"
    r"|(?<=[\w°ø+])-(?=[#b]?(?:[A-G](?![a-z]*(?:ur|im|om)\b|ug)|[IViv]+\b|(?:R[eé]|Mi|Sol|La|Si)(?![a-z]{3}))))\s*"
)
_JOINS = Pattern(r"^(?:and|then|to|,|back to|finally)\s+", _I)
_DRESS = " .,;:!?*'\"[]{}|"
_TIMES = Pattern(
    r"(?:(?<=[,;|\n>→-])|^)(\s*)([A-GIViv#b][^\s,;|()>→]{0,12})\s?\(?[x*×]\s?([2-8])\)?"
    r"(?=\s*(?:[,;|\n>→-]|$))"
)
_SIGN_APART = Pattern(r"(?<![\w#])([A-G])\s([b#])(?=\s|$)")
_QUALITY_APART = Pattern(r"(?<![\w#])([A-G][#b]?)\s(m(?:in|aj)?7?)(?=[\s,|-]|$)")
_SMALL_NAME = r"(?:[a-g]|do|re|mi|fa|sol|la|si)[#b]?m?7?"
_SMALL_LIST = Pattern(rf"{_SMALL_NAME}(?:-{_SMALL_NAME}){{2,15}}")
_SMALL = Pattern(r"[a-g][#b]?")


def parts_of(text: str) -> list[str]:
    """The chords of a list, however they are set apart; by blanks if by nothing else."""
    text = _QUALITY_APART.sub(r"\1\2", _SIGN_APART.sub(r"\1\2", text))
    if _SMALL_LIST.fullmatch(text):
        text = text.replace("-", " ")
    parts = [_JOINS.sub("", part.strip(_DRESS)) for part in _SPLIT.split(text)]
    parts = [part for part in parts if part]
    if all(part == "%" or parse_chord(part) or parse_numeral(part) for part in parts):
        return parts
    if len(parts) > 1 and all(parse_solfege(part) for part in parts):
        return parts
    words = [word.strip(_DRESS) for part in parts for word in part.split()]
    return [word for word in words if word not in ("", "-")]


def chords_of(parts: Sequence[str]) -> Progression | None:
    """Steps of chords in letters, else of chords in fixed do."""
    for read in (_letters, _fixed_do):
        chords = read(parts)
        if chords and all(chord is not None for chord in chords):
            made = [step for chord in chords if chord and (step := step_of(chord)) is not None]
            return Progression(tuple(made)) if made else None
    return None


def _letters(parts: Sequence[str]) -> list[Chord | None]:
    """Small letters are minor triads among capitals, and mean nothing in a list without."""
    if len(parts) > 2 and all("a" <= part[0] <= "g" for part in parts):
        parts = [part[0].upper() + part[1:] for part in parts]
    capitals = sum("A" <= part[0] <= "G" for part in parts)
    made: list[Chord | None] = []
    for part in parts:
        if part == "%" and made:
            made.append(made[-1])
        elif 2 * capitals > len(parts) and _SMALL.fullmatch(part):
            made.append(parse_chord(f"{part[0].upper()}{part[1:]}m"))
        else:
            made.append(None if parse_numeral(part) else parse_chord(part))
    return made


def _fixed_do(parts: Sequence[str]) -> list[Chord | None]:
    return [parse_solfege(part) for part in parts] if len(parts) > 1 else []


def numerals_of(parts: Sequence[str], key: Key | None) -> Progression | None:
    """Steps of Roman numerals; a minor tonic makes a list minor."""
    if len(parts) < 2:
        return None
    minor = any(re.match(r"i(?![iv])", part) for part in parts)
    minor = minor and not any(re.match(r"I(?![IV])", part) for part in parts)
    mode = "minor" if minor or (key is not None and key.mode == "minor") else "major"
    home = Key(key.tonic if key else Note(0), mode)
    made: list[Step] = []
    dominant: list[Step] = []
    for part in parts:
        if part == "%" and made:
            made.append(made[-1])
            dominant.append(dominant[-1])
            continue
        numeral = parse_numeral(part.replace("^", ""), mode == "minor")
        if numeral is None:
            return None
        root, mask, _ = chord_of(numeral, home)
        made.append(make_step(root, mask))
        flat = numeral.seventh == "scale" and numeral.quality == "maj"
        dominant.append((*made[-1][:2], 10) if flat else made[-1])
    other = tuple(dominant) if dominant != made else ()
    return Progression(tuple(made), movable=key is None, dominant=other)


def side_by_side(parts: Sequence[str], key: Key | None) -> tuple[Progression, ...]:
    """A list of numerals and one of as many chords, one behind the other; () for another list."""
    half = len(parts) // 2
    first, second = parts[:half], parts[half:]
    if (
        len(parts) % 2
        or half < 2
        or (parse_numeral(parts[0]) is None) == (parse_numeral(parts[half]) is None)
    ):
        return ()
    read = [chords_of(part) or numerals_of(part, key) for part in (first, second)]
    return tuple(reading for reading in read if reading) if all(read) else ()


def mixed(parts: Sequence[str], key: Key | None) -> Progression | None:
    """Steps of a list of chords with numerals among them, in the key or the first chord's."""
    numerals = [part for part in parts if parse_numeral(part)]
    first = None if parse_numeral(parts[0]) else parse_chord(parts[0])
    named = key is None and len(parts) > 1 and parts[1] in ("I", "i")  # "C I V vi IV"
    if not numerals or named:
        return None
    if key is None and first is not None and first.root is not None:
        minor = first.intervals & QUALITIES["min"] == QUALITIES["min"]
        key = Key(first.root, "minor" if minor else "major")
    if key is None:
        return None
    made: list[Step] = []
    for part in parts:
        numeral = parse_numeral(part, key.mode == "minor")
        chord = None if numeral else parse_chord(part)
        if numeral:
            made.append(make_step(*chord_of(numeral, key)[:2]))
        elif chord is None or (step := step_of(chord)) is None:
            return None
        else:
            made.append(step)
    return Progression(tuple(made))


def spread(text: str) -> str:
    """The text with single chords that are played several times written so often.

    >>> spread("C x2, G7 (x2)")
    'C, C, G7, G7'
    """
    if len(_TIMES.findall(text)) < 2:
        return text
    return _TIMES.sub(lambda m: m[1] + ", ".join([m[2]] * int(m[3])), text)
