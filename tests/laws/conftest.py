"""The checkout as the laws read it."""

from __future__ import annotations

from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def home() -> Path:
    """The root of the checkout."""
    return HOME


@pytest.fixture(scope="session")
def packages() -> tuple[str, ...]:
    """The top-level packages, lowest first."""
    return ("rewards", "policies", "rollouts", "sft", "experiments")
