"""Where the words that a model quotes stand in a text.

A model copies a text with quotation marks, dashes, signs and blanks of its own: "it's in F# minor"
of “it’s in F♯ minor”. Such words are found, too. Otherwise a policy could learn typography in
which none of its claims is found, and none is judged.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from rewards.text import fold


def place(quote: str, text: str, at: int) -> tuple[int, int] | None:
    """Where the words begin and end: behind ``at``, where the claim before begins, else anywhere.

    >>> place("it's  in F#", "so it’s in F♯ minor", 0)
    (3, 13)
    """
    if not quote.strip():
        return None
    for since in (at, 0):
        start = text.find(quote, since)
        if start >= 0:
            return start, start + len(quote)
        found = _loosely(quote, text, since)
        if found is not None:
            return found
    return None


def _loosely(quote: str, text: str, since: int) -> tuple[int, int] | None:
    words, _ = _plain(quote.strip())
    line, places = _plain(text)
    start = line.find(words, bisect_left(places, since)) if words else -1
    return None if start < 0 else (places[start], places[start + len(words) - 1] + 1)


@lru_cache(maxsize=64)
def _plain(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in plain signs with single blanks, and where each of its characters stood."""
    line: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for plain in _folded(character):
            blank = plain.isspace()
            if not (blank and line and line[-1] == " "):
                line.append(" " if blank else plain)
                places.append(at)
    return "".join(line), tuple(places)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return fold(character)
