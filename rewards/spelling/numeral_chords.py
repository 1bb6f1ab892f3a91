"""The chord that a Roman numeral is in a key: "ii7 in G major" is A minor seventh.

Conventions
-----------
The key is named beside the numeral; a lone capital letter is a major key, a small one a
minor key. The root is spelled within six fifths of the tonic.
"""

from __future__ import annotations

from rewards.patterns import Pattern
from rewards.spelling.harte import Chord
from rewards.spelling.keys import parse_key
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral

_NUMERAL_OF = Pattern(
    r"(?:the )?([#b]?[ivIV]{1,3}[°ø+]?(?:maj7|\d{0,2})(?:(?:/| of )[#b]?[ivIV]{1,3})?)(?: chord)?"
    r" (?:in|of) (?:the )?(?:key of )?([A-Ga-g](?:[#b]|[\s-](?:sharp|flat))?)"
    r"([\s-](?:major|minor|maj|min))?"
)


def chord_in_key(text: str) -> Chord | None:
    """The chord of a numeral with its key and nothing else, or None.

    >>> chord_in_key("ii7 in G major").root.name
    'A'
    """
    found = _NUMERAL_OF.fullmatch(text)
    if found is None:
        return None
    mode = found[3] or (" major" if found[2][0].isupper() else " minor")
    key = parse_key(found[2] + mode)
    numeral = parse_numeral(found[1], key.mode == "minor") if key else None
    if key is None or numeral is None:
        return None
    root, mask, bass = chord_of(numeral, key)
    tonic = key.tonic.fifths
    place = next(n for n in range(tonic - 5, tonic + 7) if n * 7 % 12 == root)
    return Chord(Note(place), mask, bass)
