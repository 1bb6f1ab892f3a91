"""Completions of a batch: those of the stock model, each its own, whatever is drawn beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.decode_step import DecodeStep
from policies.evaluate import silence
from policies.logprobs import group_logprobs
from policies.packed_step import PackedStep
from policies.records import Completion, Prompt
from policies.sampler import sample
from policies.sampling import Draws, SamplingSettings
from rewards.errors import ConfigError, DeafError

GREEDY = SamplingSettings(temperature=0, max_new_tokens=12)
WARM = SamplingSettings(temperature=1.0, max_new_tokens=10)


@pytest.fixture
def ragged(prompt_of: Any) -> list[Prompt]:
    return [
        prompt_of(seed=1, seconds=2.6),
        prompt_of("Which chord ends the phrase, and how does it get there?", 2, 0.4),
        prompt_of("How many sharps?", None),
        prompt_of("And?", 1, 2.6),
    ]


@pytest.fixture(params=[PackedStep, DecodeStep])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Each form of a decoding step in turn; the second is what others than small models get."""
    if request.param is DecodeStep:
        monkeypatch.setattr("policies.packed._MOST", 0)
    return request.param


def _seeds(prompts: Sequence[Prompt], rows: int, start: int = 0) -> list[list[int]]:
    return [[start + 100 * n + g for g in range(rows)] for n in range(len(prompts))]


def _tokens(groups: Sequence[Sequence[Completion]]) -> list[list[tuple[int, ...]]]:
    return [[row.ids for row in group] for group in groups]


def _eager_to_end(policy: AudioPolicy) -> None:
    """Make the end token likelier, so that rows stop at different lengths."""
    head = policy.base.lm_head
    bias = torch.zeros(head.out_features, dtype=head.weight.dtype)
    bias[policy.end_ids[0]] = 3.5
    head.bias = torch.nn.Parameter(bias)


def _stock_greedy(policy: AudioPolicy, prompt: Prompt) -> tuple[int, ...]:
    inputs: dict[str, Any] = {"input_ids": torch.tensor([prompt.ids])}
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if prompt.clips:
        heard = policy.processor(text="<sound>", audio=prompt.clips[0].samples_S)
        inputs["input_features"] = heard["input_features"].to(policy.base.dtype)
        inputs["input_features_mask"] = heard["input_features_mask"]
    with torch.no_grad():
        out = policy.base.generate(
            **inputs,
            do_sample=False,
            max_new_tokens=GREEDY.max_new_tokens,
            suppress_tokens=list(policy.suppressed_ids),
        )
    return tuple(out[0, len(prompt.ids) :].tolist())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_greedy_is_stock_generate_for_ragged_prompts(
    open_tiny: Callable[..., AudioPolicy], ragged: list[Prompt], dtype: torch.dtype, form: Any
) -> None:
    policy = open_tiny(dtype)
    groups = sample(policy, ragged, _seeds(ragged, 2), GREEDY)
    for prompt, group in zip(ragged, groups, strict=True):
        assert group[0].ids == group[1].ids == _stock_greedy(policy, prompt)


@pytest.mark.parametrize("temperature", [1.0, 0.6, 1.7])
def test_logprobs_are_the_learners_own(
    open_tiny: Callable[..., AudioPolicy], ragged: list[Prompt], temperature: float, form: Any
) -> None:
    policy = open_tiny()
    _eager_to_end(policy)
    settings = SamplingSettings(temperature=temperature, max_new_tokens=10)
    groups = sample(policy, ragged, _seeds(ragged, 3), settings)
    with torch.no_grad():
        ours = group_logprobs(policy, ragged, _tokens(groups), temperature)
    for group, learned in zip(groups, ours, strict=True):
        for row, expected in zip(group, learned, strict=True):
            assert row.logprobs_T.dtype == np.float32
            assert np.abs(row.logprobs_T - expected.numpy()).max() < 1e-4


