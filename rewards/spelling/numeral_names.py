"""Numerals with names of their own, and inversions in words.

Conventions
-----------
==============================================  ==============================
written                                         read as
==============================================  ==============================
Neapolitan (sixth); Neapolitan in root          bII6; bII
position
German (augmented) sixth, aug. 6th (Italian)    Ger65, It6
cadential six-four, double dominant             Cad64, V/V
V7 in first inversion, with the third in the    V7, and the order 1
bass
==============================================  ==============================
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.inversions import MEMBERS
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.numeral_signs import plain_signs
from rewards.spelling.romans import parse_roman

_I = re.IGNORECASE
_SOURCE = r"\b(?:in\s)?(?:its\s)?(first|second|third|1st|2nd|3rd)[\s-]inversion"
_INVERSION = Pattern(
    rf"[,(]?\s?(?:{_SOURCE}(?:\sof(?:\sthe)?\b)?|(?:\bin\s)?\b(root)[\s-]position"
    r"|(?:\bwith\s)?(?:\bthe\s|\bits\s)?\b(root|third|3rd|fifth|5th|seventh|7th)\sin\sthe\sbass)\)?",
    _I,
)
_ORDER = {"root": 0, "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_SEVERAL_INVERSIONS = Pattern(
    r"\b(?:first|second|third|root)(?:[\s-](?:inversion|position))?\s?(?:or|/)\s?(?:in\s)?"
    r"(?:first|second|third|root)\b",
    _I,
)
_AUGMENTED = r"(?:aug(?:mented|\.)?[\s+-]{0,2}|\+)?(?:sixth|6(?:th)?(?:/5)?|4/3)"
_NAMED = (
    (Pattern(r"\bcadential\s(?:six[\s-]four|6[/-]?4|second[\s-]inversion)", _I), "Cad64"),
    (
        Pattern(
            r"\bneapolitan(?:\s(?:sixth|6(?:th)?|chord|triad))*"
            r"(?:,?\s\(?(?:in\s)?root[\s-]position\)?)?",
            _I,
        ),
        "bII6",
    ),
    *(
        (
            Pattern(rf"\b{name}\s{_AUGMENTED}|\b{_AUGMENTED}\s?(?:chord)?[\s,:-]*\(?{name}\b", _I),
            form,
        )
        for name, form in (("german", "Ger65"), ("italian", "It6"), ("french", "Fr43"))
    ),
    (Pattern(r"\b(?:double\sdominant|doppeldominante)\b", _I), "V/V"),
)
_DRESS = Pattern(r"^(?:the|an?)\s|\s(?:chord|triad)$", _I)
_TRIADS, _SEVENTHS = ("", "6", "64"), ("7", "65", "43", "42")
_FIGURED = Pattern(r"([#b]{0,2}[ivIV]{1,3}[°ø+]?)(7?)((?:/.*)?)")


def without_inversions(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without its inversions in words, and their distinct orders, -1 for a choice."""
    orders = [-1] if _SEVERAL_INVERSIONS.search(text) else []

    def noted(match: re.Match[str]) -> str:
        order = match[1] or match[2]
        orders.append(_ORDER[order.lower()] if order else MEMBERS[match[3].lower()])
        return " "

    text = " ".join(_INVERSION.sub(noted, text).split())
    return text, tuple(dict.fromkeys(orders))


def named_numerals(text: str) -> list[str]:
    """The distinct chords with a name of their own that the text asserts."""
    found = []
    for pattern, form in _NAMED:
        mentions = [
            Mention("bII" if form == "bII6" and "root" in m[0].lower() else form, *m.span())
            for m in pattern.finditer(text)
        ]
        found += [m.value for m in asserted(text, mentions)]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def whole_numeral(text: str) -> str | None:
    """The one form of a text that is a numeral, in signs, by name or with its inversion in words.

    >>> whole_numeral("ii in first inversion"), whole_numeral("German sixth chord")
    ('ii6', 'Ger65')
    """
    form = parse_roman(text)
    if form is not None or len(text) > 80:
        return form
    short = _DRESS.sub("", text.strip(" ."))
    named = next((form for pattern, form in _NAMED if pattern.fullmatch(short)), None)
    if named is not None:
        names = named_numerals(short)
        return names[0] if len(names) == 1 else None
    rest, orders = without_inversions(plain_signs(text))
    form = parse_roman(_DRESS.sub("", rest.strip(" .,;:()")))
    if form is None or not orders:
        return form
    order = orders[0] if len(orders) == 1 else -1
    figured = _FIGURED.fullmatch(form)
    figures = _SEVENTHS if figured and figured[2] else _TRIADS
    if figured is None or not 0 <= order < len(figures):
        return None
    return figured[1] + figures[order] + figured[3]
