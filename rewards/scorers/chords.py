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

Source: mir_eval 0.8, ``mir_eval.chord.weighted_accuracy``, and ``mir_eval.chord.seg``, whose
search of all edges for every stretch is one walk here: the same numbers to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.chord import MOST_TONES, compare, default_level, in_vocabulary
from rewards.scorers.timed import FACTS, VERDICTS, array, crowded, listing, present
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.chords import parse_chord
from rewards.spelling.described_chords import described_chords
from rewards.spelling.harte import UNKNOWN, Chord
from rewards.spelling.mentions import asserted
from rewards.spelling.rows import closed, read_rows
from rewards.spelling.times import LAST
from rewards.text import fold

Rows = tuple[tuple[float, float, str], ...]
"""(start [s], end [s], label of a chord), one after the other."""
Stretches = Sequence[Sequence[float]]

SILENCE = "N"


@reward("chords")
def chords(question: Question, response: Response) -> Verdict | None:
    """Weighted accuracy times segmentation against ``facts.chords``.

    Raises:
        DataError: a label of the fact is no chord, or a stretch no time of music.
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
def _judged(rows: Rows, text: str, metric: str | None, spelled: bool) -> Verdict | None:
    truth, stretches = reference(rows)
    said = read(text, truth[0][0], truth[-1][1])
    if not said:
        return Verdict(0.0, "the answer lists no chords with times")
    too_many = crowded(len(said), len(truth))
    if too_many:
        return too_many
    right = accuracy(truth, said, metric, spelled)
    if right is None:
        return None
    segmented = segmentation(stretches, merged(said))
    why = f"right {100 * right:.0f} % of the time, segmentation {segmented:.2f}"
    details = {"accuracy": right, "segmentation": segmented}
    return Verdict(right * segmented, why, details)


@lru_cache(maxsize=FACTS)
def reference(rows: Rows) -> tuple[Rows, Stretches]:
    """The fact in time, its labels folded, and its merged stretches.

    Raises:
        DataError: a label is no chord, a stretch has no duration, or two overlap.
    """
    made = tuple((start, end, fold(label)) for start, end, label in sorted(rows))
    for start, end, label in made:
        if parse_chord(label) is None:
            raise DataError(f"facts.chords: got {label[:40]!r}, expected one such as 'A:min7'")
        if not 0.0 <= start < end <= LAST:
            raise DataError(
                f"facts.chords: got {label[:40]!r} from {start} to {end} s, expected "
                f"0 <= start < end <= {LAST:.0f}"
            )
    if any(after[0] < before[1] - 1e-6 for before, after in pairwise(made)):
        raise DataError("facts.chords: got stretches that overlap, expected one chord at a time")
    return made, merged(made)


def read(text: str, first: float, last: float) -> Rows:
    """The chords of a readable text from ``first`` to ``last`` [s], without gaps."""
    rows: list[tuple[float, float, str]] = []
    at = first
    for span in closed(read_rows(text), last):
        start, end = max(span.start, at), min(span.end if span.end is not None else last, last)
        if end <= start or _chord(span.label) is None:
            continue
        if start > at:
            rows.append((at, start, SILENCE))
        rows.append((start, end, span.label))
        at = end
    if rows and at < last:
        rows.append((at, last, SILENCE))
    return tuple(rows)


@lru_cache(maxsize=4096)
def _chord(label: str) -> Chord | None:
    whole = parse_chord(label)
    if whole is not None:
        return whole
    found = asserted(label, described_chords(label) or find_chords(label, row=True))
    return found[0].value if len(found) == 1 else None


def accuracy(truth: Rows, said: Rows, metric: str | None, spelled: bool) -> float | None:
    """Share of the truth's time in which the chords agree; None if none can be compared."""
    import mir_eval

    verdicts: list[float] = []
    durations: list[float] = []
    j = 0
    for start, end, label in truth:
        while j > 0 and said[j - 1][1] > start:
            j -= 1
        while j < len(said) and said[j][0] < end:
            shared = min(end, said[j][1]) - max(start, said[j][0])
            if shared > 0:
                verdicts.append(_compared(label, said[j][2], metric, spelled))
                durations.append(shared)
            j += 1
    if not verdicts or max(verdicts) < 0.0:
        return None
    share = float(mir_eval.chord.weighted_accuracy(array(verdicts), array(durations)))
    return min(1.0, share)  # its weights are rounded, and may sum up to more


@lru_cache(maxsize=8192)
def _compared(truth: str, said: str, metric: str | None, spelled: bool) -> float:
    """1 where two labels agree, 0 where not, -1 where the truth lies outside the vocabulary.

    By label, for a text is found faster in a cache than a chord.
    """
    wanted, got = _chord(truth) or UNKNOWN, _chord(said) or UNKNOWN
    level = metric or default_level(wanted)
    if not in_vocabulary(level, wanted):
        return -1.0
    if got.intervals < 0 or max(got.tones, got.intervals.bit_count()) > MOST_TONES:
        return 0.0
    return float(compare(level, wanted, got, spelled=spelled))


def segmentation(truth: Stretches, said: Stretches) -> float:
    """``mir_eval.chord.seg`` of merged stretches: the lower of over- and under-."""
    return min(1.0 - broken(said, truth), 1.0 - broken(truth, said))


def broken(stretches: Stretches, others: Stretches) -> float:
    """``mir_eval.chord.directional_hamming_distance``, with each edge met once.

    How much of the time is lost if of every stretch only the longest piece is kept that the
    others' edges leave whole, 0 to 1.
    """
    edges = sorted({edge for other in others for edge in other})
    lost, j = 0.0, 0
    for start, end in stretches:
        longest, at = 0.0, start
        while j < len(edges) and edges[j] < end:
            longest, at = max(longest, edges[j] - at), max(at, edges[j])
            j += 1
        lost += end - start - max(longest, end - at)
    return lost / (stretches[-1][1] - stretches[0][0])


def merged(rows: Rows) -> Stretches:
    """Neighbours with one chord become one; gaps of the truth close to its predecessor."""
    made: list[list[float]] = []
    last = ""
    for start, end, label in rows:
        if made and _same(label, last):
            made[-1][1] = end
        else:
            if made:
                made[-1][1] = start
            made.append([start, end])
        last = label
    return made


@lru_cache(maxsize=8192)
def _same(label: str, other: str) -> bool:
    return (_chord(label) or UNKNOWN).same(_chord(other) or UNKNOWN)
