"""Reward ``notes``: a transcription, notes with onset and pitch.

Conventions
-----------
A note is (start [s], end [s], pitch): "C4 0.0-0.5", "60 at 0.0 for 0.5", rows of three
numbers, objects; pitches as in ``rewards/spelling/pitches.py``. A note without a pitch
or with a bare pitch class is none.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
a list of notes                                        F-measure: onsets within
                                                       50 ms, pitches within half
                                                       a semitone
no notes, or far more than there are                   0
=====================================================  =========================

The ends do not count; the mean overlap of matched notes is in the details. Not applicable
where the fact lists no note. Equal notes count once.
Source: mir_eval 0.8, ``mir_eval.transcription.precision_recall_f1_overlap`` with
``offset_ratio=None``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import FACTS, VERDICTS, array, crowded, listing, numbers, present
from rewards.spelling.grids import grid
from rewards.spelling.labelled_times import Row
from rewards.spelling.pitches import hertz_of, midi_of, parse_pitch, timed_pitches
from rewards.spelling.rows import read_rows
from rewards.spelling.series import seconds, structure, uncounted, unnumbered
from rewards.spelling.times import LAST
from rewards.text import fold

Notes = tuple[tuple[float, float, float], ...]
SHORTEST = 0.02
"""A note whose end is not said lasts this long [s]; ends do not count."""

_AT = Pattern(
    r"(?<![\w.])(?:midi\s)?(\d{1,3})\s?(?:at|@)\s?(?:t\s?=\s?)?(\d{1,5}(?:\.\d{1,12})?)"
    r"(?:\s?s(?:ecs?|econds?)?\b)?(?:,?\s?(for|lasting|duration|to|until|-)\s?(\d{1,5}(?:\.\d{1,12})?))?",
    2,
)
_WORDS = Pattern(r"[A-Za-z]{2}")


@reward("notes")
def notes(question: Question, response: Response) -> Verdict | None:
    """F-measure of onset and pitch against ``facts.notes``.

    Raises:
        DataError: a pitch of the fact cannot be read.
    """
    if not present(question, "notes"):
        return None
    rows = question.facts.notes or ()
    reference(rows)  # raises before anything is said of the answer
    text = listing(question, response)
    return text if isinstance(text, Verdict) else _judged(rows, text)


@lru_cache(maxsize=VERDICTS)
def _judged(rows: tuple[tuple[float, float, str], ...], text: str) -> Verdict:
    times, hertz = reference(rows)
    said = read(text)
    if not said:
        return Verdict(0.0, "the answer lists no notes with time and pitch")
    too_many = crowded(len(said), len(hertz))
    if too_many:
        return too_many
    import mir_eval

    precision, recall, value, overlap = mir_eval.transcription.precision_recall_f1_overlap(
        times,
        hertz,
        *_arrays(said),
        offset_ratio=None,  # type: ignore[arg-type]
    )
    why = f"precision {precision:.2f}, recall {recall:.2f} over {len(said)} notes"
    details = {"precision": precision, "recall": recall, "overlap": overlap}
    return Verdict(float(value), why, {name: float(one) for name, one in details.items()})


@lru_cache(maxsize=FACTS)
def reference(rows: tuple[tuple[float, float, str], ...]) -> tuple[Any, Any]:
    """The fact as arrays: start and end [s] (N, 2), frequency [Hz] (N,).

    Raises:
        DataError: a pitch cannot be read.
    """
    made = []
    for start, end, pitch in rows:
        midi = parse_pitch(fold(pitch))
        if midi is None:
            raise DataError(f"facts.notes: got pitch {pitch[:40]!r}, expected 'F#4' or '66'")
        made.append((start, end, midi))
    return _arrays(made)


def read(text: str) -> Notes:
    """The notes that a folded text lists."""
    found = _listed(text) or _named(text) or _numbered(text) or _from_rows(read_rows(text))
    kept = [
        (start, end if end is not None and start < end <= LAST else start + SHORTEST, midi)
        for start, end, midi in found
        if 0.0 <= start < LAST
    ]
    return tuple(dict.fromkeys(kept))


Found = list[tuple[float, float | None, float]]


def _listed(text: str) -> Found:
    """Rows of JSON; three numbers are start, end, pitch, or pitch, start, end."""
    data = structure(text) if text[:1] in "[{(" or "[[" in text or "[{" in text else None
    if data is None:
        return _from_rows(read_rows(text)) if grid(text) else []
    if isinstance(data, list) and all(isinstance(i, list) and len(i) >= 3 for i in data):
        times = [[seconds(x) for x in item[:3]] for item in data]
        orders = ((0, 1, 2), (1, 2, 0))
        fits = [sum(_rises(row[a], row[b]) for row in times) for a, b, _ in orders]
        a, b, c = orders[fits[1] > fits[0]]
        rows = [(row[a], row[b], parse_pitch(str(item[c])[:40]))
                for row, item in zip(times, data, strict=True)]  # fmt: skip
        return [(s, e, m) for s, e, m in rows if s is not None and m is not None]
    return _from_rows(read_rows(text))


def _rises(start: float | None, end: float | None) -> bool:
    return start is not None and end is not None and start < end


def _from_rows(rows: tuple[Row, ...]) -> Found:
    read = [(row.start, row.end, parse_pitch(row.label)) for row in rows]
    return [(start, end, midi) for start, end, midi in read if midi is not None]


def _named(text: str) -> Found:
    rows = [
        (start, end, midi_of(hertz))
        for start, end, hertz in timed_pitches(uncounted(unnumbered(text)))
    ]
    return [(start, end, midi) for start, end, midi in rows if midi is not None]


def _numbered(text: str) -> Found:
    """ "60 at 0.0 for 0.5", or bare numbers by threes: start, end, MIDI number."""
    found: Found = []
    for match in _AT.finditer(text):
        start = float(match[2])
        lasts = (match[3] or "").lower() in ("for", "lasting", "duration")
        end = None if match[4] is None else float(match[4]) + (start if lasts else 0.0)
        found.append((start, end, float(match[1])))
    if found or _WORDS.search(text):
        return [note for note in found if note[2] <= 127.0]
    values = numbers(text)
    if not values or len(values) % 3:
        return []
    rows = list(zip(values[::3], values[1::3], values[2::3], strict=True))
    if sum(start < end for start, end, _ in rows) < sum(b < c for _, b, c in rows):
        rows = [(start, end, pitch) for pitch, start, end in rows]
    return [row for row in rows if 0.0 <= row[2] <= 127.0]


def _arrays(rows: Iterable[tuple[float, float, float]]) -> tuple[Any, Any]:
    """In time: mir_eval searches out of it, and its search recurses a level for every note."""
    rows = sorted(rows)
    times = array([(start, end) for start, end, _ in rows])
    return times, array([hertz_of(midi) for _, _, midi in rows])
