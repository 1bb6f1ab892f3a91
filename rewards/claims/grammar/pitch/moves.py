"""Whether a key is one that the music moves to, or the one it is in.

Conventions
-----------
A key other than the one at home is a modulation behind a verb or noun of motion ("shifts to", "a
detour through"), as a goal ("the new key is"), in another section, at a time or bar ("by bar 9
we are in"), and behind "in" wherever the question is not one for the key itself. Without a key at
home only a word that means nothing else ("modulates") or a place makes one.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, after, before
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.stance.signs import Signs
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.keys import Key, parse_key

KEYISH = frozenset(("key", "key_signature", "mode"))
_MOTION = word_set(
    "passes passing tonicization tonicisation tonicizes tonicises tonicize tonicizing tonicising "
    "modulates modulate modulating modulated modulation modulations shifts shift shifting shifted "
    "moves move moving moved slides slide slipping slips drops drop dips dip leans heads heading "
    "swings swing pulls lift lifts lifted lifting drifts drift pass detour detours excursion "
    "visits visit visiting turn turns turned turning pivot pivots pivoting change changes changing "
    "changed jumps jump leaps leap climbs climb rises rise reaches reach reached travels travel "
    "travelling returns return returning back brighten brightens darkens darken goes go going "
    "journeys journey settles settle yields transitions transition proceed proceeds transposed "
    "transposes transpose wanders wander veers veer strays stray migrates migrate departs "
    "departure digresses digression switches switch switching steps step sinks sink falls fall "
    "hoisted raised raises lowered lower leads launches tips relaxes ascends descends lands land "
    "landing lurches lurch plunges plunge glides glide venture ventures flips flip way end ends "
    "ending ended finishes finish arrives arrive arriving arrival comes led leading progresses "
    "continues flight escape escapes kicks ventured bump bumps bumped cranks push pushes pushed "
    "slid fell rose went gone trip trips gets get got removed removes stroll strolls strolling "
    "foray"
)
SURE = word_set(
    "modulates modulate modulating modulated modulation modulations tonicizes tonicises tonicize "
    "tonicizing tonicising pivots tonicization tonicisation pivot pivoting tonicizations "
    "tonicisations tonicised tonicized"
)
_DRIFTS = SURE | word_set(
    "shifts shift shifting shifted drifts drift slides slide sinks sink rises rise rose climbs "
    "climb lifts lift lifted brightens brighten darkens darken turns turn pivots travels wanders "
    "veers strays brightening darkening moved"
)
"""What a harmony does that changes key, and not only chord."""
_WHOLES = word_set("music song piece track key tonality tune arrangement whole everything us")
_TO = word_set("to into through toward towards via by at of for on up")
TOWARDS = word_set("to into toward towards")
_REACHES = word_set(
    "brings reached reaches visits visit visiting tonicizes tonicises tonicizing touches explores "
    "restores regains reestablishes re-establishes"
)
_BACK = word_set("returns return returning back comes settles resolves ends")
RETURNS = word_set("return shift modulation move excursion switch turn")
"""What a key is the goal of: "any return to A flat"."""
_BELONGS = word_set("belong belongs belonged")
_AND = phrases(",|and|, and|then|, then|->|and then")
_SYMBOL = "A7"
_OPENERS = word_set("i we it that this so which")
CARRIERS = word_set(
    "soprano alto tenor voice voices top note harmony bass chords progression line melody chord "
    "chordal"
)
"""What moves to a chord or to a note, and to no key."""
_CARRYING = CARRIERS | {_SYMBOL}
_DEGREES = word_set("dominant subdominant relative parallel mediant submediant tonic")
_ARRIVES = phrases(
    "is reached|takes over|is established|is visited|is touched|is tonicised|is tonicized|is tried"
)
_CENTRES = word_set("key tonic tonality centre center home")
_GOALS = word_set("goal destination arrival target region stop")
_PARTS = word_set(
    "bridge trio development coda middle chorus minore maggiore episode episodes interlude strain "
    "half refrain outro theme contrasting finale breakdown drop section verse prechorus pre-chorus "
    "recapitulation"
)
_SECTIONS = _PARTS | word_set(
    "later finally ends end ending closes finishes answers afterwards eventually suddenly briefly "
    "momentarily subject"
)
"""Words of another place, where a key is named that is not the one at home."""
_BARS = word_set("bar bars measure measures m mm minutes seconds beats chorus verse")
_LANDS = word_set(
    "land lands landing landed ends end ended ending arrive arrives settles comes back"
)
_STRETCHES = word_set("returns episode section passage interlude")
_ONWARD = word_set("to into via through then")
_PLAIN = word_set("to yes , into the key of it is a at probably maybe ( ) :")
_NEXT = word_set("then and but to into before followed back later")
"""What goes on from a key that is not yet the answer: "G major, then D major"."""
_LEFT = _MOTION - word_set("pivot") | word_set("home original main first initially") | {"->"}
"""What tells of a key that it is the one before: "C minor, moving to A flat major"."""
_ARRIVED = word_set("arrived arrive arrives landed reached")
_IS = word_set("in is become becomes reached be")


def aimed(sentence: Sentence, item: Item) -> bool:
    """Does a word of motion lead to a name: "shifts up to", "visits", "a detour through"?"""
    whole = before(sentence, item.first, 12)
    lead = _own_clause(_without_apposition(whole), sentence.kinds[item.first - len(whole) :])
    near = lead[-1] if lead else ""
    if near in (",", "from"):
        return False
    carriers = [] if _CARRYING.isdisjoint(lead) else [
        at for at, word in enumerate(lead) if word in _CARRYING
    ]  # fmt: skip
    if carriers and _WHOLES.isdisjoint(lead[carriers[-1] :]) and (
        {lead[at] for at in carriers} != {"harmony"} or _DRIFTS.isdisjoint(lead)
    ):  # fmt: skip
        return False  # but "a D7 chord pulls the music to G"
    if near == "in":
        return not _LANDS.isdisjoint(lead[-3:])
    tail = after(sentence, item.last, 2)
    if not _REACHES.isdisjoint(lead[-3:]) or tail in _ARRIVES:
        return True
    if near in TOWARDS and ("us" in lead[-4:] or sections(sentence, item)):
        return _BELONGS.isdisjoint(lead[-3:])
    return not _TO.isdisjoint(lead[-5:]) and not _MOTION.isdisjoint(lead)


def sections(sentence: Sentence, item: Item | Found) -> bool:
    """Is a name said of a section: "in the trio they go up to B flat"?"""
    return not _PARTS.isdisjoint(before(sentence, item.first, 12))


def carried(sentence: Sentence, item: Item) -> bool:
    """ "The music shifts to G major", "an E7 pulls us toward A minor", "the key changes to F"?"""
    lead = before(sentence, item.first, 9)
    if not lead or lead[-1] not in TOWARDS:
        return False
    at = max((n for n, word in enumerate(lead) if word in _WHOLES), default=len(lead))
    moved = not _MOTION.isdisjoint(lead[at:])
    return moved or "us" in lead[-4:]


def moves(sentence: Sentence, context: Context, item: Item, key: Key, time: float | None) -> bool:
    """Is a key, named as one, a modulation?"""
    if _answers(sentence, context, item) or _dated(sentence, context, item, key):
        return True
    if _goes_on(sentence, context, item):
        return True
    lead = _without_apposition(before(sentence, item.first, 16))
    near = lead[-1] if lead else ""
    if near == "from" or lead[-3:-1] == ["i", "settle"]:
        return False
    if context.facet in KEYISH and near == "is" and not _CENTRES.isdisjoint(lead[-3:-1]):
        return False  # "it ends in D major, so the key is D major"
    home = context.home or _named_before(context)
    other = home is not None and not home.same(key)
    if near == "into" and sentence.kinds[item.first - 2 : item.first - 1] == "R":
        return True  # "over a ii-V into G minor"
    if (near == "into" or aimed(sentence, item)) and (
        other or time is not None or _surely(sentence, context, item, lead)
    ):
        return True
    if home is None and context.facet == "modulations":
        degree = len(lead) < min(16, item.first)  # "in the dominant, G major"
        return degree or near in _ONWARD or _new_key(lead) or not _ARRIVED.isdisjoint(lead[-3:])
    if not other:
        return False
    if context.facet == "modulations" or not _GOALS.isdisjoint(lead) or _new_key(lead):
        return True
    return _elsewhere(sentence, context, item, lead, time)


def _answers(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "To G major", "G major, the dominant": is a key the answer to a question of moves?"""
    if not context.answer or context.facet != "modulations":
        return False
    rest = sentence.words[item.last + 1 :]
    if not _PLAIN.issuperset(sentence.words[: item.first]):
        return False
    apposed = rest[:1] in ([","], ["("]) and _NEXT.isdisjoint(rest[1:2]) and _LEFT.isdisjoint(rest)
    named = sentence.kinds[item.last + 2 : item.last + 3] in ("N", "A")
    return _PLAIN.issuperset(rest) or (apposed and not named)


