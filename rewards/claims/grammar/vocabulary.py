"""Claims of instruments, genres and moods: names of the ontology in running text.

Conventions
-----------
The longest name wins ("electric piano" is no piano). Names that mostly mean something else in
talk about music are left out: the *bass* settles, the *tenor* rises, in the *chorus*, an *open
string*, a *voice* that leads, a *dark* tone.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.grammar import meanings
from rewards.claims.grammar.vocabulary_words import (
    ALIASES,
    BAND,
    BARE_GENRES,
    COMMON,
    ERAS,
    FAMILY,
    FELT,
    HEADS,
    IN_LISTS,
    LEFT_OUT,
    MAYBE,
    MORE,
    NO_BASS,
    STRUCK,
    SURE,
    TALK,
    TELLS,
    THE,
)
from rewards.claims.sentences import Sentence
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
    for written, name in MORE.items():
        words = tuple(written.split())
        listed.setdefault(words[0], []).append((words, "instrument", name))
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

    doubtful = FELT | ERAS | BARE_GENRES | MAYBE | IN_LISTS.keys() | TALK["mood"]
    return frozenset(mark(name) for name in names) | doubtful


@lru_cache(maxsize=1)
def _starts() -> frozenset[str]:
    """The words with which a name may begin."""
    return frozenset((*_index(), *MAYBE, "bass"))


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
    index = _index()
    if sentence.bag.isdisjoint(marks()):
        return
    places = [at for at, kind in enumerate(sentence.kinds) if kind != "-"]
    words = [ALIASES.get(word, word) for at in places for word in (sentence.words[at],)]
    spot = 0
    defined = _defined(words)
    listed = _listed(words)
    starts = _starts()
    while spot < len(words):
        named, step = listed.get(spot), 1
        kind = "instrument"
        if named is None:
            if words[spot] not in starts:
                spot += 1
                continue
            kind, named, step = _name(index, words, spot, context, sentence, spot in defined)
        if named == "voice" and words[spot + 1 : spot + 2] in (["is"], ["are"], [":"]):
            sex = words[spot + 2 : spot + 3]
            named = f"{sex[0]} voice" if sex in (["male"], ["female"]) else named
        if named is not None and not (kind == "instrument" and _again(words, spot, named, context)):
            context.add(Found(kind, named, places[spot], places[spot + step - 1]))
            if kind == "instrument":
                context.band = context.band or named in BAND
                context.heard.add(named)
        spot += step
    if len(context.heard) > 1:
        _same(words, places, context)


def _name(
    index: dict[str, tuple[tuple[tuple[str, ...], str, str], ...]],
    words: list[str],
    spot: int,
    context: Context,
    sentence: Sentence,
    defined: bool,
) -> tuple[str, str | None, int]:
    """Type, canonical name and length of the name at a place; None for a name not meant so."""
    step = 1
    for name, kind, canonical in index.get(words[spot], ()):
        if len(name) < step or (len(name) > 1 and tuple(words[spot : spot + len(name)]) != name):
            continue
        step = len(name)
        asked = context.facet == kind or not sentence.bag.isdisjoint(TALK.get(kind, ()))
        if not defined and _meant(words, spot, name, kind, asked):
            return kind, canonical, step
    if step > 1:
        return "instrument", None, step
    word, following = words[spot], words[spot + 1 : spot + 2]
    if word == "drum" and not STRUCK.isdisjoint(following):
        return "instrument", "drums", 2
    if word == "bass" and meanings.bass(words, spot, context.band and "N" not in sentence.kinds):
        return "instrument", "bass", 1
    return "instrument", meanings.doubtful_instrument(words, spot), 1


def _meant(words: list[str], spot: int, name: tuple[str, ...], kind: str, asked: bool) -> bool:
    size = len(name)
    if kind == "instrument":
        return meanings.instrument(words, spot, size)
    doubtful = _doubtful(" ".join(name), kind)
    if kind == "mood":
        if doubtful:
            return meanings.felt(words, spot, size, _known, asked=asked)
        return meanings.mood(words, spot, size, _known, doubtful=False)
    if doubtful:
        return meanings.doubtful_genre(words, spot, _known, asked=asked)
    return meanings.genre(words, spot, size)


def _again(words: list[str], spot: int, name: str, context: Context) -> bool:
    """ "The guitar" behind an electric guitar: no other one."""
    if words[spot] == "sings":
        return any("voice" in (other, *_above(other)) for other in context.heard)
    if not spot or words[spot - 1] not in THE:
        return False
    if name not in HEADS:
        return FAMILY.get(name) in context.heard
    return any(name in _above(other) for other in context.heard)


def _above(name: str) -> tuple[str, ...]:
    return ontology("instruments").ancestors(name)


def _same(words: list[str], places: list[int], context: Context) -> None:
    """ "The plucked zither is a guzheng": one instrument, the latter."""
    found = [one for one in context.found if one.type == "instrument"]
    where = {place: spot for spot, place in enumerate(places)}
    for one, other in pairwise(found):
        between = words[where[one.last] + 1 : where[other.first]]
        lead = words[max(0, where[one.first] - 3) : where[one.first]]
        if between in (["is", "a"], ["is", "an"]) and "the" in lead:
            context.found.remove(one)


def _defined(words: list[str]) -> frozenset[int]:
    """The words of clauses that tell what a genre is like: "salsa has congas"."""
    found: set[int] = set()
    if TELLS.isdisjoint(words):
        return frozenset()
    for at in range(1, len(words)):
        if words[at] not in TELLS or words[at + 1 : at + 2] in (["been"], ["to"]):
            continue
        start = at - 1
        opens = start == 0 or words[start - 1] in (",", ";", ":", "and", "but", "a", "while")
        genre = any(kind == "genre" and name == (words[start],) for name, kind, _ in _index().get(
            words[start], ()))  # fmt: skip
        if not (opens and genre) or words[max(0, start - 2) : start] == ["is", "a"]:
            continue
        end = next((n for n in range(at, len(words)) if words[n] in (";", "but", "so")), len(words))
        found.update(range(start, end))
    return frozenset(found)


def _listed(words: list[str]) -> dict[int, str]:
    """ "drums, bass and guitar": words that are instruments only beside one in a list."""
    found: dict[int, str] = {}
    if IN_LISTS.keys().isdisjoint(words):
        return found
    for at, word in enumerate(words):
        if word not in IN_LISTS or words[at + 1 : at + 2] in (["bass"], ["piano"]):
            continue
        beside = [words[at - 2 : at], words[at + 1 : at + 4][::-1]]
        for pair in beside:
            pair = [one for one in pair if one not in ("a", "an", "the")]
            joined = len(pair) > 1 and pair[-1] in (",", "and", "&", "plus", "or")
            other = pair[-2] if joined else ""
            if (other in IN_LISTS or _known(other, "instrument")) and not (
                set(words[at + 1 : at + 2]) & NO_BASS
            ):
                found[at] = IN_LISTS[word]
    return found
