"""What stands behind a name and says that it is not there: "X is out", "X: none", "X, too slow".

Conventions
-----------
Read from the last token of a claim on, to the end of its clause; an inserted clause ("E flat
major, though it shares the signature, is denied") is stepped over. Links ("is", "has been",
"can be") and adverbs may stand before the word that rejects.
"""

from __future__ import annotations

from typing import Literal

from rewards.claims.cue_words import GONE, INSERTED, RETURNS
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_LINKS = word_set(
    "is are was were be been being has have had can could must may seems feels sounds 's would "
    "should therefore then thus also both all simply just itself reading option part parts "
    "folder stand desk line slot here now remains stays gets got at best so completely sits keeps"
)
_VERBS = word_set("is are was were be been 's would stays remains sits keeps")
_NOT = word_set("not cannot can't isn't aren't couldn't never wasn't")
_COMES = word_set(
    "shows show appears appear arrives arrive enters enter comes come plays play sounds sound "
    "happens happen materialises materializes turns"
)
"""What never does so is not there."""
_FASTER = word_set("faster slower quicker livelier broader")
_NONE = word_set("no none nope nil nein zero absent empty nothing")
_FARTHEST = 7
_LONGEST_INSERTION = 14


def refused(type_: str, sentence: Sentence, last: int) -> Literal["denied", "hedged"] | None:
    """Whether what ends at token ``last`` is rejected by the words behind it, or spared by them."""
    words, kinds = sentence.words, sentence.kinds
    if last + 1 == len(words):
        return None
    if last + 2 < len(words) and kinds[last + 1] in ":-" and words[last + 2] in _NONE:
        whole = last + 3 == len(words) or kinds[last + 3] in ",;:)" or words[last + 2] == "none"
        return "denied" if whole else None
    near = words[last + 1 : last + 4]
    if near[0] in ("no", "nope") and (len(near) == 1 or kinds[last + 2] in ",;:)"):
        return "denied"
    if type_ == "tempo_term" and near[:1] != [","] and not _FASTER.isdisjoint(near):
        return "denied"
    at = _past_insertion(sentence, last + 1)
    linked, spared = at > last + 1, False
    for spot in range(at, min(len(words), at + _FARTHEST)):
        word = words[spot]
        if word in GONE:
            if (word in RETURNS and not linked) or not _ends(sentence, spot):
                return None
            return "hedged" if spared else "denied"
        if kinds[spot] == ":" and words[spot + 1 : spot + 2] and words[spot + 1] in _NONE:
            return "denied"
        if word == "there" and words[spot + 1 : spot + 3] in (["are", "none"], ["is", "none"]):
            return "denied"
        if word in _NOT:
            spared = True
        elif spared and word in _COMES:
            return "denied"
        elif kinds[spot] in ",;:()" or (word not in _LINKS and not word.endswith("ly")):
            return None
        linked = linked or spared or word in _VERBS
    return None


def _past_insertion(sentence: Sentence, at: int) -> int:
    """Behind ", though ...,": the place where the clause of a name goes on."""
    words, kinds = sentence.words, sentence.kinds
    if kinds[at : at + 1] not in (",", "(") or at + 1 >= len(words):
        return at
    if kinds[at] == "," and words[at + 1] not in INSERTED:
        return at
    end = min(len(words), at + _LONGEST_INSERTION)
    for spot in range(at + 2, end):
        if kinds[spot] in (",", ")"):
            return spot + 1
    return at


def _ends(sentence: Sentence, at: int) -> bool:
    """False for "out of tune", "missing its third", "silent at first": something else is meant."""
    words, kinds = sentence.words, sentence.kinds
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word == "out":
        asked = words[at + 1 : at + 4] == ["of", "the", "question"]
        return asked or following not in ("of", "in", "front", "loud", "on")
    if word in ("missing", "wrong", "off"):
        return following not in ("a", "its", "one", "the", "beat", "about", "his", "her")
    if word in ("silent", "gone", "tacet", "empty"):
        return following not in ("at", "until", "till", "during", "after", "by", "for")
    return not (word == "too" and (not following or kinds[at + 1] in ",;:)"))
