"""What ``policies.sampler.Sampler`` promises, held against the embedded one.

Greedy answers are those of transformers' ``generate`` for every family in
``test_families.py``; here is the rest: versions, hashes, batches, the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.families import FAMILIES
from policies.records import Completion, Prompt
from policies.sampler import EmbeddedSampler, Sampler
from policies.sampling import SamplingSettings
from policies.weights import learning_weights, weights_hash
from rewards.errors import RolloutError

WARM = SamplingSettings(max_new_tokens=10)
VERSION = 4

Weights = dict[str, np.ndarray]


@pytest.fixture(params=sorted(FAMILIES))
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def own(open_tiny: Callable[..., AudioPolicy]) -> AudioPolicy:
    """One of one's own: a sampler writes into it."""
    return open_tiny()


def loaded(policy: AudioPolicy) -> Sampler:
    sampler = EmbeddedSampler(policy)
    weights = learning_weights(policy)
    digest = weights_hash(weights)
    assert sampler.load(weights, VERSION, digest) == digest
    return sampler


def batch(policy: AudioPolicy, sound: Any, ask: Any, longest: float) -> list[Prompt]:
    """Several windows, no clip, several clips, one clip."""
    return [
        policy.prompt(ask(), sound(1, longest)),
        policy.prompt(ask("How many sharps?", clip=None), None),
        policy.prompt(ask("Which of them is higher?"), [sound(2, 0.4), sound(3, longest)]),
        policy.prompt(ask("And the chord?"), sound(4, 0.8)),
    ]


def changed(weights: Weights, scale: float = 1.5) -> Weights:
    return {name: (array * scale).astype(array.dtype) for name, array in weights.items()}


def tokens(groups: Sequence[Sequence[Completion]]) -> list[list[tuple[int, ...]]]:
    return [[row.ids for row in group] for group in groups]


def test_a_completion_does_not_depend_on_its_batch_in_any_family(
    open_tiny: Any, sound: Any, ask: Any, family: str
) -> None:
    policy = open_tiny(torch.float32, family)
    sampler = loaded(policy)
    prompts = batch(policy, sound, ask, 0.9 if family == "qwen2_audio" else 2.6)
    seeds = [[10 * n + g for g in range(3)] for n in range(len(prompts))]
    together = sampler.sample(prompts, seeds, WARM, VERSION)
    assert len({row for group in tokens(together) for row in group}) > len(prompts)
    for prompt, group, own in zip(prompts, together, seeds, strict=True):
        for row, seed in zip(group, own, strict=True):
            ((alone,),) = sampler.sample([prompt], [[seed]], WARM, VERSION)
            assert alone.ids == row.ids
            assert (alone.seed, alone.text, alone.finish_reason) == (
                seed,
                row.text,
                row.finish_reason,
            )
            assert np.abs(alone.logprobs_T - row.logprobs_T).max() < 1e-4


def test_completions_say_which_version_drew_them(own: AudioPolicy, prompt_of: Any) -> None:
    (group,) = loaded(own).sample([prompt_of()], [[1, 2]], WARM, VERSION)
    assert [row.policy_version for row in group] == [VERSION, VERSION]


def test_before_any_weights_nothing_is_drawn(own: AudioPolicy, prompt_of: Any) -> None:
    with pytest.raises(RolloutError, match="the sampler holds other weights: got version None"):
        EmbeddedSampler(own).sample([prompt_of()], [[1]], WARM, 0)


@pytest.mark.parametrize("asked", [VERSION - 1, VERSION + 1])
def test_a_version_that_it_does_not_hold_is_refused(
    own: AudioPolicy, prompt_of: Any, asked: int
) -> None:
    sampler = loaded(own)
    with pytest.raises(RolloutError, match=f"got version {VERSION}, expected {asked}"):
        sampler.sample([prompt_of()], [[1]], WARM, asked)
    assert sampler.sample([prompt_of()], [[1]], WARM, VERSION)


def test_loaded_weights_are_those_that_draw(own: AudioPolicy, prompt_of: Any) -> None:
    sampler = loaded(own)
    start = learning_weights(own)
    other = changed(start)
    before = tokens(sampler.sample([prompt_of()], [[1, 2, 3]], WARM, VERSION))
    sampler.load(other, VERSION + 1, weights_hash(other))
    after = tokens(sampler.sample([prompt_of()], [[1, 2, 3]], WARM, VERSION + 1))
    sampler.load(start, VERSION + 2, weights_hash(start))
    again = tokens(sampler.sample([prompt_of()], [[1, 2, 3]], WARM, VERSION + 2))
    assert before == again != after


@pytest.mark.parametrize("damage", ["altered", "partial", "renamed"])
def test_weights_with_another_hash_are_not_taken(
    own: AudioPolicy, prompt_of: Any, damage: str
) -> None:
    sampler = loaded(own)
    kept = learning_weights(own)
    published = changed(kept)
    received, name = dict(published), max(published)
    if damage == "altered":
        received[name] = np.nextafter(published[name], np.inf, dtype=np.float32)
    else:
        array = received.pop(name)
        received |= {"another": array} if damage == "renamed" else {}
    digest = weights_hash(published)
    assert sampler.load(received, VERSION + 1, digest) == weights_hash(received) != digest
    assert weights_hash(learning_weights(own)) == weights_hash(kept)
    assert sampler.health().version == VERSION
    with pytest.raises(RolloutError, match="holds other weights"):
        sampler.sample([prompt_of()], [[1]], WARM, VERSION + 1)


def test_weights_of_another_model_leave_everything_as_it_was(
    own: AudioPolicy, prompt_of: Any
) -> None:
    sampler = loaded(own)
    start, health = learning_weights(own), sampler.health()
    foreign = {**changed(start), "no.such": np.zeros(3, np.float32)}
    with pytest.raises(RolloutError, match="weights do not fit the policy"):
        sampler.load(foreign, VERSION + 1, weights_hash(foreign))
    assert sampler.health() == health
    assert weights_hash(learning_weights(own)) == weights_hash(start)


def test_health_tells_version_hash_device_and_memory(open_tiny: Any) -> None:
    policy = open_tiny()
    fresh = EmbeddedSampler(policy).health()
    assert (fresh.version, fresh.digest) == (None, None)
    health = loaded(policy).health()
    assert health.version == VERSION
    assert health.digest == weights_hash(learning_weights(policy))
    assert health.device == "cpu"
    size = sum(p.numel() for p in policy.model.parameters())
    buffers = sum(b.nbytes for b in policy.model.buffers())
    assert health.memory == 4 * size + buffers
    assert EmbeddedSampler(open_tiny(torch.bfloat16)).health().memory < 0.6 * health.memory


def test_a_closed_sampler_refuses_by_name(own: AudioPolicy, prompt_of: Any) -> None:
    weights = learning_weights(own)
    sampler = EmbeddedSampler(own, "actor 'a'")
    sampler.load(weights, VERSION, weights_hash(weights))
    sampler.close()
    sampler.close()
    calls: list[Callable[[], object]] = [
        lambda: sampler.sample([prompt_of()], [[1]], WARM, VERSION),
        lambda: sampler.load(weights, VERSION, weights_hash(weights)),
        sampler.health,
    ]
    for call in calls:
        with pytest.raises(RolloutError, match="actor 'a' is closed"):
            call()


def test_a_closed_sampler_leaves_the_policy_to_others(own: AudioPolicy, prompt_of: Any) -> None:
    loaded(own).close()
    assert loaded(own).sample([prompt_of()], [[1]], WARM, VERSION)
