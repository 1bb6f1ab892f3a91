"""One name of pitch in a sentence.

Conventions
-----------
==========  ==============================  =============================================
item        written                         holds
==========  ==============================  =============================================
``note``    G, F#, A (beside a role), b     the note
``triad``   D major, h-Moll, la menor       a key or a chord: the context tells
``chord``   Am7, D major triad, G over B    the chord
``key``     D major scale                   the key
``mode``    D dorian, G major pentatonic    tonic, and the name of the mode
==========  ==============================  =============================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import Chord
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note


@dataclass(slots=True)
class Item:
    """One name, from token ``first`` to ``last``; ``degree`` where its home is not known yet."""

    kind: Literal["note", "triad", "chord", "key", "mode"]
    first: int
    last: int
    note: Note
    chord: Chord | None = None
    mode: str | None = None
    degree: str = ""

    @property
    def name(self) -> str:
        """The name of the note, of a degree of no known home its value."""
        return self.degree or self.note.name

    @property
    def key(self) -> Key:
        """As a key; a bare note is major."""
        return Key(self.note, self.mode if self.mode in ("major", "minor") else "major")


def triad(key: Key, first: int, last: int) -> Item:
    """A name that may be a key or a chord, as "B minor" is."""
    return Item("triad", first, last, key.tonic, parse_chord(key.name), key.mode)
