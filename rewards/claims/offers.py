"""What is only offered: the options of a question, candidates in a list.

Conventions
-----------
"The options are D major, G major and B minor", "A) waltz, B) march, C) polka", "among D, G and B
minor only ..." claim nothing. Of three keys in one breath none is asserted.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.records import Claim
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_OPTIONS = word_set("options choices alternatives")
_GIVEN = word_set("are were include offered given listed read say")
_KEPT = word_set("two remaining left my plausible both")
"""Options of the author's own."""
_ENDS = word_set("only just but so i we")
_MOST = 2
_ONE = frozenset(("key", "mode"))
"""Types of which a sentence asserts no three."""


def only_offered(sentence: Sentence) -> tuple[int, int] | None:
    """First and last token of a stretch that only offers, or None."""
    words, kinds = sentence.words, sentence.kinds
    size = len(words)
    if words[0] in ("among", "amongst") and not _ENDS.isdisjoint(words):
        return 0, next(at for at in range(size) if words[at] in _ENDS)
    named = not _OPTIONS.isdisjoint(sentence.bag)
    if named and _KEPT.isdisjoint(words[:6]):
        for at, word in enumerate(words[:-1]):
            if word in _OPTIONS and words[at + 1] in _GIVEN:
                ends = [n for n in range(at + 2, size) if words[n] in _ENDS or kinds[n] == ";"]
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


def without_lists(claims: Sequence[Claim]) -> list[Claim]:
    """Without the keys and modes of a list of three or more ("I rank D, then G, then B minor")."""
    if len(claims) <= _MOST:
        return list(claims)
    plain = [claim for claim in claims if claim.plain and claim.type in _ONE]
    many = {
        type_
        for type_ in _ONE
        if len({claim.value for claim in plain if claim.type == type_}) > _MOST
    }
    return [claim for claim in claims if claim.type not in many or not claim.plain]
