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
from importlib import import_module
from typing import TypeVar

from rewards.errors import ConfigError
from rewards.scorers import NAMES

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
        home = _home(taken) if taken is not None else _built_in(name)
        # A module that is loaded again (a notebook, a reload) replaces its own.
        if home is not None and not _home(function).startswith(home):
            raise ConfigError(
                f"reward {name!r} is registered twice: by {home} and by "
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
    module = _built_in(name)
    if name not in _REWARDS and module is not None:
        import_module(module)
    if name in _REWARDS:
        return _REWARDS[name]
    raise ConfigError(f"unknown reward {name!r}{nearest(name, names())}; known: {known()}")


def names() -> list[str]:
    """The names of all rewards, built in or registered, sorted."""
    return sorted({*NAMES, *_REWARDS})


def known() -> str:
    """The registered names as one line of text."""
    return ", ".join(names())


def nearest(word: object, candidates: list[str]) -> str:
    """``, did you mean 'x'?`` for the closest candidate, or nothing."""
    close = get_close_matches(str(word), candidates, n=1, cutoff=0.6)
    return f", did you mean {close[0]!r}?" if close else ""


def _built_in(name: object) -> str | None:
    """The module of a built-in reward, None for any other name."""
    return f"rewards.scorers.{name}" if name in NAMES else None


def _home(function: Reward) -> str:
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', '?')}"
