from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.learner import Learner, LearnerSettings, teaching
from policies.logprobs import group_logprobs, score_groups
from policies.lora import LoraSettings, open_policy
from policies.losses import LOSSES
from policies.micro_batches import cut, take
from policies.records import Batch, Prompt
from rewards.errors import ConfigError, DeafError

PLAIN = LearnerSettings(learning_rate=1e-2, max_grad_norm=1e9)


@pytest.fixture
def batch(prompt_of: Any, completed: Any) -> Batch:
    """Four groups, ragged in every way; two prompts share a clip."""
    return Batch(
        prompts=(
            prompt_of(seed=1, seconds=1.6),
            prompt_of("Which chord ends the phrase?", seed=2, seconds=0.4),
            prompt_of("And?", seed=1, seconds=1.6),
            prompt_of("How many sharps?", seed=None),
        ),
        completions=(
            (completed((7, 8, 9, 10)), completed((11, 12)), completed((13,))),
            (completed((14, 15, 16)), completed((17, 18, 19, 20, 21))),
            (completed((22,)), completed((23, 24))),
            (completed((25, 26, 27)), completed((28, 29)), completed((30, 31)), completed((32,))),
        ),
        advantages=(
            np.array([1.1, -0.3, -0.8]),
            np.array([0.7, -0.7]),
            np.array([-0.9, 0.9]),
            np.array([1.5, -0.5, -0.5, -0.5]),
        ),
    )


def _weights(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.detach().clone() for n, p in policy.model.named_parameters()}


def _gradients(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}


def _same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, two[name]) for name, value in one.items())


def _close(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor], within: float) -> bool:
    largest = max(float(g.abs().max()) for g in two.values())
    return one.keys() == two.keys() and all(
        float((one[n] - two[n]).abs().max()) <= within * largest for n in two
    )


def _order(batch: Batch, places: Sequence[int]) -> Batch:
    return Batch(
        tuple(batch.prompts[i] for i in places),
        tuple(batch.completions[i] for i in places),
        tuple(batch.advantages[i] for i in places),
    )


def _learned(policy: AudioPolicy, batch: Batch) -> torch.Tensor:
    with torch.no_grad():
        ids = [[row.ids for row in group] for group in batch.completions]
        rows = group_logprobs(policy, batch.prompts, ids)
    return torch.cat([row for group in rows for row in group])


# -- gradients ----------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-6), (torch.float64, 1e-12)])
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_any_split_and_any_order_give_the_gradients_of_the_whole(
    open_tiny: Callable[..., AudioPolicy],
    batch: Batch,
    dtype: torch.dtype,
    within: float,
    loss: str,
) -> None:
    policy = open_tiny(dtype)
    settings = replace(PLAIN, loss=loss, max_tokens=6)
    reference = None
    if dtype == torch.float64:  # exp(reference - policy) magnifies what float32 rounds
        settings = replace(settings, kl_weight=0.1, importance="sequence_truncate")
        reference = open_tiny(dtype)
        with torch.no_grad():
            reference.base.lm_head.weight *= 0.9
    whole = Learner(policy, settings, reference=reference)
    report = whole.gradients(batch)
    expected = _gradients(policy)
    # A row by itself, a prompt with some rows, some groups; the last in another order.
    for budget, places in ((1, (0, 1, 2, 3)), (60, (0, 1, 2, 3)), (130, (3, 1, 0, 2))):
        again = Learner(policy, replace(settings, micro_tokens=budget), reference=reference)
        split = again.gradients(_order(batch, places))
        assert _close(_gradients(policy), expected, within)
        assert split.loss == pytest.approx(report.loss, abs=1e-6)
        assert split.grad_norm == pytest.approx(report.grad_norm, rel=1e-5)
        assert (split.tokens, split.clip_fraction) == (report.tokens, report.clip_fraction)
        assert (split.kl is None) == (report.kl is None)
        assert (split.kl or 0) == pytest.approx(report.kl or 0, rel=1e-5)
        assert report.tokens == 26


