"""The embedded sampler: each clip encoded once, each prompt prefilled once per group.

The noise of a rollout is one stream of uniform numbers, a function of its seed
and of the token's position alone; a token is where that number falls in the
cumulative distribution. So a completion depends neither on the batch it was
drawn in nor on its place there, up to the rounding of the logits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from policies.attention import Decode, Prefill
from policies.audio_policy import AudioPolicy
from policies.records import Completion, Prompt
from rewards.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How tokens are drawn.

    Attributes:
        temperature: above 0; 0 means greedy.
        top_p: nucleus mass in (0, 1]; 1 keeps the whole distribution.
        max_new_tokens: T, at least 1.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 64

    def __post_init__(self) -> None:
        for name, ok, expected in (
            ("temperature", self.temperature >= 0, "0 (greedy) or more"),
            ("top_p", 0 < self.top_p <= 1, "in (0, 1]"),
            ("max_new_tokens", self.max_new_tokens >= 1, "at least 1"),
        ):
            if not ok:
                raise ConfigError(
                    f"sampling.{name} is out of range: got {getattr(self, name)}, expected "
                    f"{expected}; change it"
                )


def uniform_noise(seeds: Sequence[int], tokens: int) -> np.ndarray:
    """(rows, tokens) float64 in [0, 1): row i is the Philox stream of seed i."""
    return np.stack(
        [np.random.Generator(np.random.Philox(key=seed)).random(tokens) for seed in seeds]
    )


@torch.inference_mode()
def sample(
    policy: AudioPolicy,
    prompts: Sequence[Prompt],
    seeds: Sequence[Sequence[int]],
    settings: SamplingSettings,
    *,
    policy_version: int = 0,
    stream: Callable[[list[int]], None] | None = None,
) -> list[list[Completion]]:
    """Draw G completions of each of N prompts.

    Args:
        policy: the model; it is switched to evaluation mode.
        prompts: N prompts.
        seeds: N lists of G seeds, one per rollout.
        settings: temperature, nucleus and length.
        policy_version: written into each completion.
        stream: called after each token with the ids of the first completion so far.

    Returns:
        N lists of G completions. ``logprobs_T`` are those of the distribution
        that was drawn from (at temperature 0: of the untempered one).

    Raises:
        ConfigError: if the lists of seeds are not one a prompt, all of one length.
        DeafError: if a prompt would not be heard.
    """
    policy.model.eval()
    _check_seeds(prompts, seeds)
    rows = len(seeds[0])
    flat_seeds = [seed for group in seeds for seed in group]
    noise = torch.from_numpy(uniform_noise(flat_seeds, settings.max_new_tokens))
    embedded, lengths = policy.embed(prompts)
    prefill = Prefill()
    positions = torch.arange(embedded.shape[1], device=policy.device)[None]
    hidden = policy.decode(embedded, positions, prefill)
    last = hidden[torch.arange(len(prompts)), lengths - 1].repeat_interleave(rows, dim=0)
    drawn = _Drawn(policy, lengths.repeat_interleave(rows), noise, settings)
    decode = Decode(
        prefill,
        _padding(lengths, embedded.shape[1], embedded.dtype),
        rows,
        settings.max_new_tokens,
    )
    for step in range(settings.max_new_tokens):
        tokens = drawn.draw(step, last)
        if stream is not None:
            stream(drawn.ids[0, : drawn.lengths[0]].tolist())
        drawn.retire(rows, decode)
        if drawn.finished or step + 1 == settings.max_new_tokens:
            break
        decode.step = step
        embedded = policy.base.get_input_embeddings()(drawn.alive(tokens))[:, None]
        last = policy.decode(embedded, (drawn.positions + step)[:, None], decode)[:, 0]
    done = drawn.completions(flat_seeds, policy_version)
    return [done[i : i + rows] for i in range(0, len(done), rows)]


def _check_seeds(prompts: Sequence[Prompt], seeds: Sequence[Sequence[int]]) -> None:
    sizes = sorted({len(group) for group in seeds})
    if not prompts or len(seeds) != len(prompts) or len(sizes) != 1 or sizes[0] < 1:
        raise ConfigError(
            f"each prompt needs one list of seeds, all of one length: got {len(prompts)} prompts "
            f"and {len(seeds)} lists of {sizes} seeds, expected as many lists; derive them anew"
        )


def _padding(lengths: Tensor, width: int, dtype: torch.dtype) -> Tensor:
    """(N, 1, 1, P): 0 at prompt tokens, -inf at padding."""
    beyond = torch.arange(width, device=lengths.device)[None] >= lengths[:, None]
    return torch.zeros(beyond.shape, dtype=dtype, device=lengths.device).masked_fill_(
        beyond, -torch.inf
    )[:, None, None]


class _Drawn:
    """The tokens drawn so far, and which rows still draw."""

    def __init__(
        self, policy: AudioPolicy, lengths: Tensor, noise: Tensor, settings: SamplingSettings
    ):
        count = len(lengths)
        self.policy, self.settings, self.noise = policy, settings, noise
        self.end = torch.tensor(policy.end_ids, device=lengths.device)
        self.pad = policy.processor.tokenizer.pad_token_id
        shape = (count, settings.max_new_tokens)
        self.ids = torch.full(shape, self.pad, dtype=torch.long, device=lengths.device)
        self.logprobs = torch.zeros(shape, dtype=torch.float32, device=lengths.device)
        self.lengths = torch.zeros(count, dtype=torch.long, device=lengths.device)
        self.stopped = torch.zeros(count, dtype=torch.bool, device=lengths.device)
        self.active = torch.arange(count, device=lengths.device)
        self.positions = lengths
        self._kept = self.active

    @property
    def finished(self) -> bool:
        return bool(self.stopped.all())

    def draw(self, step: int, hidden: Tensor) -> Tensor:
        """One token for each active row; rows that have stopped get padding."""
        drawn_from = self._distribution(hidden)
        if self.settings.temperature == 0:
            tokens = drawn_from.argmax(dim=-1)
        else:
            cumulative = drawn_from.exp().double().cumsum(dim=-1)
            point = self.noise[self.active.cpu(), step].to(hidden.device)[:, None]
            total = cumulative[:, -1:]
            # The product may round up to the total, beyond the last token that has any mass.
            below = torch.minimum(point * total, total.nextafter(torch.zeros_like(total)))
            tokens = torch.searchsorted(cumulative, below, right=True).squeeze(1)
        stopped = self.stopped[self.active]
        tokens = tokens.masked_fill(stopped, self.pad)
        logprobs = drawn_from.gather(1, tokens[:, None]).squeeze(1)
        self.ids[self.active, step] = tokens
        self.logprobs[self.active, step] = logprobs.masked_fill(stopped, 0.0).float()
        self.lengths[self.active] += (~stopped).long()
        self.stopped[self.active] = stopped | torch.isin(tokens, self.end) & ~stopped
        return tokens

    def _distribution(self, hidden: Tensor) -> Tensor:
        """Log-probs (rows, vocabulary) that are drawn from."""
        temperature = self.settings.temperature or 1.0
        logprobs = self.policy.logprobs(hidden, temperature)
        if self.settings.top_p == 1.0:
            return logprobs
        ordered, order = logprobs.sort(dim=-1, descending=True)
        before = ordered.exp().cumsum(dim=-1) - ordered.exp()
        outside = (before >= self.settings.top_p).scatter(1, order, before >= self.settings.top_p)
        return logprobs.masked_fill(outside, -torch.inf).log_softmax(dim=-1)

    def retire(self, rows: int, decode: Decode) -> None:
        """Drop groups in which every row has stopped, once a quarter of the groups has."""
        stopped = self.stopped[self.active].view(-1, rows).all(dim=1)
        self._kept = torch.arange(len(self.active), device=self.active.device)
        if stopped.sum() * 4 < len(stopped) or stopped.all() or not decode.keys:
            return
        groups = (~stopped).nonzero().squeeze(1)
        own = torch.arange(rows, device=groups.device)
        self._kept = (groups[:, None] * rows + own).flatten()
        decode.keep(groups)
        self.active = self.active[self._kept]
        self.positions = self.positions[self._kept]

    def alive(self, tokens: Tensor) -> Tensor:
        """The drawn tokens of the rows that go on."""
        return tokens[self._kept]

    def completions(self, seeds: Sequence[int], version: int) -> list[Completion]:
        """The records, in the order of the rows."""
        ids, logprobs = self.ids.cpu(), self.logprobs.cpu().numpy()
        lengths, stopped = self.lengths.tolist(), self.stopped.tolist()
        tokens = [tuple(ids[i, :n].tolist()) for i, n in enumerate(lengths)]
        texts = self.policy.processor.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        return [
            Completion(
                ids=tokens[i],
                logprobs_T=logprobs[i, : lengths[i]].copy(),
                finish_reason="stop" if stopped[i] else "length",
                policy_version=version,
                seed=seeds[i],
                text=texts[i],
            )
            for i in range(len(seeds))
        ]
