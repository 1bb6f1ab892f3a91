"""What the learner saves by reading a prompt once: `python -m experiments.bench.learner`.

Log-probs of one group of G completions about one clip, forward and backward,
against the plain form: the stock forward over a padded batch in which every
completion has its own copy of prompt and clip, logits of the completions only.
Completions have T/2 to T tokens, as sampled ones differ; ``even`` rows have T each,
the plain form's best case. Both forms run in turn in one process on one thread; the
ratio of the medians of their CPU seconds is the figure. Memory is what the process
grows by, measured by the kernel, with the allocator's reserve handed back before.

Rows
----
full        all weights learn
even        the same, all completions of one length
lora        an adapter of rank 16 on the decoder's attention; encoder and head frozen
checkpoint  all weights, activations of the decoder computed again in the backward

Floors
------
operations  2 per weight and token forward, twice that backward for weights that
            learn, once for frozen ones (with checkpoints the forward once more);
            4 h d per pair of query and key forward, 10 h d backward; the head on
            completion tokens. Beside the time they would take at the rate of a
            512 x 512 x 512 product, measured in the same run.
bytes       weights read forward and backward, gradients written once, and the
            residual stream of every layer written and read. A lower bound.

``--quick`` runs a few shapes.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from policies.audio import RATE, Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, open_policy
from policies.records import Prompt
from policies.tiny import TinySizes, build_tiny
from rewards.records import Clip, Question

SIZES = TinySizes(text_hidden=256, text_layers=4, text_heads=8, text_kv_heads=2)
TOKENS_A_SECOND = 10  # of audio, in the tiny model
REPEATS = 3
FORMS = ("full", "even", "lora", "checkpoint")
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Shape:
    """One group: audio tokens, G completions of T tokens each."""

    audio: int
    group: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Run:
    """Medians of one form: seconds and bytes that the process grew by."""

    seconds: float
    bytes: float


ALL = [Shape(a, g, t) for a in (100, 750, 3000) for g in (8, 16) for t in (64, 256)]
QUICK = [Shape(100, 8, 256), Shape(750, 8, 64)]


def main() -> None:
    """Print one line per shape and form."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few shapes only")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    rate = _rate()
    print(f"one thread, {rate / 1e9:.0f} GFLOP/s in a product of 512 x 512 matrices")
    print(
        f"{'form':>10} {'audio':>6} {'G':>3} {'T':>4} {'plain':>8} {'ours':>8} {'ratio':>6}"
        f" {'MB plain':>9} {'ours':>6} {'share':>6} {'floor GFLOP':>12} {'s':>6} {'MB':>5}"
    )
    with tempfile.TemporaryDirectory() as folder:
        texts = ["What is the key? <think>It closes on D.</think> <answer>D major</answer>"]
        build_tiny(Path(folder), texts, sizes=SIZES, seed=1)
        for form in FORMS:
            policy = _policy(Path(folder), form)
            for shape in QUICK if quick else ALL:
                if form == "full" or quick or shape.group == 8:  # G 16 for one form is enough
                    print(_line(policy, form, shape, rate), flush=True)


def _policy(folder: Path, form: str) -> AudioPolicy:
    policy = open_policy(folder, lora=LoraSettings() if form == "lora" else None)
    policy.model.eval()
    if form == "checkpoint":
        policy.base.activation_checkpointing_enable()
        policy.model.train()  # transformers checkpoints in training mode only
    return policy


def _line(policy: AudioPolicy, form: str, shape: Shape, rate: float) -> str:
    prompt = _prompt(policy, shape.audio)
    rng = np.random.default_rng(0)
    words = len(policy.processor.tokenizer)
    least = shape.tokens if form == "even" else shape.tokens // 2
    lengths = np.linspace(least, shape.tokens, shape.group).round().astype(int).tolist()
    ids = [tuple(rng.integers(10, words, n).tolist()) for n in lengths]
    plain, ours = _race(lambda: _plain(policy, prompt, ids), lambda: _ours(policy, prompt, ids))
    operations, floor = _floor(policy, form, len(prompt.ids), shape, lengths)
    return (
        f"{form:>10} {shape.audio:>6} {shape.group:>3} {shape.tokens:>4} {plain.seconds:>7.2f}s"
        f" {ours.seconds:>7.2f}s {plain.seconds / ours.seconds:>5.1f}x {plain.bytes / 1e6:>9.0f}"
        f" {ours.bytes / 1e6:>6.0f} {ours.bytes / plain.bytes:>6.2f} {operations / 1e9:>12.1f}"
        f" {operations / rate:>6.2f} {floor / 1e6:>5.0f}"
    )


