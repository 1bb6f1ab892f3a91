"""What a sentence says is not there: "brass, yet there's none", "of C minor there isn't a trace".

Conventions
-----------
Read from the last token of a name on. What is only compared is told in ``contrasts.py``.
"""

from __future__ import annotations

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

TRACES = word_set("trace traces sign signs hint evidence question suggestion mention sound whiff")
_GIVEN = word_set("none there")
_NONE = phrases("none is|none are|find none|hear none")
_NONE_THERE = phrases(
    "there 's none|there is none|there are none|i hear none|i find none|there isn't one|"
    "there isn't any|there aren't any"
)
_APPOSITION = word_set(", the its relative parallel dominant subdominant tonic major minor key")


def none_there(sentence: Sentence, at: int) -> bool:
    """ "brass, yet there's none", "a flute? I hear none"."""
    words = sentence.words
    if _GIVEN.isdisjoint(sentence.bag):
        return False
    at += sentence.kinds[at] == ","
    at += words[at : at + 1] in (["but"], ["yet"], ["and"], ["though"], ["of", "which"])
    tail = words[at : at + 3]
    return tail[:2] in _NONE or tail in _NONE_THERE or _traceless(words, at)


def _traceless(words: list[str], at: int) -> bool:
    """ "Of C minor there isn't a trace", "for strings there is no evidence"."""
    for spot in range(at, min(at + 6, len(words) - 2)):
        if words[spot] == "there":
            rest = words[spot + 1 : spot + 6]
            negative = not {"no", "isn't", "not", "little", "aren't", "never"}.isdisjoint(rest[:3])
            return negative and not TRACES.isdisjoint(rest)
        if words[spot] not in _APPOSITION:
            return False
    return False
