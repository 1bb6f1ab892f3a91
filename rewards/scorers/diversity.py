"""Reward ``diversity``: does a completion say what its siblings do not?

Conventions
-----------
Judged over the group, all completions of one question. Of each completion the distinct
runs of ``n`` words count (``rewards/scorers/words.py``); a text with fewer words has one run.

=============================================  ================================
completion                                     value
=============================================  ================================
no sibling has any of its runs                 1
otherwise                                      1 - mean over its runs of the share
                                               of siblings that have the run too
the same words as every sibling                0
no words                                       0
there is no sibling                            not applicable
=============================================  ================================

Noise is as diverse as thought, so the part belongs behind a gate:
``diversity: {weight: 0.05, requires: [accuracy]}``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rewards.parameters import demand
from rewards.records import Abstention, Response, Verdict
from rewards.registry import reward
from rewards.scorers.words import Place, run_problems, words_of


@reward("diversity", scope="group", check=run_problems)
def diversity(
    responses: Sequence[Response], *, n: int = 3, on: Place = "completion"
) -> list[Verdict] | list[Abstention]:
    """How little each response shares with its siblings, in [0, 1].

    Raises:
        ConfigError: ``n`` is below 1.
    """
    demand("diversity", run_problems(n=n))
    if len(responses) == 1:
        return [Abstention("it has no siblings: one completion of the question was judged")]
    runs = [_runs(words_of(response, on), n) for response in responses]
    holders = Counter(run for own in runs for run in own)
    return [_verdict(own, holders, len(runs) - 1, on) for own in runs]


def _runs(words: list[str], n: int) -> set[tuple[str, ...]]:
    if not words:
        return set()
    return set(zip(*(words[k:] for k in range(n)), strict=False)) or {tuple(words)}


def _verdict(
    own: set[tuple[str, ...]], holders: Counter[tuple[str, ...]], siblings: int, on: Place
) -> Verdict:
    if not own:
        return Verdict(0.0, f"the {on} has no words")
    # Whole numbers until the end: the order of a set must not move the last bit.
    value = 1.0 - sum(holders[run] - 1 for run in own) / (len(own) * siblings)
    return Verdict(
        value, f"shares {1.0 - value:.0%} of its runs of words with a sibling, on average"
    )
