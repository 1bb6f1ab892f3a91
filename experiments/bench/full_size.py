"""A GRPO step at Music Flamingo's real size: `python -m experiments.bench.full_size`.

Random weights in the dimensions of the 8B checkpoint (AF-Whisper encoder,
Qwen2.5-7B decoder), bfloat16, LoRA on the decoder, one group of G completions of
T tokens about one clip. Our form hears the clip and reads the prompt once; the
plain form is what TRL computes: ``generate(num_return_sequences=G)``, then a
forward and backward of rows that each carry their own copy of the clip.

Needs ``policies`` and ``rewards`` of this repository, torch >= 2.11, transformers
>= 5.17 and peft; a GPU of 80 GB for the default sizes. ``--size tiny`` runs the same
code anywhere, on figures that mean nothing.

Floors
------
arithmetic  2 w per token forward and 2 w backward (frozen weights need no gradient of
            their own), w the decoder's weights; attention 4 h d per pair of query and
            key forward, twice that backward; the head 2 hidden V per completion token,
            twice; the encoder 2 w_e per position. Of the last layer a prompt needs keys
            and values.
bytes       a decoding step reads every weight of the decoder and head once, and the
            prefix's keys and values once.

The share is floor / time, at the matrix rate and the bandwidth that the same run
measured. Seeds are fixed; the first run of each form warms up and is not counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from experiments.bench._full_size_model import FRAMES_A_SECOND, SIZES, Size, noise, opened
from experiments.bench._last_layer import unread
from policies.audio_policy import AudioPolicy
from policies.logprobs import group_logprobs
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What the device did in this run: bf16 matrix product [FLOP/s], copy [byte/s]."""

    flops: float
    bandwidth: float


@dataclass(slots=True)
class Row:
    """One measurement; ``seconds`` is None where it ran out of memory."""

    what: str
    audio_seconds: int
    prefix: int
    seconds: float | None
    peak_gb: float | None
    share: float | None = None
    note: str = ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table; write it as JSON where ``--out`` says."""
    asked = _arguments(arguments)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    size = SIZES[asked.size]
    rows: list[Row] = []
    ceilings = measure_ceilings(device, 8192 if device == "cuda" else 512)
    print(f"{_name(device)}, torch {torch.__version__}, matrix product {ceilings.flops / 1e12:.0f} "
          f"TFLOP/s, copy {ceilings.bandwidth / 1e12:.2f} TB/s", flush=True)  # fmt: skip
    policy = opened(size, device, eight_bits=asked.eight_bits)
    print(f"weights {_peak(device, reset=False):.1f} GB", flush=True)
    for seconds in asked.seconds:
        prompt = noise(policy, seconds)
        bench = Bench(policy, prompt, size, ceilings, seconds, asked)
        if asked.plain:
            print(f"{seconds:>4} s  mean |ours - plain| {bench.gap():.4f} nats", flush=True)
        for row in bench.rows():
            rows.append(row)
            print(_line(row), flush=True)
            if asked.out:
                found = {"device": _name(device), "torch": torch.__version__}
                found |= {"ceilings": asdict(ceilings), "arguments": vars(asked) | {"out": None}}
                found["rows"] = [asdict(one) for one in rows]
                asked.out.write_text(json.dumps(found, indent=1))


def _arguments(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description="A GRPO step at Music Flamingo's size")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seconds", type=int, nargs="+", default=[30, 180, 600])
    parser.add_argument("--group", type=int, default=8, help="G")
    parser.add_argument("--tokens", type=int, default=512, help="T")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--no-plain", dest="plain", action="store_false", help="ours only")
    parser.add_argument("--only", choices=["learner", "sampler"], help="one half of the step")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--eight-bits", action="store_true", help="the decoder's base in 8 bits")
    return parser.parse_args(arguments)


def measure_ceilings(device: str, edge: int) -> Ceilings:
    """Rate of an edge^3 matrix product and of a copy within the device's memory."""
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    a, b = (torch.randn(edge, edge, device=device, dtype=dtype) for _ in "ab")
    product = timed(device, lambda: a @ b, 10)
    source = torch.empty(edge * edge * 32, device=device, dtype=torch.uint8)
    target = torch.empty_like(source)
    copy = timed(device, lambda: target.copy_(source), 10)
    return Ceilings(2 * edge**3 / product, 2 * source.numel() / copy)


