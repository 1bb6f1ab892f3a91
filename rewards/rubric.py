"""Rewards composed: weights, gates, parameters, and what becomes of failures.

A rubric is made from a plain mapping (YAML, for example)::

    parts:
      format:   {weight: 0.2, mode: mf_think}
      accuracy: {weight: 1.0, requires: [format]}
      lenient:  {reward: key, weight: 0.5, fifth: both}

=================  ==========================================================
outcome            part
=================  ==========================================================
a ``Verdict``      ``scored``
None               ``not_applicable``: no value, no share of the total
an exception       ``error``: no value, its type and text as the reason
a broken contract  ``error``: NaN, outside [0, 1], a bool, a string, a tensor
a failed gate      ``scored``, value 0: a required part is not scored at 1
=================  ==========================================================

A gate never hides that a reward does not apply or has failed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rewards import registry
from rewards.errors import ConfigError, RewardError
from rewards.records import Part, Question, Response, Score, Verdict
from rewards.rubric_config import parts_from_config


@dataclass(frozen=True, slots=True)
class RubricPart:
    """One reward in a rubric.

    Attributes:
        name: of the part; unique in its rubric.
        reward: the registered name of its function.
        function: the function itself, so that a rubric travels to processes
            in which nobody registered it.
        weight: at least 0; 0 makes a part that only serves as a gate.
        requires: names of the parts that must be scored at 1.
        params: keyword arguments of the function.
    """

    name: str
    reward: str
    function: registry.Reward
    weight: float = 1.0
    requires: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rubric:
    """Parts in the order in which they are computed: gates before what they gate."""

    parts: tuple[RubricPart, ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Rubric:
        """Build from a plain mapping (see the top of this module).

        Raises:
            ConfigError: one sentence per problem, all of them at once.
        """
        return cls(tuple(RubricPart(**part) for part in parts_from_config(config)))

    @classmethod
    def of(cls, names: Iterable[str]) -> Rubric:
        """Registered rewards by name, each with weight 1.

        Raises:
            ConfigError: a name is unknown, or there is none.
        """
        wanted = list(names)
        twice = sorted({name for name in wanted if wanted.count(name) > 1})
        if twice:
            raise ConfigError(f"rewards are named twice: got {', '.join(twice)}; name each once")
        return cls.from_config({"parts": {name: {} for name in wanted}})

    def score(self, question: Question, response: Response) -> Score:
        """Judge one completion. A failing reward becomes an ``error`` part."""
        parts: dict[str, Part] = {}
        for part in self.parts:
            parts[part.name] = _judge(part, question, response, parts)
        return Score(parts)

    def __str__(self) -> str:
        lines = ["rubric"]
        for number, part in enumerate(self.parts, start=1):
            branch = "└─" if number == len(self.parts) else "├─"
            reward = f" = {part.reward}" if part.reward != part.name else ""
            params = "".join(f"  {name}={value}" for name, value in part.params.items())
            gates = f"  requires {', '.join(part.requires)}" if part.requires else ""
            lines.append(f"{branch} {part.name}{reward}  weight {part.weight:g}{params}{gates}")
        return "\n".join(lines)


def _judge(
    part: RubricPart, question: Question, response: Response, before: Mapping[str, Part]
) -> Part:
    start = time.perf_counter()
    try:
        verdict = checked(part.reward, part.function(question, response, **part.params))
    except KeyboardInterrupt:
        raise
    # SystemExit, MemoryError and RecursionError of a reward must not end a run
    # either: each becomes a part that says so.
    except BaseException as failure:  # noqa: BLE001
        return Part(None, part.weight, "error", describe(failure), None, _since(start))
    if verdict is None:
        why = f"reward {part.reward!r} does not apply to this question"
        return Part(None, part.weight, "not_applicable", why, None, _since(start))
    closed = next((name for name in part.requires if not _open(before[name])), None)
    if closed is not None:
        gate = before[closed]
        state = gate.status if gate.value is None else f"{gate.value:g}"
        why = f"the gate {closed!r} failed (got {state}, expected 1): {gate.why}"
        return Part(0.0, part.weight, "scored", why, verdict.details, _since(start))
    return Part(
        float(verdict.value), part.weight, "scored", verdict.why, verdict.details, _since(start)
    )


def _open(gate: Part) -> bool:
    return gate.value is not None and gate.value >= 1.0


def checked(name: str, verdict: object) -> Verdict | None:
    """The verdict of reward ``name`` as it is, if it keeps the contract.

    Raises:
        RewardError: names the reward, what it returned and what is expected.
    """
    if verdict is None:
        return None
    expected = "expected a Verdict with a float in [0, 1], or None if it does not apply"
    if type(verdict) is not Verdict:
        raise RewardError(f"reward {name!r} returned a {_kind(verdict)}: {expected}")
    value = verdict.value
    # numpy scalars, tensors, bools and strings are refused rather than cast: a
    # value that is quietly broadcast or rounded is a wrong training signal.
    if type(value) not in (float, int):
        raise RewardError(f"reward {name!r} returned a value of type {_kind(value)}: {expected}")
    if not 0 <= value <= 1:  # false for NaN too
        raise RewardError(f"reward {name!r} returned the value {value!r}: {expected}")
    if not isinstance(verdict.why, str):
        raise RewardError(
            f"reward {name!r} gave a reason of type {_kind(verdict.why)}: expected a string"
        )
    if verdict.details is not None:
        _check_details(name, verdict.details)
    return verdict


def _check_details(name: str, details: object) -> None:
    expected = "expected a mapping that JSON can hold"
    if not isinstance(details, Mapping):
        raise RewardError(f"reward {name!r} gave details of type {_kind(details)}: {expected}")
    try:
        json.dumps(dict(details), allow_nan=False)
    except (TypeError, ValueError) as failure:
        raise RewardError(
            f"reward {name!r} gave details that are not JSON ({failure}): {expected}"
        ) from failure


def describe(failure: BaseException) -> str:
    """Type and text of an exception, at most 500 characters, even if ``str`` fails."""
    try:
        text = str(failure)
    except Exception as second:  # noqa: BLE001 - a broken __str__ is still the reward's own bug
        text = f"its text could not be printed ({type(second).__name__})"
    return f"{type(failure).__name__}: {text}"[:500] if text else type(failure).__name__


def _kind(value: object) -> str:
    kind = type(value)
    home = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{home}{kind.__qualname__}"


def _since(start: float) -> float:
    return time.perf_counter() - start