def _timed(sentence: Sentence, item: Item) -> bool:
    """ "C minor at 0:52", "C minor (0:52)"."""
    return sentence.kinds[item.last + 1 : item.last + 3] in ("wT", "(T")


def _dated(sentence: Sentence, context: Context, item: Item, key: Key) -> bool:
    """Does a time stand behind a key that is not the one before?"""
    if not _timed(sentence, item):
        return False
    left = context.key
    return context.facet == "modulations" or (left is not None and not left.same(key))


def _goes_on(sentence: Sentence, context: Context, item: Item) -> bool:
    """ "It passes through A minor, D minor and G minor": a key in a row with one moved to."""
    last = next((one for one in reversed(context.found) if one.type == "modulation"), None)
    return last is not None and sentence.words[last.last + 1 : item.first] in _AND


def _named_before(context: Context) -> Key | None:
    """The first key of the sentence at hand."""
    said = [one.value for one in context.found if one.type == "key"]
    return parse_key(str(said[0])) if said else None


def _new_key(lead: list[str]) -> bool:
    """ "The new key is", "a new tonal centre"."""
    return "new" in lead and not _CENTRES.isdisjoint(lead)


def _surely(sentence: Sentence, context: Context, item: Item, lead: list[str]) -> bool:
    """Can a motion that leads to a key mean nothing but a modulation?"""
    if context.facet == "modulations" or not SURE.isdisjoint(lead) or sections(sentence, item):
        return True
    return carried(sentence, item) and _BACK.isdisjoint(lead)


