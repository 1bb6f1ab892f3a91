"""A score in compact form.

Conventions
-----------
Onsets and lengths are ticks, ``TICKS`` to a quarter note. Pitches carry their MIDI
number and their place on the line of fifths (``names.py``). Parts count from the top:
0 is the melody, 3 the bass of a chorale. Ties are merged and grace notes left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TICKS = 960
ONSET, LENGTH, MIDI, PLACE, PART, FERMATA = range(6)
"""Columns of ``Piece.notes``."""

MODES = ("major", "minor", "dorian", "mixolydian")


@dataclass(frozen=True, slots=True)
class Piece:
    """A score.

    Attributes:
        id: "bach/bwv10.7", "airdsAirs/book1#12".
        source: "chorale" or "tune".
        title: as printed, or "".
        tonic: of the encoded key, a place on the line of fifths.
        mode: one of ``MODES``.
        meter: "6/8".
        notes: (N, 6) int32, columns ``ONSET`` to ``FERMATA``, by onset and part.
    """

    id: str
    source: str
    title: str
    tonic: int
    mode: str
    meter: str
    notes: np.ndarray


def note_table(rows: list[list[int]]) -> np.ndarray:
    """The rows in the order and type of ``Piece.notes``."""
    return np.array(sorted(rows, key=lambda row: (row[ONSET], row[PART])), dtype=np.int32)
