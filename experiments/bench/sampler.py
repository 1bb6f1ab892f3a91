"""Tokens a second of the embedded sampler: `python -m experiments.bench.sampler`.

Against ``generate(num_return_sequences=G)`` of the same model on the same prompts,
both in turn in one process and one thread (``--threads``); the ratio of medians is
the figure. One thread is measured by its processor time, which other programs disturb
less, several by the clock. Rows never stop early: the end token is out of both
distributions.

The floor of a decoding step is the larger of its arithmetic (2 per weight of decoder
and head and row; 4 per head size, query head, row and key) at the rate of a large
matrix product of this run and thread, and its bytes (weights and prefix read once)
at the rate of a copy.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from experiments.bench._shapes import SIZES as STEPS
from policies.audio import Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.decoder import RATE
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import TinySizes, build_tiny
from rewards.records import Clip, Question

GROUP = 8
LONG = 8.0  # seconds of ``generate`` at least: a short run's median wants more than three
# The decoder of the published prototypes' figures, and those of a step.
SIZES = STEPS | {"256x4": TinySizes(text_hidden=256, text_layers=4, text_heads=8, text_kv_heads=4)}


@dataclass(frozen=True, slots=True)
class Shape:
    """One line: the model, audio tokens, T, prompts at once."""

    size: str
    audio: int
    tokens: int
    prompts: int = 1


SHAPES = (
    *(Shape("256x4", audio, tokens) for audio in (100, 750, 3000) for tokens in (64, 256)),
    Shape("256x4", 100, 64, 8),
    Shape("256x4", 750, 64, 8),
    Shape("quickstart", 30, 64, 8),
    Shape("57M", 300, 64, 2),
)


def main() -> None:
    """Print one line per shape."""
    asked = _arguments()
    torch.set_num_threads(asked.threads)
    rate, bandwidth = ceilings()
    print(f"{asked.threads} thread(s), {rate / 1e9:.0f} GFLOP/s, copy {bandwidth / 1e9:.0f} GB/s")
    print(f"{'model':>10} {'audio':>6} {'T':>4} {'N x G':>6} {'generate':>10} {'ours':>10} "
          f"{'ratio':>6} {'tokens/s':>9} {'floor':>8}")  # fmt: skip
    policies = {name: policy_of(sizes) for name, sizes in SIZES.items()}
    for shape in SHAPES[:: 3 if asked.quick else 1]:
        print(line(policies[shape.size], shape, asked.repeats, rate, bandwidth), flush=True)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description="The sampler against generate")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="every third shape")
    return parser.parse_args()


def line(policy: AudioPolicy, shape: Shape, repeats: int, rate: float, bandwidth: float) -> str:
    """Both forms in turn, as one line of the table."""
    prompts = [prompt_of(policy, shape.audio, n) for n in range(shape.prompts)]
    settings = SamplingSettings(max_new_tokens=shape.tokens)
    seeds = [[8 * n + g for g in range(GROUP)] for n in range(shape.prompts)]
    forms = {
        "generate": lambda: generate(policy, prompts, shape.tokens),
        "ours": lambda: sample(policy, prompts, seeds, settings),
    }
    times: dict[str, list[float]] = {name: [] for name in forms}
    for run in forms.values():  # warms up
        run()
    while len(times["ours"]) < repeats or sum(times["generate"]) < LONG:
        for name, run in forms.items():
            times[name].append(_seconds(run))
    a, b = statistics.median(times["generate"]), statistics.median(times["ours"])
    drawn = shape.prompts * GROUP * shape.tokens
    floor = shape.tokens * step_floor(policy, shape, rate, bandwidth)
    rows = f"{shape.prompts} x {GROUP}"
    place = f"{shape.size:>10} {shape.audio:>6} {shape.tokens:>4} {rows:>6}"
    return f"{place} {a:>8.2f} s {b:>8.2f} s {a / b:>5.1f}x {drawn / b:>9.0f} {floor:>6.3f} s"


def step_floor(policy: AudioPolicy, shape: Shape, rate: float, bandwidth: float) -> float:
    """Seconds that a decoding step cannot do without (see the top of this module)."""
    config, rows = policy.language_model.config, shape.prompts * GROUP
    weights = sum(p.numel() for p in policy.language_model.layers.parameters())
    weights += policy.base.lm_head.weight.numel()
    keys = shape.audio + shape.tokens / 2
    flops = 2 * weights * rows + 4 * config.hidden_size * config.num_hidden_layers * rows * keys
    width = config.hidden_size // config.num_attention_heads * config.num_key_value_heads
    moved = weights + 2 * width * config.num_hidden_layers * (
        shape.prompts * shape.audio + rows * shape.tokens / 2
    )
    return max(flops / rate, 4 * moved / bandwidth)


def ceilings() -> tuple[float, float]:
    """FLOP/s of a large float32 matrix product, byte/s of a large copy, in this run."""
    a = torch.randn(1024, 1024)
    source, target = torch.randn(2**24), torch.empty(2**24)
    product = min(_seconds(lambda: a @ a) for _ in range(5))
    copy = min(_seconds(lambda: target.copy_(source)) for _ in range(5))
    return 2 * 1024**3 / product, 2 * 4 * 2**24 / copy


def _seconds(run: Callable[[], object]) -> float:
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    began = clock()
    run()
    return clock() - began


def policy_of(sizes: TinySizes) -> AudioPolicy:
    """A policy of these sizes with random weights and an end token that is never drawn."""
    with tempfile.TemporaryDirectory() as folder:
        texts = ["What is the key? <think>It closes on D.</think> <answer>D major</answer>"]
        build_tiny(Path(folder), texts, sizes=sizes, seed=1)
        policy = AudioPolicy.load(folder)
    head = policy.base.lm_head
    head.bias = torch.nn.Parameter(torch.zeros(head.out_features))
    with torch.no_grad():
        head.bias[list(policy.end_ids)] = -1e4  # rows never stop early
    return policy


def prompt_of(policy: AudioPolicy, audio_tokens: int, seed: int) -> Prompt:
    """A prompt about noise of this many audio tokens, a tenth of a second each."""
    rng = np.random.default_rng(seed)
    samples_S = rng.standard_normal(audio_tokens * RATE // 10).astype(np.float32) * 0.1
    question = Question("bench", "What is the key?", Clip("noise"))
    return policy.prompt(question, Waveform(samples_S, sha256_of(samples_S)))


def generate(policy: AudioPolicy, prompts: list[Prompt], tokens: int) -> None:
    """The stock form: features of every clip, G sequences returned for each prompt."""
    heard = [policy.hear(p.clips[0].samples_S, p.clips[0].sha256) for p in prompts]
    with torch.inference_mode():
        policy.base.generate(
            input_ids=torch.tensor([p.ids for p in prompts]),
            attention_mask=torch.ones(len(prompts), len(prompts[0].ids), dtype=torch.long),
            input_features=torch.cat([h.features for h in heard]),
            input_features_mask=torch.cat([h.mask for h in heard]),
            do_sample=True,
            top_k=0,
            max_new_tokens=tokens,
            num_return_sequences=GROUP,
            suppress_tokens=list(policy.suppressed_ids),
        )


if __name__ == "__main__":
    main()
