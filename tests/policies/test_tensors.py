"""Optimizer state comes back bit for bit, from safetensors alone."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from policies.tensors import load_optimizer, load_tensors, save_optimizer, save_tensors
from rewards.errors import CheckpointError, StorageError

Make = Callable[[torch.nn.Module], torch.optim.Optimizer]


def adamw(model: torch.nn.Module, **options: float | bool) -> torch.optim.Optimizer:
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": 0.1}, {"params": rest, "lr": 3e-4}]
    return torch.optim.AdamW(groups, lr=1.5e-4, betas=(0.9, 0.95), **options)  # type: ignore[arg-type]


def model(seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.LayerNorm(7)).to(dtype)


def step(model: torch.nn.Module, optimizer: torch.optim.Optimizer, times: int) -> None:
    dtype = next(model.parameters()).dtype
    for number in range(times):
        x = torch.randn(3, 5, generator=torch.Generator().manual_seed(number)).to(dtype)
        optimizer.zero_grad()
        (model(x) ** 2).sum().backward()
        optimizer.step()


OPTIMIZERS: list[Make] = [
    adamw,
    lambda m: adamw(m, amsgrad=True),
    lambda m: torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9),
    lambda m: torch.optim.Adagrad(m.parameters(), lr=0.1),
]


@pytest.mark.parametrize("make", OPTIMIZERS, ids=["adamw", "amsgrad", "sgd", "adagrad"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_a_restored_optimizer_continues_bit_for_bit(
    tmp_path: Path, make: Make, dtype: torch.dtype
) -> None:
    first = model(dtype=dtype)
    optimizer = make(first)
    step(first, optimizer, 3)
    optimizer.param_groups[0]["lr"] = 1 / 3
    save_optimizer(tmp_path / "o.safetensors", optimizer, dict(first.named_parameters()))

    second = model(seed=9, dtype=dtype)
    second.load_state_dict(first.state_dict())
    restored = make(second)
    load_optimizer(tmp_path / "o.safetensors", restored, dict(second.named_parameters()))
    for group, other in zip(optimizer.param_groups, restored.param_groups, strict=True):
        assert {k: v for k, v in group.items() if k != "params"} == {
            k: v for k, v in other.items() if k != "params"
        }
        for p, q in zip(group["params"], other["params"], strict=True):
            assert optimizer.state[p].keys() == restored.state[q].keys()
            for key, value in optimizer.state[p].items():
                assert value.dtype == restored.state[q][key].dtype
                assert torch.equal(value, restored.state[q][key])
    step(first, optimizer, 2)
    step(second, restored, 2)
    for p, q in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(p, q)


def test_the_file_is_safetensors_with_readable_names(tmp_path: Path) -> None:
    net = model()
    optimizer = adamw(net)
    step(net, optimizer, 1)
    path = tmp_path / "o.safetensors"
    save_optimizer(path, optimizer, dict(net.named_parameters()))
    with safe_open(path, framework="np") as file:
        names = set(file.keys())
    assert {"0.weight|exp_avg", "1.bias|exp_avg_sq", "0.bias|step"} <= names
    assert os.listdir(tmp_path) == ["o.safetensors"]


def test_state_of_another_model_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    net = model()
    optimizer = adamw(net)
    step(net, optimizer, 1)
    path = tmp_path / "o.safetensors"
    save_optimizer(path, optimizer, dict(net.named_parameters()))

    wider = torch.nn.Sequential(torch.nn.Linear(6, 7), torch.nn.LayerNorm(7))
    deeper = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.LayerNorm(7), torch.nn.ReLU())
    deeper.append(torch.nn.Linear(7, 2))
    for other, sentence in [
        (wider, r"got '0.weight\|exp_avg.*', torch.float32 \(7, 5\), expected .* \(7, 6\)"),
        (deeper, r"got optimizer state for 1\+3 parameters .*, expected 2\+4"),
        (model(dtype=torch.float64), "torch.float32.*expected the form.*torch.float64"),
    ]:
        target = adamw(other)
        with pytest.raises(CheckpointError, match=sentence):
            load_optimizer(path, target, dict(other.named_parameters()))
        assert not target.state
    one_group = torch.optim.AdamW(net.parameters())
    with pytest.raises(CheckpointError, match=r"1\+3 parameters .*expected 4 parameters"):
        load_optimizer(path, one_group, dict(net.named_parameters()))


def saved(path: Path) -> tuple[torch.nn.Module, dict[str, torch.Tensor], dict[str, Any]]:
    """A model, and tensors and header of its optimizer as it is stored."""
    net = model()
    optimizer = adamw(net)
    step(net, optimizer, 1)
    save_optimizer(path, optimizer, dict(net.named_parameters()))
    with safe_open(path, framework="pt") as file:
        return net, load_tensors(path), json.loads(file.metadata()["optimizer"])


@pytest.mark.parametrize(
    "header",
    ["x", "{}", "[]", "null", "[" * 100_000, '{"groups": 1, "numbers": {}}',
     '{"groups": [{"params": [1], "settings": {}}], "numbers": {}}',
     '{"groups": [], "numbers": {"0.weight": 1}}'],
)  # fmt: skip
def test_a_damaged_header_of_an_optimizer_is_one_sentence(tmp_path: Path, header: str) -> None:
    path = tmp_path / "o.safetensors"
    net, tensors, _ = saved(path)
    save_tensors(path, tensors, {"optimizer": header})
    target = adamw(net)
    with pytest.raises(CheckpointError, match=r"o.safetensors' is damaged: got the header"):
        load_optimizer(path, target, dict(net.named_parameters()))
    assert not target.state


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda t, h: t.pop("0.weight|exp_avg"), r"\['exp_avg_sq', 'step'\] of '0.weight' where"),
        (lambda t, h: t.update({"0.weight|odd": t["0.weight|step"].clone()}), "'odd'"),
        (lambda t, h: t.update({"0.weight|step": t["0.weight|exp_avg"][0, 0].long()}), "steps of"),
        (lambda t, h: h["numbers"].update({"nobody": {"step": 1}}), "'nobody', which is in no"),
        (lambda t, h: h["groups"][0]["settings"].update(lr="x"), "lr 'x' where 0.00015 could"),
        (lambda t, h: h["groups"][1]["settings"].update(betas=[0.9]), r"betas \[0.9\] where"),
        (lambda t, h: h["groups"][0]["settings"].pop("eps"), "eps None where"),
        (lambda t, h: h["groups"][0]["settings"].update(amsgrad=True), "'max_exp_avg_sq'"),
    ],
)
def test_what_an_optimizer_could_not_step_by_is_refused_and_changes_nothing(
    tmp_path: Path, spoil: Callable[..., object], told: str
) -> None:
    path = tmp_path / "o.safetensors"
    net, tensors, header = saved(path)
    target = adamw(net)
    step(net, target, 2)
    before = copy.deepcopy(target.state_dict())
    spoil(tensors, header)
    save_tensors(path, tensors, {"optimizer": json.dumps(header)})
    with pytest.raises(CheckpointError, match=f"is damaged: got .*{told}.*earlier checkpoint"):
        load_optimizer(path, target, dict(net.named_parameters()))
    torch.testing.assert_close(target.state_dict(), before, rtol=0, atol=0)


def test_a_moment_has_the_shape_of_its_weight(tmp_path: Path) -> None:
    path = tmp_path / "o.safetensors"
    net, tensors, header = saved(path)
    tensors["0.weight|exp_avg"] = torch.tensor(0.0)
    save_tensors(path, tensors, {"optimizer": json.dumps(header)})
    with pytest.raises(CheckpointError, match=r"'0.weight\|exp_avg', torch.float32 \(\), expected"):
        load_optimizer(path, adamw(net), dict(net.named_parameters()))


def test_unnamed_stateless_and_odd_optimizers_are_refused(tmp_path: Path) -> None:
    net = model()
    optimizer = adamw(net)
    path = tmp_path / "o.safetensors"
    with pytest.raises(CheckpointError, match="got no tensor to save"):
        save_optimizer(path, optimizer, dict(net.named_parameters()))
    step(net, optimizer, 1)
    with pytest.raises(CheckpointError, match=r"shape \(7, 5\) without a name"):
        save_optimizer(path, optimizer, {"other": torch.zeros(1)})
    optimizer.param_groups[0]["lr"] = torch.tensor(0.1)
    with pytest.raises(CheckpointError, match="a setting that is not JSON"):
        save_optimizer(path, optimizer, dict(net.named_parameters()))
    assert not path.exists()


def test_every_dtype_and_shape_round_trips(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    tensors = {
        "half": torch.randn(3, 4).to(torch.float16),
        "brain": torch.randn(2, 3, 4).to(torch.bfloat16),
        "long": torch.tensor([2**62, -1]),
        "bytes": torch.arange(256, dtype=torch.uint8),
        "flag": torch.tensor([True, False]),
        "scalar": torch.tensor(float("nan")),
        "none": torch.zeros(0, 3),
        "turned": torch.arange(6.0).reshape(2, 3).T,
    }
    save_tensors(path, tensors)
    loaded = load_tensors(path)
    assert loaded.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert loaded[name].dtype == tensor.dtype
        assert loaded[name].shape == tensor.shape
        torch.testing.assert_close(loaded[name], tensor, rtol=0, atol=0, equal_nan=True)


def test_damaged_missing_and_unwritable_files_have_their_sentence(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    with pytest.raises(CheckpointError, match=r"t.safetensors.*cannot be read"):
        load_tensors(path)
    save_tensors(path, {"a": torch.arange(100.0)})
    os.truncate(path, path.stat().st_size - 4)
    with pytest.raises(CheckpointError, match="expected a whole safetensors file"):
        load_tensors(path)
    save_tensors(path, {"a": torch.arange(3.0)})
    with pytest.raises(CheckpointError, match="without optimizer groups"):
        load_optimizer(path, adamw(model()), dict(model().named_parameters()))
    shared = torch.arange(4.0)
    with pytest.raises(CheckpointError, match="memory of its own"):
        save_tensors(path, {"a": shared, "b": shared})
    with pytest.raises(StorageError, match="expected room for 16 bytes"):
        save_tensors(tmp_path / "missing" / "t.safetensors", {"a": shared})
