"""What it saves to read a prompt once per group: `python -m experiments.bench.heard_once`.

Both forms run in turn on the same machine, in one process and one thread; the
ratio of medians is the figure. The plain form is every completion behind its
own copy of the prompt, clip included, as a padded batch of the stock forward.

- learner: log-probs of one group, forward and backward.
- sampler: our loop against ``generate(num_return_sequences=G)``.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from policies.audio import RATE, Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.logprobs import group_logprobs
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import TinySizes, build_tiny
from rewards.records import Clip, Question

GROUP = 8
SHAPES = ((3, 32), (30, 64), (90, 64))  # seconds of audio, completion tokens
REPEATS = 3


def main() -> None:
    """Print one line per shape."""
    torch.set_num_threads(1)
    policy = _policy()
    print(f"{'audio tokens':>12} {'T':>4} {'learner':>24} {'sampler':>24}   (plain / ours, ratio)")
    for seconds, tokens in SHAPES:
        print(_line(policy, _prompt(policy, seconds), tokens))


def _line(policy: AudioPolicy, prompt: Prompt, tokens: int) -> str:
    rng = np.random.default_rng(0)
    vocabulary = len(policy.processor.tokenizer)
    ids = [tuple(rng.integers(10, vocabulary, tokens).tolist()) for _ in range(GROUP)]
    learner = _race(lambda: _plain(policy, prompt, ids), lambda: _ours(policy, prompt, ids))
    sampler = _race(
        lambda: _generate(policy, prompt, tokens), lambda: _sample(policy, prompt, tokens)
    )
    return f"{prompt.ids.count(policy.audio_id):>12} {tokens:>4} {learner:>24} {sampler:>24}"


def _race(plain: Callable[[], None], ours: Callable[[], None]) -> str:
    """Medians of interleaved runs [s] and their ratio."""
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    for turn in range(REPEATS + 1):
        for name, run in (("plain", plain), ("ours", ours)):
            began = time.perf_counter()
            run()
            if turn:  # the first warms up
                times[name].append(time.perf_counter() - began)
    a, b = statistics.median(times["plain"]), statistics.median(times["ours"])
    return f"{a:.3f} / {b:.3f} s = {a / b:.1f}x"


def _policy() -> AudioPolicy:
    with tempfile.TemporaryDirectory() as folder:
        texts = ["What is the key? <think>It closes on D.</think> <answer>D major</answer>"]
        build_tiny(Path(folder), texts, sizes=TinySizes(), seed=1)
        return AudioPolicy.load(folder)


def _prompt(policy: AudioPolicy, seconds: int) -> Prompt:
    samples_S = np.random.default_rng(1).standard_normal(seconds * RATE).astype(np.float32) * 0.1
    question = Question("bench", "What is the key?", Clip("noise"))
    return policy.prompt(question, Waveform(samples_S, sha256_of(samples_S)))


def _ours(policy: AudioPolicy, prompt: Prompt, ids: list[tuple[int, ...]]) -> None:
    rows = group_logprobs(policy, [prompt], [ids])
    torch.cat(rows[0]).sum().backward()
    policy.model.zero_grad()


def _plain(policy: AudioPolicy, prompt: Prompt, ids: list[tuple[int, ...]]) -> None:
    inputs = _stock_inputs(policy, prompt, GROUP)
    own = torch.tensor(ids)
    inputs["input_ids"] = torch.cat([inputs["input_ids"], own], dim=1)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    logits = policy.model(**inputs, logits_to_keep=own.shape[1] + 1).logits[:, :-1]
    logits.log_softmax(-1).gather(2, own[..., None]).sum().backward()
    policy.model.zero_grad()


def _sample(policy: AudioPolicy, prompt: Prompt, tokens: int) -> None:
    sample(policy, [prompt], [list(range(GROUP))], SamplingSettings(max_new_tokens=tokens))


def _generate(policy: AudioPolicy, prompt: Prompt, tokens: int) -> None:
    with torch.inference_mode():
        policy.model.generate(
            **_stock_inputs(policy, prompt, 1),
            do_sample=True,
            max_new_tokens=tokens,
            num_return_sequences=GROUP,
            suppress_tokens=list(policy.suppressed_ids),
        )


def _stock_inputs(policy: AudioPolicy, prompt: Prompt, rows: int) -> dict[str, torch.Tensor]:
    heard = policy.hear(prompt.clips[0].samples_S, prompt.clips[0].sha256)
    return {
        "input_ids": torch.tensor([prompt.ids] * rows),
        "input_features": heard.features.repeat(rows, 1, 1),
        "input_features_mask": heard.mask.repeat(rows, 1),
    }


if __name__ == "__main__":
    main()
