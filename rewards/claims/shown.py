"""Which readers a sentence is shown to: those of whose signs it holds one.

Conventions
-----------
A sign is a kind of token or a word. They are kept by sign, not by reader: each word of a sentence
is looked up once, whatever the number of readers.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.claims.grammar.harmony import cadences, departures, functions
from rewards.claims.grammar.names import forms, vocabulary
from rewards.claims.grammar.notes import intervals
from rewards.claims.grammar.pitch import degrees
from rewards.claims.grammar.time import meters, tempi
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_KINDS = dict.fromkeys("NACGnMOq", ("names",)) | {
    "0": ("numerals", "meters", "tempi"),
    "X": ("meters", "tempi"),
    "B": ("meters", "tempi"),
    "I": ("numerals",),
    "R": ("numerals", "degrees"),
    "L": ("forms",),
    "s": ("signatures",),
    "v": ("intervals",),
}
"""The readers for each kind of token that is a sign of one."""
_SIGNLESS = word_set("no signature sharpened sharped flattened flatted")
_NAMED_NUMERALS = frozenset(("sixth", "cadential", "neapolitan"))


def shown(sentence: Sentence) -> set[str]:
    """The readers whose signs a sentence holds; sentences without music hold none."""
    readers: set[str] = set()
    for kind in sentence.kinds:
        if kind in _KINDS:
            readers.update(_KINDS[kind])
    signs = _signs()
    for word in sentence.bag:
        if word in signs:
            readers.update(signs[word])
    if departures.shown(sentence.bag):
        readers.add("departures")
    return readers


@lru_cache(maxsize=1)
def _signs() -> dict[str, tuple[str, ...]]:
    """The readers for each word that is a sign of one."""
    words = {
        "vocabulary": vocabulary.marks(),
        "forms": forms.TRIGGERS,
        "functions": functions.ASKED,
        "cadences": cadences.TRIGGERS,
        "signatures": _SIGNLESS,
        "numerals": _NAMED_NUMERALS,
        "meters": meters.TRIGGERS,
        "tempi": tempi.TERM_WORDS,
        "intervals": intervals.QUALITIES,
        "degrees": degrees.MARKS,
    }
    signs: dict[str, tuple[str, ...]] = {}
    for reader, marks in words.items():
        for word in marks:
            signs[word] = (*signs.get(word, ()), reader)
    return signs
