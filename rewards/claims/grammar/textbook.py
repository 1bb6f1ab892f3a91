"""Claims of pure theory: relations between names, whatever the clip.

Conventions
-----------
Read before the claims about the clip: "D major has two sharps" says nothing of the clip, and
its sharps are no second claim.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found
from rewards.claims.grammar.accidentals import SHARES, owners, signatures
from rewards.claims.grammar.analyses import analyses
from rewards.claims.grammar.degrees import DEGREES, degrees
from rewards.claims.grammar.items import Item
from rewards.claims.grammar.members import HAS, members
from rewards.claims.grammar.relatives import WORDS, relatives
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set
from rewards.spelling.intervals import parse_interval

_DEGREE_SIGNS = DEGREES.keys() | {"leading", "leading-tone", "degree", "step"}
_NUMBERED = word_set("seventh one two four five six")
_SPANS = word_set(
    "is are makes make be gives give forms form spans equals yields covers comprises measures = :"
)
"""Verbs by which two notes are said to be some interval apart."""


def read(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    used: set[int] = set()
    if not found and context.pair is None:
        return used
    kinds = sentence.kinds
    bag = sentence.bag
    if "s" in kinds or ("0" in kinds and not bag.isdisjoint(HAS)):
        used |= signatures(sentence, context, found)
    if not bag.isdisjoint(WORDS):
        used |= relatives(sentence, context, found)
    if "s" in kinds or not bag.isdisjoint(SHARES):
        used |= owners(sentence, context, found)
    if not bag.isdisjoint(_DEGREE_SIGNS) or "R" in kinds:
        used |= degrees(sentence, context, found)
    if "R" in kinds or "I" in kinds or not bag.isdisjoint(_NUMBERED):
        used |= analyses(sentence, context, [i for i in found if i.first not in used])
    if len(found) > 2:
        used |= members(sentence, context, found)
    if (
        not bag.isdisjoint(("perfect", "major", "minor", "augmented", "diminished"))
        and len(found) > 1
    ):
        used |= _intervals(sentence, context, found)
    return used


def _intervals(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "C up to A is a major sixth"."""
    words, used = sentence.words, set()
    for one, other in pairwise(found):
        if one.kind != "note" or other.kind != "note":
            continue
        between = words[one.last + 1 : other.first]
        lead = words[max(0, one.first - 3) : one.first]
        spanned = between == ["and"] and "between" in lead
        tail = words[other.last + 1 : other.last + 10]
        spanned = spanned or (between == ["-"] and tail[:1] != [] and tail[0] in _SPANS)
        if ("to" not in between or len(between) > 3) and not spanned:
            continue
        listed = _SPANS | {",", ":"} if "from" in lead or spanned else _SPANS
        for n in range(len(tail) - 1):
            chord = tail[n + 1][-1:].isdigit()  # "on a D7"
            spoken = tail[n].isalpha() and not chord
            value = parse_interval(f"{tail[n]} {tail[n + 1]}") if spoken else None
            if value is not None and not listed.isdisjoint(tail[:n]):
                text = f"interval of {one.note.name} and {other.note.name} is {value.name}"
                last = other.last + n + 2
                context.add(Found("textbook", text, one.first, last))
                used |= set(range(one.first, last + 1))
                break
    return used
