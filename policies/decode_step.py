"""One token a row through the decoder, past a prefix that is read once per group.

The model's own layers spend most of a small step on calls between modules, and
attention that knows of one row only reads the prompt's keys G times. This is the
arithmetic of a Qwen2 decoder for one new token a row, on the model's own
parameters (an adapter as its two matrices), with the prefix stored once and all
rows and heads of a group as one matrix product against it. On a GPU the step is
captured once as a CUDA graph and replayed; what it costs there beside reading the
weights is the number of its kernels, so each layer has few. Small models on a CPU
have a form of their own, ``policies/packed_step.py``; ``policies/next_token.py`` chooses.

Axes: ``N`` prompts (groups), ``G`` rows of each, ``B = N G``, ``P`` prefix tokens
(padded right), ``T`` tokens that a row may draw, ``h`` query heads, ``k`` key
heads, ``r = h/k``, ``d`` head size.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad, silu

from policies import eight_bits
from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.decode_layer import DecodeLayer, norm

_WHOLE = 8


class DecodeStep:
    """The rows of N prompts, one token further with each call.

    Attributes:
        rows: G, rows of each prompt that still decode.
        torch_threads: as many as there are.
        keys, values: of each layer, what was read of the prompts, (N k, P, d).
        own_keys, own_values: what the rows have drawn, (layers, N, k, G, T, d).
        padding: (N k, 1, P), 0 at a prompt's tokens and -inf behind them.
        cos, sin: of the places after each prompt, (N, T, 1, h + 2 k, d) for queries, keys and
            values side by side, of which the last do not turn; ``sin`` carries the sign of the
            rotation's halves.
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
        self.torch_threads = torch.get_num_threads()
        self.decoder = policy.language_model
        self.embed = policy.base.get_input_embeddings()
        dtype = self.embed.weight.dtype
        self.layers = [DecodeLayer(layer, dtype) for layer in self.decoder.layers]
        attention = self.decoder.layers[0].self_attn
        self.scale, self.size = attention.scaling, attention.head_dim
        count, prefix = len(lengths), prefill.keys[0].shape[2]
        more = -prefix % _WHOLE
        self.keys = [_merge(prefill.keys[n], more) for n in range(len(self.layers))]
        self.values = [_merge(prefill.values[n], more) for n in range(len(self.layers))]
        sample, device = self.keys[0], lengths.device
        self.rows, self.kv = rows, len(sample) // count
        beyond = torch.arange(prefix + more, device=device) >= lengths[:, None]
        padding = torch.zeros(beyond.shape, dtype=sample.dtype, device=device)
        padding.masked_fill_(beyond, -torch.inf)
        self.padding = padding.repeat_interleave(self.kv, 0)[:, None]  # (N k, 1, P)
        room = tokens + -tokens % _WHOLE
        own = (len(self.layers), count, self.kv, rows, room, self.size)
        # Zeros, not whatever was there: a masked place of NaN would still be NaN.
        self.own_keys, self.own_values = sample.new_zeros(own), sample.new_zeros(own)
        places = lengths[:, None] + torch.arange(tokens, device=device)
        heads = attention.config.num_attention_heads
        self.cos, self.sin = self._turns(sample, places, heads + self.kv)
        captured = device.type == "cuda" and not eight_bits.holds(self.decoder)
        self.graph = _Graph(self) if captured else None

    def _turns(self, sample: Tensor, places: Tensor, turning: int) -> tuple[Tensor, Tensor]:
        cos, sin = self.decoder.rotary_emb(sample, places)  # (N, T, d)
        half = self.size // 2
        sin = torch.cat([-sin[..., :half], sin[..., half:]], dim=-1)
        still = (*places.shape, self.kv, self.size)
        turns = ((cos, sample.new_ones(still)), (sin, sample.new_zeros(still)))
        cos, sin = (
            torch.cat([moved[:, :, None].expand(-1, -1, turning, -1), kept], dim=2)[:, :, None]
            for moved, kept in turns
        )
        return cos, sin

    def logprobs(self, step: int, ids: Tensor) -> Tensor:
        """(B, V) after the rows' token number ``step``, from their ids (B,)."""
        return self.policy.logprobs(self(step, ids), self.temperature)

    def __call__(self, step: int, ids: Tensor) -> Tensor:
        """Hidden states (B, hidden) after the rows' token number ``step``, from their ids (B,)."""
        if self.graph is not None:
            return self.graph(step, ids)
        past = step + 1
        mask = pad(self.padding, (0, past))
        return self.run(ids, self.cos[:, step], self.sin[:, step], step, past, mask)

    def keep(self, groups: Tensor, rows: Tensor) -> None:
        """Go on with fewer rows: these (N',) groups, and of each these (N', G') rows."""
        self.cos, self.sin = self.cos[groups], self.sin[groups]
        kv = torch.arange(self.kv, device=groups.device)
        heads = (groups[:, None] * self.kv + kv).flatten()
        self.padding = self.padding[heads]
        self.keys = [x[heads] for x in self.keys]
        self.values = [x[heads] for x in self.values]
        kept = (slice(None), groups[:, None, None], kv[:, None], rows[:, None])
        self.own_keys, self.own_values = self.own_keys[kept], self.own_values[kept]
        self.rows = rows.shape[1]
        if self.graph is not None:
            self.graph = _Graph(self)

    # -- arithmetic -------------------------------------------------------------------

    def run(
        self, ids: Tensor, cos: Tensor, sin: Tensor, at: int | Tensor, past: int, mask: Tensor
    ) -> Tensor:
        """One pass.

        Args:
            ids: (B,).
            cos, sin: (N, 1, h + 2 k, d) of the rows' new place.
            at: that place, an index into T.
            past: places from the first that a row may read, W - P.
            mask: (N k, 1, W), -inf where a row of the group may not read.
        """
        x = self.embed(ids)
        for n, layer in enumerate(self.layers):
            drawn = torch.cat(layer.qkv(layer.before(x)), dim=-1)
            drawn = drawn.view(len(cos), self.rows, -1, self.size)
            turned = torch.addcmul(drawn * cos, drawn.roll(self.size // 2, -1), sin)
            layer.out(x, self._attend(n, turned, at, past, mask))
            gate, up = layer.gate_up(layer.between(x))
            layer.down(x, silu(gate, inplace=True).mul_(up))
        return norm(self.decoder.norm, x)

    def _attend(self, n: int, turned: Tensor, at: int | Tensor, past: int, mask: Tensor) -> Tensor:
        groups, rows, kv, size = len(turned), self.rows, self.kv, self.size
        q, k, v = turned.split([turned.shape[2] - 2 * kv, kv, kv], dim=2)
        repeat = q.shape[2] // kv
        own_k, own_v = self.own_keys[n], self.own_values[n]
        _write(own_k, at, k.transpose(1, 2))
        _write(own_v, at, v.transpose(1, 2))
        # (N k, G r, d): all rows of a group are one matrix against its prefix.
        q = q.unflatten(2, (kv, repeat)).transpose(1, 2).reshape(groups * kv, -1, size)
        prefix, width = self.keys[n].shape[1], mask.shape[2]
        scores = mask.repeat(1, q.shape[1], 1)  # a copy for each layer, of one row as well
        scores[..., :prefix].baddbmm_(q, self.keys[n].mT, alpha=self.scale)
        own, own_q = scores.view(-1, repeat, width)[..., prefix:], q.reshape(-1, repeat, size)
        own.baddbmm_(own_q, own_k.flatten(0, 2)[:, :past].mT, alpha=self.scale)
        weights = scores.softmax(dim=-1)  # whose sums are in float32 at least
        own = weights.view(-1, repeat, width)[..., prefix:]
        read = torch.bmm(own, own_v.flatten(0, 2)[:, :past]).view(q.shape)
        read.baddbmm_(weights[..., :prefix], self.values[n])
        read = read.view(groups, kv, rows, repeat * size).transpose(1, 2)
        return read.reshape(groups * rows, -1)


class _Graph:
    """A step captured as one CUDA graph: its place, ids and masks are device tensors."""

    def __init__(self, step: DecodeStep):
        self.step = step
        device = step.cos.device
        self.ids = torch.zeros(len(step.cos) * step.rows, dtype=torch.long, device=device)
        self.at = torch.zeros(1, dtype=torch.long, device=device)
        self.places = torch.arange(step.own_keys.shape[-2], device=device)
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
        future = future.masked_fill(self.places > self.at, -torch.inf)
        future = future.expand(len(step.padding), 1, -1)
        mask = torch.cat([step.padding, future], dim=-1)
        return step.run(self.ids, cos, sin, self.at, len(self.places), mask)


def _merge(x: Tensor, more: int) -> Tensor:
    """(N, k, P, d) to (N k, P + more, d), in one piece of memory."""
    return pad(x, (0, 0, 0, more)).flatten(0, 1).contiguous()


def _write(buffer: Tensor, at: int | Tensor, x: Tensor) -> None:
    """Put one token (N, k, G, d) into its place of (N, k, G, T, d)."""
    if isinstance(at, int):
        buffer[:, :, :, at] = x
    else:
        buffer.index_copy_(3, at, x[:, :, :, None])
