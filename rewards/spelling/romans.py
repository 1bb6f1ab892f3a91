"""Roman numerals as they are written: one form for each of their spellings.

Conventions
-----------
Case tells the quality of the triad and is kept: ``V7`` is not ``v7``. "o" and
"dim" are read as ``°``, "0" after a numeral as ``ø``, "aug" as ``+``; figures
may be stacked (``V6/5`` is ``V65``). ``VVVV`` and ``IIII`` are nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

_NUMERAL = r"(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
_FIGURES = r"(?:maj7|M7|6/5|4/3|4/2|6/4|65|64|63|43|42|13|11|9|7|6|5|4|2|sus4|sus2)?"
_ONE = (
    rf"(?:[#b]{{0,2}}{_NUMERAL}(?:°|o|ø|0(?=7|6|4|$)|\+|dim|aug)?{_FIGURES}"
    r"|Cad64|Ger\+?(?:6|65)|It\+?6|Fr\+?(?:6|43)|N6?)"
)
_ROMAN = Pattern(rf"{_ONE}(?:/[#b]?{_NUMERAL}°?)?")
_FOUND = Pattern(rf"(?<![\w#/.'])(?!I\s+[a-z']|I')({_ONE}(?:/[#b]?{_NUMERAL}°?)?)(?![\w#°ø+/'])")


@lru_cache(maxsize=4096)
def parse_roman(text: str) -> str | None:
    """The numeral in its one form, or None.

    >>> parse_roman("viio6/5")
    'vii°65'
    """
    text = re.sub(r"\s*chord$", "", text.strip().rstrip("."))
    text = re.sub(r"\s+(?=[°ø+\d])", "", text)
    return _form(text) if _ROMAN.fullmatch(text) else None


def find_romans(text: str) -> list[Mention[str]]:
    """The numerals that a text names, in order; the pronoun "I" is none."""
    return [Mention(_form(m[1]), m.start(), m.end()) for m in _FOUND.finditer(text)]


def _form(text: str) -> str:
    text = re.sub(r"(?<=[ivIV])(?:o|dim)(?![a-z])", "°", text)
    text = re.sub(r"(?<=[ivIV])0(?=7|6|4|$)", "ø", text)
    text = text.replace("aug", "+")
    return re.sub(r"([64])/([5342])", r"\1\2", text)
