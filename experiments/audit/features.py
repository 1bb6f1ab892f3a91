"""What a text looks like, whatever it says: the surface that a reward should not pay for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from rewards.records import Question, Response

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "number of words": "word",
        "words of the thought": "word",
        "words of the answer": "word",
        "words outside the blocks": "word",
        "options named": "option",
        "place of the option answered": "place",
        "notes named": "note",
        "hedges": "hedge",
        "words said before": "word",
        "words of the question said again": "word",
        "marks of layout": "mark",
    }
)
"""A feature -> what it counts."""

_MOST = 20_000
"""Characters of a text that are looked at."""
_WORD = re.compile(r"[^\W_]+[#♯♭]?")
_NOTE = re.compile(r"(?<![^\W_])[A-G](?:#|b|♯|♭)?(?![^\W_])")
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|likely|might|could|either|or|unsure|guess)\b", re.I
)
_MARK = re.compile(r"\n|\*+|^[-#]+ ", re.MULTILINE)
_LONG = 4  # letters; shorter words are everybody's


def features(question: Question, response: Response) -> tuple[float, ...]:
    """The features of a completion in the order of ``UNITS``; NaN for one that does not apply."""
    text = response.text[:_MOST]
    said, thought, answer = (words(part or "") for part in (text, response.think, response.answer))
    asked = {word for word in words(question.text) if len(word) >= _LONG}
    named, place = _options(question.choices, text, response.answer or "")
    return (
        len(said),
        len(thought),
        len(answer),
        # The names of the tags are words, too, of no block.
        len(said) - len(thought) - len(answer),
        named,
        place,
        len(_NOTE.findall(text)),
        len(_HEDGE.findall(text)),
        len(said) - len(set(said)),
        len(asked.intersection(said)),
        len(_MARK.findall(text)),
    )


def words(text: str) -> list[str]:
    """
    >>> words("The bass ends on F#, I think.")
    ['the', 'bass', 'ends', 'on', 'f#', 'i', 'think']
    """
    return [word.lower() for word in _WORD.findall(text[:_MOST])]


def _options(choices: tuple[str, ...], text: str, answer: str) -> tuple[float, float]:
    """How many options stand in the text; which one, from 1, alone stands in the answer."""
    if not choices:
        return math.nan, math.nan
    patterns = [rf"(?<!\w){re.escape(choice)}(?![\w#♯♭])" for choice in choices]
    named = sum(bool(re.search(pattern, text, re.I)) for pattern in patterns)
    there = [
        place
        for place, pattern in enumerate(patterns, start=1)
        if re.search(pattern, answer[:_MOST], re.I)
    ]
    return named, there[0] if len(there) == 1 else math.nan
