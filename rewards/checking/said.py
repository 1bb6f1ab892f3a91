"""What an answer says: its one value of a kind, its number, its place in a scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rewards.answers import bare
from rewards.claims.verify.theory import DEGREES
from rewards.kinds import kind_of, values
from rewards.spelling.harte import harte
from rewards.spelling.notes import Note, parse_note
from rewards.spelling.numbers import COUNTS, ORDINALS

Named = Mapping[str, str]
"""What a question names, as it is written: see ``phrasings.asked``."""

_NUMBERS = {"no": 0, "none": 0, **COUNTS}
_NUMBER = re.compile(
    rf"(?:it has |there (?:are|is) )?({'|'.join(_NUMBERS)}|\d{{1,2}})"
    r"(?: (?:sharps?|flats?|accidentals?|semitones?|half[ -]?steps?|beats?|(?:[a-z]+[ -])?notes?)"
    r")?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"([1-7])(?:st|nd|rd|th)?")


def one(kind: str, answer: str) -> Any:
    """The one value of a kind that an answer asserts, or None."""
    found = values(kind_of(kind), answer)
    return found[0] if len(found) == 1 else None


def count_of(text: str) -> int | None:
    """The number that an answer is, with its noun or without."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    word = found[1].lower()
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def named_note(text: str) -> Note | None:
    """The note that a name in a question is."""
    return parse_note(text.replace("-", " "))


def note_or_chord(answer: str) -> str | None:
    """The one note of an answer, or its one chord in Harte's syntax."""
    found = one("note", answer)
    chord = None if found else one("chord", answer)
    return found.name if found else harte(chord) if chord else None


def place(name: str) -> int | None:
    """The degree that a name is ("fourth", "4th degree", "leading note"), 0 to 6, or None."""
    plain = re.sub(r"[ -](?:scale )?degree$", "", bare(name).lower())
    if plain in ORDINALS:
        return ORDINALS.index(plain)
    if (figure := _FIGURES.fullmatch(plain)) is not None:
        return int(figure[1]) - 1
    return DEGREES.get(re.sub(r"[ -](?:tone|note)$", "_tone", plain))


def ordinal(degree: int) -> str:
    """0 is "first"."""
    return ORDINALS[degree]
