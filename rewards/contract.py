"""What a reward may return, and what becomes of everything else.

Conventions
-----------
===========================================  ========================================
returned                                     part
===========================================  ========================================
a ``Verdict`` with an int or float in [0, 1] ``scored``
an int or float in [0, 1]                    ``scored``, without a reason
None                                         ``not_applicable``, be it for the question
                                             or for the completion
an ``Abstention``                            ``not_applicable``, with its reason
a bool                                       ``error``: right or wrong is float(right)
NaN, infinity, below 0, above 1              ``error``
a scalar of numpy, a tensor, an array        ``error``: float(x), x.item()
text, a list, a mapping, any other object    ``error``
a reason that is no text                     ``error``
a reason with lone surrogates                stays, they are escaped: no file holds them
details that are no mapping, or not JSON     ``error``
an exception, SystemExit and the like too    ``error``: its type and text
===========================================  ========================================

A reward over a group returns a list or tuple with one of these for each response. Another
length or another kind of container is an ``error`` of every response in the group, for no
value can be told to be whose; one wrong value among them is the error of its response.

Nothing is cast: a value that is quietly rounded, broadcast or spread over a group is a
wrong training signal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rewards.errors import RewardError
from rewards.records import Abstention, Verdict

_VALUE = "expected a Verdict or a number in [0, 1], or None where it does not apply"


def checked(name: str, outcome: object) -> Verdict | Abstention:
    """The verdict in what reward ``name`` returned for one response, or why there is none.

    Raises:
        RewardError: names the reward, what it returned, what is expected and the remedy.
    """
    if outcome is None:
        return Abstention(f"reward {name!r} does not apply to this question or completion")
    if type(outcome) is Abstention:
        return Abstention(_reason(name, outcome.why))
    if type(outcome) is not Verdict:
        return Verdict(_value(name, outcome, "returned"))
    value = _value(name, outcome.value, "returned the value")
    return Verdict(value, _reason(name, outcome.why), _details(name, outcome.details))


def checked_group(name: str, outcomes: object, count: int) -> list[object]:
    """What reward ``name`` returned for each of ``count`` responses, unchecked one by one.

    Raises:
        RewardError: it is no list, or of another length.
    """
    expected = f"expected a list of {count}, one for each response in their order"
    if not isinstance(outcomes, (list, tuple)):
        raise RewardError(f"reward {name!r} returned a {_kind(outcomes)} for a group: {expected}")
    if len(outcomes) != count:
        raise RewardError(f"reward {name!r} returned {len(outcomes)} values: {expected}")
    return list(outcomes)


def describe(failure: BaseException) -> str:
    """Type and text of an exception, at most 500 characters, even if ``str`` fails or exits."""
    try:
        text = escaped(str(failure))
    except KeyboardInterrupt:
        raise
    except BaseException as second:  # noqa: BLE001 - a broken __str__ is the reward's own bug
        text = f"its text could not be printed ({type(second).__name__})"
    return f"{type(failure).__name__}: {text}"[:500] if text else type(failure).__name__


def escaped(text: str) -> str:
    """A plain string that UTF-8 can hold, ``\\ud800`` for a lone surrogate."""
    return str.encode(text, "utf-8", "backslashreplace").decode()


def _value(name: str, value: object, verb: str) -> float:
    if type(value) is not float and type(value) is not int:
        raise RewardError(
            f"reward {name!r} {verb} {_shown(value)} of type {_kind(value)}: {_VALUE}"
            f"{_remedy(value)}"
        )
    if not 0 <= value <= 1:  # false for NaN too
        raise RewardError(f"reward {name!r} {verb} {_shown(value)}: {_VALUE}")
    return float(value)


def _remedy(value: object) -> str:
    if isinstance(value, (bool, float)) or hasattr(value, "__float__"):
        return "; return float(...) of one number"
    return ""


def _shown(value: object) -> str:
    """A number as it is; of anything else nothing, for its ``repr`` may raise or be endless."""
    if type(value) in (bool, float):
        return repr(value)
    if type(value) is int:
        return repr(value) if -(10**9) < value < 10**9 else "a huge whole number"
    return "something"


def _reason(name: str, why: object) -> str:
    if not isinstance(why, str):
        raise RewardError(f"reward {name!r} gave a reason of type {_kind(why)}: expected a string")
    return escaped(why)


def _details(name: str, details: object) -> dict[str, Any] | None:
    """A copy: what a mapping says once, it need not say again."""
    if details is None:
        return None
    expected = "expected a mapping that JSON can hold"
    if not isinstance(details, Mapping):
        raise RewardError(f"reward {name!r} gave details of type {_kind(details)}: {expected}")
    try:
        copied = dict(details)
        json.dumps(copied, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as failure:
        raise RewardError(
            f"reward {name!r} gave details that are not JSON ({failure}): {expected}"
        ) from failure
    return copied


def _kind(value: object) -> str:
    kind = type(value)
    home = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{home}{kind.__qualname__}"
