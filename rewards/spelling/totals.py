"""Counts told with what they are made of: "3: two guitars and a bass", "two and one, so three".

Conventions
-----------
For texts that say several numbers where one is asked.

==============================================  =======
text                                            total
==============================================  =======
3 instruments (2 guitars and 1 bass)            3
There are three: a guitar, a bass and a drum    3
2 guitars and 1 bass, so 3; 2 + 1 = 3           3
3 (2+1); 3 beats: 2 + 1                         3
3 or 4; 3 (maybe 4); 3 (or 2 guitars)           none
twice; drei Stimmen; 三种乐器                   "2 times", "3", "3" (``counted``)
==============================================  =======
"""

from __future__ import annotations

from itertools import pairwise

from rewards.patterns import Pattern
from rewards.spelling.numbers import CHINESE, Quantity, find_quantities

_OPEN = Pattern(r"\b(?:or|maybe|perhaps|possibly|could|might|may|but|not)\b|[?/]", 2)
_LEADS = Pattern(r"(?: [a-z]{2,14}){0,3}\s?(?:[:(,]|-\s)[^\d]{0,40}", 2)
_GROUPED = Pattern(r"(?:\s(?:beats?|counts?|pulses?|bars?))?\s*[:,(=]\s*", 2)
_PLUS = Pattern(r"\s*\+\s*")
_CONCLUDES = Pattern(
    r"(?:=|\b(?:so|total(?:ling|s)?|altogether|hence|therefore|thus|makes?|making|gives?|giving)\b)"
    r"(?: (?:of|is|it|that|there|are|in|a))*[\s:,]*$",
    2,
)
_NOUN = Pattern(r" (?!and\b|or\b)[a-z]{2,}", 2)
_COUNTING = ("", "thing", "beat", "bar")
_TIMES = {"once": "1 time", "twice": "2 times", "thrice": "3 times"}
# Counts in other tongues; where a word is one in several, it is the same.
_ABROAD = (
    "un une uno una ein eine um uma", "deux dos due zwei dois duas", "trois tres tre drei",
    "quatre cuatro quattro vier quatro", "cinq cinco cinque fünf", "six seis sei sechs",
    "sept siete sette sieben sete", "huit ocho otto acht oito",
)  # fmt: skip
_NUMBERS = {word: number for number, words in enumerate(_ABROAD, 1) for word in words.split()}
_SIGNS = {sign: number for number, sign in enumerate(CHINESE) if number} | {"两": 2, "兩": 2}
_ALONE = Pattern(
    r"(?:es (?:sind|gibt)|il y a|hay|son|ci sono|há|有|是)?\s?"
    rf"(?:({'|'.join(_NUMBERS)})(?: \w{{3,20}})?"
    rf"|([{''.join(_SIGNS)}])(?:[个個种種人件把位次声聲首つ]\w{{0,6}})?)",
    2,
)
_TIMES_WORD = Pattern(r"\b(once|twice|thrice)\b(?!\s(?:as|the|that|of|a|\d))", 2)


def total(text: str) -> Quantity | None:
    """The number that sums up the others of a text, or None.

    >>> total("2 guitars and 1 bass, so 3").low
    3.0
    """
    found = [
        m
        for m in find_quantities(text)
        if m.value.unit in _COUNTING and m.value.low == m.value.high
    ]
    if len(found) < 2 or _OPEN.search(text):
        return None
    first, last = found[0], found[-1]
    leads = _LEADS.fullmatch(text[first.end : found[1].start]) is not None
    if leads and all(
        m.value.low < first.value.low and (m.value.unit or _NOUN.match(text, m.end))
        for m in found[1:]
    ):
        return first.value
    if len(found) > 2 and _GROUPED.fullmatch(text[first.end : found[1].start]):
        between = (text[a.end : b.start] for a, b in pairwise(found[1:]))
        added = all(_PLUS.fullmatch(gap) for gap in between)
        if added and sum(m.value.low for m in found[1:]) == first.value.low:
            return first.value
    before = text[found[-2].end : last.start]
    if _CONCLUDES.search(before) and all(m.value.low < last.value.low for m in found[:-1]):
        return last.value
    return None


def counted(text: str) -> str:
    """The text with "twice" as "2 times", and "drei Stimmen" as 3; "twice as fast" stays."""
    alone = _ALONE.fullmatch(text)
    if alone:
        return str(_NUMBERS[alone[1].lower()] if alone[1] else _SIGNS[alone[2]])
    return _TIMES_WORD.sub(lambda m: _TIMES[m[1].lower()], text)
