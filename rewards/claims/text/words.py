"""Sets of words, written as one text."""

from __future__ import annotations


def word_set(text: str, apart: str | None = None) -> frozenset[str]:
    """The words of a text, parted by blanks or by ``apart``."""
    return frozenset(text.split(apart))
