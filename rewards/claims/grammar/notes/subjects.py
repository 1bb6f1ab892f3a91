"""Who does what a verb before a note says, and what stands before a note."""

from __future__ import annotations

from rewards.claims.grammar.notes.words import (
    ADVERBS,
    EDGES,
    FUNCTIONS,
    GOES,
    HANDS,
    HOLDERS,
    HOLDS,
    MUTE,
    NO_PART,
    ORDINALS,
    PITCHED,
    PLACES,
    QUALIFIERS,
    REACH,
    SIDES,
    SKIPPED,
    VOICES,
)
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

Spot = tuple[int, bool]
"""What ``lead`` tells of a note: the place of the word before it, and if it has an adjective."""
MOVES = GOES | EDGES
PARTS = VOICES.keys() | HOLDERS | HANDS.keys()
_BREAKS = word_set("; ( ) but so because since though although while whereas")
_OVER = word_set("over under above below in with on of from against beneath at to by through")
_BEFORE_NAMES = frozenset(("from", "through", "an", "a", "low", ","))
_ASIDES = word_set("instead rather far without having after before like unlike though although")
_DEGREES = word_set(
    "tonic supertonic mediant subdominant dominant submediant tone leading-tone degree"
)
_HENCE = word_set("so hence thus i.e namely therefore")
_SELVES = word_set("i we you my your")


def clause_start(sentence: Sentence, at: int) -> int:
    """The first token of the clause of a token."""
    while at > 0 and sentence.kinds[at - 1] not in ",;()" and sentence.words[at - 1] not in _BREAKS:
        at -= 1
    return at


def lead(sentence: Sentence, item: Item) -> Spot:
    """The place before a note and its adjectives; was there an adjective or an "a"?"""
    at, words = item.first - 1, sentence.words
    while at >= 0 and (words[at] in QUALIFIERS or (words[at] == "-" and words[at + 1] == "held")):
        at -= 1
    if at >= 1 and words[at] in ("note", "pitch", "notes", "pitches") and words[at - 1] == "the":
        at -= 2  # "begins on the note A"
    if (
        at >= 1
        and at == item.first - 1
        and words[at - 1] in ("a", "an", "that", "its", "his", "her")
        and sentence.kinds[at] == "w"
    ):
        at -= 2  # "a shared E flat"
    at -= at > 1 and words[at] in _HENCE and sentence.kinds[at - 1] == ","
    if sentence.kinds[at : at + 1] == "," and words[at - 1] in _DEGREES:
        start = next((n for n in (at - 2, at - 3) if words[n] in ("the", "its")), 0)
        at = start - 1 if start > 0 else at  # "ends on the mediant, F sharp"
    qualified = at < item.first - 1 and words[item.first - 1] not in ("the", ",")
    return at, qualified


def marked(sentence: Sentence, item: Item) -> bool:
    """ "F sharp", "B natural": a name with a sign, which is less likely a chord's."""
    return len(sentence.words[item.first]) > 1


def part_of(words: list[str], at: int) -> str | None:
    """The part that a word names, a side ("lower") or hand only before its noun."""
    word = words[at] if 0 <= at < len(words) else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in ("left", "right"):
        return HANDS[word] if following in ("hand", "-") else None
    if word in ("top", "bottom") and following == "of":
        return None  # "at the top of the page"
    if word in VOICES:
        noun = word not in SIDES or following in PITCHED or following in HOLDERS
        return VOICES[word] if noun else None
    return HANDS.get(word) or (word if word in HOLDERS else None)


def placed(words: list[str]) -> set[str]:
    """ "The last bass note", "in the first chord": places that words name."""
    found = set()
    for at, word in enumerate(words):
        if word in PLACES and words[at + 1 : at + 2] not in (["violin"], ["beat"], ["bar"]):
            found.add(PLACES[word])
        elif word in ORDINALS and words[at + 1 : at + 2] in (["note"], ["pitch"], ["tone"]):
            found.add(word)
    return found


def verb_before(sentence: Sentence, at: int) -> int:
    """The place of a verb before what goes with it: "falls from C", "drops a fifth"; or -1."""
    words, kinds = sentence.words, sentence.kinds
    end = max(0, at - REACH)
    while at >= end:
        word, last = words[at], words[at - 1] if at else ""
        if word in MOVES and word not in ("rest", "step", "descend"):
            return at
        if word in HOLDS or (word in MOVES and last != "to"):
            return at
        named = kinds[at] in "NAn" and last in _BEFORE_NAMES
        origin = word in ("from", "through") and kinds[at + 1 : at + 2] in ("N", "A", "n")
        named = named or (word == "it" and last in ("above", "below"))
        if not (word in SKIPPED or word.endswith("ly") or kinds[at] == "d" or named or origin):
            return at if acts(sentence, at) else -1
        at -= 1
    return -1


def acts(sentence: Sentence, at: int) -> bool:
    """ "The bass guitar hammers E", "the sopranos attack": any verb that stands behind a part."""
    words = sentence.words
    if sentence.kinds[at] != "w" or words[at] in MUTE or not words[at].isalpha():
        return False
    n = at - 1
    while n > 0 and (words[n] in ADVERBS or words[n].endswith("ly")):
        n -= 1
    if n < 0:
        return False
    side = words[n] in PITCHED and n > 0 and (part_of(words, n - 1) or words[n] == "hand")
    if part_of(words, n) is None and not side:
        return False
    many = words[n].endswith("s") and words[n] not in ("bass", "brass") and n == at - 1
    ends = words[at].endswith(("s", "ed", "ing"))
    return ends or (many and words[at] not in FUNCTIONS)


def subject_of(sentence: Sentence, at: int, deep: int = 2) -> tuple[set[str], bool]:
    """Who does what the verb there says; is it nothing that has notes?"""
    words = sentence.words
    start = clause_start(sentence, at)
    firm: list[str] = []
    aside: list[str] = []
    blocked = False
    for n in range(start, at):
        word = words[n]
        if not firm and (word in NO_PART or word in _SELVES):  # not "in the final chord the ..."
            blocked = blocked or _OVER.isdisjoint(words[max(start, n - 3) : n])
        if firm and sentence.kinds[n] in "NA" and words[n + 1] == "and":
            firm.clear()  # "the root is C and the bass has E"
        part = part_of(words, n) if word in PARTS else None
        if part is None:
            bare = word in SIDES and n + 1 == at
            part = VOICES[word] if bare else None
        if part is None:
            continue
        lead = words[n - 2] if words[n - 1 : n] in (["the"], ["a"], ["its"]) else words[n - 1]
        (aside if n > start and lead in _OVER else firm).append(part)
    if firm or aside:
        return {firm[0] if firm else aside[-1]}, blocked
    if blocked or start == 0 or not deep:
        return set(), blocked
    opening = (
        sentence.kinds.rfind(",", 0, start - 1) if start == at or words[start - 1] == "," else -1
    )
    if opening > 0 and words[opening + 1] in _ASIDES:  # "the cello, instead of falling, climbs"
        return subject_of(sentence, opening, deep - 1)
    joined = sentence.kinds[start - 1] in ",;:" or words[start - 1] in ("but", "so", "while")
    idle = all(words[n] in ADVERBS or sentence.kinds[n] in "NAa" for n in range(start, at))
    return subject_of(sentence, start - 1, deep - 1) if joined and idle else (set(), blocked)
