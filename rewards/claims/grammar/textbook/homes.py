"""The key in which a numeral is said: behind it ("V7 in D"), or before it ("in D it is V7")."""

from __future__ import annotations

from rewards.claims.context import Context
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.harte import Chord
from rewards.spelling.keys import Key

_WHERE = phrases(", where|, in which|, so in|: in")
_TONICS = word_set("tonic home keynote key-note centre center")


def placed_in(
    sentence: Sentence, context: Context, found: list[Item], end: int
) -> tuple[Key, int] | None:
    """The key behind a numeral ("in D", "of the key of D"), and its last token."""
    words = sentence.words
    if words[end + 1 : end + 2] not in (["in"], ["of"]):
        return None
    if words[end + 2 : end + 4] in (["this", "key"], ["that", "key"]) and context.key is not None:
        return context.key, end + 3
    if words[end + 2 : end + 3] == ["it"]:
        keys = [item for item in found if item.last < end and item.kind in ("triad", "key")]
        home = keys[0].key if len(keys) > 1 else context.key
        return (home, end + 2) if home is not None else None
    for item in found:
        if item.first > end and item.kind in ("note", "triad", "key"):
            lead = words[end + 2 : item.first]
            if lead in ([], ["the", "key", "of"], ["the", "relative", ","], ["the"]):
                home = context.on(item.note) if item.kind == "note" else None
                return home or item.key, item.last
            return None
    return None


def named_before(
    sentence: Sentence, context: Context, found: list[Item], value: Item | None, at: int
) -> tuple[Key, int] | None:
    """The key that was named before a numeral in its sentence: "in D it is V7"."""
    words = sentence.words
    homes = [
        item
        for item in found
        if item.last < at
        and item is not value
        and item.kind in ("note", "triad", "key")
        and (
            words[item.first - 1 : item.first] == ["in"]
            or (words[item.first - 1 : item.first] == ["of"] and value is not None)
            or words[max(0, item.first - 2) : item.first] == ["relative", "to"]
            or words[item.last + 1 : item.last + 3] in _WHERE
            or (words[item.last + 1 : item.last + 2] == ["as"] and _as_tonic(words, item.last + 2))
        )
    ]
    if not homes and context.key is None and ";" in sentence.kinds[:at]:
        mark = sentence.kinds.rindex(";", 0, at)  # "so D major; A7 is the five"
        homes = [item for item in found if item.last < mark and item.kind in ("triad", "key")]
    if not homes:
        return None
    named = context.on(homes[-1].note) if homes[-1].kind == "note" else None
    return named or homes[-1].key, homes[-1].last


def told_by_one(pairs: list[tuple[str, Chord]]) -> Key | None:
    """The key of several chords with numerals of which one is I: "E is I, C sharp minor is vi"."""
    if len(pairs) < 2:
        return None
    for numeral, chord in pairs:
        if numeral in ("I", "i") and chord.root is not None:
            return Key(chord.root, "major" if numeral == "I" else "minor")
    return None


def _as_tonic(words: list[str], at: int) -> bool:
    """ "As tonic", "as the key note"."""
    at += words[at : at + 1] in (["the"], ["our"])
    return not _TONICS.isdisjoint(words[at : at + 1]) or words[at : at + 2] == ["key", "note"]
