"""Advantages by hand, by numpy and against TRL's."""

from __future__ import annotations

import statistics
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from policies.grpo import gdpo_advantages, group_advantages, scaled_advantages

# -- advantages ---------------------------------------------------------------------------


@given(arrays(np.float64, st.integers(2, 9), elements=st.floats(-3, 3)))
def test_advantages_are_centred_rewards_over_their_spread(rewards_G: np.ndarray) -> None:
    advantages_G = group_advantages(rewards_G)
    assert advantages_G.dtype == np.float64
    if len(set(rewards_G.tolist())) == 1:
        assert np.array_equal(advantages_G, np.zeros_like(rewards_G))
        return
    mean = sum(rewards_G.tolist()) / len(rewards_G)
    spread = (sum((r - mean) ** 2 for r in rewards_G.tolist()) / (len(rewards_G) - 1)) ** 0.5
    expected = [(r - mean) / (spread + 1e-4) for r in rewards_G.tolist()]
    assert np.allclose(advantages_G, expected, rtol=1e-9, atol=1e-12)


def test_advantages_by_hand() -> None:
    # mean 0.25, deviations -.25 -.25 -.25 .75, variance .75 / 3 = .25, spread .5
    advantages_G = group_advantages(np.array([0.0, 0.0, 0.0, 1.0]))
    assert np.allclose(advantages_G * 0.5001, [-0.25, -0.25, -0.25, 0.75], rtol=0, atol=1e-15)
    unscaled = group_advantages(np.array([0.0, 0.0, 0.0, 1.0]), scale=False)
    assert unscaled.tolist() == [-0.25, -0.25, -0.25, 0.75]


@pytest.mark.parametrize("reward", [0.0, 1.0, 0.1, 1 / 3, 1.2000000000000002])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 16])
def test_equal_rewards_give_exactly_nothing(reward: float, count: int) -> None:
    assert not np.any(group_advantages(np.full(count, reward)))
    assert not np.any(group_advantages(np.full(count, reward), scale=False))


def test_fewer_than_two_rollouts_give_nothing() -> None:
    assert group_advantages(np.array([])).shape == (0,)
    assert group_advantages(np.array([0.7])).tolist() == [0.0]


def _trls_gdpo(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The advantages of TRL's own code, from the lines of its trainer, on (P, G, K) values."""
    import inspect
    import textwrap

    from trl.trainer import grpo_trainer

    source = inspect.getsource(grpo_trainer.GRPOTrainer._generate_and_score_completions)
    start = source.index("grouped = rewards_per_func.view(-1, num_generations")
    lines = source[source.rindex("\n", 0, start) + 1 : source.index("is_std_zero", start)]
    given = {
        "rewards_per_func": torch.tensor(values).flatten(0, 1),
        "num_generations": values.shape[1],
        "unscorable_mask": torch.tensor(np.isnan(values).all(axis=2)).flatten(),
        "device": "cpu",
        "self": SimpleNamespace(
            reward_funcs=[None] * values.shape[2], reward_weights=torch.tensor(weights)
        ),
    }
    exec(textwrap.dedent(lines), vars(grpo_trainer) | given, given)
    return given["advantages"].reshape(values.shape[:2]).numpy()


@pytest.mark.parametrize("absent", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_gdpo_is_trls_normalize_then_sum(seed: int, absent: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.choice([0.0, 0.25, 0.5, 1.0, rng.random()], size=(7, 6, 3))
    values[..., :2][rng.random((7, 6, 2)) < absent] = np.nan
    weights = rng.random(3) * 2
    ours = gdpo_advantages([*values], [np.broadcast_to(weights, (6, 3))] * 7)
    assert np.allclose(ours, _trls_gdpo(values, weights), rtol=0, atol=1e-6)


def test_gdpo_gives_exactly_nothing_to_a_group_without_a_difference() -> None:
    level, steep = (
        np.full((4, 2), 0.3),
        np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, np.nan]]),
    )
    ones = np.ones((4, 2))
    flat, tilted = gdpo_advantages([level, steep], [ones, ones])
    assert flat.tolist() == [0.0] * 4
    assert np.any(tilted)
    assert not np.any(gdpo_advantages([level, level], [ones, ones]))
    assert gdpo_advantages([np.empty((0, 2))], [np.empty((0, 2))])[0].shape == (0,)
    assert gdpo_advantages([], []) == []
    opposed = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert not np.any(gdpo_advantages([opposed], [np.ones((2, 2))]))


def test_gdpo_tells_apart_what_a_sum_calls_equal() -> None:
    # One easy and one hard reward: the sums 1 and 1 are one to GRPO, not to GDPO.
    values = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert not np.any(group_advantages(values.sum(axis=1)))
    (advantages_G,) = gdpo_advantages([values], [np.array([[1.0, 2.0]] * 4)])
    assert advantages_G[3] > 0 > advantages_G[0]


def test_advantages_are_trls() -> None:
    from trl.trainer.utils import nanstd

    rewards = torch.rand(6, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    spread = nanstd(rewards, dim=1)[:, None]
    theirs = (rewards - rewards.mean(dim=1, keepdim=True)) / (spread + 1e-4)
    ours = np.stack([group_advantages(row) for row in rewards.numpy()])
    assert np.allclose(ours, theirs.numpy(), rtol=0, atol=1e-6)  # theirs rounds to float32


def test_the_spread_of_the_batch_lets_a_group_that_differs_little_count_little() -> None:
    near, far, level = np.array([0.5, 0.6]), np.array([0.0, 1.0]), np.array([0.3, 0.3])
    groups = [near, far, level]
    assert [a.tolist() for a in scaled_advantages(groups, "none")] == [
        pytest.approx([-0.05, 0.05]), [-0.5, 0.5], [0.0, 0.0],
    ]  # fmt: skip
    spread = statistics.stdev([0.5, 0.6, 0.0, 1.0, 0.3, 0.3]) + 1e-4
    for ours, deviation in zip(scaled_advantages(groups, "batch"), (0.05, 0.5, 0.0), strict=True):
        assert ours == pytest.approx([-deviation / spread, deviation / spread], abs=1e-12)
    (alone,) = scaled_advantages([far], "batch")
    assert np.array_equal(alone, group_advantages(far))
    for ours, rewards in zip(scaled_advantages(groups, "group"), groups, strict=True):
        assert np.array_equal(ours, group_advantages(rewards))


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_one_rollout_or_none_gives_nothing_however_it_is_scaled(scale: Any) -> None:
    assert [a.tolist() for a in scaled_advantages([np.array([0.7])], scale)] == [[0.0]]
    assert scaled_advantages([], scale) == []
