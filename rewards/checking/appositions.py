"""Chords that stand beside their numeral or degree: "the V chord (C)", "the dominant, C major,".

Conventions
-----------
Read where the sentence names one key that it is in, else where the text asserts one. Only the
root counts, for many write all numerals in capitals. In minor the sixth and the seventh degree
may be raised. Degrees of degrees ("the dominant of the dominant (A)") and sentences on a part of
the piece, on a loan or a mistake are left alone.

=======================  ==============================================================
form                     for example, in G major
=======================  ==============================================================
in brackets              the V chord (C), the dominant (C), C (V)
between commas           the dominant, C major, resolves to G
a row, told in chords    V-I in C major, that is F to C
=======================  ==============================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rewards.checking.denials import false, theory_denies
from rewards.checking.standing import SENTENCE_ENDS, partial
from rewards.claims.records import Claim
from rewards.patterns import Pattern
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.numerals import chord_of, parse_numeral

_LETTER = r"[A-G](?:[ -](?:sharp|flat)\b|[#b])?"
_CHORD = rf"{_LETTER}(?:m|maj7|m7|7|dim)?(?: (?:major|minor|diminished))?(?: (?:chord|triad))?"
_NUMERAL = r"(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)[o°]?7?"
_DEGREE = r"(?:tonic|supertonic|mediant|subdominant|dominant|submediant)"
_CALLED = rf"(?:(?P<numeral>{_NUMERAL})|(?P<degree>{_DEGREE}))(?: chord| triad)?"
_THE = r"(?<![/\w])(?<!of )(?<!of the )(?<!secondary )(?<!applied )(?<!borrowed )"
_VERB = (
    r"(?:resolves?|leads?|is|moves?|goes|follows|returns?|comes|sounds|falls|appears|prepares?"
    r"|pulls?|points?|gives|closes|then|before|opens|arrives)\b"
)
_FORMS = (
    Pattern(rf"{_THE}{_CALLED} \((?P<chord>{_CHORD})\)"),
    Pattern(rf"(?<![\w#/])(?P<chord>{_CHORD}) \((?P<numeral>{_NUMERAL})\)"),
    Pattern(rf"{_THE}(?<=[Tt]he ){_CALLED}, (?P<chord>{_CHORD}), {_VERB}"),
)
_JOINT = r"(?: ?[-\u2013\u2014\u2192] ?| to |, )"
_ROW = Pattern(
    rf"(?<![\w/-])(?P<numerals>{_NUMERAL}(?:{_JOINT}{_NUMERAL}){{1,5}}) in (?P<key>{_LETTER} "
    rf"(?:major|minor)),? (?:that is|i\.e\.|namely),? "
    rf"(?P<chords>{_CHORD}(?:{_JOINT}{_CHORD}){{1,5}})(?![\w#/-])"
)
_SPLIT = re.compile(_JOINT)
_IN = re.compile(rf"\b[Ii]n (?:the key of )?({_LETTER}[ -](?:major|minor))\b")
_OPTIONS = re.compile(r"\b(?:option|choice|answer|would|not|no|never|if)s?\b", re.IGNORECASE)


def misplaced(claims: Sequence[Claim], text: str) -> Iterator[str]:
    """A clause for each chord of a text that stands beside another place than its own."""
    keys = {str(claim.value) for claim in claims if claim.type == "key" and claim.plain}
    moves = any(claim.type == "modulation" for claim in claims)
    home = parse_key(next(iter(keys))) if len(keys) == 1 and not moves else None
    for sentence in SENTENCE_ENDS.split(text):
        if partial(sentence) or _OPTIONS.search(sentence):
            continue
        for clause in (*_rows(sentence), *_beside(sentence, home)):
            yield f"{sentence.strip()!r}: {clause}"
            break


def _beside(sentence: str, home: Key | None) -> Iterator[str]:
    named = {name.replace("-", " ") for name in _IN.findall(sentence)}
    key = parse_key(next(iter(named))) if len(named) == 1 else home if not named else None
    if key is None or key.mode not in ("major", "minor"):
        return
    for form in _FORMS:
        for found in form.finditer(sentence):
            called = found.groupdict()
            if numeral := called["numeral"]:
                clause = _unlike(numeral, found["chord"], key)
            else:
                clause = _no_degree(called["degree"], found["chord"], key)
            if clause is not None:
                yield clause


def _rows(sentence: str) -> Iterator[str]:
    found = _ROW.search(sentence)
    key = parse_key(found["key"]) if found else None
    if found is None or key is None:
        return
    numerals, chords = _SPLIT.split(found["numerals"]), _SPLIT.split(found["chords"])
    if len(numerals) != len(chords):
        return
    for numeral, chord in zip(numerals, chords, strict=True):
        if clause := _unlike(numeral, chord, key):
            yield clause


def _unlike(numeral: str, name: str, key: Key) -> str | None:
    """A clause where the numeral has another root than the chord."""
    chord, parsed = parse_chord(name), parse_numeral(numeral, key.mode == "minor")
    if chord is None or chord.root is None or parsed is None:
        return None
    apart = (chord.root.pitch_class - chord_of(parsed, key)[0]) % 12
    either = key.mode == "minor" and parsed.degree in (6, 7)  # raised, or not
    other = 11 if parsed.quality in ("min", "dim") else 1
    if apart == 0 or (either and apart == other):
        return None
    return theory_denies(f"numeral of {harte(chord)} in {key.name} is {numeral}")


def _no_degree(degree: str, name: str, key: Key) -> str | None:
    chord = parse_chord(name)
    if chord is None or chord.root is None or (degree == "submediant" and key.mode == "minor"):
        return None
    return false(f"{degree} of {key.name} is {chord.root.name}")