def _race(*forms: Callable[[], None]) -> list[Run]:
    """Interleaved runs of each; the first warms up."""
    seconds: list[list[float]] = [[] for _ in forms]
    grown: list[list[float]] = [[] for _ in forms]
    for turn in range(REPEATS + 1):
        for n, run in enumerate(forms):
            before = _reset_peak()
            began = time.process_time()
            run()
            if turn:
                seconds[n].append(time.process_time() - began)
                grown[n].append(_status("VmHWM") - before)
    return [
        Run(statistics.median(s), statistics.median(g)) for s, g in zip(seconds, grown, strict=True)
    ]


def _reset_peak() -> float:
    """Hands free memory back and forgets the peak; what is in use now [bytes]."""
    gc.collect()
    _libc.malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith(name))


def _rate() -> float:
    """Operations a second of a matrix product, the best of several."""
    a, b = torch.randn(512, 512), torch.randn(512, 512)
    best = min(_seconds(lambda: a @ b) for _ in range(30))
    return 2 * 512**3 / best


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _floor(
    policy: AudioPolicy, form: str, prompt: int, shape: Shape, lengths: list[int]
) -> tuple[float, float]:
    """Operations and bytes of our form that no implementation of it can do without."""
    text = policy.base.config.text_config
    own, row = sum(lengths), prompt + sum(lengths)
    decoder = sum(p.numel() for n, p in policy.language_model.named_parameters() if p.dim() == 2)
    decoder -= text.vocab_size * text.hidden_size  # the embeddings are looked up
    head = text.vocab_size * text.hidden_size
    encoder = sum(p.numel() for p in policy.base.model.audio_tower.parameters())
    pairs = prompt**2 / 2 + own * prompt + sum(n**2 for n in lengths) / 2
    width = text.num_hidden_layers * text.hidden_size
    forward = 2 * decoder * row + 4 * width * pairs
    frozen = form == "lora"
    backward = (2 if frozen else 4) * decoder * row + 10 * width * pairs
    heads = (4 if frozen else 6) * head * own
    heard = (2 if frozen else 6) * encoder * 2 * shape.audio
    again = forward if form == "checkpoint" else 0
    stream = 4 * row * text.hidden_size * text.num_hidden_layers
    weights = 4 * (decoder + head)
    return forward + backward + again + heads + heard, 2 * stream + (2 if frozen else 3) * weights


def _prompt(policy: AudioPolicy, audio: int) -> Prompt:
    count = audio * RATE // TOKENS_A_SECOND
    samples_S = np.random.default_rng(1).standard_normal(count).astype(np.float32) * 0.1
    question = Question("bench", "What is the key?", Clip("noise"))
    return policy.prompt(question, Waveform(samples_S, sha256_of(samples_S)))


def _ours(policy: AudioPolicy, prompt: Prompt, ids: list[tuple[int, ...]]) -> None:
    rows = group_logprobs(policy, [prompt], [ids])
    torch.cat(rows[0]).sum().backward()
    policy.model.zero_grad()


def _plain(policy: AudioPolicy, prompt: Prompt, ids: list[tuple[int, ...]]) -> None:
    heard = policy.hear(prompt.clips[0].samples_S, prompt.clips[0].sha256)
    own = pad_sequence([torch.tensor(row) for row in ids], batch_first=True)
    real = pad_sequence([torch.ones(len(row), dtype=torch.long) for row in ids], batch_first=True)
    prompts = torch.tensor([prompt.ids] * len(ids))
    inputs: dict[str, Any] = {
        "input_ids": torch.cat([prompts, own], dim=1),
        "attention_mask": torch.cat([torch.ones_like(prompts), real], dim=1),
        "input_features": heard.features.repeat(len(ids), 1, 1),
        policy.family.mask_name: heard.mask.repeat(len(ids), 1),
    }
    logits = policy.model(**inputs, logits_to_keep=own.shape[1] + 1).logits[:, :-1]
    logits[..., list(policy.suppressed_ids)] = -torch.inf  # the same distribution
    chosen = logits.log_softmax(-1).gather(2, own[..., None])[..., 0]
    (chosen * real).sum().backward()
    policy.model.zero_grad()


if __name__ == "__main__":
    main()
