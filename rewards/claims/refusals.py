"""What stands behind a name and says that it is not there: "X is out", "X: none", "X, too slow".

Conventions
-----------
Read from the last token of a claim on, to the end of its clause; an inserted clause ("E flat
major, though it shares the signature, is denied") is stepped over. Links ("is", "has been",
"can be") and adverbs may stand before the word that rejects.
"""

from __future__ import annotations

from rewards.claims.cue_words import GONE, INSERTED, RETURNS
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_LINKS = word_set(
    "is are was were be been being has have had can could must may seems feels sounds 's would "
    "should therefore then thus also both all simply just itself reading option part parts "
    "folder stand desk line slot here now remains stays gets got at best so"
)
_FASTER = word_set("faster slower quicker livelier broader")
_NONE = word_set("no none nope nil nein zero absent empty nothing")
_FARTHEST = 7
_LONGEST_INSERTION = 14


def refused(type_: str, sentence: Sentence, last: int) -> bool:
    """Is what ends at token ``last`` rejected by the words behind it?"""
    words, kinds = sentence.words, sentence.kinds
    if last + 2 < len(words) and kinds[last + 1] in ":-" and words[last + 2] in _NONE:
        return last + 3 == len(words) or kinds[last + 3] in ",;:)" or words[last + 2] == "none"
    near = words[last + 1 : last + 4]
    if type_ == "tempo_term" and near[:1] != [","] and not _FASTER.isdisjoint(near):
        return True
    at = _past_insertion(sentence, last + 1)
    linked = at > last + 1
    for spot in range(at, min(len(words), at + _FARTHEST)):
        word = words[spot]
        if word in GONE:
            bare = word in RETURNS
            return _ends(sentence, spot) if linked or not bare else False
        if word in ("there", "which", "that") and spot > at:
            return False
        if kinds[spot] == ":" and words[spot + 1 : spot + 2] and words[spot + 1] in _NONE:
            return True
        if kinds[spot] in ",;:()":
            return False
        if word == "there" and words[spot + 1 : spot + 3] in (["are", "none"], ["is", "none"]):
            return True
        if word not in _LINKS and not word.endswith("ly"):
            return False
        linked = linked or word in ("is", "are", "was", "were", "be", "been", "'s", "would")
    return False


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
        return following not in ("of", "in", "front", "loud", "on")
    if word in ("missing", "wrong", "off"):
        return following not in ("a", "its", "one", "the", "beat", "about", "his", "her")
    if word in ("silent", "gone", "tacet", "empty"):
        return following not in ("at", "until", "till", "during", "after", "by", "for")
    return not (word == "too" and (not following or kinds[at + 1] in ",;:)"))
