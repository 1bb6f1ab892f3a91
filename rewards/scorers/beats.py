"""Reward ``beats``: where the beats fall.

Conventions
-----------
Times in seconds from the start of the clip, in any form of ``rewards/spelling/series.py``.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
a list of times                                        F-measure, window 70 ms
no times, or far more than there are                   0
=====================================================  =========================

Beats at twice or half the tempo earn about .67, off-beats 0. Not applicable where the fact
lists no time. With ``continuity: true`` the details hold CMLt and AMLt
(``mir_eval.beat.continuity``) for up to 500 beats, at seven times the cost.

Source: mir_eval 0.8, ``mir_eval.beat.f_measure``. Deliberate differences: nothing is trimmed
(``mir_eval.beat.evaluate`` drops the first five seconds), equal times count once, and an
entry that is no time of music is one wrong beat, where mir_eval raises.
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import beat_score


@reward("beats")
def beats(question: Question, response: Response, *, continuity: bool = False) -> Verdict | None:
    """F-measure of the answer's times against ``facts.beats``.

    Raises:
        DataError: a time of the fact is none of music.
    """
    return beat_score("beats", question, response, continuity=continuity)
