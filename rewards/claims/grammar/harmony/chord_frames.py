"""Frames in which a name is a chord, or is none: "the second is C", "it turns into G", "F over D".

Conventions
-----------
A name behind the number of a chord is one, and so is what "it" turns into where chords are asked;
two notes of an interval ("a minor third, F over D") and a chord that is only compared are none.
"""

from __future__ import annotations

from rewards.claims.context import Context, before
from rewards.claims.degrees import DEGREES
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.moves import KEYISH
from rewards.claims.records import PLACES
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_SHARED = word_set("shares share sharing shared compared contrast clashes clash clashing")
_LINES = word_set(
    "bass melody soprano top voice line note notes key tonic modulates tune singer root"
)
_OFFICES = DEGREES - {"tonic"}
_TURNS = word_set(
    "turns turn turning moves move moving changes change changing goes go going shifts shift "
    "switches switch drops drop returns return back stays stay resolves resolve lands land leads"
)
_TAKES = word_set("becomes become uses use brings gets holds")
_EXPECTS = word_set("expect expects expected expecting")
_GETS = word_set("gets get comes hear hears find finds")
_REACHING = _EXPECTS | _GETS | {",", "(", "is", "to"}
"""What stands right before a chord that is reached, where no chords are asked."""
_RESOLVES = word_set("resolves resolved resolving")
_ORDERS = word_set(
    "first second third fourth fifth sixth seventh eighth last final next penultimate"
)
_NUMBERS = frozenset(PLACES[1:])
_ONES = word_set("one chord harmony triad sonority")
_NOUNS = _ONES - {"one"}
_CHORDS = _NOUNS | {"chords"}
_BETWEEN = word_set("is like sounds to be seems , : a an the was then = probably clearly again")
_COUNTING = _BETWEEN | _ONES | _ORDERS
"""What stands right before a chord that is told by its number."""


def interval(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "a minor third, F over D", "F natural over E": two notes, and no chord over a bass."""
    kinds, words = sentence.kinds, sentence.words
    if context.facet == "interval" and words[0] == "a":
        return True  # "A minor seventh"
    if kinds[item.first] not in "NA" or words[item.first + 1 : item.first + 2] != ["over"]:
        return False
    if words[item.first].endswith("natural") or context.facet == "interval":
        return True
    return "d" in kinds[max(0, item.first - 7) : item.first] and not context.chords_asked


def shared(sentence: Sentence, item: Item) -> bool:
    """ "it shares F and B with G7", "compared with a G chord": a chord that is only compared."""
    lead = before(sentence, item.first, 9)
    lead = lead[:-1] if lead[-1:] in (["a"], ["an"], ["the"]) else lead
    return lead[-1:] in (["with"], ["to"]) and not _SHARED.isdisjoint(lead)


def place(sentence: Sentence, first: int) -> str | None:
    """Which chord of its row the one is that begins at a token: "the third chord is F"."""
    words = sentence.words
    counts = "k0" in sentence.kinds
    if not counts and _NUMBERS.isdisjoint(sentence.bag):
        return None
    at = first
    while at and words[at - 1] in _BETWEEN and first - at < 4:
        at -= 1
    if counts and at > 1 and words[at - 2] == "chord" and sentence.kinds[at - 1] == "0":
        number = sentence.values[at - 1]  # "chord three is"
        return PLACES[int(number) - 1] if number in range(1, len(PLACES) + 1) else None
    noun = at > 0 and words[at - 1] in _ONES
    at -= noun
    told = noun or at == 1 or words[at - 2 : at - 1] == ["the"]
    named = at > 0 and words[at - 1] in _NUMBERS and told
    return words[at - 1] if named else None


def counted(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "the first chord is G", "the second sounds like C major, the third D": chords by number."""
    words, at = sentence.words, item.first
    if not at or words[at - 1] not in _COUNTING or sentence.bag.isdisjoint(_ORDERS):
        return False
    while at and words[at - 1] in _BETWEEN and item.first - at < 4:
        at -= 1
    noun = words[at - 1 : at] != [] and words[at - 1] in _ONES
    order = words[at - 2 : at - 1] if noun else words[at - 1 : at]
    if not order or order[0] not in _ORDERS:
        return False
    series = words[at - 2 : at - 1] == ["the"] and "first" in words[: at - 1]
    chords = noun or (series and (not _CHORDS.isdisjoint(words[:at]) or context.chords_asked))
    if at == 2 and words[0] == "the" and context.chord is not None:
        chords = chords or context.facet not in KEYISH  # "The first chord is ... The second is"
    following = words[item.last + 1] if item.last + 1 < len(words) else ","
    if at == 1 and context.chords_asked and not noun:
        chords = True  # "Second G."
    ends = item.kind != "note" or following in (",", ";", "and", ".", ":", "(", ")", "-")
    return chords and ends and "degree" not in sentence.bag and "inversion" not in words[:at]


def reached(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "around 0:06 it turns into G", "bars 3 and 4 move to F"."""
    words, kinds = sentence.words, sentence.kinds
    asked = context.chords_asked
    if not item.first or not (asked or words[item.first - 1] in _REACHING):
        return False
    behind, following = words[item.last + 1 : item.last + 2], kinds[item.last + 1 : item.last + 2]
    lead = before(sentence, item.first, 4)
    near, past = lead[-1], lead[-2] if len(lead) > 1 else ""
    if near in (",", "(") and (past in _NOUNS or kinds[max(0, item.first - 2)] == "R"):
        # "the opening chord (C major)", "V/V (D major)", "the tonic triad, C."; "V (D in G minor)"
        return following in ("", ",", ")") or (near == "(" and behind == ["in"])
    if near == "is" and past == "," and words[0] == "the" and not _NOUNS.isdisjoint(words[1:4]):
        return True  # "The chord in question, number three, is D major"
    counts = near == "," and kinds[item.first - 2] == "0"
    if counts and len(lead) > 2 and lead[-3] in (*_NOUNS, "number", "station"):
        return following == ","  # "Chord two, D minor, leads away"
    if near in _EXPECTS or (behind == ["instead"] and near in _GETS):
        # "I expect F after the C7, and get D minor instead"
        return not {*kinds}.isdisjoint("Ck") or (item.kind == "triad" and context.chord is not None)
    if near == "to" and item.kind == "note" and not _RESOLVES.isdisjoint(lead):
        named = context.chord is not None or "C" in kinds[: item.first]
        pair = kinds[item.last + 1 : item.last + 3] in ("-N", "-A")  # "B-F resolves to C-E"
        return named and not pair and _LINES.isdisjoint(words[: item.first])
    if near in (",", "(") and past in _OFFICES:  # "the dominant, A major, ..."
        away = lead[0] in ("to", "in", "into")
        return not away and following in (",", ")") and item.kind == "triad"
    if not asked or not _LINES.isdisjoint(before(sentence, item.first, 6)):
        return False
    lead = lead[1:] if len(lead) > 3 else lead
    lead = lead[:-1] if near in ("a", "an", "just") else lead
    moved = lead[-1:] in (["to"], ["into"], ["on"]) and not _TURNS.isdisjoint(lead[:-1])
    moved = moved or (lead[-1:] != [] and lead[-1] in _TAKES)
    return moved and following in ("", ",", ";", ")", ".", "(")
