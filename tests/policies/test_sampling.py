"""How a token is drawn: of what the settings leave, by the noise of its place."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.logprobs import group_logprobs
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import Draws, SamplingSettings, _fall, cut, pick, uniform_noise
from rewards.errors import ConfigError, DivergenceError


def _first_distribution(policy: AudioPolicy, prompt: Prompt, temperature: float) -> torch.Tensor:
    """Of the token after the prompt, by the learner."""
    vocabulary = policy.base.config.text_config.vocab_size
    with torch.no_grad():
        rows = group_logprobs(policy, [prompt], [[(i,) for i in range(vocabulary)]], temperature)
    return torch.cat(rows[0])


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_tokens_are_drawn_as_often_as_their_probability_says(
    policy: AudioPolicy, prompt_of: Any, temperature: float
) -> None:
    prompt, count = prompt_of(seed=1), 4000
    chances = _first_distribution(policy, prompt, temperature).exp().double().numpy()
    settings = SamplingSettings(temperature=temperature, max_new_tokens=1)
    (group,) = sample(policy, [prompt], [list(range(count))], settings)
    seen = np.bincount([row.ids[0] for row in group], minlength=len(chances))
    assert not seen[list(policy.suppressed_ids)].any()
    often = chances * count >= 5
    chi = ((seen - chances * count)[often] ** 2 / (chances * count)[often]).sum()
    assert chi < often.sum() + 5 * math.sqrt(2 * often.sum())


def test_top_p_keeps_the_smallest_nucleus_and_its_logprobs_are_renormalised(
    policy: AudioPolicy, prompt_of: Any
) -> None:
    prompt, top_p = prompt_of(seed=1), 0.3
    full = _first_distribution(policy, prompt, 1.0).double()
    order = full.argsort(descending=True)
    cumulative = full[order].exp().cumsum(0)
    nucleus = order[: int((cumulative < top_p).sum()) + 1]
    settings = SamplingSettings(top_p=top_p, max_new_tokens=1)
    (group,) = sample(policy, [prompt], [list(range(1000))], settings)
    assert {row.ids[0] for row in group} <= set(nucleus.tolist())
    assert len({row.ids[0] for row in group}) > 1
    mass = full[nucleus].exp().sum().log()
    for row in group[:20]:
        assert row.logprobs_T[0] == pytest.approx(float(full[row.ids[0]] - mass), abs=1e-4)


def test_no_noise_draws_a_suppressed_token_or_one_outside_the_nucleus(policy: AudioPolicy) -> None:
    points = torch.tensor([0.0, 2**-53, 0.5, 1 - 2**-53], dtype=torch.float64)
    size = policy.base.lm_head.in_features
    hidden = torch.randn(1, size, generator=torch.Generator().manual_seed(2)).expand(4, -1)
    with torch.no_grad():
        logprobs = policy.logprobs(hidden, 1.0)
    assert not set(pick(logprobs, points).tolist()) & set(policy.suppressed_ids)
    narrow = pick(cut(logprobs, SamplingSettings(top_p=1e-6)), points)
    assert set(narrow.tolist()) == set(logprobs[0].topk(1).indices.tolist())


@pytest.mark.parametrize("draw", [pick, lambda logprobs, point: _fall(logprobs.exp(), point)])
def test_a_point_that_rounds_up_to_the_whole_mass_draws_the_last_possible_token(draw: Any) -> None:
    logprobs = torch.full((2, 5), -torch.inf)
    logprobs[:, 1:3] = math.log(0.5)
    assert draw(logprobs, torch.tensor([1.0, 0.0], dtype=torch.float64)).tolist() == [2, 1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_compiled_draw_is_the_one_of_cumulative_sums(dtype: torch.dtype) -> None:
    noise = torch.Generator().manual_seed(1)
    logprobs = (3 * torch.randn(2000, 301, generator=noise, dtype=dtype)).log_softmax(dim=-1)
    logprobs[:, ::7] = -torch.inf
    points = torch.rand(2000, generator=noise, dtype=torch.float64)
    drawn = pick(logprobs, points)
    assert torch.equal(drawn, _fall(logprobs.exp(), points))
    assert (drawn % 7 != 0).all()


def test_no_distribution_is_an_error_and_no_completion(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any
) -> None:
    policy = open_tiny()
    with torch.no_grad():
        policy.language_model.norm.weight[0] = math.nan
    for temperature in (1.0, 0.0):
        settings = SamplingSettings(temperature=temperature, max_new_tokens=3)
        with pytest.raises(DivergenceError, match="no distribution: got a log-prob of nan"):
            sample(policy, [prompt_of(seed=1)], [[1, 2]], settings)
    broken = torch.full((2, 5), math.nan)
    points = torch.zeros(2, dtype=torch.float64)
    for tokens in (pick(broken, points), _fall(broken.exp(), points)):
        assert tokens.tolist() == [4, 4]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"top_k": 2}, [0, 1]),
        ({"min_p": 0.2}, [0, 1, 2]),
        ({"top_k": 3, "top_p": 0.45}, [0]),  # 0.4 of the 0.85 that top_k left
        ({"top_p": 0.45}, [0, 1]),
        ({"top_p": 0.9, "min_p": 0.6}, [0, 1]),
        ({}, [0, 1, 2, 3, 4]),
    ],
)
def test_cuts_apply_in_order_and_what_is_left_sums_to_one(
    settings: dict[str, Any], kept: list[int]
) -> None:
    chances = torch.tensor([0.4, 0.3, 0.15, 0.075, 0.075], dtype=torch.float64)
    shuffled = torch.tensor([3, 1, 4, 0, 2])
    left = cut(chances[shuffled].log()[None], SamplingSettings(**settings))[0].exp()
    expected = torch.zeros(5, dtype=torch.float64)
    expected[kept] = chances[kept] / chances[kept].sum()
    assert torch.allclose(left, expected[shuffled], atol=1e-12)


def test_noise_is_a_function_of_seed_and_position() -> None:
    long = uniform_noise([3, 2**63, 2**64 - 1], 50)
    assert long.dtype == np.float64
    assert long.min() >= 0
    assert long.max() < 1
    assert np.array_equal(uniform_noise([2**63], 20)[0], long[1, :20])
    assert len(np.unique(long)) == long.size


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -0.1},
        {"temperature": math.nan},
        {"temperature": math.inf},
        {"temperature": 1e-300},
        {"top_p": 0.0},
        {"top_p": 1.01},
        {"max_new_tokens": 0},
    ],
)
def test_settings_out_of_range_are_refused_by_name(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"sampling.{next(iter(settings))} is out of range"):
        SamplingSettings(**settings)


@pytest.mark.parametrize("stop", ["</answer>", "ここまで答えです", "\N{MUSICAL SYMBOL G CLEF}" * 6])
def test_a_stop_text_ends_its_row_however_many_tokens_a_letter_takes(
    policy: AudioPolicy, stop: str
) -> None:
    tokenize = policy.processor.tokenizer
    before, within, behind = (
        tokenize(text, add_special_tokens=False)["input_ids"] for text in ("It is ", stop, " D")
    )
    unseen, half = tokenize.pad_token_id, len(within) // 2
    draws = Draws(policy, [[1]], SamplingSettings(max_new_tokens=64, stop=(stop,)))
    for token in (*before, *within[:half], unseen, unseen, *within[half:], *behind):
        certain = torch.full((1, len(policy.head.weight)), -torch.inf)
        certain[0, token] = 0.0
        draws.draw(certain)
    (row,) = draws.completions(0)
    assert row.text == f"It is {stop}"
    assert row.finish_reason == "stop"
