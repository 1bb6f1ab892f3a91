"""Claims of pure theory: relations between names, whatever the clip.

Conventions
-----------
Read before the claims about the clip: "D major has two sharps" says nothing of the clip, and
its sharps are no second claim.
"""

from __future__ import annotations

from rewards.claims.context import Context
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.textbook.accidentals import SHARES, owners, signatures
from rewards.claims.grammar.textbook.analyses import analyses
from rewards.claims.grammar.textbook.degrees import SIGNS, degrees
from rewards.claims.grammar.textbook.members import HAS, members
from rewards.claims.grammar.textbook.relatives import WORDS, relatives
from rewards.claims.grammar.textbook.spans import INTERVALS, spans
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_NUMBERED = word_set("seventh one two four five six")
_MARKS = SIGNS | _NUMBERED | WORDS | SHARES | INTERVALS | HAS
"""Words without one of which, and without signs and numerals, only chords are spelled."""


def read(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone."""
    used: set[int] = set()
    if not found and context.pair is None:
        return used
    kinds, bag = sentence.kinds, sentence.bag
    signs, numerals = "s" in kinds, "R" in kinds
    if not (signs or numerals or "I" in kinds) and bag.isdisjoint(_MARKS):
        return members(sentence, context, found) if len(found) > 2 or context.spelled else used
    if signs or ("0" in kinds and not bag.isdisjoint(HAS)):
        used |= signatures(sentence, context, found)
    if not bag.isdisjoint(WORDS):
        used |= relatives(sentence, context, found)
    if signs or not bag.isdisjoint(SHARES):
        used |= owners(sentence, context, found)
    if numerals or not bag.isdisjoint(SIGNS):
        used |= degrees(sentence, context, found)
    if numerals or "I" in kinds or not bag.isdisjoint(_NUMBERED):
        used |= analyses(sentence, context, found, used)
    if len(found) > 2 or context.spelled:
        used |= members(sentence, context, found)
    if len(found) > 1 and not bag.isdisjoint(INTERVALS):
        used |= spans(sentence, context, found)
    return used
