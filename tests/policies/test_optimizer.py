"""Weights in half precision move as float32 ones do, however small the step."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.lora import LoraSettings, Opening, open_policy
from policies.optimizer import FINE, FineAdamW, adamw_of
from policies.records import Batch
from policies.tensors import load_optimizer, save_optimizer, save_tensors
from rewards.errors import CheckpointError

SETTINGS: dict[str, Any] = {"lr": 1e-6, "betas": (0.9, 0.95), "weight_decay": 0.1}


def weights(dtype: torch.dtype, seed: int = 0) -> list[torch.nn.Parameter]:
    """Two of them, of which float32 and bfloat16 hold the same numbers."""
    made = torch.Generator().manual_seed(seed)
    drawn = [torch.randn(shape, generator=made).bfloat16() * 0.02 for shape in ((40, 30), (30,))]
    return [torch.nn.Parameter(x.to(dtype)) for x in drawn]


def walk(held: list[torch.nn.Parameter], optimizer: torch.optim.Optimizer, steps: range) -> None:
    """Steps with gradients that float32 and bfloat16 hold alike; they share a direction."""
    for n in steps:
        made = torch.Generator().manual_seed(n)
        for weight in held:
            slope = 1 + 0.1 * torch.randn(weight.shape, generator=made)
            weight.grad = slope.bfloat16().to(weight.dtype)
        optimizer.step()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_what_half_precision_learns_is_the_rounding_of_what_float32_learns(
    dtype: torch.dtype,
) -> None:
    coarse, exact = weights(dtype), weights(torch.float32)
    with torch.no_grad():
        for weight, other in zip(exact, coarse, strict=True):
            weight.copy_(other)
    fine, plain = adamw_of(coarse, **SETTINGS), torch.optim.AdamW(exact, **SETTINGS)
    walk(coarse, fine, range(50))
    walk(exact, plain, range(50))
    for weight, other in zip(coarse, exact, strict=True):
        assert torch.equal(fine.state[weight][FINE], other)
        assert torch.equal(weight, other.to(dtype))
        for moment in ("exp_avg", "exp_avg_sq"):
            assert torch.equal(fine.state[weight][moment], plain.state[other][moment])


def test_steps_that_bfloat16_cannot_hold_add_up() -> None:
    """torch's own AdamW leaves nearly all such weights where they are."""
    ours, theirs, start = (weights(torch.bfloat16)[0] for _ in range(3))
    settings = SETTINGS | {"weight_decay": 0.0}
    walk([ours], adamw_of([ours], **settings), range(200))
    walk([theirs], torch.optim.AdamW([theirs], **settings), range(200))
    way = (start.float() - ours.float()).mean().item()
    assert way == pytest.approx(200 * 1e-6, rel=0.1)  # less what rounds
    assert (theirs == start).float().mean() > 0.9


def test_float32_weights_move_as_by_torch_beside_others_too() -> None:
    ours, theirs = weights(torch.float32), weights(torch.float32)
    assert type(adamw_of(ours, **SETTINGS)) is torch.optim.AdamW
    mixed = FineAdamW([*ours, *weights(torch.bfloat16)], **SETTINGS)
    walk(ours, mixed, range(5))
    walk(theirs, torch.optim.AdamW(theirs, **SETTINGS), range(5))
    for weight, other in zip(ours, theirs, strict=True):
        assert torch.equal(weight, other)
        assert FINE not in mixed.state[weight]


def test_a_restored_optimizer_goes_on_to_the_bit(tmp_path: Path) -> None:
    one, path = weights(torch.bfloat16), tmp_path / "o.safetensors"
    optimizer = adamw_of(one, **SETTINGS)
    walk(one, optimizer, range(5))
    save_optimizer(path, optimizer, dict(zip("ab", one, strict=True)))
    other = [torch.nn.Parameter(weight.detach().clone()) for weight in one]
    restored = adamw_of(other, **SETTINGS)
    load_optimizer(path, restored, dict(zip("ab", other, strict=True)))
    walk(one, optimizer, range(5, 60))
    walk(other, restored, range(5, 60))
    for weight, again in zip(one, other, strict=True):
        assert torch.equal(weight, again)
        for name, value in optimizer.state[weight].items():
            assert torch.equal(value, restored.state[again][name])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_copies_and_moments_may_lie_elsewhere(dtype: torch.dtype, tmp_path: Path) -> None:
    """As on a GPU: "cpu:0" is the place of these weights by another name, so they need copies."""
    home, path = torch.device("cpu:0"), tmp_path / "o.safetensors"
    ours, theirs = weights(dtype), weights(dtype)
    away, near = adamw_of(ours, home=home, **SETTINGS), adamw_of(theirs, **SETTINGS)
    walk(ours, away, range(20))
    walk(theirs, near, range(20))
    for weight, other in zip(ours, theirs, strict=True):
        assert torch.equal(weight, other)
        assert torch.equal(away.state[weight][FINE].to(dtype), weight)
    save_optimizer(path, away, dict(zip("ab", ours, strict=True)))
    again = [torch.nn.Parameter(weight.detach().clone()) for weight in ours]
    restored = adamw_of(again, home=home, **SETTINGS)
    load_optimizer(path, restored, dict(zip("ab", again, strict=True)))
    walk(ours, away, range(20, 40))
    walk(again, restored, range(20, 40))
    assert all(torch.equal(*pair) for pair in zip(ours, again, strict=True))


