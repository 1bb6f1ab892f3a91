"""Reward ``segments``: the sections of a piece, their boundaries and names.

Conventions
-----------
A segment is (start [s], end [s], label). A boundary is right within half a second; the
first and the last one, which are the ends of the piece, do not count.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
segments                                               F of boundaries x
                                                       (.75 + .25 x share of time
                                                       under the right label)
one segment where there is one                         1 x the same
no segments, or far more than there are                0
=====================================================  =========================

Labels are equal if their words are, numbers apart ("Verse 2" is a verse).
Source: mir_eval 0.8, ``mir_eval.segment.detection(window=.5, trim=True)``; the weight of
the labels is ours, for a song whose verse and chorus are exchanged is not the same song.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import crowded, intervals, listing
from rewards.spelling.series import Span, spans
from rewards.text import plain

Segments = tuple[tuple[float, float, str], ...]
LABELS = 0.25


@reward("segments")
def segments(question: Question, response: Response) -> Verdict | None:
    """Boundary F-measure, weighed by labels, against ``facts.segments``."""
    truth = question.facts.segments
    if not truth or question.facet not in (None, "segments"):
        return None
    truth = tuple(sorted(truth))
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    said = closed(spans(text), truth[-1][1])
    if not said:
        return Verdict(0.0, "the answer lists no segments")
    too_many = crowded(len(said), len(truth))
    if too_many:
        return too_many
    found = boundaries(truth, said)
    named = agreement(truth, said)
    value = found * (1.0 - LABELS + LABELS * named)
    why = f"boundary F {found:.2f}, {100 * named:.0f} % of the time under the right label"
    return Verdict(value, why, {"boundaries": found, "labels": named})


def closed(found: tuple[Span, ...], end: float) -> Segments:
    """Segments with an end each: the last one lasts to the end of the truth."""
    made = []
    for span in found:
        until = span.end if span.end is not None else max(end, span.start)
        if until > span.start:
            made.append((span.start, until, span.label))
    return tuple(made)


def boundaries(truth: Segments, said: Segments) -> float:
    """F-measure of the inner boundaries, by mir_eval; equal if neither has one."""
    if len(truth) < 2 or len(said) < 2:
        return float(len(truth) < 2 and len(said) < 2)
    import mir_eval

    _, _, value = mir_eval.segment.detection(
        intervals(tuple((a, b) for a, b, _ in truth)),
        intervals(tuple((a, b) for a, b, _ in said)),
        window=0.5,
        trim=True,
    )
    return float(value)


def agreement(truth: Segments, said: Segments) -> float:
    """Share of the truth's time in which the answer has its label."""
    total = sum(end - start for start, end, _ in truth)
    ticks = sorted({t for segment in (*truth, *said) for t in segment[:2]})
    shared, i, j = 0.0, 0, 0
    for start, end in pairwise(ticks):
        while i < len(truth) and truth[i][1] <= start:
            i += 1
        while j < len(said) and said[j][1] <= start:
            j += 1
        if i < len(truth) and j < len(said) and truth[i][0] <= start and said[j][0] <= start:
            shared += (end - start) * (_label(truth[i][2]) == _label(said[j][2]))
    return shared / total


@lru_cache(maxsize=2048)
def _label(text: str) -> str:
    return re.sub(r"\b(?:section|the|part)\b|[^\w]|\d+", " ", plain(text)).strip()
