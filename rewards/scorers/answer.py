"""Reward ``answer``: the answer, judged by the reward that the question asks for.

Conventions
-----------
==========================================  ========================================
the question                                judged by
==========================================  ========================================
asks a facet whose reward applies           the reward of that facet
asks none, or one whose reward does not     ``accuracy``, which needs a gold answer
apply
==========================================  ========================================

``modulations`` is judged by ``modulation``. Not applicable where neither applies.
"""

from __future__ import annotations

from rewards import registry
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers import NAMES

_REWARDS = {"modulations": "modulation"}


@reward("answer")
def answer(question: Question, response: Response) -> Verdict | None:
    """The verdict of the reward of the question's facet, else of ``accuracy``.

    Raises:
        DataError: the fact, or the gold answer, cannot be read.
    """
    name = reward_of(question)
    if name is not None:
        verdict = registry.get(name)(question, response)
        if isinstance(verdict, Verdict):
            return verdict
    verdict = registry.get("accuracy")(question, response)
    return verdict if isinstance(verdict, Verdict) else None


def reward_of(question: Question) -> str | None:
    """The name of the reward that judges the question's facet; None if there is none."""
    name = _REWARDS.get(question.facet or "", question.facet)
    return name if name in NAMES and name != "answer" else None
