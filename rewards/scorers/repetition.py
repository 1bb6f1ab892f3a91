"""Reward ``repetition``: does the completion say new things, or loop?

Conventions
-----------
Runs of ``n`` words in a row; a text with fewer words has one run.

=========================================  ====================================
completion                                 value
=========================================  ====================================
no run stands twice                        1
otherwise                                  distinct runs / runs
no words                                   0
=========================================  ====================================

Running prose stays above .95 with n = 4; one sentence again and again falls to 0.
"""

from __future__ import annotations

from rewards.parameters import demand
from rewards.records import Response, Verdict
from rewards.registry import reward
from rewards.scorers.words import Place, run_problems, words_of


@reward("repetition", check=run_problems)
def repetition(response: Response, *, n: int = 4, on: Place = "completion") -> Verdict:
    """Distinct runs of ``n`` words over all such runs.

    Raises:
        ConfigError: ``n`` is below 1.
    """
    demand("repetition", run_problems(n=n))
    words = words_of(response, on)
    if not words:
        return Verdict(0.0, f"the {on} has no words")
    runs = list(zip(*(words[k:] for k in range(n)), strict=False)) or [tuple(words)]
    distinct = len(set(runs))
    return Verdict(
        distinct / len(runs), f"{distinct} of {len(runs)} runs of {n} words are distinct"
    )
