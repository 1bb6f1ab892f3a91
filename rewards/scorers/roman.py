"""Reward ``roman``: the Roman numeral of a chord in its key.

Conventions
-----------
Read in ``facts.key``, C major without one; numerals as in ``rewards/spelling/numerals.py``.
Case counts: ``v7`` is not ``V7``.

=============================================================  =====
the answer is                                                  value
=============================================================  =====
the numeral, or another name for it (N6 = bII6, Cad64 = I64,   1.0
V2 = V42)
the same notes and root by another function (II for V/V)       0.8
the same degree and quality in another inversion               0.7
the same, applied to another degree or in another local key    0.5
the same notes on another root                                 0.5
the same degree with another quality or case, or without its   0.4
seventh (0.3 if inverted differently too)
another degree, no numeral, several                            0.0
=============================================================  =====

"dominant seventh", "Neapolitan sixth", "V7 of V", "V in A major" are read. The scale of
partial credit is ours; the notes are those of ``music21.roman`` (the oracle of the tests).
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.keys import Key, find_keys, parse_key
from rewards.spelling.mentions import asserted, unexplained
from rewards.spelling.notes import Note
from rewards.spelling.numerals import Numeral, chord_of, parse_numeral
from rewards.spelling.romans import find_romans, parse_roman
from rewards.text import fold

_C_MAJOR = Key(Note(0), "major")
_I = 2
_IN_KEY = Pattern(r",?\s*\(?\b(?:in|of)(?: the)?(?: key of)?\s*$", _I)
_HALF = r"(?<=[ivIV])\s*(?:half[\s-]*dim(?:inished|\.)?|ø)\s*(?:7th|7|seventh)?(?!\w)"
_FULLY = r"(?<=[iv])\s*(?:fully[\s-]+)?dim(?:inished|\.)?\s*(?:7th|7|seventh)(?!\w)"
_APART = r"(?<=[ivIV])[\s-]+(?=(?:7|6/5|65|4/3|43|4/2|42|2|6/4|64|6)(?![\w/]))"
_REWRITES = (
    (Pattern(r"\s+of\s+(?:the\s+)?(?=[#b]?[ivIV]{1,3}(?!\w))"), "/"),
    (Pattern(_HALF, _I), "ø7"),
    (Pattern(_FULLY, _I), "°7"),
    (Pattern(r"(?<=[iv])\s*dim(?:inished|\.)?(?!\w)", _I), "°"),
    (Pattern(r"(?<=[IV])\s*aug(?:mented|\.)?(?!\w)", _I), "+"),
    (Pattern(r"(?<=[ivIV°])[\s-]*(?:seventh|7th)(?:\s+chord)?(?!\w)", _I), "7"),
    (Pattern(_APART), ""),
)
_INVERTED = Pattern(
    r"((?:[#b]{0,2})[ivIV]{1,3}[°ø+]?)(7?),?\s*\(?(?:in )?(first|second|third|1st|2nd|3rd|root)"
    r"\s+(?:inversion|position)\)?", _I
)  # fmt: skip
_FIGURES = {"": ("6", "64", ""), "7": ("65", "43", "42")}
_ORDER = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2}
_WORDS = (
    (r"cadential\s+(?:six[\s-]four|6/?4)", "Cad64", "Cad64"),
    (r"neapolitan(?:\s+(?:sixth|6(?:th)?|chord))*", "N6", "N6"),
    (r"german\s+(?:augmented\s+)?(?:sixth|6(?:th)?)", "Ger65", "Ger65"),
    (r"italian\s+(?:augmented\s+)?(?:sixth|6(?:th)?)", "It6", "It6"),
    (r"french\s+(?:augmented\s+)?(?:sixth|6(?:th)?)", "Fr43", "Fr43"),
    (r"secondary dominant", "", ""),
    (r"dominant[\s-]+(?:seventh|7th|7)", "V7", "V7"), (r"supertonic", "ii", "ii°"),
    (r"submediant", "vi", "VI"), (r"subdominant", "IV", "iv"), (r"mediant", "iii", "III"),
    (r"dominant", "V", "V"), (r"leading[\s-]+(?:tone|note)(?:\s+triad)?", "vii°", "vii°"),
    (r"tonic", "I", "i"),
)  # fmt: skip
_WORD = Pattern("|".join(rf"(?P<w{i}>\b{word}\b)" for i, (word, _, _) in enumerate(_WORDS)), _I)


@reward("roman")
def roman(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's numeral against ``facts.roman`` in ``facts.key``.

    Raises:
        DataError: the fact is no numeral, or its key no key.
    """
    if not applies(question, "roman"):
        return None
    key = home(question.facts.key)
    written = fold(question.facts.roman or "").strip()
    truth = parse_numeral(written, key.mode == "minor")
    if truth is None:
        raise DataError(f"facts.roman: got {written[:40]!r}, expected one such as 'V7'")
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    said, local = numerals(text, key.mode == "minor")
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} Roman numerals, expected 1")
    got = parse_numeral(said[0], (local or key).mode == "minor")
    if got is None:
        return Verdict(0.0, f"{said[0]} is no Roman numeral")
    value, relation = nearness(truth, got, key, local or key)
    return Verdict(value, f"{said[0]} {relation} {written} in {key.name}", {"roman": said[0]})


