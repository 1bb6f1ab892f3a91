"""Whether a step fits this machine: every process of a run counts, where it would lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from experiments.holding import Place, needs_of, needs_of_run, places, shortage, verdict
from experiments.schemas import DataConfig, GrpoRun
from experiments.schemas.model import LoraConfig
from policies.footprint import GB, Sizes, Work, footprint, sizes_of

Etude = Callable[..., Any]
WORK = Work(seconds=60.0, rows=8, tokens=512, lora=0, dtype="float32")


@pytest.fixture
def sizes(tiny_folder: Path) -> Sizes:
    return sizes_of(tiny_folder)


def test_processes_lie_where_a_run_puts_them() -> None:
    def seats(gpus: list[int], actors: int) -> list[tuple[str, bool, int]]:
        return [(p.name, p.learner, p.actors) for p in places(gpus, 9, actors)]

    assert seats([], 2) == [("memory", True, 2)]
    first, memory = ("GPU 0", True, 0), ("memory", False, 0)
    assert seats([80], 2) == [("GPU 0", True, 2), memory]
    assert seats([80, 80, 80], 4) == [first, ("GPU 1", False, 2), ("GPU 2", False, 2), memory]
    assert seats([80, 80, 80], 1) == [first, ("GPU 1", False, 1), memory]


def test_each_process_has_its_weights_and_what_it_does() -> None:
    found = footprint(_full_size(), replace(WORK, dtype="bfloat16"))
    needs = needs_of(found)
    learner, actor = Place("GPU 0", 0, True, 0), Place("GPU 1", 0, False, 1)
    both = Place("GPU 0", 0, True, 1)
    assert learner.needed(needs) > found.total > found.weights
    assert found.weights < actor.needed(needs) < learner.needed(needs)
    assert both.needed(needs) == pytest.approx(learner.needed(needs) + actor.needed(needs))
    memory = Place("memory", 0, True, 1)
    travels = memory.needed(needs) - both.needed(needs)
    assert travels == pytest.approx(2 * found.gradients, rel=0.02), "the old version and the new"


def test_what_is_short_of_memory_gets_a_shorter_clip_and_then_none(sizes: Sizes) -> None:
    here = places([], 0, 2)[0]
    needed = here.needed(needs_of(footprint(sizes, WORK)))
    assert verdict(sizes, WORK, [replace(here, held=needed)]) == "fits"
    less = verdict(sizes, WORK, [replace(here, held=needed - 1)])
    assert less in ("to 59 s", "to 60 s")
    assert verdict(sizes, WORK, [replace(here, held=GB)]) == "no"


def test_the_fullest_gpu_decides() -> None:
    large, found = _full_size(), footprint(_full_size(), replace(WORK, dtype="bfloat16"))
    plan = replace(WORK, dtype="bfloat16")
    needed = [place.needed(needs_of(found)) for place in places([1, 1], 0, 1)]
    assert len(needed) == 3, "two GPUs, and the memory that the weights travel through"
    for short in (None, 0, 1, 2):
        held = [int(one) + 1 - GB * (n == short) for n, one in enumerate(needed)]
        there = places(held[:2], held[2], 1)
        assert (verdict(large, plan, there) == "fits") == (short is None)


def test_without_a_gpu_weights_are_held_in_float32() -> None:
    plan = replace(WORK, dtype="bfloat16")
    needed = places([1], 0, 1)[0].needed(needs_of(footprint(_full_size(), plan)))
    enough = 1.2 * needed + 40 * GB  # more than what travels
    assert verdict(_full_size(), plan, places([int(enough)], int(enough), 1)) == "fits"
    assert verdict(_full_size(), plan, places([], int(enough), 1)) != "fits"


def test_doctor_tells_whether_the_step_fits_here(
    etude: Etude, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    for held, told in ((64 * GB, "fits"), (2 * GB, "no")):
        monkeypatch.setattr("policies.machine.memory", lambda held=held: int(held))
        done = etude("doctor", "--model", tiny_folder, "--actors", 3)
        assert done.exit_code == 0, done.stderr
        (row,) = (line.split() for line in done.stdout.splitlines() if line.startswith("here  "))
        assert row == ["here", *[told] * 6]
        assert f"here: the learner and 3 actors in {held / GB:.1f} GB of memory" in done.stdout
    refused = etude("doctor", "--model", tiny_folder, "--actors", 0)
    assert "--actors is out of range: got 0, expected more than 0" in refused.stderr


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1"])
def test_doctor_refuses_a_length_that_no_clip_has(
    etude: Etude, tiny_folder: Path, seconds: str
) -> None:
    refused = etude("doctor", "--model", tiny_folder, "--seconds", seconds)
    assert refused.exit_code == 1
    assert f"--seconds is out of range: got {seconds}, expected more than 0" in refused.stderr


def test_whatever_saves_memory_lowers_what_a_run_needs() -> None:
    large, run = _full_size(), _but(_run(), "grpo", micro_tokens=8192)
    needs = needs_of_run(run, large, 180.0)
    for section, change in (
        ("model", {"lora": LoraConfig()}),
        ("model", {"dtype": "bfloat16"}),
        ("grpo", {"checkpointing": True}),
        ("grpo", {"micro_tokens": 1024}),
        ("grpo", {"gradients": "actors"}),
        ("grpo", {"offload": True}),
    ):
        less = needs_of_run(_but(run, section, **change), large, 180.0)
        assert less.learner < needs.learner, change
    assert needs_of_run(run, large, 30.0).actor < needs.actor
    assert needs_of_run(_but(run, "grpo", kl_weight=0.1), large, 180.0).learner > needs.learner
    away = needs_of_run(_but(run, "grpo", offload=True), large, 180.0)
    assert away.memory - needs.memory > needs.learner - away.learner, "it lies in memory then"
    computing = needs_of_run(_but(run, "grpo", gradients="actors"), large, 180.0)
    assert computing.actor > needs.actor, "an actor that computes gradients holds them"


@pytest.mark.parametrize(("actors", "groups", "senders"), [(3, 8, 3), (3, 2, 2)])
def test_each_actor_that_computes_a_shard_sends_as_much_as_learns(
    actors: int, groups: int, senders: int
) -> None:
    run = _but(_run(), "grpo", actors=actors, groups=groups)
    own = needs_of_run(run, _full_size(), 30.0).memory
    theirs = needs_of_run(_but(run, "grpo", gradients="actors"), _full_size(), 30.0).memory
    learns = (own - 256 * 2**20) / 2  # else they travel out, the old ones and the new
    assert theirs - own == senders * learns


def test_a_long_group_is_computed_in_pieces() -> None:
    """More completions than ``micro_tokens`` holds cost the sampler memory, not the learner."""
    run = _but(_run(), "grpo", micro_tokens=4096)
    more = _but(run, "grpo", group_size=64)
    few, many = (needs_of_run(one, _full_size(), 30.0) for one in (run, more))
    assert many.learner == pytest.approx(few.learner, rel=0.02)
    assert many.actor > few.actor


def test_a_run_that_may_run_out_of_memory_is_told_at_its_start(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    monkeypatch.setattr("policies.machine.memory", lambda: int(64 * GB))
    assert shortage(_run(), tiny_folder, 3.0) == ""
    monkeypatch.setattr("policies.machine.memory", lambda: int(2 * GB))
    told = shortage(_run(), tiny_folder, 3.0)
    assert told.startswith("memory may run out: a step is estimated at ")
    assert "got 2.0 GB; an adapter (model.lora), grpo.checkpointing=true" in told
    assert "model.base_8bit" not in told, "8 bits need an adapter first"


def test_actors_of_a_cluster_need_no_memory_here(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    monkeypatch.setattr("policies.machine.memory", lambda: int(3 * GB))
    run = _but(_run(), "grpo", actors=16)
    assert shortage(run, tiny_folder, 3.0)
    assert shortage(_but(run, "grpo", cluster="auto"), tiny_folder, 3.0) == ""


def test_an_adapter_to_begin_with_is_what_learns(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs no ``model.lora``, and is not told as full weights."""
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    monkeypatch.setattr("experiments.holding.sizes_of", lambda folder: _full_size())
    monkeypatch.setattr("policies.machine.memory", lambda: int(120 * GB))
    few = _but(_run(), "grpo", actors=1, checkpointing=True)
    fresh = _but(few, "model", lora=LoraConfig(rank=4))
    told = {"base_model_name_or_path": str(tiny_folder), "r": 4, "peft_type": "LORA"}
    (tmp_path / "adapter_config.json").write_text(json.dumps(told))
    save_file({"a": torch.zeros(1)}, tmp_path / "adapter_model.safetensors")
    assert "model.lora" in shortage(few, tiny_folder, 3.0)
    assert shortage(fresh, tiny_folder, 3.0) == shortage(few, tmp_path, 3.0) == ""


def test_what_cannot_be_estimated_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "musicflamingo"}')
    assert shortage(_run(), tmp_path, 3.0).startswith("whether a step fits the memory is not known")
    (tmp_path / "adapter_config.json").write_text("{")
    assert shortage(_run(), tmp_path, 3.0).startswith("whether a step fits the memory is not known")


def _run() -> GrpoRun:
    return GrpoRun(data=DataConfig(questions=Path("questions.jsonl")))


def _but(run: GrpoRun, section: str, **changes: Any) -> GrpoRun:
    return replace(run, **{section: replace(getattr(run, section), **changes)})


def _full_size() -> Sizes:
    """A decoder of 7B parameters under an encoder."""
    return Sizes(
        encoder=640_000_000, decoder=7_000_000_000, head=545_000_000, hidden=3584, layers=28,
        intermediate=18_944, kv=512, vocabulary=152_064, audio_hidden=1280, audio_layers=32,
        audio_intermediate=5120, window=30.0, frames=100.0,
    )  # fmt: skip
