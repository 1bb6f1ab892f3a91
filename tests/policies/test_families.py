"""Every family of the table against transformers' own ``forward`` and ``generate``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies.attention import Prefill
from policies.audio import Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.decoder import RATE
from policies.families import FAMILIES, family_of
from policies.hearing import placeholder_ids
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.tiny import build_tiny
from rewards.errors import CheckpointError, DeafError

# The window of the tiny models is one second; Qwen2-Audio hears one window only.
LONG = {"musicflamingo": 2.6, "audioflamingo3": 2.6, "qwen2_audio": 0.9}


@pytest.fixture(params=sorted(FAMILIES))
def family(request: pytest.FixtureRequest) -> str:
    return request.param


def _stock_inputs(policy: AudioPolicy, prompt: Prompt) -> dict[str, Any]:
    """What the stock processor makes of each clip by itself, end to end."""
    inputs: dict[str, Any] = {"input_ids": torch.tensor([prompt.ids])}
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    parts = [
        policy.processor(
            text=policy.processor.audio_token, audio=clip.samples_S, sampling_rate=RATE,
            return_tensors="pt",
        )
        for clip in prompt.clips
    ]  # fmt: skip
    for name in ("input_features", policy.family.mask_name):
        if parts:
            inputs[name] = torch.cat([part[name] for part in parts])
    if parts:
        inputs["input_features"] = inputs["input_features"].to(policy.base.dtype)
    return inputs


@torch.no_grad()
def _check_against_stock(policy: AudioPolicy, prompts: Sequence[Prompt], within: float) -> None:
    embedded, lengths = policy.embed(prompts)
    hidden = policy.decode(embedded, torch.arange(embedded.shape[1])[None], Prefill())
    for row, length, prompt in zip(hidden, lengths, prompts, strict=True):
        expected = policy.base.model(**_stock_inputs(policy, prompt)).last_hidden_state[0]
        assert torch.allclose(row[:length], expected, rtol=0, atol=within)


def _batch(policy: AudioPolicy, family: str, sound: Any, ask: Any) -> list[Prompt]:
    """No clip, one window, several windows, several clips; two prompts share a clip."""
    long = LONG[family]
    return [
        policy.prompt(ask(), sound(1, long)),
        policy.prompt(ask("Which of them is higher?"), [sound(2, 0.4), sound(1, long)]),
        policy.prompt(ask("How many sharps?", clip=None), None),
        policy.prompt(ask("And the chord?"), sound(3, 1.0)),
        policy.prompt(ask("Twice the same?"), [sound(3, 1.0), sound(3, 1.0), sound(4, 0.5)]),
    ]


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 3e-5), (torch.float64, 1e-12)])
def test_every_kind_of_prompt_is_read_as_stock_reads_it(
    open_tiny: Any, sound: Any, ask: Any, family: str, dtype: torch.dtype, within: float
) -> None:
    policy = open_tiny(dtype, family)
    _check_against_stock(policy, _batch(policy, family, sound, ask), within)


@pytest.mark.parametrize("ending", [0.0, 3.5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_greedy_answer_is_that_of_generate(
    open_tiny: Any, sound: Any, ask: Any, family: str, dtype: torch.dtype, ending: float
) -> None:
    policy = open_tiny(dtype, family)
    head = policy.base.lm_head
    head.bias = torch.nn.Parameter(torch.zeros(head.out_features, dtype=dtype))
    with torch.no_grad():
        head.bias[list(policy.end_ids)] = ending
    prompts = _batch(policy, family, sound, ask)
    greedy = SamplingSettings(temperature=0.0, max_new_tokens=6)
    ours = sample(policy, prompts, [[0]] * len(prompts), greedy)
    assert (min(len(row.ids) for (row,) in ours) < 6) == (ending > 0)
    for prompt, (completion,) in zip(prompts, ours, strict=True):
        with torch.no_grad():
            theirs = policy.base.generate(
                **_stock_inputs(policy, prompt), max_new_tokens=6, do_sample=False,
                suppress_tokens=list(policy.suppressed_ids),
            )  # fmt: skip
        new = theirs[0, len(prompt.ids) :].tolist()
        assert list(completion.ids) == new


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.6])
def test_a_prompt_is_the_stock_processors(
    open_tiny: Any, sound: Any, ask: Any, family: str, seconds: float
) -> None:
    policy = open_tiny(family=family)
    heard = sound(1, min(seconds, LONG[family]))
    chat = policy.processor.apply_chat_template(
        [
            {
                "role": "user",
                "content": [{"type": "audio", "path": ""}, {"type": "text", "text": "What key?"}],
            }
        ],
        tokenize=False,
        add_generation_prompt=True,
    )
    stock = policy.processor(
        text=chat, audio=heard.samples_S, sampling_rate=RATE, return_tensors="pt"
    )
    assert list(policy.prompt(ask("What key?"), heard).ids) == stock["input_ids"][0].tolist()


def test_what_stands_for_sound_is_never_sampled(open_tiny: Any, family: str) -> None:
    policy = open_tiny(family=family)
    names = {"audioflamingo3": 1}.get(family, 3)
    assert policy.suppressed_ids == placeholder_ids(policy.processor)
    assert len(set(policy.suppressed_ids)) == names
    assert policy.suppressed_ids[0] == policy.audio_id
    chances = policy.logprobs(torch.zeros(1, policy.base.lm_head.in_features), 1.0).exp()
    assert not chances[0, list(policy.suppressed_ids)].any()


def test_a_clip_that_the_model_would_cut_is_refused(
    open_tiny: Any, ask: Any, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = open_tiny(family=family)
    if family != "qwen2_audio":
        monkeypatch.setattr(policy.processor, "max_audio_len", 1)
    samples_S = np.full(RATE + 1, 0.1, dtype=np.float32)
    with pytest.raises(DeafError, match=r"got 1\.0 s, expected at most 1 s; take a shorter"):
        policy.prompt(ask(), Waveform(samples_S, sha256_of(samples_S)))


def test_the_shortest_clip_that_a_family_names_is_heard_and_no_shorter_one(
    open_tiny: Any, ask: Any, family: str
) -> None:
    policy = open_tiny(family=family)
    samples = round(FAMILIES[family].shortest(policy.processor) * RATE)
    least_S = np.full(samples, 0.1, dtype=np.float32)
    policy.prompt(ask(), Waveform(least_S, sha256_of(least_S)))
    with pytest.raises(DeafError, match="too short to be heard"):
        policy.prompt(ask(), Waveform(least_S[1:], sha256_of(least_S[1:])))


def test_clips_in_another_order_than_their_placeholders_are_refused(
    open_tiny: Any, sound: Any, ask: Any, family: str
) -> None:
    policy = open_tiny(family=family)
    prompt = policy.prompt(ask(), [sound(1, 0.4), sound(2, 0.9)])
    swapped = replace(prompt, clips=prompt.clips[::-1])
    if family == "audioflamingo3":  # its clips lie side by side: 13 placeholders either way
        assert prompt.key != swapped.key
    else:
        with pytest.raises(DeafError, match="in another order: got other ids than clip 1 of 2"):
            policy.embed([swapped])


def test_a_prompt_of_another_processor_is_refused(open_tiny: Any, sound: Any, ask: Any) -> None:
    policy = open_tiny()
    prompt = policy.prompt(ask(), sound(1))
    with pytest.raises(DeafError, match="made by another processor: got settings 'ab'"):
        policy.embed([replace(prompt, processor="ab")])


def test_a_template_that_shows_no_clip_is_refused(open_tiny: Any, sound: Any, ask: Any) -> None:
    policy = open_tiny()
    processor = type(policy.processor)(
        policy.processor.feature_extractor, policy.processor.tokenizer, chat_template="{{ 'mute' }}"
    )
    mute = AudioPolicy(policy.model, processor, policy.family)
    with pytest.raises(DeafError, match="got 0 places for sound, expected 1"):
        mute.prompt(ask(), sound(1))


def test_a_prefix_is_known_by_text_clips_and_processor(policy: AudioPolicy, prompt_of: Any) -> None:
    one = prompt_of(seed=1)
    assert one.key == prompt_of(seed=1).key
    others = [prompt_of(seed=2), prompt_of("Another?", seed=1), replace(one, processor="ab")]
    assert len({one.key, *(other.key for other in others)}) == 4
    assert one.ids == others[0].ids


def test_a_family_that_is_not_in_the_table_says_how_to_add_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "voxtral"}))
    with pytest.raises(CheckpointError, match=r"'voxtral'.*write its row in policies/families\.py"):
        family_of(tmp_path)


def test_every_family_has_a_tiny_model_that_stock_loads(
    tmp_path: Path, smaller_sizes: Any, family: str
) -> None:
    folder = build_tiny(tmp_path, ["What?"], sizes=smaller_sizes, seed=1, family=family)
    stock: Any = FAMILIES[family].model_class
    _, report = stock.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert json.loads((folder / "config.json").read_text())["model_type"] == family


# -- the encoder's output -----------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[AudioPolicy], list[int]]:
    """Windows of each pass through the encoder."""

    def count(policy: AudioPolicy) -> list[int]:
        passes: list[int] = []
        encode = policy.hearing.family.encode

        def counting(model: Any, features: torch.Tensor, *rest: Any) -> torch.Tensor:
            passes.append(len(features))
            return encode(model, features, *rest)

        changed = replace(policy.hearing.family, encode=counting)
        monkeypatch.setattr(policy.hearing, "family", changed)
        return passes

    return count


def _freeze(policy: AudioPolicy) -> None:
    for part in (policy.base.model.audio_tower, policy.base.model.multi_modal_projector):
        part.requires_grad_(False)


def test_a_frozen_encoder_hears_a_clip_once_and_for_all(
    open_tiny: Any, prompt_of: Any, counted: Any
) -> None:
    policy = open_tiny()
    _freeze(policy)
    passes = counted(policy)
    one, two = prompt_of(seed=1, seconds=1.5), prompt_of("B?", seed=2)
    first, _ = policy.embed([one, two])
    again, _ = policy.embed([one, two])
    assert torch.equal(first, again)
    policy.embed([prompt_of("Another?", seed=1, seconds=1.5), prompt_of(seed=3)])
    assert passes == [2, 1, 1]


def test_what_a_frozen_encoder_hears_does_not_depend_on_the_clips_beside(
    open_tiny: Any, prompt_of: Any
) -> None:
    one, two = open_tiny(), open_tiny()
    prompts = [prompt_of(seed=seed, seconds=1.5) for seed in range(4)]
    for policy in (one, two):
        _freeze(policy)
    one.embed(prompts)
    two.embed(prompts[2:])
    assert torch.equal(one.embed(prompts[2:])[0], two.embed(prompts[2:])[0])


def test_an_encoder_that_learns_hears_every_time(
    open_tiny: Any, prompt_of: Any, counted: Any
) -> None:
    policy = open_tiny()
    passes = counted(policy)
    with torch.no_grad():
        policy.embed([prompt_of(seed=1)])
    policy.embed([prompt_of(seed=1)])
    assert passes == [1, 1]


@pytest.mark.parametrize("change", ["in place", "another tensor", "precision", "thawed"])
def test_a_frozen_encoder_that_changed_hears_anew(
    open_tiny: Any, prompt_of: Any, counted: Any, change: str
) -> None:
    policy = open_tiny()
    _freeze(policy)
    passes = counted(policy)
    before, _ = policy.embed([prompt_of(seed=1)])
    weight = policy.base.model.multi_modal_projector.linear_1.weight
    if change == "in place":
        with torch.no_grad():
            weight.mul_(1.5)
    elif change == "another tensor":
        weight.data = weight.data * 1.5
    elif change == "precision":
        policy.model.to(torch.bfloat16)
    else:
        weight.requires_grad_(True)
    after, _ = policy.embed([prompt_of(seed=1)])
    assert passes == [1, 1]
    assert (change == "thawed") == torch.equal(before, after)


def test_what_is_kept_of_the_encoder_is_bounded(
    open_tiny: Any, prompt_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = open_tiny()
    _freeze(policy)
    prompts = [prompt_of(seed=seed) for seed in range(5)]
    size = next(iter(policy.hearing.embeddings(policy.base, prompts[0].clips).values())).nbytes
    monkeypatch.setattr("policies.hearing._SPOKEN_CACHE", 2 * size)
    policy.embed(prompts)
    assert list(policy.hearing._spoken.held) == [p.clip_sha256 for p in prompts[-2:]]
