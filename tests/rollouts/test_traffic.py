"""The shared memory of a run: by what travels, within the memory that is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import rollouts.traffic
from policies import machine
from policies.learner_settings import LearnerSettings
from policies.lora import Opening, open_policy
from policies.sampling import SamplingSettings
from policies.weights import learning_weights
from rewards.errors import CheckpointError, ConfigError
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec
from rollouts.traffic import learning_bytes, room_for

MIB = 2**20


@pytest.fixture
def spec(tiny_folder: Path) -> ActorSpec:
    rubric = Rubric.of(["format"])
    return ActorSpec("run", 1, tiny_folder, None, tiny_folder, rubric, 2, SamplingSettings())


def sent(spec: ActorSpec) -> int:
    """Bytes of what a learner publishes."""
    policy = open_policy(spec.model, spec.opening, lora=spec.lora)
    return sum(array.nbytes for array in learning_weights(policy).values())


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_full_weights_are_counted_exactly(spec: ActorSpec, dtype: str) -> None:
    spec = replace(spec, opening=Opening(dtype=dtype))
    assert learning_bytes(spec) == sent(spec)


def test_an_adapter_is_never_counted_too_small(spec: ActorSpec, tmp_path: Path) -> None:
    full = learning_bytes(spec)
    for lora in ({"rank": 2}, {"rank": 3, "targets": ["q_proj", "up_proj"]}):
        fresh = replace(spec, lora=lora)
        assert sent(fresh) <= learning_bytes(fresh) < full
    open_policy(spec.model, lora={"rank": 2}).save(tmp_path)
    stored = replace(spec, model=tmp_path)
    assert learning_bytes(stored) == sent(stored)


def test_a_model_of_57_million_weights_gets_room_for_weights_and_gradients_on_their_way(
    spec: ActorSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 4 * 57 * 10**6
    monkeypatch.setattr(rollouts.traffic, "learning_bytes", lambda spec: size)
    monkeypatch.setattr(machine, "memory", lambda: 64 * 10**9)
    assert room_for(spec, 2) == 256 * MIB + 2 * size
    actors = replace(spec, learner=LearnerSettings(shards=4))
    assert room_for(actors, 2) == 256 * MIB + (2 + 2) * size, "two at once, though four in all"
    assert room_for(actors, 8) == 256 * MIB + (2 + 4) * size


def test_too_little_memory_is_refused_with_what_helps(
    spec: ActorSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollouts.traffic, "learning_bytes", lambda spec: 2 * 10**9)
    monkeypatch.setattr(machine, "memory", lambda: 12 * 10**9)
    assert room_for(spec, 8) < 6 * 10**9
    actors = replace(spec, learner=LearnerSettings(shards=8))
    with pytest.raises(
        ConfigError, match=r"2.00 GB.*got 6.0 GB, half of.*expected 20.3 GB"
    ) as all_:
        room_for(actors, 8)
    assert str(all_.value).endswith(
        "take grpo.gradients=learner or fewer actors (grpo.actors) or an adapter (model.lora)"
    )
    monkeypatch.setattr(machine, "memory", lambda: 6 * 10**9)
    with pytest.raises(ConfigError, match=r"; take a lower model.lora.rank$"):
        room_for(replace(spec, lora={"rank": 512}), 2)


def test_weights_that_cannot_be_read_are_refused(spec: ActorSpec, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(CheckpointError, match="cannot be read"):
        room_for(replace(spec, model=tmp_path), 2)
