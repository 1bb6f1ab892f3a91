"""Reward ``instruments``: the instruments that play, as a set.

Scored as all sets of names are: see the table of ``rewards/scorers/sets.py``.
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.sets import score


@reward("instruments")
def instruments(question: Question, response: Response) -> Verdict | None:
    """Set F1 of the answer's names against ``facts.instruments``."""
    return score("instruments", question, response)
