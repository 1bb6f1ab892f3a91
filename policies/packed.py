"""A decoder's weights as ``policies/packed_kernels.py`` multiplies with them.

A layer is four matrices: one for queries, keys and values, one for gate and up. What is linear is
in them already: the norms' weights, the scale of attention, an adapter's product; the temperature
is in the head. They are a copy, made anew for each call of the sampler (milliseconds beside
hundreds), so no update of the weights can be missed.

Axes: ``H`` hidden size, ``h`` query heads, ``k`` key heads, ``d`` head size, ``I`` width of
the gated layer, ``V`` vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from policies.audio_policy import AudioPolicy
from policies.lanes import WIDE
from policies.linear import matrices

_MOST = 4 << 30  # bytes of a copy; above, memory is dear


class Weights(NamedTuple):
    """A decoder and its head, in flat arrays; x^ is x rounded up to whole blocks.

    Attributes:
        embed: (V, H).
        qkv: (L, ((h + 2k) d)^ / WIDE, H, WIDE); ``qkv_bias`` (L, ((h + 2k) d)^).
        out: (L, H^ / WIDE, h d, WIDE).
        gate_up: (L, 2 I^ / WIDE, H, WIDE).
        down: (L, H^ / WIDE, I, WIDE).
        head: (V^ / WIDE, H, WIDE); ``head_bias`` (V^,), minus infinity behind V.
        floors: (2 L + 1,), H times the epsilon of each norm, in the order of use.
        layers, hidden, heads, kv, size, gated, vocabulary: L, H, h, k, d, I, V.
    """

    embed: np.ndarray
    qkv: np.ndarray
    qkv_bias: np.ndarray
    out: np.ndarray
    gate_up: np.ndarray
    down: np.ndarray
    head: np.ndarray
    head_bias: np.ndarray
    floors: np.ndarray
    layers: int
    hidden: int
    heads: int
    kv: int
    size: int
    gated: int
    vocabulary: int


def pack(policy: AudioPolicy, temperature: float) -> Weights | None:
    """The weights as they are now; None where they do not fit this form.

    Those of Qwen2's layers do, whole or under plain LoRA, on a CPU, in float32, up to 4 GiB.
    ``policies.packed_step.proven`` holds the result against the library.
    """
    decoder, head = policy.language_model, policy.head
    parameters = (*decoder.parameters(), head.weight)
    embed = policy.base.get_input_embeddings()
    if (
        sum(w.nbytes for w in parameters) > _MOST
        or any(w.device.type != "cpu" or w.dtype != torch.float32 for w in parameters)
        or not all(_fits(layer) for layer in decoder.layers)
        or type(embed) is not nn.Embedding
    ):
        return None
    own = decoder.layers[0].self_attn
    bias = head.weight.new_zeros(len(head.weight))
    if head.bias is not None:
        bias += head.bias / temperature
    bias[list(head.suppressed)] = -torch.inf
    layers = decoder.layers
    norms = [n for one in layers for n in (one.input_layernorm, one.post_attention_layernorm)]
    floors = [len(norm.weight) * norm.variance_epsilon for norm in (*norms, decoder.norm)]
    return Weights(
        embed=embed.weight.detach().flatten().numpy(),
        qkv=together(_qkv(one).t() for one in layers),
        qkv_bias=np.concatenate([_qkv_bias(one) for one in layers]),
        out=together(_weight(one.self_attn.o_proj).t() for one in layers),
        gate_up=together(_gate_up(one).t() for one in layers),
        down=together(_weight(one.mlp.down_proj).t() for one in layers),
        head=together([_after(decoder.norm, head.weight / temperature).t()]),
        head_bias=_whole(bias, -torch.inf).numpy(),
        floors=np.array(floors, dtype=np.float32),
        layers=len(layers),
        hidden=embed.weight.shape[1],
        heads=own.config.num_attention_heads,
        kv=own.config.num_key_value_heads,
        size=own.head_dim,
        gated=decoder.config.intermediate_size,
        vocabulary=len(bias),
    )


def up(size: int) -> int:
    """``size``, or the next multiple of a block above it."""
    return size + -size % WIDE


def together(parts: Iterable[Tensor]) -> np.ndarray:
    """(..., i, o) each, in blocks of columns (..., o^ / WIDE, i, WIDE), zeros beyond o; flat."""
    views = [_blocks(part).numpy() for part in parts]
    # Alone, numpy would keep the order in which they lie.
    flat = np.empty((len(views), *views[0].shape), dtype=np.float32)
    return np.stack(views, out=flat).ravel()


def _blocks(x: Tensor) -> Tensor:
    return _whole(x).unflatten(-1, (-1, WIDE)).transpose(-2, -3)


def _whole(x: Tensor, value: float = 0.0) -> Tensor:
    """(..., o^), which is ``value`` beyond o."""
    more = -x.shape[-1] % WIDE
    return pad(x, (0, more), value=value) if more else x


def _fits(layer: Any) -> bool:
    own, mlp = layer.self_attn, layer.mlp
    biased = [matrices(module) for module in (own.q_proj, own.k_proj, own.v_proj)]
    plain = [matrices(m) for m in (own.o_proj, mlp.gate_proj, mlp.up_proj, mlp.down_proj)]
    return (
        all(one is not None and one.bias is not None for one in biased)
        and all(one is not None and one.bias is None for one in plain)
        and own.head_dim % 2 == 0
    )


def _qkv(layer: Any) -> Tensor:
    own = layer.self_attn
    parts = [_weight(own.q_proj) * own.scaling, _weight(own.k_proj), _weight(own.v_proj)]
    return _after(layer.input_layernorm, torch.cat(parts))


def _qkv_bias(layer: Any) -> np.ndarray:
    own = layer.self_attn
    bias = torch.cat([own.q_proj.bias * own.scaling, own.k_proj.bias, own.v_proj.bias])
    return _whole(bias).numpy()


def _gate_up(layer: Any) -> Tensor:
    both = [_whole(_weight(part).t()).t() for part in (layer.mlp.gate_proj, layer.mlp.up_proj)]
    return _after(layer.post_attention_layernorm, torch.cat(both))


def _weight(module: Any) -> Tensor:
    """(out, in), with what an adapter adds."""
    linear: Any = matrices(module)
    return linear.merged()


def _after(norm: Any, weight: Tensor) -> Tensor:
    """(o, i), which is changed, for rows that ``norm`` would have brought to length 1."""
    return weight.mul_(norm.weight * len(norm.weight) ** 0.5)
