"""Tables of words, each written as one text."""

from __future__ import annotations


def word_set(text: str, apart: str | None = None) -> frozenset[str]:
    """The words of a text, parted by blanks or by ``apart``."""
    return frozenset(text.split(apart))


def phrases(text: str) -> tuple[list[str], ...]:
    """Runs of words, parted by "|", as a slice of a sentence's words is one."""
    return tuple(phrase.split() for phrase in text.split("|"))


def phrase_set(text: str) -> frozenset[tuple[str, ...]]:
    """The same as a set of tuples."""
    return frozenset(map(tuple, phrases(text)))
