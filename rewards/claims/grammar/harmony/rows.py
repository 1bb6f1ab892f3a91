"""Claims of progressions: names in a row, parted by dashes, commas, "to" or "then".

Conventions
-----------
``joints.py`` tells what may part two names of a row, ``progressions.py`` whether it is one of
chords. A key before a row ("in A minor, Am-F-C-G") is none of it.
"""

from __future__ import annotations

from rewards.claims.context import Context, Found, before
from rewards.claims.grammar.harmony.joints import joint
from rewards.claims.grammar.harmony.progressions import is_progression, row_of
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte

_APART = word_set(", :")
_OF_KEYS = word_set("diatonic primary available")


def rows(sentence: Sentence, context: Context, found: list[Item]) -> set[int]:
    """Take down progressions; the ids of the items that belong to one."""
    taken: set[int] = set()
    at = 0
    while at < len(found) - 1:
        items, signs, anew = _run(sentence, context, found, at)
        at += len(items)
        if len(items) < 2:
            continue
        diatonic = _diatonic(sentence, items[0].first)
        if not diatonic and is_progression(row_of(sentence, context, items, signs)):
            chords = [item.chord or parse_chord(f"{item.note.name} major") for item in items]
            value = tuple(harte(chord) for chord in chords if chord is not None)
            if len(items) > 2 or value[0] != value[1]:
                context.add(Found("progression", value, items[0].first, items[-1].last))
                taken.update(id(item) for item in items)
        elif anew or diatonic:
            taken.update(id(item) for item in items)
    return taken


def _run(
    sentence: Sentence, context: Context, found: list[Item], at: int
) -> tuple[list[Item], set[str], bool]:
    """The names from ``found[at]`` on that stand in a row, what parts them, and whether it ends
    where another row begins.
    """
    items = [found[at]]
    signs: set[str] = set()
    chordal = context.chords_asked
    for other in found[at + 1 :]:
        last = items[-1]
        chordal = chordal or last.kind == "chord"
        between = joint(sentence, last, other, chordal=chordal)
        if between is None:
            break
        if _starts_anew(sentence, last, other, signs):
            return items, signs, True
        if len(items) == 1 and _keyed(sentence, last, between):
            break
        if context.facet == "chord" and "which" in between:
            break  # "G7, which resolves to C"
        signs |= between
        items.append(other)
    return items, signs, False


def _starts_anew(sentence: Sentence, last: Item, other: Item, signs: set[str]) -> bool:
    """ "C major and F minor, C - Fm - C": dashes behind a comma; "Dm and G, and a C chord"."""
    if other.first - last.last not in (2, 4):
        return False
    between = sentence.words[last.last + 1 : other.first]
    if between in ([",", "and", "a"], [",", "and", "an"]):
        return True
    dashes = sentence.kinds[other.last + 1 : other.last + 2] == "-"
    return dashes and between in ([","], [":"]) and signs.isdisjoint(("-", "->", "|"))


def _keyed(sentence: Sentence, item: Item, between: set[str]) -> bool:
    """ "in A minor, Am F C G": the key before a row is none of it."""
    if not between <= _APART:
        return False
    lead = before(sentence, item.first, 2)
    return lead[-1:] == ["in"] or lead == ["key", "of"]


def _diatonic(sentence: Sentence, first: int) -> bool:
    """ "In G major the diatonic chords are G, Am, Bm ...": those of any such key."""
    return not _OF_KEYS.isdisjoint(before(sentence, first, 5))
