"""Reward functions by name.

A reward is a plain function. It asks for what it needs by name::

    from rewards import reward

    @reward("brevity")
    def brevity(answer, *, words: int = 50):
        return float(len(answer.split()) <= words)

or takes the question and the response whole, and says why::

    @reward("brevity")
    def brevity(question: Question, response: Response, *, words: int = 50) -> Verdict | None:
        if response.answer is None:
            return Verdict(0.0, "there is no answer")
        count = len(response.answer.split())
        return Verdict(float(count <= words), f"the answer has {count} words")

``rewards/arguments.py`` lists the names, ``rewards/contract.py`` what may be returned. A
reward with ``scope="group"`` judges all responses to one question at once and returns a
list. Keyword-only parameters are set by a rubric's config. Their types are held against the
annotations; what else they must be, a check says when the rubric is read::

    def problems(*, words: int):
        if words < 1:
            yield "words", f"got {words}, expected at least 1"

    @reward("brevity", check=problems)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

from rewards.arguments import Argument, Scope, arguments_of, values_for, values_for_group
from rewards.contract import checked_group, describe
from rewards.errors import ConfigError, nearest
from rewards.parameters import Check, Problem, fits, parameters_of
from rewards.records import Abstention, Question, Response
from rewards.scorers import JUDGES, NAMES

_F = TypeVar("_F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward function and how it is called.

    Attributes:
        name: what it is registered under.
        function: as it was written.
        scope: "completion", or "group": all responses to one question at once.
        arguments: what it asks for, in its order.
        check: tells what is wrong with its parameters, or None where types say all.
    """

    name: str
    function: Callable[..., object]
    scope: Scope
    arguments: tuple[Argument, ...]
    check: Check | None = None

    @classmethod
    def of(
        cls,
        name: str,
        function: Callable[..., object],
        scope: Scope = "completion",
        check: Check | None = None,
    ) -> Reward:
        """A reward from a plain function.

        Raises:
            ConfigError: the function asks for what no completion has.
        """
        return cls(name, function, scope, arguments_of(name, function, scope), check)

    def problems(self, params: Mapping[str, object]) -> list[Problem]:
        """What its check finds wrong with these parameters, whose types fit; [] without one.

        Raises:
            ConfigError: the check itself fails, or gives something else than pairs of texts.
        """
        if self.check is None:
            return []
        own = {name: known.default for name, known in parameters_of(self.function).items()}
        own |= params
        try:
            found = list(self.check(**own) or ())
        except Exception as failure:
            raise ConfigError(
                f"the check of reward {self.name!r} failed: {describe(failure)}; expected a "
                f"function that takes all its parameters by keyword: {', '.join(own) or 'none'}"
            ) from failure
        for one in found:
            if not fits(one, Problem):
                raise ConfigError(
                    f"the check of reward {self.name!r} gave {type(one).__name__}: expected "
                    'pairs of texts such as yield "words", "got 0, expected at least 1"'
                )
        return found

    def __call__(self, question: Question, response: Response, **params: object) -> object:
        """What the function returns for one response, unchecked; over groups, for one of one.

        Raises:
            RewardError: a function over groups returns no list of one.
        """
        if self.scope == "group":
            outcomes = self.over(question, [response], **params)
            return checked_group(self.name, outcomes, 1)[0]
        values = values_for(self.arguments, question, response)
        if not isinstance(values, tuple):
            return values
        return self.function(*values, **params)

    def over(self, question: Question, responses: Sequence[Response], **params: object) -> object:
        """What a function with group scope returns, unchecked: one outcome a response."""
        values = values_for_group(self.arguments, question, responses)
        if isinstance(values, Abstention):
            return [values] * len(responses)
        return self.function(*values, **params)


_REWARDS: dict[str, Reward] = {}


def reward(
    name: str, *, scope: Scope = "completion", check: Check | None = None
) -> Callable[[_F], _F]:
    """Register a function under a name; the function itself stays as it is.

    Args:
        name: what a rubric calls it.
        scope: "completion" to judge one response, "group" to judge all responses to one
            question: the function then gets lists and returns a list as long.
        check: gets all parameters by keyword when a rubric is read, and gives what is wrong
            with them, each as (parameter, sentence).

    Raises:
        ConfigError: the name is empty or taken by another function, or the function asks
            for what no completion has.
    """
    if not isinstance(name, str) or not name or name != name.strip():
        raise ConfigError(f"a reward needs a name: got {name!r}, expected a word such as 'cadence'")

    def register(function: _F) -> _F:
        taken = _REWARDS.get(name)
        home = _home(taken.function) if taken is not None else _built_in(name)
        # A module that is loaded again (a notebook, a reload) replaces its own.
        if home is not None and not f"{_home(function)}.".startswith(f"{home}."):
            raise ConfigError(
                f"reward {name!r} is registered twice: by {home} and by "
                f"{_home(function)}; give one of them another name"
            )
        _REWARDS[name] = Reward.of(name, function, scope, check)
        return function

    return register


def get(name: str) -> Reward:
    """The reward of that name; call it with a question and a response.

    Raises:
        ConfigError: there is none; names the nearest.
    """
    module = _built_in(name)
    if name not in _REWARDS and module is not None:
        import_module(module)
    if name in _REWARDS:
        return _REWARDS[name]
    raise ConfigError(f"unknown reward {name!r}{nearest_known(name)}; known: {known()}")


def registered(function: Callable[..., object]) -> Reward | None:
    """The reward that a function was registered as, or None for a function that was not."""
    return next((found for found in _REWARDS.values() if found.function is function), None)


def names() -> list[str]:
    """The names of all rewards that judge by themselves, built in or registered, sorted.

    Not among them: ``JUDGES``, which ask a model and need to be told which.
    """
    return sorted({*NAMES, *_REWARDS} - {*JUDGES})


def exists(name: str) -> bool:
    """Whether ``get`` finds a reward of that name."""
    return name in JUDGES or name in names()


def known() -> str:
    """All names, judges too, as one line of text."""
    return ", ".join(sorted({*names(), *JUDGES}))


def nearest_known(name: object) -> str:
    """``, did you mean 'key'?`` for the closest name, or nothing."""
    return nearest(name, [*names(), *JUDGES])


def _built_in(name: object) -> str | None:
    """The module of a built-in reward, None for any other name."""
    return f"rewards.scorers.{name}" if name in NAMES or name in JUDGES else None


def _home(function: Callable[..., object]) -> str:
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', '?')}"
