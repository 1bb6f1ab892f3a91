"""Propositions of degrees and numerals: "A is the dominant of D", "A7 is V7 in D"."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.items import Item
from rewards.claims.sentences import Sentence
from rewards.claims.theory import harte
from rewards.spelling.chords import parse_chord
from rewards.spelling.romans import parse_roman

DEGREES = {
    "dominant": "dominant", "subdominant": "subdominant", "tonic": "tonic", "mediant": "mediant",
    "submediant": "submediant", "supertonic": "supertonic",
}  # fmt: skip
_NUMERALS = {"V": "dominant", "IV": "subdominant"}
_ORDINALS = {"fifth": "dominant", "fourth": "subdominant", "seventh": "leading_tone"}
"""Degrees by number: "the fifth degree of E flat is B flat"."""
_CHORDS = ("chord", "triad")


def degrees(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "A is the dominant of D major", "the dominant of D is A", "V of C is G", "A7 is V7 in D"."""
    words, kinds, used = sentence.words, sentence.kinds, set()
    for at, word in enumerate(words):
        relation, last = DEGREES.get(word), at
        if word == "leading" and words[at + 1 : at + 2] and words[at + 1] in ("tone", "note"):
            relation, last = "leading_tone", at + 1
        if word in ("degree", "step"):
            relation = _ORDINALS.get(words[at - 1])
        alone = kinds[at] == "R" and kinds[at - 1 : at] != "-"
        numeral = sentence.tokens[at].value if alone else None
        if relation is None and numeral is None:
            continue
        if relation is not None and words[last + 1 : last + 2] not in (["of"], ["in"]):
            used |= _of_the_home(sentence, context, found, (relation, at, last))
            continue
        if words[last + 1 : last + 2] and words[last + 1] not in ("of", "in", "chord", "note"):
            continue
        step = last + 2 if words[last + 1 : last + 2] in (["chord"], ["note"]) else last + 1
        right = [item for item in found if item.first > step]
        left = [item for item in found if item.last < at]
        if words[step : step + 1] not in (["of"], ["in"]) or not right or right[0].first > step + 4:
            continue
        about = right[0]
        if about.kind in ("chord", "mode"):
            continue
        home = context.on(about.note) if about.kind == "note" else None
        key = home or about.key
        value = None
        follow = words[about.last + 1 : about.last + 2]
        if (
            len(right) > 1
            and follow
            and follow[0] in ("is", ",")
            and right[1].first <= about.last + 3
            and "and" not in words[about.last + 1 : right[1].first]
        ):
            value = right[1]
        elif left and (
            _says(words[left[-1].last + 1 : at])
            or words[left[-1].last + 1 : at] in ([",", "the"], [",", "which", "is", "the"])
        ):
            value = left[-1]
        if value is None:
            continue
        first, end = min(value.first, at), max(value.last, about.last)
        if numeral is not None and (value.kind == "chord" or numeral not in _NUMERALS):
            chord = value.chord or parse_chord(value.note.name)
            if chord is None:
                continue
            text = f"numeral of {harte(chord)} in {key.name} is {numeral}"
        else:
            relation = relation or _NUMERALS[numeral or ""]
            text = f"{relation} of {key.name} is {_named(value)}"
        context.add(Found("textbook", text, first, end))
        used |= set(range(first, end + 1))
    return used


