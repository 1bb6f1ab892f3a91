"""Propositions of intervals between named notes: "C up to A is a major sixth".

Conventions
-----------
The interval counts up from the first note: "a fifth below D is G" is one of G and D. A bare
fourth, fifth or octave that leads from one note to another is perfect.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.intervals import parse_interval

_STEPS = word_set("semitone half-step whole-step whole-tone")
INTERVALS = _STEPS | word_set(
    "perfect major minor augmented diminished fifth fourth octave tritone half whole"
)
_SPANS = word_set(
    "is are makes make be gives give forms form spans equals yields covers comprises measures = : "
    "it's 's being lies"
)
"""Verbs by which two notes are said to be some interval apart."""
_UP = word_set("above over up higher")
_DOWN = word_set("below under down lower beneath from")
_LANDS = phrases(
    "is|gives|=|makes|would be|lands on|leads to|i arrive at|i get|we get|brings us to|gives us|"
    "is the note|yields|:|we arrive at|you get|takes us to|i land on|, we get|, i get"
)
_BESIDE = phrases("-|and|with|over|against|, which with|together with")
"""What joins two notes of which a verb says that they are some interval apart."""
_TO = phrases("to|up to|down to|and|-|over|above")
_WIDEST = max(len(phrase) for phrase in (*_LANDS, *_BESIDE, *_TO))
"""No more words stand between two notes of which an interval is said behind them, or before."""
_PUT = phrases(",|(|:|is|would be|=|-|, from|i.e")
_FILLERS = word_set("is lies sits stands being , which at by the a an exactly just only")
_IDLE = word_set("a an another the only just")
_NUMBERS = word_set("second third fourth fifth sixth seventh")
_LEAPS = word_set("leaps leap leapt jumps rises falls drops climbs descends ascends leaping")
_FAR, _NEAR = 10, 6
_PERFECT = {"fifth": "P5", "fourth": "P4", "octave": "P8"}
_Told = tuple[str, int, int, bool]
"""The name of an interval, where the proposition stands, and whether it counts upward."""


def spans(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    used: set[int] = set()
    for one, other in pairwise(found):
        if one.kind == other.kind == "note" and one.first not in used:
            near = other.first - one.last <= _WIDEST + 1
            told = _behind(sentence, one, other, gapped=bool(used)) if near else None
            told = told or _within(sentence, one, other)
            told = told or (_ahead(sentence, one, other) if near else None)
            if told is not None:
                name, first, last, rising = told
                if name == "A4" and "tritone" in sentence.words[first : last + 1]:
                    name = "A4" if other.note.fifths - one.note.fifths == 6 else "d5"
                low, high = (one, other) if rising else (other, one)
                text = f"interval of {low.note.name} and {high.note.name} is {name}"
                context.add(Found("textbook", text, first, last))
                used |= set(range(first, last + 1))
                if sentence.kinds[one.last + 1 : one.last + 2] in (",", "(") and one.first:
                    used -= set(range(one.first, one.last + 1))  # "it ends on G, a fifth above C"
    return used


def _behind(sentence: Sentence, one: Item, other: Item, *, gapped: bool) -> _Told | None:
    """ "C up to A is a major sixth", "D and F form a minor third", "D to F, a minor third"."""
    words = sentence.words
    between = words[one.last + 1 : other.first]
    lead = words[max(0, one.first - 3) : one.first]
    tail = words[other.last + 1 : other.last + _FAR]
    pair = between == ["and"] and "between" in lead
    if not pair and between in _BESIDE:
        if between == ["and"] and one.first > 1 and sentence.kinds[one.first - 2] in "NA":
            return None  # "C, E and G make"
        said = tail[:1] in (["it"], ["("]) or gapped  # "B-F it is a fifth"
        pair = tail[:1] != [] and (tail[0] in _SPANS or (between == ["-"] and said))
    if not pair and ("to" not in between or len(between) > 3):
        return None
    linked = _SPANS | {",", ":"} if "from" in lead or pair else _SPANS
    rising = between[:1] not in (["over"], [","]) and "down" not in between
    for n in range(len(tail)):
        size = _size(words, other.last + 1 + n)
        if size is None:
            continue
        gap = [word for word in tail[:n] if word not in _IDLE]
        told = gap == ["is"] if tail[n] in _PERFECT else not linked.isdisjoint(gap)
        if told or gap in ([","], ["-"], ["("]) or (gapped and not gap):
            return size[0], one.first, size[1], rising
    return None


def _within(sentence: Sentence, one: Item, other: Item) -> _Told | None:
    """ "F sharp is a third above D", "E down a minor third is C sharp"."""
    words = sentence.words
    between = words[one.last + 1 : other.first]
    way = between[0] if between and between[0] in _UP | _DOWN else None
    at = one.last + 1 + (way is not None)
    start = at
    while at < other.first and words[at] in _FILLERS:
        at += 1
    size = _size(words, at)
    if size is None:
        return None
    rest = words[size[1] + 1 : other.first]
    if way is not None:
        return (size[0], one.first, other.last, way in _UP) if rest in _LANDS else None
    if at == start or len(rest) != 1 or rest[0] not in _UP | _DOWN:
        return None
    return size[0], one.first, other.last, rest[0] in _DOWN


def _ahead(sentence: Sentence, one: Item, other: Item) -> _Told | None:
    """ "A sixth lies between G and E", "a sixth, E to C", "a fifth above D is A"."""
    words = sentence.words
    between = words[one.last + 1 : other.first]
    for at in range(one.first - 1, max(-1, one.first - _NEAR), -1):
        size = _size(words, at)
        if size is None:
            continue
        gap = words[size[1] + 1 : one.first]
        if between in _LANDS and len(gap) == 1 and gap[0] in _UP | _DOWN:
            way = words[at - 1 - (words[at - 1] in ("a", "an"))] if gap == ["from"] else gap[0]
            return (size[0], at, other.last, way in _UP) if way in _UP | _DOWN else None
        if not _LEAPS.isdisjoint(words[max(0, at - 2) : at]):
            return None  # "the lick leaps a minor third from A to C": that of the clip
        told = gap[-1:] in (["between"], ["from"]) or gap in _PUT
        if between not in _TO or not told or words[at] in _PERFECT:
            return None
        rising = between not in (["over"], ["above"], ["down", "to"])
        return size[0], at, other.last, rising
    return None


def _size(words: list[str], at: int) -> tuple[str, int] | None:
    """The interval that stands at a token, and its last token."""
    word = words[at] if at < len(words) else ""
    if word not in INTERVALS:
        return None
    following = words[at + 1] if at + 1 < len(words) else ""
    if word == "tritone":
        return "A4", at
    if word in _STEPS:
        return ("m2", at) if word in ("semitone", "half-step") else ("M2", at)
    if word in ("half", "whole"):
        end = at + 1 + (following == "-")
        stepped = words[end : end + 1] in (["step"], ["tone"])
        return ("m2" if word == "half" else "M2", end) if stepped else None
    if following == "one":  # "E to G sharp is a major third, E to G a minor one"
        following = next((one for one in reversed(words[:at]) if one in _NUMBERS), "")
    if word not in _PERFECT and not following[-1:].isdigit():
        value = parse_interval(f"{word} {following}")
        return None if value is None else (value.name, at + 1)
    name = _PERFECT.get(word)
    return None if name is None or (at and words[at - 1] in INTERVALS) else (name, at)
