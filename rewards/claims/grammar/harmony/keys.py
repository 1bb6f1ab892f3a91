"""Claims of keys: which notes are tonics.

Conventions
-----------
A bare note is a key where words make it a tonic: "in D", "the key of D", "the tonic is D",
"D is home"; its mode is the one that was named last. Where none is named, "in D" is major, and "D
is home" leaves it open (``claims/tonics.py``). A note that only tells of another key ("the relative
of D") is none.
"""

from __future__ import annotations

from itertools import pairwise

from rewards.claims.context import Context, Found, after, before
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.moves import aimed, moves, sections
from rewards.claims.grammar.pitch.sense_words import ADVERBS, FRAMES
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.keys import Key

MOVED = word_set("moved lifted shifted raised transposed modulates lowered shifts moves slides")
_IT = phrases("it|it's|this")
_SURE = word_set(
    "modulates modulate modulating modulated modulation modulations tonicizes tonicises pivots "
    "tonicization tonicisation pivot pivoting"
)
_TONIC = word_set("tonic home center centre final key finalis")
_NOTES = word_set("note pitch tone chord")
"""Nouns behind a "final" that is no tonic: "G is the final note"."""
_SEATS = word_set("tonic home center centre keynote finalis base")
_OF_KEYS = word_set("key keys tonality tonalities in signature")
_NO_NOUNS = word_set(
    "pedal candidates options possibilities choices chord triad dominant subdominant relative "
    "fifth third degree"
)
_KEY_NOUNS = word_set("key keynote tonality tonic home centre center base signature")
_GOES_ON = word_set(
    "and there but so then with we throughout obv or because it over if that major before after "
    "for confirms at from without since where when as closes ends by which here"
)


def take(sentence: Sentence, context: Context, item: Item, key: Key, time: float | None) -> None:
    """Take down a key that is named, or a modulation to it."""
    lead = before(sentence, item.first, 10)
    of_numeral = sentence.kinds[max(0, item.first - 2) : item.first - 1] == "R"
    of_numeral = of_numeral and lead[-1:] == ["in"]  # "vi in F"
    frames = lead[-1:] == ["in"] and sentence.words[item.last + 1 : item.last + 2] in _IT
    of_numeral = of_numeral or (frames and "R" in sentence.kinds[item.last + 1 : item.last + 4])
    if of_numeral and context.home is not None and not context.home.same(key):
        return
    at_home = _at_home(lead)
    for other in context.found if at_home else ():  # "the bridge is in G, the main key is D"
        if other.type == "key" and sections(sentence, other) and other.value != key.name:
            other.type = "modulation"
    away = not at_home and moves(sentence, context, item, key, time)
    kind = "modulation" if away else "key"
    found = Found(kind, key.name, item.first, _titled(sentence, item), time=time)
    if item.kind == "note":
        found.bare = "tonic" if _only_tonic(sentence, item) else "key"
    context.add(found)


def _titled(sentence: Sentence, item: Item) -> int:
    """The last token of a name with its title: of "F as the home key", "F as home"."""
    words, at = sentence.words, item.last + 1
    if words[at : at + 1] != ["as"]:
        return item.last
    at += 1 + (words[at + 1 : at + 2] in _ARTICLES)
    while at < len(words) and words[at] in _TITLES:
        at += 1
    return at - 1 if words[at - 1] in _KEY_NOUNS else item.last


def _only_tonic(sentence: Sentence, item: Item) -> bool:
    """ "The tonic is D", "D is home": is a note said to be no more than the tonic?"""
    if sentence.bag.isdisjoint(_SEATS):
        return False
    near = {*before(sentence, item.first, 7), *after(sentence, item.last, 5)}
    return not _SEATS.isdisjoint(near) and _OF_KEYS.isdisjoint(near)


def _at_home(lead: list[str]) -> bool:
    """ "The home key is D", "overall we are in D"?"""
    lead = _plain(lead)[-6:]
    if not lead or not (lead[-1] in ("in", ":", "remains") or lead[-1] in _BEING):
        return False
    named = not _HOMES.isdisjoint(lead) and any(
        a in _HOMES and b in _KEY_NOUNS for a, b in pairwise(lead)
    )
    return named and lead[-2:-1] != ["not"]


def bare_key(sentence: Sentence, context: Context, item: Item) -> Key | None:
    """The key of a bare note that words around it make a tonic, or None."""
    if context.facet not in ("key", "modulations") and not _framed(sentence, item):
        return None
    lead, tail = _plain(before(sentence, item.first, 9))[-7:], after(sentence, item.last, 5)
    near = lead[-1] if lead else ""
    if near == "in" and lead[-2:-1] and lead[-2] in _TRANSPOSING:
        return None  # "a horn in F"
    if sentence.words[item.last].endswith("natural"):
        return None  # "it would bring in F natural": a note, whatever leads to it
    ends = not tail or sentence.kinds[item.last + 1] in ",;:()-" or tail[0] in _GOES_ON
    if not (
        _is_tonic(sentence, lead, tail, ends)
        or _moved_to(sentence, context, item, lead, tail, ends)
        or (context.facet == "key" and ends and _answers(sentence, item, lead))
        or (near == "in" and ends)
        or _lone(sentence, context, item)
    ):
        return None
    return context.on(item.note) or Key(item.note, context.mode or "major")


