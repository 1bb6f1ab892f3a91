"""The names of the ontology by their words: which may begin at a place, and which ends there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rewards.claims.grammar.names import doubtful
from rewards.claims.grammar.names.vocabulary_words import LEFT_OUT
from rewards.spelling.ontology import Vocabulary, ontology

_TYPES: tuple[tuple[Vocabulary, str], ...] = (
    ("instruments", "instrument"),
    ("genre", "genre"),
    ("mood", "mood"),
)
_MOST_WORDS = 5


class Name(NamedTuple):
    """What some words name.

    Attributes:
        kind: "instrument", "genre" or "mood".
        canonical: the name in the ontology.
        doubtful: the words mostly mean something else.
    """

    kind: str
    canonical: str
    doubtful: bool


class _Start(NamedTuple):
    """How the names go on that begin with a word.

    Attributes:
        sizes: how many words they have, the most first.
        seconds: their second words, of which one must follow; none where the word stands alone.
    """

    sizes: tuple[int, ...]
    seconds: frozenset[str]


@lru_cache(maxsize=1)
def names() -> dict[tuple[str, ...], tuple[Name, ...]]:
    """Words -> what they name, without instruments whose names mostly mean something else."""
    listed: dict[tuple[str, ...], list[Name]] = {}
    for vocabulary, kind in _TYPES:
        for written, canonical in ontology(vocabulary).canonical.items():
            words = tuple(written.replace("'s ", " 's ").split())
            name = Name(kind, canonical, written in LEFT_OUT[vocabulary])
            if name.doubtful and kind == "instrument":
                continue
            if len(words) <= _MOST_WORDS and len(written) > 2:
                listed.setdefault(words, []).append(name)
    return {words: tuple(named) for words, named in listed.items()}


@lru_cache(maxsize=1)
def _starts() -> dict[str, _Start]:
    """The words with which a name may begin."""
    begun: dict[str, list[tuple[str, ...]]] = {word: [] for word in (*doubtful.WORDS, "bass")}
    alone = {*begun, *(words[0] for words in names() if len(words) == 1)}
    for words in names():
        begun.setdefault(words[0], []).append(words)
    return {
        word: _Start(
            tuple(sorted({*map(len, listed)}, reverse=True)),
            frozenset(() if word in alone else (words[1] for words in listed)),
        )
        for word, listed in begun.items()
    }


def spots(words: list[str]) -> list[int]:
    """The places where a name may begin."""
    starts = _starts()
    return [
        at
        for at, word in enumerate(words)
        if word in starts
        and (
            not (seconds := starts[word].seconds)
            or (at + 1 < len(words) and words[at + 1] in seconds)
        )
    ]


def named(words: list[str], spot: int) -> Iterator[tuple[int, Name]]:
    """What begins at a place, and how many words name it, the most first."""
    start = _starts().get(words[spot])
    for size in start.sizes if start else ():
        if spot + size <= len(words):
            for name in names().get(tuple(words[spot : spot + size]), ()):
                yield size, name


@lru_cache(maxsize=1)
def _sure() -> frozenset[tuple[str, str]]:
    """The words that alone are a sure name, each with its type."""
    return frozenset(
        (words[0], name.kind)
        for words, named in names().items()
        for name in named
        if len(words) == 1 and not name.doubtful
    )


def known(word: str, kind: str) -> bool:
    """Is a word the sure name of a type?"""
    return (word, kind) in _sure()


@lru_cache(maxsize=1)
def _genres() -> frozenset[tuple[str, ...]]:
    """The words of each genre."""
    return frozenset(
        words for words, named in names().items() if any(name.kind == "genre" for name in named)
    )


def genre_to(words: list[str], end: int) -> int:
    """The length of the genre that ends at a place, 0 for none."""
    for size in (3, 2, 1):
        if size <= end + 1 and tuple(words[end + 1 - size : end + 1]) in _genres():
            return size
    return 0
