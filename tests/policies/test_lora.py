from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from policies.locate import base_folder, local_folder
from policies.lora import LoraSettings, open_policy
from rewards.errors import CheckpointError, ConfigError


def test_an_adapter_stands_on_the_decoder_only_and_alone_learns(tiny_folder: Path) -> None:
    policy = open_policy(tiny_folder, lora=LoraSettings(rank=3))
    learning = [n for n, p in policy.model.named_parameters() if p.requires_grad]
    assert all("language_model.layers." in name and "lora_" in name for name in learning)
    # 2 layers, 4 projections, A and B
    assert len(learning) == 2 * 4 * 2
    assert {p.shape[0] for n, p in policy.model.named_parameters() if "lora_A" in n} == {3}


def test_two_openings_draw_the_same_first_adapter_and_leave_the_generator(
    tiny_folder: Path,
) -> None:
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    one = open_policy(tiny_folder, lora={"rank": 2})
    assert torch.equal(torch.rand(1), expected)
    two = open_policy(tiny_folder, lora={"rank": 2})
    for (name, a), (_, b) in zip(
        one.model.named_parameters(), two.model.named_parameters(), strict=True
    ):
        assert torch.equal(a, b), name


@pytest.mark.parametrize(("rank", "alpha"), [(4, 2.0), (2, 0.5), (3, 4.5)])
def test_the_scale_of_an_adapter_is_alpha_over_rank(
    tiny_folder: Path, rank: int, alpha: float
) -> None:
    policy = open_policy(tiny_folder, lora=LoraSettings(rank=rank, alpha=alpha))
    layer: Any = policy.language_model.layers[0].self_attn.q_proj
    assert layer.scaling["default"] == pytest.approx(alpha / rank)


def test_targets_that_name_no_layer_are_refused(tiny_folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"got targets \['query'\], expected .* q_proj"):
        open_policy(tiny_folder, lora=LoraSettings(targets=("query",)))


def test_a_target_is_a_name_and_not_a_pattern(tiny_folder: Path) -> None:
    with pytest.raises(ConfigError, match="no layer to adapt"):
        open_policy(tiny_folder, lora=LoraSettings(targets=(".*",)))


def test_an_adapter_without_rank_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"rank: got 0, expected 1"):
        LoraSettings(rank=0)


def test_an_adapter_goes_round_through_save_and_open(tiny_folder: Path, tmp_path: Path) -> None:
    policy = open_policy(tiny_folder, lora=LoraSettings(rank=2))
    with torch.no_grad():
        for parameter in policy.model.parameters():
            if parameter.requires_grad:
                parameter += 0.25
    policy.save(tmp_path)
    assert not list(tmp_path.glob("model*.safetensors")), "the base is not written again"
    again = open_policy(tmp_path)
    theirs = dict(again.model.named_parameters())
    for name, parameter in policy.model.named_parameters():
        assert torch.equal(parameter, theirs[name]), name
        assert parameter.requires_grad == theirs[name].requires_grad, name


def test_an_adapter_whose_base_is_gone_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    policy = open_policy(tiny_folder, lora=LoraSettings(rank=2))
    policy.save(tmp_path)
    config = tmp_path / "adapter_config.json"
    config.write_text(config.read_text().replace(str(tiny_folder), "gone"))
    with pytest.raises(CheckpointError):
        open_policy(tmp_path)


def adapted(root: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run's adapter, and its base named by a path from where the run was started."""
    shutil.copytree(tiny_folder, root / "runs" / "cold" / "model")
    monkeypatch.chdir(root)
    folder = root / "runs" / "rl" / "model"
    open_policy(Path("runs/cold/model"), lora=LoraSettings(rank=2)).save(folder)
    return folder


def test_a_base_is_found_from_elsewhere_and_in_a_copied_tree(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = adapted(tmp_path / "here", tiny_folder, monkeypatch)
    monkeypatch.chdir("/")
    assert base_folder(folder) == tmp_path / "here/runs/cold/model"
    shutil.move(tmp_path / "here", tmp_path / "there")
    moved = tmp_path / "there/runs/rl/model"
    assert base_folder(moved) == tmp_path / "there/runs/cold/model"
    open_policy(moved)


def test_an_adapter_alone_says_that_its_base_is_missing(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = adapted(tmp_path / "here", tiny_folder, monkeypatch)
    alone = shutil.copytree(folder, tmp_path / "alone")
    monkeypatch.chdir(alone)
    with pytest.raises(CheckpointError, match=r"base of the adapter .*alone.*runs/cold/model"):
        open_policy(alone)


LONG = ("a" * 300, "x/" * 3000, "../" * 2000 + "x", "owner/" + "a" * 300)


@pytest.mark.parametrize("name", LONG)
def test_a_name_that_no_path_can_have_is_no_checkpoint(name: str) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint"):
        local_folder(name)


@pytest.mark.parametrize("name", LONG)
def test_an_adapter_that_names_a_base_as_no_path_can_be_named_is_refused(
    tiny_folder: Path, tmp_path: Path, name: str
) -> None:
    open_policy(tiny_folder, lora=LoraSettings(rank=2)).save(tmp_path)
    config = tmp_path / "adapter_config.json"
    told = json.loads(config.read_text())
    config.write_text(json.dumps({**told, "base_model_name_or_path": name}))
    with pytest.raises(CheckpointError, match="base of the adapter"):
        base_folder(tmp_path)


def test_an_adapter_over_other_weights_than_it_was_trained_on_is_refused(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = adapted(tmp_path, tiny_folder, monkeypatch)
    weights = tmp_path / "runs/cold/model/model.safetensors"
    tensors = load_file(weights)
    save_file({name: x + 1e-3 for name, x in tensors.items()}, weights, {"format": "pt"})
    with pytest.raises(CheckpointError, match="was replaced"):
        open_policy(folder)
    (folder / "base.json").unlink()
    open_policy(folder)  # of a stranger, who tells no digest


@pytest.mark.parametrize("damage", ["", "[]", "{}", "[" * 9999])
def test_a_damaged_digest_is_no_consent(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    folder = adapted(tmp_path, tiny_folder, monkeypatch)
    (folder / "base.json").write_text(damage)
    with pytest.raises(CheckpointError):
        open_policy(folder)
