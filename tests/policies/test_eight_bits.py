"""A base in 8 bits: the decoder's layers alone, an adapter that learns, answers that agree."""

from __future__ import annotations

import tomllib
import weakref
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies import eight_bits, layers
from policies.footprint import Work, footprint, sizes_of
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, Opening, open_policy
from policies.records import Batch
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.shared_row import SharedRow
from rewards.errors import ConfigError

OPENING = Opening(base_8bit=True)
ADAPTER = LoraSettings(rank=2)


def test_without_the_extra_the_sentence_says_how_to_get_it(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eight_bits, "PACKAGE", "no-such-package-of-eight-bits")
    assert not eight_bits.holds(open_policy(tiny_folder, lora=ADAPTER).language_model)
    command = r"`pip install -c constraints\.txt -e '\.\[int8\]'`"
    with pytest.raises(ConfigError, match=rf"got none, expected 0\.46\.1.*{command}"):
        open_policy(tiny_folder, OPENING, lora=ADAPTER)


def test_a_version_that_is_too_old_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "0.45.5")
    with pytest.raises(ConfigError, match=r"got 0\.45\.5, expected 0\.46\.1 or later"):
        eight_bits.check_installed()


def test_the_extra_asks_for_the_version_that_the_sentence_names() -> None:
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    extras = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert extras["int8"] == [f"{eight_bits.PACKAGE}>={eight_bits.LEAST}"]


@pytest.fixture
def policy(tiny_folder: Path) -> Any:
    pytest.importorskip("bitsandbytes", reason="the extra int8 is not installed")
    return open_policy(tiny_folder, OPENING, lora=ADAPTER)


def test_the_decoders_linear_layers_are_in_8_bits_and_nothing_else(policy: Any) -> None:
    stored: dict[bool, set[torch.dtype]] = {True: set(), False: set()}
    for name, layer in policy.base.named_modules():
        base = getattr(layer, "base_layer", layer)
        if isinstance(base, torch.nn.Linear) and "lora_" not in name:
            stored[name.startswith(f"{policy.family.prefix}.")].add(base.weight.dtype)
    assert stored == {True: {torch.int8}, False: {torch.float32}}
    assert eight_bits.holds(policy.language_model), "and no CUDA graph records them"
    learning = [name for name, p in policy.model.named_parameters() if p.requires_grad]
    assert learning
    assert all("lora_" in name for name in learning)


def test_the_estimate_counts_a_byte_for_each_of_their_weights(
    policy: Any, tiny_folder: Path
) -> None:
    held = sum(p.numel() * p.element_size() for p in policy.model.parameters())
    work = Work(lora=2, dtype="float32", base_8bit=True)
    assert footprint(sizes_of(tiny_folder), work).weights == held


def test_a_step_moves_the_adapter_and_no_byte_of_the_base(
    policy: Any, sound: Callable[..., Any], ask: Callable[..., Any], tmp_path: Path
) -> None:
    prompt = policy.prompt(ask(), sound(1))
    settings = SamplingSettings(max_new_tokens=6)
    (group,) = sample(policy, [prompt], [[1, 2, 3]], settings)
    before = {name: p.detach().clone() for name, p in policy.model.named_parameters()}
    learner = Learner(policy, LearnerSettings(learning_rate=1e-2))
    update = learner.update(Batch((prompt,), (tuple(group),), (np.array([1.0, -1.0, 0.5]),)))
    assert update.sampler_gap < 1e-4, "sampler and learner round to 8 bits alike"
    moved = {n for n, p in policy.model.named_parameters() if not torch.equal(p, before[n])}
    assert moved
    assert all("lora_" in name for name in moved)
    policy.save(tmp_path)
    again = open_policy(tmp_path, OPENING)
    (ours,), (theirs,) = (sample(one, [prompt], [[1, 2]], settings) for one in (policy, again))
    assert [row.ids for row in ours] == [row.ids for row in theirs]


def test_gradients_are_those_of_the_packages_own_layers(
    policy: Any, sound: Callable[..., Any], ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = policy.prompt(ask(), sound(1))
    noise = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, parameter in policy.model.named_parameters():
            if "lora_B" in name:
                parameter += 0.1 * torch.randn(parameter.shape, generator=noise)

    def gradients() -> dict[str, torch.Tensor]:
        policy.model.zero_grad()
        rows = group_logprobs(policy, [prompt], [[(7, 8, 9), (10, 11)]])[0]
        torch.cat(rows).sum().backward()
        named = policy.model.named_parameters()
        return {name: p.grad.clone() for name, p in named if p.grad is not None}

    ours = gradients()
    monkeypatch.setattr(layers, "matrices", lambda module: None)
    theirs = gradients()
    assert ours.keys() == theirs.keys()
    assert all("lora_" in name for name in ours)
    for name, gradient in theirs.items():
        assert float((ours[name] - gradient).norm() / gradient.norm()) < 1e-3, name


def test_nothing_of_a_layer_outlives_its_pass_under_checkpointing(policy: Any) -> None:
    """The package's own operation keeps every input, whatever a checkpoint drops."""
    given: list[Any] = []
    times = eight_bits.Int8Weight.times

    def watched(self: Any, x: torch.Tensor) -> torch.Tensor:
        given.append(weakref.ref(x))
        return times(self, x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eight_bits.Int8Weight, "times", watched)
        policy.base.activation_checkpointing_enable()
        policy.model.train()
        x = torch.randn(1, 5, policy.language_model.config.hidden_size, requires_grad=True)
        plan = SharedRow((3,), ((2,),))
        out = policy.decode(x, plan.positions(policy.device), plan)
    layers_of = len(policy.language_model.layers)
    assert len(given) == 7 * layers_of
    assert [one for one in given if one() is not None] == []
    out.sum().backward()
