"""Whether a name that may be a key is a chord: what takes it, what its clause speaks of, its place.

Conventions
-----------
What stands right before a name tells most, then the nearest word of chords or of keys in its
clause, then what is said behind it, then its time or bar, then what the question asks.
"""

from __future__ import annotations

from rewards.claims.context import Context, after, before
from rewards.claims.grammar.pitch import sense_words as beside
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.moves import KEYISH, aimed
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

OF_CHORDS = beside.CHORDAL | {"chord"}
"""Facets of questions that chords answer."""
_BREAKS = word_set(", ; : ( )")


def is_chord(sentence: Sentence, context: Context, item: Item) -> bool:
    """Do the words around a name, or the question, make it a chord?"""
    lead = before(sentence, item.first, 8)
    near = lead[-1] if lead else ""
    if _taken(lead):
        return True
    spoken = _spoken_of(sentence, context, item, lead)
    if spoken is not None:
        return spoken
    if _sounds(sentence, item, near):
        return True
    tail = after(sentence, item.last, 4)
    if near in ("a", "an"):
        return beside.NO_CHORD.isdisjoint(tail[:1])
    if "picardy" in sentence.bag and item.mode == "major":
        return True
    if placed(sentence, item, time_of(sentence, item.first) if context.chords_asked else None):
        return True
    if not beside.WHOLE_PIECE.isdisjoint(tail):
        return False
    own = not beside.OWN.isdisjoint(lead) and not beside.OPINIONS.isdisjoint(lead)
    if near in beside.ONTO and not own and beside.SEATED.isdisjoint(lead[-3:]):
        return True
    if context.facet == "chord":
        return sentence.bag.isdisjoint(("tonality", "key"))
    if not lead and tail[:1] == [","]:
        return False
    return context.facet in beside.CHORDAL and beside.KEY_TALK.isdisjoint((*lead, *tail[:2]))


def _taken(lead: list[str]) -> bool:
    """ "We would end on D minor", "a touch of F minor", "strummed a D major": does something
    before a name take nothing but a chord?
    """
    near, last = lead[-1] if lead else "", lead[-2] if len(lead) > 1 else ""
    if near == "on" and last in beside.ENDS:
        return True
    if near == "of" and last in beside.TINGES:
        return True
    return (last if near in ("by", "with", "a", "an", "the") else near) in beside.TAKES


def _spoken_of(sentence: Sentence, context: Context, item: Item, lead: list[str]) -> bool | None:
    """True where the nearest telling word of a name's clause speaks of chords, False of keys."""
    near = lead[-1] if lead else ""
    apposed = near == "," and not beside.APPOSED.isdisjoint(lead[-2:-1])
    cues = beside.CHORD_NOUNS if context.facet in KEYISH else beside.CHORD_CUES
    past: set[str] = set()
    for word in reversed(lead[:-2] if apposed else lead):
        if word in _BREAKS:
            headed = word == ":" and lead[lead.index(":") - 1] in beside.HEADS
            return True if headed else None
        if word in beside.STRONG_KEY or word in ("feels", "feel"):
            return False
        if (
            word in cues
            and (context.facet in OF_CHORDS or beside.SAYS.isdisjoint(past))
            and not _weak(sentence, context, item, lead, word)
        ):
            return True
        if word in ("in", "into") and near in ("in", "into", "the"):
            return False
        past.add(word)
    return None


def _weak(sentence: Sentence, context: Context, item: Item, lead: list[str], word: str) -> bool:
    """May a word of chords speak of a key here: "sounds like", "the loop moves to"?"""
    if word == "sounds" and "like" in lead:
        return True
    if context.facet == "key" and word in beside.WEAK:
        return True
    moving = word in beside.MOVING and context.facet is None
    moving = moving or (word == "harmony" and context.facet not in OF_CHORDS)
    return moving and aimed(sentence, item)


def _sounds(sentence: Sentence, item: Item, near: str) -> bool:
    """ "D minor, sounding", "E flat major standing on its third", "F major and G major also
    appear; these are VI and VII": does a name do what a chord does?
    """
    tail = after(sentence, item.last, 5)
    if tail[:2] == [",", "sounding"] or tail[:1] == ["sounding"]:
        return True
    if tail[1:3] == ["on", "its"] and tail[0] in beside.RESTS and tail[3:4] != ["tonic"]:
        return True
    numbered = "R" in sentence.kinds and near not in ("in", "of", "to")
    return numbered and not beside.SOUNDING.isdisjoint(tail)


def placed(sentence: Sentence, item: Item, time: float | None) -> bool:
    """Behind a time or the number of a bar."""
    lead = before(sentence, item.first, 3)
    if lead[-1:] and lead[-1] in (":", "is", "=", "has", "-"):
        lead = lead[:-1]
    return time is not None or (len(lead) > 1 and lead[-2] in ("m", "mm", "bar", "measure"))


def time_of(sentence: Sentence, at: int) -> float | None:
    """The time that stands before a token, or right behind it."""
    kinds = sentence.kinds
    if "T" not in kinds:
        return None
    behind = [n for n in range(at + 1, min(len(kinds), at + 6)) if kinds[n] == "T"]
    first = behind[:1] if behind and {",", ";"}.isdisjoint(kinds[at + 1 : behind[0]]) else []
    if first:
        return sentence.values[first[0]]
    left = kinds.rfind("T", 0, at)
    spots = [left] if left >= 0 else behind
    return sentence.values[spots[0]] if spots else None