def test_a_completion_depends_on_its_prompt_and_seed_alone(
    open_tiny: Callable[..., AudioPolicy], ragged: list[Prompt], form: Any
) -> None:
    policy = open_tiny(torch.float64)
    _eager_to_end(policy)
    seeds = _seeds(ragged, 3)
    together = sample(policy, ragged, seeds, WARM)
    lengths = {len(row.ids) for group in together for row in group}
    assert len(lengths) > 2, "rows must stop at different lengths for this to say anything"
    backwards = sample(policy, ragged[::-1], [g[::-1] for g in seeds[::-1]], WARM)
    assert _tokens(backwards) == [g[::-1] for g in _tokens(together)[::-1]]
    for n, prompt in enumerate(ragged):
        for g, seed in enumerate(seeds[n]):
            ((alone,),) = sample(policy, [prompt], [[seed]], WARM)
            assert alone.ids == together[n][g].ids
            assert alone.seed == seed
            assert alone.text == together[n][g].text
            assert alone.finish_reason == together[n][g].finish_reason
            assert np.abs(alone.logprobs_T - together[n][g].logprobs_T).max() < 1e-6


def test_seeds_and_clips_change_what_is_drawn(
    policy: AudioPolicy, prompt_of: Any, ask: Any, sound: Any
) -> None:
    prompt = prompt_of(seed=1)
    first, other = (_tokens(sample(policy, [prompt], [[s]], WARM)) for s in (1, 2))
    again = _tokens(sample(policy, [prompt], [[1]], WARM))
    assert first == again != other
    mute = policy.prompt(ask(), silence(sound(1)))
    assert _tokens(sample(policy, [mute], [[1]], WARM)) != first


def test_equal_texts_about_different_clips_are_answered_apart(
    exact_policy: AudioPolicy, prompt_of: Any
) -> None:
    prompts = [prompt_of(seed=1), prompt_of(seed=2), prompt_of(seed=1)]
    one, other, again = sample(exact_policy, prompts, [[7], [7], [7]], WARM)
    assert one[0].ids == again[0].ids != other[0].ids


def test_finished_rows_are_left_out_without_a_trace(
    open_tiny: Callable[..., AudioPolicy],
    prompt_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    form: Any,
) -> None:
    policy = open_tiny(torch.float32 if form is PackedStep else torch.float64)
    _eager_to_end(policy)
    prompts = [prompt_of(f"Question {n}?", seed=n, seconds=0.4 + 0.3 * n) for n in range(6)]
    settings = SamplingSettings(max_new_tokens=24)
    widths: list[int] = []
    run = form.logprobs

    def watched(self: Any, step: int, ids: torch.Tensor) -> torch.Tensor:
        widths.append(len(ids))
        return run(self, step, ids)

    monkeypatch.setattr(form, "logprobs", watched)
    early = sample(policy, prompts, _seeds(prompts, 4), settings)
    assert min(widths) < 12 < 24 == max(widths), "some rows must have been left out"
    monkeypatch.setattr(Draws, "shrink", lambda self, share: None)
    late = sample(policy, prompts, _seeds(prompts, 4), settings)
    assert _tokens(early) == _tokens(late)
    for group, other in zip(early, late, strict=True):
        for row, twin in zip(group, other, strict=True):
            assert np.allclose(row.logprobs_T, twin.logprobs_T, atol=1e-6)


def test_a_row_ends_with_the_end_token_or_with_its_length(
    open_tiny: Callable[..., AudioPolicy], ragged: list[Prompt]
) -> None:
    policy = open_tiny()
    _eager_to_end(policy)
    end = policy.end_ids[0]
    rows = [r for g in sample(policy, ragged, _seeds(ragged, 8), WARM) for r in g]
    assert {row.finish_reason for row in rows} == {"stop", "length"}
    for row in rows:
        assert 1 <= len(row.ids) <= WARM.max_new_tokens
        assert len(row.logprobs_T) == len(row.ids)
        assert end not in row.ids[:-1]
        assert (row.finish_reason == "stop") == (row.ids[-1] == end)
        assert row.finish_reason == "stop" or len(row.ids) == WARM.max_new_tokens
        assert row.text == policy.processor.tokenizer.decode(row.ids, skip_special_tokens=True)
    assert any(len(row.ids) < WARM.max_new_tokens for row in rows)


