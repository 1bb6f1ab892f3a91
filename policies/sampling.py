"""How tokens are drawn: the distribution, the noise, the end of a row.

The noise of a rollout is one stream of uniform numbers, a function of its seed
and of the token's position alone; a token is where that number falls in the
cumulative distribution. So a completion depends neither on the batch it was
drawn in nor on its place there, up to the rounding of the logits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from policies.audio_policy import AudioPolicy
from policies.records import Completion
from rewards.errors import ConfigError, DivergenceError

# Special tokens that may stand within a stop text: they leave no trace in what was said.
_STOP_MARGIN = 8
_COLDEST = 1e-3


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How tokens are drawn; the cuts apply in the order in which they stand here.

    Attributes:
        temperature: 0 means greedy; else from 0.001, for logits over less are no numbers.
        top_p: nucleus mass in (0, 1]; 1 keeps the whole distribution.
        max_new_tokens: T, at least 1.
        top_k: keep the k likeliest tokens; 0 keeps all. Applied before ``top_p``.
        min_p: keep tokens of at least this share of the likeliest one's
            probability, in [0, 1); 0 keeps all. Applied last.
        stop: texts that end a row once it contains them; they stay in it.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 64
    top_k: int = 0
    min_p: float = 0.0
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        hot = _COLDEST <= self.temperature < math.inf
        for name, ok, expected in (
            ("temperature", self.temperature == 0 or hot, "0 (greedy), or 0.001 and more"),
            ("top_p", 0 < self.top_p <= 1, "in (0, 1]"),
            ("max_new_tokens", self.max_new_tokens >= 1, "at least 1"),
            ("top_k", self.top_k >= 0, "0 (all) or more"),
            ("min_p", 0 <= self.min_p < 1, "in [0, 1)"),
            ("stop", all(self.stop), "texts that are not empty"),
        ):
            if not ok:
                raise ConfigError(
                    f"sampling.{name} is out of range: got {getattr(self, name)}, expected "
                    f"{expected}; change it"
                )

    def greedy(self) -> SamplingSettings:
        """The likeliest tokens instead, to the same length and stop texts."""
        return replace(self, temperature=0.0)

    @property
    def cuts(self) -> bool:
        """True if some tokens of the whole distribution are left out."""
        return self.top_p < 1 or self.top_k > 0 or self.min_p > 0


def uniform_noise(seeds: Sequence[int], tokens: int) -> np.ndarray:
    """(rows, tokens) float64 in [0, 1): row i is the Philox stream of seed i."""
    return np.stack(
        [np.random.Generator(np.random.Philox(key=seed)).random(tokens) for seed in seeds]
    )


def cut(logprobs: Tensor, settings: SamplingSettings) -> Tensor:
    """The distribution without its unlikely tokens, renormalised; (..., vocabulary) log-probs."""
    if not settings.cuts:
        return logprobs
    ordered, order = logprobs.sort(dim=-1, descending=True)
    outside = torch.zeros_like(ordered, dtype=torch.bool)
    if settings.top_k:
        outside[..., settings.top_k :] = True
    if settings.top_p < 1:
        mass = ordered.masked_fill(outside, -torch.inf).softmax(dim=-1)
        outside |= mass.cumsum(dim=-1) - mass >= settings.top_p
    if settings.min_p:
        outside |= ordered < ordered[..., :1] + math.log(settings.min_p)
    return logprobs.masked_fill(torch.zeros_like(outside).scatter(-1, order, outside), -torch.inf
                                ).log_softmax(dim=-1)  # fmt: skip


def pick(logprobs: Tensor, point: Tensor) -> Tensor:
    """The tokens (rows,) where points (rows,) in [0, 1) fall in the cumulative distribution.

    Of no distribution (NaN) some token, whose log-prob says so.
    """
    chances = logprobs.exp()
    if chances.device.type != "cpu":
        return _fall(chances, point)
    from policies.cumulative import fall  # and numba, which a GPU's machine can do without

    tokens = torch.empty(len(chances), dtype=torch.long)
    fall(chances.numpy(), point.numpy(), tokens.numpy())
    return tokens


def _fall(chances: Tensor, point: Tensor) -> Tensor:
    """``policies.cumulative.fall`` of a library's operations."""
    cumulative = chances.cumsum(dim=-1, dtype=torch.float64)
    # A product with more would round up to the total, beyond the last token with any mass.
    below = point.clamp(max=1 - 2**-52)[:, None] * cumulative[:, -1:]
    tokens = torch.searchsorted(cumulative, below, right=True).squeeze(1)
    return tokens.clamp(max=chances.shape[1] - 1)


