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
_IS = word_set("is are was were 's isn't wasn't")
_LIKELY = word_set("have to seems appears must could may might should can would seem appear")
_OF = word_set("of in under over on that which i reached at by heard sung played we above below")
_NOUNS = word_set("voice part line final finalis point")
_STEPS = word_set("step semitone tone whole-step half-step sixth seventh third semitones steps")
"""What a note is measured by from another, beside the numbers of intervals."""
_NO_TITLES = SIDES | word_set("vocal hook tune melody")
"""Parts that are not told by their name alone, "bass G"."""
_OPENING = word_set("and | - the a an its then that")
_NO_VERBS = word_set("in of by through about")
_SOMEONE = word_set("nobody everyone anybody lad")
_FAR = word_set("above below over under than from")
"""What a note is told by, and is not itself: "the note above the root"."""


def named(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "Bass G", "the final bass note E", "the lowest note of the chord is B"."""
    words = sentence.words
    at, _ = spot
    near = words[item.first - 1] if item.first else ""
    if near in VOICES:
        at = item.first - 1
    told = words[at + 1 : item.first]
    if len(told) > 2 and placed(told):
        return placed(told)  # "a final unison D"
    if at < 0:
        return None
    if words[at] in ("note", "pitch", "tone", "voice", "part"):
        voice, places = VOICES.get(words[at - 1]), placed(words[max(0, at - 3) : at])
        if voice or places:
            return ({voice} if voice else set()) | places
    if near in ("for", "as") and not _HEARD.isdisjoint(words[max(0, at - 6) : item.first]):
        voices = [word for word in words[clause_start(sentence, at) : at] if word in VOICES]
        return {VOICES[voices[-1]]} if voices else None  # "the lower I take for G"
    side = words[item.first - 1 - (near == "for")]
    if side in ("upper", "lower"):  # "upper D, lower B", "the upper for F"
        return {VOICES[side]}
    if words[at] in VOICES and words[at] not in _NO_TITLES:
        return {VOICES[words[at]]} | placed(words[max(0, at - 2) : at])
    be = _before_adverbs(words, at)
    be -= be > 0 and words[be] == "like"  # "sounds like G"
    has = words[be] == "'s" and words[be + 1] in ("a", "an")  # "the first note's a B"
    if words[be] in _BE or sentence.kinds[be] == "-" or has:
        return _equated(sentence, item, be)
    return None


def _before_adverbs(words: list[str], at: int) -> int:
    """The place of the last word up to a token that is no adverb."""
    while at > 0 and (words[at] in SURELY or words[at].endswith("ly")):
        at -= 1
    return at


def _equated(sentence: Sentence, item: Item, be: int) -> set[str] | None:
    """ "The lowest note of the last chord is", "bass:", "the bottom seems to be"."""
    words = sentence.words
    start, end = _noun_phrase(sentence, be)
    said = words[start:end]
    if not said:
        return None
    if said == ["it"] and words[item.first - 1] in ("a", "an") and words[be] in ("is", "be"):
        return set()
    if said[0] == "what":  # "what the violas hold is G"
        parts = {part for n in range(start, end) if (part := part_of(words, n))}
        return parts - CHORDAL or None
    far = next((n for n, word in enumerate(said) if word in _FAR), len(said))
    parts = placed(said) | {
        VOICES[word]
        for word, following in zip(said[:far], [*said[1:], ""], strict=False)
        if word in VOICES and not (following == "of" and word in ("top", "bottom"))
    }
    head = _head(said)
    named = head in NAMING or head in _NOUNS or head in VOICES
    if words[be] not in (":", "=") and sentence.kinds[be] != "-":
        return (parts or None) if named else None
    behind = words[item.last + 1 : item.last + 2]
    if sentence.kinds[be] == "-" and (len(said) > 3 or behind not in ([], ["|"], [","], ["("])):
        return None
    return _labelled(said, head) or (
        (parts or None) if named and (len(said) < 6 or said[-1] in VOICES) else None
    )


def _noun_phrase(sentence: Sentence, be: int) -> tuple[int, int]:
    """From where to where what "is" a note is told, without articles and adverbs."""
    words, kinds = sentence.words, sentence.kinds
    end = be
    while end and (words[end - 1] in SURELY or words[end - 1] in _LIKELY):
        end -= 1
    if end > 5 and kinds[end - 1] == ",":  # "the last note, way down, is"
        aside = kinds.rfind(",", end - 6, end - 1)
        end = aside if aside > 0 else end
    start = clause_start(sentence, end)
    start = next((n + 1 for n in range(end - 1, start - 1, -1) if words[n] == ":"), start)
    while start < end and words[start] in _OPENING:
        start += 1
    return start, end


def _head(said: list[str]) -> str:
    """The noun of what is said: "note" of "the lowest note of the chord"."""
    cut = next((n for n, word in enumerate(said) if n and word in _OF), len(said))
    cut = len(said) if said[-1] in NAMING else cut
    return said[cut - 1] if said[cut - 1] not in ("'s", "here", "now") else said[cut - 2]


def _labelled(said: list[str], head: str) -> set[str] | None:
    """ "Cello: G", "Ends: G", "Last: G"."""
    if head in HOLDERS and head not in CHORDAL:
        return {head}
    if head in EDGES:
        return _edges([head])
    return {PLACES[head]} if len(said) == 1 and head in PLACES else None


def _edges(verbs: list[str]) -> set[str]:
    """The places that verbs of the first and the last note tell."""
    starts = {"first" for verb in verbs if verb in STARTS}
    return starts | {"final" for verb in verbs if verb in ENDS}


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
    if at < 0 or (not to and words[at] in _NO_VERBS) or _measured(sentence, at):
        return None
    if to in ("on", "at"):
        if words[_before_adverbs(words, at)] in _IS:  # "the bass is on G"
            parts, blocked = subject_of(sentence, at)
            return None if blocked or parts <= CHORDAL else parts
        placed_on = _beside_part(sentence, at)
        if placed_on is not None:
            return placed_on
    at = verb_before(sentence, at - (to == "on" and sentence.kinds[at] == ","))
    if at < 0 or _supposed(sentence, at):
        return None
    verb = words[at]
    start = clause_start(sentence, at)
    places = placed(words[start:at]) | _edges([verb])
    signed = qualified or marked(sentence, item)
    rests = "rest" in words[at : item.first]  # "it comes to rest on A"
    parts, blocked = subject_of(sentence, at)
    if parts:
        own = verb in HOLDS and words[item.first - 1] == "the" and not verb.startswith("play")
        sure = signed or own or rests or verb in EDGES or verb in HOLDS_SURE
        return None if parts <= CHORDAL and not sure else parts | places
    if blocked and not ("i" in words[start:at] and verb in STARTS):
        return None  # "I start on C": who plays speaks; "I settle on C": of an option
    if to:
        noun = not _NOUN_BEFORE.isdisjoint(words[max(0, at - 1) : at])
        return places if (verb in EDGES or rests) and not noun else None
    played = verb in HOLDS_SURE or verb.startswith("play")
    return places if played and signed and _SOMEONE.isdisjoint(words[start:at]) else None


def _measured(sentence: Sentence, at: int) -> bool:
    """ "It ends on G, a fifth below D": is a note only what another is measured from?"""
    if sentence.words[at] not in _FAR:
        return False
    return sentence.kinds[at - 1] == "d" or sentence.words[at - 1] in _STEPS


def _beside_part(sentence: Sentence, at: int) -> set[str] | None:
    """ "It ends with the bass on", "the top line at": the part there, and its place."""
    words = sentence.words
    part = part_of(words, at)
    if part is None or part in CHORDAL:
        part = VOICES.get(words[at - 1]) if words[at] in PITCHED and at else None
    if part is None:
        return None
    said = words[clause_start(sentence, at) : at]
    return {part} | placed(said) | _edges(said)


def _supposed(sentence: Sentence, at: int) -> bool:
    """ "I hear the bass, which could fall to C": does its clause say what may, or must, be?"""
    start = clause_start(sentence, at)
    start = next((n for n in range(at - 1, start, -1) if sentence.words[n] in SEEN), start)
    return not MUST.isdisjoint(sentence.words[start:at])


def apposed(sentence: Sentence, item: Item, spot: Spot) -> set[str] | None:
    """ "The lead holds his note, an F", "the tenor has the third, C sharp"."""
    at, _ = spot
    words = sentence.words
    beside = at == item.first - 1 and words[at] in HOLDERS
    if at < 0 or not (beside or words[at] in (",", "(")):
        return None
    ends = item.last + 1 == len(words) or sentence.kinds[item.last + 1] in ";)"
    near = at - clause_start(sentence, at) < 4
    part = part_of(words, at - 1 + beside) if ends and near else None
    if part is not None and part not in CHORDAL:
        return {part}  # "Second violin, G.", "bassoon B flat; horn G"
    return _of_member(words, at) if _member(words, at - 1) else None


def _of_member(words: list[str], at: int) -> set[str] | None:
    """Whose note is the one that is named behind the comma there."""
    for n in range(at - 1, max(-1, at - 12), -1):
        part = part_of(words, n)
        if part is not None:
            return {part} | placed(words[max(0, n - 2) : n])
        if words[n] in ("lead", "lower", "upper"):
            return {VOICES[words[n]]}
    return placed(words[max(0, at - 3) : at - 1]) or None


def _member(words: list[str], at: int) -> bool:
    """ "The third", "degree 5", "the ninth of the first chord"."""
    if words[at] in MEMBERS or words[at - 1] == "degree":
        return True
    of = next((n for n in range(at, max(0, at - 5), -1) if words[n] == "of"), 0)
    return of > 0 and words[of - 1] in MEMBERS
