"""Chords in Harte's syntax, on lead sheets and in words.

Conventions
-----------
===========  ===================================================================
syntax       examples
===========  ===================================================================
Harte        ``A:min7``, ``D#:7/1``, ``G:sus4(b7)``, ``N``, ``X``
lead sheet   ``Am7``, ``A-7``, ``F#m7b5/C``, ``C°7``, ``Bø7``, ``C6/9``, ``CΔ``,
             ``E7(#9)``, ``Dadd9``, ``N.C.``; a colon may stand in it: ``A:m7``
words        "A minor seventh", "F sharp half-diminished", "C major over E",
             "D minor, first inversion", "G with the seventh in the bass"
German,      "a-Moll", "H vermindert", "fis halbvermindert", "re mayor",
fixed do     "la menor séptima", "Sol7"
===========  ===================================================================

A lone capital letter is a major chord, but "A" before another word is the
article, and so is "a" in "a minor chord". Chords in running text are found by
``rewards/spelling/chord_mentions.py``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.chord_words import spoken
from rewards.spelling.harte import NO_CHORD, QUALITIES, UNKNOWN, Chord, parse_harte
from rewards.spelling.keys import parse_key
from rewards.spelling.lead_sheet import parse_suffix
from rewards.spelling.notes import (
    ACCIDENTAL,
    SOLFEGE,
    Note,
    german_note,
    letter_note,
    parse_note,
    solfege_note,
    unaccented,
)

_LONGEST = 80
_I = re.IGNORECASE
FLAT = (
    r"bb?(?=(?:m|M|mi|ma|min|maj|dim|aug|sus|add|dom|alt|hdim|no|omit)(?![a-z])"
    r"|m(?:add|b5|sus|aj|in))"
)
"""A flat before a suffix that ``ACCIDENTAL`` would take for a word: "Bbmadd9"."""
_ROOT = Pattern(
    rf"([A-Ga-g])(x(?=m|M\d|maj|dim|aug|sus|$|\s|\d)|[\s-]double[\s-](?:sharp|flat)|{FLAT}|{ACCIDENTAL})",
    _I,
)
_HYPHEN = Pattern(r"^-(?=min|dim|aug|dom|half|fully|sus|major|sharp|flat)", _I)
_SMALL = Pattern(r"[\s-]*(?:maj|min|dim|aug|dom|half|fully|sus|m?[679]|m?11|seventh|°|ø|m$)")
_BASS = Pattern(
    r"(?:\s*/|\s*\b(?:over|with)\b|(?<=\w)\s*(?-i:on(?=\s*[A-G][#b]?$)))\s*"
    r"(?:an? |the )?(?:low )?(?:bass(?: note)?(?: of)? )?"
    r"([A-Ga-g](?:##|#|bb|b|[\s-]*(?:sharp|flat))?)(?: bass)?(?:\s+(?:in|as|at) (?:the )?"
    r"(?:bass(?: note)?|bottom|lowest note))?$",
    _I,
)
_INVERSION = Pattern(
    r",?\s*(?:\(|in )*(?:the )?(?:root[\s-]position|(first|second|third|1st|2nd|3rd)"
    r"[\s-]inversion)\)?$",
    _I,
)
_LOW_DEGREE = Pattern(
    r",?\s*\(?(?:with |over )(?:the |its |an? )?(root|third|3rd|fifth|5th|seventh|7th)"
    r"(?: in the bass| as (?:the )?bass(?: note)?| at the bottom)\)?$",
    _I,
)
_ORDER = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "root": 0, "fifth": 2,
    "5th": 2, "seventh": 3, "7th": 3,
}  # fmt: skip
_NONE = Pattern(
    r"N\.?\s?C\.?|N|(?:there (?:is|are) )?no[\s-]chords?(?: (?:is )?(?:played|sounding|present"
    r"|here|heard|at all))*|none|silence|no harmony",
    _I,
)
_LEAD = Pattern(
    r"^(?:the|an?(?=\s+[A-Ga-g](?:[#b\s-]|$)))\s+|^(?:chord|triad)[\s:]+(?:of\s+)?|^an?\s+(?=[A-G])",
    _I,
)
_LEAD_CHORD_OF = Pattern(r"^(?:the )?chord of\s+", _I)
_TAIL = Pattern(r"[\s-]*(?:chord|triad|akkord|dreiklang)$", _I)
_QUALITY_ALONE = Pattern(r"an?\s+[a-z\s-]*(?:chord|triad|harmony)$")
_FOREIGN = Pattern(r"(?:dur|moll|m[aei][yjgni]\w+r\w?)$", _I)
_GERMAN_ROOT = Pattern(
    r"((?:[cdefga]is(?:is)?|ces|des|fes|ges|as|es|hes|[a-h](?:##|#|bb|b)?))"
    r"(?=[\s-]+(?:\w*vermindert|ubermassig|dur|moll|dominant|sept))[\s-]*",
    _I,
)
_DO_ROOT = Pattern(
    rf"{SOLFEGE}[\s-]*(?=m(?:en|in|ay|aj|ag|ai|7)|[79]|dis|dim|au|sus|sept|set|dom|$)", _I
)
_MARKUP = Pattern(r"</?su[pb]>|[_^]?\{([^{}]{0,20})\}|(?<=[m°ø])\^(?=\d)")


@lru_cache(maxsize=8192)
def parse_chord(text: str) -> Chord | None:
    """The chord that the text names and nothing else, or None.

    >>> parse_chord("Am7") == parse_chord("A minor seventh chord") == parse_chord("A:min7")
    True
    """
    text = text.strip()
    if text == "X":
        return UNKNOWN
    if _NONE.fullmatch(text):
        return NO_CHORD
    text = text.rstrip(".").strip()
    if not text or len(text) > _LONGEST or _QUALITY_ALONE.match(text):
        return None
    if "<" in text or "^" in text or "{" in text:
        text = _MARKUP.sub(r"\1", text)
    return _named(text) or _foreign(text)


def _named(text: str) -> Chord | None:
    """A chord with a letter for its root."""
    chord = parse_harte(text)
    if chord is None:
        chord = _symbol(text)
    if chord is not None:
        return chord
    shorter = _LEAD.sub("", text, count=1)
    return parse_harte(shorter) or _symbol(shorter) if shorter != text else None


def _symbol(text: str) -> Chord | None:
    text, order = _order(text)
    bass = None if text.startswith("a ") else _BASS.search(text)
    apart = bass is not None and bass[0][0] == " " and bass[0].lstrip()[0] == "/"
    bass_note = parse_note(bass[1]) if bass and bass.start() > 0 else None
    text = text[: bass.start()] if bass and bass_note else text
    found = _ROOT.match(text)
    if found is None:
        return None
    suffix = _HYPHEN.sub("", text[found.end() :], count=1)
    if suffix.startswith(":"):
        suffix = suffix[1:]
        if not suffix.strip():
            return None
    elif found[1].islower() and not _SMALL.match(suffix):
        return None
    root = letter_note(found[1], found[2])
    if bass_note is not None and apart:  # "C / E" is a slash chord, "C / D" may be two chords
        plain = _chord(root, suffix, order, None)
        if plain is None or bass_note.pitch_class not in plain.pitch_classes:
            return None
    return _chord(root, suffix, order, bass_note)


def _order(text: str) -> tuple[str, int]:
    """The text without its inversion in words, and the member in the bass."""
    for pattern in (_INVERSION, _LOW_DEGREE):
        found = pattern.search(text)
        if found:
            return text[: found.start()], _ORDER.get((found[1] or "").lower(), 0)
    return text, 0


def _chord(root: Note, suffix: str, order: int, bass: Note | None) -> Chord | None:
    read = parse_suffix(suffix) or parse_suffix(spoken(unaccented(suffix)))
    if read is None:
        return None
    mask, upper = read
    members = [step for step in range(12) if mask >> step & 1]
    if order >= len(members):
        return None
    low = (bass.pitch_class - root.pitch_class) % 12 if bass else members[order]
    return Chord(root, mask | 1 << low, low, upper)


def _foreign(text: str) -> Chord | None:
    """German and fixed-do chords: "h-Moll", "re mayor", "la menor séptima"."""
    text, order = _order(unaccented(text))
    shorter = _TAIL.sub("", text)
    key = parse_key(shorter) if _FOREIGN.search(shorter) else None
    if key is not None and key.mode in ("major", "minor"):
        mask = QUALITIES["maj" if key.mode == "major" else "min"]
        members = [step for step in range(12) if mask >> step & 1]
        return Chord(key.tonic, mask, members[order]) if order < len(members) else None
    found = _GERMAN_ROOT.match(text)
    if found:
        return _chord(german_note(found[1]), text[found.end() :], order, None)
    found = _DO_ROOT.match(text)
    if found and text[found.end() :]:
        return _chord(solfege_note(found[1], found[2]), text[found.end() :], order, None)
    return None
