"""Frames in which a place or a time has a note: "F in the bass", "at 0:07 there is a B natural"."""

from __future__ import annotations

from rewards.claims.grammar.notes.subjects import Spot, clause_start, marked, part_of, placed
from rewards.claims.grammar.notes.words import (
    APPEARS,
    BELOW,
    CHORDAL,
    PLACED,
    PLACES,
    SEEN,
    SURELY,
    TO,
    VOICES,
)
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_NOUNS = phrases("note|pitch|voice|tone|one")
_BEING = word_set("joins is isn't remains stays")
_FINALS = word_set("final finalis resting ending")
_LOW = word_set("bass pedal drone")
_BEFORE_BASS = word_set("a an the over with on its")
_BESIDE_VERBS = SURELY | PLACED | {"up", "out", "itself"}
_ARTICLES = word_set("the a its every each very an his her")
_IDLE = word_set(
    ", it that this them there is 's was i we you comes sits sounds stands enters "
    "however then now also clearly can"
)
_LED = TO | word_set("with from through over under beneath against by")


def behind(sentence: Sentence, item: Item) -> set[str] | None:
    """ "F in the bass", "G sharp rises in the viola", "E below", "an F sharp bass"."""
    words, at = sentence.words, item.last + 1
    if at >= len(words):
        return None
    if words[at] in _LOW and not _BEFORE_BASS.isdisjoint(words[item.first - 1 : item.first]):
        instrument = words[at + 1 : at + 2] in (["guitar"], ["drum"], ["clarinet"])
        return None if instrument else {"bass"}
    if words[at] in BELOW and _ends_below(sentence, at):
        if sentence.kinds[item.first - 1 : item.first] in ("N", "A"):
            return None  # "E G# B D above": a chord
        return {BELOW[words[at]]} | _places(sentence, item)
    at = _past_aside(sentence, at)
    verb = words[at] in APPEARS or _acts(sentence, item, at)
    if verb:
        said, at = words[at], at + 1
        while at < len(words) and words[at] in _BESIDE_VERBS:
            at += 1
        if words[at : at + 1] in (["lowest"], ["highest"], ["uppermost"]):
            return {VOICES[words[at]]} | _places(sentence, item)  # "the C sits lowest"
        turned = _noun(sentence, at) if said in _BEING else None
        if turned is not None:
            return turned | _places(sentence, item)
    at += at < len(words) and words[at].endswith("ly")
    return _within(sentence, item, at, verb=verb)


def _ends_below(sentence: Sentence, at: int) -> bool:
    """ "E below", "E below it", and no "E below the staff"."""
    if at + 1 == len(sentence.words):
        return True
    return sentence.kinds[at + 1] in ",;:)" or sentence.words[at + 1] in ("and", "it", "them")


def _past_aside(sentence: Sentence, at: int) -> int:
    """Behind the aside of "F sharp, the leading tone, sits in the alto", or its comma."""
    words, kinds = sentence.words, sentence.kinds
    if kinds[at] == "," and words[at + 1 : at + 2] in (["the"], ["its"], ["our"], ["a"]):
        close = kinds.find(",", at + 2, at + 12)
        at = close + 1 if 0 < close < len(words) - 1 else at
    return at + (kinds[at] == "," and at + 1 < len(words))


def _within(sentence: Sentence, item: Item, at: int, *, verb: bool) -> set[str] | None:
    """ "In the viola", "at the top", "as the final": where a note is; ``verb``: one says so."""
    words = sentence.words
    if at + 1 >= len(words) or words[at] not in ("in", "on", "at", "as", "into"):
        return None
    final = words[at] == "as" and not _FINALS.isdisjoint(words[at + 1 : at + 3])
    at += 1
    while not _ARTICLES.isdisjoint(words[at : at + 1]):
        at += 1
    if final:
        return None if "O" in sentence.kinds[: item.first] else {"final"}  # "with G as the final"
    part = part_of(words, at) or part_of(words, at + 1)  # "the second horn", "an inner part"
    if part == "root" and (words[at - 1] == "a" or words[at + 1 : at + 2] == ["position"]):
        return None  # "a candidate with C as a root", "C-E-G in root position"
    if part is None or (part in CHORDAL and not marked(sentence, item) and not verb):
        return None
    return {part} | _places(sentence, item)


def _acts(sentence: Sentence, item: Item, at: int) -> bool:
    """ "A C sharp grinding in the accordion": any verb, right behind a note with an article."""
    words = sentence.words
    if sentence.kinds[at] != "w" or not words[at].endswith(("ing", "ed", "s")):
        return False
    if at + 1 == len(words) or words[at + 1] not in ("in", "on", "at"):
        return False
    return marked(sentence, item) or words[item.first - 1] in ("a", "an", "the")


def _places(sentence: Sentence, item: Item) -> set[str]:
    """The places that the clause before a note names."""
    return placed(sentence.words[clause_start(sentence, item.first) : item.first])


def _noun(sentence: Sentence, at: int) -> set[str] | None:
    """ "The top note", "the last note", "the accompaniment": a part or place as a predicate."""
    words = sentence.words
    at += words[at : at + 1] in (["the"], ["its"], ["a"])
    if words[at : at + 1] == ["accompaniment"]:
        return {"accompaniment"}
    voice = VOICES.get(words[at]) if at < len(words) else None
    if voice and words[at] in _LOW:
        return {voice}  # "F remains the pedal in the basses"
    if words[at : at + 1] == ["root"] and _of_that(words[at + 1 : at + 4]):
        return {"root"}
    noun = next((n for n in range(at, at + 4) if words[n : n + 1] in _NOUNS), at)
    said = [VOICES.get(word) or PLACES.get(word) for word in words[at:noun]]
    return {part for part in said if part} if said and None not in said else None


def _of_that(tail: list[str]) -> bool:
    """Is a root that of the chord that is heard, "the root of the last chord", and of no name's?"""
    return tail[:1] != ["of"] or (len(tail) == 3 and (tail[2] in PLACES or tail[2] == "chord"))


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
    if not item.first or words[item.first - 1] != "low":
        return None
    lead = words[max(0, item.first - 4) : item.first]
    chugs = any(word.startswith(("chug", "palm", "riff")) for word in lead)
    return None if chugs else {"bass"}
