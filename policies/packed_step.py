"""``DecodeStep`` for a CPU: the same arithmetic in 21 calls a layer, on packed weights.

On a CPU a step of a small decoder is made of calls. Here each writes into a buffer that is
there already, views are cut once a step instead of once a layer, and the matrices are those
of ``policies/packed.py``. Keys lie (d, places), as products with few queries want them.

=====================================  =====
of one layer                           calls
=====================================  =====
two norms                                  6
queries, keys, values                      1
rotary positions, as complex numbers       1
into the order of groups, into the past    3
scores of prefix and past, side by side    3
softmax                                    1
what they read, back in order              3
gate                                       2
one product each side of it, one after     3
attention; residuals are in the products
=====================================  =====

Axes as in ``policies/decode_step.py``, and ``L`` layers.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from torch.nn.functional import pad, silu

from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.packed import Packed, PackedLayer, side_by_side
from policies.packed_buffers import Buffers

# Of a probability, against the library's own layers. Rounding is some 1e-6 of it in float32;
# in float64 1e-7, for the library's norm rounds to float32 whatever it is given.
_AGREES = {torch.float32: 2e-4, torch.float64: 1e-6}
_PROBE = 6  # tokens
_ROOM = 16  # tokens of its own that a row has room for at first
_proofs: WeakKeyDictionary[Any, tuple[object, bool]] = WeakKeyDictionary()


class PackedStep:
    """The rows of N prompts, one token further with each call.

    Attributes:
        rows: G, rows of each prompt that still decode.
        keys, values: of each layer, what was read of the prompts, (N k, d, P), (N k, P, d).
        own_keys, own_values: what the rows have drawn, (L, N, k, G, d, t), (L, N, k, G, t, d),
            with room for t of the T tokens.
        padding: (N k, 1, P), 0 at a prompt's tokens and -inf behind them; None without any.
        angles: of the places after each prompt, (N, T, d/2) complex.
    """

    def __init__(
        self, packed: Packed, rotary: Any, prefill: Prefill, lengths: Tensor, rows: int, tokens: int
    ):
        """Begin after the prompts.

        Args:
            packed: the weights.
            rotary: the decoder's own, which gives cos and sin.
            prefill: has read the prompts, padded right.
            lengths: (N,) tokens of each prompt.
            rows: G.
            tokens: T.
        """
        self.packed, self.rows, self.tokens = packed, rows, tokens
        layers = range(len(packed.layers))
        self.keys = [
            side_by_side(prefill.keys[n], -1).mT.flatten(0, 1).contiguous() for n in layers
        ]
        self.values = [prefill.values[n].flatten(0, 1).contiguous() for n in layers]
        groups, self.kv, prefix, size = prefill.keys[0].shape
        sample = self.values[0]
        self.padding = None
        beyond = torch.arange(prefix) >= lengths[:, None]
        if beyond.any():
            padding = sample.new_zeros(beyond.shape).masked_fill_(beyond, -torch.inf)
            self.padding = padding.repeat_interleave(self.kv, 0)[:, None]
        self.own_keys = sample.new_zeros(len(layers), groups, self.kv, rows, size, 0)
        self.own_values = self.own_keys.mT
        cos, sin = rotary(sample, lengths[:, None] + torch.arange(tokens))
        self.angles = torch.complex(cos[..., : size // 2], sin[..., : size // 2])
        self._lay_out()

    def logprobs(self, step: int, ids: Tensor) -> Tensor:
        """(B, V) after the rows' token number ``step``, from their ids (B,)."""
        packed, at, past = self.packed, self.buffers, step + 1
        if past > self.own_keys.shape[-1]:
            self._grow()
        x = torch.index_select(packed.embed, 0, ids, out=at.x)
        angles = self.angles[:, step, None, None]
        self.scores = at.scores(past)
        new = self.own_keys[..., step].unbind(), self.own_values[..., step, :].unbind()
        own = self.flat_keys[..., :past].unbind(), self.flat_values[..., :past, :].unbind()
        for n, layer in enumerate(packed.layers):
            layer.qkv.into(layer.before(x, at.normed), at.qkv, layer.qkv_bias)
            at.turning.mul_(angles)
            at.queries.copy_(at.q_drawn)
            new[0][n].copy_(at.k_drawn)
            new[1][n].copy_(at.v_drawn)
            self._attend(n, own[0][n], own[1][n])
            self._finish(layer, x)
        packed.head.into(packed.norm(x, at.normed), at.logits, packed.head_bias)
        return at.logits.log_softmax(dim=-1)

    def keep(self, groups: Tensor, rows: Tensor) -> None:
        """Go on with fewer rows: these (N',) groups, and of each these (N', G') rows."""
        heads = torch.arange(self.kv)
        prompts = (groups[:, None] * self.kv + heads).flatten()
        self.keys = [x[prompts] for x in self.keys]
        self.values = [x[prompts] for x in self.values]
        if self.padding is not None:
            self.padding = self.padding[prompts]
        self.angles = self.angles[groups]
        kept = (slice(None), groups[:, None, None], heads[:, None], rows[:, None])
        self.own_keys, self.own_values = self.own_keys[kept], self.own_values[kept]
        self.rows = rows.shape[1]
        self._lay_out()

    def _grow(self) -> None:
        """Room for twice as long a past: short pasts close together stay in the caches."""
        room = self.own_keys.shape[-1]
        more = min(max(_ROOM, room), self.tokens - room)
        self.own_keys = pad(self.own_keys, (0, more))
        self.own_values = pad(self.own_values, (0, 0, 0, more))
        self._flatten()

    def _lay_out(self) -> None:
        groups, prefix = len(self.angles), self.keys[0].shape[-1]
        self.buffers = Buffers(self.packed, groups, self.rows, prefix, self.tokens)
        self._flatten()

    def _flatten(self) -> None:
        self.flat_keys = self.own_keys.flatten(1, 3)
        self.flat_values = self.own_values.flatten(1, 3)

    def _attend(self, n: int, own_keys: Tensor, own_values: Tensor) -> None:
        at, scores = self.buffers, self.scores
        if self.padding is None:
            torch.bmm(at.for_prefix, self.keys[n], out=at.over_prefix)
        else:
            torch.baddbmm(self.padding, at.for_prefix, self.keys[n], out=at.over_prefix)
        torch.bmm(at.for_own, own_keys, out=scores.own)
        # A product straight into its part of the whole would take four times as long.
        torch.cat([at.over_prefix, scores.own_grouped], dim=-1, out=scores.whole)
        torch.softmax(scores.whole, dim=-1, out=scores.weights)
        torch.bmm(scores.to_own, own_values, out=at.read_over_own)
        at.read_over_prefix.baddbmm_(scores.to_prefix, self.values[n])
        at.read.copy_(at.read_grouped)

    def _finish(self, layer: PackedLayer, x: Tensor) -> None:
        at = self.buffers
        layer.out.onto(x, at.read_rows)
        layer.gate_up.into(layer.between(x, at.normed), at.gate_up)
        silu(at.gate, inplace=True).mul_(at.up)
        layer.down.onto(x, at.gate)


