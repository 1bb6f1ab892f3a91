"""Reward ``chords``: chords over time.

Conventions
-----------
A chord is (start [s], end [s], Harte); of the answer any spelling is read. Each stretch of
the truth is compared as the reward ``chord`` does, at its own level or at
``facts.chord_metric``; stretches outside the vocabulary ("X") do not count. Time before and
after the truth does not count; within it, silence of the answer is "N".

=====================================================  =========================
the answer                                             value
=====================================================  =========================
chords with times                                      share of time that is right
                                                       x min(over-, under-
                                                       segmentation)
no chords with times, or far more than there are       0
=====================================================  =========================

Source: mir_eval 0.8, ``mir_eval.chord.weighted_accuracy`` and ``mir_eval.chord.seg``.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.chord import MOST_TONES, compare, default_level, in_vocabulary
from rewards.scorers.timed import FACTS, VERDICTS, array, crowded, listing, present
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import NO_CHORD, Chord
from rewards.spelling.rows import closed, read_rows
from rewards.text import fold

Row = tuple[float, float, Chord]
Labelled = tuple[tuple[float, float, str], ...]


@reward("chords")
def chords(question: Question, response: Response) -> Verdict | None:
    """Weighted accuracy times segmentation against ``facts.chords``.

    Raises:
        DataError: a label of the fact is no chord.
    """
    if not present(question, "chords"):
        return None
    facts = question.facts
    rows = facts.chords or ()
    reference(rows)  # raises before anything is said of the answer
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    return _judged(rows, text, facts.chord_metric, bool(facts.spelling))


@lru_cache(maxsize=VERDICTS)
def _judged(rows: Labelled, text: str, metric: str | None, spelled: bool) -> Verdict | None:
    truth = reference(rows)
    said = read(text, truth[0][0], truth[-1][1])
    if not said:
        return Verdict(0.0, "the answer lists no chords with times")
    too_many = crowded(len(said), len(truth))
    if too_many:
        return too_many
    right = accuracy(truth, said, metric, spelled)
    if right is None:
        return None
    segmented = segmentation(truth, said)
    why = f"right {100 * right:.0f} % of the time, segmentation {segmented:.2f}"
    details = {"accuracy": right, "segmentation": segmented}
    return Verdict(right * segmented, why, details)


@lru_cache(maxsize=FACTS)
def reference(rows: Labelled) -> tuple[Row, ...]:
    """The fact with its labels read, in time.

    Raises:
        DataError: a label is no chord, or two stretches overlap.
    """
    made = []
    for start, end, label in sorted(rows):
        chord = parse_chord(fold(label))
        if chord is None:
            raise DataError(f"facts.chords: got {label[:40]!r}, expected one such as 'A:min7'")
        made.append((start, end, chord))
    if any(after[0] < before[1] - 1e-6 for before, after in pairwise(made)):
        raise DataError("facts.chords: got stretches that overlap, expected one chord at a time")
    return tuple(made)


def read(text: str, first: float, last: float) -> tuple[Row, ...]:
    """The chords of a readable text from ``first`` to ``last`` [s], without gaps."""
    rows: list[Row] = []
    at = first
    for span in closed(read_rows(text), last):
        chord = _chord(span.label)
        start, end = max(span.start, at), min(span.end if span.end is not None else last, last)
        if chord is None or end <= start:
            continue
        if start > at:
            rows.append((at, start, NO_CHORD))
        rows.append((start, end, chord))
        at = end
    if rows and at < last:
        rows.append((at, last, NO_CHORD))
    return tuple(rows)


@lru_cache(maxsize=4096)
def _chord(label: str) -> Chord | None:
    whole = parse_chord(label)
    if whole is not None:
        return whole
    found = find_chords(label)
    return found[0].value if len(found) == 1 else None


def accuracy(
    truth: tuple[Row, ...], said: tuple[Row, ...], metric: str | None, spelled: bool
) -> float | None:
    """Share of the truth's time in which the chords agree; None if none can be compared."""
    import mir_eval

    verdicts: list[float] = []
    durations: list[float] = []
    j = 0
    for start, end, chord in truth:
        level = metric or default_level(chord)
        known = in_vocabulary(level, chord)
        while j > 0 and said[j - 1][1] > start:
            j -= 1
        while j < len(said) and said[j][0] < end:
            shared = min(end, said[j][1]) - max(start, said[j][0])
            if shared > 0:
                same = known and _agrees(level, chord, said[j][2], spelled)
                verdicts.append(float(same) if known else -1.0)
                durations.append(shared)
            j += 1
    if not any(verdict >= 0 for verdict in verdicts):
        return None
    return float(mir_eval.chord.weighted_accuracy(array(verdicts), array(durations)))


@lru_cache(maxsize=8192)
def _agrees(level: str, truth: Chord, got: Chord, spelled: bool) -> bool:
    if got.intervals < 0 or max(got.tones, got.intervals.bit_count()) > MOST_TONES:
        return False
    return compare(level, truth, got, spelled=spelled)


def segmentation(truth: tuple[Row, ...], said: tuple[Row, ...]) -> float:
    """``mir_eval.chord.seg`` of the merged stretches: the lower of over- and under-."""
    import mir_eval

    return float(mir_eval.chord.seg(array(_merged(truth)), array(_merged(said))))


def _merged(rows: tuple[Row, ...]) -> tuple[tuple[float, float], ...]:
    """Neighbours with one chord become one; gaps of the truth close to its predecessor."""
    made: list[list[float]] = []
    last: Chord | None = None
    for start, end, chord in rows:
        if made and last is not None and chord.same(last):
            made[-1][1] = end
        else:
            if made:
                made[-1][1] = start
            made.append([start, end])
        last = chord
    return tuple((a, b) for a, b in made)
