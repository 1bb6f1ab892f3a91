"""The words of a completion, for the rewards that judge how it is written.

Conventions
-----------
A word is a run of letters and digits. Chinese, Japanese and Korean write without
blanks: there each sign is a word. Tags are no words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rewards.parameters import Problem
from rewards.patterns import Pattern
from rewards.records import Response

Place = Literal["completion", "think", "answer"]

LONGEST = 100_000
"""Characters past this many are not read."""

_TAG = Pattern(r"</?(?:think|answer)>")
_WORD = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’][^\W_]+)?")


def words_of(response: Response, place: Place) -> list[str]:
    """The words of the whole completion, its think part or its answer, in lower case."""
    text = {"completion": response.text, "think": response.think, "answer": response.answer}[place]
    if not text:
        return []
    text = _TAG.sub(" ", text[:LONGEST].casefold())
    return [match[0] for match in _WORD.finditer(text)]


def run_problems(*, n: int, **_: object) -> Iterator[Problem]:
    """What is wrong with a number of words in a run."""
    if n < 1:
        yield "n", f"got {n}, expected at least 1"
