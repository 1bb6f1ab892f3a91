"""Keys and chords in fixed do: "do mineur", "mi bémol majeur", "re minor"."""

from __future__ import annotations

from rewards.claims.grammar.pitch.item import Item, triad
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.tongues import SIGNS, SYLLABLES
from rewards.claims.text.words import word_set
from rewards.spelling.keys import Key
from rewards.spelling.notes import solfege_note, unaccented

_NO_WORDS = SYLLABLES - {"do", "la"}
"""Those that are no English words."""
_FOREIGN = word_set("menor mayor mineur majeur minore maggiore moll dur")


def fixed_do(sentence: Sentence, at: int) -> Item | None:
    """ "Do mineur", "mi bémol majeur", "re minor": the name whose mode stands at a token."""
    words = sentence.words
    sign = SIGNS.get(unaccented(words[at - 1]), "") if at else ""
    first = at - 1 - bool(sign)
    names = SYLLABLES if words[at] in _FOREIGN else _NO_WORDS
    if first < 0 or words[first] not in names:
        return None
    note = solfege_note(words[first], sign)
    return triad(Key(note, sentence.values[at]), first, at)
