"""Attention over a prefix that is stored once and shared by a group.

transformers lets a model call a registered function for its attention. Ours
hands the layer's queries, keys and values to a *plan* that travels through the
language model as a keyword, so one decoder serves two passes over the same
rows, without a mask of (P + G T)^2 and without copying the prompt G times:

==============  =====================================================  ==========
plan            what attends to what                                   used by
==============  =====================================================  ==========
``Prefill``     each prompt to itself; its keys and values are kept    sampler
``SharedRow``   [prefix, completion 1 ... G]: prefix to itself, each   learner
                completion to the prefix and to itself
==============  =====================================================  ==========

(The sampler's later steps, one token a row, are ``policies/decode_step.py``.)
Without a plan the function is transformers' own ``sdpa``, so ``forward`` and
``generate`` of a policy's model behave as they always do.

Axes: ``N`` prompts (groups), ``G`` completions of each, ``P`` prefix tokens
(padded right), ``T`` completion tokens, ``h`` heads, ``k`` key-value heads,
``d`` head size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "etude_shared_prefix"


@dataclass(slots=True)
class Prefill:
    """Causal attention over N right-padded prompts; keeps keys and values by layer."""

    keys: dict[int, Tensor] = field(default_factory=dict)
    values: dict[int, Tensor] = field(default_factory=dict)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """(N, h, P, d) queries to (N, h, P, d); padding comes last, so no real token sees it."""
        self.keys[layer], self.values[layer] = k, v
        return scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale, enable_gqa=True)


class Plan(Protocol):
    """Who attends to whom in one pass of the decoder."""

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """Queries (b, h, L, d), keys and values (b, k, L, d) of a layer to (b, h, L, d)."""
        ...


def _attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    plan: Plan | None = None,
    **kwargs: Any,
) -> tuple[Tensor, Tensor | None]:
    if plan is None:
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    out = plan.attend(module.layer_idx, query, key, value, scale)
    return out.transpose(1, 2).contiguous(), None


def register() -> None:
    """Make the function known to transformers under ``NAME``; idempotent."""
    AttentionInterface.register(NAME, _attention)
    AttentionMaskInterface.register(NAME, sdpa_mask)
