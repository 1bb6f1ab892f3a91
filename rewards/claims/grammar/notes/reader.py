"""Claims of single notes: who plays them, and where.

Conventions
-----------
A note is a claim where a part, a player, a place or a time has it. What is looked for:

=============  ==========================================================================
frame          examples
=============  ==========================================================================
behind         F in the bass; G sharp rises in the viola; E below; C sharp is the top note
apposed        the lead holds his note, an F
named          bass G; the lower voice: F; the lowest note of the chord is B
owned          the soprano's E
done           the bass drops to C; the viola holds C sharp; ..., climbs to E
seen           in the bass I hear a G; above it a G comes and goes
row            the bass walks D, C, B; bass line: E, D, C; the drones hum D and A
carried        in m. 2 it slips to B; the lower is E, the upper C
dated          at 0:07 there is a B natural; a D sharp creeps in at 0:26
=============  ==========================================================================

Notes of a list ("G, B and D") spell a chord, or are candidates ("it ends on C, D, E or F").
"""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.notes import frames, places
from rewards.claims.grammar.notes.lines import candidate, row
from rewards.claims.grammar.notes.subjects import (
    MOVES,
    PARTS,
    Spot,
    clause_start,
    lead,
    verb_before,
)
from rewards.claims.grammar.notes.words import (
    ADVERBS,
    COUNTED,
    ENDS,
    HOLDS_SURE,
    NAMING,
    NO_PART,
    PLACES,
    STARTS,
    STRINGS,
    TO,
    VOICES,
)
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.order import last_but_one
from rewards.claims.grammar.pitch.sense_words import FILLERS
from rewards.claims.records import ORDER
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_TRIGGERS = (
    PARTS | PLACES.keys() | NAMING | STARTS | ENDS | HOLDS_SURE
    | {"it", "that", "below", "above", "underneath", "were", "been"}
)  # fmt: skip
"""Words without which a sentence gives no note a role."""
_PRONOUNS = word_set("it they she he")
_GOES_ON = word_set(
    "it is 's but ; , actually really rather must be a an now no not or and then next"
)
_ITS = word_set("is isn't 's be not it's")
_TURNS = word_set("it but not or then next for")
"""Words between two notes of one part: "the bass isn't E but E flat", "G or A", "D, then C"."""
_CORRECTIONS = word_set("wait sorry correction scratch rather")
_AROUND = _CORRECTIONS | word_set(", - no that or i mean it is 's")
_REPLY = word_set("it is 's i hear a an the that probably maybe perhaps think say 'd low high")
ASKED = "asked"
"""Marks a part of which only a question was heard."""
_WHOLES = phrases("it|the|this")
_EQUALS = phrases("is|:|=")
_NOTES = phrases("note|pitch|tone|answer")
"""What a note is said to be where one is asked: "the note is G", "Answer: G"."""
_SO = phrases("so|hence|thus|therefore|namely|->|=")
_FRAMES = (
    frames.apposed, frames.owned, frames.done, places.seen, places.dated, places.deep,
)  # fmt: skip
"""What gives a note a role where nothing behind it and no "is" does, the surest first."""
_LISTS = word_set(", and -")
_SHORT = 7
_SOON = 60
"""Characters within which "it" is the part of the sentence before."""


