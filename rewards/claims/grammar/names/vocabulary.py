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
from rewards.claims.grammar.names import doubtful, genres, index, kinds, meanings, moods, singers
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
    TALK,
    THE,
)
from rewards.claims.text.sentences import Sentence
from rewards.spelling.ontology import ontology

_Named = tuple[int, int, str, str]
"""Place, length, type and canonical name of what is named."""
_NOWHERE: frozenset[int] = frozenset()


@lru_cache(maxsize=1)
def marks() -> frozenset[str]:
    """A word of each name, the one that tells most: without one a text holds no name."""
    sure = [
        words
        for words, listed in index.names().items()
        if words[0] in SURE or not all(name.doubtful for name in listed)
    ]
    alone = {words[0] for words in sure if len(words) == 1}

    def mark(name: tuple[str, ...]) -> str:
        telling = [word for word in name if word not in COMMON] or list(name)
        return max(telling, key=lambda word: (word in alone, len(word)))

    maybe = FELT | EMOTIONS | ERAS | BARE_GENRES | IN_LISTS.keys() | TALK["mood"]
    return frozenset(map(mark, sure)) | maybe | doubtful.WORDS | singers.WORDS


def read(sentence: Sentence, context: Context) -> None:
    """Take down the names of a sentence."""
    spoken = sentence.once(_spoken)
    if not spoken.spots:
        return
    words, places = spoken.words, spoken.places
    named = sentence.once(_names, context.facet)
    silent, denied = _general(sentence, words, named)
    for n, (spot, size, kind, name) in enumerate(named):
        if spot in silent and spot not in denied:
            continue
        if kind == "instrument":
            if words[spot] == "horns" and context.band and size == 1:
                name = "brass"
            elif name in kinds.NAMES:
                later = (at for at, _, other, _ in named[n + 1 :] if other == "instrument")
                until = next(later, len(words))
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
    if denied:
        for spot in denied.difference([spot for spot, _, _, _ in named]):
            size, genre = _longest(words, spot, "genre")  # "thrash gallops; this crawls"
            found = Found("genre", genre, places[spot], places[spot + size - 1], polarity="denied")
            context.add(found)
    if len(context.heard) > 1 and "the" in sentence.bag and "is" in sentence.bag:
        _same(words, places, context)


def _general(
    sentence: Sentence, words: list[str], named: list[_Named]
) -> tuple[frozenset[int], frozenset[int]]:
    """The places where something is told in general, and those of genres that are denied."""
    instruments = all(kind == "instrument" for _, _, kind, _ in named)
    if (instruments and sentence.bag.isdisjoint(BARE_GENRES)) or sentence.bag.isdisjoint(VERBS):
        return _NOWHERE, _NOWHERE
    return definitions(words, lambda end: index.genre_to(words, end))


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
    spots, in_lists, sung = index.spots(words), {}, {}
    if not sentence.bag.isdisjoint(IN_LISTS):
        sizes = {at: _longest(words, at, "instrument")[0] for at in spots}
        in_lists = listed(words, {at: size for at, size in sizes.items() if size})
    if not sentence.bag.isdisjoint(singers.WORDS):
        sung = singers.singing(words)
    if in_lists or sung:
        spots = sorted({*spots, *in_lists, *sung})
    return _Spoken(words, places, in_lists, sung, spots)


def _names(sentence: Sentence, facet: str | None) -> list[_Named]:
    """What is named, in order."""
    spoken, found, past = sentence.once(_spoken), list[_Named](), 0
    for spot in spoken.spots:
        if spot < past:
            continue
        if spot in spoken.sung:
            kind, (name, step) = "instrument", spoken.sung[spot]
        else:
            kind, name, step = _name(spoken.words, spot, facet, sentence)
        if name is None and step == 1 and spot in spoken.listed:
            kind, name = "instrument", spoken.listed[spot]
        if name is not None:
            found.append((spot, step, kind, name))
        past = spot + step
    return found


def _longest(words: list[str], spot: int, kind: str) -> tuple[int, str]:
    """Length and canonical name of the longest name of a type that begins at a place."""
    for size, name in index.named(words, spot):
        if name.kind == kind:
            return size, name.canonical
    return 0, ""


def _name(
    words: list[str], spot: int, facet: str | None, sentence: Sentence
) -> tuple[str, str | None, int]:
    """Type, canonical name and length of the name at a place; None for a name not meant so."""
    step = 1
    for size, name in index.named(words, spot):
        if size < step:
            break
        step = size
        if _meant(words, spot, size, name, facet, sentence):
            return name.kind, name.canonical, step
    if step > 1:
        return "instrument", None, step
    if words[spot] in doubtful.WORDS:
        meant = doubtful.meant(words, spot)
        if meant is not None:
            return "instrument", *meant
    return "instrument", None, 1


def _meant(
    words: list[str],
    spot: int,
    size: int,
    name: index.Name,
    facet: str | None,
    sentence: Sentence,
) -> bool:
    kind = name.kind
    if kind == "instrument":
        return meanings.instrument(words, spot, size)
    if not name.doubtful:
        if kind == "genre":
            return genres.genre(words, spot, size)
        return moods.mood(words, spot, size, index.known, doubtful=False)
    asked = facet == kind or not sentence.bag.isdisjoint(TALK[kind])
    if kind == "genre":
        return genres.doubtful(words, spot, index.known, asked=asked)
    return moods.felt(words, spot, size, index.known, asked=asked)


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
