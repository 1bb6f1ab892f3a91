"""Toys for the judges: one question, one completion, one part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rewards import Facts, Part, Question, Rubric, get, names, parse
from rewards import registry as registry_module
from rewards.scorers import JUDGES

THINK = "<think>The bass walks down and the last phrase comes to rest.</think>"


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers goes with it; the built-ins, all loaded before, stay."""
    for name in (*names(), *JUDGES):
        get(name)
    monkeypatch.setattr(registry_module, "_REWARDS", dict(registry_module._REWARDS))


@pytest.fixture
def judge() -> Callable[..., Part]:
    """``judge("key", "D major", facts={"key": "D major"})``: the part of one reward.

    ``answer`` stands in an answer block after a sound think part, unless ``raw``
    gives the whole completion. Other keywords are parameters of the reward.
    """

    def run(
        reward: str,
        answer: str = "",
        *,
        raw: str | None = None,
        facts: dict[str, Any] | None = None,
        text: str = "What do you hear?",
        choices: tuple[str, ...] = (),
        gold: str | None = None,
        facet: str | None = None,
        **params: Any,
    ) -> Part:
        question = Question(
            id="toy", text=text, choices=choices, answer=gold, facet=facet,
            facts=Facts(**(facts or {})),
        )  # fmt: skip
        completion = raw if raw is not None else f"{THINK}<answer>{answer}</answer>"
        rubric = Rubric.from_config({"parts": {reward: params}})
        return rubric.score(question, parse(completion)).parts[reward]

    return run


@pytest.fixture
def value(judge: Callable[..., Part]) -> Callable[..., float]:
    """As ``judge``, but the value of a part that must be scored."""

    def run(*args: Any, **kwargs: Any) -> float:
        part = judge(*args, **kwargs)
        assert part.status == "scored", part.why
        assert part.value is not None
        return part.value

    return run
