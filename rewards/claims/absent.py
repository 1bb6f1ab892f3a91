"""Claims of completions that answer what is absent: who names it, denies it.

"Which instrument is NOT heard?" - "I hear piano and violin, so the answer is trumpet." -
"trumpet": no trumpet is claimed (``rewards/absence.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rewards.absence import ABSENT, asks_for_absent, concludes
from rewards.claims.records import Claim


def denied(answers: Sequence[Claim], prompt: str) -> tuple[Claim, ...]:
    """What an answer claims: the one value that it names is denied, where what is absent is asked.

    Of several it is not told which are meant.
    """
    names = [one for one in answers if one.type in ABSENT and one.polarity == "asserted"]
    if len(names) != 1 or not asks_for_absent(prompt):
        return tuple(answers)
    return tuple(replace(one, polarity="denied") if one is names[0] else one for one in answers)


def absent_concluded(thoughts: Iterable[Claim], text: str, prompt: str) -> Iterator[Claim]:
    """Thoughts in which a name that is told as the absent one is denied: "so it's the trumpet".

    Args:
        thoughts: spans in ``text``.
    """
    asked = asks_for_absent(prompt)
    for one in thoughts:
        told = asked and one.type in ABSENT and one.plain
        if told and concludes(text[: one.start], text[one.end :]):
            yield replace(one, polarity="denied")
        else:
            yield one
