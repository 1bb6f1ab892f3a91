"""What the readers of one section share: what was asked, what was said before, what is found.

Conventions
-----------
A ``Found`` is a claim before its stance is read: spans are token numbers of its sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rewards.claims.records import Modality, Polarity, Value
from rewards.claims.relations import Relation
from rewards.claims.text.sentences import Sentence
from rewards.spelling.harte import Chord
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note


@dataclass(slots=True)
class Found:
    """A proposition of a sentence, from token ``first`` to ``last``.

    Attributes:
        polarity, modality: where the reader knows them; else the cues of the sentence tell.
        bare: "key" for a key of which only the tonic is said ("in D"), "tonic" where no more is
            said of it than that it is the tonic ("D is home"); "root" for a chord of which only
            that is said, "quality" for one of which that is said before (``harmony/roots.py``).
    """

    type: str
    value: Value
    first: int
    last: int
    subject: frozenset[str] = frozenset()
    time: float | None = None
    polarity: Polarity | None = None
    modality: Modality | None = None
    bare: Literal["", "key", "tonic", "root", "quality"] = ""


@dataclass(slots=True)
class Context:
    """One section as far as it was read.

    Attributes:
        facet: the fact that the question asks, or None.
        labels: letters that stand for the options of the question, as "ABCD".
        choices: the options.
        answer: the section is the answer, where a bare name is of the kind that is asked.
        relation: the relation that a question of theory alone asks.
        key: the key that was named last.
        home: the key that was plainly asserted first, or corrected since.
        chord: the chord that was named last.
        rooted: the roots (pitch classes) of the chords that were plainly asserted.
        root: the root, or number of an interval, that was told last without its quality; of which
            chord, and where.
        pair: the keys that were told to be relatives, or parallels, last.
        signs: 1 where sharps, -1 where flats were counted last.
        mode: the bare mode that was named last, "major" or "minor".
        modes: the mode of each tonic (pitch class) that was named with one.
        tonic: the tonic that was plainly asserted last.
        bare: where, in the completion, the keys begin of which only the tonic was said, and how;
            chords of which only the root was, and such qualities.
        wondered: "key" or "chord" where the sentence before asked for one.
        tempo_said: a tempo was named.
        tempi: the tempi that were named.
        band: an instrument of a band was named.
        heard: the instruments that were named.
        found: the claims of the sentence at hand.
        before: those of the sentence before it that was read.
        part: the part that had a note last, and where that sentence ended.
        spelled: notes that the sentence before listed as those of nothing, and where it ended.
    """

    facet: str | None = None
    labels: str = ""
    choices: tuple[str, ...] = ()
    answer: bool = False
    relation: Relation | None = None
    key: Key | None = None
    home: Key | None = None
    chord: Chord | None = None
    rooted: set[int] = field(default_factory=set)
    root: tuple[str, frozenset[str], int] | None = None
    pair: tuple[Key, Key] | None = None
    signs: int = 0
    mode: str | None = None
    modes: dict[int, str] = field(default_factory=dict)
    tonic: Note | None = None
    bare: dict[int, str] = field(default_factory=dict)
    wondered: Literal["", "key", "chord"] = ""
    tempo_said: bool = False
    tempi: list[float] = field(default_factory=list)
    band: bool = False
    heard: set[str] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)
    before: list[Found] = field(default_factory=list)
    part: tuple[frozenset[str], int] | None = None
    spelled: tuple[tuple[Note, ...], int] | None = None

    @property
    def chords_asked(self) -> bool:
        """A name that may be a key or a chord is a chord here."""
        return self.facet in ("chord", "chords", "progression", "function")

    def on(self, tonic: Note) -> Key | None:
        """The key on a tonic that was named with its mode, if one was."""
        mode = self.modes.get(tonic.pitch_class)
        return None if mode is None else Key(tonic, mode)

    def add(self, found: Found) -> None:
        """Take a proposition down."""
        self.found.append(found)


def before(sentence: Sentence, at: int, count: int) -> list[str]:
    """Up to ``count`` words before a token, the nearest last."""
    return sentence.words[max(0, at - count) : at]


def after(sentence: Sentence, at: int, count: int) -> list[str]:
    """Up to ``count`` words behind a token."""
    return sentence.words[at + 1 : at + 1 + count]
