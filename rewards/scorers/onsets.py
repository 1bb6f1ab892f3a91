"""Reward ``onsets``: when notes start.

Conventions
-----------
Times in seconds, from the start of the clip; nothing is trimmed.

=====================================================  =========================
the answer                                             value
=====================================================  =========================
a list of times                                        F-measure, window 50 ms
no times, or far more than there are                   0
=====================================================  =========================

Not applicable where the fact lists no time. Source: mir_eval 0.8, ``mir_eval.onset.f_measure``.
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.timed import array, events


@reward("onsets")
def onsets(question: Question, response: Response) -> Verdict | None:
    """F-measure of the answer's onsets against ``facts.onsets``."""
    if not question.facts.onsets or question.facet not in (None, "onsets"):
        return None
    said = events("onsets", question, response)
    if isinstance(said, Verdict):
        return said
    import mir_eval

    value, precision, recall = mir_eval.onset.f_measure(
        array(question.facts.onsets), array(said), window=0.05
    )
    why = f"precision {precision:.2f}, recall {recall:.2f} over {len(said)} onsets"
    return Verdict(float(value), why, {"precision": float(precision), "recall": float(recall)})
