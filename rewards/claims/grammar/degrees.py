"""Propositions of degrees and numerals: "A is the dominant of D", "A7 is V7 in D"."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.items import Item
from rewards.claims.sentences import Sentence
from rewards.claims.theory import harte
from rewards.spelling.chords import parse_chord

DEGREES = {
    "dominant": "dominant", "subdominant": "subdominant", "tonic": "tonic", "mediant": "mediant",
    "submediant": "submediant", "supertonic": "supertonic",
}  # fmt: skip
_NUMERALS = {"V": "dominant", "IV": "subdominant"}


def degrees(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "A is the dominant of D major", "the dominant of D is A", "V of C is G", "A7 is V7 in D"."""
    words, kinds, used = sentence.words, sentence.kinds, set()
    for at, word in enumerate(words):
        relation, last = DEGREES.get(word), at
        if word == "leading" and words[at + 1 : at + 2] and words[at + 1] in ("tone", "note"):
            relation, last = "leading_tone", at + 1
        numeral = sentence.tokens[at].value if kinds[at] == "R" else None
        if relation is None and numeral is None:
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
        value = None
        follow = words[about.last + 1 : about.last + 2]
        if (
            len(right) > 1
            and follow
            and follow[0] in ("is", ",")
            and right[1].first <= about.last + 3
        ):
            value = right[1]
        elif left and _says(words[left[-1].last + 1 : at]):
            value = left[-1]
        if value is None:
            continue
        first, end = min(value.first, at), max(value.last, about.last)
        if numeral is not None and (value.kind == "chord" or numeral not in _NUMERALS):
            chord = value.chord or parse_chord(value.note.name)
            if chord is None:
                continue
            text = f"numeral of {harte(chord)} in {about.key.name} is {numeral}"
        else:
            relation = relation or _NUMERALS[numeral or ""]
            said = value.note.name if value.kind == "note" else None
            said = said or (
                harte(value.chord) if value.kind == "chord" and value.chord else value.key.name
            )
            text = f"{relation} of {about.key.name} is {said}"
        context.add(Found("textbook", text, first, end))
        used |= set(range(first, end + 1))
    return used


def named_numerals(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """ "In D the A7 acts as V7", "G7 in C is V7", "F# diminished, vii° in G"."""
    words, kinds, used = sentence.words, sentence.kinds, set()
    taken = {one.first for one in context.found if one.type == "textbook"}
    for at, kind in enumerate(kinds):
        if kind != "R" or kinds[at - 1 : at] == "-" or kinds[at + 1 : at + 2] == "-":
            continue
        left = [item for item in found if item.last < at]
        if not left or left[0].first in taken:
            continue
        right = [item for item in found if item.first > at]
        placed = words[at + 1 : at + 2] == ["in"] and right and right[0].first <= at + 4
        value, about, first = left[-1], None, left[-1].first
        if placed and words[value.last + 1 : at] in ([","], [",", "the"], ["("]):
            about = right[0]
        elif _says(words[value.last + 1 : at]) and words[at + 1 : at + 2] not in (["of"], ["in"]):
            inside = len(left) > 1 and value.kind != "chord" and left[-2].kind == "chord"
            if inside and words[left[-2].last + 1 : value.first] == ["in"]:
                value, about, first = left[-2], value, left[-2].first
            else:
                homes = [i for i in left[:-1] if i.kind != "chord" and i.first and (
                    words[i.first - 1] in ("in", "of"))]  # fmt: skip
                about = homes[-1] if homes else _home(context)
        chord = value.chord if value.kind in ("chord", "triad") else None
        if about is None or chord is None or about.kind in ("chord", "mode"):
            continue
        text = f"numeral of {harte(chord)} in {about.key.name} is {sentence.tokens[at].value}"
        context.add(Found("textbook", text, first, max(at, about.last if placed else at)))
        used |= set(range(value.first, value.last + 1)) | {at}
    return used


def _home(context: Context) -> Item | None:
    """The key that was named last, as an item outside of the sentence."""
    key = context.key
    return None if key is None else Item("key", -1, -1, key.tonic, mode=key.mode)


def _says(between: list[str]) -> bool:
    """ "is the", "is therefore the", "acts as"."""
    link = {"is", "as", "becomes", "=", "being"} & set(between)
    return bool(link) and len(between) <= 5 and not {",", ";", "but", "because"} & set(between)
