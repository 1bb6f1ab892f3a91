"""A decoder's weights as a CPU multiplies them fastest: few, wide, from the right.

A product of a few rows with ``W^T`` as the library stores it takes a CPU up to twice as long as
with a matrix that was packed for it (``policies/packed_matrix.py``), and each call costs some
microseconds whatever its size. So a layer becomes four matrices: one for queries, keys and values,
one for gate and up. What is linear is in them already: the norms' weights, the scale of attention,
an adapter's product. A head's dimensions i and i + d/2, which rotate together, lie side by side as
one complex number; queries and keys alike, so their products stay.

They are a copy, made anew for each call of the sampler (milliseconds beside hundreds), so no
update of the weights can be missed.

Axes: ``H`` hidden size, ``h`` query heads, ``k`` key heads, ``d`` head size, ``I`` width of
the gated layer, ``V`` vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from policies.audio_policy import AudioPolicy
from policies.linear import matrices
from policies.packed_matrix import PackedMatrix

_MOST = 4 << 30  # bytes of a copy; above, products outweigh calls and memory is dear


@dataclass(frozen=True, slots=True)
class PackedNorm:
    """x / sqrt(mean x^2 + e) but for a factor sqrt(H), which the matrix after it carries.

    Attributes:
        floor: (1, 1), sqrt(H e), so that the divisor is the hypotenuse of |x| and it.
    """

    floor: Tensor

    def __call__(self, x: Tensor, out: Tensor) -> Tensor:
        """(B, H) into ``out``."""
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        return torch.div(x, torch.hypot(length, self.floor), out=out)


@dataclass(frozen=True, slots=True)
class PackedLayer:
    """One layer.

    Attributes:
        before: the norm before attention; ``between``, that before the gated layer.
        qkv: (H, (h + 2k) d), queries, keys and values side by side; ``qkv_bias`` likewise.
        out: (h d, H).
        gate_up: (H, 2 I).
        down: (I, H).
    """

    before: PackedNorm
    qkv: PackedMatrix
    qkv_bias: Tensor
    out: PackedMatrix
    between: PackedNorm
    gate_up: PackedMatrix
    down: PackedMatrix


@dataclass(frozen=True, slots=True)
class Packed:
    """A decoder and its head.

    Attributes:
        embed: (V, H).
        norm: the last one.
        head: (H, V) and ``head_bias`` (V,), over the temperature; suppressed ids at -inf.
        heads, size: h and d.
    """

    embed: Tensor
    layers: tuple[PackedLayer, ...]
    norm: PackedNorm
    head: PackedMatrix
    head_bias: Tensor
    heads: int
    size: int


def pack(policy: AudioPolicy, temperature: float) -> Packed | None:
    """The weights as they are now; None where they do not fit this form.

    Those of Qwen2's layers do, whole or under plain LoRA, on a CPU, in float32 or float64, up
    to 4 GiB. ``policies.packed_step.proven`` holds the result against the library.
    """
    decoder, head = policy.language_model, policy.head
    weights = (*decoder.parameters(), head.weight)
    if (
        sum(w.nbytes for w in weights) > _MOST
        or {w.device.type for w in weights} != {"cpu"}
        or {w.dtype for w in weights} not in ({torch.float32}, {torch.float64})
        or not all(_fits(layer) for layer in decoder.layers)
        or type(policy.base.get_input_embeddings()) is not nn.Embedding
    ):
        return None
    attention = decoder.layers[0].self_attn
    matrix, bias = head.weight / temperature, head.weight.new_zeros(len(head.weight))
    if head.bias is not None:
        bias += head.bias / temperature
    bias[list(head.suppressed)] = -torch.inf
    return Packed(
        embed=policy.base.get_input_embeddings().weight,
        layers=tuple(_layer(layer) for layer in decoder.layers),
        norm=_norm(decoder.norm),
        head=_after(decoder.norm, [matrix]),
        head_bias=bias,
        heads=attention.config.num_attention_heads,
        size=attention.head_dim,
    )


def side_by_side(x: Tensor, dim: int) -> Tensor:
    """Dimensions i and i + d/2 of a head as neighbours."""
    places = torch.arange(x.shape[dim], device=x.device)
    return x.index_select(dim, places.view(2, -1).t().flatten())


def _fits(layer: Any) -> bool:
    own, mlp = layer.self_attn, layer.mlp
    biased = [matrices(module) for module in (own.q_proj, own.k_proj, own.v_proj)]
    plain = [matrices(m) for m in (own.o_proj, mlp.gate_proj, mlp.up_proj, mlp.down_proj)]
    return all(one is not None and one.bias is not None for one in biased) and all(
        one is not None and one.bias is None for one in plain
    )


def _weight(module: Any) -> Tensor:
    """(out, in), with what an adapter adds."""
    linear: Any = matrices(module)
    return linear.merged()


def _layer(layer: Any) -> PackedLayer:
    own, mlp = layer.self_attn, layer.mlp
    turned = ((own.q_proj, own.scaling), (own.k_proj, 1.0))
    weights, biases = [], []
    for module, scale in turned:
        heads = _weight(module).unflatten(0, (-1, own.head_dim)) * scale
        weights.append(side_by_side(heads, 1).flatten(0, 1))
        heads = module.bias.unflatten(0, (-1, own.head_dim)) * scale
        biases.append(side_by_side(heads, 1).flatten())
    return PackedLayer(
        before=_norm(layer.input_layernorm),
        qkv=_after(layer.input_layernorm, [*weights, _weight(own.v_proj)]),
        qkv_bias=torch.cat([*biases, own.v_proj.bias]),
        out=PackedMatrix.of(_weight(own.o_proj)),
        between=_norm(layer.post_attention_layernorm),
        gate_up=_after(
            layer.post_attention_layernorm, [_weight(mlp.gate_proj), _weight(mlp.up_proj)]
        ),
        down=PackedMatrix.of(_weight(mlp.down_proj)),
    )


def _norm(norm: Any) -> PackedNorm:
    width = len(norm.weight)
    return PackedNorm(norm.weight.new_full((1, 1), (width * norm.variance_epsilon) ** 0.5))


def _after(norm: Any, weights: list[Tensor]) -> PackedMatrix:
    """(o, i) matrices side by side, for what ``PackedNorm`` of ``norm`` returns."""
    factor = norm.weight * len(norm.weight) ** 0.5
    return PackedMatrix.of(torch.cat(weights).mul_(factor))
