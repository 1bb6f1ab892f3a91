"""Progressions by degree: Nashville numbers ("1-5-6-4") and functions ("tonic, dominant")."""

from __future__ import annotations

import re

from rewards.patterns import Pattern
from rewards.spelling.keys import Key
from rewards.spelling.progression_keys import ALTERNATIVE
from rewards.spelling.progression_lists import numerals_of
from rewards.spelling.progression_steps import Progression
from rewards.spelling.romans import MAJOR_KEY, MINOR_KEY
from rewards.spelling.scales import DEGREES, NUMBERS

_I = re.IGNORECASE
_NASHVILLE = Pattern(
    r"\(?(?:[b#]?[1-7](?:m7?|-7?|7|maj7?|°)?|[ivIV]{1,3})"
    r"(?:(?:\s*[-,>|→]+\s*|\s+)(?:[b#]?[1-7](?:m7?|-7?|7|maj7?|°)?|[ivIV]{1,3})){2,15}\)?"
    r"(?:\s*\(?(?:nashville|in nashville)[\w\s]*\)?)?(?:\s+progression)?",
    _I,
)
_DEGREE = Pattern(r"([b#]?)([1-7])(m7?|-7?|7|maj7?|°)?(?!\w)|([ivIV]{1,3})(?!\w)")
_IN_MINOR = (*MINOR_KEY[:6], "VII")
_NUMBER_WORD = "|".join(NUMBERS)
_NUMBER = Pattern(_NUMBER_WORD)
_SPOKEN = Pattern(
    rf"(?:the )?(?:{_NUMBER_WORD})(?:(?:[\s,>→-]|to)+(?:{_NUMBER_WORD})){{2,15}}"
    r"(?: progression)?",
    _I,
)
_FUNCTION = Pattern(
    r"\b(tonic|supertonic|mediant|subdominant|dominant|submediant|leading[\s-]tone)\b"
    r"(?!\s+(?:seventh\s+)?of\b)",
    _I,
)
_FUNCTIONS = (*DEGREES, "leading tone")


def by_degree(text: str, key: Key | None) -> tuple[Progression, ...]:
    """Nashville numbers ("1-5-6-4") and functions ("tonic, dominant, tonic")."""
    names = _IN_MINOR if key is not None and key.mode == "minor" else MAJOR_KEY
    parts: list[str] = []
    if _NASHVILLE.fullmatch(text):
        for sign, digit, mark, numeral in (m.groups() for m in _DEGREE.finditer(text)):
            if numeral:
                parts.append(numeral)
                continue
            name, mark = names[int(digit) - 1], (mark or "").replace("-", "m")
            name = name.lower().rstrip("°") if mark.startswith("m") and mark != "maj" else name
            parts.append(sign + name + ("7" if mark.endswith("7") else ""))
    elif _SPOKEN.fullmatch(text):
        parts = [names[NUMBERS.index(word)] for word in _NUMBER.findall(text.lower())]
    elif not ALTERNATIVE.search(text):
        found = (m[1].lower().replace("-", " ") for m in _FUNCTION.finditer(text))
        parts = [names[_FUNCTIONS.index(name)] for name in found]
    reading = numerals_of(parts, key)
    return (reading,) if reading else ()
