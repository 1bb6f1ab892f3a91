"""Names near a denial that it does not deny: "it ends on Am7, not on the tonic C".

Conventions
-----------
Tokens of a sentence: ``cue`` is the word that denies, ``first`` and ``last`` are those of the name.
"""

from __future__ import annotations

from rewards.claims.stance.cue_words import FINITE
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_NEARBY = 7
"""How far before a key a note stands that is told to be outside of it."""
_BELONGS = word_set("foreign belong belongs native outside diatonic")
_SCALES = word_set("scale signature collection notes gamut")


def at_the_tonic(sentence: Sentence, first: int) -> bool:
    """ "It ends on Am7, not on the tonic C": C is the tonic, wherever it ends."""
    return sentence.words[max(0, first - 4) : first] == ["not", "on", "the", "tonic"]


def outside(sentence: Sentence, first: int, last: int) -> bool:
    """ "F# is not in C major", "there is no B flat in the C major scale"."""
    words, kinds = sentence.words, sentence.kinds
    lead = words[max(0, first - 3) : first]
    within = lead[-1:] == ["in"] or not _BELONGS.isdisjoint(lead)
    note = kinds.rfind("N", max(0, first - _NEARBY), first)
    named = within and note >= 0 and kinds[note + 1] not in "Mq"
    scale = words[last + 1 : last + 2]
    return named or (scale != [] and scale[0] in _SCALES)


def past_its_verb(sentence: Sentence, cue: int, first: int) -> bool:
    """ "No note feels stable and the effect is ominous": two clauses, "and" between them."""
    words = sentence.words
    if words[cue] != "no" or "and" not in words[cue:first]:
        return False
    joint = words.index("and", cue)
    ours, others = words[cue + 1 : joint], words[joint + 1 : first]
    return not FINITE.isdisjoint(ours) and not FINITE.isdisjoint(others)
