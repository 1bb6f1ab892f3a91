"""Reward ``mood``: the moods, as a set.

Scored as all sets of names are: see the table of ``rewards/scorers/sets.py``.
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.sets import score


@reward("mood")
def mood(question: Question, response: Response) -> Verdict | None:
    """Set F1 of the answer's names against ``facts.mood``."""
    return score("mood", question, response)
