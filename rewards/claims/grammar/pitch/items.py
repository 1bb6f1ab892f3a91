"""The names of pitch in a sentence: a note, and what goes on with it.

``item.py`` says what a name holds, ``articles.py`` which "A" and which letter is none.
"""

from __future__ import annotations

import re

from rewards.claims.grammar.pitch import articles
from rewards.claims.grammar.pitch.fixed_do import fixed_do
from rewards.claims.grammar.pitch.inversions import inverted
from rewards.claims.grammar.pitch.item import Item, triad
from rewards.claims.grammar.pitch.qualities import altered, figured, goes_on, opens, spoken
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.notes import Note, letter_note

_BEGINS = re.compile("[NAnCGMq]|a(?=-?O?M)")
"""Kinds of tokens with which a name may begin: an "a" only where a mode is said behind it."""
_QUALIFIED = frozenset("OMq")
"""Kinds of tokens that tell behind a note what it is the root of."""
_ON = word_set("on over")
_SCALES = word_set("scale mode key tonality")
_BEFORE_LOWER = phrases("is|on|:|=")
"""Before a lower-case letter that ends its sentence and is a note: "the last note is b"."""
_BENDS = {
    "sharpened": "sharp", "raised": "sharp", "sharped": "sharp",
    "flattened": "flat", "lowered": "flat", "flatted": "flat",
}  # fmt: skip
"""What is done to a note, and the sign that it then has."""
_MOST_WORDS = 7
_MOST_ITEMS = 40


def items(sentence: Sentence) -> list[Item]:
    """The names of a sentence, in order; of a longer list the first ``_MOST_ITEMS``.

    They are told once for all siblings of a group: nobody may change them.
    """
    found: list[Item] = []
    at, kinds = 0, sentence.kinds
    while len(found) < _MOST_ITEMS:
        begins = _BEGINS.search(kinds, at)
        if begins is None:
            break
        at = begins.start()
        kind = kinds[at]
        item = None
        if kind in "NAna":
            item = _from_note(sentence, at)
        elif kind == "C":
            chord = sentence.values[at]
            chord, last = altered(sentence, at, chord) or (chord, at)
            turned, last = inverted(sentence, last, chord)
            item = Item("chord", at, last, sentence.values[at].root, turned)
        elif kind == "G":
            item = triad(sentence.values[at], at, at)
        elif kind == "M":
            item = fixed_do(sentence, at)
        if item is None and kind in "qM" and not sentence.bag.isdisjoint(_ON):
            item = _chord_on(sentence, at)
        if item is not None:
            found.append(item)
            at = item.last
        at += 1
    return found


def _chord_on(sentence: Sentence, at: int) -> Item | None:
    """ "a diminished seventh chord on C sharp", "power chord built on A"."""
    kinds, words = sentence.kinds, sentence.words
    end = at
    while end < len(kinds) and kinds[end] in "Mqkd0-" and end - at < _MOST_WORDS:
        end += 1
    noun = "k" in kinds[at:end] or words[end - 1] == "seventh"
    root = end + 2 if words[end : end + 2] == ["built", "on"] else end + 1
    on = words[root - 1 : root] in (["on"], ["over"])
    if not noun or not on or kinds[root : root + 1] not in ("N", "A"):
        return None
    note = sentence.values[root]
    name = " ".join(word for word in words[at:end] if word != "-")
    chord = parse_chord(f"{note.name} {name}")
    return None if chord is None else Item("chord", at, root, note, chord)


def _from_note(sentence: Sentence, at: int) -> Item | None:
    """The name that begins with a note: what stands behind it tells of which kind it is."""
    kinds, words = sentence.kinds, sentence.words
    note = sentence.values[at]
    lower = kinds[at] in "na"
    step = at + 2 if kinds[at + 1 : at + 2] == "-" and kinds[at + 2 : at + 3] in "MOq" else at + 1
    following = kinds[step : step + 1]
    if following in _QUALIFIED:
        altered_minor = following == "O" and words[step] in ("harmonic", "melodic")
        if altered_minor and kinds[step + 1 : step + 2] == "M":
            step, following = step + 1, "M"
        if following == "O":
            return _with_scale(sentence, at, step, note)
        if following == "M":
            return _with_mode(sentence, at, step, note)
        if articles.before_quality(sentence, at):
            return None
        if not lower and _quality(sentence, step):
            return _spoken(sentence, at, step, note)
    if lower:
        return _lower(sentence, at, note)
    article = articles.may_be(sentence, at)
    if not article and (figured(sentence, at + 1) or opens(sentence, at + 1)):
        return _spoken(sentence, at, at + 1, note)
    if following == "k" and not article:
        return _as_chord(sentence, at, step, note)
    if articles.of_option(sentence, at):
        return None
    note = _bent(sentence, at, note)
    over = _over(sentence, at, step, note)
    if over is None and article and articles.before_noun(sentence, at, step):
        return None
    return over or Item("note", at, at, note)


