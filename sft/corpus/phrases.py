"""Phrases: what the scores say about how a line of music ends.

Conventions
-----------
A chorale phrase runs from the note after one fermata of the melody to the end of the
next fermata note; it is kept where no part moves under the fermata and the four
parts sound one complete major or minor triad. A tune gives one phrase: its last notes.
A key counts as *confirmed* where the piece itself ends, its last chord stands in root
position on the tonic (tune: its last note is the tonic), and the encoded mode is major
or minor; only then may an excerpt be asked for the key. A minor piece may end on a
major chord (a Picardy third): its key is minor all the same.

| truth | chorale | tune |
|---|---|---|
| final chord, its bass and top note | the triad under the fermata | - |
| last note | - | the last note |
| key | if confirmed | if confirmed |
| meter | the score's | the header's |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from sft.corpus.names import pitch_class, signature, triad
from sft.corpus.piece import FERMATA, LENGTH, MIDI, ONSET, PART, PLACE, TICKS, Piece

ENDING = 8
"""Melody notes by which a recurring line is known."""

TUNE_QUARTERS = 16
"""How much of a tune's end is kept: more than any excerpt plays."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """The end of a line, with what follows from the score.

    Attributes:
        id: piece id and the number of the phrase, "bach/bwv10.7/3".
        piece: the piece's id.
        source: "chorale" or "tune".
        title: of the piece, or "".
        tonic: of the piece's encoded key, a place on the line of fifths.
        mode: of the piece's encoded key.
        confirmed: True where this ending confirms that key.
        meter: "6/8".
        notes: (N, 6) int32, columns as in ``Piece.notes``.
        final_onset: where the last chord or note begins [ticks].
        root: of the final chord, a place; None for a tune.
        quality: "maj" or "min"; None for a tune.
        bass: the lowest final note, a place (a tune's last note).
        top: the highest final note, a place (a tune's last note).
    """

    id: str
    piece: str
    source: str
    title: str
    tonic: int
    mode: str
    confirmed: bool
    meter: str
    notes: np.ndarray
    final_onset: int
    root: int | None
    quality: str | None
    bass: int
    top: int

    @property
    def signature(self) -> int:
        """Sharps (positive) or flats (negative) of the piece, by its encoded key."""
        return signature(self.tonic, self.mode)

    @property
    def ending(self) -> tuple[int, ...]:
        """The last ``ENDING`` melody notes as intervals in semitones."""
        return _intervals(self.notes[self.notes[:, PART] == 0][-ENDING:])

    @property
    def final_class(self) -> int:
        """Sounding pitch class that a transposition balances: final root or last note."""
        return pitch_class(self.bass if self.root is None else self.root)


def phrases(pieces: Iterable[Piece]) -> tuple[Phrase, ...]:
    """All phrases of the pieces that can be asked about, in order."""
    found: list[Phrase] = []
    for piece in pieces:
        found.extend(_chorale_phrases(piece) if piece.source == "chorale" else _tune_phrase(piece))
    return tuple(found)


def melody_endings(piece: Piece) -> frozenset[tuple[int, ...]]:
    """How each line of a piece ends: its last ``ENDING`` melody notes, as intervals.

    Intervals are semitones, so that an ending is the same in every transposition. A line
    with fewer notes gives what it has.
    """
    melody = piece.notes[piece.notes[:, PART] == 0]
    stops = sorted({*(np.flatnonzero(melody[:, FERMATA]) + 1).tolist(), len(melody)})
    starts = [0, *stops[:-1]]
    return frozenset(
        _intervals(melody[max(start, stop - ENDING) : stop])
        for start, stop in zip(starts, stops, strict=True)
    )


def _intervals(melody: np.ndarray) -> tuple[int, ...]:
    return tuple(np.diff(melody[:, MIDI]).tolist())


def _chorale_phrases(piece: Piece) -> Iterator[Phrase]:
    melody = piece.notes[piece.notes[:, PART] == 0]
    ends = melody[melody[:, FERMATA] == 1]
    start = 0
    for number, end in enumerate(ends):
        close = int(end[ONSET] + end[LENGTH])
        phrase = _chorale_phrase(piece, number, start, int(end[ONSET]), close)
        if phrase is not None:
            yield phrase
        start = close


def _chorale_phrase(piece: Piece, number: int, start: int, final: int, close: int) -> Phrase | None:
    rows = piece.notes
    sounding = rows[(rows[:, ONSET] <= final) & (rows[:, ONSET] + rows[:, LENGTH] > final)]
    moves = bool(np.any((rows[:, ONSET] > final) & (rows[:, ONSET] < close)))
    if moves or len(sounding) != 4:
        return None
    chord = triad(frozenset(sounding[:, PLACE].tolist()))
    if chord is None:
        return None
    lowest, highest = sounding[sounding[:, MIDI].argmin()], sounding[sounding[:, MIDI].argmax()]
    root, quality = chord
    is_last = close >= int((rows[:, ONSET] + rows[:, LENGTH]).max())
    confirmed = (
        is_last and root == piece.tonic == int(lowest[PLACE]) and piece.mode in ("major", "minor")
    )
    notes = rows[(rows[:, ONSET] + rows[:, LENGTH] > start) & (rows[:, ONSET] < close)]
    return Phrase(
        id=f"{piece.id}/{number}",
        piece=piece.id,
        source=piece.source,
        title=piece.title,
        tonic=piece.tonic,
        mode=piece.mode,
        confirmed=confirmed and not (piece.mode == "major" and quality == "min"),
        meter=piece.meter,
        notes=notes,
        final_onset=final,
        root=root,
        quality=quality,
        bass=int(lowest[PLACE]),
        top=int(highest[PLACE]),
    )


def _tune_phrase(piece: Piece) -> Iterator[Phrase]:
    last = piece.notes[-1]
    onset, tone = int(last[ONSET]), int(last[PLACE])
    yield Phrase(
        id=f"{piece.id}/0",
        piece=piece.id,
        source=piece.source,
        title=piece.title,
        tonic=piece.tonic,
        mode=piece.mode,
        confirmed=tone == piece.tonic and piece.mode in ("major", "minor"),
        meter=piece.meter,
        notes=piece.notes[piece.notes[:, ONSET] > onset - TUNE_QUARTERS * TICKS],
        final_onset=onset,
        root=None,
        quality=None,
        bass=tone,
        top=tone,
    )
