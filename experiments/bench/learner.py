"""What the learner saves by reading a prompt once: `python -m experiments.bench.learner`.

Log-probs of one group of G completions about one clip, forward and backward,
against the plain form: the stock forward over a padded batch in which every
completion has its own copy of prompt and clip, logits of the completions only.
Completions have T/2 to T tokens, as sampled ones differ; ``even`` rows have T each,
the plain form's best case.

Both forms run in turn in one process; the ratio of the medians of their CPU seconds
is the figure (with ``--threads 2`` of their wall-clock seconds, on an idle machine). A
form that takes long is run once. Memory is what a process of its own, in which our form
has run once, grows by over three runs of one form (one, where that takes long), measured
by the kernel. All processes keep freed memory, as the learner's do.

Rows
----
full        all weights learn
even        the same, all completions of one length
lora        an adapter of rank 16 on the decoder's attention; encoder and head frozen
checkpoint  all weights, activations of the decoder computed again in the backward

At 7,500 audio tokens the plain form is not run: its figures, marked ~, are those of the
parabola through its rows of the same G and T.

Floors
------
operations  2 per weight and token forward, twice that backward for weights that
            learn, once for frozen ones (with checkpoints the forward once more);
            4 h d per pair of query and key forward, 10 h d backward; the head on
            completion tokens. Beside the time they would take at the rate of a
            512 x 512 x 512 product, measured in the same run.
bytes       weights read forward and backward, gradients written once, and the
            residual stream of every layer written and read. A lower bound.

``--quick`` runs a few shapes. ``--pieces N`` has ours read the group in N micro-batches, the
prompt in each, which a smaller token budget (``grpo.micro_tokens``) does: memory for time.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pipe, get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from experiments.bench._last_layer import unread
from policies.audio import Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.decoder import RATE
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, open_policy
from policies.memory import keep_freed_memory
from policies.records import Prompt
from policies.tiny import TinySizes, build_tiny
from rewards.records import Clip, Question

SIZES = TinySizes(text_hidden=256, text_layers=4, text_heads=8, text_kv_heads=2)
TOKENS_A_SECOND = 10  # of audio, in the tiny model
REPEATS = 3
LONG = 5.0  # seconds of a run that is not repeated
FORMS = ("full", "even", "lora", "checkpoint")
Answer = TypeVar("Answer")
_libc = ctypes.CDLL(None)


class Shape(NamedTuple):
    """One group: audio tokens, G completions of T tokens each."""

    audio: int
    group: int
    tokens: int


class Run(NamedTuple):
    """Of one form: the median of its seconds, and bytes that its process grew by."""

    seconds: float
    bytes: float


FULL = [Shape(a, g, t) for a in (100, 750, 3000) for g in (8, 16) for t in (64, 256)]
SOME = [Shape(100, 8, 64), Shape(750, 8, 64), Shape(3000, 8, 256)]
FAR = Shape(7500, 8, 256)
QUICK = [Shape(100, 8, 256), Shape(750, 8, 64)]


def main() -> None:
    """Print one line per shape and form."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few shapes only")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument("--pieces", type=int, default=1, help="micro-batches of a group")
    asked = parser.parse_args()
    torch.set_num_threads(1)  # here; the processes that measure have what was asked for
    rate = _apart(_rate, asked.threads)
    print(f"{asked.threads} thread(s), {rate / 1e9:.0f} GFLOP/s in a product of 512 x 512 matrices")
    print(
        f"{'form':>10} {'audio':>6} {'G':>3} {'T':>4} {'plain':>9} {'ours':>8} {'ratio':>6}"
        f" {'MB plain':>9} {'ours':>6} {'share':>6} {'floor GFLOP':>12} {'s':>6} {'MB':>5}"
    )
    with tempfile.TemporaryDirectory() as folder:
        texts = ["What is the key? <think>It closes on D.</think> <answer>D major</answer>"]
        build_tiny(Path(folder), texts, sizes=SIZES, seed=1)
        for form in FORMS:
            bench = Bench(_policy(Path(folder), form), form, rate, asked.threads, asked.pieces)
            for shape in QUICK if asked.quick else FULL if form == "full" else SOME:
                bench.print_line(shape)
            if form == "full" and not asked.quick:
                bench.print_line(FAR, extrapolate=True)


