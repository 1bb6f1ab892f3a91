"""Propositions of relative and parallel keys: "the relative minor of D is B minor".

Conventions
-----------
The other key is named ("of D", "D's relative"), owns it ("its relative minor"), or is the one that
was named last ("the relative minor, B minor"). A key that is only told to be a relative is no
other claim; one that stands beside its name ("to G major, the relative of E minor") is.
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.records import UNNAMED
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.harte import QUALITIES
from rewards.spelling.keys import Key
from rewards.spelling.signatures import of_key

WORDS = frozenset(("relative", "parallel", "relatives"))
_TOLD = word_set(
    "not isn't is being as the also in fact of course simply just actually 's was indeed really"
)
_APPOSED = word_set(", the then which is that ( of course i.e its")
_LINKS = phrases(
    "is|=|:|would be|being|,|(|is therefore|, namely|, i.e|, that is|, i.e ,|is then|is thus|"
    "here is|should be|must be|was|, which is"
)
_TO = ("to", "into", "in", "reaches", "visits", "through", ":", "so", "hence", "is")
_REACHED = phrases("to|into|in|reaches|visits|through")
_THEY = phrases("they are|both are|these are|two are")
_NAMED = ("note", "triad", "key", "chord")


def relatives(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    words, used = sentence.words, set()
    names = [item for item in found if item.kind in _NAMED and _key(item, None) is not None]
    for at, word in enumerate(words):
        if word == "relatives" or (word in WORDS and words[at + 1 : at + 2] == ["keys"]):
            used |= _pairs(sentence, context, names, at)
        elif word in WORDS:
            used |= _one(sentence, context, names, at)
    return used


@dataclass(frozen=True, slots=True)
class _Word:
    """ "Relative" or "parallel" at a token, with its mode up to ``end`` ("relative minor key")."""

    sentence: Sentence
    at: int
    end: int
    mode: str | None
    left: list[Item]
    right: list[Item]
    """The names before it, and behind."""

    @property
    def text(self) -> str:
        return self.sentence.words[self.at]

    @property
    def before(self) -> list[str]:
        """The word before it."""
        return self.sentence.words[self.at - 1 : self.at]

    @property
    def from_left(self) -> list[str]:
        """The words that part it from the last name before."""
        return self.sentence.words[self.left[-1].last + 1 : self.at] if self.left else []

    def to_right(self, otherwise: list[str]) -> list[str]:
        """The words that part it from the first name behind."""
        words = self.sentence.words
        return words[self.end + 1 : self.right[0].first] if self.right else otherwise


@dataclass(frozen=True, slots=True)
class _Pair:
    """A key, and the one that it is the relative or parallel of, where that is known."""

    value: Item
    about: Item | Key | None
    beside: bool = False
    """The key stands beside its name: it is claimed by itself."""


def _one(sentence: Sentence, context: Context, names: list[Item], at: int) -> set[int]:
    words = sentence.words
    tail = words[at + 1 : at + 2]
    mode = tail[0] if tail in (["minor"], ["major"]) else None
    end = at + (mode is not None)
    end += words[end + 1 : end + 2] == ["key"]
    left = [item for item in names if item.last < at]
    right = [item for item in names if item.first > end]
    word = _Word(sentence, at, end, mode, left, right)
    pair = _paired(word, context)
    if pair is None:
        return set()
    if pair.about is not None:
        return _told(word, pair, pair.about, context)
    value = pair.value
    if word.before in (["its"], ["whose"]):
        return set(range(value.first, value.last + 1))
    if pair.beside or value.mode == "note" or _homes(word, context):
        return set()
    said = _key(value, mode)
    text = f"{word.text} of {UNNAMED} is {said.name if said else UNNAMED}"
    context.add(Found("textbook", text, min(at, value.first), max(end, value.last)))
    return set(range(min(at, value.first), max(end, value.last) + 1))


def _paired(word: _Word, context: Context) -> _Pair | None:
    words, at, left = word.sentence.words, word.at, word.left
    if words[word.end + 1 : word.end + 2] in (["of"], ["to"]) and word.right:
        return _of_named(word)
    if word.before in (["'s"], ["("]) and left and left[-1].last == at - 2:
        linked = word.right and word.to_right([]) in _LINKS
        return _Pair(word.right[0], left[-1]) if linked else None
    if word.before in (["its"], ["whose"]) and words[at - 2 : at - 1] != ["or"]:
        return _of_owner(word, context)
    return _of_home(word, context) if word.before in (["the"], ["a"]) else None


def _of_named(word: _Word) -> _Pair | None:
    """ "The relative of D is B minor", "B minor is the relative of D"."""
    words, left, right = word.sentence.words, word.left, word.right
    if words[word.end + 2 : right[0].first] not in ([], ["the", "key", "of"], ["the"]):
        return None
    about = right[0]
    link = words[about.last + 1 : right[1].first] if len(right) > 1 else None
    named = word.from_left == ["is", "the"]
    if link in _LINKS and not (named and link == [","]):
        return _Pair(right[1], about)
    between = word.from_left
    beside = "," in between
    if "," in between[:-1] and between[between.index(",") + 1] in ("being", "the", "as"):
        between = between[between.index(",") :]  # "D minor would fit, being the relative"
    known = _APPOSED | {"being", "as"} if beside else _TOLD
    return _Pair(left[-1], about, beside) if between and known.issuperset(between) else None


def _of_owner(word: _Word, context: Context) -> _Pair | None:
    """ "D major and its relative, B minor", "B minor is its relative"."""
    left, right, between = word.left, word.right, word.from_left[:-1]
    link = word.to_right(["?"])
    if right and link in (*_LINKS, []):
        owners = [item for item in left if item.kind in ("key", "triad")] or left
        return _Pair(right[0], owners[-1] if owners else context.key, link[:1] in ([","], ["("]))
    if not left:
        return None
    if between == [","] and context.key:  # "F major, its relative major"
        return _Pair(left[-1], context.key, left[-1].first > 0)
    if between == ["is"] and (context.home or context.key):  # "B flat minor is its relative"
        return _Pair(left[-1], context.home or context.key)
    if not between:  # "... of B major, and G sharp minor its relative"
        about = left[-2] if len(left) > 1 else context.key
        return _Pair(left[-1], about) if about else None
    return None


def _of_home(word: _Word, context: Context) -> _Pair | None:
    """ "The relative minor, B minor": of the home that it fits, first of one that it is true of."""
    sentence, end, left, right = word.sentence, word.end, word.left, word.right
    link, between = word.to_right([]), word.from_left
    ends = end + 1 >= len(sentence.words) or sentence.kinds[end + 1] in ",;:)"
    if right and link in _LINKS:
        value, beside = right[0], link[0] in (",", "(")
    elif left and ends and between in (["is", "the"], [",", "the"], ["being", "the"]):
        value, beside = left[-1], between[0] == ","
    else:
        return None
    fits = [home for home in _homes(word, context) if _fits(word.text, value, home, word.mode)]
    true = (home for home in fits if _holds(word.text, value, home, word.mode))
    return _Pair(value, next(true, fits[0] if fits else None), beside)


def _homes(word: _Word, context: Context) -> list[Key]:
    """The keys whose relative may be meant where none is named."""
    words = word.sentence.words
    homes = [item.key for item in word.left if words[item.first - 1] in ("in", "of")]
    return homes + [home for home in (context.key, context.home) if home is not None]


def _told(word: _Word, pair: _Pair, about: Item | Key, context: Context) -> set[int]:
    """Take the proposition of a pair down; returns the tokens that claim no key by themselves."""
    words, at, value = word.sentence.words, word.at, pair.value
    key = about if isinstance(about, Key) else _key(about, _other(word.mode, word.text))
    said = _key(value, word.mode)
    if key is None or said is None or key.same(said):
        return set()
    first, last = min(at, value.first), max(word.end, value.last)
    named = about if isinstance(about, Item) else None
    owned = named is not None and named.last < at and _owns(words, named.last + 1, at)
    if named is not None and not owned:
        first, last = min(first, named.first), max(last, named.last)
    context.pair = key, said
    context.add(Found("textbook", f"{word.text} of {key.name} is {said.name}", first, last))
    home = context.home is not None and context.home.same(key) and value.first > 0
    reached = word.before == ["the"] and words[max(0, at - 2) : at - 1] in _REACHED
    if home and pair.beside and words[value.first - 1] not in _TO and not reached:
        return set(range(first, last + 1))  # "and F major, the relative of D minor, would ..."
    if owned or not pair.beside:
        return set(range(at if owned else first, last + 1))
    return set() if named is None else set(range(at, named.last + 1))


def _owns(words: list[str], first: int, at: int) -> bool:
    """ "In C major, whose relative ...", "in C major; its relative ...": that key was claimed."""
    between = words[first:at]
    if between in (["("], ["whose"]):
        return True
    return between[:1] in ([","], [";"]) and between[-1:] in (["its"], ["whose"])


def _fits(word: str, value: Item, home: Key, mode: str | None) -> bool:
    """Can a key be meant as the relative, or parallel, of the one at home?"""
    said = _key(value, mode)
    return said is not None and said.mode != home.mode and (
        word == "relative" or said.tonic.same(home.tonic)
    )  # fmt: skip


def _holds(word: str, value: Item, home: Key, mode: str | None) -> bool:
    """Is a key that was named the relative, or parallel, of that home?"""
    said = _key(value, mode)
    return _fits(word, value, home, mode) and said is not None and (
        word == "parallel" or of_key(said) == of_key(home)
    )  # fmt: skip


def _key(item: Item, mode: str | None) -> Key | None:
    """The key of a name; ``mode`` where it has none."""
    if item.kind == "chord":
        chord = item.chord
        if chord is None or chord.bass or chord.intervals not in (
            QUALITIES["maj"], QUALITIES["min"],
        ):  # fmt: skip
            return None
        return Key(item.note, "minor" if chord.intervals == QUALITIES["min"] else "major")
    if item.mode in ("major", "minor"):
        return item.key
    return Key(item.note, mode or "major")


def _other(mode: str | None, word: str) -> str:
    """ "the relative minor of D": D is major then."""
    return "minor" if mode == "major" and word in WORDS else "major"


def _pairs(sentence: Sentence, context: Context, names: list[Item], at: int) -> set[int]:
    """ "E major and C sharp minor are relatives", "they are parallel keys"."""
    relation = "parallel" if sentence.words[at] == "parallel" else "relative"
    if context.pair is not None and sentence.words[max(0, at - 2) : at] in _THEY:
        text = f"{relation} of {context.pair[0].name} is {context.pair[1].name}"
        context.add(Found("textbook", text, at - 1, at))
        return {at - 1, at}
    left = [item for item in names if item.last < at and item.kind in ("key", "triad")][-2:]
    told = len(left) > 1 and sentence.words[left[0].last + 1 : left[1].first] == ["and"]
    if not told or sentence.words[left[1].last + 1 : at] not in (["are"], ["are", "close"]):
        return set()
    text = f"{relation} of {left[0].key.name} is {left[1].key.name}"
    context.add(Found("textbook", text, left[0].first, at))
    return set(range(left[0].first, at + 1))
