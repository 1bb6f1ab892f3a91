"""Chords beside the one that is told of: "the previous chord was E7", "G7, which resolves to C",
and what it stands for: "Gb7 replaces C7".

Conventions
-----------
``beside`` gives "before", "after" or "replaced", the subject of a claim. What resolves must be what
was named: "which", "that", "it" or something of "its"; behind any other subject ("the dominant
resolves to C major") the name is the chord itself.
"""

from __future__ import annotations

from rewards.claims.context import Context
from rewards.claims.grammar.pitch.order import last_but_one
from rewards.claims.records import REPLACED
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_PRIOR = word_set("previous preceding penultimate")
_NEXT = word_set("next following")
_CHORDS = word_set("chord harmony triad sonority one")
_TO = word_set("to into")
_RESOLVES = word_set(
    "resolves resolve resolved resolving leads lead led leading pulls pull pulling"
)
_NAMED = word_set("which that it its")
_REPLACES = word_set("replaces replacing replace")
_SUBSTITUTES = word_set(
    "substitute substitutes substituting substitution sub subs substituted stands standing stand in"
)
_REPLACING = _REPLACES | {"substitute", "substitution"}
_COMES_AFTER = phrases("comes next|comes after|comes afterwards|comes behind|is next")
_LATER = phrases("later|then|next|afterwards")
_NEXT_IS = phrases("next is|follows is|next comes|then comes")
_COMES_BEFORE = phrases("comes before|comes first")
_STANDS = word_set("stands is comes sounds came stood : , sits")
_SKIPPED = word_set("a an the chord of")
_ENDS = word_set("final last ends end closing close finally")
_FAR = 9


def beside(sentence: Sentence, context: Context, first: int, last: int) -> frozenset[str]:
    """Where a chord, from token to token, stands beside another; empty for the chord itself."""
    words = sentence.words
    place = _moves_on(words, first, last)
    if place and context.facet == "chord":
        return frozenset((place,))
    lead = words[_clause(sentence.kinds, first) : first]
    if last_but_one(lead):
        return frozenset(("before",))
    for places, place in ((_PRIOR, "before"), (_NEXT, "after")):
        if places.isdisjoint(lead):
            continue
        spots = [n for n, word in enumerate(lead) if word in places]
        if not _CHORDS.isdisjoint(lead[spots[-1] + 1 : spots[-1] + 2]):
            return frozenset((place,))
    while lead and lead[-1] in _SKIPPED:
        lead.pop()
    if _replaced(words, lead, first):
        return frozenset((REPLACED,))
    if lead[-1:] == ["after"] or lead[-2:] == ["preceded", "by"]:
        return frozenset(("before",))
    if lead[-2:] == ["followed", "by"] or (lead[-1:] == ["comes"] and lead[-2:-1] in _LATER):
        return frozenset(("after",))
    if len(lead) > 1 and lead[-1] in _TO and lead[-2] in _RESOLVES and _ENDS.isdisjoint(words):
        named = context.chord is not None or any(
            one.type in ("chord", "roman") and one.first < first for one in context.found
        )
        if named and not _NAMED.isdisjoint(lead[:-2]):
            return frozenset(("after",))
    return frozenset()


def _clause(kinds: str, first: int) -> int:
    """Where what is read of the clause before a token begins."""
    start = max(0, first - _FAR)
    at = first
    while at > start and kinds[at - 1] not in ",;:(":
        at -= 1
    return at


def _moves_on(words: list[str], first: int, last: int) -> str:
    """ "B7 follows", "in front of that stands G7", "Next, at 0:35, G#7"."""
    behind = words[last + 1 : last + 3]
    if behind[:1] in (["follows"], ["ensues"]) or behind in _COMES_AFTER:
        return "after"
    if words[max(0, first - 2) : first] in _NEXT_IS:
        return "after"  # "what comes next is D7"
    if behind[:1] == ["precedes"] or behind in _COMES_BEFORE:
        return "before"
    if words[0] in ("next", "then", "afterwards") and words[1:2] in ([","], ["comes"]):
        return "after"
    for at in range(max(0, first - _FAR), first - 2):
        if words[at + 1] in ("that", "it", "this") and words[at + 2] in _STANDS:
            if words[at] == "after":
                return "after"
            if words[at] == "before" or words[max(0, at - 3) : at + 1] == ["in", "front", "of"]:
                return "before"
    return ""


def _replaced(words: list[str], lead: list[str], first: int) -> bool:
    """ "Gb7 replaces C7", "the tritone substitute of C7", "C7 is replaced by"?"""
    if words[first + 1 : first + 4] == ["is", "replaced", "by"]:
        return True
    if lead[-1:] == ["for"]:
        return not _SUBSTITUTES.isdisjoint(lead[-3:-1])
    return lead[-1:] != [] and lead[-1] in _REPLACING
