"""Reward ``length``: is the completion neither cut short nor padded?

Conventions
-----------
Counted in words (``rewards/scorers/words.py``) of the ``completion``, the ``think`` part or
the ``answer``. Within ``least`` and ``most`` nothing is to be gained: length itself never
pays.

====================================  =========================================
words                                 value
====================================  =========================================
``least`` to ``most``                 1
below ``least``                       words / least
above ``most``                        falls on a line to 0 at twice ``most``
no such part, or no word in it        0
====================================  =========================================

By default 3 to 250 words: chains of MF-Think stay under 250 (arXiv 2511.10289).
"""

from __future__ import annotations

from collections.abc import Iterator

from rewards.parameters import Problem, demand
from rewards.records import Response, Verdict
from rewards.registry import reward
from rewards.scorers.words import Place, words_of


def _problems(*, least: int, most: int, **_: object) -> Iterator[Problem]:
    if not 0 <= least <= most or most < 1:
        bounds = "expected 0 <= least <= most, most at least 1"
        yield "least", f"got {least}, with most {most}, {bounds}"


@reward("length", check=_problems)
def length(
    response: Response,
    *,
    least: int = 3,
    most: int = 250,
    on: Place = "completion",
) -> Verdict:
    """1 for a length within bounds, less the farther it lies outside.

    Raises:
        ConfigError: the bounds are not 0 <= least <= most, most at least 1.
    """
    demand("length", _problems(least=least, most=most))
    count = len(words_of(response, on))
    if count == 0:
        return Verdict(0.0, f"the {on} has no words", {"words": 0})
    if count < least:
        value = count / least
    else:
        value = 1.0 if count <= most else max(0.0, 2.0 - count / most)
    return Verdict(
        value,
        f"the {on} has {count} word{'' if count == 1 else 's'}, expected {least} to {most}",
        {"words": count},
    )
