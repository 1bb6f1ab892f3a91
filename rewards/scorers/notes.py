"""Reward ``notes``: a transcription, notes with onset and pitch.

Conventions
-----------
A note is (start [s], end [s], pitch); pitches as in ``rewards/spelling/pitches.py``.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
a list of notes                                        F-measure: onsets within
                                                       50 ms, pitches within half
                                                       a semitone
no notes, or far more than there are                   0
=====================================================  =========================

The ends do not count; the mean overlap of matched notes is in the details.
Source: mir_eval 0.8, ``mir_eval.transcription.precision_recall_f1_overlap`` with
``offset_ratio=None``.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import array_in_order, crowded, intervals, listing
from rewards.spelling.pitches import hertz_of, parse_pitch
from rewards.spelling.series import spans
from rewards.text import fold

Notes = tuple[tuple[float, float, float], ...]
SHORTEST = 0.02
"""A note whose end is not said lasts this long [s]; ends do not count."""


@reward("notes")
def notes(question: Question, response: Response) -> Verdict | None:
    """F-measure of onset and pitch against ``facts.notes``.

    Raises:
        DataError: a pitch of the fact cannot be read.
    """
    if not question.facts.notes or question.facet not in (None, "notes"):
        return None
    truth = reference(question.facts.notes)
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    said = read(text)
    if not said:
        return Verdict(0.0, "the answer lists no notes with time and pitch")
    too_many = crowded(len(said), len(truth))
    if too_many:
        return too_many
    import mir_eval

    precision, recall, value, overlap = mir_eval.transcription.precision_recall_f1_overlap(
        *_arrays(truth), *_arrays(said), offset_ratio=None
    )
    why = f"precision {precision:.2f}, recall {recall:.2f} over {len(said)} notes"
    details = {"precision": precision, "recall": recall, "overlap": overlap}
    return Verdict(float(value), why, {name: float(one) for name, one in details.items()})


@lru_cache(maxsize=512)
def reference(rows: tuple[tuple[float, float, str], ...]) -> Notes:
    """The fact with pitches as MIDI numbers.

    Raises:
        DataError: a pitch cannot be read.
    """
    made = []
    for start, end, pitch in rows:
        midi = parse_pitch(fold(pitch))
        if midi is None:
            raise DataError(f"facts.notes: got pitch {pitch[:40]!r}, expected 'F#4' or '66'")
        made.append((start, end, midi))
    return tuple(made)


@lru_cache(maxsize=512)
def read(text: str) -> Notes:
    """The notes that a readable text lists."""
    found = []
    for span in spans(text):
        midi = parse_pitch(span.label)
        if midi is not None:
            end = span.end if span.end is not None else span.start + SHORTEST
            found.append((span.start, end, midi))
    return tuple(dict.fromkeys(found))


def _arrays(rows: Notes) -> tuple[object, object]:
    times = intervals(tuple((start, end) for start, end, _ in rows))
    return times, array_in_order(tuple(hertz_of(midi) for _, _, midi in rows))
