"""The frames in which a part, a place or a time has a note.

Conventions
-----------
Each frame looks at one name of pitch in its sentence and tells whose note it is: the words of its
subject ("bass", "last"), an empty set for a note of no part, None where the frame does not hold.
``reader.py`` says which frame is asked first; nothing here changes the sentence.
"""

from __future__ import annotations

from rewards.claims.grammar.notes.subjects import (
    Spot,
    clause_start,
    marked,
    part_of,
    placed,
    subject_of,
    verb_before,
)
from rewards.claims.grammar.notes.words import (
    CHORDAL,
    EDGES,
    ENDS,
    HOLDERS,
    HOLDS,
    HOLDS_SURE,
    MEMBERS,
    MUST,
    NAMING,
    ORDINALS,
    PITCHED,
    PLACES,
    SEEN,
    SIDES,
    STARTS,
    SURELY,
    TO,
    VOICES,
)
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

REACHED = "reached"
"""Marks what a part does not go beyond: it is there, whatever is denied."""
_HEARD = word_set("take took taken hear heard read")
_BE = word_set("sounds feels seems looks is are was were be been : = remains isn't wasn't aren't")
_NOUN_BEFORE = word_set("a an the no any authentic perfect full half plagal")
"""Words behind which "close" or "end" is no verb."""
_NEVER = word_set("never not doesn't don't hardly")
_IS = word_set("is are was were 's isn't wasn't")
_LIKELY = word_set("have to seems appears must could may might should can would seem appear")
_OF = word_set("of in under over on that which i reached at by heard sung played we above below")
_NOUNS = word_set("voice part line final finalis point")
_STEPS = word_set("step semitone tone whole-step half-step sixth seventh third semitones steps")
"""What a note is measured by from another, beside the numbers of intervals."""
_FAR = word_set("above below over under than from")
"""What a note is told by, and is not itself: "the note above the root"."""


def named(sentence: Sentence, item: Item, spot: Spot, *, listed: bool) -> set[str] | None:
    """ "Bass G", "the final bass note E", "the lowest note of the chord is B"."""
    words = sentence.words
    at, _ = spot
    near = words[item.first - 1] if item.first else ""
    if near in VOICES or near in PLACES:
        at = item.first - 1
    told = words[at + 1 : item.first]
    if len(told) > 2 and placed(told):
        return placed(told)  # "a final unison D"
    if at < 0:
        return None
    if words[at] in ("note", "pitch", "tone", "voice", "part") and at:
        places = placed(words[max(0, at - 3) : at])
        voice = VOICES.get(words[at - 1])
        if voice or (places and (words[at - 1] in PLACES or words[at - 1] in ORDINALS)):
            return ({voice} if voice else set()) | places
    if near in ("for", "as") and not _HEARD.isdisjoint(words[max(0, at - 6) : item.first]):
        voices = [word for word in words[clause_start(sentence, at) : at] if word in VOICES]
        return {VOICES[voices[-1]]} if voices else None  # "the lower I take for G"
    side = item.first - 1 - (near == "for")  # "upper D, lower B", "the upper for F"
    beside = side < 1 or sentence.kinds[side - 1] in ",;:(" or words[side - 1] in ("the", "and")
    if beside and words[side] in ("upper", "lower"):
        return {VOICES[words[side]]}
    close = near in VOICES or words[at] not in ("tune", "melody")
    if close and words[at] in VOICES and words[at] not in SIDES | {"vocal", "hook"}:
        return {VOICES[words[at]]} | placed(words[max(0, at - 2) : at])
    be = at
    while be > 0 and (words[be] in SURELY or words[be].endswith("ly")):
        be -= 1
    be -= words[be] == "like" and words[be - 1] in ("sounds", "feels", "seems", "looks")
    has = words[be] == "'s" and words[be + 1] in ("a", "an")  # "the first note's a B"
    if words[be] in _BE or has or (sentence.kinds[be] == "-" and be):
        return _equated(sentence, item, be, listed=listed)
    return None


