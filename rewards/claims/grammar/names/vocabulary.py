"""Claims of instruments, genres and moods: names of the ontology in running text.

Conventions
-----------
The longest name wins ("electric piano" is no piano). Names that mostly mean something else in
talk about music are left out: the *bass* settles, the *tenor* rises, in the *chorus*, an *open
string*, a *voice* that leads, a *dark* tone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rewards.claims.context import Context, Found
from rewards.claims.grammar.names import doubtful, genres, kinds, meanings, moods, singers
from rewards.claims.grammar.names.definitions import VERBS, definitions
from rewards.claims.grammar.names.genre_words import BARE_GENRES, ERAS, SURE
from rewards.claims.grammar.names.genres import meant_there
from rewards.claims.grammar.names.lists import IN_LISTS, listed
from rewards.claims.grammar.names.mood_words import EMOTIONS, FELT
from rewards.claims.grammar.names.vocabulary_words import (
    ALIASES,
    BAND,
    COMMON,
    FAMILIES,
    FAMILY,
    LEFT_OUT,
    TALK,
    THE,
)
from rewards.claims.text.sentences import Sentence
from rewards.spelling.ontology import Vocabulary, ontology

_TYPES: tuple[tuple[Vocabulary, str], ...] = (
    ("instruments", "instrument"),
    ("genre", "genre"),
    ("mood", "mood"),
)
_MOST_WORDS = 5


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    """First word -> (words, type, canonical name), the longest first."""
    listed: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for vocabulary, kind in _TYPES:
        for written, name in ontology(vocabulary).canonical.items():
            words = tuple(written.replace("'s ", " 's ").split())
            if vocabulary == "instruments" and written in LEFT_OUT[vocabulary]:
                continue
            if len(words) <= _MOST_WORDS and len(written) > 2:
                listed.setdefault(words[0], []).append((words, kind, name))
    return {
        word: tuple(sorted(names, key=lambda name: -len(name[0]))) for word, names in listed.items()
    }


@lru_cache(maxsize=1)
def marks() -> frozenset[str]:
    """A word of each name, the one that tells most: without one a text holds no name."""
    names = [
        name
        for listed in _index().values()
        for name, kind, _ in listed
        if not _doubtful(" ".join(name), kind) or name[0] in SURE
    ]
    alone = {name[0] for name in names if len(name) == 1}

    def mark(name: tuple[str, ...]) -> str:
        telling = [word for word in name if word not in COMMON] or list(name)
        return max(telling, key=lambda word: (word in alone, len(word)))

    maybe = FELT | EMOTIONS | ERAS | BARE_GENRES | IN_LISTS.keys() | TALK["mood"]
    return frozenset(mark(name) for name in names) | maybe | doubtful.WORDS | singers.WORDS


@lru_cache(maxsize=1)
def _starts() -> frozenset[str]:
    """The words with which a name may begin."""
    return frozenset((*_index(), *doubtful.WORDS, "bass"))


@lru_cache(maxsize=1)
def _genres() -> frozenset[tuple[str, ...]]:
    """The words of each genre."""
    return frozenset(
        name for listed in _index().values() for name, kind, _ in listed if kind == "genre"
    )


def _doubtful(written: str, kind: str) -> bool:
    """A name that mostly means something else."""
    return kind in TALK and written in LEFT_OUT[kind]


def _known(word: str, kind: str) -> bool:
    """Is a word the sure name of a type?"""
    return any(
        name == (word,) and type_ == kind and not _doubtful(word, kind)
        for name, type_, _ in _index().get(word, ())
    )


def read(sentence: Sentence, context: Context) -> None:
    """Take down the names of a sentence."""
    spoken = sentence.once(_spoken)
    words, places = spoken.words, spoken.places
    named = sentence.once(_names, context.facet)
    instruments = [spot for spot, _, kind, _ in named if kind == "instrument"]
    silent: frozenset[int] = frozenset()
    denied: frozenset[int] = frozenset()
    if not sentence.bag.isdisjoint(VERBS) and (
        len(instruments) < len(named) or not sentence.bag.isdisjoint(BARE_GENRES)
    ):
        silent, denied = definitions(words, lambda end: _genre_to(words, end))
    for n, (spot, size, kind, name) in enumerate(named):
        if spot in silent and spot not in denied:
            continue
        if kind == "instrument":
            if words[spot] == "horns" and context.band and size == 1:
                name = "brass"
            elif name in kinds.NAMES:
                until = next((at for at in instruments if at > spot), len(words))
                name = kinds.told(words, spot, size, name, until)
            if _again(words, spot, name, context) or _heads(words, spot, size, named[n + 1 :]):
                continue
            context.band = context.band or name in BAND
            context.heard.add(name)
        found = Found(kind, name, places[spot], places[spot + size - 1])
        found.polarity = "denied" if spot in denied else None
        if kind == "genre" and meant_there(words, spot, size):
            found.polarity = "asserted"
        context.add(found)
    for spot in denied.difference(spot for spot, _, _, _ in named):  # "thrash gallops; this crawls"
        name, size = next(
            (canonical, len(words_))
            for words_, kind, canonical in _index()[words[spot]]
            if kind == "genre" and tuple(words[spot : spot + len(words_)]) == words_
        )
        context.add(Found("genre", name, places[spot], places[spot + size - 1], polarity="denied"))
    if len(context.heard) > 1:
        _same(words, places, context)


class _Spoken(NamedTuple):
    """What a sentence says, whatever is asked.

    Attributes:
        words: without dashes, each in its usual spelling.
        places: the token of each word.
        listed, sung: words that are instruments by the list they stand in, or voices, by place.
        spots: the places where a name may begin.
    """

    words: list[str]
    places: Sequence[int]
    listed: Mapping[int, str]
    sung: Mapping[int, tuple[str, int]]
    spots: list[int]


def _spoken(sentence: Sentence) -> _Spoken:
    places: Sequence[int] = range(len(sentence.words))
    words = sentence.words
    if "-" in sentence.kinds:
        places = [at for at, kind in enumerate(sentence.kinds) if kind != "-"]
        words = [words[at] for at in places]
    if not sentence.bag.isdisjoint(ALIASES):
        words = [ALIASES.get(word, word) for word in words]
    in_lists, sung, starts = {}, {}, _starts()
    if not sentence.bag.isdisjoint(IN_LISTS):
        sizes = {at: _instrument_at(words, at) for at in range(len(words))}
        in_lists = listed(words, {at: size for at, size in sizes.items() if size})
    if not sentence.bag.isdisjoint(singers.WORDS):
        sung = singers.singing(words)
    spots = [at for at, word in enumerate(words) if word in starts or at in sung or at in in_lists]
    return _Spoken(words, places, in_lists, sung, spots)


def _names(sentence: Sentence, facet: str | None) -> list[tuple[int, int, str, str]]:
    """Place, length, type and canonical name of what is named, in order."""
    spoken, starts = sentence.once(_spoken), _starts()
    words, found, past = spoken.words, [], 0
    for spot in spoken.spots:
        if spot < past:
            continue
        kind, name, step = "instrument", None, 1
        if spot in spoken.sung:
            name, step = spoken.sung[spot]
        elif words[spot] in starts:
            kind, name, step = _name(words, spot, facet, sentence)
        if name is None and step == 1 and spot in spoken.listed:
            kind, name = "instrument", spoken.listed[spot]
        if name is not None:
            found.append((spot, step, kind, name))
        past = spot + step
    return found


def _instrument_at(words: list[str], at: int) -> int:
    """The length of the sure instrument that begins at a place, 0 for none."""
    for name, kind, _ in _index().get(words[at], ()):
        if kind == "instrument" and tuple(words[at : at + len(name)]) == name:
            return len(name)
    return 0


def _genre_to(words: list[str], end: int) -> int:
    """The length of the genre that ends at a place, 0 for none."""
    for size in (3, 2, 1):
        if size <= end + 1 and tuple(words[end + 1 - size : end + 1]) in _genres():
            return size
    return 0


def _name(
    words: list[str], spot: int, facet: str | None, sentence: Sentence
) -> tuple[str, str | None, int]:
    """Type, canonical name and length of the name at a place; None for a name not meant so."""
    step = 1
    for name, kind, canonical in _index().get(words[spot], ()):
        if len(name) < step or (len(name) > 1 and tuple(words[spot : spot + len(name)]) != name):
            continue
        step = len(name)
        asked = facet == kind or not sentence.bag.isdisjoint(TALK.get(kind, ()))
        if _meant(words, spot, name, kind, asked):
            return kind, canonical, step
    if step > 1:
        return "instrument", None, step
    if words[spot] in doubtful.WORDS:
        meant = doubtful.meant(words, spot)
        if meant is not None:
            return "instrument", *meant
    return "instrument", None, 1


def _meant(words: list[str], spot: int, name: tuple[str, ...], kind: str, asked: bool) -> bool:
    size = len(name)
    if kind == "instrument":
        return meanings.instrument(words, spot, size)
    doubtful = _doubtful(" ".join(name), kind)
    if kind == "mood":
        if doubtful:
            return moods.felt(words, spot, size, _known, asked=asked)
        return moods.mood(words, spot, size, _known, doubtful=False)
    if doubtful:
        return genres.doubtful(words, spot, _known, asked=asked)
    return genres.genre(words, spot, size)


def _again(words: list[str], spot: int, name: str, context: Context) -> bool:
    """ "The strings" behind a string quartet: no others."""
    if words[spot] == "sings":
        return any("voice" in (other, *_above(other)) for other in context.heard)
    return spot > 0 and words[spot - 1] in THE and FAMILY.get(name) in context.heard


def _heads(words: list[str], spot: int, size: int, later: list[tuple[int, int, str, str]]) -> bool:
    """ "Strings: violins and cellos": the heading of a list, not one of it."""
    family = FAMILIES.get(words[spot])
    if family is None or words[spot + size : spot + size + 1] != [":"]:
        return False
    return any(kind == "instrument" and family in _above(name) for _, _, kind, name in later)


def _above(name: str) -> tuple[str, ...]:
    return ontology("instruments").ancestors(name)


def _same(words: list[str], places: Sequence[int], context: Context) -> None:
    """ "The plucked zither is a guzheng": one instrument, the latter."""
    found = [one for one in context.found if one.type == "instrument"]
    where = {place: spot for spot, place in enumerate(places)}
    for one, other in pairwise(found):
        between = words[where[one.last] + 1 : where[other.first]]
        lead = words[max(0, where[one.first] - 3) : where[one.first]]
        if between in (["is", "a"], ["is", "an"]) and "the" in lead:
            context.found.remove(one)
