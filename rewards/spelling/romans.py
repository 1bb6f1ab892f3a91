"""Roman numerals as they are written: one form for each of their spellings.

Conventions
-----------
Case tells the quality of the triad and is kept: ``V7`` is not ``v7``. ``VVVV`` and
``IIII`` are nothing.

=======================================  =====================================
written                                  form
=======================================  =====================================
viio, viidim, VII°, vii0; viiø7, vii/o7  vii°; viiø7
Vaug, V+                                 V+
IIm7, ii-7, iimin7; VIIm7b5              ii7; viiø7
V6/5, V653; V2, V4/2; I63; V53           V65; V42; I6; V
IM7, IΔ7, Imaj7                          Imaj7
N, N6; K64, Cad6/4, V64-53               bII6; Cad64
Ger+6, Ger6, Gr+6; It+6; Fr6; Sw43       Ger65; It6; Fr43; Sw43
V7/V, V7/(V), V of V; V/V/V              V7/V, V7/V, V/V; V/V/V
=======================================  =====================================
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

MAJOR_KEY = ("I", "ii", "iii", "IV", "V", "vi", "vii°")
MINOR_KEY = ("i", "ii°", "III", "iv", "V", "VI", "vii°")
"""The triads of a key by degree, in minor with the dominant and the leading tone."""
NUMERAL = r"(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
_MARK = r"(?:°|o|ø|/o|0(?=7|6|4|2|/|$|\s)|\+|hdim|dim|aug|m(?![a-z])|min(?![a-z])|-(?=7|$))?"
_FIGURES = (
    r"(?:m?7b5|b5|maj7|maj9|ma7|M7|Δ7?|642|653|643|6/5|4/3|4/2|6/4|5/3|6/3|65|64|63|53|43|42|13|11|9"
    r"|7|6|5|4|2)?(?:sus[24]?|add(?:9|6|11)|[b#](?:9|13|11|5))?"
)
_SIXTH = r"(?:Ger|Gr|Sw)\.?\+?(?:6/5|65|43|4/3|6)|It\.?\+?(?:6|53)|Fr\.?\+?(?:6|43|4/3)"
_CADENTIAL = r"(?:[Cc]ad\.?|K)6/?4|V6/?4\s?-\s?5/?3"
_ONE = rf"(?:{_CADENTIAL}|[#b]{{0,2}}{NUMERAL}{_MARK}{_FIGURES}|{_SIXTH}|N6?)"
_TARGET = rf"(?:(?:/|\sof\s)\(?[#b]?{NUMERAL}°?\)?){{1,3}}"
_ROMAN = Pattern(rf"{_ONE}(?:{_TARGET})?")
PRONOUN = (
    r"(?![iI]\s+(?!chord|triad|is\b|with\b|resol|moves\b|goes\b"
    r"|(?:or|and|to|nor|vs|then)\b\.?\s+(?:an?\s|the\s|perhaps\s|maybe\s)?"
    r"[#b]?[ivIV]{1,3}(?![A-Za-z])"
    r"|in\s(?:first|second|third|root|the\b|[A-G]))[a-z']|[iI]'|im\b|i\.\s?e\b)"
)
"""Not the pronoun of "I hear", but the numeral of "I or IV"."""
_FOUND = Pattern(rf"(?<![\w#/.']){PRONOUN}({_ONE}(?:{_TARGET})?)(?![\w#°ø+/'])")
_PARTS = Pattern(
    rf"([#b]{{0,2}})({NUMERAL})(°|o|ø|/o|0(?=7|6|4|2|$)|\+|hdim|dim|aug|min|m(?!7b5|[a-z])|-|)(.*)"
)
_STACKED = {
    "6/5": "65", "4/3": "43", "4/2": "42", "6/4": "64", "5/3": "", "6/3": "6", "63": "6", "53": "",
    "5": "", "642": "42", "653": "65", "643": "43", "2": "42", "4": "4", "Δ": "maj7",
    "Δ7": "maj7", "M7": "maj7", "ma7": "maj7",
}  # fmt: skip
_MARKS = {"o": "°", "dim": "°", "0": "°", "/o": "ø", "hdim": "ø", "aug": "+", "min": "m", "-": "m"}


@lru_cache(maxsize=4096)
def parse_roman(text: str) -> str | None:
    """The numeral in its one form, or None.

    >>> parse_roman("viio6/5")
    'vii°65'
    """
    text = re.sub(r"\s*chord$", "", text.strip().rstrip("."))
    if len(text) > 40:
        return None
    text = re.sub(r"\s+(?=[°ø+\d])", "", text)
    return _form(text) if _ROMAN.fullmatch(text) else None


def find_romans(text: str) -> list[Mention[str]]:
    """The numerals that a text names, in order; the pronoun "I" is none."""
    return [Mention(_form(m[1]), m.start(), m.end()) for m in _FOUND.finditer(text)]


@lru_cache(maxsize=4096)
def _form(text: str) -> str:
    if re.fullmatch(_CADENTIAL, text):
        return "Cad64"
    text = re.sub(r"\sof\s", "/", text)
    chord, target = text, ""
    over = re.search(rf"(?:/\(?[#b]?{NUMERAL}°?\)?)+$", text)
    if over:
        chord, target = text[: over.start()], re.sub(r"[()]", "", over[0])
    return _chord_form(chord) + target


def _chord_form(text: str) -> str:
    named = re.match(r"Gr|Ger|It|Fr|Sw|N|[Cc]ad|K", text)
    if named:
        forms = {"It": "It6", "Fr": "Fr43", "Sw": "Sw43", "N": "bII6", "K": "Cad64"}
        forms |= {"Cad": "Cad64", "cad": "Cad64"}
        return forms.get(named[0], "Ger65")
    found = _PARTS.fullmatch(text)
    if found is None:
        return text
    signs, name, mark, rest = found.groups()
    mark = _MARKS.get(mark, mark)
    if rest in ("m7b5", "7b5") and (mark == "m" or rest == "m7b5" or name.islower()):
        mark, rest = "ø", "7"
    split = re.fullmatch(r"([\d/]*|Δ7?|M7|ma7|maj\d)((?:sus|add|[b#]).*)?", rest)
    figures, added = (split[1], split[2] or "") if split else (rest, "")
    if mark == "m":
        mark, name = "", name.lower()
    if mark in ("°", "ø"):
        name = name.lower()
    if mark == "ø" and figures == "":
        figures = "7"
    added = "sus4" if added == "sus" else added
    return signs + name + mark + _STACKED.get(figures, figures) + added
