"""A server that listens for one test, and rewards that are registered for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rewards import Rubric, registry
from rewards.adapters.server import RewardServer


@pytest.fixture
def server() -> Iterator[RewardServer]:
    with RewardServer(Rubric.of(["format", "accuracy"]), deadline=2.0).listening() as found:
        yield found


@pytest.fixture
def registered():
    """Registers a reward for one test."""
    added = []

    def add(name: str, function: Any, **settings: Any) -> None:
        registry.reward(name, **settings)(function)
        added.append(name)

    yield add
    for name in added:
        del registry._REWARDS[name]
