"""GRPO's tensors: by hand, by numpy, and against TRL's own loss on the same numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from policies.grpo import (
    LOSSES,
    Sizes,
    Tokens,
    clipped_surrogate,
    gdpo_advantages,
    group_advantages,
    k3,
)

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


# -- losses -------------------------------------------------------------------------------


def _tokens(
    logprobs: Sequence[Sequence[float]],
    old: Sequence[Sequence[float]],
    advantages: Sequence[float],
    reference: Sequence[Sequence[float]] | None = None,
) -> Tokens:
    def flat(rows: Sequence[Sequence[float]]) -> torch.Tensor:
        return torch.tensor([x for row in rows for x in row], dtype=torch.float64)

    lengths = torch.tensor([len(row) for row in logprobs])
    return Tokens(
        logprobs_N=flat(logprobs).requires_grad_(),
        old_N=flat(old),
        advantages_N=torch.tensor(advantages, dtype=torch.float64).repeat_interleave(lengths),
        lengths_N=lengths.repeat_interleave(lengths),
        reference_N=None if reference is None else flat(reference),
    )


def test_losses_by_hand() -> None:
    # Ratios 1, 2, .5 and 1.1 by their logarithms; clip to [.8, 1.28].
    # Row 1, A = 2: tokens of ratio 1 and 2: -2 and -1.28 * 2 = -2.56 (clipped).
    # Row 2, A = -1: ratio .5: -min(-.5, -.8) = .8 (clipped); row 3, A = 1: ratio 1.1: -1.1.
    log = np.log
    tokens = _tokens([[0, log(2)], [log(0.5)], [log(1.1)]], [[0, 0], [0], [0]], [2, -1, 1])
    per_token, bites = clipped_surrogate(tokens, 0.2, 0.28)
    assert per_token.tolist() == pytest.approx([-2, -2.56, 0.8, -1.1], abs=1e-12)
    assert bites.tolist() == [False, True, True, False]
    sizes = Sizes(rows=3, tokens=4)
    dapo = LOSSES["dapo"](per_token, tokens, sizes)
    assert dapo.item() == pytest.approx((-2 - 2.56 + 0.8 - 1.1) / 4, abs=1e-12)
    grpo = LOSSES["grpo"](per_token, tokens, sizes)
    assert grpo.item() == pytest.approx(((-2 - 2.56) / 2 + 0.8 - 1.1) / 3, abs=1e-12)
    dapo.backward()
    # d(-ratio A)/dlogp = -ratio A where the clip does not bite, else 0.
    assert tokens.logprobs_N.grad is not None
    assert tokens.logprobs_N.grad.tolist() == pytest.approx([-2 / 4, 0, 0, -1.1 / 4], abs=1e-12)


@pytest.mark.parametrize(
    ("ratio", "advantage", "expected", "bites"),
    [
        (3.0, 1.0, -1.28, True),  # already much likelier: no more to gain
        (3.0, -1.0, 3.0, False),  # likelier though bad: pushed back in full
        (0.1, -1.0, 0.8, True),  # already much less likely
        (0.1, 1.0, -0.1, False),  # less likely though good: pulled in full
        (0.1, 0.0, 0.0, False),
    ],
)
def test_the_clip_bites_on_one_side_only(
    ratio: float, advantage: float, expected: float, bites: bool
) -> None:
    tokens = _tokens([[np.log(ratio)]], [[0.0]], [advantage])
    loss, clipped = clipped_surrogate(tokens, 0.2, 0.28)
    assert loss.item() == pytest.approx(expected, abs=1e-12)
    assert clipped.item() is bites


@given(st.floats(-8, 0), st.floats(-8, 0))
def test_k3_is_never_negative_and_zero_only_where_both_agree(ours: float, theirs: float) -> None:
    value = k3(torch.tensor(ours, dtype=torch.float64), torch.tensor(theirs, dtype=torch.float64))
    assert value.item() >= -1e-15
    assert k3(torch.tensor(ours), torch.tensor(ours)).item() == 0
    if abs(ours - theirs) > 1e-3:
        assert value.item() > 0


def test_k3_is_unbiased_for_the_kl_of_a_categorical() -> None:
    policy = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64)
    reference = torch.tensor([0.25, 0.25, 0.25, 0.25], dtype=torch.float64)
    kl = (policy * (policy / reference).log()).sum()
    expected = (policy * k3(policy.log(), reference.log())).sum()
    assert expected.item() == pytest.approx(kl.item(), abs=1e-12)


class _Accelerator:
    num_processes = 1

    def gather(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def reduce(self, x: torch.Tensor, reduction: str) -> torch.Tensor:
        return x


def _trl_loss(
    loss: str, logprobs: torch.Tensor, old: torch.Tensor, reference: torch.Tensor | None,
    advantages: torch.Tensor, mask: torch.Tensor, beta: float, low: float, high: float,
) -> torch.Tensor:  # fmt: skip
    """``GRPOTrainer._compute_loss`` itself, on a stand-in that has its settings."""
    from trl.trainer.grpo_trainer import GRPOTrainer

    trainer = SimpleNamespace(
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level="token",
        beta=beta,
        loss_type=loss,
        epsilon_low=low,
        epsilon_high=high,
        use_vllm=False,
        _entropy_bonus_enabled=False,
        current_gradient_accumulation_steps=1,
        accelerator=_Accelerator(),
        model=SimpleNamespace(training=True),
        args=SimpleNamespace(delta=None, use_bias_correction_kl=False, steps_per_generation=1),
        _metrics={"train": defaultdict(list)},
        _get_per_token_logps_and_entropies=lambda *_, **__: (logprobs, -logprobs.detach(), None),
    )
    batch = {
        "prompt_ids": torch.zeros(len(mask), 1, dtype=torch.long),
        "prompt_mask": torch.ones(len(mask), 1, dtype=torch.long),
        "completion_ids": torch.zeros_like(mask, dtype=torch.long),
        "completion_mask": mask,
        "advantages": advantages,
        "old_per_token_logps": old,
        "ref_per_token_logps": reference,
        "num_items_in_batch": mask.sum(),
    }
    compute: Any = GRPOTrainer._compute_loss
    return compute(trainer, None, batch)


@pytest.mark.parametrize("loss", ["dapo", "grpo"])
@pytest.mark.parametrize("beta", [0.0, 0.04])
@pytest.mark.parametrize(("low", "high"), [(0.2, 0.28), (0.1, 0.1)])
def test_losses_and_their_gradients_are_trls(
    loss: str, beta: float, low: float, high: float
) -> None:
    noise = torch.Generator().manual_seed(3)
    lengths = torch.tensor([5, 1, 7, 3, 7, 2])
    mask = torch.arange(7) < lengths[:, None]

    def rows(scale: float) -> torch.Tensor:
        return -2 + scale * torch.randn(6, 7, generator=noise, dtype=torch.float64)

    old, reference = rows(0.5), rows(0.5)
    padded = (old + 0.4 * torch.randn(6, 7, generator=noise)).detach().requires_grad_()
    advantages = torch.tensor([1.2, -0.7, 0.0, 0.4, -1.1, 0.9], dtype=torch.float64)
    theirs = _trl_loss(
        loss, padded, old, reference if beta else None, advantages, mask.long(), beta, low, high
    )
    theirs.backward()

    flat = padded.detach()[mask].requires_grad_()
    tokens = Tokens(
        logprobs_N=flat,
        old_N=old[mask],
        advantages_N=advantages.repeat_interleave(lengths),
        lengths_N=lengths.repeat_interleave(lengths),
    )
    per_token, bites = clipped_surrogate(tokens, low, high)
    per_token = per_token + beta * k3(flat, reference[mask])
    ours = LOSSES[loss](per_token, tokens, Sizes(rows=6, tokens=int(mask.sum())))
    ours.backward()
    assert bites.any()
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-12)
    assert padded.grad is not None
    assert flat.grad is not None
    assert torch.allclose(flat.grad, padded.grad[mask], rtol=0, atol=1e-12)