@dataclass(frozen=True, slots=True)
class Bench:
    """One form of learning.

    Attributes:
        known: what the plain form took, by shape.
    """

    policy: AudioPolicy
    form: str
    rate: float
    threads: int
    pieces: int = 1
    known: dict[Shape, Run] = field(default_factory=dict)

    def print_line(self, shape: Shape, *, extrapolate: bool = False) -> None:
        """Measure both forms, or ours beside what the plain form would take."""
        prompt, ids = self._group(shape)
        ours = partial(_ours, self.policy, prompt, ids, self.pieces)
        plain = partial(_plain, self.policy, prompt, ids)
        forms = [ours] if extrapolate else [ours, plain]
        bytes_of = [_apart(partial(_grown, ours, run), self.threads) for run in forms]
        seconds = _apart(partial(_race, forms, self.threads), self.threads)
        found = [Run(*pair) for pair in zip(seconds, bytes_of, strict=True)]
        if extrapolate:
            found.append(self._further(shape))
        else:
            self.known[shape] = found[1]
        lengths = [len(row) for row in ids]
        operations, floor = _floor(self.policy, self.form, len(prompt.ids), shape, lengths)
        (mine, theirs), mark = found, "~" if extrapolate else ""
        print(
            f"{self.form:>10} {shape.audio:>6} {shape.group:>3} {shape.tokens:>4}"
            f" {mark + format(theirs.seconds, '.2f'):>8}s {mine.seconds:>7.2f}s"
            f" {mark + format(theirs.seconds / mine.seconds, '.1f'):>5}x"
            f" {mark + format(theirs.bytes / 1e6, '.0f'):>9} {mine.bytes / 1e6:>6.0f}"
            f" {mark + format(mine.bytes / theirs.bytes, '.2f'):>6} {operations / 1e9:>12.1f}"
            f" {operations / self.rate:>6.2f} {floor / 1e6:>5.0f}",
            flush=True,
        )

    def _group(self, shape: Shape) -> tuple[Prompt, list[tuple[int, ...]]]:
        rng = np.random.default_rng(0)
        words = len(self.policy.processor.tokenizer)
        least = shape.tokens if self.form == "even" else shape.tokens // 2
        lengths = np.linspace(least, shape.tokens, shape.group).round().astype(int).tolist()
        ids = [tuple(rng.integers(10, words, n).tolist()) for n in lengths]
        return _prompt(self.policy, shape.audio), ids

    def _further(self, shape: Shape) -> Run:
        alike = {s.audio: run for s, run in self.known.items() if s[1:] == shape[1:]}
        fits = (np.polyfit(list(alike), values, 2) for values in zip(*alike.values(), strict=True))
        return Run(*(float(np.polyval(fit, shape.audio)) for fit in fits))


def _policy(folder: Path, form: str) -> AudioPolicy:
    policy = open_policy(folder, lora=LoraSettings() if form == "lora" else None)
    policy.model.eval()
    if form == "checkpoint":
        policy.base.activation_checkpointing_enable()
        policy.model.train()  # transformers checkpoints in training mode only
    return policy


def _apart(run: Callable[[], Answer], threads: int) -> Answer:
    """What a process of its own answers: nothing that ran before it is in its memory."""
    receiver, sender = Pipe(duplex=False)

    def answer() -> None:
        torch.set_num_threads(threads)
        keep_freed_memory()
        sender.send(run())

    child = get_context("fork").Process(target=answer)
    child.start()
    sender.close()
    found = receiver.recv()
    child.join()
    return found


def _race(forms: Sequence[Callable[[], None]], threads: int) -> list[float]:
    """Medians of interleaved runs [s]; the first warms up, unless it is the only one."""
    clock = time.process_time if threads == 1 else time.perf_counter
    seconds: list[list[float]] = [[] for _ in forms]
    for _ in range(REPEATS + 1):
        for own, run in zip(seconds, forms, strict=True):
            if sum(own) < LONG:
                began = clock()
                run()
                own.append(clock() - began)
    return [statistics.median(own[1:] or own) for own in seconds]


def _grown(warm: Callable[[], None], run: Callable[[], None]) -> float:
    """Bytes that this process grows by at most, once its libraries are warm."""
    warm()
    gc.collect()
    _libc.malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
    before, began = _status("VmRSS"), time.process_time()
    for _ in range(REPEATS):
        if time.process_time() - began < LONG:
            run()
    return _status("VmHWM") - before


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
    products = decoder * row - unread(policy.language_model) * prompt
    pairs_of_all = text.num_hidden_layers * pairs - prompt**2 / 2
    forward = 2 * products + 4 * text.hidden_size * pairs_of_all
    frozen = form == "lora"
    backward = (2 if frozen else 4) * products + 10 * text.hidden_size * pairs_of_all
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


def _ours(policy: AudioPolicy, prompt: Prompt, ids: list[tuple[int, ...]], pieces: int = 1) -> None:
    size = -(-len(ids) // pieces)
    for start in range(0, len(ids), size):
        rows = group_logprobs(policy, [prompt], [ids[start : start + size]])
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
