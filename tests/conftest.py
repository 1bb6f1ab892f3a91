"""One small Music Flamingo and sounds made in place, for every folder that needs a policy.

The model is built once per session; heavy imports stay inside the fixtures, so
that folders without a policy do not pay for torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from rewards.records import Clip, Question

if TYPE_CHECKING:
    from policies.audio import Waveform
    from policies.audio_policy import AudioPolicy
    from policies.records import Batch, Completion, Prompt

TEXTS = (
    "What is the key of this excerpt?",
    "Which chord ends the phrase?",
    "<think>Two sharps and a close on D.</think> <answer>D major</answer>",
    "<think>One flat and a close on D.</think> <answer>D minor</answer>",
)


@pytest.fixture(scope="session")
def smaller_sizes() -> Any:
    """Smaller than the tiny model: one window is one second and ten audio tokens."""
    from policies.tiny import TinySizes

    return TinySizes(
        audio_hidden=32,
        audio_layers=1,
        audio_heads=2,
        text_hidden=32,
        text_layers=2,
        text_heads=4,
        text_kv_heads=2,
        vocabulary=300,
        mel_bins=16,
        n_fft=512,
        chunk_seconds=1,
    )


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory, smaller_sizes: Any) -> Path:
    """The checkpoint folder of the small model, seed 3."""
    from policies.tiny import build_tiny

    return build_tiny(tmp_path_factory.mktemp("tiny"), TEXTS, sizes=smaller_sizes, seed=3)


@pytest.fixture(scope="session")
def open_tiny(
    tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, smaller_sizes: Any
) -> Callable[..., AudioPolicy]:
    """``open_tiny(dtype=..., family=...)``: a policy of one's own, to be changed at will.

    Its weights are sharpened so that clip and text matter more than at random
    initialisation, and biases stand away from 0.
    """
    import copy

    import torch

    from policies.audio_policy import AudioPolicy
    from policies.tiny import build_tiny

    torch.set_num_threads(1)
    starts: dict[str, AudioPolicy] = {}

    def start(family: str) -> AudioPolicy:
        if family not in starts:
            folder = tiny_folder
            if family != "musicflamingo":
                folder = build_tiny(
                    tmp_path_factory.mktemp(family), TEXTS, sizes=smaller_sizes, seed=3,
                    family=family,
                )  # fmt: skip
            starts[family] = _sharpened(AudioPolicy.load(folder))
        return starts[family]

    def make(dtype: torch.dtype = torch.float32, family: str = "musicflamingo") -> AudioPolicy:
        model = copy.deepcopy(start(family).model).to(dtype)
        if dtype == torch.float64:
            _keep_float64(model)
        return AudioPolicy(model, start(family).processor, start(family).family)

    return make


def _sharpened(policy: AudioPolicy) -> AudioPolicy:
    import torch

    noise = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, parameter in policy.model.named_parameters():
            if "embed_positions" not in name:
                parameter += 0.1 * torch.randn(parameter.shape, generator=noise)
    return policy


def _keep_float64(model: Any) -> None:
    """Qwen2's norm computes in float32 whatever it is given: laws in float64 need another."""

    def norm(self: Any, hidden: Any) -> Any:
        spread = hidden.pow(2).mean(-1, keepdim=True)
        return self.weight * hidden * (spread + self.variance_epsilon).rsqrt()

    for module in model.modules():
        if type(module).__name__ == "Qwen2RMSNorm":
            module.forward = MethodType(norm, module)


@pytest.fixture(scope="session")
def keep_float64() -> Callable[[Any], None]:
    """``keep_float64(model)``, so that a model in float64 computes in it throughout."""
    return _keep_float64


@pytest.fixture(scope="session")
def policy(open_tiny: Callable[..., AudioPolicy]) -> AudioPolicy:
    """A float32 policy for tests that only read it."""
    return open_tiny()


@pytest.fixture(scope="session")
def exact_policy(open_tiny: Callable[..., AudioPolicy]) -> AudioPolicy:
    """A float64 policy for tests that only read it."""
    import torch

    return open_tiny(torch.float64)


@pytest.fixture(scope="session")
def sound() -> Callable[..., Waveform]:
    """``sound(seed, seconds)``: noise that differs from seed to seed."""
    from policies.audio import Waveform, sha256_of
    from policies.decoder import RATE

    def make(seed: int = 0, seconds: float = 1.0) -> Waveform:
        rng = np.random.default_rng(seed)
        time = np.arange(round(seconds * RATE)) / RATE
        tone = 0.3 * np.sin(2 * np.pi * rng.uniform(200, 2000) * time)
        samples_S = (tone + 0.05 * rng.standard_normal(len(time))).astype(np.float32)
        return Waveform(samples_S, sha256_of(samples_S))

    return make