def _equated(sentence: Sentence, item: Item, be: int, *, listed: bool) -> set[str] | None:
    """ "The lowest note of the last chord is", "bass:", "the bottom seems to be"."""
    words, kinds = sentence.words, sentence.kinds
    end = be
    while end and (words[end - 1] in _LIKELY | SURELY):
        end -= 1
    if end > 5 and kinds[end - 1] == ",":  # "the last note, way down, is"
        aside = kinds.rfind(",", end - 6, end - 1)
        end = aside if aside > 0 else end
    start = clause_start(sentence, end)
    said = words[start:end]
    colons = [n for n, word in enumerate(said) if word == ":"]
    said = said[colons[-1] + 1 :] if colons else said
    dash = kinds[be] == "-"  # "Bass - C", "| bottom | B |"
    while said and said[0] in ("and", "|", "-", "the", "a", "an", "its", "then", "that"):
        said = said[1:]
    if not said:
        return None
    if said == ["it"] and words[item.first - 1] in ("a", "an") and words[be] in ("is", "be"):
        return set()
    cut = next((n for n, word in enumerate(said) if n and word in _OF), len(said))
    cut = len(said) if said[-1] in NAMING else cut
    head = said[cut - 1] if said[cut - 1] not in ("'s", "here", "now") else said[cut - 2]
    far = next((n for n, word in enumerate(said) if word in _FAR), len(said))
    voices = {
        VOICES[word]
        for word, following in zip(said[:far], [*said[1:], ""], strict=False)
        if word in VOICES and not (following == "of" and word in ("top", "bottom"))
    }
    places = placed(said)
    if said[0] == "what":
        others = {p for n in range(start, end) if (p := part_of(words, n)) and p not in CHORDAL}
        return voices or others or None
    noun = head in NAMING or head in _NOUNS
    behind = words[item.last + 1 : item.last + 2]
    if dash and (len(said) > 3 or behind not in ([], ["|"], [","], ["("])):
        return None
    if words[be] in (":", "=") or dash:
        if listed and kinds[item.last + 1 : item.last + 2] == ",":
            return None
        noun = noun or head in VOICES or said[-1] in VOICES
        if len(said) < 4 and head in HOLDERS and head not in CHORDAL:
            return {head}
        if len(said) == 1 and head in EDGES:
            return {"first"} if head in STARTS else {"final"}
        if len(said) == 1 and head in PLACES:
            return {PLACES[head]}  # "Last: G."
        return (voices | places) or None if noun and (len(said) < 6 or said[-1] in VOICES) else None
    if noun or (head in VOICES and words[be] != "remains"):
        return (voices | places) or None
    return None


