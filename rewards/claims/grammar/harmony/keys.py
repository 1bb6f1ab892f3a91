"""Claims of keys: which notes are tonics.

Conventions
-----------
A bare note is a key where words make it a tonic: "in D", "the key of D", "the tonic is D",
"D is home"; its mode is the one that was named last, else major. Where it only tells of another
key ("the relative of D") it is none.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, after, before
from rewards.claims.grammar.pitch.comparisons import told
from rewards.claims.grammar.pitch.items import Item
from rewards.claims.grammar.pitch.moves import aimed, moves, sections
from rewards.claims.grammar.pitch.sense_words import ADVERBS
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.keys import Key

MOVED = word_set("moved lifted shifted raised transposed modulates lowered shifts moves slides")
_MODULATES = word_set(
    "passes passing tonicization tonicisation modulates modulate modulating modulated modulation "
    "shifts shift shifting moves moving moved slides slipping slips drops dips leans heads swings "
    "pulls lift lifted drifts detours excursion visits turn turned pivot pivoting slide changes "
    "change jumps climbs rises reaches reached turns turning travels returns back tonicizes "
    "tonicises pivots brightens lifts goes journeys settles transitions transposed"
)
_SURE = word_set(
    "modulates modulate modulating modulated modulation modulations tonicizes tonicises pivots "
    "tonicization tonicisation pivot pivoting"
)
_TONIC = word_set("tonic home center centre final key finalis")
_NO_NOUNS = word_set(
    "pedal candidates options possibilities choices chord triad dominant subdominant relative "
    "fifth third degree"
)
_KEY_NOUNS = word_set("key tonality tonic home centre center base signature")
_DEGREES_OF = word_set(
    "third fourth fifth sixth seventh second degree note notes scale dominant subdominant triad "
    "mediant root signature step collection leading-tone pitches chords accidentals"
)
_SEATED = word_set("sits sit sitting centers centres centered centred based rests hovers stays")
_PIECES = word_set("piece song tune track section sections verse chorus music everything whole")
_NOT_AFTER = word_set("section in on at part string octave as position")
_GOES_ON = word_set(
    "and there but so then with we throughout obv or because it over if that major before after "
    "for confirms at from without since where when as closes ends by which here"
)


def take(sentence: Sentence, context: Context, item: Item, key: Key, time: float | None) -> None:
    """Take down a key that is named, or a modulation to it."""
    lead = before(sentence, item.first, 10)
    if lead[-2:] in (["relative", "of"], ["parallel", "of"], ["relative", "to"]):
        return
    degree = lead[-2] if len(lead) > 1 and lead[-1] == "of" else ""
    if lead[-1:] == ["of"] and not {"relative", "parallel"}.isdisjoint(lead[-4:]):
        return
    if degree in _DEGREES_OF or lead[-3:-1] in (["leading", "tone"], ["leading", "note"]):
        return
    if told(sentence, item):
        return
    if not sentence.bag.isdisjoint(("shares", "share")):
        shared = {"shares", "share"} & set(lead[-5:]) or "share" in after(sentence, item.last, 5)
        if shared:
            return
    if sentence.kinds[max(0, item.first - 2) : item.first - 1] == "R" and lead[-1:] == ["in"]:
        home = context.home
        if home is not None and not home.same(key):
            return  # "vi in F": the key of a numeral
    kind = "modulation" if moves(sentence, context, item, key, time) else "key"
    found = Found(kind, key.name, item.first, item.last, time=time, bare=item.kind == "note")
    if lead[-2:] in (["in", "a"], ["in", "any"]) and "would" in after(sentence, item.last, 8):
        found.modality = "hypothetical"  # "in a G major piece the C would be natural"
    context.add(found)


def bare_key(sentence: Sentence, context: Context, item: Item) -> Key | None:
    """The key of a bare note that words around it make a tonic, or None."""
    lead, tail = _plain(before(sentence, item.first, 9))[-7:], after(sentence, item.last, 5)
    near = lead[-1] if lead else ""
    if near == "in" and lead[-2:-1] and lead[-2] in _TRANSPOSING:
        return None  # "a horn in F"
    ends = not tail or sentence.kinds[item.last + 1] in ",;:()-" or tail[0] in _GOES_ON
    beside = sentence.kinds[item.last + 1 : item.last + 3]
    if ends and beside in (",N", "wN", ",A", "wA") and tail[0] in ("and", ",", "or"):
        ends = near == "in" or context.facet == "modulations"
    nouns = _KEY_NOUNS & set(lead[-4:])
    far = nouns or (near in _BEING and not {",", "that"} & set(lead) and _KEY_NOUNS & set(lead))
    keyed = (near == "of" and "key" in lead[-2:]) or (
        (near in _BEING or near in (":", "=", "on")) and bool(far) and _NO_NOUNS.isdisjoint(lead)
    )
    keyed = keyed or (near == "key" and ends and lead[-2:-1] in (["home"], ["main"], []))
    keyed = keyed or lead[-2:] == ["concert", "pitch"]
    home = bool({"home", "tonic", "centre", "center"} & set(lead[-4:])) and lead[-2:] in (
        ["is", "an"], ["'s", "an"], ["is", "a"], ["'s", "a"], ["must", "be"], ["would", "be"],
    )  # fmt: skip
    seated = near == "on" and not _SEATED.isdisjoint(lead[-3:]) and not _PIECES.isdisjoint(lead)
    keyed = keyed or near == "tonic" or home or (seated and ends)
    is_tonic = tail[:1] in (["is"], ["as"], ["for"], ["'s"]) and bool(set(tail[1:4]) & _TONIC)
    is_tonic = is_tonic or _called_home(tail)
    related = near == "," and (
        (lead[-2:-1] in (["major"], ["minor"]) and not {"relative", "parallel"}.isdisjoint(lead))
        or lead[-3:-1] in (["the", "dominant"], ["its", "dominant"])
    )
    moves = near in ("to", "into") and (
        bool(_SURE & set(lead))
        or ((nouns or sentence.bag >= _KEY_CHANGE) and _MODULATES & set(lead))
        or (ends and aimed(sentence, item) and (near == "into" or sections(sentence, item)))
    )
    toned = context.facet == "modulations" and near in _TONICIZES
    moves = moves or (toned and (ends or tail[0] in ("briefly", "for", "again")))
    asked = (
        context.facet == "key"
        and ends
        and (
            near in ("around", "say", "pick", "choose")
            or lead[-2:] in _CHOICES
            or (near in ("toward", "towards", "to") and not _LEANS.isdisjoint(lead[-3:]))
            or (near == "be" and _TONES.isdisjoint(before(sentence, item.first, 12)))
            or (
                near in ("is", "'s")
                and lead[-2:-1] in (["it"], ["that"], ["this"])
                and _TONES.isdisjoint(before(sentence, item.first, 12))
            )
        )
    )
    lone = context.facet == "key" and sentence.asked and len(sentence.words) <= 4
    lone = lone or (
        context.answer
        and context.facet in ("key", "modulations")
        and _ALONE.issuperset([*sentence.words[: item.first], *sentence.words[item.last + 1 :]])
    )
    listed = context.facet == "modulations" and near in (
        "to",
        "from",
        "in",
        "into",
        "reaches",
        "->",
    )
    listed = listed or (
        context.facet == "modulations"
        and tail[:1] in (["to"], ["->"])
        and sentence.kinds[item.last + 2 : item.last + 3] in ("N", "A")
    )
    if home and "minor" in sentence.bag and context.on(item.note) is None:
        return None
    if not (keyed or is_tonic or related or moves or asked or lone or listed):
        if not (
            (near == "in" and ends and tail[:1] and tail[0] not in _NOT_AFTER)
            or (near == "in" and not tail)
        ):
            return None
    elif near == "in" and tail and tail[0] in _NOT_AFTER:
        return None
    if related and lead[-2] in ("major", "minor"):
        return Key(item.note, lead[-2])
    return context.on(item.note) or Key(item.note, context.mode or "major")


def _plain(lead: list[str]) -> list[str]:
    """Words before a note without the adverbs that stand right before it."""
    while lead and (lead[-1] in _ADVERBS or (lead[-1].endswith("ly") and len(lead[-1]) > 4)):
        lead = lead[:-1]
    return lead


def _called_home(tail: list[str]) -> bool:
    """ "making D the tonal centre", "D feels like home", "D acts as our tonic"."""
    start = 0
    if tail[:1] and tail[0] in _FEELS:
        if tail[1:2] not in (["like"], ["as"]):
            return False
        start = 2
    rest = tail[start:]
    if rest[:1] and rest[0] in ("the", "our", "its", "a"):
        rest = rest[1:]
    elif not start:
        return False
    return rest[:1] in (["tonic"], ["home"]) or (
        rest[:1] in (["tonal"], ["key"], ["harmonic"]) and rest[1:2] in _CENTRES
    )


_ADVERBS = ADVERBS - word_set("of and or no not never neither nor so")
_KEY_CHANGE = frozenset(("key", "change"))
_TONICIZES = word_set("tonicizes tonicises tonicizing tonicising tonicize tonicise")
_TRANSPOSING = word_set(
    "clarinet clarinets trumpet trumpets horn horns sax saxophone saxophones cornet cornets "
    "flugelhorn trombone euphonium whistle recorder harp tuba instrument"
)
_FEELS = word_set("feels sounds acts serves functions works seems behaves felt")
_CENTRES = (["center"], ["centre"], ["note"], ["base"], ["home"])
_BEING = word_set("is be was were being remains becomes became 's stays been")
_LEANS = word_set("lean leans leaning leaned inclined")
_TONES = word_set(
    "third fifth sixth seventh degree note tone root bass melody top leading above below final "
    "pitch"
)
"""Words behind which "it is G" names a note."""
_WAYS = word_set("to from in into reaches ->")
_ALONE = word_set("probably maybe perhaps , to it is the key of i think likely")
"""What may stand beside a bare note that is an answer."""
_CHOICES = (
    ["go", "with"],
    ["going", "with"],
    ["stick", "with"],
    ["stay", "with"],
    ["went", "with"],
)
