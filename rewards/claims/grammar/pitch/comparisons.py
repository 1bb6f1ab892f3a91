"""What is only said of a name of pitch, or compared with it; and what belongs to a key as a whole.

Conventions
-----------
"E flat is foreign to G major", "G major and E minor are relatives", "D minor has F natural" and
"songs in G major are common" put no key forward; "everything belongs to G major" does.
"""

from __future__ import annotations

from rewards.claims.context import after, before
from rewards.claims.grammar.pitch import sense_words as beside
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.stance.cue_words import HARD
from rewards.claims.text.sentences import Sentence

_LOOK_BACK = 14
_NOT = frozenset(("not", "isn't", "aren't", "doesn't", "don't", "never", "hardly", "cannot"))


def clause_of(sentence: Sentence, item: Item) -> tuple[list[str], list[str], str]:
    """The words of a name's clause before and behind it, and the mark before the clause."""
    words, kinds = sentence.words, sentence.kinds
    start, end = item.first, item.last + 1
    while start and item.first - start < _LOOK_BACK:
        if kinds[start - 1] in ",;:()T" or words[start - 1] in HARD:
            break
        start -= 1
    while end < len(words) and end - item.last < _LOOK_BACK and kinds[end] not in ",;:()":
        end += 1
    return words[start : item.first], words[item.last + 1 : end], words[start - 1] if start else ""


def told(sentence: Sentence, item: Item) -> bool:
    """ "D minor has F natural": is something said of a name in general?"""
    behind = after(sentence, item.last, 2)
    return bool(behind) and behind[0] in beside.TELLS


def compared(sentence: Sentence, item: Item) -> bool:
    """ "E flat is foreign to G major", "G major and E minor are relatives"."""
    if sentence.bag.isdisjoint(beside.COMPARING):
        return False
    lead, tail, _ = clause_of(sentence, item)
    if lead[-3:] == ["the", "notes", "of"] and not beside.EQUALS.isdisjoint((*lead, *tail[:2])):
        return True  # "that equals the notes of G major"
    if lead[-2:] in beside.FRAMES and not {"R", "I"}.isdisjoint(sentence.kinds):
        return False
    if lead[-1:] and lead[-1] in beside.FROM and not beside.COMPARES.isdisjoint(lead[-7:]):
        return True
    if lead[-2:] in (["one", "to"], ["ones", "to"], ["answer", "to"]):
        return not beside.COMPARES.isdisjoint(before(sentence, item.first, 12))
    if not sentence.bag.isdisjoint(beside.PARTS) and not beside.WRITTEN.isdisjoint(lead):
        return True  # "the clarinet part is written in D"
    if lead[-1:] in (["outside"], ["beyond"]) or not sentence.bag.isdisjoint(beside.RECALLS):
        return True
    return not beside.RELATED.isdisjoint(tail[:5])


def collected(sentence: Sentence, item: Item) -> bool:
    """ "Everything belongs to G major", "all the chords are diatonic to G major"?"""
    lead = before(sentence, item.first, 12)
    while lead and lead[-1] in beside.SKIPPED:
        lead.pop()
    near = lead[-1] if lead else ""
    if near in beside.PLACING:
        joined = not beside.MEMBERSHIP.isdisjoint(lead[-4:-1])
    else:
        joined = near in beside.FITTING
    if not joined or beside.WHOLES.isdisjoint(lead) or not _NOT.isdisjoint(lead):
        return False
    start = item.first - len(before(sentence, item.first, 12))
    first = start + next(n for n, word in enumerate(lead) if word in beside.WHOLES)
    return not any(kind in "NCR" for kind in sentence.kinds[first : item.first])
