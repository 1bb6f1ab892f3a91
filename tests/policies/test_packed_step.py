"""The packed form of a decoding step against the form on the model's own parameters."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.decode_step import DecodeStep
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, wrap
from policies.next_token import NextToken, next_token
from policies.packed_step import PackedStep
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import build_tiny
from rewards.errors import ConfigError

SETTINGS = SamplingSettings(max_new_tokens=8)
SEEDS = [[1, 2, 3], [4, 5, 6]]


@pytest.fixture
def prompts(prompt_of: Any) -> list[Prompt]:
    return [prompt_of(seed=1, seconds=1.8), prompt_of("And the key?", seed=2, seconds=0.4)]


@torch.inference_mode()
def begun(policy: AudioPolicy, prompts: list[Prompt], rows: int = 3, tokens: int = 8) -> NextToken:
    policy.model.eval()
    embedded, lengths = policy.embed(prompts)
    prefill = Prefill()
    policy.decode(embedded, torch.arange(embedded.shape[1])[None], prefill)
    return next_token(policy, prefill, lengths, rows, tokens, 0.7)


def shuffled_adapter(policy: AudioPolicy, **settings: Any) -> AudioPolicy:
    """Under an adapter that changes something, as a fresh one does not."""
    wrap(policy, LoraSettings(rank=2, **settings))
    noise = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_B" in name:
                weight.copy_(torch.randn(weight.shape, generator=noise) * 0.2)
    return policy


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def _agree(packed: NextToken, plain: NextToken, steps: int, kept: dict[int, Any]) -> None:
    """Of five rows each of two prompts; ``kept`` are the rows that go on from a step."""
    assert isinstance(packed, PackedStep)
    assert isinstance(plain, DecodeStep)
    rows, noise = 10, torch.Generator().manual_seed(1)
    with torch.inference_mode():
        for step in range(steps):
            if step in kept:
                packed.keep(*kept[step])
                plain.keep(*kept[step])
                rows = kept[step][1].numel()
            ids = torch.randint(packed.weights.vocabulary, (rows,), generator=noise)
            one, other = packed.logprobs(step, ids), plain.logprobs(step, ids)
            seen = other.isfinite()
            assert torch.equal(seen, one.isfinite())
            assert (one - other)[seen].abs().max() < 1e-4


@pytest.mark.parametrize("count", [1, 2])
def test_both_forms_give_the_same_logprobs_also_when_rows_are_left_out(
    open_tiny: Callable[..., AudioPolicy],
    prompts: list[Prompt],
    monkeypatch: pytest.MonkeyPatch,
    threads: Callable[[int], None],
    count: int,
) -> None:
    threads(count)
    monkeypatch.setattr("policies.packed_step._SHARE", 1)
    policy = open_tiny()
    packed = begun(policy, prompts, rows=5, tokens=70)  # more than a block of keys
    monkeypatch.setattr("policies.packed._MOST", 0)
    plain = begun(policy, prompts, rows=5, tokens=70)
    assert len(packed.shares) == count
    two, three = torch.tensor([[2, 0], [1, 4]]), torch.tensor([[1]])
    _agree(packed, plain, 70, {20: (torch.tensor([0, 1]), two), 40: (torch.tensor([1]), three)})


@pytest.mark.parametrize(
    ("size", "heads", "kv"),
    [(8, 7, 1), (48, 2, 1), (64, 2, 2), (64, 14, 2), (128, 3, 1)],
    ids=lambda n: str(n),
)
def test_both_forms_agree_on_heads_of_any_size_and_number(
    tmp_path: Path,
    smaller_sizes: Any,
    ask: Callable[..., Any],
    sound: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    heads: int,
    kv: int,
) -> None:
    """Of more than a block, and with room for more tokens than there are."""
    sizes = replace(
        smaller_sizes, text_hidden=size * heads, text_heads=heads, text_kv_heads=kv, text_layers=1
    )
    policy = AudioPolicy.load(build_tiny(tmp_path, ["What is the key?"], sizes=sizes, seed=1))
    with torch.no_grad():
        policy.language_model.layers[0].self_attn.q_proj.weight *= 4  # so that it matters
    prompts = [policy.prompt(ask(), sound(n, 0.4 + n)) for n in range(2)]
    packed = begun(policy, prompts, rows=5, tokens=50)
    monkeypatch.setattr("policies.packed._MOST", 0)
    _agree(packed, begun(policy, prompts, rows=5, tokens=50), 45, {})


OLDER = {  # an x86 with registers of 8 numbers; another machine has the form for those at once
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+sse2,+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+avx,+avx2,+fma",
}


def test_both_forms_agree_on_a_processor_with_small_registers(tmp_path: Path) -> None:
    """By the law above, in a process whose machine code is that of an older one."""
    law = f"{__file__}::{test_both_forms_agree_on_heads_of_any_size_and_number.__name__}"
    older = OLDER if platform.machine() == "x86_64" else {}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", law],
        env=os.environ | older | {"NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    assert any(tmp_path.rglob("*.nbi")), "nothing was compiled there"


def test_what_a_row_draws_depends_to_the_bit_on_no_other_row_and_on_no_thread(
    open_tiny: Callable[..., AudioPolicy],
    prompts: list[Prompt],
    monkeypatch: pytest.MonkeyPatch,
    threads: Callable[[int], None],
) -> None:
    policy = open_tiny()
    together = begun(policy, prompts, rows=5)
    alone = [begun(policy, prompts, rows=1) for _ in range(5)]
    threads(2)
    monkeypatch.setattr("policies.packed_step._SHARE", 1)
    shared = begun(policy, prompts, rows=5)
    assert (len(shared.shares), len(together.shares)) == (2, 1)
    noise = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        for step in range(8):
            ids = torch.randint(20, 250, (2, 5), generator=noise)
            whole = together.logprobs(step, ids.flatten())
            assert torch.equal(whole, shared.logprobs(step, ids.flatten()))
            for row, one in enumerate(alone):
                assert torch.equal(whole.view(2, 5, -1)[:, row], one.logprobs(step, ids[:, row]))


def test_changed_weights_are_seen_however_they_were_changed(
    open_tiny: Callable[..., AudioPolicy], prompts: list[Prompt], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = open_tiny()
    before = sample(policy, prompts, SEEDS, SETTINGS)
    for layer in policy.language_model.layers:
        layer.mlp.down_proj.weight.data *= 1.5  # which torch does not count
    packed = sample(policy, prompts, SEEDS, SETTINGS)
    monkeypatch.setattr("policies.packed._MOST", 0)
    plain = sample(policy, prompts, SEEDS, SETTINGS)
    assert [r.ids for g in packed for r in g] == [r.ids for g in plain for r in g]
    assert [r.ids for g in packed for r in g] != [r.ids for g in before for r in g]


@pytest.mark.parametrize("targets", [("q_proj", "k_proj", "v_proj", "o_proj"),
                                     ("v_proj", "gate_proj", "up_proj", "down_proj")])  # fmt: skip
def test_an_adapter_is_in_the_packed_weights(
    open_tiny: Callable[..., AudioPolicy], prompts: list[Prompt], targets: tuple[str, ...]
) -> None:
    policy = shuffled_adapter(open_tiny(), targets=targets)
    assert type(begun(policy, prompts)) is PackedStep
    groups = sample(policy, prompts, SEEDS, SETTINGS)
    with torch.no_grad():
        learned = group_logprobs(policy, prompts, [[r.ids for r in g] for g in groups], 1.0)
        with policy.model.disable_adapter():
            without = group_logprobs(policy, prompts, [[r.ids for r in g] for g in groups], 1.0)
    found = [row.logprobs_T for group in groups for row in group]
    expected, bare = ([row.numpy() for g in each for row in g] for each in (learned, without))
    assert max(np.abs(a - b).max() for a, b in zip(found, expected, strict=True)) < 3e-5
    assert max(np.abs(a - b).max() for a, b in zip(found, bare, strict=True)) > 1e-2


def _half_precision(policy: AudioPolicy) -> None:
    policy.model.to(torch.bfloat16)


def _variant(policy: AudioPolicy) -> None:
    from peft import LoraConfig, get_peft_model

    settings = LoraConfig(r=2, target_modules=r".*language_model.*\.q_proj", use_dora=True)
    policy.model = get_peft_model(policy.model, settings)


def _bias_in_the_adapter(policy: AudioPolicy) -> None:
    from peft import LoraConfig, get_peft_model

    settings = LoraConfig(r=2, target_modules=r".*language_model.*\.q_proj", lora_bias=True)
    policy.model = get_peft_model(policy.model, settings)


def _other_angles(policy: AudioPolicy) -> None:
    """Both halves of a head turn by angles of their own, which one complex number cannot."""
    rotary = policy.language_model.rotary_emb

    def angles(self: Any, x: torch.Tensor, places: torch.Tensor) -> Any:
        cos, sin = type(self).forward(self, x, places)
        slower = type(self).forward(self, x, places * 0.5)
        half = cos.shape[-1] // 2
        return tuple(torch.cat([a[..., :half], b[..., half:]], dim=-1)
                     for a, b in zip((cos, sin), slower, strict=True))  # fmt: skip

    rotary.forward = MethodType(angles, rotary)


@pytest.mark.parametrize("change", [_half_precision, _variant, _bias_in_the_adapter, _other_angles])
def test_what_the_packed_form_does_not_know_runs_on_the_models_own_parameters(
    open_tiny: Callable[..., AudioPolicy], prompts: list[Prompt], change: Callable[..., None]
) -> None:
    policy = open_tiny()
    assert type(begun(policy, prompts)) is PackedStep
    policy = open_tiny()
    change(policy)
    assert type(begun(policy, prompts)) is DecodeStep


def test_a_rotation_that_only_the_proof_tells_apart_still_samples_as_it_learns(
    open_tiny: Callable[..., AudioPolicy], prompts: list[Prompt], caplog: pytest.LogCaptureFixture
) -> None:
    policy = open_tiny()
    _other_angles(policy)
    groups = sample(policy, prompts, SEEDS, SETTINGS)
    (told,) = caplog.messages
    assert "the compiled decoding step differs from the library's layers by" in told
    with torch.no_grad():
        learned = group_logprobs(policy, prompts, [[r.ids for r in g] for g in groups], 1.0)
    for group, rows in zip(groups, learned, strict=True):
        for row, expected in zip(group, rows, strict=True):
            assert np.abs(row.logprobs_T - expected.numpy()).max() < 1e-4


@pytest.mark.parametrize(
    "part", ["", "self_attn", "mlp", "input_layernorm", "post_attention_layernorm"]
)
def test_a_layer_with_a_part_of_another_class_is_refused(
    open_tiny: Callable[..., AudioPolicy], prompts: list[Prompt], part: str
) -> None:
    policy = open_tiny()
    module = policy.language_model.layers[1].get_submodule(part)
    module.__class__ = type("Another", (type(module),), {})
    with pytest.raises(ConfigError, match="does not know this decoder: got a Another in its lay"):
        sample(policy, prompts, SEEDS, SETTINGS)


def test_another_activation_is_refused(
    open_tiny: Callable[..., AudioPolicy], prompts: list[Prompt]
) -> None:
    policy = open_tiny()
    policy.language_model.layers[1].mlp.act_fn = nn.GELU()
    with pytest.raises(ConfigError, match="got a GELU in its layers, expected those of Qwen2"):
        sample(policy, prompts, SEEDS, SETTINGS)