def test_a_budget_is_kept_and_every_row_is_computed_once(batch: Batch) -> None:
    prompts = [len(prompt.ids) for prompt in batch.prompts]
    for budget in (1, 60, 75, 130, 1000):
        cuts = cut(batch, budget)
        seen = [(p.group, i) for pieces in cuts for p in pieces for i in range(*p.rows.indices(99))]
        places = [(n, i) for n, group in enumerate(batch.completions) for i in range(len(group))]
        assert seen == [(n, i) for n, i in seen if i < len(batch.completions[n])] == places
        for pieces in cuts:
            part = take(batch, pieces)
            rows = [len(row.ids) for group in part.completions for row in group]
            size = sum(prompts[p.group] for p in pieces) + sum(rows)
            assert size <= budget or len(rows) == 1
    assert len(cut(batch, 1)) == 11
    assert len(cut(batch, 1000)) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_checkpoints_and_slices_of_the_head_change_memory_alone(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, workers: int
) -> None:
    plain, frugal = open_tiny(torch.float64), open_tiny(torch.float64)
    Learner(plain, PLAIN).gradients(batch)
    learner = Learner(frugal, replace(PLAIN, checkpointing=True, head_chunk=3, workers=workers))
    passes: list[int] = []
    layer = frugal.language_model.layers[0].self_attn.o_proj
    layer.register_forward_pre_hook(lambda *_: passes.append(1))
    learner.gradients(batch)
    assert len(passes) == 2, "the backward pass must have run the layer again"
    assert _close(_gradients(frugal), _gradients(plain), 1e-12)
    assert not frugal.language_model.layers[0].mlp.training, "no dropout"


@pytest.mark.parametrize("kl_weight", [0.0, 0.1])
def test_checkpoints_of_an_adapter_give_its_gradients_each_time(
    tiny_folder: Any, batch: Batch, kl_weight: float
) -> None:
    plain, frugal = _moved_adapter(tiny_folder), _moved_adapter(tiny_folder)
    Learner(plain, replace(PLAIN, kl_weight=kl_weight)).gradients(batch)
    learner = Learner(frugal, replace(PLAIN, kl_weight=kl_weight, checkpointing=True))
    for _ in range(2):  # the second time the clips have been heard
        learner.gradients(batch)
        assert _close(_gradients(frugal), _gradients(plain), 1e-6)


@pytest.mark.parametrize("loss", ["dapo", "grpo"])
def test_gradients_of_the_first_pass_are_the_policy_gradient(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, loss: str
) -> None:
    policy = open_tiny(torch.float64)
    Learner(policy, replace(PLAIN, loss=loss)).gradients(batch)
    got = _gradients(policy)
    policy.model.zero_grad()
    ids = [[row.ids for row in group] for group in batch.completions]
    total = torch.zeros((), dtype=torch.float64)
    rows = 0
    logprobs = group_logprobs(policy, batch.prompts, ids)
    for group, advantages in zip(logprobs, batch.advantages, strict=True):
        for row, advantage in zip(group, advantages, strict=True):
            total -= advantage * (row.sum() if loss == "dapo" else row.mean())
            rows += 1
    (total / (26 if loss == "dapo" else rows)).backward()
    assert _close(got, _gradients(policy), 1e-12)