def owned(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "The soprano's E", "below the viol's low D"."""
    at, _ = spot
    words = sentence.words
    if at < 1 or words[at] != "'s":
        return None
    part = VOICES.get(words[at - 1]) or (words[at - 1] if words[at - 1] in HOLDERS else None)
    if part is None:
        return None
    beyond = not _FAR.isdisjoint(words[max(0, at - 4) : at])
    return {part, REACHED} if beyond else {part}


def done(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "The bass drops to C", "the viola holds C sharp", "..., climbs to E"."""
    words = sentence.words
    at, qualified = spot
    if at < 0:
        return None
    to = words[at] if words[at] in TO or words[at] == "from" else ""
    at -= bool(to)
    if not to and words[at] in ("in", "of", "by", "through", "about"):
        return None
    if words[at] in _FAR and at and (sentence.kinds[at - 1] == "d" or words[at - 1] in _STEPS):
        return None  # "it ends on G, a step below A"
    near = at
    while near > 0 and (words[near] in SURELY or words[near].endswith("ly")):
        near -= 1
    if to in ("on", "at") and near > 0 and words[near] in _IS:
        parts, blocked = subject_of(sentence, at)
        return None if blocked or not parts or parts <= CHORDAL else parts
    if to in ("on", "at") and at >= 0:
        part = VOICES.get(words[at]) if words[at] not in SIDES else None
        if part is None and words[at] in PITCHED and words[at - 1 : at] and at:
            part = VOICES.get(words[at - 1])
        if part is None and words[at] in HOLDERS and words[at] not in CHORDAL:
            part = words[at]
        if part is not None:
            said = words[clause_start(sentence, at) : at]
            ends = placed(said) | {"final" for word in said if word in ENDS}
            return {part} | ends | {"first" for word in said if word in STARTS}
    at = verb_before(sentence, at - (to == "on" and sentence.kinds[at] == ","))
    if at < 0:
        return None
    verb = words[at]
    kept = verb in ("leaves", "leave", "quits") and not _NEVER.isdisjoint(
        words[max(0, at - 3) : at]
    )
    start = clause_start(sentence, at)
    start = next((n for n in range(at - 1, start, -1) if words[n] in SEEN), start)
    if not MUST.isdisjoint(words[start:at]):
        return None
    places = {"first"} if verb in STARTS else {"final"} if verb in ENDS else set()
    places |= placed(words[clause_start(sentence, at) : at])
    parts, blocked = subject_of(sentence, at)
    sign = qualified or marked(sentence, item)
    rests = "rest" in words[at : item.first]  # "it comes to rest on A"
    if parts:
        own = verb in HOLDS and words[item.first - 1] == "the" and not verb.startswith("play")
        sure = sign or own or rests or verb in EDGES or verb in HOLDS_SURE
        places |= {REACHED} if kept else set()
        return None if parts <= CHORDAL and not sure else parts | places
    mine = to == "on" and "i" in words[start:at] and verb in STARTS
    if blocked and not mine:  # "I start on C": who plays speaks; "I settle on C": of an option
        return None
    if not to:
        played = verb in HOLDS_SURE or verb.startswith("play")
        someone = {"nobody", "everyone", "anybody", "lad"}.isdisjoint(words[start:at])
        return places if played and sign and someone else None
    noun = words[at - 1] in _NOUN_BEFORE if at else False
    return places if (verb in EDGES or rests) and not noun else None


def apposed(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "The lead holds his note, an F", "the tenor has the third, C sharp"."""
    at, _ = spot
    beside = at >= 0 and at == item.first - 1 and sentence.words[at] in HOLDERS
    if at < 0 or not (beside or (at and sentence.words[at] in (",", "("))):
        return None
    ends = item.last + 1 == len(sentence.words) or sentence.kinds[item.last + 1] in ";)"
    start = clause_start(sentence, at)
    part = part_of(sentence.words, at - 1 + beside) if ends and at - start < 4 else None
    if part is not None and part not in CHORDAL:
        return {part}  # "Second violin, G.", "bassoon B flat; horn G"
    return _of_member(sentence, at) if at > 2 else None


def _of_member(sentence: Sentence, at: int) -> set[str] | None:
    """Whose note is the one that is named behind the comma there."""
    words = sentence.words
    if not _member(words, at - 1):
        return None
    for n in range(at - 1, max(-1, at - 12), -1):
        part = part_of(words, n)
        if part is not None and words[n - 1 : n] != ["of"]:
            return {part} | placed(words[max(0, n - 2) : n])
        if words[n] in VOICES and words[n] in ("lead", "lower", "upper"):
            return {VOICES[words[n]]}
    places = placed(words[max(0, at - 3) : at - 1])
    return places if places and words[at - 1] in ("note", "pitch", "tone") else None


def _member(words: list[str], at: int) -> bool:
    """ "The third", "the ninth of the first chord"."""
    if words[at] in MEMBERS or (words[at].isdigit() and words[at - 1] == "degree"):
        return True
    of = next((n for n in range(at, max(0, at - 5), -1) if words[n] == "of"), 0)
    return of > 0 and words[of - 1] in MEMBERS
