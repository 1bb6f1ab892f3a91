from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.lora import LoraSettings, open_policy
from policies.weights import learning_weights, load_weights, weights_hash
from rewards.errors import RolloutError


def _everything(policy: AudioPolicy) -> dict[str, torch.Tensor]:
    return {n: p.detach().clone() for n, p in policy.model.named_parameters()}


def _shifted(policy: AudioPolicy, by: float = 0.125) -> dict[str, torch.Tensor]:
    with torch.no_grad():
        for parameter in policy.model.parameters():
            if parameter.requires_grad:
                parameter += by
    return _everything(policy)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_arrive_bit_for_bit(
    open_tiny: Callable[..., AudioPolicy], dtype: torch.dtype
) -> None:
    learner, actor = open_tiny(dtype), open_tiny(dtype)
    expected = _shifted(learner)
    sent = learning_weights(learner)
    load_weights(actor, sent)
    for name, value in _everything(actor).items():
        assert torch.equal(value, expected[name]), name
    assert weights_hash(learning_weights(actor)) == weights_hash(sent)


@pytest.mark.parametrize(
    ("theirs", "ours"), [(torch.float32, torch.bfloat16), (torch.bfloat16, torch.float32)]
)
def test_learner_and_actor_may_differ_in_precision(
    open_tiny: Callable[..., AudioPolicy], theirs: torch.dtype, ours: torch.dtype
) -> None:
    learner, actor = open_tiny(theirs), open_tiny(ours)
    expected = _shifted(learner)
    load_weights(actor, learning_weights(learner))
    for name, value in _everything(actor).items():
        assert value.dtype == ours
        assert torch.equal(value, expected[name].to(ours)), name


def test_what_is_sent_is_a_copy(open_tiny: Callable[..., AudioPolicy]) -> None:
    learner, actor = open_tiny(), open_tiny()
    sent = learning_weights(learner)
    digest = weights_hash(sent)
    _shifted(learner)
    assert weights_hash(sent) == digest
    for array in sent.values():
        array.setflags(write=False)  # as arrays from Ray's object store are
    load_weights(actor, sent)
    _shifted(actor)
    assert weights_hash(sent) == digest


def test_only_what_learns_travels(tiny_folder: Path) -> None:
    learner = open_policy(tiny_folder, lora=LoraSettings(rank=2))
    actor = open_policy(tiny_folder, lora=LoraSettings(rank=2))
    expected = _shifted(learner)
    sent = learning_weights(learner)
    assert sent
    assert all("lora_" in name for name in sent)
    load_weights(actor, sent)
    for name, value in _everything(actor).items():
        assert torch.equal(value, expected[name]), name


def _arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "a": rng.random((3, 4), dtype=np.float32),
        "b": np.zeros(4, dtype=np.float32),
        "c": np.array(1.5, dtype=np.float32),
        "d": np.zeros((0, 2), dtype=np.float32),
    }


def test_large_weights_have_the_hash_that_small_ones_have(
    open_tiny: Callable[..., AudioPolicy], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = learning_weights(open_tiny())
    digest = weights_hash(sent)
    monkeypatch.setattr("policies.weights._LARGE", 0)
    assert weights_hash(sent) == digest
    assert weights_hash({**sent, "more": np.zeros(1)}) != digest


def test_the_hash_hangs_on_neither_order_nor_memory_layout() -> None:
    arrays = _arrays()
    digest = weights_hash(arrays)
    assert weights_hash(dict(reversed(arrays.items()))) == digest
    assert weights_hash({**arrays, "a": np.asfortranarray(arrays["a"])}) == digest


@pytest.mark.parametrize("name", ["a", "b", "c"])
@pytest.mark.parametrize("bit", [0, 7, 31])
def test_the_hash_finds_one_flipped_bit(name: str, bit: int) -> None:
    arrays = _arrays()
    digest = weights_hash(arrays)
    raw = arrays[name].reshape(-1)[-1:].view(np.uint32)
    raw ^= np.uint32(1 << bit)
    assert weights_hash(arrays) != digest


def _renamed(w: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {("z" if n == "a" else n): v for n, v in w.items()}


@pytest.mark.parametrize(
    "change",
    [
        lambda w: {n: v for n, v in w.items() if n != "b"},
        lambda w: {n: v for n, v in w.items() if n != "d"},
        _renamed,
        lambda w: {**w, "a": w["a"].reshape(4, 3)},
        lambda w: {**w, "b": w["b"].view(np.int32)},
        lambda w: {**w, "e": np.zeros(0, dtype=np.float32)},
        lambda w: {**w, "a": w["a"][::-1]},
        lambda w: {"a": w["b"], "b": w["a"], "c": w["c"], "d": w["d"]},
    ],
)
def test_the_hash_finds_a_change_of_names_shapes_and_types(change: Any) -> None:
    arrays = _arrays()
    assert weights_hash(change(arrays)) != weights_hash(arrays)


def test_weights_that_do_not_fit_are_refused_and_nothing_is_copied(
    open_tiny: Callable[..., AudioPolicy],
) -> None:
    actor = open_tiny()
    before = _everything(actor)
    sent = {name: array + 1 for name, array in learning_weights(actor).items()}
    last = "model.language_model.embed_tokens.weight"
    for wrong in (
        {**sent, last: sent[last][:-1]},
        {**sent, "model.stranger": np.zeros(3, dtype=np.float32)},
        {**sent, last: sent[last].T.copy()},
    ):
        with pytest.raises(RolloutError, match="got 1 unknown or misshapen arrays"):
            load_weights(actor, wrong)
        for name, value in _everything(actor).items():
            assert torch.equal(value, before[name]), name
