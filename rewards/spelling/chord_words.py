"""Chords in words: "minor seventh" as the suffix of a lead-sheet symbol.

Conventions
-----------
=======================================  =====================================
words                                    suffix
=======================================  =====================================
minor seventh, dominant seventh          m7, dom7
half-diminished, fully diminished        hdim, °7
minor-major seventh, major-minor 7th     mM7, 7
major with an added sixth                maj6
minor seventh with a flattened fifth     m7b5
suspended fourth, added ninth            sus4, add9
Moll, vermindert, mineur, disminuido     m, dim, m, dim
Septakkord, séptima, septième            7
小三和弦, 属七和弦                          m, 7
=======================================  =====================================

Words that come first are put last: "dominant seventh chord on G", "first-inversion
C major", "root: A, quality: minor seventh".
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.notes import Note, letter_note

_I = re.IGNORECASE
_DIM = (
    r"dim(?:inished|\.)?|disminuid[oa]|diminuee?|diminuid[oa]|diminuit[oa]|verminderte?[rs]?"
    r"|diminue"
)
_MAJOR = r"major|maj|mayor|majeure?|maggiore|maior|dur|gro(?:ss|ß)er?"
_MINOR = r"minor|min|menor|mineure?|minore|moll|kleiner?|kleine"
_NTH = {
    "7": r"(?:seven|sept)(?:th|ima|ieme|ime)?|7th|7|settima|setima|septima|septime|septakkord",
    "6": r"sixth|6th|six|6|sexta|sixte|sesta|sexte", "9": r"ninth|9th|nine|9|none|novena|neuvieme",
    "11": r"eleventh|11th|eleven|11", "13": r"thirteenth|13th|thirteen|13",
    "5": r"fifth|5th|five|5|quinta|quinte", "4": r"fourth|4th|four|4|quarte|cuarta|quarta",
    "3": r"third|3rd|three|3", "2": r"second|2nd|two|2|segunda|seconde|sekunde",
}  # fmt: skip
_WITH = (
    r"(?:(?:with|plus|and|con|avec|mit|having|has|containing|including)\s+(?:an?\s+|the\s+)?"
    r"(?:added\s+|extra\s+|additional\s+)?)"
)
_LOW, _HIGH = (
    r"(?:flat(?:ted|tened)?|lowered|diminished|b)",
    r"(?:sharp(?:ed|ened)?|raised|augmented|#)",
)
_WORDS: tuple[tuple[str, str], ...] = (
    (rf"(?:{_WITH})(?:major[\s-]+)?(?:{_NTH['6']})", "6"),
    (rf"(?:{_WITH})(?:{_MINOR}|dominant|flat(?:ted)?|lowered)[\s-]+(?:{_NTH['7']})", "b7"),
    (rf"(?:{_WITH})(?:{_MAJOR})[\s-]+(?:{_NTH['7']})", "M7"),
    (rf"mit\s+(?:{_MAJOR})[\s-]+(?:{_NTH['7']})", "M7"),
    (rf"(?:{_WITH})?(?:{_LOW})[\s-]*(?:{_NTH['5']})", "b5"),
    (rf"(?:{_WITH})?(?:{_HIGH})[\s-]*(?:{_NTH['5']})", "#5"),
    *(
        (rf"(?:{_WITH})(?:{sign})[\s-]*(?:{_NTH[past]})", f"{mark}{past}")
        for sign, mark in ((_LOW, "b"), (_HIGH, "#")) for past in ("9", "11", "13")
    ),
    (rf"(?:{_WITH})(?:{_NTH['9']})", "add9"), (rf"(?:{_WITH})(?:{_NTH['7']})", "7"),
    (rf"(?:with\s+)?(?:without|omit(?:ted)?|no)\s*(?:an?\s+|the\s+)?(?:{_NTH['3']})", "no3"),
    (rf"(?:with\s+)?(?:without|omit(?:ted)?|no)\s*(?:an?\s+|the\s+)?(?:{_NTH['5']})", "no5"),
    (rf"(?:with\s+an?\s+)?(?:suspended|sus\.?)[\s-]*(?:{_NTH['4']})", "sus4"),
    (rf"(?:with\s+an?\s+)?(?:suspended|sus\.?)[\s-]*(?:{_NTH['2']})", "sus2"),
    (r"suspended|suspendid[oa]|sospes[oa]", "sus"),
    (rf"(?:half|semi|demi)[\s-]*(?:{_DIM})|halbvermindert(?:e[rs]?)?|halfdim", "hdim"),
    (rf"full(?:y)?[\s-]*(?:{_DIM})(?:[\s-]*(?:{_NTH['7']}))?", "°7"),
    (rf"(?:{_MAJOR})(?:[\s/-]+)(?:{_MINOR})[\s-]*(?:{_NTH['7']})", "7"),
    (rf"(?:{_MINOR})(?:[\s/-]+)(?:{_MINOR})[\s-]*(?:{_NTH['7']})", "m7"),
    (rf"(?:{_MAJOR})(?:[\s/-]+)(?:{_MAJOR})[\s-]*(?:{_NTH['7']})", "M7"),
    (rf"(?:{_MINOR})(?:[\s/-]+|\s*\()(?:{_MAJOR})(?:[\s-]*(?:{_NTH['7']}))?\)?", "mM7"),
    (r"dominant(?:e|es)?|dom\.|dominantsept(?:akkord|im)?", "dom"), (_DIM, "dim"),
    (
        r"augmented|aug\.|aumentad[oa]|augmentee?|aumentat[oa]|eccedente"
        r"|uberma(?:ss|ß)ig(?:e[rs]?)?", "aug",
    ),
    (rf"(?:{_MAJOR})\.?", "maj"), (rf"(?:{_MINOR})\.?", "m"),
    (r"added|add\.?", "add"), (r"power|open(?=\s+fifth)", "5"), (rf"(?:{_LOW})(?=[\s-]*\d)", "b"),
    (r"flat|flatted", "b"), (rf"{_HIGH}", "#"), (r"altered", "alt"),
    *((form, digit) for digit, form in _NTH.items()),
    (r"dominant7|with|triad|chord|harmony|akkord|dreiklang|acorde|accord|de(?=\s+dom)", ""),
)  # fmt: skip
_WORD = Pattern(
    "|".join(rf"(?P<w{i}>(?<![a-z])(?:{word})(?![a-z]))" for i, (word, _) in enumerate(_WORDS)),
    _I,
)
_CHINESE = {
    "半减七": "hdim", "减七": "°7", "大七": "M7", "小七": "m7", "属七": "7", "屬七": "7",
    "大三": "maj", "小三": "m", "减三": "dim", "增三": "aug", "和弦": "", "大调": "maj",
    "小调": "m",
}  # fmt: skip
_HYPHENS = Pattern(r"(?<=[a-z\d])\s*-\s*(?=[a-z\d])")
QUALITY_WORDS = (
    rf"(?:half|semi)[\s-]*(?:{_DIM})|full(?:y)?[\s-]*(?:{_DIM})|{_DIM}|halbvermindert(?:e[rs]?)?"
    rf"|{_MAJOR}|{_MINOR}|m|dominant|dom|augmented|aug|suspended|sus|power|open|uberma(?:ss|ß)ig(?:e[rs]?)?"
    rf"|altered|added|add|no|omit|without|flat|sharp|{'|'.join(_NTH.values())}|triad"
    rf"|septakkord|dominantseptakkord|akkord"
)
"""What may follow the root of a spoken chord, one word at a time."""

_NOTE = r"([A-G](?:##|#|bb?(?![a-z])|x(?![a-z])|[\s-](?:double[\s-])?(?:sharp|flat)(?!\w)|))"
_KIND = (
    rf"((?:(?:{_MAJOR}|{_MINOR}|dominant(?:sept(?:im)?akkord)?|(?:half|semi|fully|full)[\s-]*(?:{_DIM})|{_DIM}|augmented"
    rf"|aug|suspended|sus|power|{'|'.join(_NTH.values())})[\s-]+){{1,4}})(?:chord|triad)?\s*"
)
_NO_QUALITY = r"(?![\w#]|[\s-]+(?:major|minor|dim|aug)|['/]\w)"
_TURNED: tuple[tuple[Pattern, str], ...] = (
    (
        Pattern(
            rf"\b{_KIND}(?:(?:that is |which is )?(?:built|based|rooted|founded) )?(?:up)?(?:on|at"
            rf"|with(?: the| a)? root(?: note)?(?: of)?|whose root is|auf) (?:the (?:note )?)?"
            rf"(?:root )?{_NOTE}{_NO_QUALITY}",
            _I,
        ),
        "{1} {0}",
    ),
    (
        Pattern(
            rf"\b((?:half|semi|fully|full)[\s-]*(?:{_DIM})|{_DIM}|augmented|uberma(?:ss|ß)ige[rs]?)\s+"
            rf"{_NOTE}{_NO_QUALITY}([\s-]+(?:seventh|7th|7))?(?:[\s-]*(?:chord|triad|dreiklang))?",
            _I,
        ),
        "{1} {0} {2}",
    ),
    (
        Pattern(
            rf"\broot(?: note)?(?: is|\s*[:=])?\s*{_NOTE}(?:\s*[,;\n.]\s*(?:and )?|\s+and\s+)"
            r"(?:the )?(?:chord(?: is|\s*[:=])|(?:chord )?(?:quality|type|kind)(?: is|\s*[:=])?"
            r"|chord\b)"
            r"\s*([^,;\n()]{1,40})",
            _I,
        ),
        "{0} {1}",
    ),
    (
        Pattern(
            r"\b(?:quality|type|kind)(?: is|\s*[:=])?\s*([^,;\n()]{1,40}?)"
            rf"(?:[,;\n.]\s*(?:and )?|\s+and\s+)(?:the )?root(?: note)?(?: is|\s*[:=])?\s*"
            rf"{_NOTE}(?!\w)",
            _I,
        ),
        "{1} {0}",
    ),
    (
        Pattern(
            r"\b(first|second|third|1st|2nd|3rd)[\s-]inversion (?:of )?(?:an? |the )?"
            r"([A-G](?![a-z]{3})[^\s,.;:()]{0,12}(?:[\s-](?:sharp|flat|major|minor|dominant|seventh|7th"
            r"|7|diminished|augmented|half-diminished)){0,4})(?: chord| triad)?(?![\w#])",
            _I,
        ),
        "{1}, {0} inversion",
    ),
)
_TURNS = Pattern(r"\b(?:on|at|auf|root|inversion|\w*dim\w*|augmented|uberma\w+|type|quality)\b", _I)
_DOMINANT_OF = Pattern(
    r"\b(?:dominant[\s-](?:7th|7|seventh)|V7)(?: chord)? (?:of|in) (?:the key of )?"
    rf"{_NOTE}(?:[\s-]*(?:major|minor))?(?![\w#])"
)


def turned(text: str) -> list[tuple[int, int, str]]:
    """(start, end, chord in the usual order) of what is said the other way round.

    >>> turned("a dominant seventh chord on G")
    [(2, 29, 'G dominant seventh')]
    """
    found = []
    if _TURNS.search(text):
        for pattern, order in _TURNED:
            for m in pattern.finditer(text):
                parts = [(group or "").strip() for group in m.groups()]
                found.append((m.start(), m.end(), order.format(*parts).strip()))
    for m in _DOMINANT_OF.finditer(text) if "7" in text or "seventh" in text else ():
        fifth = letter_note(m[1][0], m[1][1:]).fifths + 1
        found.append((m.start(), m.end(), f"{Note(fifth).name}7"))
    return sorted(found)


@lru_cache(maxsize=4096)
def spoken(text: str) -> str:
    """Quality words (without accents) as the suffix of a lead-sheet symbol.

    >>> spoken(" minor seventh")
    ' m 7'
    """
    if not text.isascii():
        for words, sign in _CHINESE.items():
            text = text.replace(words, sign)
    text = _WORD.sub(lambda m: _WORDS[int((m.lastgroup or "w0")[1:])][1], text)
    return _HYPHENS.sub("", text)
