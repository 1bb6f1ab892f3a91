"""Our pass through the decoder against the library's own; tests of log-probs hold both further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from policies import layers
from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.fused import gated_mlp
from policies.lora import LoraSettings, wrap
from policies.shared_row import SharedRow

PLAN = SharedRow((6, 9), ((4, 2), (3, 1, 5)))


def _pass(policy: AudioPolicy, wanted: Tensor | None = None) -> tuple[Tensor, dict[str, Tensor]]:
    """Hidden states, and gradients of all that learns and of the embeddings."""
    policy.model.zero_grad()
    noise = torch.Generator().manual_seed(1)
    size = (1, sum(PLAN.lengths), policy.language_model.config.hidden_size)
    x = torch.randn(size, generator=noise, dtype=torch.float64).requires_grad_()
    slopes = torch.randn(size, generator=noise, dtype=torch.float64)
    out = policy.decode(x, PLAN.positions(policy.device), PLAN, wanted)
    (out * slopes[:, : out.shape[1]]).sum().backward()
    found = {n: p.grad.clone() for n, p in policy.model.named_parameters() if p.grad is not None}
    assert x.grad is not None
    return out.detach(), found | {"embeddings": x.grad}


@pytest.mark.parametrize(
    "targets", [(), ("q_proj", "v_proj"), ("q_proj", "o_proj", "gate_proj"), ("up_proj",)]
)
def test_values_and_gradients_are_those_of_the_librarys_layers(
    open_tiny: Callable[..., AudioPolicy], targets: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = open_tiny(torch.float64)
    if targets:
        wrap(policy, LoraSettings(rank=2, targets=targets))
        noise = torch.Generator().manual_seed(4)
        with torch.no_grad():
            for parameter in policy.model.parameters():
                if parameter.requires_grad:
                    parameter += 0.1 * torch.randn(parameter.shape, generator=noise).to(parameter)
    places = PLAN.predicting(policy.device)[None]  # some of them twice, most never
    ours = [_pass(policy), _pass(policy, places)]
    monkeypatch.setattr(layers, "knows", lambda decoder: False)
    for (out, found), (expected, theirs) in zip(
        ours, [_pass(policy), _pass(policy, places)], strict=True
    ):
        assert torch.allclose(out, expected, rtol=0, atol=1e-12)
        assert found.keys() == theirs.keys()
        for name, gradient in theirs.items():
            within = 1e-12 * max(1.0, float(gradient.abs().max()))
            assert torch.allclose(found[name], gradient, rtol=0, atol=within), name


@torch.no_grad()
def test_only_what_is_wanted_goes_through_the_end_of_the_last_layer(
    open_tiny: Callable[..., AudioPolicy], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, seen = open_tiny(torch.float64), []
    whole = gated_mlp

    def counted(x: Tensor, *given: Any) -> Tensor:
        seen.append(tuple(x.shape[:2]))
        return whole(x, *given)

    monkeypatch.setattr(layers, "gated_mlp", counted)
    noise = torch.Generator().manual_seed(1)
    size = (2, 7, policy.language_model.config.hidden_size)
    x, positions = torch.randn(size, generator=noise, dtype=torch.float64), torch.arange(7)[None]
    expected = policy.decode(x, positions, Prefill())
    wanted = torch.tensor([[6, 0], [3, 4]])
    found = policy.decode(x, positions, Prefill(), wanted)
    assert torch.allclose(found, layers.take(expected, wanted), rtol=0, atol=1e-12)
    count = len(policy.language_model.layers)
    assert seen == [(2, 7)] * (2 * count - 1) + [(2, 2)]


def test_another_decoder_runs_through_its_own_layers(open_tiny: Callable[..., AudioPolicy]) -> None:
    policy = open_tiny(torch.float64)
    assert layers.knows(policy.language_model)
    policy.language_model.config.hidden_act = "gelu"
    assert not layers.knows(policy.language_model)
    calls: list[int] = []
    policy.language_model.layers[0].mlp.register_forward_hook(lambda *_: calls.append(1))
    _pass(policy)
    assert calls == [1]


def test_the_model_itself_is_left_as_it_was(open_tiny: Callable[..., AudioPolicy]) -> None:
    policy = open_tiny(torch.float64)

    def shape() -> list[Any]:
        return [(n, type(m), sorted(vars(m)), len(m._forward_hooks), len(m._forward_pre_hooks))
                for n, m in policy.model.named_modules()]  # fmt: skip

    before, weights = shape(), {n: p.clone() for n, p in policy.model.state_dict().items()}
    _pass(policy)
    policy.model.zero_grad()
    assert shape() == before
    assert all(torch.equal(p, weights[n]) for n, p in policy.model.state_dict().items())