def _bent(sentence: Sentence, at: int, note: Note) -> Note:
    """ "A sharpened C", "the raised F": the note as it is altered."""
    bend = _BENDS.get(sentence.words[at - 1]) if at else None
    if bend is None or len(note.name) > 1:
        return note
    return letter_note(note.name, bend)


def _lower(sentence: Sentence, at: int, note: Note) -> Item | None:
    """ "f#", "the key of d", "the last note is b": a lower-case letter that is a note."""
    words = sentence.words
    named = len(words[at]) > 1 or words[max(0, at - 2) : at] == ["key", "of"]
    ends = words[at - 1 : at] in _BEFORE_LOWER and sentence.kinds[at + 1 : at + 2] in ("", ";")
    named = named or (ends and sentence.bag.isdisjoint(_SCALES))
    return Item("note", at, at, note) if named and words[at] != "a" else None


def _with_scale(sentence: Sentence, at: int, step: int, note: Note) -> Item | None:
    """ "D dorian", "E phrygian dominant"."""
    words, name = sentence.words, sentence.values[step]
    if articles.before_scale(sentence, at, step):
        return None
    if words[step] in ("phrygian", "lydian") and words[step + 1 : step + 2] == ["dominant"]:
        return Item("mode", at, step + 1, note, mode=f"{name} dominant")
    article = sentence.kinds[at] in "na" and words[at] == "a"
    return None if article else Item("mode", at, step, note, mode=name)


def _as_chord(sentence: Sentence, at: int, step: int, note: Note) -> Item:
    """ "A G chord", "G dominant-seventh", "a C chord with an added sixth"."""
    words = sentence.words
    if words[step] == "dominant-seventh" or words[step + 1 : step + 2] == ["with"]:
        named = _spoken(sentence, at, step, note)
        if named is not None:
            return named
    turned, last = inverted(sentence, step, parse_chord(f"{note.name} major"))
    return Item("chord", at, last, note, turned)


def _over(sentence: Sentence, at: int, step: int, note: Note) -> Item | None:
    """ "G over B", "C / E": a chord over a bass."""
    kinds, words = sentence.kinds, sentence.words
    if step >= len(words) or words[step] not in ("over", "/"):
        return None
    if words[step] == "/" and sentence.start(step) > sentence.end(step - 1):
        return None  # "C / G / Am": a stroke between blanks parts two chords
    whole = " " not in words[at] or words[at - 1 : at] in (["is"], ["chord"], ["plain"], ["then"])
    whole = whole or (kinds[at - 1 : at] in (",", ":") and kinds[step + 2 : step + 3] == ",")
    if not whole or kinds[step + 1 : step + 2] not in ("N", "A"):
        return None
    chord, last = inverted(sentence, at, parse_chord(f"{note.name} major"))
    return Item("chord", at, last, note, chord) if last > at else None


def _quality(sentence: Sentence, at: int) -> bool:
    return sentence.words[at] not in ("sixth", "6th", "added", "half") or sentence.kinds[
        at + 1 : at + 2
    ] in ("q", "k")


def _with_mode(sentence: Sentence, at: int, step: int, note: Note) -> Item | None:
    """ "D major" and what goes on with it: "triad", "seventh", "pentatonic", "over A"."""
    kinds, words, values = sentence.kinds, sentence.words, sentence.values
    mode = values[step]
    following = kinds[step + 1 : step + 2]
    if articles.before_mode(sentence, at, step):
        return None
    if following == "O":
        return Item("mode", at, step + 1, note, mode=f"{mode} {values[step + 1]}")
    named = _spoken(sentence, at, step, note) if goes_on(sentence, step + 1) else None
    if named is not None and (named.last > step or (following and following in "qk")):
        return named
    if following == "y" or (words[step + 1 : step + 2] and words[step + 1] in _SCALES):
        return Item("key", at, step, note, mode=mode)
    chord = parse_chord(f"{note.name} {mode}")
    turned, last = inverted(sentence, step, chord)
    if last > step:
        return Item("chord", at, last, note, turned)
    return Item("triad", at, step, note, chord, mode)


def _spoken(sentence: Sentence, at: int, step: int, note: Note) -> Item | None:
    """A chord in words, as long as it makes sense."""
    named = spoken(sentence, step, note)
    if named is None:
        return None
    turned, last = inverted(sentence, named[1], named[0])
    return Item("chord", at, last, note, turned)


def within(sentence: Sentence) -> frozenset[int]:
    """The tokens behind the root in the name of a chord: "minor-major seventh" is no interval."""
    found = sentence.once(items)
    return frozenset(
        at for item in found if item.kind == "chord" for at in range(item.first + 1, item.last + 1)
    )