def test_an_end_that_the_vocabulary_does_not_have_ends_nothing(
    policy: AudioPolicy, prompt_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(policy), "end_ids", (10**6, -1))
    (group,) = sample(policy, [prompt_of(seed=1)], [[1, 2]], SamplingSettings(max_new_tokens=9))
    assert [row.finish_reason for row in group] == ["length"] * 2


def test_one_token_is_one_token(policy: AudioPolicy, prompt_of: Any) -> None:
    settings = SamplingSettings(max_new_tokens=1)
    (group,) = sample(policy, [prompt_of()], [[1, 2]], settings, policy_version=9)
    assert [len(row.ids) for row in group] == [1, 1]
    assert [row.policy_version for row in group] == [9, 9]


def test_a_tiny_nucleus_is_greedy(policy: AudioPolicy, ragged: list[Prompt]) -> None:
    narrow = SamplingSettings(top_p=1e-9, max_new_tokens=12)
    seeds = _seeds(ragged, 1)
    assert _tokens(sample(policy, ragged, seeds, narrow)) == _tokens(
        sample(policy, ragged, seeds, GREEDY)
    )


def test_a_row_ends_at_a_stop_text_and_its_siblings_go_on(
    policy: AudioPolicy, prompt_of: Any
) -> None:
    long = SamplingSettings(max_new_tokens=24)
    (free,) = sample(policy, [prompt_of()], [[1, 2, 3]], long)
    stop = free[1].text[3:6]
    settings = SamplingSettings(max_new_tokens=24, stop=(stop,))
    (held,) = sample(policy, [prompt_of()], [[1, 2, 3]], settings)
    for before, row in zip(free, held, strict=True):
        assert row.ids == before.ids[: len(row.ids)]
        assert (stop in row.text) == (stop in before.text)
        if stop in before.text:
            assert row.finish_reason == "stop"
            text = policy.processor.tokenizer.decode(row.ids[:-1], skip_special_tokens=True)
            assert stop not in text, "the row ends with the token that completes the text"
        else:
            assert row.ids == before.ids
    assert len(held[1].ids) < len(free[1].ids)


# -- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize("seeds", [[], [[1]], [[1], [2, 3]], [[], []]])
def test_seeds_that_do_not_fit_the_prompts_are_refused(
    policy: AudioPolicy, prompt_of: Any, seeds: list[list[int]]
) -> None:
    with pytest.raises(ConfigError, match="each prompt needs one list of seeds"):
        sample(policy, [prompt_of(seed=1), prompt_of(seed=2)], seeds, WARM)


def test_a_deaf_prompt_is_not_sampled_from(policy: AudioPolicy, prompt_of: Any) -> None:
    deaf = Prompt("q", prompt_of().ids, (), "")
    with pytest.raises(DeafError, match="would be read deaf"):
        sample(policy, [deaf], [[1]], WARM)


@pytest.mark.parametrize("limit", ["max_position_embeddings", "sliding_window"])
def test_a_prompt_and_completion_that_the_decoder_has_no_places_for_are_refused_by_question(
    policy: AudioPolicy, prompt_of: Any, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    prompt, config = prompt_of(), policy.language_model.config
    prompts = [prompt, replace(prompt, question_id="other")]
    if limit == "sliding_window":
        monkeypatch.setattr(config, "layer_types", ["sliding_attention"] * len(config.layer_types))
    size, new = len(prompt.ids), WARM.max_new_tokens
    monkeypatch.setattr(config, limit, size + new - 1)
    said = (
        rf"got '{prompt.question_id}' of {size} \+ {new} tokens, 'other' of .*most {size + new - 1}"
    )
    with pytest.raises(ConfigError, match=said):
        sample(policy, prompts, [[1], [2]], WARM)
    monkeypatch.setattr(config, limit, size + new)
    assert sample(policy, prompts, [[1], [2]], WARM)


def test_sampling_leaves_torch_its_threads_however_it_ends(
    open_tiny: Callable[..., AudioPolicy], ragged: list[Prompt]
) -> None:
    def cancelled(so_far: list[int]) -> None:
        assert torch.get_num_threads() == 1
        raise KeyboardInterrupt

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(KeyboardInterrupt):
            sample(open_tiny(), ragged, _seeds(ragged, 1), WARM, stream=cancelled)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
