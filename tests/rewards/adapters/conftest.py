"""Rewards that are registered for one test."""

from __future__ import annotations

from typing import Any

import pytest

from rewards import registry


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