@pytest.fixture(scope="session")
def ask() -> Callable[..., Question]:
    """``ask(text)``: a question about a clip; ``clip=None`` makes it one about theory."""

    def make(text: str = "What is the key of this excerpt?", **fields: Any) -> Question:
        return Question(**{"id": "q", "text": text, "clip": Clip("a.wav"), **fields})

    return make


@pytest.fixture(scope="session")
def prompt_of(
    policy: AudioPolicy, sound: Callable[..., Waveform], ask: Callable[..., Question]
) -> Callable[..., Prompt]:
    """``prompt_of(text, seed, seconds)``; ``seed=None`` asks without a clip."""

    def make(
        text: str = "What is the key of this excerpt?",
        seed: int | None = 0,
        seconds: float = 1.0,
    ) -> Prompt:
        if seed is None:
            return policy.prompt(ask(text, clip=None), None)
        return policy.prompt(ask(text), sound(seed, seconds))

    return make


@pytest.fixture(scope="session")
def completed() -> Callable[..., Completion]:
    """``completed(ids)``: a completion of these ids with flat sampler log-probs."""
    from policies.records import Completion

    def make(ids: tuple[int, ...], logprob: float = -2.0) -> Completion:
        logprobs_T = np.full(len(ids), logprob, dtype=np.float32)
        return Completion(tuple(ids), logprobs_T, "length", 0, 0, "")

    return make


@pytest.fixture
def batch(prompt_of: Any, completed: Any) -> Batch:
    """Four groups, ragged in every way; two prompts share a clip."""
    from policies.records import Batch

    return Batch(
        prompts=(
            prompt_of(seed=1, seconds=1.6),
            prompt_of("Which chord ends the phrase?", seed=2, seconds=0.4),
            prompt_of("And?", seed=1, seconds=1.6),
            prompt_of("How many sharps?", seed=None),
        ),
        completions=(
            (completed((7, 8, 9, 10)), completed((11, 12)), completed((13,))),
            (completed((14, 15, 16)), completed((17, 18, 19, 20, 21))),
            (completed((22,)), completed((23, 24))),
            (completed((25, 26, 27)), completed((28, 29)), completed((30, 31)), completed((32,))),
        ),
        advantages=(
            np.array([1.1, -0.3, -0.8]),
            np.array([0.7, -0.7]),
            np.array([-0.9, 0.9]),
            np.array([1.5, -0.5, -0.5, -0.5]),
        ),
    )


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs sample in this process: what ``rollouts.pool.Pool`` promises, without a Ray to start."""
    from policies.weights import from_arrays, learning_weights, weights_hash
    from rollouts.actor import Ask, RolloutActor
    from rollouts.crew import Losses

    class HerePool:
        scoring = 0.25

        def __init__(self, spec: Any, settings: Any, quarantined: Any = ()):
            self.quarantined = quarantined
            self.crew = SimpleNamespace(take_losses=Losses)
            self.actor, self.settings = RolloutActor(spec, "here"), settings

        def __enter__(self) -> HerePool:
            return self

        def __exit__(self, *_: object) -> None:
            self.actor.reader.close()

        def give_up(self) -> None:
            """What runs here ends by itself."""

        def publish(self, weights: Any, version: int) -> None:
            self.version, digest = version, weights_hash(weights)
            assert self.actor.load(weights, version, digest) == digest

        def gradients(self, shards: Any) -> list[Any]:
            found = [self.actor.gradients(shard, self.version) for shard in shards]
            return [replace(one, values=from_arrays(one.values)) for one in found]

        def follow(self, policy: Any) -> None:
            self.publish(learning_weights(policy), self.version)

        def roll_out(self, step: int, questions: Any, version: int) -> list[Any]:
            asks = [Ask(step, index, question) for index, question in enumerate(questions)]
            size = self.settings.chunk
            chunks = [asks[i : i + size] for i in range(0, len(asks), size)]
            rolled = [self.actor.roll_out(chunk, version) for chunk in chunks]
            return [group for chunk in rolled for group in chunk.groups]

    monkeypatch.setattr("rollouts.run.Pool", HerePool)
