"""One token a row through the decoder, past a prefix that is read once per group.

The model's own layers spend most of a small step on calls between modules, and
attention that knows of one row only reads the prompt's keys G times. This is the
arithmetic of a Qwen2 decoder for one new token a row, on the model's own
parameters (an adapter's layers are called as they are), with the prefix stored
once and all rows and heads of a group as one matrix product against it. On a
GPU the step is captured once as a CUDA graph and replayed. Small models on a CPU
have a form of their own, ``policies/packed_step.py``; ``policies/next_token.py`` chooses.

Axes: ``N`` prompts (groups), ``G`` rows of each, ``B = N G``, ``P`` prefix tokens
(padded right), ``T`` tokens that a row may draw, ``h`` query heads, ``k`` key
heads, ``r = h/k``, ``d`` head size.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, linear, rms_norm, silu

from policies import eight_bits
from policies.attention import Prefill
from policies.audio_policy import AudioPolicy


class DecodeStep:
    """The rows of N prompts, one token further with each call.

    Attributes:
        rows: G, rows of each prompt that still decode.
        keys, values: of each layer, what was read of the prompts, (N k, P, d).
        own_keys, own_values: what the rows have drawn, (layers, N k G, T, d).
        padding: (N k, 1, P), 0 at a prompt's tokens and -inf behind them.
        cos, sin: of the places after each prompt, (N, T, d); ``sin`` carries the sign of
            the rotation's halves.
    """

    def __init__(
        self,
        policy: AudioPolicy,
        prefill: Prefill,
        lengths: Tensor,
        rows: int,
        tokens: int,
        temperature: float,
    ):
        """Begin after the prompts.

        Args:
            policy: in evaluation mode; its parameters are read, never copied.
            prefill: has read the prompts, padded right.
            lengths: (N,) tokens of each prompt.
            rows: G.
            tokens: T.
            temperature: of ``logprobs``, above 0.
        """
        self.policy, self.temperature = policy, temperature
        self.decoder = policy.language_model
        self.embed = policy.base.get_input_embeddings()
        self.layers = list(self.decoder.layers)
        self.rows, self.tokens = rows, tokens
        attention = self.layers[0].self_attn
        self.scale, self.size = attention.scaling, attention.head_dim
        self.keys = [_merge(prefill.keys[n]) for n in range(len(self.layers))]
        self.values = [_merge(prefill.values[n]) for n in range(len(self.layers))]
        sample, device = self.keys[0], lengths.device
        self.kv = sample.shape[0] // len(lengths)
        beyond = torch.arange(sample.shape[1], device=device) >= lengths[:, None]
        padding = torch.zeros(beyond.shape, dtype=sample.dtype, device=device)
        padding.masked_fill_(beyond, -torch.inf)
        self.padding = padding.repeat_interleave(self.kv, 0)[:, None]  # (N k, 1, P)
        own = (len(self.layers), len(sample) * rows, tokens, self.size)
        # Zeros, not whatever was there: a masked place of NaN would still be NaN.
        self.own_keys, self.own_values = sample.new_zeros(own), sample.new_zeros(own)
        places = lengths[:, None] + torch.arange(tokens, device=device)
        cos, sin = self.decoder.rotary_emb(sample, places)  # (N, T, d)
        half = self.size // 2
        self.cos, self.sin = cos, torch.cat([-sin[..., :half], sin[..., half:]], dim=-1)
        captured = device.type == "cuda" and not eight_bits.holds(self.decoder)
        self.graph = _Graph(self) if captured else None

    def logprobs(self, step: int, ids: Tensor) -> Tensor:
        """(B, V) after the rows' token number ``step``, from their ids (B,)."""
        return self.policy.logprobs(self(step, ids), self.temperature)

    def __call__(self, step: int, ids: Tensor) -> Tensor:
        """Hidden states (B, hidden) after the rows' token number ``step``, from their ids (B,)."""
        if self.graph is not None:
            return self.graph(step, ids)
        past = slice(0, step + 1)
        cos, sin = self.cos[:, step], self.sin[:, step]
        return self.run(ids, cos, sin, step, past, None)

    def keep(self, groups: Tensor, rows: Tensor) -> None:
        """Go on with fewer rows: these (N',) groups, and of each these (N', G') rows."""
        count = len(self.cos)
        self.cos, self.sin = self.cos[groups], self.sin[groups]
        heads = (groups[:, None] * self.kv + torch.arange(self.kv, device=groups.device)).flatten()
        self.padding = self.padding[heads]
        self.keys = [x[heads] for x in self.keys]
        self.values = [x[heads] for x in self.values]
        shape = (len(self.layers), count, self.kv, self.rows)
        at = (
            slice(None),
            groups[:, None, None],
            torch.arange(self.kv, device=groups.device)[:, None],
        )
        picked = (*at, rows[:, None])
        self.own_keys = self.own_keys.unflatten(1, shape[1:])[picked].flatten(1, 3)
        self.own_values = self.own_values.unflatten(1, shape[1:])[picked].flatten(1, 3)
        self.rows = rows.shape[1]
        if self.graph is not None:
            self.graph = _Graph(self)

    # -- arithmetic -------------------------------------------------------------------

    def run(
        self,
        ids: Tensor,
        cos: Tensor,
        sin: Tensor,
        at: int | Tensor,
        past: slice,
        future: Tensor | None,
    ) -> Tensor:
        """One pass.

        Args:
            ids: (B,).
            cos, sin: (N, d) of the rows' new place.
            at: that place, an index into T.
            past: the places that a row may read.
            future: (1, 1, T) that is -inf at places not yet drawn, where ``past`` is all of T.
        """
        x = embedding(ids, self.embed.weight)
        cos, sin = cos[:, None, None], sin[:, None, None]
        for n, layer in enumerate(self.layers):
            read = self._attend(n, layer.self_attn, _norm(layer.input_layernorm, x), cos, sin, at,
                                past, future)  # fmt: skip
            x = x + _apply(layer.self_attn.o_proj, read)
            y = _norm(layer.post_attention_layernorm, x)
            gate, up = _apply(layer.mlp.gate_proj, y), _apply(layer.mlp.up_proj, y)
            x = x + _apply(layer.mlp.down_proj, silu(gate) * up)
        return _norm(self.decoder.norm, x)

    def _attend(
        self, n: int, module: Any, x: Tensor, cos: Tensor, sin: Tensor,
        at: int | Tensor, past: slice, future: Tensor | None,
    ) -> Tensor:  # fmt: skip
        groups, rows, kv, size = len(cos), self.rows, self.kv, self.size
        q, k = _apply(module.q_proj, x), _apply(module.k_proj, x)
        turned = torch.cat([q, k], dim=-1).view(groups, rows, -1, size)
        turned = torch.addcmul(turned * cos, turned.roll(size // 2, -1), sin)
        heads = turned.shape[2] - kv
        repeat = heads // kv
        # (N, k, G, ...): all rows of a group are one matrix against its prefix.
        q = turned[:, :, :heads].unflatten(2, (kv, repeat)).transpose(1, 2)
        q = q.reshape(groups * kv, rows * repeat, size)
        own_k, own_v = self.own_keys[n], self.own_values[n]
        v = _apply(module.v_proj, x).view(groups, rows, kv, size)
        _write(own_k, at, turned[:, :, heads:].transpose(1, 2).reshape(-1, size))
        _write(own_v, at, v.transpose(1, 2).reshape(-1, size))
        over_prefix = torch.baddbmm(self.padding, q, self.keys[n].mT, alpha=self.scale)
        own_q = q.view(-1, repeat, size)
        over_own = torch.baddbmm(
            self.padding[:1, :, :1] if future is None else future,
            own_q, own_k[:, past].mT, beta=int(future is not None), alpha=self.scale,
        )  # fmt: skip
        scores = torch.cat([over_prefix, over_own.view(len(q), rows * repeat, -1)], dim=-1)
        # Half precision sums its weights in float32, as the fused kernels do.
        fine = torch.promote_types(scores.dtype, torch.float32)
        weights = scores.softmax(dim=-1, dtype=fine).to(scores.dtype)
        width = over_prefix.shape[-1]
        to_own = weights[..., width:].unflatten(1, (rows, repeat)).flatten(0, 1)
        read = torch.bmm(to_own, own_v[:, past]).view(q.shape)
        read = torch.baddbmm(read, weights[..., :width], self.values[n])
        read = read.view(groups, kv, rows, repeat * size).transpose(1, 2)
        return read.reshape(groups * rows, heads * size)


class _Graph:
    """A step captured as one CUDA graph: its place, ids and masks are device tensors."""

    def __init__(self, step: DecodeStep):
        self.step = step
        device = step.cos.device
        self.ids = torch.zeros(len(step.cos) * step.rows, dtype=torch.long, device=device)
        self.at = torch.zeros(1, dtype=torch.long, device=device)
        self.places = torch.arange(step.tokens, device=device)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.out: Tensor = step.cos

    def __call__(self, step: int, ids: Tensor) -> Tensor:
        self.ids.copy_(ids)
        self.at.fill_(step)
        if self.graph is None:
            self._capture()
        self.graph.replay()  # type: ignore[union-attr]
        return self.out

    def _capture(self) -> None:
        # Libraries set themselves up in the first calls, which no graph may record. A
        # step that is repeated writes the same keys to the same place.
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                self._run()
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.out = self._run()

    def _run(self) -> Tensor:
        step = self.step
        cos, sin = (x.index_select(1, self.at)[:, 0] for x in (step.cos, step.sin))
        future = torch.zeros_like(self.places, dtype=cos.dtype)
        future = future.masked_fill(self.places > self.at, -torch.inf)[None, None]
        return step.run(self.ids, cos, sin, self.at, slice(None), future)


def _merge(x: Tensor) -> Tensor:
    """(N, k, P, d) to (N k, P, d), in one piece of memory."""
    return x.flatten(0, 1).contiguous()


def _write(buffer: Tensor, at: int | Tensor, x: Tensor) -> None:
    """Put one token (rows, d) into its place of (rows, T, d)."""
    if isinstance(at, int):
        buffer[:, at] = x
    else:
        buffer.index_copy_(1, at, x[:, None])


def _apply(module: Any, x: Tensor) -> Tensor:
    """A linear layer; an adapter's layer by its own forward."""
    return linear(x, module.weight, module.bias) if type(module) is nn.Linear else module(x)


def _norm(module: Any, x: Tensor) -> Tensor:
    # transformers takes its mean in float32, in double precision too.
    if x.dtype == torch.float64:
        return module(x)
    return rms_norm(x, module.weight.shape, module.weight, module.variance_epsilon)
