"""Reward functions by name.

A reward is a plain function that judges one completion of one question::

    from rewards import Question, Response, Verdict, reward

    @reward("brevity")
    def brevity(question: Question, response: Response, *, words: int = 50) -> Verdict | None:
        if response.answer is None:
            return Verdict(0.0, "there is no answer")
        count = len(response.answer.split())
        return Verdict(float(count <= words), f"the answer has {count} words")

``None`` means that the reward does not apply to this question. Bad model output
is a low value with a reason; a bug may raise, and becomes an ``error`` part that
never counts as 0. Keyword-only parameters can be set from a rubric's config.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeVar

from rewards.errors import ConfigError

Reward = Callable[..., object]
"""``(question, response, **parameters) -> Verdict | None``."""

_F = TypeVar("_F", bound=Callable[..., object])
_REWARDS: dict[str, Reward] = {}


def reward(name: str) -> Callable[[_F], _F]:
    """Register a function under a name; the function itself stays as it is.

    Raises:
        ConfigError: the name is empty or taken by another function.
    """
    if not isinstance(name, str) or not name.strip() or name != name.strip():
        raise ConfigError(f"a reward needs a name: got {name!r}, expected a word such as 'cadence'")

    def register(function: _F) -> _F:
        taken = _REWARDS.get(name)
        # A module that is loaded again (a notebook, a reload) replaces its own.
        if taken is not None and _home(taken) != _home(function):
            raise ConfigError(
                f"reward {name!r} is registered twice: by {_home(taken)} and by "
                f"{_home(function)}; give one of them another name"
            )
        _REWARDS[name] = function
        return function

    return register


def get(name: str) -> Reward:
    """The function of that name.

    Raises:
        ConfigError: there is none; names the nearest.
    """
    if name in _REWARDS:
        return _REWARDS[name]
    raise ConfigError(f"unknown reward {name!r}{nearest(name, names())}; known: {known()}")


def names() -> list[str]:
    """The registered names, sorted."""
    return sorted(_REWARDS)


def known() -> str:
    """The registered names as one line of text."""
    return ", ".join(names())


def nearest(word: object, candidates: list[str]) -> str:
    """``, did you mean 'x'?`` for the closest candidate, or nothing."""
    close = get_close_matches(str(word), candidates, n=1, cutoff=0.6)
    return f", did you mean {close[0]!r}?" if close else ""


def _home(function: Reward) -> str:
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', '?')}"