def _elsewhere(
    sentence: Sentence, context: Context, item: Item, lead: list[str], time: float | None
) -> bool:
    """Is a key that is not the one at home named at another place: a time, a bar, a section?"""
    tail = after(sentence, item.last, 5)
    near = lead[-1] if lead else ""
    free = context.facet not in KEYISH
    if not _STRETCHES.isdisjoint(tail[:1]):
        return True
    if tail[:1] == ["from"] and (_timed(sentence, item) or tail[1:2] in (["the"], ["bar"])):
        return True  # "F sharp minor from 1:12", "D major from the Allegro on"
    if free and near in ("then", "becomes", "become", "became"):
        return True
    if time is not None and (near in (":", "-") or not _IS.isdisjoint(lead[-10:])):
        return True  # "at 2:05 the clouds are parted: A major"
    if near in ("in", "into", "to", ":"):
        barred = not _BARS.isdisjoint(lead) and "0" in sentence.kinds
        if barred or not _SECTIONS.isdisjoint((*lead, *tail)):
            return True
    return near == "in" and free and not _doubted(sentence, item)


def _without_apposition(lead: list[str]) -> list[str]:
    """ "in the subdominant, E flat": the words before the degree that a key is."""
    if lead[-1:] != [","] or _DEGREES.isdisjoint(lead[-3:-1]):
        return lead
    at = len(lead) - 2
    while at and lead[at] in _DEGREES | {"the", "its", "major", "minor", "key"}:
        at -= 1
    return lead[: at + 1]


def _own_clause(lead: list[str], kinds: str) -> list[str]:
    """The words of a name's own clause, the symbols of chords as ``_SYMBOL``."""
    if "C" not in kinds[: len(lead)] and {",", ";"}.isdisjoint(lead):
        return lead
    lead = [_SYMBOL if kind == "C" else word for word, kind in zip(lead, kinds, strict=False)]
    for at in range(len(lead) - 2, -1, -1):
        if lead[at] == ";" or (lead[at] == "," and lead[at + 1] in _OPENERS):
            return lead[at + 1 :]
    return lead


def _doubted(sentence: Sentence, item: Item) -> bool:
    """Is what a sentence says of a key before this one not simply asserted?"""
    signs = Signs(sentence)
    cues = (*signs.deny, *signs.hedge, *signs.suppose, *signs.taken, *signs.doubt)
    return any(cue < item.first for cue in cues)
