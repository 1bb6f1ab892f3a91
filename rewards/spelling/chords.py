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
from rewards.spelling.inversions import without_inversion
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
_ROOT = Pattern(
    rf"([A-Ga-g])(x(?=m|M\d|maj|dim|aug|sus|$|\s|\d)|[\s-]double[\s-](?:sharp|flat)|{ACCIDENTAL})",
    _I,
)
_HYPHEN = Pattern(
    r"^-(?=min|dim|aug|dom|half|fully|sus|major|sharp|flat|sept|sev|six|sext|nin|elev|thirt|power|add)",
    _I,
)
_SMALL = Pattern(r"[\s-]*(?:maj|min|dim|aug|dom|half|fully|sus|m?[679]|m?11|seventh|°|ø|m$)")
_BASS = Pattern(
    r"(?:\s*/|\s*\b(?:over|slash|with)\b|(?<=\w)\s*(?-i:on(?=\s*[A-G][#b]?$)))\s*"
    r"(?:an? |the )?(?:low )?(?:bass(?: note)?(?: of)? )?"
    r"([A-Ga-g](?:##|#|bb|b|[\s-]*(?:sharp|flat))?)(?: bass)?(?:\s+(?:in|as|at) (?:the )?"
    r"(?:bass(?: note)?|bottom|lowest note))?$",
    _I,
)
_NONE = Pattern(
    r"N\.?\s?C\.?|N|(?:there (?:is|are) )?no[\s-]chords?"
    r"(?: (?:(?:is|are) )?(?:(?:being )?played|playing|sounding|present|here|heard|at all))*"
    r"|none|silence|no harmony",
    _I,
)
_LEAD = Pattern(
    r"^(?:the|an?(?=\s+[A-Ga-g](?:[#b\s-]|$)))\s+|^(?:chord|triad)[\s:]+(?:of\s+)?|^an?\s+(?=[A-G])",
    _I,
)
_ROLE = Pattern(r"\s*\(\s*(?:the )?dominant\s*\)$", _I)
"""Beside a chord its function; "G dominant" without brackets is a seventh chord."""
_TAIL = Pattern(r"[\s-]*(?:chord|triad|akkord|dreiklang)$", _I)
_QUALITY_ALONE = Pattern(r"an?\s+[a-z\s-]*(?:chord|triad|harmony)$")
_FOREIGN = Pattern(r"(?:dur|moll|m[aei][yjgni]\w+r\w?)$", _I)
_GERMAN_ROOT = Pattern(
    r"((?:[cdefga]is(?:is)?|ces|des|fes|ges|as|es|hes|[a-h](?:##|#|bb|b)?))"
    r"(?=[\s-]+(?:\w*vermindert|ubermassig|dur|moll|dominant|sept))[\s-]*",
    _I,
)
_DO_ROOT = Pattern(
    rf"{SOLFEGE}[\s-]*(?=m(?:en|in|ay|aj|ag|ai|6|7|9)|(?<!do)m$|\sm$|[679]|dis|dim|au|sus|add|sem|dem"
    r"|sept|set|dom|$)",
    _I,
)
_BARE_DO = Pattern(rf"{SOLFEGE}(?=m?$|\d)", _I)
_DO = Pattern(r"do(?:[\s-]|#|b(?![a-z])|/(?:do|re|mi|fa|sol|la|si)\b)", _I)
"""Fixed do; "Do7" is a diminished seventh on D."""
_DO_BASS = Pattern(rf"(?:\s*/\s*|\s+(?:sur|sobre|su|con bajo en|con basso|over)\s+){SOLFEGE}$", _I)
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
    if _DO.match(text):
        return _foreign(text) or _named(text)
    return _named(text) or _foreign(text)


@lru_cache(maxsize=2048)
def parse_solfege(text: str) -> Chord | None:
    """The chord of a list in fixed do, where a bare name is a major triad, or None.

    >>> parse_solfege("Sol") == parse_chord("G"), parse_solfege("Dom") == parse_chord("Cm")
    (True, True)
    """
    text = unaccented(text.strip().rstrip("."))
    found = _BARE_DO.match(text)
    if found and (not text[found.end() :] or found.end() == len(text) - 1):
        return _chord(solfege_note(found[1], found[2]), text[found.end() :], 0, None)
    return _fixed_do(text, 0)


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
    text, order = without_inversion(text)
    bass = None if text.startswith("a ") else _BASS.search(text)
    apart = bass is not None and bass[0][0] == " " and bass[0].lstrip()[0] == "/"
    bass_note = parse_note(bass[1]) if bass and bass.start() > 0 else None
    text = text[: bass.start()] if bass and bass_note else text
    found = _ROOT.match(text)
    if found is None:
        return None
    suffix = _HYPHEN.sub("", _ROLE.sub("", text[found.end() :]), count=1)
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
    text, order = without_inversion(unaccented(text))
    shorter = _TAIL.sub("", text)
    key = parse_key(shorter) if _FOREIGN.search(shorter) else None
    if key is not None and key.mode in ("major", "minor"):
        mask = QUALITIES["maj" if key.mode == "major" else "min"]
        members = [step for step in range(12) if mask >> step & 1]
        return Chord(key.tonic, mask, members[order]) if order < len(members) else None
    found = _GERMAN_ROOT.match(text)
    if found:
        return _chord(german_note(found[1]), text[found.end() :], order, None)
    return _fixed_do(text, order)


def _fixed_do(text: str, order: int) -> Chord | None:
    low = _DO_BASS.search(text)
    bass = solfege_note(low[1], low[2]) if low and low.start() else None
    text = text[: low.start()] if low and bass else text
    found = _DO_ROOT.match(text)
    if found is None or (bass is None and not text[found.end() :]):
        return None
    return _chord(solfege_note(found[1], found[2]), text[found.end() :], order, bass)