def test_a_run_may_offload_its_optimizer_and_take_it_back(tmp_path: Path) -> None:
    """``grpo.offload`` may change where a run goes on, and changes no result."""
    path, names = tmp_path / "o.safetensors", "ab"
    ours, theirs = weights(torch.float32), weights(torch.float32)
    plain = torch.optim.AdamW(theirs, **SETTINGS)
    for turn, home in enumerate((None, torch.device("cpu:0"), None, torch.device("cpu:0"))):
        optimizer = adamw_of(ours, home=home, **SETTINGS)
        if turn:
            load_optimizer(path, optimizer, dict(zip(names, ours, strict=True)))
        walk(ours, optimizer, range(5 * turn, 5 * turn + 5))
        walk(theirs, plain, range(5 * turn, 5 * turn + 5))
        assert all(torch.equal(*pair) for pair in zip(ours, theirs, strict=True)), turn
        save_optimizer(path, optimizer, dict(zip(names, ours, strict=True)))


def test_what_is_offloaded_is_restored_without_a_stop_beside_the_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A GPU that has no room for the optimizer has none while a run is resumed, either."""
    home = torch.device("cpu:0")
    ours = weights(torch.float32)
    away = adamw_of(ours, home=home, **SETTINGS)
    walk(ours, away, range(3))

    def beside(*_: object, **__: object) -> None:
        raise AssertionError("a state was put where the weights are")

    monkeypatch.setattr(torch.optim.Optimizer, "_process_value_according_to_param_policy", beside)
    again = adamw_of(ours, home=home, **SETTINGS)
    again.load_state_dict(away.state_dict())
    assert again.state[ours[0]].keys() == away.state[ours[0]].keys() - {FINE}


def test_what_is_offloaded_has_its_home_in_memory(open_tiny: Callable[..., AudioPolicy]) -> None:
    policy = open_tiny(torch.bfloat16)
    learner = Learner(policy, LearnerSettings(offload=True))
    assert isinstance(learner.optimizer, FineAdamW)
    assert learner.optimizer.home == torch.device("cpu")


def test_a_state_without_the_float32_copies_is_refused(tmp_path: Path) -> None:
    held, path = weights(torch.bfloat16), tmp_path / "o.safetensors"
    names = dict(zip("ab", held, strict=True))
    plain = torch.optim.AdamW(held, **SETTINGS)
    walk(held, plain, range(1))
    save_optimizer(path, plain, names)
    ours = adamw_of(held, **SETTINGS)
    with pytest.raises(CheckpointError, match=r"got 'a\|exp_avg', torch.bfloat16 .*torch.float32"):
        load_optimizer(path, ours, names)
    walk(held, ours, range(1))
    for state in ours.state.values():
        del state[FINE]
    save_optimizer(path, ours, names)
    empty = adamw_of(held, **SETTINGS)
    with pytest.raises(CheckpointError, match="expected their float32 copy, 'fine', too"):
        load_optimizer(path, empty, names)
    assert not empty.state
    save_tensors(path, {"a|fine": held[0].detach()}, {"optimizer": '{"groups": [], "numbers": {}}'})
    with pytest.raises(CheckpointError, match="expected 2 parameters"):
        load_optimizer(path, empty, names)


def test_a_policy_in_bfloat16_learns_at_the_rate_of_the_paper(
    open_tiny: Callable[..., AudioPolicy], batch: Batch
) -> None:
    """1e-6, for full weights (arXiv 2511.10289, section 3.3)."""
    policy = open_tiny(torch.bfloat16)
    learner = Learner(policy, LearnerSettings(learning_rate=1e-6))
    before = copy.deepcopy(policy.language_model.state_dict())
    for _ in range(40):
        learner.update(batch)
    layer = policy.language_model.layers[0].mlp.up_proj.weight
    way = learner.optimizer.state[layer][FINE] - before["layers.0.mlp.up_proj.weight"].float()
    assert 5e-6 < way.abs().mean() < 5e-5


def test_an_adapter_over_bfloat16_is_float32_and_moved_by_torch(tiny_folder: Path) -> None:
    policy = open_policy(tiny_folder, Opening(dtype="bfloat16"), lora=LoraSettings(rank=2))
    learner = Learner(policy, LearnerSettings())
    assert type(learner.optimizer) is torch.optim.AdamW
