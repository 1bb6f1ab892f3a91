"""A decoding step on the model's own parameters, against the learner's log-probs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.logprobs import group_logprobs
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import build_tiny

SETTINGS = SamplingSettings(max_new_tokens=9)


@pytest.fixture(autouse=True)
def own_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    """No packed copy: the form that GPUs and half precision get."""
    monkeypatch.setattr("policies.packed._MOST", 0)


def _gap(policy: AudioPolicy, prompts: Sequence[Prompt], rows: int) -> float:
    """The largest difference between what was drawn under and what is learned."""
    seeds = [[3 + 10 * n + g for g in range(rows)] for n in range(len(prompts))]
    groups = sample(policy, prompts, seeds, SETTINGS)
    with torch.no_grad():
        learned = group_logprobs(policy, prompts, [[row.ids for row in g] for g in groups])
    pairs = [
        (row.logprobs_T, expected.numpy())
        for group, own in zip(groups, learned, strict=True)
        for row, expected in zip(group, own, strict=True)
    ]
    return max(float(np.abs(drawn - expected).max()) for drawn, expected in pairs)


@pytest.fixture(
    scope="module",
    params=[(32, 4, 1), (32, 4, 4), (256, 2, 1)],
    ids=["one key head", "a key head each", "large heads"],
)
def headed(request: Any, tmp_path_factory: Any, smaller_sizes: Any) -> AudioPolicy:
    """Whose query heads share one key head, or have one each as those of Qwen2-Audio do."""
    folder: Path = tmp_path_factory.mktemp("headed")
    hidden, heads, kv = request.param
    sizes = replace(smaller_sizes, text_hidden=hidden, text_heads=heads, text_kv_heads=kv)
    policy = AudioPolicy.load(build_tiny(folder, ["What is the key?"], sizes=sizes, seed=1))
    with torch.no_grad():
        for layer in policy.language_model.layers:
            for part in (layer.self_attn.q_proj, layer.self_attn.k_proj):
                part.weight *= 8 * (32 / hidden) ** 0.5  # so that it matters what is attended to
    return policy


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (2, 1), (1, 3), (2, 3)])
def test_logprobs_are_the_learners_however_many_heads_rows_and_prompts(
    headed: AudioPolicy, ask: Callable[..., Any], sound: Callable[..., Any], count: int, rows: int
) -> None:
    prompts = [headed.prompt(ask(), sound(n, 0.4 + n)) for n in range(count)]
    assert _gap(headed, prompts, rows) < 1e-5


def test_an_adapter_of_the_embeddings_is_heard_of(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any
) -> None:
    from peft import LoraConfig, get_peft_model

    policy, noise = open_tiny(), torch.Generator().manual_seed(1)
    policy.model = get_peft_model(
        policy.model, LoraConfig(r=2, target_modules=["embed_tokens", "v_proj"])
    )
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_" in name:
                weight.copy_(0.3 * torch.randn(weight.shape, generator=noise))
    assert _gap(policy, [prompt_of(seed=1), prompt_of("And?", seed=2)], 2) < 1e-4