def proven(policy: AudioPolicy, packed: Packed, temperature: float) -> bool:
    """Whether steps on these weights give the probabilities that the library's layers give.

    Six tokens are read by the decoder's own modules, then the last three of them as steps
    after the first three. It is asked once of a decoder, and again when its modules change.

    Args:
        packed: of this policy at this temperature.
    """
    decoder = policy.language_model
    built = tuple(map(type, decoder.modules())), packed.embed.dtype
    known = _proofs.get(decoder)
    if known is None or known[0] != built:
        known = _proofs[decoder] = (built, _agrees(policy, packed, temperature))
    return known[1]


def _agrees(policy: AudioPolicy, packed: Packed, temperature: float) -> bool:
    decoder, begin = policy.language_model, _PROBE // 2
    ids = torch.arange(_PROBE) * (len(packed.embed) // _PROBE)
    plan = Prefill()
    hidden = decoder(
        inputs_embeds=packed.embed[ids][None],
        position_ids=torch.arange(_PROBE)[None],
        attention_mask=dict.fromkeys(set(decoder.config.layer_types)),
        use_cache=False,
        plan=plan,
    ).last_hidden_state[0]
    expected = policy.logprobs(hidden[begin:], temperature).exp()
    for kept in (plan.keys, plan.values):
        kept.update({n: x[..., :begin, :] for n, x in kept.items()})
    lengths = torch.tensor([begin])
    step = PackedStep(packed, decoder.rotary_emb, plan, lengths, 1, _PROBE - begin)
    found = torch.cat([step.logprobs(n, ids[begin + n, None]) for n in range(_PROBE - begin)]).exp()
    return bool((found - expected).abs().max() <= _AGREES[found.dtype] * expected.max())
