"""``DecodeStep`` for a CPU: the same arithmetic as one compiled function, on packed weights.

What it is given and gives is torch's; what lies between is ``policies/packed_kernels.py``. With
several threads each takes a share of the rows, where there is enough to do. Rows that are left out
are no longer looked at: where a row's past lies is an index, and nothing is copied.

Axes as in ``policies/decode_step.py``, and ``L`` layers.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.packed import Weights, up
from policies.packed_kernels import step
from policies.packed_past import past_of

_LOG = logging.getLogger(__name__)
# Of a probability, against the library's own layers; rounding is some 1e-6 of it.
_AGREES = 2e-4
_PROBE = 6  # tokens
_SHARE = 10_000_000  # multiply-adds of a thread in a step; to wake one takes some 100 us
_proofs: WeakKeyDictionary[Any, tuple[object, bool]] = WeakKeyDictionary()


class PackedStep:
    """The rows of N prompts, one token further with each call.

    Attributes:
        rows: G, rows of each prompt that still decode.
        torch_threads: 1, for those of torch, which wait for work by looking for it, would take
            the cores from ours.
        past: what was read of the prompts and what the rows have drawn.
        slots, groups: (B,), where the past of each row lies, and its prompt.
        shares: of each thread, from which to which row it computes, and its scratch.
    """

    torch_threads = 1

    def __init__(
        self,
        weights: Weights,
        rotary: Any,
        prefill: Prefill,
        lengths: Tensor,
        rows: int,
        tokens: int,
    ):
        """Begin after the prompts.

        Args:
            weights: as ``policies.packed.pack`` gives them.
            rotary: the decoder's own, which gives cos and sin.
            prefill: has read the prompts, padded right.
            lengths: (N,) tokens of each prompt.
            rows: G.
            tokens: T.
        """
        self.weights, self.rows = weights, rows
        count = len(lengths)
        self.past = past_of(weights, rotary, prefill, lengths, rows, tokens)
        self.cores = torch.get_num_threads()
        self.threads = ThreadPoolExecutor(self.cores)  # starts them when asked
        slots = np.arange(count * rows, dtype=np.uint64)
        self._lay_out(slots, slots // rows)

    def logprobs(self, step: int, ids: Tensor) -> Tensor:
        """(B, V) after the rows' token number ``step``, from their ids (B,)."""
        self.ids[:] = ids.numpy()
        others = [self.threads.submit(self._run, step, *share) for share in self.shares[1:]]
        self._run(step, *self.shares[0])
        for other in others:
            other.result()
        return self.out.clone()

    def keep(self, groups: Tensor, rows: Tensor) -> None:
        """Go on with fewer rows: these (N',) groups, and of each these (N', G') rows."""
        kept = (groups[:, None] * self.rows + rows).flatten().numpy()
        self.rows = rows.shape[1]
        self._lay_out(self.slots[kept], self.groups[kept])

    def _run(self, at: int, first: int, last: int, scratch: tuple[np.ndarray, ...]) -> None:
        step(
            self.weights, self.past, self.ids, self.slots, self.groups, at, first, last,
            self.buffers, scratch,
        )  # fmt: skip

    def _lay_out(self, slots: np.ndarray, groups: np.ndarray) -> None:
        weights, count = self.weights, len(slots)
        self.ids = np.zeros(count, dtype=np.int64)
        self.slots, self.groups = slots, groups
        inner = weights.heads * weights.size
        widths = (
            up(weights.hidden),
            up(weights.hidden),
            up(inner + 2 * weights.kv * weights.size),
            inner,
            2 * up(weights.gated),
            up(weights.gated),
            up(weights.vocabulary),
        )
        self.buffers = tuple(np.zeros(count * width, dtype=np.float32) for width in widths)
        self.out = torch.from_numpy(self.buffers[-1]).view(count, -1)[:, : weights.vocabulary]
        threads = min(self.cores, count, 1 + count * _weights(weights) // _SHARE)
        bounds = [count * n // threads for n in range(threads + 1)]
        self.shares = [(first, last, self._scratch()) for first, last in pairwise(bounds)]

    def _scratch(self) -> tuple[np.ndarray, ...]:
        weights, past = self.weights, self.past
        queries = self.rows * weights.heads // weights.kv
        widths = (weights.size, up(past.prefix) + up(past.tokens), up(weights.size), 1)
        return tuple(np.zeros(queries * width, dtype=np.float32) for width in widths)


def _weights(weights: Weights) -> int:
    """How many numbers a row is multiplied with."""
    return sum(x.size for x in weights if isinstance(x, np.ndarray)) - weights.embed.size


def proven(policy: AudioPolicy, weights: Weights, temperature: float) -> bool:
    """Whether steps on these weights give the probabilities that the library's layers give.

    Six tokens are read by the decoder's own modules, then the last three of them as steps
    after the first three, where there is room for more in prompt and past, as a batch's
    other rows make it. It is asked once of a decoder, and again when its modules change.

    Args:
        weights: of this policy at this temperature.
    """
    decoder = policy.language_model
    built = tuple(map(type, decoder.modules()))
    known = _proofs.get(decoder)
    if known is None or known[0] != built:
        gap = _gap(policy, weights, temperature)
        known = _proofs[decoder] = (built, gap <= _AGREES)
        if not known[1]:
            _LOG.warning(
                "the compiled decoding step differs from the library's layers by %.2g of the "
                "likeliest token, expected at most %.2g: sampling goes on without it, slower; "
                "see policies/packed_step.py", gap, _AGREES,
            )  # fmt: skip
    return known[1]


def _gap(policy: AudioPolicy, weights: Weights, temperature: float) -> float:
    """The largest difference of a probability, as a share of the largest one."""
    decoder, begin = policy.language_model, _PROBE // 2
    ids = torch.arange(_PROBE) * (weights.vocabulary // _PROBE)
    plan = Prefill()
    hidden = decoder(
        inputs_embeds=policy.base.get_input_embeddings()(ids)[None],
        position_ids=torch.arange(_PROBE)[None],
        attention_mask=dict.fromkeys(set(decoder.config.layer_types)),
        use_cache=False,
        plan=plan,
    ).last_hidden_state[0]
    expected = policy.logprobs(hidden[begin:], temperature).exp()
    for kept in (plan.keys, plan.values):
        kept.update({n: x[..., : begin + 1, :] for n, x in kept.items()})
    lengths = torch.tensor([begin])
    steps = PackedStep(weights, decoder.rotary_emb, plan, lengths, 1, _PROBE)
    found = torch.cat([steps.logprobs(n, ids[begin + n, None]) for n in range(_PROBE - begin)])
    return float((found.exp() - expected).abs().max() / expected.max())