@lru_cache(maxsize=256)
def home(written: str | None) -> Key:
    """The key in which a fact is read.

    Raises:
        DataError: it is no key.
    """
    if written is None:
        return _C_MAJOR
    key = parse_key(fold(written))
    if key is None:
        raise DataError(f"facts.key: got {written[:60]!r}, expected a key such as 'D major'")
    return key


@lru_cache(maxsize=4096)
def numerals(text: str, minor: bool) -> tuple[tuple[str, ...], Key | None]:
    """The distinct numerals that a cleaned text asserts, and the key that it reads them in."""
    text, local = _without_key(text)
    for pattern, new in _REWRITES:
        text = pattern.sub(new, text)
    text = _INVERTED.sub(_figured, text)
    whole = parse_roman(text.strip(" .,;:"))
    if whole is not None:
        return (whole,), local
    found = [m.value for m in unexplained(text, asserted(text, find_romans(text)))]
    if not found:
        found = [word for word in _named(text, minor) if word]
    return tuple(dict.fromkeys(found)), local


def _without_key(text: str) -> tuple[str, Key | None]:
    """The text without "in D major", and that key."""
    for mention in find_keys(text):
        lead = _IN_KEY.search(text[: mention.start])
        if lead and mention.end - mention.start > 1:
            return f"{text[: lead.start()]} {text[mention.end :]}".strip(), mention.value
        if text[: mention.start] == "" and re.match(r"\s*:", text[mention.end :]):
            return text[mention.end :].lstrip(" :"), mention.value
    return text, None


def _figured(match: re.Match[str]) -> str:
    order = match[3].lower()
    figures = _FIGURES[match[2]]
    return match[1] + (match[2] if order == "root" else figures[_ORDER[order]])


def _named(text: str, minor: bool) -> list[str]:
    return [_WORDS[int((m.lastgroup or "w0")[1:])][2 if minor else 1] for m in _WORD.finditer(text)]


def nearness(truth: Numeral, got: Numeral, key: Key, local: Key) -> tuple[float, str]:
    """Value and relation of a numeral to the true one (see the table above)."""
    same_key = key.same(local)
    if got == truth and same_key:
        return 1.0, "is"
    wanted, given = chord_of(truth, key), chord_of(got, local)
    if given == wanted and (truth.degree, truth.applied) != (got.degree, got.applied):
        return 0.8, "has the notes of"
    alike = (got.degree, got.shift) == (truth.degree, truth.shift)
    quality = (got.quality, got.seventh) == (truth.quality, truth.seventh)
    quality = quality or (same_key and given[:2] == wanted[:2])
    if alike and got.applied == truth.applied and same_key:
        if quality:
            return (1.0, "is") if given == wanted else (0.7, "is another inversion of")
        return (0.4 if got.inversion == truth.inversion else 0.3), "has another quality than"
    if alike and quality:
        return 0.5, "stands in another local key than"
    if given[:2] == wanted[:2]:
        return 0.7, "has the notes, in another inversion, of"
    if _notes(given) == _notes(wanted):
        return 0.5, "has the notes, on another root, of"
    return 0.0, "is not"


def _notes(chord: tuple[int, int, int]) -> frozenset[int]:
    root, mask, _ = chord
    return frozenset((root + step) % 12 for step in range(12) if mask >> step & 1)
