"""What is only offered: the options of a question, candidates in a list.

Conventions
-----------
"The options are D major, G major and B minor", "A) waltz, B) march, C) polka", "among D, G and B
minor only ..." claim nothing. What an option says is weighed, unless its sentence chooses it.
"""

from __future__ import annotations

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_OPTIONS = word_set("options choices alternatives")
_GIVEN = word_set("are were include offered given listed read say")
_KEPT = word_set("two remaining left my plausible both")
"""Options of the author's own."""
_OFFERING = word_set(
    "says offers gives names reads proposes suggests would be means land lands lead leads in to is "
    "was being"
)
_OFFERS = word_set("option choice options candidate answer")
_CHOSEN = word_set(
    "yes correct right therefore choose pick hence fits matches best works plausible so keep keeps "
    "remains wins confirmed consistent"
)
_ENDS = word_set("only just but so i we")
_OUT_OF = word_set("among amongst of")
_MOST = 2


def only_offered(sentence: Sentence) -> tuple[int, int] | None:
    """First and last token of a stretch that only offers, or None."""
    words, kinds = sentence.words, sentence.kinds
    size = len(words)
    opens = words[0] in _OUT_OF or (words[0] == "out" and words[1:2] == ["of"])
    if opens and "course" not in words[1:2]:
        end = _chosen_from(sentence)
        if end is not None:
            return 0, end
    if not sentence.bag.isdisjoint(_OPTIONS) and _KEPT.isdisjoint(words[:6]):
        for at, word in enumerate(words[:-1]):
            if word in _OPTIONS and words[at + 1] in _GIVEN:
                ends = [n for n in range(at + 2, size) if words[n] in _ENDS or kinds[n] == ";"]
                ends = [n for n in ends if kinds[n - 1] != "("]  # "F major (V), B flat major (I)"
                return at + 1, ends[0] if ends else size
    if ":" not in kinds and ")" not in kinds:
        return None
    letters = [
        at
        for at, word in enumerate(words[:-1])
        if len(word) == 1 and word in "abcdef" and kinds[at + 1] in ":)"
    ]
    if len(letters) > _MOST:
        return letters[0], size
    head = kinds.find(":")
    return (head, size) if head > 0 and not _OPTIONS.isdisjoint(words[:head]) else None


def _chosen_from(sentence: Sentence) -> int | None:
    """Where the list ends of "of piano, harp and guitar, the harp", "among D and G only D"."""
    words = sentence.words
    joint = next((at for at, word in enumerate(words) if word in ("and", "or")), None)
    if joint is None:
        return None
    behind = range(joint + 1, len(words))
    end = next((at for at in behind if words[at] in _ENDS), None)
    if end is not None or "," not in words[:joint]:
        return end
    return next((at for at in behind if words[at] == ","), None)


def offers(sentence: Sentence) -> bool:
    """May a sentence tell what an option says?"""
    head = sentence.kinds[:2]
    return not _OFFERS.isdisjoint(sentence.bag) or ")" in sentence.kinds[:3] or head[1:] == ":"


def optional(sentence: Sentence, first: int) -> bool:
    """ "Option B, G major, has one sharp": what an option says is only weighed."""
    words, kinds = sentence.words, sentence.kinds
    if not sentence.bag.isdisjoint(_CHOSEN) or "which is what" in " ".join(words):
        return False
    start = 1 if kinds[:1] == "(" else 0
    lettered = words[start : start + 1] and words[start] in "abcdef"
    if lettered and kinds[start + 1 : start + 2] in (")", ":") and first > start + 1:
        return True  # "(B) G major has one sharp"
    opened = words[0] in ("option", "choice", "candidate") and words[1:2] != []
    if opened and (words[1] in "abcdef" or (kinds[1] == "0" and kinds[2:3] in (",", ":"))):
        return True  # "Option B would shift it to G, and then there would be a single sharp"
    at = first - 1
    while at > 0 and (kinds[at] in ",:(-)" or words[at] in _OFFERING):
        at -= 1
    named = at > 0 and words[at - 1] in _OFFERS - {"answer"}
    return named and len(words[at]) == 1
