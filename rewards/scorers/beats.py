"""Reward ``beats``: where the beats fall.

Conventions
-----------
Times in seconds, from the start of the clip; nothing is trimmed.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
a list of times                                        F-measure, window 70 ms
no times, or far more than there are                   0
=====================================================  =========================

Not applicable where the fact lists no time. Source: mir_eval 0.8, ``mir_eval.beat.f_measure``;
its ``evaluate`` drops the first five seconds, which we do not. With ``continuity: true`` the
details hold CMLt and AMLt (``mir_eval.beat.continuity``), at seven times the cost.
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import beat_score


@reward("beats")
def beats(question: Question, response: Response, *, continuity: bool = False) -> Verdict | None:
    """F-measure of the answer's times against ``facts.beats``."""
    return beat_score("beats", question, response, continuity=continuity)
