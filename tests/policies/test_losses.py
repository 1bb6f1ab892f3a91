"""The objectives by hand; ``test_losses_of_trl.py`` holds them against TRL's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from policies.losses import KLS, LOSSES, Sizes, Tokens, evaluate, importance_weights
from policies.objective import KlEstimate, Loss, Objective
from rewards.errors import ConfigError

LOG2 = math.log(2)


def _tokens(
    logprobs: Sequence[Sequence[float]],
    old: Sequence[Sequence[float]],
    advantages: Sequence[float],
    *,
    sampler: Sequence[Sequence[float]] | None = None,
    reference: Sequence[Sequence[float]] | None = None,
    masked: Sequence[int] = (),
) -> Tokens:
    def flat(rows: Sequence[Sequence[float]]) -> Tensor:
        return torch.tensor([x for row in rows for x in row], dtype=torch.float64)

    lengths = torch.tensor([len(row) for row in logprobs])
    row_N = torch.arange(len(lengths)).repeat_interleave(lengths)
    return Tokens(
        logprobs_N=flat(logprobs).requires_grad_(),
        old_N=flat(old),
        sampler_N=flat(sampler or old),
        advantages_N=torch.tensor(advantages, dtype=torch.float64)[row_N],
        row_N=row_N,
        mask_N=~torch.isin(row_N, torch.tensor(masked, dtype=torch.long)),
        reference_N=None if reference is None else flat(reference),
    )


# -- by hand ------------------------------------------------------------------------------


def _three_rows() -> Tokens:
    # Ratios 1 and 2, A = 2; .5, A = -1; 1.1, A = 1.
    return _tokens([[0, LOG2], [math.log(0.5)], [math.log(1.1)]], [[0, 0], [0], [0]], [2, -1, 1])


@pytest.mark.parametrize(
    ("objective", "value", "slope"),
    [
        # Clip to [.8, 1.28]: -2, -1.28 * 2 (held), .8 (held), -1.1; d(-r A)/dl = -r A.
        (Objective("dapo"), (-2 - 2.56 + 0.8 - 1.1) / 4, [-2 / 4, 0, 0, -1.1 / 4]),
        (Objective("bnpo"), (-2 - 2.56 + 0.8 - 1.1) / 4, [-2 / 4, 0, 0, -1.1 / 4]),
        (Objective("grpo"), ((-2 - 2.56) / 2 + 0.8 - 1.1) / 3, [-2 / 6, 0, 0, -1.1 / 3]),
        (
            Objective("dr_grpo", max_tokens=5),
            (-2 - 2.56 + 0.8 - 1.1) / 15,
            [-2 / 15, 0, 0, -1.1 / 15],
        ),
        # Row ratios sqrt 2 (held at 1.28), .5 (held at .8), 1.1.
        (Objective("gspo"), (-2.56 + 0.8 - 1.1) / 3, [0, 0, 0, -1.1 / 3]),
        # -min(r, 1.28) A l: 0, -1.28 * 2 ln 2, .5 ln .5, -1.1 ln 1.1; its slope is the weight.
        (
            Objective("cispo"),
            (-2.56 * LOG2 + 0.5 * math.log(0.5) - 1.1 * math.log(1.1)) / 4,
            [-2 / 4, -2.56 / 4, 0.5 / 4, -1.1 / 4],
        ),
    ],
    ids=lambda x: x.loss if isinstance(x, Objective) else "",
)
def test_losses_by_hand(objective: Objective, value: float, slope: list[float]) -> None:
    tokens = _three_rows()
    found = evaluate(objective, tokens, Sizes(rows=3, tokens=4))
    assert found.loss.item() == pytest.approx(value, abs=1e-12)
    found.loss.backward()
    assert tokens.logprobs_N.grad is not None
    assert tokens.logprobs_N.grad.tolist() == pytest.approx(slope, abs=1e-12)
    # Of gspo the whole first row is held, and the second.
    # Of two rows the second is held from below, which cispo does not do.
    held = {"gspo": 3, "cispo": 1}.get(objective.loss, 2)
    assert found.clipped_low + found.clipped_high == held


def test_a_row_ratio_that_is_not_held_moves_all_its_tokens_alike() -> None:
    tokens = _tokens([[0.1, -0.02, 0.04]], [[0, 0, 0]], [1.0])
    evaluate(Objective("gspo"), tokens, Sizes(1, 3)).loss.backward()
    ratio = math.exp(0.12 / 3)
    assert tokens.logprobs_N.grad is not None
    assert tokens.logprobs_N.grad.tolist() == pytest.approx([-ratio / 3] * 3, abs=1e-12)


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
    tokens = _tokens([[math.log(ratio)]], [[0.0]], [advantage])
    found = evaluate(Objective("dapo"), tokens, Sizes(1, 1))
    assert found.loss.item() == pytest.approx(expected, abs=1e-12)
    held = (found.clipped_low, found.clipped_high)
    assert held == ((0, bites) if advantage > 0 else (bites, 0))


@pytest.mark.parametrize(
    ("ratio", "advantage", "expected"),
    [(9.0, -1.0, 4.0), (3.0, -1.0, 3.0), (9.0, 1.0, -1.28), (0.1, -1.0, 0.8)],
)
def test_the_dual_clip_bounds_the_loss_of_a_bad_token_that_became_likely(
    ratio: float, advantage: float, expected: float
) -> None:
    tokens = _tokens([[math.log(ratio)]], [[0.0]], [advantage])
    found = evaluate(Objective("dapo", dual_clip=4.0), tokens, Sizes(1, 1))
    assert found.loss.item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("importance", "expected"),
    [
        ("none", [1, 1, 1]),
        # old / sampler of the tokens: 4, 1 and .25; of the first row 4.
        ("token_truncate", [2, 1, 0.5]),
        ("token_mask", [0, 1, 0]),
        ("sequence_truncate", [2, 2, 0.5]),
        ("sequence_mask", [0, 0, 0]),
    ],
)
def test_importance_of_tokens_and_rows_by_hand(importance: Any, expected: list[float]) -> None:
    tokens = _tokens([[0, 0], [0]], [[0, 0], [0]], [-1, -1], sampler=[[-2 * LOG2, 0], [2 * LOG2]])
    objective = Objective("dapo", importance=importance, importance_low=0.5, importance_high=2.0)
    if importance != "none":
        assert importance_weights(objective, tokens).tolist() == pytest.approx(expected)
    found = evaluate(objective, tokens, Sizes(2, 3))
    assert found.loss.item() == pytest.approx(sum(expected) / 3, abs=1e-12)


# -- the KL -------------------------------------------------------------------------------


@given(st.floats(-8, 0), st.floats(-8, 0))
def test_k2_and_k3_are_never_negative_and_zero_only_where_both_agree(
    ours: float, theirs: float
) -> None:
    for name in ("k2", "k3"):
        one, other = torch.tensor(ours, dtype=torch.float64), torch.tensor(theirs).double()
        value = KLS[name](one, other)
        assert value.item() >= -1e-15
        assert KLS[name](one, one).item() == 0
        if abs(ours - theirs) > 1e-3:
            assert value.item() > 0


def test_estimates_have_the_expectation_of_the_kl_of_a_categorical_or_of_its_gradient() -> None:
    scores = torch.tensor([0.4, -0.2, 1.0, 0.1], dtype=torch.float64, requires_grad=True)
    reference = torch.full((4,), 0.25, dtype=torch.float64).log()
    logprobs = scores.log_softmax(dim=0)
    chances = logprobs.exp().detach()
    kl = (logprobs.exp() * (logprobs - reference)).sum()
    (slope,) = torch.autograd.grad(kl, scores, retain_graph=True)
    for name in ("k1", "k3"):
        expected = (chances * KLS[name](logprobs, reference)).sum()
        assert expected.item() == pytest.approx(kl.item(), abs=1e-12)
    for name in ("k1", "k2"):
        expected = (chances * KLS[name](logprobs, reference)).sum()
        (ours,) = torch.autograd.grad(expected, scores, retain_graph=True)
        assert torch.allclose(ours, slope, atol=1e-12)


def test_the_kl_is_weighted_added_and_reported() -> None:
    tokens = _tokens([[0, 0.5]], [[0, 0.5]], [1.0], reference=[[0.2, 0.5]])
    found = evaluate(Objective("dapo", kl_weight=3.0, kl="k2"), tokens, Sizes(1, 2))
    assert found.kl == pytest.approx(0.02)
    assert found.loss.item() == pytest.approx(-1 + 3 * 0.02 / 2)


# -- masks --------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_a_masked_row_has_no_part_but_is_a_row(loss: str) -> None:
    objective = Objective(loss, max_tokens=5)
    with_it = _tokens([[0.1, 0.2], [0.3]], [[0, 0], [0]], [1, 2], masked=[1])
    without = _tokens([[0.1, 0.2]], [[0, 0]], [1])
    ours = evaluate(objective, with_it, Sizes(rows=2, tokens=2))
    alone = evaluate(objective, without, Sizes(rows=2, tokens=2))
    assert ours.loss.item() == pytest.approx(alone.loss.item(), abs=1e-15)
    ours.loss.backward()
    assert with_it.logprobs_N.grad is not None
    assert with_it.logprobs_N.grad[2] == 0


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("importance", ["none", "sequence_truncate", "token_mask"])
def test_where_all_is_masked_the_loss_is_nothing_and_no_division_by_zero(
    loss: str, importance: Any
) -> None:
    tokens = _tokens(
        [[0.1, 0.2], [math.inf]], [[0, 0], [0]], [1, 2], masked=[0, 1], reference=[[0, 0], [0]]
    )
    objective = Objective(loss, kl_weight=0.1, importance=importance)
    found = evaluate(objective, tokens, Sizes(rows=2, tokens=0))
    assert (found.loss.item(), found.clipped_low, found.clipped_high) == (0.0, 0, 0)
    assert found.kl == 0.0


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("importance", ["none", "sequence_truncate"])
def test_rows_apart_give_the_parts_of_the_whole(loss: str, importance: Any) -> None:
    noise = torch.Generator().manual_seed(1)

    def rows(*lengths: int) -> list[list[float]]:
        return [(0.3 * torch.randn(n, generator=noise)).tolist() for n in lengths]

    ours, old, sampler, reference = (rows(3, 2, 4) for _ in range(4))
    objective = Objective(loss, kl_weight=0.2, importance=importance, max_tokens=6)

    def part(*places: int) -> float:
        tokens = _tokens(
            [ours[i] for i in places], [old[i] for i in places], [(1, -2, 0.5)[i] for i in places],
            sampler=[sampler[i] for i in places], reference=[reference[i] for i in places],
        )  # fmt: skip
        return evaluate(objective, tokens, Sizes(rows=3, tokens=9)).loss.item()

    assert part(0, 1, 2) == pytest.approx(part(0, 1) + part(2), abs=1e-12)


# -- settings -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": "ppo"},
        {"kl": "k4"},
        {"importance": "token"},
        {"clip_low": -0.1},
        {"clip_high": math.nan},
        {"dual_clip": 1.1},
        {"kl_weight": -1.0},
        {"importance_low": 2.0},
        {"importance_high": 0.5},
        {"max_tokens": 0},
    ],
)
def test_an_objective_that_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigError, match=rf"{name}.* got .*, expected .*; change"):
        Objective(**wrong)


def test_every_name_of_a_loss_and_an_estimate_has_its_function() -> None:
    assert (LOSSES.keys(), KLS.keys()) == (set(get_args(Loss)), set(get_args(KlEstimate)))


def test_a_bounded_ratio_takes_no_second_bound() -> None:
    with pytest.raises(ConfigError, match=r"dual_clip .*another loss than cispo"):
        Objective("cispo", dual_clip=3.0)
