"""What is claimed, and how each claim was judged.

Conventions
-----------
A claim is one musical proposition about the clip, or one of pure theory, that a completion
puts forward. ``value`` has the JSON form of the fact that could verify it
(``rewards.records.Facts``), names sounding:

==================  =====================================  ==============================
type                value                                  text
==================  =====================================  ==============================
``key``             "D major"; "D" where no mode is told   we are in D; the tonic is D
``mode``            "A dorian"; "minor" without a tonic    it sounds minor
``key_signature``   -7 (flats) to 7 (sharps)               three flats
``tempo``           beats per minute                       around 88 bpm
``tempo_term``      "allegro"                              Allegro
``meter``           "6/8"; "triple" where no more is said  in six-eight
``chord``           Harte, "A:min7"                        it ends on an A minor seventh
``progression``     Harte chords in order                  D - G - A - D
``roman``           "V7"; a tuple of several in order      ii-V-I
``cadence``         "PAC", "HC", ..., "AC" (authentic)     a perfect authentic cadence
``interval``        "P5"                                   a perfect fifth
``note``            "F#"                                   the bass lands on F sharp
``modulation``      the new key, "A major"                 it modulates to A major
``instrument``      canonical name                         a piano plays
``genre``           canonical name                         a waltz
``mood``            canonical name                         melancholy
``form``            "AABA", "rondo"                        an AABA form
``function``        "dominant"                             it has dominant function
``textbook``        "RELATION of X is Y"                   A is the dominant of D major
==================  =====================================  ==============================

What is told by a place at a home that nobody names ("it ends on the mediant") is a value of
``degrees.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Polarity = Literal["asserted", "denied"]
Modality = Literal["asserted", "hedged", "retracted", "hypothetical"]
Section = Literal["think", "answer"]
Answer = Literal["true", "partly", "false", "unknown"]
REPLACED = "replaced"
"""What another stands for: "Gb7 replaces C7"."""
FRAME = "frame"
"""A key in which numerals are told: "vi-IV-I-V in C major"."""
BESIDE = frozenset(("before", "after", REPLACED, FRAME))
"""What is said of a neighbour: "the previous chord was E7", "G7, which resolves to C"."""
ORDER = frozenset(("earlier", "later"))
"""Where a note stands in its line: "the top voice goes E-F#" ends on F#."""
EDGES = frozenset(("first", "final"))
"""The two ends of a clip, of which it has one each."""
UNNAMED = "?"
"""Stands for the key in what is said before any key is named."""
CLAIMS = {"instruments": "instrument", "modulations": "modulation", "chords": "chord"}
"""Facets whose claims have another name."""
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
"""Which chord of its row one is said to be: "the third chord is F"."""
Value = str | int | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One proposition and where it stands.

    Attributes:
        type: a row of the table above.
        value: as in that table.
        start, end: span in the raw completion.
        section: the block it stands in.
        subject: what it is said of: "final", "first", "bass", "top", "root", ...; "second" and
            so on of chords; empty for the clip as a whole. "before" and "after": a chord beside
            the one that is told of; "replaced": one that is not there, as another stands for it;
            "frame": a key in which numerals are told;
            "earlier" and "later": a note that another of its line follows, or precedes.
        time: when, in seconds from the start of the clip, or None.
        polarity: "denied" for "not minor".
        modality: how far its author stands by it.
    """

    type: str
    value: Value
    start: int
    end: int
    section: Section
    subject: frozenset[str] = frozenset()
    time: float | None = None
    polarity: Polarity = "asserted"
    modality: Modality = "asserted"

    @property
    def plain(self) -> bool:
        """Asserted, and neither hedged nor taken back."""
        return self.polarity == self.modality == "asserted"

    @property
    def shown(self) -> str:
        """The value as people read it, a row with blanks."""
        return " ".join(self.value) if isinstance(self.value, tuple) else str(self.value)

    @property
    def number(self) -> int:
        """Which chord of its row it is said to be, from 2 on; 0 where that is not told."""
        return next((n for n, name in enumerate(PLACES, 1) if n > 1 and name in self.subject), 0)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the facts say of a claim.

    Attributes:
        support: 1 true, 0 false, between them partly; None where nothing can tell.
        slot: the fact it was held against; two claims of one slot are one statement.
        why: one clause for people.
        chance: probability that a blind guess of this value is true, where the facts
            change it; else None.
        covers: how much of the fact a true claim tells, where it says less (1 else).
    """

    support: float | None
    slot: str = ""
    why: str = ""
    chance: float | None = None
    covers: float = 1.0


UNKNOWN = Checked(None, why="the row does not tell")
"""What cannot be told neither earns nor costs."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its verdict, its weight w (at least 0) and its credit u (-1 to 1).

    Its support is that which counts for the coverage: of a true claim that says less than the
    fact, what it covers.
    """

    claim: Claim
    verdict: Answer
    support: float | None
    weight: float
    credit: float
    why: str
    slot: str = ""

    def to_json(self, text: str) -> dict[str, Any]:
        """As the details of a verdict hold it; ``text`` is the raw completion."""
        claim = self.claim
        value = list(claim.value) if isinstance(claim.value, tuple) else claim.value
        return {
            "type": claim.type,
            "value": value,
            "span": [claim.start, claim.end],
            "text": text[claim.start : claim.end],
            "subject": sorted(claim.subject),
            "time": claim.time,
            "polarity": claim.polarity,
            "modality": claim.modality,
            "section": claim.section,
            "verdict": self.verdict,
            "why": self.why,
            "weight": round(self.weight, 4),
            "u": round(self.credit, 4),
        }
