"""The settings of one part of a rubric, read with every problem found before one error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rewards import registry
from rewards.errors import ConfigError, likest, nearest
from rewards.facts import ALIASES, FACETS
from rewards.fields import show
from rewards.parameters import LIMITS, PART_KEYS, Parameter, expected, fits, parameters_of
from rewards.rubric_names import in_file, lies_elsewhere, unknown
from rewards.rubric_part import RubricPart
from rewards.rubric_routes import Route
from rewards.schedule import LAST_STEP, MOST_WEIGHT, Schedule

MOST_PROBLEMS = 50
"""Reading ends there: nobody mends more at once."""


def refusal(problems: list[str]) -> ConfigError:
    """All that is wrong with a rubric as one error, one problem a line."""
    shown = problems[:MOST_PROBLEMS]
    more = " or more" if len(problems) >= MOST_PROBLEMS else ""
    count = f"{len(shown)} problem{'s' if len(shown) > 1 else ''}{more}"
    listed = "".join(f"\n  - {problem}" for problem in shown)
    return ConfigError(f"the rubric cannot be used, {count}:{listed}")


class PartReader:
    """Reads the settings of one part; what is wrong goes to ``problems``."""

    def __init__(
        self, name: str, body: Any, siblings: list[str], problems: list[str], home: Path | None
    ) -> None:
        self.name, self.siblings, self.problems, self.home = name, siblings, problems, home
        self.leans_on: tuple[str, ...] = ()
        self.body: Mapping[str, Any] | None = {} if body is None else body
        if not isinstance(self.body, Mapping):
            self.body = None
            self._say("", f" must be a mapping: got {body!r}, expected {{weight: 1.0}}")

    def read(self) -> RubricPart | None:
        """The part, or None where something was reported."""
        if self.body is None:
            return None
        before = len(self.problems)
        requires, times = self._requires(), self._times()
        self.leans_on = (*requires, *(name for name, _ in times))
        reward = str(self.body.get("reward", self.name))
        settings: dict[str, Any] = {
            "weight": self._weight(), "requires": requires, "times": times,
            "clip": self._clip(), "when": self._when(),
        }  # fmt: skip
        if spec := in_file(reward):
            if strayed := lies_elsewhere(reward, self.home):
                self._say("", f": {strayed}")
                return None
            reward = spec
            judge, params, limits = self._isolated(spec)
        else:
            judge, params, limits = self._registered(reward)
        if len(self.problems) > before or judge is None:
            return None
        return RubricPart(self.name, reward, judge, params=params, limits=limits, **settings)

    def _say(self, key: str, sentence: str) -> None:
        self.problems.append(f"parts.{self.name}{'.' if key else ''}{key}{sentence}")
        if len(self.problems) >= MOST_PROBLEMS:
            raise refusal(self.problems)

    def _given(self, key: str, default: Any = None) -> Any:
        assert self.body is not None  # for the type checker
        return self.body.get(key, default)

    def _weight(self) -> float | Schedule:
        weight = self._given("weight", 1.0)
        if _is_weight(weight):
            return float(weight)
        if not isinstance(weight, Mapping):
            self._say("weight", f": got {show(weight)}, expected a number from 0 to {MOST_WEIGHT}, "
                      "or steps with weights, such as {0: 0.2, 100: 0.05}")  # fmt: skip
            return 0.0
        points: dict[int, float] = {}
        for step, value in weight.items():
            at = int(step) if str(step).isdecimal() and len(str(step)) < 20 else -1
            if not 0 <= at <= LAST_STEP or not _is_weight(value):
                self._say("weight", f": got {show(step)}: {show(value)}, expected a step from 0 to "
                          f"{LAST_STEP} with a weight from 0 to {MOST_WEIGHT}")  # fmt: skip
            elif at in points:  # 0 and "0" are two keys, and so are 5 and "05"
                self._say("weight", f": got two weights for step {at}, expected one")
            else:
                points[at] = float(value)
        if not weight:
            self._say("weight", ": got no steps, expected for example {0: 0.2, 100: 0.05}")
        return Schedule(tuple(sorted(points.items())))

    def _requires(self) -> tuple[str, ...]:
        gates = self._given("requires", ())
        gates = [gates] if isinstance(gates, str) else gates
        if not isinstance(gates, (list, tuple)) or not all(isinstance(g, str) for g in gates):
            self._say("requires", f": got {gates!r}, expected a list of part names")
            return ()
        return tuple(gate for gate in gates if self._is_sibling("requires", gate))

    def _times(self) -> tuple[tuple[str, float], ...]:
        factors = self._given("times", {})
        if isinstance(factors, str):
            factors = {factors: 1.0}
        if not isinstance(factors, Mapping):
            self._say("times", f": got {factors!r}, expected a part, or parts with shares such as "
                      "{accuracy: 0.5}")  # fmt: skip
            return ()
        found = []
        for name, share in factors.items():
            if not self._is_sibling("times", name):
                continue
            if not is_number(share) or not 0 < share <= 1:
                self._say(f"times.{name}", f": got {share!r}, expected a share above 0, at most 1")
            else:
                found.append((str(name), float(share)))
        return tuple(found)

    def _is_sibling(self, key: str, name: Any) -> bool:
        if name == self.name:
            self._say(key, f": part {name!r} cannot depend on itself")
            return False
        if name not in self.siblings:
            hint = nearest(name, self.siblings)
            self._say(key, f": there is no part {name!r}{hint or '; add it to parts'}")
            return False
        return True

    def _clip(self) -> tuple[float, float] | None:
        clip = self._given("clip")
        if clip is None:
            return None
        numbers = isinstance(clip, (list, tuple)) and len(clip) == 2 and all(map(is_number, clip))
        if not numbers or not clip[0] < clip[1] <= 1:
            self._say("clip", f": got {clip!r}, expected [least, greatest] within [0, 1]")
            return None
        return float(clip[0]), float(clip[1])

    def _when(self) -> Route | None:
        when = self._given("when")
        if when is None:
            return None
        if not isinstance(when, Mapping) or not when:
            self._say("when", f": got {when!r}, expected for example {{kind: [qa], facet: [key]}}")
            return None
        routes: dict[str, tuple[str, ...]] = {}
        for key, any_of in when.items():
            any_of = [any_of] if isinstance(any_of, str) else any_of
            if key not in ("kind", "facet"):
                hint = nearest(key, ["kind", "facet"])
                self._say("when", f": unknown key {key!r}{hint or '; expected kind and facet'}")
            elif not any_of or not fits(any_of, list[str]):
                self._say(f"when.{key}", f": got {any_of!r}, expected a list of names")
            else:
                routes[str(key)] = tuple(ALIASES.get(name, name) for name in any_of)
        for facet in routes.get("facet", ()):
            if facet not in FACETS:
                hint = nearest(facet, FACETS) or f"; expected some of {', '.join(FACETS)}"
                self._say("when.facet", f": there is no facet {facet!r}{hint}")
        return Route(**routes)

    def _registered(self, reward: str) -> tuple[registry.Reward | None, dict[str, Any], Any]:
        if not registry.exists(reward):
            self._say("", f": {unknown(reward, self.body or {})}")
            return None, {}, {}
        judge = registry.get(reward)
        allowed = parameters_of(judge.function)
        given = self._rest(PART_KEYS)
        before = len(self.problems)
        self._check(given, allowed, PART_KEYS)
        if len(self.problems) == before:
            try:
                found = judge.problems(given)
            except ConfigError as error:
                found = [("", str(error))]
            for key, sentence in found:
                self._say(key, f": {sentence}")
        return judge, given, {}

    def _isolated(self, reward: str) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        """A reward in a file; the file itself is looked at if its limits are well."""
        before = len(self.problems)
        limits = {key: value for key, value in self._rest(PART_KEYS).items() if key in LIMITS}
        for key, value in limits.items():
            if not fits(value, LIMITS[key]) or not is_number(value) or value <= 0:
                self._say(key, f": got {value!r}, expected {expected(LIMITS[key])} above 0")
        params = self._rest((*PART_KEYS, *LIMITS))
        if len(self.problems) > before:
            return None, {}, {}
        from rewards.isolation import Isolated

        try:
            return Isolated(reward, params=params, **limits), params, limits
        except ConfigError as error:
            own = (*PART_KEYS, *LIMITS)
            named = [key for key in params if f"no parameter {key!r}" in str(error)]
            # One guess is a hint, two are none: a key of a part is it where it is the likelier.
            said, guess, _ = str(error).partition(", did you mean")
            close = [likest(key, own, cutoff=0.8 if guess else 0.6) for key in named]
            hint = next((f", did you mean {one!r}?" for one in close if one), "")
            self._say("", f": {said if hint else error}{hint}")
            return None, {}, {}

    def _rest(self, known: Iterable[str]) -> dict[str, Any]:
        assert self.body is not None  # for the type checker
        return {str(key): value for key, value in self.body.items() if key not in known}

    def _check(
        self, given: Mapping[str, Any], allowed: Mapping[str, Parameter], own: Iterable[str]
    ) -> None:
        for key, value in given.items():
            if key not in allowed:
                choices = [*own, *allowed]
                hint = nearest(key, choices) or f"; expected one of {', '.join(choices)}"
                self._say("", f": unknown key {key!r}{hint}")
            elif not fits(value, hint := allowed[key].hint):
                words = expected(hint)
                near = nearest(value, words.removeprefix("one of ").split(", "))
                self._say(key, f": got {value!r}{near}; expected {words}")
        for key, parameter in allowed.items():
            if parameter.required and key not in given:
                self._say(key, f": is missing; expected {expected(parameter.hint)}")


def is_number(value: Any) -> bool:
    """A number of at least 0 that a float can hold."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 <= value <= sys.float_info.max


def _is_weight(value: Any) -> bool:
    return is_number(value) and value <= MOST_WEIGHT
