"""Sampler, learner and transformers' own forward agree on models of any shape.

Each seed draws a model (family, size and number of heads, layers), prompts and rows. The small
model of the other tests has heads of 8: what depends on a size shows here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.decoder import RATE
from policies.families import FAMILIES
from policies.logprobs import group_logprobs
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import TinySizes, build_tiny

SEEDS = [
    *range(5),
    *(pytest.param(seed, marks=pytest.mark.chaos) for seed in range(5, 150)),
]
Ask = Callable[..., Any]


class Drawn:
    """A policy, prompts about sounds, and how many rows of how many tokens are drawn of each."""

    def __init__(self, seed: int, folder: Path, ask: Ask, sound: Ask):
        noise, by = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
        kv = int(noise.integers(1, 4))
        heads = kv * int(noise.integers(1, 8))
        size = int(noise.choice([n for n in (8, 10, 24, 32, 40, 64, 128) if n * heads <= 640]))
        sizes = TinySizes(
            audio_hidden=32, audio_layers=1, audio_heads=2, mel_bins=16, n_fft=512, chunk_seconds=1,
            text_hidden=heads * size, text_heads=heads, text_kv_heads=kv,
            text_layers=int(noise.integers(1, 4)),
        )  # fmt: skip
        family = str(noise.choice(sorted(FAMILIES)))
        folder = build_tiny(folder, ["What is the key?"], sizes=sizes, seed=seed, family=family)
        self.policy = AudioPolicy.load(folder)
        self.policy.model.eval()
        with torch.no_grad():
            for layer in self.policy.language_model.layers:
                for part in (layer.self_attn.q_proj, layer.self_attn.k_proj):
                    # So that it matters what is attended to, whatever the size.
                    part.weight *= 6 * (32 / sizes.text_hidden) ** 0.5
                    part.bias += 0.1 * torch.randn(part.bias.shape, generator=by)
        asked = ("What is the key?", "And?", "Which chord ends the phrase, and in which meter?")
        self.prompts = [
            self.policy.prompt(ask(text), sound(n, float(noise.uniform(0.2, 1.0))))
            for n, text in enumerate(asked[: noise.integers(1, 4)])
        ]
        self.rows = int(noise.integers(1, 10))
        self.settings = SamplingSettings(
            max_new_tokens=int(noise.choice([1, 5, 33, 40, 70])),
            temperature=float(noise.choice([0.7, 1.0, 1.4])),
        )

    def sampled(self) -> list[list[Any]]:
        """The rows of each prompt."""
        seeds = [[100 * n + g for g in range(self.rows)] for n in range(len(self.prompts))]
        return sample(self.policy, self.prompts, seeds, self.settings)


def _stock(policy: AudioPolicy, prompt: Prompt, ids: tuple[int, ...], temperature: float) -> Any:
    """Log-probs of a completion by the model's forward, of one row behind its own prompt."""
    (clip,) = prompt.clips
    features = policy.processor(
        text=policy.processor.audio_token, audio=clip.samples_S, sampling_rate=RATE,
        return_tensors="pt",
    )  # fmt: skip
    names = ("input_features", policy.family.mask_name)
    heard = {name: features[name] for name in names}
    heard["input_features"] = heard["input_features"].to(policy.base.dtype)
    row = torch.tensor([(*prompt.ids, *ids)])
    logits = policy.base(input_ids=row, attention_mask=torch.ones_like(row), **heard).logits[0]
    logits[:, list(policy.suppressed_ids)] = -torch.inf
    chosen = (logits / temperature).log_softmax(dim=-1)[len(prompt.ids) - 1 : -1]
    return chosen.gather(1, torch.tensor(ids)[:, None]).squeeze(1)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_sampled_is_learned_and_is_what_the_stock_model_says(
    seed: int, tmp_path: Path, ask: Ask, sound: Ask
) -> None:
    drawn = Drawn(seed, tmp_path, ask, sound)
    policy, heat = drawn.policy, drawn.settings.temperature
    groups = drawn.sampled()
    with torch.no_grad():
        learned = group_logprobs(policy, drawn.prompts, [[r.ids for r in g] for g in groups], heat)
        for prompt, group, own in zip(drawn.prompts, groups, learned, strict=True):
            for row, values in zip(group, own, strict=True):
                stock = _stock(policy, prompt, row.ids, heat)
                assert (values - stock).abs().max() < 1e-4
                assert np.abs(row.logprobs_T - stock.numpy()).max() < 1e-4


@pytest.mark.parametrize("seed", SEEDS)
def test_gradients_of_groups_are_those_of_rows_behind_their_own_prompts(
    seed: int, tmp_path: Path, ask: Ask, sound: Ask, keep_float64: Callable[[Any], None]
) -> None:
    drawn = Drawn(seed, tmp_path, ask, sound)
    policy, heat = drawn.policy, drawn.settings.temperature
    groups = [[row.ids for row in group] for group in drawn.sampled()]
    keep_float64(policy.model.double())
    weights = [p for p in policy.model.parameters() if p.requires_grad]

    def slopes(logprobs: list[torch.Tensor]) -> list[torch.Tensor | None]:
        by = torch.Generator().manual_seed(seed)
        shares = [torch.randn(x.shape, generator=by, dtype=x.dtype) for x in logprobs]
        total = sum((x * w).sum() for x, w in zip(logprobs, shares, strict=True))
        return [*torch.autograd.grad(total, weights, allow_unused=True)]

    ours = slopes([x for g in group_logprobs(policy, drawn.prompts, groups, heat) for x in g])
    theirs = slopes(
        [
            _stock(policy, prompt, ids, heat)
            for prompt, group in zip(drawn.prompts, groups, strict=True)
            for ids in group
        ]
    )
    for one, other in zip(ours, theirs, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert (one - other).abs().max() <= 1e-9 * max(1.0, float(other.abs().max()))
