"""The estimate of a step's memory, against what a step of a small model keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.footprint import Work, footprint, longest_clip, plans, sizes_of
from policies.gradients import freeze_encoder
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, wrap
from policies.tiny import TinySizes, build_tiny
from rewards.errors import CheckpointError

WIDE = TinySizes(text_hidden=256, text_layers=4, text_heads=8, text_kv_heads=2)
SMALL = TinySizes()


@pytest.fixture(scope="module", params=[SMALL, WIDE], ids=["128 x 3", "256 x 4"])
def folder(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny(
        tmp_path_factory.mktemp("sizes"), ["What is the key?"], sizes=request.param, seed=1
    )


def _kept(policy: AudioPolicy, prompt: Any, ids: list[tuple[int, ...]]) -> int:
    """Bytes of all tensors that the backward pass will read, weights apart."""
    weights = {p.untyped_storage().data_ptr() for p in policy.model.parameters()}
    found: dict[int, int] = {}
    alive: list[torch.Tensor] = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = storage.nbytes()
        alive.append(tensor)  # a freed address would be counted for another tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        group_logprobs(policy, [prompt], [ids])
    return sum(found.values())


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("lora", [0, 4])
def test_activations_are_what_a_step_keeps_to_a_sixth(
    folder: Path, sound: Callable[..., Any], ask: Callable[..., Any], lora: int, dtype: str
) -> None:
    policy = AudioPolicy.load(folder, dtype=getattr(torch, dtype))
    if lora:
        wrap(policy, LoraSettings(rank=lora))
    else:
        freeze_encoder(policy)
    prompt = policy.prompt(ask(), sound(1, 15.0))
    ids = [tuple(range(20, 68))] * 8
    kept = _kept(policy, prompt, ids)
    sizes = sizes_of(folder)
    audio = sizes.audio_tokens(15.0)
    assert audio == prompt.ids.count(policy.audio_id)
    work = Work(15.0, 8, 48, prompt=len(prompt.ids) - audio, lora=lora, dtype=dtype)
    assert footprint(sizes, work).activations == pytest.approx(kept, rel=1 / 6)


def test_parameters_are_counted_exactly(folder: Path) -> None:
    sizes = sizes_of(folder)
    policy = AudioPolicy.load(folder)
    assert sizes.encoder + sizes.decoder + sizes.head == sum(
        p.numel() for p in policy.model.parameters()
    )
    work = Work(lora=5, dtype="float32")
    before = footprint(sizes, work)
    wrap(policy, LoraSettings(rank=5))
    learning = [p for p in policy.model.parameters() if p.requires_grad]
    assert before.gradients == sum(4 * p.numel() for p in learning)
    assert before.optimizer == 2 * before.gradients
    assert before.weights == sum(4 * p.numel() for p in policy.model.parameters())


def test_more_work_needs_more_and_checkpointing_less(folder: Path) -> None:
    sizes = sizes_of(folder)
    work = Work(seconds=30)
    total = footprint(sizes, work).total
    for more in ({"seconds": 60.0}, {"rows": 16}, {"tokens": 1024}, {"groups": 2}, {"prompt": 900}):
        assert footprint(sizes, replace(work, **more)).total > total, more
    found = {name: footprint(sizes, plan) for name, plan in plans(work)}
    ways = {name: one.total for name, one in found.items()}
    assert ways["full weights, checkpointing"] < ways["full weights"]
    assert ways["LoRA, checkpointing"] < ways["LoRA"]
    kept, away = found["full weights, checkpointing"], found["full weights, checkpointing, offload"]
    assert away.total + away.host == pytest.approx(kept.total)
    assert away.host == kept.optimizer > 0 == kept.host


def test_the_longest_clip_fits_and_a_second_more_does_not(folder: Path) -> None:
    sizes, work = sizes_of(folder), Work()
    memory = footprint(sizes, replace(work, seconds=77.0)).total * 1.1001
    longest = longest_clip(sizes, work, lambda step: step.fits(memory))
    assert longest >= 77
    assert footprint(sizes, replace(work, seconds=longest)).fits(memory)
    assert not footprint(sizes, replace(work, seconds=longest + 1)).fits(memory)
    assert longest_clip(sizes, work, lambda step: step.fits(1e3)) == 0


def test_a_step_fits_where_a_tenth_more_than_it_needs_is_there(folder: Path) -> None:
    need = footprint(sizes_of(folder), Work())
    assert need.fits(1.101 * need.total)
    assert not need.fits(1.099 * need.total)


def test_a_folder_without_shapes_is_refused_with_the_reason(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(CheckpointError, match="hop_length"):
        sizes_of(tmp_path)
