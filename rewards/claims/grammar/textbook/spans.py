"""Propositions of intervals between named notes: "C up to A is a major sixth".

Conventions
-----------
The interval counts up from the first note: "a fifth below D is G" is one of G and D. A bare
fourth, fifth or octave that leads from one note to another is perfect.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.items import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.intervals import parse_interval

INTERVALS = word_set("perfect major minor augmented diminished fifth fourth octave tritone")
_SPANS = word_set(
    "is are makes make be gives give forms form spans equals yields covers comprises measures = : "
    "it's 's"
)
"""Verbs by which two notes are said to be some interval apart."""
_UP = word_set("above over up higher")
_DOWN = word_set("below under down lower beneath")
_LANDS = (
    ["is"], ["gives"], ["="], ["makes"], ["would", "be"], ["lands", "on"], ["leads", "to"],
    ["i", "arrive", "at"], ["i", "get"], ["we", "get"], ["brings", "us", "to"], ["gives", "us"],
    ["is", "the", "note"], ["yields"], [":"], ["we", "arrive", "at"], ["you", "get"],
    ["takes", "us", "to"], ["i", "land", "on"], [",", "we", "get"], [",", "i", "get"],
)  # fmt: skip
_BESIDE = (
    ["-"], ["and"], ["with"], ["over"], ["against"], [",", "which", "with"], ["together", "with"],
)  # fmt: skip
"""What joins two notes of which a verb says that they are some interval apart."""
_TO = (["to"], ["up", "to"], ["down", "to"], ["and"], ["-"], ["over"], ["above"])
_IS = word_set("is lies sits stands being , which at a an exactly just only")
_IS_FROM = ([","], ["("], [":"], ["is"], ["would", "be"], ["="], ["-"], [",", "from"], ["i.e"])
_GAP = 4
_PERFECT = {"fifth": "P5", "fourth": "P4", "octave": "P8"}


def spans(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    used: set[int] = set()
    for one, other in pairwise(found):
        if one.kind == other.kind == "note" and one.first not in used:
            told = _apart(sentence, one, other, gapped=bool(used)) or _away(sentence, one, other)
            told = told or _of_size(sentence, one, other)
            if told is not None:
                name, first, last, rising = told
                low, high = (one, other) if rising else (other, one)
                text = f"interval of {low.note.name} and {high.note.name} is {name}"
                context.add(Found("textbook", text, first, last))
                used |= set(range(first, last + 1))
    return used


def _apart(
    sentence: Sentence, one: Item, other: Item, *, gapped: bool
) -> tuple[str, int, int, bool] | None:
    """ "C up to A is a major sixth", "between D and F there is a minor third"."""
    words = sentence.words
    between = words[one.last + 1 : other.first]
    lead = words[max(0, one.first - 3) : one.first]
    tail = words[other.last + 1 : other.last + 10]
    spanned = between == ["and"] and "between" in lead
    spanned = spanned or (between in _BESIDE and tail[:1] != [] and tail[0] in _SPANS)
    spanned = spanned or (between == ["-"] and (tail[:2] == ["it", "'s"] or gapped))
    if ("to" not in between or len(between) > 3) and not spanned:
        return None
    if between == ["and"] and one.first > 1 and sentence.kinds[one.first - 2] in "NA":
        return None  # "C, E and G make"
    close = _interval(words, other.last + 3) if tail[:2] in ([",", "a"], [",", "an"]) else None
    if close is not None and not spanned and "from" not in lead:
        return close[0], one.first, close[1], "down" not in between  # "D to F sharp, a third"
    if gapped and tail[:1] in (["a"], ["an"], ["another"]):
        named = _interval(words, other.last + 2)
        if named is not None:
            return named[0], one.first, named[1], True  # "..., G to B a minor third"
    listed = _SPANS | {",", ":"} if "from" in lead or spanned else _SPANS
    for n in range(len(tail)):
        if tail[n] == "tritone" and not listed.isdisjoint(tail[:n]):
            rising = other.note.fifths - one.note.fifths == 6
            return "A4" if rising else "d5", one.first, other.last + n + 1, True
        if n + 1 == len(tail):
            break
        if tail[n + 1] == "tritone":
            continue
        chord = tail[n + 1][-1:].isdigit()  # "on a D7"
        spoken = tail[n].isalpha() and not chord
        value = parse_interval(f"{tail[n]} {tail[n + 1]}") if spoken else None
        if value is not None and not listed.isdisjoint(tail[:n]):
            rising = between[:1] not in (["over"], [","]) and "down" not in between
            return value.name, one.first, other.last + n + 2, rising
        if tail[n] in ("a", "an") and tail[n + 1] in _PERFECT and tail[n - 1 : n] == ["is"]:
            return _PERFECT[tail[n + 1]], one.first, other.last + n + 2, "down" not in between
    return None


def _of_size(sentence: Sentence, one: Item, other: Item) -> tuple[str, int, int, bool] | None:
    """ "A major sixth lies between G and E", "a sixth, E to C", "F sharp is a third above D"."""
    words = sentence.words
    between = words[one.last + 1 : other.first]
    if between[-1:] and between[-1] in _UP | _DOWN | {"from"}:
        at = one.last + 1
        while at < other.first and words[at] in _IS:
            at += 1
        named = _interval(words, at)
        if named is None or at == one.last + 1 or named[1] + 2 != other.first:
            return None
        return named[0], one.first, other.last, between[-1] in _DOWN
    if between not in _TO:
        return None
    lead = one.first - 1
    gap = 0
    while gap < _GAP and lead > 1 and _interval(words, lead - 1) is None:
        gap, lead = gap + 1, lead - 1
    named = _interval(words, lead - 1) if lead > 0 else None
    if named is None or named[1] != lead:
        return None
    told = words[lead + 1 : one.first]
    if told[-1:] not in (["between"], ["from"]) and (told not in _IS_FROM or between == ["and"]):
        return None
    return named[0], lead - 1, other.last, between not in (["over"], ["above"], ["down", "to"])


def _away(sentence: Sentence, one: Item, other: Item) -> tuple[str, int, int, bool] | None:
    """ "a fifth above D is A", "E down a minor third is C sharp", "down a third from C gives A"."""
    words = sentence.words
    between = words[one.last + 1 : other.first]
    if between[:1] and between[0] in _UP | _DOWN:  # "E down a minor third is C sharp"
        at = one.last + 2
        at += words[at : at + 1] in (["a"], ["an"], ["by"], ["the"])
        at += words[at : at + 1] in (["a"], ["an"])
        named = _interval(words, at)
        if named is None or words[named[1] + 1 : other.first] not in _LANDS:
            return None
        return named[0], one.first, other.last, between[0] in _UP
    if between not in _LANDS:
        return None
    lead = one.first - 1
    start = lead - 1 if words[lead : lead + 1] in (["from"], ["of"]) else lead
    away = start if words[start : start + 1] != [] and words[start] in _UP | _DOWN else None
    end = (start if away is None else away) - 1
    if away is None:  # "going down a minor third from C gives A"
        end = start
    for size in (2, 1):
        named = _interval(words, end + 1 - size) if end >= size - 1 else None
        if named is None or named[1] != end:
            continue
        first = end + 1 - size
        first -= words[first - 1 : first] in (["a"], ["an"], ["the"])
        if away is None:
            if words[first - 1 : first] == [] or words[first - 1] not in _UP | _DOWN:
                return None
            return named[0], first - 1, other.last, words[first - 1] in _UP
        return named[0], first, other.last, words[away] in _UP
    return None


def _interval(words: list[str], at: int) -> tuple[str, int] | None:
    """The interval that stands at a token, and its last token."""
    value = parse_interval(" ".join(words[at : at + 2])) if words[at + 1 : at + 2] else None
    if value is not None and words[at].isalpha() and words[at] not in ("a", "an", "the"):
        return value.name, at + 1
    name = _PERFECT.get(words[at]) if at < len(words) else None
    return None if name is None else (name, at)
