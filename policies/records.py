"""What goes into the policy, what comes out, and what the learner did with it.

Axes, worn as suffixes: ``P`` prompts in a step, ``G`` completions of one prompt,
``B = P * G`` rows, ``T`` completion tokens, ``S`` audio samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import numpy as np

from policies.audio import Waveform

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as the policy reads it.

    Attributes:
        question_id: whence it comes.
        ids: token ids with the audio placeholders expanded.
        clips: the clips in the order of their placeholders; () without sound.
        processor: hash of the settings of the processor that made it.
    """

    question_id: str
    ids: tuple[int, ...]
    clips: tuple[Waveform, ...]
    processor: str

    @property
    def clip_sha256(self) -> str | None:
        """The clip's hash, None without one; of several clips the hash of their hashes."""
        hashes = [clip.sha256 for clip in self.clips]
        if len(hashes) < 2:
            return hashes[0] if hashes else None
        return sha256("".join(hashes).encode()).hexdigest()

    @property
    def key(self) -> tuple[tuple[int, ...], tuple[str, ...], str]:
        """What a prefix may be shared by: equal texts about different clips never merge."""
        return self.ids, tuple(clip.sha256 for clip in self.clips), self.processor


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled continuation.

    Attributes:
        ids: sampled token ids, the end token included where it was sampled.
        logprobs_T: the sampler's own log-prob of each id under the
            distribution it was drawn from, float32.
        finish_reason: "stop" (end token or stop text) or "length" (token limit).
        policy_version: version of the weights that sampled it.
        seed: the 64-bit seed derived from the rollout's ids.
        text: the decoded ids without special tokens.
    """

    ids: tuple[int, ...]
    logprobs_T: np.ndarray
    finish_reason: FinishReason
    policy_version: int
    seed: int
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What the learner computes on: whole groups.

    Attributes:
        prompts: P prompts.
        completions: P lists of completions of that prompt; groups may be
            ragged (a rollout whose reward failed is left out).
        advantages: P float64 arrays aligned with ``completions``.
    """

    prompts: tuple[Prompt, ...]
    completions: tuple[tuple[Completion, ...], ...]
    advantages: tuple[np.ndarray, ...]


BAD_UPDATES = 3
"""Updates in a row that were not finite and end what learns: one may be an overflow in half
precision."""


@dataclass(frozen=True, slots=True)
class Update:
    """What one update reports.

    All but the learning rate is of the groups that teach; None where there was none.

    Attributes:
        loss: the scalar that was differentiated.
        grad_norm: before clipping.
        learning_rate: of this step, whether or not anything was learnt.
        tokens: completion tokens in the loss, those that are masked left out; 0 where
            nothing was learnt.
        kl: mean estimate of the KL to the reference [nats per token], None without one.
        entropy: mean entropy of the distributions at the completion tokens [nats].
        clip_low, clip_high: shares of tokens whose ratio the lower and the upper bound of the
            clip held, over all inner updates.
        sampler_gap: mean |sampler log-prob - learner log-prob| [nats].
        skipped: True if loss or gradient of an inner update was not finite: that
            one left the weights as they were.
        logprobs: P lists of the learner's log-probs (T,) before the update,
            aligned with the batch.
    """

    loss: float | None
    grad_norm: float | None
    learning_rate: float
    tokens: int
    kl: float | None
    entropy: float | None
    clip_low: float | None
    clip_high: float | None
    sampler_gap: float | None
    skipped: bool
    logprobs: tuple[tuple[np.ndarray, ...], ...]

    @classmethod
    def nothing(cls, learning_rate: float, groups: int) -> Update:
        """Of a batch of so many groups none of which teaches anything."""
        return cls(
            loss=None, grad_norm=None, learning_rate=learning_rate, tokens=0, kl=None,
            entropy=None, clip_low=None, clip_high=None, sampler_gap=None, skipped=False,
            logprobs=((),) * groups,
        )  # fmt: skip

    @property
    def clip_fraction(self) -> float | None:
        """Share of tokens whose ratio was clipped."""
        if self.clip_low is None or self.clip_high is None:
            return None
        return self.clip_low + self.clip_high
