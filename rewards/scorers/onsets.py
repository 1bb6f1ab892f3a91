"""Reward ``onsets``: when notes start.

Conventions
-----------
Times in seconds from the start of the clip, in any form of ``rewards/spelling/series.py``.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
a list of times                                        F-measure, window 50 ms
no times, or far more than there are                   0
=====================================================  =========================

Not applicable where the fact lists no time. Source: mir_eval 0.8,
``mir_eval.onset.f_measure``; the deliberate differences are those of reward ``beats``.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import VERDICTS, events, listing, present, reference_times


@reward("onsets")
def onsets(question: Question, response: Response) -> Verdict | None:
    """F-measure of the answer's onsets against ``facts.onsets``.

    Raises:
        DataError: a time of the fact is none of music.
    """
    if not present(question, "onsets"):
        return None
    times = question.facts.onsets or ()
    reference_times("onsets", times)  # raises before anything is said of the answer
    text = listing(question, response)
    return text if isinstance(text, Verdict) else _judged(times, text)


@lru_cache(maxsize=VERDICTS)
def _judged(times: tuple[float, ...], text: str) -> Verdict:
    truth = reference_times("onsets", times)
    said = events("onsets", truth, text)
    if isinstance(said, Verdict):
        return said
    import mir_eval

    scores = mir_eval.onset.f_measure(truth, said, window=0.05)
    value, precision, recall = (float(score) for score in scores)
    why = f"precision {precision:.2f}, recall {recall:.2f} over {len(said)} onsets"
    return Verdict(value, why, {"precision": precision, "recall": recall})