def _framed(sentence: Sentence, item: Item) -> bool:
    """Does a word that may make a tonic of a note stand beside it? Most notes are left at that."""
    words, first, end = sentence.words, item.first, item.last + 1
    while first and _idle(words[first - 1]):
        first -= 1
    near = words[first - 1] if first else ""
    return near in _BEFORE_KEYS or (end < len(words) and words[end] in _STANDS)


def _is_tonic(sentence: Sentence, lead: list[str], tail: list[str], ends: bool) -> bool:
    """ "The key of D", "home might be D", "the tonic D", "D is home"."""
    near = lead[-1] if lead else ""
    if near in _LEADS and _leads(sentence, lead, near):
        return True
    if not tail or not (tail[0] in _STANDS or near in _MAKES):
        return False
    named = _TONIC.intersection(tail[1:4]) if tail[1:3] != ["at", "home"] else set()
    return bool(named) and (named != {"final"} or _NOTES.isdisjoint(tail))


def _leads(sentence: Sentence, lead: list[str], near: str) -> bool:
    """ "The key of", "home might be", "the tonic": do words before a note make it a tonic?"""
    if near == "tonic" or (near == "of" and "key" in lead[-2:]):
        return True
    if lead[-2:] == ["concert", "pitch"]:
        return True
    if near in _BEING:
        nouns = lead[-4:] if "," in lead or "that" in lead else lead
    else:
        nouns = lead[-4:] if near in _MARKS else []
    if not _KEY_NOUNS.isdisjoint(nouns) and _NO_NOUNS.isdisjoint(lead):
        return True
    return lead[-2:] in FRAMES and not {"R", "I"}.isdisjoint(sentence.kinds)


def _moved_to(
    sentence: Sentence, context: Context, item: Item, lead: list[str], tail: list[str], ends: bool
) -> bool:
    """ "Modulates to D", "a key change to D", "into D"."""
    near = lead[-1] if lead else ""
    if near in ("to", "into"):
        if not _SURE.isdisjoint(lead) or (ends and aimed(sentence, item) and (
            near == "into" or sections(sentence, item)
        )):  # fmt: skip
            return True
        if not _KEY_NOUNS.isdisjoint(lead[-4:]) or sentence.bag >= _KEY_CHANGE:
            return True
    if context.facet != "modulations":
        return False
    listed = sentence.kinds[item.last + 2 : item.last + 3] in ("N", "A")
    return near in _WAYS or (tail[:1] in (["to"], ["->"]) and listed)


def _answers(sentence: Sentence, item: Item, lead: list[str]) -> bool:
    """ "I'd pick D", "I lean toward D", "it is D", where a key is asked."""
    near = lead[-1] if lead else ""
    if near in ("around", "say", "pick", "choose"):
        return True
    if near in ("toward", "towards", "to"):
        return not _LEANS.isdisjoint(lead[-3:])
    plain = near == "be" or (near in ("is", "'s") and lead[-2:-1] in (["it"], ["that"], ["this"]))
    return plain and _TONES.isdisjoint(before(sentence, item.first, 12))


def _lone(sentence: Sentence, context: Context, item: Item) -> bool:
    """An answer of no more than "probably G"."""
    return context.answer and context.facet in ("key", "modulations") and (
        _ALONE.issuperset([*sentence.words[: item.first], *sentence.words[item.last + 1 :]])
    )  # fmt: skip


def _plain(lead: list[str]) -> list[str]:
    """Words before a note without the adverbs that stand right before it."""
    while lead and _idle(lead[-1]):
        lead = lead[:-1]
    return lead


def _idle(word: str) -> bool:
    """An adverb that may stand right before a note."""
    return word in _ADVERBS or (word.endswith("ly") and len(word) > 4)


_ADVERBS = ADVERBS - word_set("of and or no not never neither nor so")
_KEY_CHANGE = frozenset(("key", "change"))
_TRANSPOSING = word_set(
    "clarinet clarinets trumpet trumpets horn horns sax saxophone saxophones cornet cornets "
    "flugelhorn trombone euphonium whistle recorder harp tuba instrument"
)
_MAKES = word_set("making makes make treating considering")
_STANDS = word_set(
    "acts serves feels works functions is as for 's were was being stays remains became"
)
_ARTICLES = phrases("the|a|our|its|my")
_HOMES = word_set("home main overall global original principal basic governing")
_TITLES = _HOMES | _KEY_NOUNS | {"tonal"}
_BEING = word_set("is be was were being remains becomes became 's stays been")
_MARKS = word_set(": = on")
_LEADS = _BEING | _MARKS | {"tonic", "of", "pitch"} | {frame[-1] for frame in FRAMES}
"""What stands right before a note that words before it make a tonic."""
_BEFORE_KEYS = _LEADS | _MAKES | {"to", "into", "in"}
_LEANS = word_set("lean leans leaning leaned inclined")
_TONES = word_set(
    "third fifth sixth seventh degree note tone root bass melody top leading above below final "
    "pitch"
)
"""Words behind which "it is G" names a note."""
_WAYS = word_set("to from in into reaches ->")
_ALONE = word_set("probably maybe perhaps , to it is the key of i think likely")
"""What may stand beside a bare note that is an answer."""
