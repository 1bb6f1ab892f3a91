"""Keys told by how they are related to another: "to the relative minor", "the relative of F major".

Conventions
-----------
The home is the key that the sentence names before, else the one that was asserted first, else not
known yet (``rewards/claims/degrees.py``). Whether the music moves there, ``pitch/moves.py`` tells,
as of a key that is named; a dominant or another degree to which it only "moves" may be a chord, and
is a key where modulations are asked. A relation whose key is named in full beside it ("to the
relative minor, E minor") is left to that name; a bare note there has the mode of the relation, or
of the degree ("to the dominant, E"). What is the relative or parallel of a key that is named is
that key, and no modulation. Where modulations are asked, or a sentence speaks of one, it may be
told by a shift: "up a semitone", "a whole tone higher"; not what a voice or a riff does.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewards.claims.context import Context, Found, before
from rewards.claims.degrees import DEGREES, of_home, placed
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.grammar.pitch.items import items
from rewards.claims.grammar.pitch.moves import CARRIERS, SURE, aimed, moves, sections
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.notes import Note

_RELATIVES = word_set("relative parallel")
_DEGREES = DEGREES - {"tonic"}
_WAYS = dict.fromkeys(
    word_set("up higher above upward upwards raised raises rises rise rose lifts lifted hoisted"),
    "up",
)
_WAYS |= dict.fromkeys(
    word_set("down lower below downward downwards lowered lowers drops falls sinks fell"), "down"
)
_SHIFTS = {
    ("semitone",): 1, ("halftone",): 1, ("half", "step"): 1, ("half", "tone"): 1, ("tone",): 2,
    ("whole", "step"): 2, ("whole", "tone"): 2, ("full", "step"): 2, ("full", "tone"): 2,
    ("minor", "third"): 3, ("major", "third"): 4, ("perfect", "fourth"): 5, ("fourth",): 5,
    ("perfect", "fifth"): 7, ("fifth",): 7,
}  # fmt: skip
"""How far the music may be shifted, in semitones, by its words without hyphens."""
_KEYS = word_set("key tonality")
_BY = word_set("a one by an exactly just another the")
_SPEAKS = SURE | word_set("key keys")
_PLACES = _RELATIVES | _DEGREES
_SIZES = frozenset(words[-1] for words in _SHIFTS)
_MARKS = _PLACES | _SIZES
_MODES = word_set("major minor")
_FIFTHS = word_set("dominant subdominant")
_IS = word_set("is in 's be was =")
_LEADS = word_set("the its a that")
_TO = word_set("to into in toward towards via through reaches visits tonicizes tonicises")
_NOT_KEYS = word_set("chord triad harmony seventh pedal note")
_HOME = Key(Note(0), "major")


def shown(bag: frozenset[str]) -> bool:
    """Whether words may relate one key to another: only then a sentence is read for it."""
    if bag.isdisjoint(_MARKS):
        return False
    return not bag.isdisjoint(_PLACES) or not bag.isdisjoint(_WAYS)


def read(sentence: Sentence, context: Context) -> None:
    """Take down the keys that the music moves to."""
    for at, word in enumerate(sentence.words):
        if word not in _PLACES:
            continue
        lead = before(sentence, at, 2)
        if not _TO.isdisjoint(lead):
            _read(sentence, context, at)
        of_key = word in _DEGREES and not _KEYS.isdisjoint(before(sentence, at, 4))
        if word in _RELATIVES or of_key:
            _related(sentence, context, at, told=not _IS.isdisjoint(lead))
    if context.facet == "modulations" or not sentence.bag.isdisjoint(_SPEAKS):
        _shifts(sentence, context)


def _shifts(sentence: Sentence, context: Context) -> None:
    """ "Up a semitone", "a whole step higher": the home is moved, in its mode."""
    words, bag = sentence.words, sentence.bag
    if bag.isdisjoint(_SIZES) or bag.isdisjoint(_WAYS) or not bag.isdisjoint(CARRIERS):
        return
    for first, last, semitones in _sizes(words):
        at = first - 1
        while at >= 0 and words[at] in _BY:
            at -= 1
        if at >= 0 and words[at] in _WAYS:
            _shift(context, f"{_WAYS[words[at]]} {semitones}", at, last)
            return
        if last + 1 < len(words) and words[last + 1] in _WAYS:
            _shift(context, f"{_WAYS[words[last + 1]]} {semitones}", first, last + 1)
            return


def _sizes(words: list[str]) -> Iterator[tuple[int, int, int]]:
    """First and last token, and semitones, of each "whole step" and "half-step"."""
    spots = [at for at, word in enumerate(words) if word != "-"]
    for first, last in zip(spots, [*spots[1:], -1], strict=True):
        alone = _SHIFTS.get((words[first],))
        if alone is not None:
            yield first, first, alone
        elif last > 0 and (words[first], words[last]) in _SHIFTS:
            yield first, last, _SHIFTS[words[first], words[last]]


def _shift(context: Context, name: str, first: int, last: int) -> None:
    taken = any(one.type == "modulation" and first <= one.first <= last for one in context.found)
    home = context.home
    value = placed("modulation", name, home) if home else of_home(name)
    if value is not None and not taken:
        context.add(Found("modulation", value, first, last))


def _read(sentence: Sentence, context: Context, at: int) -> None:
    words = sentence.words
    first = at - (words[at - 1] in _LEADS)
    if words[first - 1] not in _TO:
        return
    mode = words[at + 1 : at + 2] != [] and words[at + 1] in _MODES
    last = at + mode
    last += words[last + 1 : last + 2] in (["key"], ["region"])
    following = words[last + 1] if last + 1 < len(words) else ""
    if following in _NOT_KEYS or sentence.kinds[last + 1 : last + 2] in ("q", "k"):
        return
    name = f"{words[at]} {words[at + 1]}" if mode else words[at]
    home = _home(sentence, context, first)
    step = last + 2 + 3 * (words[last + 2 : last + 5] == ["the", "key", "of"])
    beside = next((item for item in sentence.once(items) if item.first == step), None)
    if beside is not None and following == "of":
        home, last = beside.key, beside.last
        context.found = [one for one in context.found if one.first != beside.first]
    value = placed("modulation", name, home) if home else of_home(name)
    if beside is not None and following in (",", "("):
        passed = words[first - 1] in ("via", "through")
        goes = words[at + 1] if mode else None if passed else _mode(words[at], value)
        if beside.kind != "note" or goes is None:
            return
        value, last = f"{beside.note.name} {goes}", beside.last
    if value is None:
        return
    goal = parse_key(value) or _HOME
    item = Item("key", first, last, goal.tonic, mode=goal.mode)
    sure = words[at] in _RELATIVES or context.facet == "modulations"
    sure = sure or not SURE.isdisjoint(before(sentence, first, 9))
    there = aimed(sentence, item) or (words[first - 1] == "in" and sections(sentence, item))
    if sure and there and moves(sentence, context, item, goal, None):
        said = Found("modulation", value, first, last)
        if "or" in sentence.bag and sum(word in _PLACES for word in words) > 1:
            said.polarity, said.modality = "asserted", "hedged"  # "to the dominant, ... or the"
        context.add(said)


def _mode(degree: str, value: str | None) -> str | None:
    """That of the key at a degree, as the home tells it, else as such keys mostly are."""
    key = parse_key(value) if value else None
    return key.mode if key else ("major" if degree in _FIFTHS else None)


def _related(sentence: Sentence, context: Context, at: int, *, told: bool) -> None:
    """ "It is the relative minor of F major": a key; untold where it is all of its clause."""
    words, named = sentence.words, sentence.once(items)
    mode = words[at + 1 : at + 2] != [] and words[at + 1] in _MODES
    of = at + 1 + mode
    step = of + 1 + 3 * (words[of + 1 : of + 4] == ["the", "key", "of"])
    other = next((item for item in named if item.first == step), None)
    first, last = at, other.last if other else 0
    if words[at - 1] == "'s" and at:  # "F major's relative minor"
        other = next((item for item in named if item.last == at - 2), None)
        first, last = other.first if other else 0, of - 1
    elif words[of : of + 1] != ["of"]:
        return
    theory = any(one.type == "textbook" and one.first <= at <= one.last for one in context.found)
    if other is None or theory or not (told or _alone(sentence, first, last)):
        return
    value = placed("modulation", " ".join(words[at:of]), other.key)
    context.found = [one for one in context.found if one.first != other.first]
    if value and context.home is not None and other.key.same(context.home):
        text = f"{words[at]} of {other.key.name} is {value}"
        context.add(Found("textbook", text, first, last))  # "Why not G major? It's the relative"
    elif value:
        context.add(Found("key", value, first, last))


def _alone(sentence: Sentence, first: int, last: int) -> bool:
    """Do tokens fill their clause, but for an article?"""
    kinds = sentence.kinds
    first -= sentence.words[max(0, first - 1) : first] in (["the"], ["its"])
    ends = kinds[last + 1 : last + 2] in ("", ";")
    return ends and (first == 0 or kinds[first - 1] in ":;")


def _home(sentence: Sentence, context: Context, first: int) -> Key | None:
    said = [one for one in context.found if one.type == "key" and one.first < first]
    return parse_key(str(said[0].value)) if said else context.home or context.key
