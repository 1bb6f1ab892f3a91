"""Propositions of what a chord is in a key: "A7 is V7 in D", "in D the V chord is A".

Conventions
-----------
The key is the one behind the numeral ("ii in C"), else the one before it in its sentence ("in C
major ..."), else the one that was named last; without any there is no proposition. "In D minor it
is V7" is said of the chord before it. A chord that its sentence also puts forward ("the chord is
A7, which is V7 in D") stays a claim of its own.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.degrees import NUMERALS
from rewards.claims.grammar.harmony.numerals import pivots
from rewards.claims.grammar.pitch.glosses import glossed
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.textbook.degrees import says
from rewards.claims.grammar.textbook.homes import named_before, placed_in, told_by_one
from rewards.claims.records import UNNAMED
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES, Chord, harte
from rewards.spelling.keys import Key
from rewards.spelling.romans import parse_roman

_APPOSED = (
    [",", "the"], [",", "which", "is"], [",", "which", "is", "the"], [",", "that", "is"],
    [",", "i.e"], [",", "i.e", "the"], [",", "or"], [",", "being"], [",", "the", "chord"],
    ["|"], [",", "is"], ["is", "its"],
)  # fmt: skip
_LINKS = phrases("is|would be|=|:|is the|here is|is a|is an|being")
_GOES_ON = word_set("and also but as well , is")
_IT = word_set("it this that which chord acts act functions function serves serve might")
"""Who, or does what, before a numeral that is said of a chord named before."""
_ARTICLES = word_set("a an the just simply clearly therefore")
_NOUNS = ("chord", "triad", "harmony")


def analyses(sentence: Sentence, context: Context, found: list[Item], told: set[int]) -> set[int]:
    """Take propositions down; returns the tokens that belong to them alone.

    ``told``: tokens of other propositions, whose names may be keys here, and no chords.
    """
    kinds = sentence.kinds
    places = [
        at
        for at, kind in enumerate(kinds)
        if kind in "RI0" and (_single(sentence, at) if kind != "0" else _counted(sentence, at))
    ]
    used = set() if "dominant" not in sentence.bag else _sevenths(sentence, context, found)
    if not places:
        return used
    taken = {one.first for one in context.found if one.type == "textbook"}
    shared = None
    if len(places) > 1 and "in" not in sentence.words[: places[-1]]:  # "G is I, C is IV in G"
        shared = placed_in(sentence, context, found, _numeral(sentence, places[-1])[1])
    if shared is None and context.key is None and len(places) > 1:
        shared = _by_the_first(sentence, context, found, places)
    last: tuple[Item | None, Chord, int] | None = None  # the chord that was told, and where
    placed_keys: dict[str, set[int]] = {}
    for at in places:
        if at in used:
            continue
        numeral, end = _numeral(sentence, at)
        end += sentence.words[end + 1 : end + 2] != [] and sentence.words[end + 1] in _NOUNS
        placed = placed_in(sentence, context, found, end)
        free = [item for item in found if item.first not in told]
        value = _value(sentence, context, free, at, end, placed)
        chord = value.chord or parse_chord(value.note.name) if value else None
        named = placed or named_before(sentence, context, found, value, at) or shared
        if value is None:
            chord = _meant(sentence, context, found, (at, named), last)
        key = named[0] if named else context.key if value is not None else None
        later = key is None and value is not None and value.first > end
        if chord is None or not (key or later) or (value is not None and value.first in taken):
            continue
        if chord.intervals == QUALITIES["hdim7"] and numeral == "ii":
            numeral = "iiø7"
        text = f"numeral of {harte(chord)} in {key.name if key else UNNAMED} is {numeral}"
        first = min(at, value.first) if value else at
        stop = max(end, placed[1] if placed else at, value.last if value else at)
        context.add(Found("textbook", text, first, stop))
        used |= set(range(at, end + 1))
        if placed and key:
            placed_keys[key.name] = set(range(end + 1, placed[1] + 1))
        forward = value is not None and _put_forward(sentence, value, at)
        if value is not None and not (forward and not _all_of_it(sentence, value, end)):
            used |= set(range(value.first, value.last + 1))
        last = value, chord, stop
    if len(placed_keys) > 1:  # "A7 is V7 in D, D7 is V7 in G": the clip is in none of them
        used = used.union(*placed_keys.values())
    return used


def _by_the_first(
    sentence: Sentence, context: Context, found: list[Item], places: list[int]
) -> tuple[Key, int] | None:
    """The key of "E major is I, C sharp minor is vi and A major is IV", and where it stands."""
    pairs = []
    for at in places:
        numeral, end = _numeral(sentence, at)
        value = _value(sentence, context, found, at, end, None)
        chord = value.chord or parse_chord(value.note.name) if value else None
        pairs += [(numeral, chord)] if chord is not None else []
    key = told_by_one(pairs)
    return None if key is None else (key, places[0])


def _single(sentence: Sentence, at: int) -> bool:
    """Is a numeral none of a row, and no "I" who speaks?"""
    kinds, words = sentence.kinds, sentence.words
    cell = words[at - 1 : at] == ["|"] and words[at + 1 : at + 2] in ([], ["|"])
    if words[:1] == ["|"] and sum(kind in "RI" for kind in kinds) > 1:
        return False  # a column for each key
    if cell and kinds[max(0, at - 2) : at - 1] in ("N", "A", "C"):
        return True
    if kinds[at - 1 : at] in ("-", "R", "I") or kinds[at + 1 : at + 2] in ("-", "R", "I"):
        return False
    listed = words[at - 1 : at] in ([","], ["and"]) and kinds[max(0, at - 2)] in "RI"
    if kinds[at + 1 : at + 3] == ",R" or listed:
        return False  # "which are I, IV and V7"
    if kinds[at] == "R":
        return True
    following = kinds[at + 1 : at + 2]
    return words[at - 1 : at] in (["is"], ["="], ["as"], ["the"], ["and"], ["also"]) and (
        following in ("", ",", ".", ";", ")", "k") or words[at + 1] in ("and", "in", "of")
    )


def _counted(sentence: Sentence, at: int) -> bool:
    """ "A7 is the five", "G7, the five of C", "F is number four"."""
    words = sentence.words
    if not words[at].isalpha() or sentence.values[at] not in (1, 2, 4, 5, 6):
        return False
    behind = words[at + 1] if at + 1 < len(words) else ","
    ends = behind in ("of", "in", "chord", ",", ";", ":", ")", "and", "so")
    return ends and words[at - 1 : at] in (["the"], ["number"])


def _numeral(sentence: Sentence, at: int) -> tuple[str, int]:
    """A numeral, applied where "of" and another follow ("V7 of ii"), and its last token."""
    value = sentence.values[at]
    if sentence.kinds[at] == "0":
        return NUMERALS["major"][int(value) - 1], at
    if sentence.words[at + 1 : at + 2] == ["of"] and sentence.kinds[at + 2 : at + 3] == "R":
        applied = parse_roman(f"{value}/{sentence.values[at + 2]}")
        if applied is not None:
            return applied, at + 2
    return value, at


def _value(
    sentence: Sentence,
    context: Context,
    found: list[Item],
    at: int,
    end: int,
    placed: tuple[Key, int] | None,
) -> Item | None:
    """The chord that stands beside a numeral: "A7 is V7", "A7 (V7)", "the V chord in D is A"."""
    words = sentence.words
    left = [item for item in found if item.last < at and item.kind != "mode"]
    right = [item for item in found if item.first > (placed[1] if placed else end)]
    if left:
        value, between = left[-1], _straight(words[left[-1].last + 1 : at])
        key_between = len(left) > 1 and words[left[-2].last + 1 : value.first] in (
            ["in"], ["in", "the", "key", "of"],
        )  # fmt: skip
        if key_between and left[-2].kind != "note" and value.kind != "chord" and says(between):
            return left[-2]  # "G7 in C is V7"
        told = says(between) or (placed is not None and between in ([","], ["("]))
        keyed = placed is not None or context.key is not None
        told = (
            told or (between in _APPOSED and keyed) or (not between and _goes_on(sentence, value))
        )
        told = told or (between == [","] and keyed and _all_of_it(sentence, value, end))
        alone = not glossed(sentence)
        told = told or (between == ["("] and words[end + 1 : end + 2] == [")"] and alone)
        chordal = value.kind in ("chord", "triad") or not {"is", "=", "|"}.isdisjoint(between)
        lead = words[value.first - 1 : value.first]
        if told and chordal and lead not in (["in"], ["with"], ["has"]):
            return value
    behind = placed[1] if placed else end
    if right and words[behind + 1 : right[0].first] in _LINKS and right[0].kind != "mode":
        keyed = (
            _keyed(sentence, at) or placed_in(sentence, context, found, right[0].last) is not None
        )
        opens = at == 0 or words[at - 1] in ("the", "and", ",", ";", ":")
        named = opens or placed is not None or keyed
        return right[0] if named and right[0].kind in ("chord", "triad", "note") else None
    return None


def _all_of_it(sentence: Sentence, value: Item, end: int) -> bool:
    """ "A minor, iii.": is a chord with its numeral all that a sentence says?"""
    return value.first == 0 and end + 1 == len(sentence.words) and value.kind != "note"


def _straight(between: list[str]) -> list[str]:
    """Words without what is thrown in: "F#7, by the way, is V7 in A major"."""
    if between[:1] == [","] and "," in between[2:6]:
        rest = between[between.index(",", 1) + 1 :]
        return rest if rest[:1] in (["is"], ["acts"], ["functions"], ["works"]) else between
    return between


def _goes_on(sentence: Sentence, value: Item) -> bool:
    """Is a chord named behind a numeral of its own: "C major is IV and E minor vi"?"""
    lead = sentence.words[: value.first]
    joined = lead[-1:] == ["and"]
    return joined and "is" in lead and "R" in sentence.kinds[max(0, value.first - 3) : value.first]


def _keyed(sentence: Sentence, at: int) -> bool:
    """Does the sentence name a key before the numeral: "in D major, B minor is vi, G is IV"?"""
    return "in" in sentence.words[:at]


def _meant(
    sentence: Sentence,
    context: Context,
    found: list[Item],
    place: tuple[int, tuple[Key, int] | None],
    last: tuple[Item | None, Chord, int] | None,
) -> Chord | None:
    """The chord of "... and also iv in D minor", "in D minor it is V7", "it is vi in E"."""
    at, placed = place
    words = sentence.words
    if placed is None:
        return None
    if last is not None and _GOES_ON.issuperset(words[last[2] + 1 : at]):
        return last[1]
    lead = [word for word in words[max(0, at - 4) : at] if word not in _ARTICLES]
    if words[at + 1 : at + 2] in (["would"], ["does"], ["usually"]):
        return None  # "it behaves as iv would"
    told = lead[-1:] in (["is"], ["as"], ["'s"], ["it's"], ["be"]) and not _IT.isdisjoint(lead[:-1])
    alone = sum(kind == "C" for kind in sentence.kinds[:at]) == 1
    if told or (sentence.kinds[at - 1 : at] in ("", ";", ":", ",") and (alone or pivots(sentence))):
        chords = [
            item.chord
            for item in found
            if item.last < at and item.kind in ("chord", "triad") and item.chord is not None
            and (item.kind == "chord" or "k" in sentence.kinds[max(0, item.first - 1) : item.first])
        ]  # fmt: skip
        return chords[-1] if chords else context.chord
    return None


def _put_forward(sentence: Sentence, value: Item, at: int) -> bool:
    """ "Then comes G7, the five of C": a chord that is a claim of its own."""
    return sentence.words[value.last + 1 : at][:1] == [","]


def _sevenths(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "E7 is the dominant seventh of A minor", "A flat 7, the dominant seventh"."""
    words, used = sentence.words, set()
    for at in range(1, len(words) - 1):
        if words[at : at + 2] != ["dominant", "seventh"]:
            continue
        left = [item for item in found if item.last < at]
        if not left or left[-1].kind != "chord" or left[-1].chord is None:
            continue
        value = left[-1]
        between = words[value.last + 1 : at]
        apposed = between in ([",", "the"], [",", "which", "is", "the"])
        if not (says(between) or apposed) or between[-1] != "the":
            continue
        if value.chord and value.chord.intervals != QUALITIES["7"]:
            continue
        last = at + 1 + (words[at + 2 : at + 3] == ["chord"])
        placed = placed_in(sentence, context, found, last)
        key = placed[0] if placed else context.key
        if key is None or value.chord is None:
            continue
        text = f"numeral of {harte(value.chord)} in {key.name} is V7"
        stop = placed[1] if placed else last
        context.add(Found("textbook", text, value.first, stop))
        used |= set(range(at, last + 1))
        if placed:
            used |= set(range(at, placed[1] + 1))  # "of C major": any key's, not that of the clip
        if between[0] != ",":
            used |= set(range(value.first, value.last + 1))
    return used
