"""Frames in which a place or a time has a note: "in the bass I hear a G", "at 0:07 a B natural"."""

from __future__ import annotations

from rewards.claims.grammar.notes.subjects import Spot, marked, part_of
from rewards.claims.grammar.notes.words import APPEARS, BELOW, CHORDAL, SEEN, TO
from rewards.claims.grammar.pitch.items import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_IDLE = word_set(
    ", it that this them there is 's was i we you comes sits sounds stands enters "
    "however then now also clearly can"
)
_LED = TO | word_set("with from through over under beneath against by")


def seen(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "In the bass I hear a G", "underneath, a D", "above it a G comes and goes"."""
    words, at = sentence.words, spot[0]
    while at > 0 and (words[at] in SEEN or words[at] in _IDLE):
        at -= 1
    if at < 0:
        return None
    opens = at == 0 or sentence.kinds[at - 1] in ",;:(" or words[at - 1] in ("and", "with", "but")
    if words[at] in BELOW and opens and (spot[1] or marked(sentence, item)):
        return {BELOW[words[at]]}
    start = max(0, at - 4)
    if at == spot[0] or {"in", "at", "on"}.isdisjoint(words[start:at]):
        return None
    part = part_of(words, at) if sentence.kinds[at] != "," else None
    sure = spot[1] or marked(sentence, item) or part not in CHORDAL
    return {part} if part is not None and sure else None


def dated(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "At 0:07 there is a B natural", "a D sharp creeps in around 0:26"."""
    words, kinds = sentence.words, sentence.kinds
    if "T" not in kinds:
        return None
    at, qualified = spot
    if not (marked(sentence, item) or qualified) or (at >= 0 and words[at] in _LED):
        return None
    following = words[item.last + 1] if item.last + 1 < len(words) else ""
    near = kinds[item.last + 1 : item.last + 6].find("T")
    near = -1 if "and" in words[item.last + 1 : item.last + 2 + near] else near
    clause = max(kinds.rfind(";", 0, item.first), item.first - 9) + 1
    times = [n for n in range(max(0, clause), item.first) if kinds[n] == "T"]
    there = at >= 0 and (words[at] in SEEN or words[max(0, at - 1) : at + 1] in (
        ["there", "is"], ["there", "'s"], ["there", "was"]))  # fmt: skip
    if following in ("that", "which"):
        following = words[item.last + 2] if item.last + 2 < len(words) else ""
    appears = following in APPEARS and following not in ("is", "was", "are", "were")
    turns = appears or following in ("at", "around", "near")
    opens = at < 0 or kinds[at] in ",;:T" or words[at] in ("and", "but", "then", "when", "until")
    if near >= 0 and (there or (turns and opens)):
        return set()
    if times and (there or (appears and opens)):
        return set()
    return None


def deep(sentence: Sentence, item: Item, _spot: Spot) -> set[str] | None:
    """ "A low E": the bass, unless it is a string of a guitar."""
    words = sentence.words
    if words[item.first - 1 : item.first] != ["low"]:
        return None
    lead = words[max(0, item.first - 4) : item.first]
    chugs = any(word.startswith(("chug", "palm", "riff")) for word in lead)
    return None if chugs else {"bass"}
