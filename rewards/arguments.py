"""What a reward function asks for, by the names of its arguments.

Conventions
-----------
=============  ====================================  ==================================
argument       what it is                            where there is none
=============  ====================================  ==================================
``question``   the ``Question``
``response``   the ``Response``
``text``       the raw completion
``think``      inside of its think block             value 0, the function is not called
``answer``     inside of its one answer block        value 0, the function is not called
``facts``      the ``Facts`` of the question
``choices``    its options, () for an open question
``kind``       "qa", "caption", ...
``gold``       its gold answer                       does not apply
``facet``      the fact that is asked                does not apply
``clip``       its ``Clip``                          does not apply
=============  ====================================  ==================================

The question is asked first: a reward that does not apply to it is worth nothing, not even 0,
on a completion without an answer. An argument with a default takes it instead of the last
column: ``answer=None``. A reward
over a group (``scope="group"``) asks for ``responses``, ``texts``, ``thinks`` and
``answers``, lists in the order of the responses with None where there is none, in place of
the singular; what belongs to the question stays one.

What a configuration sets stands behind ``*``: ``def brevity(answer, *, words: int = 50)``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rewards.errors import ConfigError, nearest
from rewards.parameters import PART_KEYS
from rewards.records import Abstention, Question, Response, Verdict

Scope = Literal["completion", "group"]

_OF_QUESTION: dict[str, Callable[[Question], Any]] = {
    "question": lambda question: question,
    "facts": lambda question: question.facts,
    "choices": lambda question: question.choices,
    "kind": lambda question: question.kind,
    "gold": lambda question: question.answer,
    "facet": lambda question: question.facet,
    "clip": lambda question: question.clip,
}
_OF_RESPONSE: dict[str, Callable[[Response], Any]] = {
    "response": lambda response: response,
    "text": lambda response: response.text,
    "think": lambda response: response.think,
    "answer": lambda response: response.answer,
}
_OF_TRL = ("prompts", "completions", "completion_ids", "solution")
_SAID = {"gold": "gold answer"}
_NAMES: dict[Scope, tuple[str, ...]] = {
    "completion": (*_OF_RESPONSE, *_OF_QUESTION),
    "group": (*(f"{name}s" for name in _OF_RESPONSE), *_OF_QUESTION),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a reward function.

    Attributes:
        name: one of the table above.
        default: what it is where there is none.
        optional: whether it has a default.
    """

    name: str
    default: Any = None
    optional: bool = False


def arguments_of(name: str, function: Callable[..., object], scope: Scope) -> tuple[Argument, ...]:
    """The arguments of reward ``name``, in the order of its signature.

    Raises:
        ConfigError: it asks for something that no completion has, or for something that one
            has behind the ``*``, takes ``*args`` or ``**kwargs``, or is a coroutine.
    """
    if scope not in _NAMES:
        raise ConfigError(f"reward {name!r}: scope: got {scope!r}, expected completion or group")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise ConfigError(
            f"reward {name!r}: got async def or yield, expected a plain function; return the value"
        )
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"reward {name!r}: got {error}, expected a function whose arguments can be read; "
            "wrap it in a def"
        ) from error
    found = []
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            if parameter.name in PART_KEYS:
                raise ConfigError(
                    f"reward {name!r} has a parameter {parameter.name!r}: a part of a rubric has a "
                    "key of this name for itself; give the parameter another name"
                )
            if parameter.name in _NAMES[scope]:
                raise ConfigError(
                    f"reward {name!r} has {parameter.name!r} behind the *, where what a rubric "
                    "sets stands: it would never be told that of the row or the completion; put "
                    f"{parameter.name} before the *, or give the parameter another name"
                )
            continue
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise ConfigError(
                f"reward {name!r} takes {str(parameter).partition(':')[0]}: expected named "
                "arguments, so that what a configuration sets can be checked; name each (a "
                "decorator keeps them with functools.wraps)"
            )
        if parameter.name not in _NAMES[scope]:
            raise ConfigError(
                f"reward {name!r} asks for {parameter.name!r}{_remedy(name, parameter.name, scope)}"
                "; what a configuration sets stands behind a *"
            )
        optional = parameter.default is not inspect.Parameter.empty
        default = parameter.default if optional else None
        found.append(Argument(parameter.name, default, optional))
    return tuple(found)


def _remedy(reward: str, wanted: str, scope: Scope) -> str:
    """What to do about an argument that nothing in this scope has."""
    listed = f"expected some of {', '.join(_NAMES[scope])}"
    if wanted in _OF_TRL:
        return f"; a function of TRL's goes through rewards.adapters.trl.as_reward; {listed}"
    if scope == "group":
        return f"{nearest(wanted, _NAMES[scope])}; {listed}"
    plurals = [name for name in _NAMES["group"] if name not in _OF_QUESTION]
    listed += f"; over a group {', '.join(plurals)} in place of the first four"
    if wanted in plurals:
        return f', of a group: mark the function @reward("{reward}", scope="group"); {listed}'
    return f"{nearest(wanted, _NAMES[scope])}; {listed}"


def values_for(
    arguments: Sequence[Argument], question: Question, response: Response
) -> tuple[Any, ...] | Verdict | Abstention:
    """The arguments for one completion, or the outcome where one of them is not there."""
    if out_of_place := _not_for(arguments, question):
        return out_of_place
    values = []
    for argument in arguments:
        of_response = _OF_RESPONSE.get(argument.name)
        value = of_response(response) if of_response else _OF_QUESTION[argument.name](question)
        if value is None and not argument.optional:
            return Verdict(0.0, f"there is no {argument.name} block")
        values.append(argument.default if value is None else value)
    return tuple(values)


def values_for_group(
    arguments: Sequence[Argument], question: Question, responses: Sequence[Response]
) -> tuple[Any, ...] | Abstention:
    """The arguments for the completions of one question, or why the reward does not apply."""
    if out_of_place := _not_for(arguments, question):
        return out_of_place
    values: list[Any] = []
    for argument in arguments:
        of_question = _OF_QUESTION.get(argument.name)
        if of_question is None:
            read = _OF_RESPONSE[argument.name.removesuffix("s")]
            values.append([read(response) for response in responses])
        else:
            value = of_question(question)
            values.append(argument.default if value is None else value)
    return tuple(values)


def _not_for(arguments: Sequence[Argument], question: Question) -> Abstention | None:
    """That the question lacks what the reward asks of it, if it does."""
    for argument in arguments:
        of_question = _OF_QUESTION.get(argument.name)
        if of_question and not argument.optional and of_question(question) is None:
            return Abstention(f"the question has no {_SAID.get(argument.name, argument.name)}")
    return None
