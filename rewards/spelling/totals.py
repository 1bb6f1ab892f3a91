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
3 or 4; 3 (maybe 4); 3 (or 2 guitars)           none
twice                                           "2 times" (``counted``)
==============================================  =======
"""

from __future__ import annotations

from rewards.patterns import Pattern
from rewards.spelling.numbers import Quantity, find_quantities

_OPEN = Pattern(r"\b(?:or|maybe|perhaps|possibly|could|might|may|but|not)\b|[?/]", 2)
_LEADS = Pattern(r"(?: [a-z]{2,14}){0,3}\s?(?:[:(,]|-\s)[^\d]{0,40}", 2)
_CONCLUDES = Pattern(
    r"(?:=|\b(?:so|total(?:ling|s)?|altogether|hence|therefore|thus|makes?|making|gives?|giving)\b)"
    r"(?: (?:of|is|it|that|there|are|in|a))*[\s:,]*$",
    2,
)
_NOUN = Pattern(r" (?!and\b|or\b)[a-z]{2,}", 2)
_COUNTING = ("", "thing", "beat", "bar")
_TIMES = {"once": "1 time", "twice": "2 times", "thrice": "3 times"}
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
    before = text[found[-2].end : last.start]
    if _CONCLUDES.search(before) and all(m.value.low < last.value.low for m in found[:-1]):
        return last.value
    return None


def counted(text: str) -> str:
    """The text with "twice" as "2 times"; "twice as fast" stays."""
    return _TIMES_WORD.sub(lambda m: _TIMES[m[1].lower()], text)
