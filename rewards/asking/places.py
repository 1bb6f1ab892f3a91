"""Where the words that a model quotes stand in a text.

A model copies a text with quotation marks, dashes, signs and blanks of its own: "it's in F# minor"
of “it’s in F♯ minor”. Such words are found, too. Otherwise a policy could learn typography in
which none of its claims is found, and none is judged.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.text import fold


def place(quote: str, text: str, at: int) -> tuple[int, int] | None:
    """Where the words begin and end: behind ``at``, where the claim before begins, else anywhere.

    >>> place("it's  in F#", "so it’s in F♯ minor", 0)
    (3, 13)
    """
    if not quote.strip():
        return None
    start = text.find(quote, at)
    start = start if start >= 0 else text.find(quote)
    if start >= 0:
        return start, start + len(quote)
    words, _ = _plain(quote.strip())
    line, places = _plain(text)
    behind = next((n for n, stood in enumerate(places) if stood >= at), 0)
    start = line.find(words, behind)
    start = start if start >= 0 else line.find(words)
    if not words or start < 0:
        return None
    return places[start], places[start + len(words) - 1] + 1


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