def timed(device: str, run: Callable[[], object], repeats: int) -> float:
    """Median seconds of a run after one that warms up."""
    found = []
    for turn in range(repeats + 1):
        _wait(device)
        began = time.perf_counter()
        run()
        _wait(device)
        if turn:
            found.append(time.perf_counter() - began)
    return statistics.median(found)


class Bench:
    """The forms of one step about one clip."""

    def __init__(
        self, policy: AudioPolicy, prompt: Prompt, size: Size, ceilings: Ceilings,
        seconds: int, asked: Any,
    ):  # fmt: skip
        self.policy, self.prompt, self.size, self.ceilings = policy, prompt, size, ceilings
        self.seconds, self.asked = seconds, asked
        self.device = policy.device.type
        rng = np.random.default_rng(0)
        shape = (asked.group, asked.tokens)
        self.ids = [tuple(row) for row in rng.integers(300, size.vocabulary, shape).tolist()]

    def rows(self) -> Any:
        """Measure; a form that runs out of memory is a row that says so."""
        if self.asked.only != "sampler":
            for checkpointing in (False, True):
                name = "learner, ours" + (", checkpointing" if checkpointing else "")
                yield self._learner(name, self._ours, checkpointing)
            if self.asked.plain:
                yield from self._plain_learner()
        if self.asked.only != "learner":
            yield self._sampler("sampler, ours", self._sample)
            if self.asked.plain:
                yield self._sampler("sampler, generate", self._generate)

    # -- learner ----------------------------------------------------------------------

    def _learner(self, name: str, run: Callable[[], object], checkpointing: bool) -> Row:
        # transformers checkpoints in training mode only; this model has no dropout.
        self.policy.model.train(checkpointing)
        switch = "enable" if checkpointing else "disable"
        getattr(self.policy.base, f"gradient_checkpointing_{switch}")()
        row = self._measure(name, run)
        if row.seconds is not None:
            row.share = self.learner_flops() / self.ceilings.flops / row.seconds
        self.policy.base.gradient_checkpointing_disable()
        self.policy.model.eval()
        return row

    def _plain_learner(self) -> Any:
        """The plain form at the most rows that fit, without and with checkpointing."""
        for checkpointing in (False, True):
            for rows in (self.asked.group, 2, 1):
                name = f"learner, plain, {rows} rows at once" + (
                    ", checkpointing" if checkpointing else ""
                )
                row = self._learner(name, lambda rows=rows: self._plain(rows), checkpointing)
                if row.seconds is not None or rows == 1:
                    yield row
                    break

    @torch.no_grad()
    def gap(self) -> float:
        """Mean distance of the two forms' log-probs on one completion [nats]."""
        ours = group_logprobs(self.policy, [self.prompt], [self.ids[:1]])[0][0]
        theirs = self._stock_logprobs(torch.tensor(self.ids[:1], device=self.device))[0]
        return float((ours.float() - theirs.float()).abs().mean())

    def _ours(self) -> None:
        rows = group_logprobs(self.policy, [self.prompt], [self.ids])[0]
        torch.cat(rows).sum().backward()
        self.policy.model.zero_grad()

    def _plain(self, rows: int) -> None:
        for start in range(0, len(self.ids), rows):
            own = torch.tensor(self.ids[start : start + rows], device=self.device)
            self._stock_logprobs(own).sum().backward()
        self.policy.model.zero_grad()

    def _stock_logprobs(self, own: torch.Tensor) -> torch.Tensor:
        """Log-probs (rows, T) by the stock forward, every row behind its own prompt."""
        inputs = self._stock(len(own))
        inputs["input_ids"] = torch.cat([inputs["input_ids"], own], dim=1)
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        logits = self.policy.model(**inputs, logits_to_keep=own.shape[1] + 1).logits[:, :-1]
        logits[..., list(self.policy.suppressed_ids)] = -torch.inf
        return logits.gather(2, own[..., None]).squeeze(-1) - logits.logsumexp(-1)

    # -- sampler ----------------------------------------------------------------------

    def _sampler(self, name: str, run: Callable[[], object]) -> Row:
        row = self._measure(name, run)
        if row.seconds is not None:
            tokens = self.asked.group * self.asked.tokens
            floor = self.asked.tokens * self.step_bytes() / self.ceilings.bandwidth
            row.share = floor / row.seconds
            row.note = f"{tokens / row.seconds:.0f} tokens/s"
        return row

    def _sample(self) -> None:
        settings = SamplingSettings(max_new_tokens=self.asked.tokens)
        sample(self.policy, [self.prompt], [list(range(self.asked.group))], settings)

    def _generate(self) -> None:
        with torch.inference_mode():
            self.policy.model.generate(
                **self._stock(1),
                do_sample=True,
                top_k=0,
                max_new_tokens=self.asked.tokens,
                min_new_tokens=self.asked.tokens,
                num_return_sequences=self.asked.group,
                suppress_tokens=list(self.policy.suppressed_ids),
            )

    # -- shared -----------------------------------------------------------------------

    def _stock(self, rows: int) -> dict[str, torch.Tensor]:
        heard = self.policy.hear(self.prompt.clips[0].samples_S, self.prompt.clips[0].sha256)
        dtype = self.policy.base.dtype
        return {
            "input_ids": torch.tensor([self.prompt.ids] * rows, device=self.device),
            "input_features": heard.features.to(self.device, dtype).repeat(rows, 1, 1),
            "input_features_mask": heard.mask.to(self.device).repeat(rows, 1),
        }

    def _measure(self, name: str, run: Callable[[], object]) -> Row:
        row = Row(name, self.seconds, len(self.prompt.ids), None, None)
        _peak(self.device, reset=True)
        try:
            row.seconds = timed(self.device, run, self.asked.repeats)
        except torch.cuda.OutOfMemoryError:
            row.note = "out of memory"
        row.peak_gb = _peak(self.device, reset=False)
        self.policy.model.zero_grad()
        if self.device == "cuda":
            torch.cuda.empty_cache()
        return row

    def decoder_weights(self) -> int:
        """Weights of the decoder's layers."""
        return sum(p.numel() for p in self.policy.language_model.layers.parameters())

    def learner_flops(self) -> float:
        """Arithmetic that a step cannot do without (see the top of this module)."""
        size, group, tokens = self.size, self.asked.group, self.asked.tokens
        prefix = len(self.prompt.ids)
        width = size.heads * (size.hidden // size.heads)
        pairs = prefix**2 / 2 + group * tokens * (prefix + tokens / 2)
        products = self.decoder_weights() * (prefix + group * tokens)
        layers = 4 * (products - unread(self.policy.language_model) * prefix)
        attention = 3 * 4 * width * (size.layers * pairs - prefix**2 / 2)
        head = 4 * size.hidden * size.vocabulary * group * tokens
        tower = sum(p.numel() for p in self.policy.base.model.audio_tower.parameters())
        encoder = 2 * tower * self.seconds * FRAMES_A_SECOND / 2
        return layers + attention + head + encoder

    def step_bytes(self) -> float:
        """Bytes that one decoding step cannot do without."""
        size, each = self.size, self.policy.base.dtype.itemsize
        weights = sum(p.nbytes for p in self.policy.language_model.layers.parameters())
        head = size.hidden * size.vocabulary
        past = 2 * size.layers * size.kv_heads * (size.hidden // size.heads) * len(self.prompt.ids)
        return weights + each * (head + past)


def _line(row: Row) -> str:
    seconds = "-" if row.seconds is None else f"{row.seconds:.2f} s"
    peak = "" if row.peak_gb is None else f"{row.peak_gb:.1f} GB"
    share = "" if row.share is None else f"{row.share:.0%} of the floor"
    place = f"{row.audio_seconds:>4} s {row.prefix:>6}"
    return f"{place}  {row.what:<44} {seconds:>9} {peak:>8} {share:>16}  {row.note}"


def _name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else "CPU"


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _peak(device: str, *, reset: bool) -> float:
    """Largest allocation since the last reset [GB, 1e9 bytes]; 0 without a GPU."""
    if device != "cuda":
        return 0.0
    if reset:
        torch.cuda.reset_peak_memory_stats()
    return torch.cuda.max_memory_allocated() / 1e9


if __name__ == "__main__":
    main()
