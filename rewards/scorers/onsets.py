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

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import events, present


@reward("onsets")
def onsets(question: Question, response: Response) -> Verdict | None:
    """F-measure of the answer's onsets against ``facts.onsets``.

    Raises:
        DataError: a time of the fact is none of music.
    """
    if not present(question, "onsets"):
        return None
    pair = events("onsets", question, response)
    if isinstance(pair, Verdict):
        return pair
    import mir_eval

    value, precision, recall = (float(x) for x in mir_eval.onset.f_measure(*pair, window=0.05))
    why = f"precision {precision:.2f}, recall {recall:.2f} over {len(pair[1])} onsets"
    return Verdict(value, why, {"precision": precision, "recall": recall})
