"""Tonics that stand without their mode: "in D", "tonic D, mode minor", "D or G".

Conventions
-----------
Read where a text has no full key. A tonic takes the one mode that the text names elsewhere,
else major. "The dominant key of C" is G; "D, two sharps" and "G (chords: G C D)" are described
tonics.
"""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.key_relations import DOMINANT, JOINED_AFTER, fifth_of
from rewards.spelling.notes import LETTER, SOLFEGE, Note, letter_note, parse_note, solfege_note

Tonic = tuple[Note, str, int, int]
"""A tonic, its mode, and where it starts and ends in the text."""

_ROOT = Pattern(rf"\broot(?: note)?(?: is|:| =)?\s+{LETTER}(?![\w#'])", re.IGNORECASE)
_BARE = Pattern(
    rf"\b(?:in(?: the)?(?: key of)?|key(?: center| centre)?(?: is| of|:| =)+|keys? of|^key"
    rf"|(?:tonic|tonal cent(?:er|re)|home (?:note|key))(?: is|:| =)?|tonality(?: is| of|:| =)"
    rf"|centered on|centred on)\s+{LETTER}(?![\w#'])",
    re.IGNORECASE,
)
_IS_TONIC = Pattern(
    rf"{LETTER}\s+(?:is|as|=)\s+(?:clearly )?(?:the |its |our )?"
    r"(?:tonic|key\b|home\b|tonal cent(?:er|re))",
    re.IGNORECASE,
)
_SPACED = Pattern(rf"(?:{LETTER}|{SOLFEGE})\s*([mM])", re.IGNORECASE)
_NO_TONIC = Pattern(r"\d|\b(?:note|pitch|tone)\b", re.IGNORECASE)
_WORD_FOLLOWS = Pattern(r"\s+\w")
_OPTIONS = Pattern(r"/|\||,|\bor\b")
_LOOK_BACK = 60
_WITH_SIGNATURE = Pattern(
    r"(?<!\s)\s*[,(;:-]\s*(?:with |has )?(?:no|one|two|three|four|five|six|seven|[0-7])\s+"
    r"(?:sharps?|flats?|accidentals)\b.*$",
    re.IGNORECASE,
)
_WITH_CHORDS = Pattern(
    r"(?<!\s)\s*[,.(;:-]\s*(?:with )?(?:the )?(?:main )?(?:chords?|(?:chord )?progression)\b.*$",
    re.IGNORECASE | re.DOTALL,
)


def bare_tonics(text: str, modes: set[str]) -> list[Tonic]:
    """The tonics of an unaccented text without a full key, in no order.

    Args:
        text: what is read.
        modes: those that it names elsewhere; with several, no tonic is taken for theirs.
    """
    alone = _without_description(text)
    whole = parse_note(alone) if not _NO_TONIC.search(alone) else None
    if whole is not None:
        return [(whole, "major", 0, len(text))]
    spaced = _SPACED.fullmatch(text)
    if spaced:
        tonic = (
            letter_note(spaced[1], spaced[2]) if spaced[1] else solfege_note(*spaced.group(3, 4))
        )
        return [(tonic, "minor" if spaced[5] == "m" else "major", 0, len(text))]
    tonics = [
        (letter_note(m[1], m[2]), m.start(1), m.end())
        for pattern in (_BARE, _IS_TONIC)
        for m in pattern.finditer(text)
        if m[1].isupper() or m[2].strip() or not _WORD_FOLLOWS.match(text, m.end())
    ]
    if len(modes) == 1 and not tonics:
        tonics = [(letter_note(m[1], m[2]), m.start(1), m.end()) for m in _ROOT.finditer(text)]
    if not tonics or len(modes) > 1:
        parts = [parse_note(part) for part in _OPTIONS.split(text) if not _NO_TONIC.search(part)]
        if len(parts) > 1 and all(parts):
            return [(note, "major", 0, len(text)) for note in parts if note]
        return []
    note, start, end = tonics[0]
    if dominant := DOMINANT.search(text[max(0, start - _LOOK_BACK) : start]):
        tonics[0] = (fifth_of(note, dominant), start, end)
    others = [JOINED_AFTER.match(text, end) for _, _, end in tonics]
    tonics += [(letter_note(m[1], m[2]), m.start(1), m.end()) for m in others if m]
    mode = next(iter(modes), "major")
    return [(note, mode, start, end) for note, start, end in tonics]


def _without_description(text: str) -> str:
    """A bare tonic without what describes it: "D, two sharps", "G (chords: G C D)".

    An "or" behind these would offer another key.
    """
    if " or " in text:
        return text
    return _WITH_CHORDS.sub("", _WITH_SIGNATURE.sub("", text, count=1), count=1)
