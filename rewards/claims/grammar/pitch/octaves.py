"""A letter with an octave number that might be a chord's figure: "G5", "E6", "C7".

Conventions
-----------
It is a note in a run with notes of lower octaves ("C4, E4, G4, C5"), where the question asks a
note, and where its clause speaks of notes ("the melody peaks on A5", "from G3 up to E5"); a chord
where the sentence speaks of chords, and in doubt. A C7 over which a voice moves is a chord; so is
"C7" without the word "note" or "pitch", which few voices reach.
"""

from __future__ import annotations

import re

from rewards.claims.grammar.pitch.comparisons import clause_of
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_FIGURED = re.compile("[a-g][#b]?[567]")
_OCTAVE = re.compile("[a-g][#b]?[234]")
_NAMING = word_set("note notes pitch pitches tone tones")
_SPEAKS = _NAMING | word_set(
    "melody tune soprano alto tenor treble voice voices singer sings sing sang octave line top "
    "peak peaks highest lowest high low"
)
_CHORDS = word_set(
    "chord chords triad harmony harmonies progression power changes vamp sonority dominant-seventh"
)
_SPELL = word_set("spell spells form forms make makes outline outlines set")
_UNDER = word_set("over under above below against beneath the with")
_ON_TO = word_set("to highest lowest top")
_JOINTS = word_set(", - and to then -> |")


def octaves(sentence: Sentence, facet: str | None, found: list[Item]) -> list[Item]:
    """The names of a sentence, those of notes with octaves as notes."""
    words = sentence.words
    doubtful = [
        n
        for n, item in enumerate(found)
        if item.kind == "chord"
        and item.first == item.last
        and _FIGURED.fullmatch(words[item.first])
    ]
    if not doubtful:
        return found
    made = list(found)
    for n in doubtful:
        item = found[n]
        if _in_run(sentence, found, n) or _spoken_of(sentence, facet, item):
            made[n] = Item("note", item.first, item.last, item.note)
    return made


def _spoken_of(sentence: Sentence, facet: str | None, item: Item) -> bool:
    """Are notes asked, or spoken of in the clause of a name, and no chords?"""
    if not sentence.bag.isdisjoint(_CHORDS):
        return False
    lead = clause_of(sentence, item)[0]
    names = [
        word
        for word, kind in zip(lead, sentence.kinds[item.first - len(lead) :], strict=False)
        if kind in "NAC"
    ]
    sung = not _SPEAKS.isdisjoint(lead)  # "the soprano rises from C5 to G5"
    placed = [
        word for word in names if _OCTAVE.fullmatch(word) or (sung and _FIGURED.fullmatch(word))
    ]
    since = lead[max((at for at, word in enumerate(lead) if word in placed), default=0) :]
    if placed and _ON_TO.isdisjoint(since):
        return False  # "G2 supports G7", but "from G3 up to E5"
    if len(placed) < len(names) or not _SPELL.isdisjoint(lead):
        return False  # "the notes F A C E flat spell F7"
    if facet == "note" or not _NAMING.isdisjoint(lead):
        return not lead or lead[-1] not in _UNDER
    high = sentence.words[item.first].endswith("7")
    return bool(placed or sung) and not high and lead[-1] not in _UNDER


def _in_run(sentence: Sentence, found: list[Item], spot: int) -> bool:
    """Does a note of a lower octave stand in one run with a name?"""
    for step in (-1, 1):
        at = spot
        while 0 <= at + step < len(found):
            left, right = sorted((at, at + step))
            between = sentence.words[found[left].last + 1 : found[right].first]
            if len(between) > 2 or not _JOINTS.issuperset(between):
                break
            at += step
            word = sentence.words[found[at].first]
            if found[at].kind == "note" and _OCTAVE.fullmatch(word):
                return True
            if not _FIGURED.fullmatch(word):
                break
    return False
