"""Reward ``instruments``: the instruments that play, as a set.

Conventions
-----------
Names, synonyms and kinds as in ``rewards/spelling/ontology.json``; what counts as a name
of the answer is said in ``rewards/scorers/sets.py`` and ``rewards/spelling/listed.py``.

==========================================================  ==========================
the answer                                                  value
==========================================================  ==========================
any                                                         F1 = 2 matched /
                                                            (true names + given names)
each name that is true                                      matched 1
each that is a kind of a true one, or the reverse           matched 0.5
a denied name                                               not given
names joined by "or", or by a stroke if not all are true    given, matched 0
an unknown item of a list                                   given, matched 0
several known names where the gold answer is one            0
==========================================================  ==========================
"""

from __future__ import annotations

from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.sets import score


@reward("instruments")
def instruments(question: Question, response: Response) -> Verdict | None:
    """Set F1 of the answer's names against ``facts.instruments``."""
    return score("instruments", question, response)
