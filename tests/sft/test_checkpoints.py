"""A cold start that goes on is the one that was never stopped, or says why it does not."""

from __future__ import annotations

from typing import Any

import pytest

from policies.lora import LoraSettings
from sft.checkpoints import last_checkpoint, state_of


@pytest.mark.parametrize(
    ("at", "lora"),
    [(1, None), (4, None), (3, LoraSettings(rank=2)), (2, LoraSettings(rank=2, dropout=0.5))],
)
def test_stopping_and_going_on_changes_nothing(begin: Any, at: int, lora: Any) -> None:
    whole, other = begin(), begin()
    assert whole.run(lora=lora) is True
    other.run_to(at, lora=lora)
    assert state_of(last_checkpoint(other.folder)) == at
    assert other.run(lora=lora, resume=True) is True
    assert other.weights() == whole.weights()
    assert other.lines == whole.lines


@pytest.mark.parametrize("lora", [None, LoraSettings(rank=2)])
def test_going_on_with_a_finished_cold_start_takes_no_step(begin: Any, lora: Any) -> None:
    one = begin()
    one.run(steps=2, checkpoint_every=2, lora=lora)
    weights, lines = one.weights(), len(one.lines)
    assert one.run(steps=2, checkpoint_every=2, lora=lora, resume=True) is True
    assert one.weights() == weights
    assert len(one.lines) == lines