def _of_the_home(
    sentence: Sentence, context: Context, found: list[Item], place: tuple[str, int, int]
) -> set[int]:
    """ "in C major G is the dominant", "its dominant is A major": of the key that was named."""
    relation, at, last = place
    words, kinds = sentence.words, sentence.kinds
    behind = kinds[last + 1 : last + 2]
    if relation == "tonic" or (behind and behind in "qkM-"):
        return set()
    left = [item for item in found if item.last < at]
    right = [item for item in found if item.first > last]
    owned = words[at - 1 : at] in (["its"], ["whose"])
    value: Item | None = None
    if right and right[0].first - last <= 3 and words[at - 1 : at] in (["its"], ["whose"], ["the"]):
        link = words[last + 1]
        if link in ("is", "being", "=") or (link == "," and (owned or words[
            right[0].last + 1 : right[0].last + 3] == [",", "is"])):  # fmt: skip
            value = right[0]
    if value is None and left and _says(words[left[-1].last + 1 : at]):
        value = left.pop()
    if value is None or value.kind == "mode":
        return set()
    homes = [item for item in left if item.kind in ("key", "triad", "note") and (
        item.kind != "note" or words[item.first - 1 : item.first] in (["in"], ["of"]))]  # fmt: skip
    key = context.key
    if homes:
        key = (context.on(homes[-1].note) if homes[-1].kind == "note" else None) or homes[-1].key
    span = set(range(value.first, value.last + 1))
    if key is None:
        return span if owned else set()
    first, end = min(value.first, at), max(value.last, last)
    context.add(Found("textbook", f"{relation} of {key.name} is {_named(value)}", first, end))
    return span


def _named(value: Item) -> str:
    """A name as the value of a relation."""
    major = value.chord is not None and value.chord.intervals & 0b10010 == 0b10000
    if value.kind == "note" or (value.kind in ("chord", "triad") and major):
        return value.note.name
    return harte(value.chord) if value.kind == "chord" and value.chord else value.key.name


def named_numerals(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "In D the A7 acts as V7", "G7 in C is V7", "F# diminished, vii° in G"."""
    words, kinds, used = sentence.words, sentence.kinds, set()
    taken = {one.first for one in context.found if one.type == "textbook"}
    for at, kind in enumerate(kinds):
        if kind != "R" or kinds[at - 1 : at] == "-" or kinds[at + 1 : at + 2] == "-":
            continue
        if at in used:
            continue
        left = [item for item in found if item.last < at]
        if not left or left[0].first in taken:
            continue
        right = [item for item in found if item.first > at]
        placed = words[at + 1 : at + 2] == ["in"] and right and right[0].first <= at + 4
        value, about, first = left[-1], None, left[-1].first
        if placed and words[value.last + 1 : at] in ([","], [",", "the"], ["("]):
            about = right[0]
        elif _says(words[value.last + 1 : at]) and (
            words[at + 1 : at + 2] not in (["of"], ["in"]) or kinds[at + 2 : at + 3] == "R"
        ):
            inside = len(left) > 1 and value.kind != "chord" and left[-2].kind in _CHORDS
            if inside and words[left[-2].last + 1 : value.first] == ["in"]:
                value, about, first = left[-2], value, left[-2].first
            else:
                homes = [i for i in left[:-1] if i.kind != "chord" and i.first and (
                    words[i.first - 1] in ("in", "of"))]  # fmt: skip
                about = homes[-1] if homes else _home(context)
        chord = value.chord if value.kind in ("chord", "triad") else None
        if about is None or chord is None or about.kind in ("chord", "mode"):
            continue
        numeral, end = _numeral(sentence, at)
        text = f"numeral of {harte(chord)} in {about.key.name} is {numeral}"
        context.add(Found("textbook", text, first, max(end, about.last if placed else at)))
        used |= set(range(value.first, value.last + 1)) | set(range(at, end + 1))
    return used


def _numeral(sentence: Sentence, at: int) -> tuple[str, int]:
    """A numeral, applied where "of" and another follow ("V7 of ii"), and its last token."""
    value = sentence.tokens[at].value
    if sentence.words[at + 1 : at + 2] == ["of"] and sentence.kinds[at + 2 : at + 3] == "R":
        applied = parse_roman(f"{value}/{sentence.tokens[at + 2].value}")
        if applied is not None:
            return applied, at + 2
    return value, at


def _home(context: Context) -> Item | None:
    """The key that was named last, as an item outside of the sentence."""
    key = context.key
    return None if key is None else Item("key", -1, -1, key.tonic, mode=key.mode)


def _says(between: list[str]) -> bool:
    """ "is the", "is therefore the", "acts as"."""
    link = {"is", "as", "becomes", "=", "being"} & set(between)
    return bool(link) and len(between) <= 5 and not {",", ";", "but", "because"} & set(between)
