"""The given notes of a question of counterpoint, and their own faults."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rewards.errors import DataError
from rewards.scorers.key import reference
from rewards.spelling.abc import parse_abc
from rewards.spelling.meters import parse_meter
from rewards.spelling.scores import (
    MOST_NOTES,
    MOST_VOICES,
    QUARTER,
    Piece,
    midi_pitch,
    voices_of,
)
from rewards.text import fold
from rewards.voice_leading import Fault, examine, ordered

Rows = tuple[tuple[float, str, str], ...]
Fact = tuple[str | Rows, str | None, str | None]
"""Given notes, key and meter, as the facts of a question have them."""

_SHOWN = 32


@dataclass(frozen=True, slots=True)
class Given:
    """The fact, read: the piece with ordered voices, an ABC header, what is wrong."""

    piece: Piece
    header: str | None
    tonic: int | None
    faults: tuple[Fault, ...]

    def bar_of(self, onset: int) -> int | None:
        """The number of the bar in which a moment [ticks] lies."""
        bars = self.piece.bars
        return self.piece.first_bar + bisect_right(bars, onset) - 1 if bars else None


@lru_cache(maxsize=256)
def read_given(fact: str | Rows, key: str | None, meter: str | None) -> Given:
    """Read the given notes and find their faults.

    Raises:
        DataError: they cannot be read, or are more than the reward can judge.
    """
    header = None
    if isinstance(fact, str):
        tune = parse_abc(fact)
        if tune is None or tune.skipped:
            raise DataError(
                f"facts.counterpoint: got {fact[:60]!r}, expected ABC notation of at most "
                f"{MOST_NOTES} notes"
            )
        piece, header = tune.piece, tune.header
    else:
        piece = Piece(voices_of(_numbered(fact)), *_bars(fact, meter))
    voices = ordered(piece.voices)
    if len(voices) > MOST_VOICES or sum(len(voice.tones) for voice in voices) > MOST_NOTES:
        raise DataError(
            f"facts.counterpoint: got {len(voices)} voices at once, expected at most "
            f"{MOST_VOICES}, with {MOST_NOTES} notes"
        )
    if max(len(voice.tones) for voice in voices) < 2:
        raise DataError("facts.counterpoint: got 1 note, expected at least 2 in a part")
    truth = reference(key) if key else None
    tonic = truth.tonic.pitch_class if truth else None
    faults = tuple(examine(voices, tonic=tonic)) if len(voices) > 1 else ()
    return Given(Piece(voices, piece.bars, piece.first_bar), header, tonic, faults)


def _numbered(rows: Rows) -> list[tuple[float, int, str]]:
    read = []
    for onset, written, part in rows:
        pitch = midi_pitch(fold(written))
        if pitch is None:
            raise DataError(
                f"facts.counterpoint: got the pitch {written[:20]!r}, expected one such as "
                "'F#4', or a MIDI number"
            )
        read.append((onset, pitch, part))
    return read


def _bars(rows: Rows, meter: str | None) -> tuple[tuple[int, ...], int]:
    found = parse_meter(fold(meter)) if meter else None
    if found is None or found.unit is None:
        return (), 1
    length = 4 * QUARTER * found.beats // found.unit
    last = round(max(onset for onset, _, _ in rows) * QUARTER)
    return tuple(range(0, min(last, 4096 * length) + 1, length)), 1


def shown(given: Given, faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    """The first faults as plain JSON, onsets in quarters."""
    return [
        {
            "kind": fault.kind,
            "onset": round(fault.onset / QUARTER, 6),
            "parts": list(fault.parts),
            "bar": given.bar_of(fault.onset),
        }
        for fault in faults[:_SHOWN]
    ]