def read(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down the notes with a role."""
    if not any(item.kind == "note" for item in found):
        return
    asked = context.part is not None and ASKED in context.part[0]
    unnamed = not asked and context.facet != "note" and "T" not in sentence.kinds
    if unnamed and sentence.bag.isdisjoint(_TRIGGERS):
        return
    words = sentence.words
    following: list[set[str]] = []  # the subjects of the notes of a row that are left
    for spot, item in enumerate(found):
        if following:
            part = frozenset(following.pop(0) - {frames.REACHED})
            context.add(Found("note", item.name, item.first, item.last, part))
            continue
        if item.kind != "note" or words[item.first - 1 : item.first] == ["no"]:
            continue
        if words[item.last + 1 : item.last + 2] and words[item.last + 1] in STRINGS:
            continue
        listed = bool(spot) and _beside(sentence, found[spot - 1], item)
        if not listed and spot + 1 < len(found):
            listed = _beside(sentence, item, found[spot + 1])
        line, leads = row(sentence, found, spot), lead(sentence, item)
        if line is not None:
            subject, *following = line
        elif len(found) > 2 and candidate(sentence, found, spot):
            subject = places.behind(sentence, item) if not listed else None
        else:
            subject = _role(sentence, item, leads, listed=listed)
        if subject is None and not listed:
            subject = _further(sentence, item, leads[0], context)
        if subject is None and _asked(sentence, item, leads[0], context):
            subject = set()
        if subject is not None and last_but_one(words[max(0, item.first - 9) : item.first]):
            subject = {"earlier"}
        if subject is not None:
            part = frozenset(subject - {frames.REACHED})
            said = Found("note", item.name, item.first, item.last, part)
            if frames.REACHED in subject:  # "never rises beyond F": it reaches it
                said.polarity = "asserted"
            context.found = [
                one for one in context.found if one.type != "chord" or one.first != item.first
            ]
            if words[item.last + 1 : item.last + 3] == ["is", "not"]:
                said.polarity = "denied"
            if words[item.first - 1] == "for":
                said.modality = "hedged"  # "the lower I take for G, the upper for D"
            context.add(said)
            if part:
                context.part = part - ORDER, sentence.end(-1)


def _role(sentence: Sentence, item: Item, spot: Spot, *, listed: bool) -> set[str] | None:
    """What a note is said to be, or None where it is only mentioned."""
    role = places.behind(sentence, item)
    if role is not None:
        return None if listed and _closes_list(sentence, item) else role
    role = frames.named(sentence, item, spot)
    if role is not None:
        return role
    if listed:
        return None
    for frame in _FRAMES:
        role = frame(sentence, item, spot)
        if role is not None:
            return role
    return None


def _further(sentence: Sentence, item: Item, at: int, context: Context) -> set[str] | None:
    """The role of the note before, where one follows it: "the bass has C, then it slips to B"."""
    words = sentence.words
    said = [one for one in context.found if one.type == "note" and one.last < item.first]
    if said and _corrects(words[said[-1].last + 1 : item.first]):
        return set(said[-1].subject)
    if context.part is not None and ASKED in context.part[0]:
        return _answers(sentence, item, context.part)
    if at < 0:
        return None
    if not said:
        return _goes_on(sentence, at, context)
    part = set(said[-1].subject - ORDER)
    lead_in = words[said[-1].last + 1 : item.first]
    turns = not _TURNS.isdisjoint(lead_in) and lead_in[-1] not in ("and", ",", "it", "is")
    if turns and _GOES_ON.issuperset(lead_in):
        return part - {"first"} if lead_in[-1] in ("then", "next") else part
    if words[at] not in TO or words[at] == "with":
        return None
    start = max(clause_start(sentence, at), said[-1].last + 1)
    verb = verb_before(sentence, at - 1)
    idle = all(
        words[n] in ADVERBS
        or words[n] in COUNTED
        or words[n] == "at"
        or words[n].isdigit()
        or sentence.kinds[n] == "T"
        for n in range(start, verb)
    )
    return part - {"first"} if idle else None


def _corrects(between: list[str]) -> bool:
    """ "It ends on F#, wait, G"."""
    return not _CORRECTIONS.isdisjoint(between) and _AROUND.issuperset(between)


def wonder(sentence: Sentence, context: Context) -> None:
    """Keep the part that a short question names: "The lowest note?"."""
    named = any(found.type == "note" for found in context.found)
    if named or len(sentence.words) > _SHORT or not sentence.bag.isdisjoint(NO_PART):
        return
    for word in sentence.words:
        if word in VOICES and word != "root":
            context.part = frozenset((VOICES[word], ASKED)), sentence.end(-1)


def _answers(sentence: Sentence, item: Item, part: tuple[frozenset[str], int]) -> set[str] | None:
    """ "The lowest note? E.", "The bass? I hear a G"."""
    words = sentence.words
    soon = sentence.start(0) - part[1] < _SOON // 4
    ends = item.last + 1 == len(words) or sentence.kinds[item.last + 1] in ",;"
    replies = _REPLY.issuperset(words[: item.first])
    return set(part[0]) - {ASKED} if soon and ends and replies else None


def _goes_on(sentence: Sentence, at: int, context: Context) -> set[str] | None:
    """ "It then falls to D", where a part had a note in the sentence before."""
    if context.part is None or sentence.start(0) - context.part[1] > _SOON:
        return None
    words = sentence.words
    verb = verb_before(sentence, at - 1) if words[at] in TO else verb_before(sentence, at)
    if verb < 0 or (words[at] in TO) != (words[verb] in MOVES):
        return None
    lead_in = words[clause_start(sentence, verb) : verb]
    goes = not _PRONOUNS.isdisjoint(lead_in) and all(
        word in ADVERBS or word in (":", "second", "third", "fourth") for word in lead_in
    )
    return set(context.part[0]) - {"first", "final"} if goes else None


def _asked(sentence: Sentence, item: Item, at: int, context: Context) -> bool:
    """ "It isn't E flat", "..., so G", "G.", where a note is asked; "had it been C sharp"."""
    words, end, facet = sentence.words, item.last + 1, context.facet
    if facet not in ("interval", "note"):
        return False
    if facet == "note" and words[end : end + 1] != [] and words[end] in ENDS:
        return words[end + 1 : end + 2] in _WHOLES  # "B natural closes it"
    at = max(0, at)
    be = words[at]
    if be in ("were", "been"):
        return not {"if", "had", "were"}.isdisjoint(words[clause_start(sentence, at) : at][:2])
    if facet != "note":
        return False
    if item.note.name not in context.labels and (  # "so B" may be the option
        _concluded(sentence, item) or _equal(sentence, item)
    ):  # fmt: skip
        return True
    ends = end == len(words) or sentence.kinds[end] in ",;:)"
    ends = ends or words[end] in ("either", "because", "that")
    return ends and be in _ITS and not {"it", "it's", "could", "may", "must"}.isdisjoint(words)


def _concluded(sentence: Sentence, item: Item) -> bool:
    """ "..., so G", "Clearly G.": does a sentence of no other note come to one, and no question?"""
    lead, end = sentence.words[: item.first], item.last + 1
    if item.first == 0 and sentence.words[end:] in (["it", "is"], ["it", "was"]):
        return True
    if sentence.kinds[end : end + 1] not in ("", ";") or sentence.asked:
        return False
    only = {*sentence.kinds[: item.first], *sentence.kinds[end:]}.isdisjoint("NAn")
    return only and (lead[-1:] in _SO or FILLERS.issuperset(lead))


def _equal(sentence: Sentence, item: Item) -> bool:
    """ "The note is G, I think", "Answer: G": no list of notes."""
    words, behind = sentence.words, sentence.kinds[item.last + 1 : item.last + 4]
    named = words[item.first - 1 : item.first] in _EQUALS and item.first > 1
    named = named and words[item.first - 2 : item.first - 1] in _NOTES
    return named and behind[:1] in ("", *",;:)") and {*behind}.isdisjoint("NAn")


def _beside(sentence: Sentence, one: Item, other: Item) -> bool:
    """Are two notes members of a list, "G, B and D"?"""
    if other.first - one.last > 3 or not one.kind == other.kind == "note":
        return False
    between = sentence.words[one.last + 1 : other.first]
    return _LISTS.issuperset(between) and not other.note.same(one.note)


def _closes_list(sentence: Sentence, item: Item) -> bool:
    """Does a list end with this note?"""
    return sentence.kinds[item.first - 1 : item.first] == "," or sentence.words[
        item.first - 1 : item.first
    ] == ["and"]
