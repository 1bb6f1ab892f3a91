"""A Qwen2 decoder under an attention plan, on the model's own parameters.

The library's layers as they stand, but for what ``policies/fused.py`` makes one operation
of: fewer passes over memory and half as much kept for the backward pass. The model itself is
not changed: no module is replaced, ``forward`` and ``generate`` stay stock.
Linear layers that are more than their matrices (``policies/linear.py``) are called as they are.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import silu
from transformers.models.qwen2.modeling_qwen2 import Qwen2DecoderLayer

from policies.attention import Plan
from policies.fused import added, gated_mlp, norm, projected, turn
from policies.linear import matrices


def knows(decoder: Any) -> bool:
    """Whether this is the decoder whose arithmetic stands here."""
    known = all(isinstance(layer, Qwen2DecoderLayer) for layer in decoder.layers)
    return known and decoder.config.hidden_act == "silu"


def run(
    decoder: Any, x: Tensor, positions: Tensor, plan: Plan, wanted: Tensor | None = None
) -> Tensor:
    """Hidden states (N, L, h) from embeddings (N, L, h) at positions (N, L); or (N, W, h).

    Of the last layer's tokens the others give nothing but keys and values, so only the
    ``wanted`` (N, W) go on from its attention. Layers whose activations are to be computed
    again in the backward pass (transformers' ``gradient_checkpointing``, in training mode
    only) keep their input alone.
    """
    cos, sin = (each[:, :, None] for each in decoder.rotary_emb(x, positions))
    last = decoder.layers[-1]
    for layer in decoder.layers:
        places = wanted if layer is last else None
        once = partial(_layer, layer, cos=cos, sin=sin, plan=plan, wanted=places)
        again = layer.gradient_checkpointing and layer.training
        x = layer._gradient_checkpointing_func(once, x) if again else once(x)
    return norm(x, decoder.norm.weight, decoder.norm.variance_epsilon)


def take(x: Tensor, wanted: Tensor) -> Tensor:
    """Of (N, L, h) what stands at (N, W), some places perhaps more than once; (N, W, h)."""
    if len(wanted) == 1:
        return x.index_select(1, wanted[0])
    return x[torch.arange(len(wanted), device=x.device)[:, None], wanted]


def _layer(
    layer: Any, x: Tensor, *, cos: Tensor, sin: Tensor, plan: Plan, wanted: Tensor | None
) -> Tensor:
    own = layer.self_attn
    before = layer.input_layernorm
    drawn = _projected(before, x, own.q_proj, own.k_proj, own.v_proj)
    q, k, v = (each.unflatten(-1, (-1, own.head_dim)) for each in drawn)
    q, k, v = (each.transpose(1, 2) for each in (turn(q, cos, sin), turn(k, cos, sin), v))
    read = plan.attend(own.layer_idx, q, k, v, own.scaling).transpose(1, 2).flatten(2)
    if wanted is not None:
        x, read = take(x, wanted), take(read, wanted)
    return _mlp(layer, _added(x, read, own.o_proj))


def _mlp(layer: Any, x: Tensor) -> Tensor:
    before, mlp = layer.post_attention_layernorm, layer.mlp
    modules = (mlp.gate_proj, mlp.up_proj, mlp.down_proj)
    plain = [one for one in map(matrices, modules) if one and one.bias is None and one.up is None]
    if len(plain) == len(modules):
        return gated_mlp(x, before.weight, before.variance_epsilon, *plain)
    gate, up = _projected(before, x, mlp.gate_proj, mlp.up_proj)
    return _added(x, silu(gate) * up, mlp.down_proj)


def _projected(before: Any, x: Tensor, *modules: Any) -> tuple[Tensor, ...]:
    """Linear layers of the norm of x."""
    layers = [one for one in map(matrices, modules) if one is not None]
    if len(layers) == len(modules):
        return projected(x, before.weight, before.variance_epsilon, *layers)
    n = norm(x, before.weight, before.variance_epsilon)
    return tuple(each(n) for each in modules)


def _added(x: Tensor, y: Tensor, module: Any) -> Tensor:
    layer = matrices(module)
    return x + module(y) if layer is None else added(x, y, layer)
