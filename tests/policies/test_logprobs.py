"""The shared prefix against its oracle: every completion with its own copy of the prompt."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.families import FAMILIES
from policies.gradients import freeze_encoder
from policies.logprobs import group_logprobs
from policies.lora import LoraSettings, open_policy, wrap
from policies.records import Prompt

Groups = Sequence[Sequence[Sequence[int]]]


def _plain(
    model: Any, policy: AudioPolicy, prompts: Sequence[Prompt], groups: Groups, temperature: float
) -> list[list[torch.Tensor]]:
    """Rows [prompt, completion], padded, with features repeated, through stock forward."""
    rows = [(p, row) for p, group in zip(prompts, groups, strict=True) for row in group]
    width = max(len(p.ids) + len(row) for p, row in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    features, feature_mask = [], []
    for i, (p, row) in enumerate(rows):
        ids[i, : len(p.ids) + len(row)] = torch.tensor([*p.ids, *row])
        mask[i, : len(p.ids) + len(row)] = 1
        if p.clips:
            heard = [policy.hear(clip.samples_S, clip.sha256) for clip in p.clips]
            features += [one.features for one in heard]
            feature_mask += [one.mask for one in heard]
    sound = {}
    if features:
        sound["input_features"] = torch.cat(features).to(next(model.parameters()).dtype)
        sound[policy.family.mask_name] = torch.cat(feature_mask)
    logits = model(input_ids=ids, attention_mask=mask, **sound).logits / temperature
    logits[..., list(policy.suppressed_ids)] = -torch.inf
    logprobs = logits.log_softmax(dim=-1)
    found = iter(
        logprobs[i, len(p.ids) - 1 : len(p.ids) + len(row) - 1]
        .gather(1, torch.tensor(row)[:, None])
        .squeeze(1)
        for i, (p, row) in enumerate(rows)
    )
    return [[next(found) for _ in group] for group in groups]


def _flat(groups: Sequence[Sequence[torch.Tensor]]) -> torch.Tensor:
    return torch.cat([row for group in groups for row in group])


def _gradients(model: Any, logprobs: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    weights = torch.randn(len(logprobs), generator=torch.Generator().manual_seed(1))
    (logprobs * weights.to(logprobs.dtype)).sum().backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def _check(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor], within: float) -> None:
    assert ours.keys() == theirs.keys() != set()
    largest = max(float(g.abs().max()) for g in theirs.values())
    for name, gradient in theirs.items():
        assert float((ours[name] - gradient).abs().max()) < within * largest, name


def _stock_copy(policy: AudioPolicy) -> Any:
    model = copy.deepcopy(policy.base)
    model.set_attn_implementation("sdpa")
    return model


FAMILY = sorted(FAMILIES)


@pytest.fixture
def cases(sound: Any, ask: Any) -> Callable[..., dict[str, tuple[list[Prompt], Groups]]]:
    """``cases(policy)``: one group; groups ragged in every way, one of them twice."""

    def make(policy: AudioPolicy) -> dict[str, tuple[list[Prompt], Groups]]:
        def prompt(text: str, *clips: tuple[int, float]) -> Prompt:
            longest = policy.family.longest(policy.processor)
            heard = [sound(seed, min(seconds, longest)) for seed, seconds in clips]
            return policy.prompt(ask(text, clip=None), heard)

        one = ([prompt("What key?", (1, 1.0))], [[(7, 8, 9), (10, 11, 12), (7, 8, 20)]])
        ragged = (
            [
                prompt("What key?", (1, 2.6)),
                prompt("Which chord ends the phrase, and how?", (2, 0.4)),
                prompt("And which is higher?", (1, 2.6), (2, 0.4)),
                prompt("How many sharps?"),
                prompt("What key?", (1, 2.6)),
            ],
            [
                [(7, 8, 9, 10, 11), (12,), (13, 14)],
                [(15, 16, 2)],
                [(7, 8), (7, 8, 9, 9, 9, 9, 9)],
                [(30, 31, 32, 33), (34, 35, 36, 37)],
                [(40, 41), (42,)],
            ],
        )
        return {"one": one, "ragged": ragged}

    return make


@pytest.mark.parametrize("family", FAMILY)
@pytest.mark.parametrize("case", ["one", "ragged"])
@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_values_and_gradients_are_the_plain_forms(
    open_tiny: Any, cases: Any, family: str, case: str, dtype: torch.dtype, within: float
) -> None:
    policy = open_tiny(dtype, family)
    stock = _stock_copy(policy)
    prompts, groups = cases(policy)[case]
    ours = group_logprobs(policy, prompts, groups, 0.7)
    theirs = _plain(stock, policy, prompts, groups, 0.7)
    assert [[len(row) for row in group] for group in ours] == [
        [len(row) for row in group] for group in groups
    ]
    assert _flat(ours).dtype == dtype
    assert torch.allclose(_flat(ours), _flat(theirs), rtol=0, atol=within)
    _check(_gradients(policy.model, _flat(ours)), _gradients(stock, _flat(theirs)), within)


@pytest.mark.parametrize("family", FAMILY)
@pytest.mark.parametrize("case", ["one", "ragged"])
def test_a_frozen_encoder_leaves_the_decoders_gradients_as_they_are(
    open_tiny: Any, cases: Any, family: str, case: str
) -> None:
    policy = open_tiny(torch.float64, family)
    prompts, groups = cases(policy)[case]
    expected = _gradients(policy.model, _flat(group_logprobs(policy, prompts, groups)))
    freeze_encoder(policy)
    for _ in range(2):  # the second time without the encoder
        got = _gradients(policy.model, _flat(group_logprobs(policy, prompts, groups)))
        assert not any("audio_tower" in name or "projector" in name for name in got)
        _check(got, {name: expected[name] for name in got}, 1e-12)


def test_half_precision_is_as_near_the_exact_values_as_the_plain_form_is(
    open_tiny: Any, cases: Any
) -> None:
    exact, policy = open_tiny(torch.float64), open_tiny(torch.bfloat16)
    prompts, groups = cases(policy)["ragged"]
    with torch.no_grad():
        truth = _flat(group_logprobs(exact, prompts, groups))
        ours = _flat(group_logprobs(policy, prompts, groups))
        theirs = _flat(_plain(_stock_copy(policy), policy, prompts, groups, 1.0))
    assert ours.dtype == torch.float32
    assert float((ours - truth).norm()) < 1.5 * float((theirs.float() - truth).norm())


def test_the_same_question_about_the_same_clip_is_read_once(
    open_tiny: Any, cases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = open_tiny()
    prompts, groups = cases(policy)["ragged"]
    rows: list[int] = []
    decode = policy.decode
    monkeypatch.setattr(
        policy, "decode", lambda x, *rest: rows.append(x.shape[1]) or decode(x, *rest)
    )
    group_logprobs(policy, prompts, groups)
    tokens = sum(len(row) for group in groups for row in group)
    assert rows == [sum(len(p.ids) for p in prompts[:-1]) + tokens]


def test_gradient_checkpointing_changes_neither_values_nor_gradients(
    open_tiny: Callable[..., AudioPolicy], cases: Any, passes: list[int]
) -> None:
    policy = open_tiny(torch.float64)
    prompts, groups = cases(policy)["ragged"]
    plain = _flat(group_logprobs(policy, prompts, groups))
    expected = _gradients(policy.model, plain)
    policy.base.activation_checkpointing_enable()
    policy.model.train()  # transformers checkpoints in training mode only
    passes.clear()
    checkpointed = _flat(group_logprobs(policy, prompts, groups))
    assert torch.equal(checkpointed, plain)
    _check(_gradients(policy.model, checkpointed), expected, 1e-12)
    assert passes.count(0) == 2, "the backward pass must have run the layer again"


def test_an_adapter_that_is_off_is_the_base_and_one_that_is_on_is_not(
    tiny_folder: Any, cases: Any
) -> None:
    base = open_policy(tiny_folder)
    freeze_encoder(base)  # as it is below an adapter: heard clip by clip, to the last bit
    prompts, groups = cases(base)["ragged"]
    adapted = open_policy(tiny_folder, lora=LoraSettings(rank=2))
    with torch.no_grad():
        expected = _flat(group_logprobs(base, prompts, groups))
        assert torch.equal(_flat(group_logprobs(adapted, prompts, groups)), expected)
        for name, parameter in adapted.model.named_parameters():
            if "lora_B" in name:
                parameter += 0.3
        moved = _flat(group_logprobs(adapted, prompts, groups))
        assert float((moved - expected).abs().max()) > 1e-2
        with adapted.model.disable_adapter():
            assert torch.equal(_flat(group_logprobs(adapted, prompts, groups)), expected)


def test_an_adapter_that_is_merged_in_place_counts_once_and_can_be_off(
    moved_adapter: Any, cases: Any
) -> None:
    policy = moved_adapter()
    prompts, groups = cases(policy)["ragged"]

    def now() -> torch.Tensor:
        with torch.no_grad():
            return _flat(group_logprobs(policy, prompts, groups))

    on = now()
    with policy.model.disable_adapter():
        off = now()
    policy.model.merge_adapter()
    assert torch.allclose(now(), on, rtol=0, atol=1e-4)
    with policy.model.disable_adapter():
        assert torch.allclose(now(), off, rtol=0, atol=1e-4)
    assert float((on - off).abs().max()) > 1e-2


@pytest.mark.parametrize("family", FAMILY)
@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_values_and_gradients_of_an_adapter_are_the_plain_forms(
    open_tiny: Any, cases: Any, family: str, dtype: torch.dtype, within: float
) -> None:
    policy = open_tiny(dtype, family)
    wrap(policy, LoraSettings(rank=2))
    noise = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in policy.model.parameters():
            if parameter.requires_grad:
                parameter += 0.1 * torch.randn(parameter.shape, generator=noise).to(parameter)
    prompts, groups = cases(policy)["ragged"]
    ours = _flat(group_logprobs(policy, prompts, groups))
    got = _gradients(policy.model, ours)
    policy.base.set_attn_implementation("sdpa")
    theirs = _flat(_plain(policy.base, policy, prompts, groups, 1.0))
    assert torch.allclose(ours, theirs, rtol=0, atol=within)
    assert all("lora" in name for name in got)
    _check(got, _gradients(policy.model, theirs), within)


def test_a_group_does_not_hear_its_neighbours(exact_policy: AudioPolicy, cases: Any) -> None:
    prompts, groups = cases(exact_policy)["ragged"]
    with torch.no_grad():
        together = group_logprobs(exact_policy, prompts, groups)
        for n, prompt in enumerate(prompts):
            (alone,) = group_logprobs(exact_policy, [prompt], [groups[n]])
            assert torch.allclose(_flat([alone]), _flat([together[n]]), rtol=0, atol=1e-12)
        backwards = group_logprobs(exact_policy, prompts[::-1], [g[::-1] for g in groups[::-1]])
    for group, mirrored in zip(together, backwards[::-1], strict=True):
        assert torch.allclose(_flat([group]), _flat([mirrored[::-1]]), rtol=0, atol=1e-12)


def test_a_completion_does_not_read_its_siblings(policy: AudioPolicy, prompt_of: Any) -> None:
    prompt = prompt_of(seed=1)
    with torch.no_grad():
        one = group_logprobs(policy, [prompt], [[(7, 8, 9), (10, 11, 12)]])[0][0]
        two = group_logprobs(policy, [prompt], [[(7, 8, 9), (40, 41, 42)]])[0][0]
        later = group_logprobs(policy, [prompt], [[(7, 8, 99), (40, 41, 42)]])[0][0]
    assert torch.equal(one, two)
    assert torch.equal(one[:2], later[:2]), "a token must not read what follows it"


def test_logprobs_of_every_next_token_sum_to_one_without_the_audio_ids(
    policy: AudioPolicy, prompt_of: Any
) -> None:
    vocabulary = policy.base.config.text_config.vocab_size
    with torch.no_grad():
        rows = group_logprobs(policy, [prompt_of()], [[(i,) for i in range(vocabulary)]])[0]
    chances = torch.cat(rows).exp()
    assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
    assert not chances[list(policy.suppressed_ids)].any()
    assert (chances > 0).sum() == vocabulary - 3
