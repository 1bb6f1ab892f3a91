"""CMI-Bench, beats and downbeats: comma-separated seconds, compared by mir_eval.

Follows ``beat_tracking`` in ``evaluate.py`` of nicolaus625/CMI-bench at 4c15f41
(arXiv 2506.12285): ballroom_beat, ballroom_downbeat, gtzan_beat, gtzan_downbeat.

Conventions
-----------
Times in seconds, "0.38s,0.82s" or "1:02.5". The text is cut at commas. A piece counts if it
begins with a digit; every "s" in it is dropped, and the rest is a Python number, or minutes and
seconds around a colon. The values are ``mir_eval.beat.f_measure`` (70 ms, nothing trimmed) and
CMLt and AMLt of ``mir_eval.beat.continuity``; each mean is over all rows. Where a piece is no
number, a time is past 30,000 s, or a list has no time, all three are 0.

Quirks, kept:

- One bad piece costs the row: "0.5 sec", "0.5 seconds" and "0.5\\n1.0" earn 0.
- What does not begin with a digit is passed over: of "[0.5, 1.0]" the 0.5 and the 1.0 too, for
  "1.0]" is no number; of "Beats: 0.5, 1.0" the 0.5.
- Of "1:02:03" the third number is not read; "1:" is passed over.
- "1e3" and "1_000" are numbers.
- Times are sorted, and equal ones all count.

Lists of more than 20,000 times are malformed here.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rewards.benchmarks.records import Benchmark, Entry, Figure, Mark
from rewards.benchmarks.rows import official, text, with_gold
from rewards.errors import DataError
from rewards.fields import show
from rewards.records import Facts

MOST_TIMES = 20_000
LAST = 30_000.0
WINDOW = 0.07


def times(said: str) -> list[float]:
    """The times of a text [s], sorted.

    Raises:
        ValueError: a piece that begins with a digit is no time.
    """
    found = []
    for piece in said.split(","):
        piece = piece.strip().replace("s", "")
        if not piece[:1].isdigit():
            continue
        minutes, colon, rest = piece.partition(":")
        if not colon:
            found.append(float(piece))
        elif seconds := rest.split(":", 1)[0]:
            found.append(_clock(int(minutes), float(seconds)))
    return sorted(found)


def _clock(minutes: int, seconds: float) -> float:
    try:
        return minutes * 60 + seconds
    except OverflowError as failure:
        raise ValueError("too many minutes") from failure


def mark(entry: Entry) -> Mark:
    """F-measure, CMLt and AMLt of an entry."""
    none = {"CMLt": 0.0, "AMLt": 0.0}
    try:
        truth, said = times(entry.gold), times(entry.said)
    except ValueError:
        return Mark(0.0, "a piece that begins with a digit is no time", False, more=none)
    if not said:
        return Mark(0.0, "no piece begins with a digit", False, more=none)
    if not truth or max(truth[-1], said[-1]) > LAST:
        return Mark(0.0, f"the gold has no time, or one is past {LAST:.0f} s", more=none)
    why = f"{len(said)} times read, {len(truth)} in the gold"
    cmlt, amlt = _continuity(truth, said)
    return Mark(_f_measure(truth, said), why, more={"CMLt": cmlt, "AMLt": amlt})


def _f_measure(truth: Sequence[float], said: Sequence[float]) -> float:
    """``mir_eval.beat.f_measure`` of sorted times.

    A largest matching is found in one pass, for the windows of later times end later;
    mir_eval's own search is quadratic where many times lie together.
    """
    import mir_eval
    import numpy as np

    truth_N, said_M = np.array(truth), np.array(said)
    first_M = np.searchsorted(truth_N, said_M - WINDOW, side="left")
    last_M = np.searchsorted(truth_N, said_M + WINDOW, side="right")
    matched, free = 0, 0
    for first, last in zip(first_M, last_M, strict=True):
        place = max(free, first)
        if place < last:
            matched, free = matched + 1, place + 1
    return float(mir_eval.util.f_measure(matched / len(said), matched / len(truth)))


def _continuity(truth: Sequence[float], said: Sequence[float]) -> tuple[float, float]:
    """CMLt and AMLt."""
    import mir_eval
    import numpy as np

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of single beats, which are worth 0
        _, cmlt, _, amlt = mir_eval.beat.continuity(np.array(truth), np.array(said))
    return float(cmlt), float(amlt)


def _mark_all(entries: Sequence[Entry]) -> list[Mark]:
    return [mark(entry) for entry in entries]


def _figures(entries: Sequence[Entry], marks: Sequence[Mark]) -> list[Figure]:
    found = [mark.more for mark in marks if mark.more is not None]
    return [
        Figure(name, sum(more[name] for more in found) / len(found), len(found))
        for name in ("CMLt", "AMLt")
    ]


def _bounded(entry: Entry) -> Entry:
    """The entry; raises DataError where it lists too many times to be compared."""
    for field, said in (("correct_answer", entry.gold), ("response", entry.said)):
        if (count := said.count(",") + 1) > MOST_TIMES:
            raise DataError(
                f"{field}: got {count:,} pieces between commas, expected at most {MOST_TIMES:,}"
            )
    return entry


def _read(row: Mapping[str, Any], number: int) -> list[Entry]:
    gold = text(row, "correct_answer")
    facts = Facts(beats=_fact(gold))
    entry = official(row, number, text(row, "response"), gold, name=row.get("audioid"), facts=facts)
    return [_bounded(entry)]


def _fact(gold: str) -> tuple[float, ...] | None:
    """The gold for Etude's reward; None, to which it does not apply, where it is no list."""
    try:
        return tuple(times(gold))
    except ValueError:
        return None


def _recast(entry: Entry) -> Entry:
    told = entry.question.facts.beats
    gold = ",".join(f"{time}s" for time in told) if told else entry.gold
    entry = _bounded(with_gold(replace(entry, gold=gold)))
    if not _fact(entry.gold):
        raise DataError(f"question: got the beats {show(entry.gold)}, expected '0.5s,1.0s,...'")
    return entry


BENCHMARK = Benchmark(
    name="cmi-beats",
    title="CMI-Bench beats",
    follows="evaluate.py of nicolaus625/CMI-bench at 4c15f41",
    field="response",
    read=_read,
    recast=_recast,
    mark=_mark_all,
    figures=_figures,
    ours="beats",
)
