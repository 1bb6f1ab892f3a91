"""A model that stays silent: told where a run begins, not after hours without its part.

One request that is not answered makes a part not apply, and the run goes on: it may be one of many.
Where most of the first step's are not answered, the address is wrong or nobody is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rewards.asking.claims import Reading
from rewards.asking.opinion import Opinion
from rewards.errors import RewardError
from rewards.records import Score

MOST = 0.5
"""Share of the completions that a part judges on which its model may be silent."""
_SILENCES = (Reading.silence, Opinion.silence)
_OF_SIBLING = tuple(f"{silence} of a sibling" for silence in _SILENCES)


def check_heard(scores: Iterable[Score], what: str) -> None:
    """Refuse to go on where the model that a part asks is silent on most, or gives no value at all.

    A completion of which only a sibling was left without an answer, or that was not asked about,
    is none that the model was silent on.

    Args:
        what: the completions, as the error calls them.

    Raises:
        RewardError: which parts, on how many, and why the first time.
    """
    silent: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    first: dict[str, str] = {}
    for score in scores:
        for name, part in score.parts.items():
            unanswered = part.status == "not_applicable" and part.why.startswith(_SILENCES)
            judged[name] += part.value is not None
            asked[name] += unanswered or part.value is not None
            if unanswered and not part.why.startswith(_OF_SIBLING):
                silent[name] += 1
                first.setdefault(name, part.why)
    unheard = [n for n in silent if silent[n] > MOST * asked[n] or not judged[n]]
    if unheard:
        told = "; ".join(
            f"part {name!r} on {silent[name]} of {asked[name]} {what}, first: {first[name]}"
            for name in unheard
        )
        raise RewardError(
            f"a model that the rubric asks is silent: {told}; expected an answer to most and a "
            "value for some; start it and go on with --resume, or begin in another folder with "
            "another url or model"
        )