class Draws:
    """The tokens that the rows of N prompts have drawn, and which rows still draw.

    A row that has stopped draws on until it is left out; ``lengths`` says what counts.

    Attributes:
        ids, logprobs: (B, T), of the steps that were written down.
        lengths: (B,) tokens up to the end of each row, T until it stops.
        stopped: (B,).
        ends: (vocabulary,), which tokens end a row.
        going: how many rows have not stopped.
        slots: (N', G') the rows that are computed; some may have stopped already.
        points: (N' G', T) the noise of the slots.
    """

    def __init__(
        self, policy: AudioPolicy, seeds: Sequence[Sequence[int]], settings: SamplingSettings
    ):
        self.tokenizer, self.settings = policy.processor.tokenizer, settings
        self.seeds = [seed for group in seeds for seed in group]
        device, count = policy.device, len(self.seeds)
        self.ends = torch.zeros(len(policy.head.weight), dtype=torch.bool, device=device)
        # A checkpoint may name ids that its vocabulary does not have.
        self.ends[[end for end in policy.end_ids if 0 <= end < len(self.ends)]] = True
        shape = (count, settings.max_new_tokens)
        self.points = torch.from_numpy(uniform_noise(self.seeds, shape[1])).to(device)
        self.ids = torch.zeros(shape, dtype=torch.long, device=device)
        self.logprobs = torch.zeros(shape, dtype=torch.float32, device=device)
        self.lengths = torch.full((count,), shape[1], device=device)
        self.stopped = torch.zeros(count, dtype=torch.bool, device=device)
        self.going = count
        self.slots = torch.arange(count, device=device).view(len(seeds), -1)
        self._drawn: list[tuple[Tensor, Tensor]] = []  # of the steps not yet written down
        self._written = 0

    def draw(self, logprobs: Tensor) -> Tensor:
        """The next token of each slot, (N' G',), from log-probs (N' G', vocabulary)."""
        step = self._written + len(self._drawn)
        if self.settings.temperature == 0:
            tokens = logprobs.argmax(dim=-1)
        else:
            logprobs = cut(logprobs, self.settings)
            tokens = pick(logprobs, self.points[:, step])
        self._drawn.append((tokens, logprobs.gather(1, tokens[:, None]).squeeze(1)))
        ends = self.ends[tokens]
        if self.settings.stop:
            ends |= self._texts_end(step + 1)
        if ends.any():
            rows = self.slots.flatten()[ends]
            rows = rows[~self.stopped[rows]]
            self.stopped[rows], self.lengths[rows] = True, step + 1
            self.going = int((~self.stopped).sum())
        return tokens

    def so_far(self) -> list[int]:
        """The ids of the first row."""
        self._write_down()
        return self.ids[0, : min(self._written, int(self.lengths[0]))].tolist()

    def _texts_end(self, length: int) -> Tensor:
        """Which slots contain a stop text, (N' G',); of those that stopped nothing is said."""
        self._write_down()
        # A token may be as little as one byte of a letter.
        tail = max(len(stop.encode()) for stop in self.settings.stop) + _STOP_MARGIN
        rows = self.slots.flatten()
        ends = torch.zeros_like(self.stopped[rows])
        at = (~self.stopped[rows]).nonzero().squeeze(1)
        ids = self.ids[rows[at], max(0, length - tail) : length].tolist()
        texts = self.tokenizer.batch_decode(ids, skip_special_tokens=True)
        found = [any(stop in text for stop in self.settings.stop) for text in texts]
        ends[at] = torch.tensor(found, dtype=torch.bool, device=ends.device)
        return ends

    def _write_down(self) -> None:
        """Put the steps since the last time into ``ids`` and ``logprobs``."""
        if not self._drawn:
            return
        tokens, found = (torch.stack(each, dim=1) for each in zip(*self._drawn, strict=True))
        rows, steps = self.slots.flatten(), slice(self._written, self._written + len(self._drawn))
        self.ids[rows, steps], self.logprobs[rows, steps] = tokens, found.float()
        self._written += len(self._drawn)
        self._drawn.clear()

    def shrink(self, share: float) -> tuple[Tensor, Tensor] | None:
        """Leave out rows that have stopped, once at most ``share`` of the slots would remain.

        Groups are computed as one block, so each keeps as many slots as the one with
        the most rows to go on.

        Returns:
            The (N'',) groups among the N' and of each the (N'', G'') rows among its G'
            that go on; None while it does not pay.
        """
        if self.going > share * self.slots.numel():
            return None
        going = ~self.stopped[self.slots]
        most = int(going.sum(dim=1).max())
        groups = going.any(dim=1).nonzero().squeeze(1)
        if most == 0 or len(groups) * most > share * self.slots.numel():
            return None
        order = going[groups].to(torch.int8).argsort(dim=1, descending=True, stable=True)
        rows = order[:, :most]
        self._write_down()
        self.points = self.points.view(*self.slots.shape, -1)[groups[:, None], rows].flatten(0, 1)
        self.slots = self.slots[groups].gather(1, rows)
        return groups, rows

    def completions(self, version: int) -> list[Completion]:
        """The records of all rows, in order.

        Raises:
            DivergenceError: if a token was drawn from what is no distribution.
        """
        self._write_down()
        ids, logprobs = self.ids.tolist(), self.logprobs.cpu().numpy()
        lengths, stopped = self.lengths.tolist(), self.stopped.tolist()
        _check_finite(logprobs, lengths)
        tokens = [tuple(ids[i][:n]) for i, n in enumerate(lengths)]
        texts = self.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        return [
            Completion(
                ids=tokens[i],
                logprobs_T=logprobs[i, : lengths[i]].copy(),
                finish_reason="stop" if stopped[i] else "length",
                policy_version=version,
                seed=self.seeds[i],
                text=texts[i],
            )
            for i in range(len(tokens))
        ]


def _check_finite(logprobs: np.ndarray, lengths: Sequence[int]) -> None:
    counts = np.arange(logprobs.shape[1]) < np.asarray(lengths)[:, None]
    rows, tokens = np.nonzero(~np.isfinite(logprobs) & counts)
    if len(rows):
        raise DivergenceError(
            f"the policy gives no distribution: got a log-prob of {logprobs[rows[0], tokens[0]]} "
            f"for token {tokens[0]} of a completion, expected finite numbers; look for weights "
            "that are not finite, or load the policy in float32"
        )