def test_workers_side_by_side_give_the_same_gradients_to_the_last_bit(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    found = []
    for workers in (1, 2, 3):
        policy = open_tiny()
        report = Learner(policy, replace(PLAIN, micro_tokens=1, workers=workers)).gradients(batch)
        found.append((report.loss, report.grad_norm, _gradients(policy)))
    for loss, norm, gradients in found[1:]:
        assert (loss, norm) == found[0][:2]
        assert gradients.keys() == found[0][2].keys()
        assert _same(gradients, found[0][2])


def test_no_two_gradients_share_memory(open_tiny: Callable[..., AudioPolicy], batch: Batch) -> None:
    """They are added to and scaled in place."""
    policy = open_tiny()
    Learner(policy, replace(PLAIN, micro_tokens=130, workers=2)).gradients(batch)
    places = [p.grad.data_ptr() for p in policy.model.parameters() if p.grad is not None]
    assert len(set(places)) == len(places)


def test_gradients_reach_encoder_projector_and_decoder(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    Learner(policy, PLAIN).gradients(batch)
    for part in ("audio_tower.conv1", "multi_modal_projector", "embed_tokens", "lm_head"):
        found = [g for n, g in _gradients(policy).items() if part in n]
        assert found, part
        assert max(float(g.abs().max()) for g in found) > 0, part


def test_gradients_are_scaled_down_to_the_norm_that_is_allowed(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    full = Learner(policy, PLAIN).gradients(batch)
    expected = _gradients(policy)
    limit = full.grad_norm / 3
    clipped = Learner(policy, replace(PLAIN, max_grad_norm=limit)).gradients(batch)
    assert clipped.grad_norm == pytest.approx(full.grad_norm, rel=1e-5)
    assert _close(_gradients(policy), {n: g / 3 for n, g in expected.items()}, 1e-5)


# -- updates ------------------------------------------------------------------------------


def test_updates_make_the_better_rollout_likelier_and_the_worse_less_so(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any, completed: Any
) -> None:
    policy = open_tiny()
    learner = Learner(policy, LearnerSettings(learning_rate=1e-3))
    better, worse = completed((7, 8, 9)), completed((10, 11, 12))
    one = Batch((prompt_of(seed=1),), ((better, worse),), (np.array([0.7, -0.7]),))
    before = _learned(policy, one)
    for _ in range(3):
        report = learner.update(one)
        assert not report.skipped
    after = _learned(policy, one)
    assert after[:3].sum() > before[:3].sum() + 0.05
    assert after[3:].sum() < before[3:].sum() - 0.05
    assert learner.step == 3


def test_a_batch_that_teaches_nothing_leaves_weights_and_optimizer_alone(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, replace(PLAIN, weight_decay=0.5))
    idle = replace(batch, advantages=tuple(np.zeros_like(a) for a in batch.advantages))
    report = learner.update(idle)
    assert _same(_weights(policy), before)
    assert not learner.optimizer.state_dict()["state"]
    assert (report.loss, report.tokens, report.skipped) == (0.0, 0, False)
    assert report.logprobs == ((), (), (), ())


def test_groups_without_spread_cost_nothing_and_leave_their_places_empty(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    some = replace(batch, advantages=(*batch.advantages[:1], np.zeros(2), *batch.advantages[2:]))
    assert len(teaching(some).prompts) == 3
    policy, twin = open_tiny(), open_tiny()
    report = Learner(policy, PLAIN).update(some)
    Learner(twin, PLAIN).update(_order(batch, (0, 2, 3)))
    assert _same(_weights(policy), _weights(twin))
    assert [len(group) for group in report.logprobs] == [3, 0, 2, 4]
    assert [len(row) for row in report.logprobs[3]] == [3, 2, 2, 1]
    assert report.tokens == 26 - 8


def _truncated(batch: Batch, *places: tuple[int, int]) -> Batch:
    """The rows at these places hit the token limit, all others ended by themselves."""
    return replace(
        batch,
        completions=tuple(
            tuple(
                replace(row, finish_reason="length" if (n, i) in places else "stop")
                for i, row in enumerate(group)
            )
            for n, group in enumerate(batch.completions)
        ),
    )


def test_truncated_completions_have_no_part_in_the_gradient_but_are_scored(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    cut_short = _truncated(batch, (0, 1), (3, 0))
    policy, twin = open_tiny(torch.float64), open_tiny(torch.float64)
    report = Learner(policy, replace(PLAIN, mask_truncated=True)).gradients(cut_short)
    silent = replace(
        cut_short,
        advantages=(
            np.array([1.1, 0, -0.8]),
            *batch.advantages[1:3],
            np.array([0, -0.5, -0.5, -0.5]),
        ),
    )
    expected = Learner(twin, PLAIN).gradients(silent)
    assert report.tokens == 26 - 2 - 3
    scale = 26 / report.tokens
    assert report.loss == pytest.approx(expected.loss * scale, rel=1e-9)
    assert _close(_gradients(policy), {n: g * scale for n, g in _gradients(twin).items()}, 1e-12)
    assert [len(row) for row in report.logprobs[3]] == [3, 2, 2, 1]


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_a_batch_that_was_all_truncated_moves_nothing_and_says_so(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, loss: str, caplog: Any
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    everywhere = [(n, i) for n in range(4) for i in range(4)]
    learner = Learner(policy, replace(PLAIN, loss=loss, mask_truncated=True, weight_decay=0.5))
    report = learner.update(_truncated(batch, *everywhere))
    assert (report.loss, report.tokens, report.skipped) == (0.0, 0, False)
    assert report.logprobs == ((), (), (), ())
    assert _same(_weights(policy), before)
    assert "all completions with an advantage were truncated" in caplog.text


def test_importance_weighs_by_the_samplers_own_logprobs(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any, completed: Any
) -> None:
    policy = open_tiny(torch.float64)
    prompts = (prompt_of(seed=1),)
    rows = (completed((7, 8, 9)), completed((10, 11)))
    start = Batch(prompts, (rows,), (np.array([1.0, -1.0]),))
    drawn = _learned(policy, start).numpy()
    # The sampler gave every token of the first row half the probability that the learner gives.
    rows = (
        replace(rows[0], logprobs_T=drawn[:3] - math.log(2)),
        replace(rows[1], logprobs_T=drawn[3:]),
    )
    weighted = Learner(policy, replace(PLAIN, importance="token_truncate"))
    report = weighted.gradients(replace(start, completions=(rows,)))
    assert report.loss == pytest.approx((-2 * 3 + 2) / 5, rel=1e-6)
    masked = replace(PLAIN, importance="token_mask", importance_high=1.5)
    report = Learner(policy, masked).gradients(replace(start, completions=(rows,)))
    assert report.loss == pytest.approx(2 / 5, rel=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_advantage_that_is_not_finite_skips_the_update(
    open_tiny: Callable[..., AudioPolicy], batch: Batch, bad: float
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, PLAIN)
    broken = replace(batch, advantages=(np.array([bad, 0.0, 0.0]), *batch.advantages[1:]))
    report = learner.update(broken)
    assert report.skipped
    assert _same(_weights(policy), before)
    assert not learner.optimizer.state_dict()["state"]
    assert not learner.update(batch).skipped
    assert not _same(_weights(policy), before)


def test_a_weight_that_is_not_finite_skips_the_update(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    with torch.no_grad():
        policy.base.lm_head.weight[0, 0] = math.nan
    before = _weights(policy)
    assert Learner(policy, PLAIN).update(batch).skipped
    for name, value in _weights(policy).items():
        assert torch.equal(value.nan_to_num(7.0), before[name].nan_to_num(7.0)), name


def test_a_deaf_batch_is_refused_before_anything_moves(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    deaf = Prompt("q9", batch.prompts[0].ids, (), "")
    with pytest.raises(DeafError, match="'q9' would be read deaf"):
        Learner(policy, PLAIN).update(replace(batch, prompts=(deaf, *batch.prompts[1:])))
    assert _same(_weights(policy), before)


def test_an_encoder_that_is_frozen_stays_and_the_decoder_learns(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny()
    before = _weights(policy)
    learner = Learner(policy, replace(PLAIN, freeze_encoder=True, weight_decay=0.1))
    learner.update(batch)
    after = _weights(policy)
    moved = {n for n in after if not torch.equal(after[n], before[n])}
    assert moved
    assert all(n.startswith(("model.language_model.", "lm_head.")) for n in moved)
    assert moved == set(learner.names)


def test_a_report_says_what_was_computed(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy, policy_before = open_tiny(), open_tiny()
    ours = _learned(policy, batch).numpy()
    report = Learner(policy, PLAIN).update(batch)
    flat = np.concatenate([row for group in report.logprobs for row in group])
    assert np.allclose(flat, ours, atol=1e-5)
    with torch.no_grad():
        ids = [[row.ids for row in group] for group in batch.completions]
        entropies = score_groups(policy_before, batch.prompts, ids).entropies
    mean = float(torch.cat([row for group in entropies for row in group]).mean())
    assert report.entropy == pytest.approx(mean, rel=1e-5)
    assert report.sampler_gap == pytest.approx(float(np.abs(ours + 2.0).mean()), rel=1e-5)
    weighted = sum(
        float(a) * len(row.ids)
        for group, advantages in zip(batch.completions, batch.advantages, strict=True)
        for row, a in zip(group, advantages, strict=True)
    )
    assert report.loss == pytest.approx(-weighted / 26, rel=1e-5)
    assert report.learning_rate == 1e-2
    assert report.kl is None
    assert report.clip_fraction == 0


# -- several passes -----------------------------------------------------------------------


def test_a_second_pass_is_measured_against_the_logprobs_before_the_first(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    settings = replace(PLAIN, learning_rate=3e-3, inner_updates=2)
    policy, twin = open_tiny(torch.float64), open_tiny(torch.float64)
    report = Learner(policy, settings).update(batch)
    by_hand = Learner(twin, settings)
    old = by_hand.logprobs(batch)
    first = by_hand.gradients(batch, old)
    by_hand.optimizer.step()
    second = by_hand.gradients(batch, old)
    by_hand.optimizer.step()
    assert _same(_weights(policy), _weights(twin))
    assert first.clip_fraction == 0
    assert second.loss != pytest.approx(first.loss, abs=1e-3)
    assert second.clip_fraction > 0
    assert report.clip_fraction == pytest.approx(second.clip_fraction / 2)
    assert report.loss == pytest.approx(first.loss)


# -- the reference ------------------------------------------------------------------------


def _moved_adapter(folder: Any) -> AudioPolicy:
    policy = open_policy(folder, lora=LoraSettings(rank=2))
    noise = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in policy.model.named_parameters():
            if "lora_B" in name:
                parameter += 0.5 * torch.randn(parameter.shape, generator=noise)
    return policy


def _mean_k3(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    gap = (theirs - ours).double()
    return float((gap.exp() - gap - 1).mean())


def test_an_adapters_reference_is_the_policy_with_the_adapter_off(
    tiny_folder: Any, batch: Batch
) -> None:
    policy = _moved_adapter(tiny_folder)
    ours, theirs = _learned(policy, batch), _learned(open_policy(tiny_folder), batch)
    expected = _mean_k3(ours, theirs)
    assert expected > 1e-3
    report = Learner(policy, replace(PLAIN, kl_weight=0.3)).update(batch)
    assert report.kl == pytest.approx(expected, rel=1e-4)
    plain = Learner(_moved_adapter(tiny_folder), PLAIN).update(batch)
    assert report.loss == pytest.approx(plain.loss + 0.3 * expected, rel=1e-4)


def test_an_adapters_update_leaves_the_base_alone(tiny_folder: Any, batch: Batch) -> None:
    policy = _moved_adapter(tiny_folder)
    before = _weights(policy)
    learner = Learner(policy, PLAIN)
    learner.update(batch)
    moved = {n for n, v in _weights(policy).items() if not torch.equal(v, before[n])}
    assert moved == set(learner.names)
    assert all("lora" in name for name in moved)


def test_a_frozen_reference_pulls_the_policy_back(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    reference = open_tiny()
    pinned = _weights(reference)

    def drift(kl_weight: float) -> float:
        policy = open_tiny()
        learner = Learner(
            policy,
            LearnerSettings(learning_rate=2e-3, kl_weight=kl_weight),
            reference=reference if kl_weight else None,
        )
        reports = [learner.update(batch) for _ in range(6)]
        if kl_weight:
            assert reports[0].kl == 0
            assert reports[-1].kl is not None
            assert reports[-1].kl > 0
        return _mean_k3(_learned(policy, batch), _learned(reference, batch))

    assert drift(20.0) < 0.5 * drift(0.0)
    assert _same(_weights(reference), pinned)


def test_kl_over_full_weights_without_a_reference_is_refused(
    open_tiny: Callable[..., AudioPolicy],
) -> None:
    with pytest.raises(ConfigError, match=r"KL term needs a reference: got kl_weight 0\.1"):
        Learner(open_tiny(), LearnerSettings(kl_weight=0.1))


# -- settings -----------------------------------------------------------------------------


def test_the_rate_warms_up_in_a_line_and_falls_along_a_cosine() -> None:
    settings = LearnerSettings(learning_rate=8.0, warmup_steps=4, total_steps=12, schedule="cosine")
    assert [settings.rate(step) for step in range(4)] == [2.0, 4.0, 6.0, 8.0]
    assert settings.rate(4) == 8.0
    assert settings.rate(8) == pytest.approx(4.0)
    assert settings.rate(6) == pytest.approx(4 + 4 * math.cos(math.pi / 4))
    assert settings.rate(12) == pytest.approx(0, abs=1e-12)
    assert settings.rate(99) == pytest.approx(0, abs=1e-12)
    constant = replace(settings, schedule="constant")
    assert [constant.rate(step) for step in (0, 3, 4, 99)] == [2.0, 8.0, 8.0, 8.0]


def test_each_update_uses_the_rate_of_its_step(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    learner = Learner(open_tiny(), replace(PLAIN, warmup_steps=2, inner_updates=2))
    for rate in (5e-3, 1e-2, 1e-2):
        assert learner.update(batch).learning_rate == rate
        assert learner.optimizer.param_groups[0]["lr"] == rate


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "ppo"},
        {"schedule": "linear"},
        {"inner_updates": 0},
        {"micro_tokens": 0},
        {"head_chunk": 0},
        {"temperature": 0.0},
        {"clip_low": -0.1},
        {"clip_high": math.nan},
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(ConfigError, match=name):
        LearnerSettings(**settings)


def test_a_bfloat16_policy_learns_and_stays_finite(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    policy = open_tiny(torch.bfloat16)
    exact = _learned(open_tiny(), batch)
    assert float((_learned(policy, batch) - exact).abs().max()) < 0.2
    before = copy.deepcopy(_weights(policy))
    report = Learner(policy, PLAIN).update(batch)
    assert not report.skipped
    assert not _same(_weights(policy), before)
