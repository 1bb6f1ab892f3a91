"""Loss and gradients of a part of a batch, micro-batch by micro-batch; no optimizer.

A ``Shard`` is what one process is asked: whole groups, and the sizes of the whole batch, by
which its loss is divided. The loss and the gradients of a batch are the sums over its shards,
in their order, wherever each was computed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from policies.audio_policy import AudioPolicy
from policies.learner_settings import LearnerSettings
from policies.logprobs import GroupScores, score_groups
from policies.losses import Found, Sizes, Tokens, evaluate
from policies.micro_batches import cut, join, take
from policies.records import Batch, Completion

Rows = tuple[tuple[np.ndarray, ...], ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """What one process computes.

    Attributes:
        batch: groups that all teach.
        sizes: rows and tokens of the whole batch.
        old: log-probs before the first inner update, in the shape of ``batch``; None means now.
    """

    batch: Batch
    sizes: Sizes
    old: Rows | None = None


@dataclass(frozen=True, slots=True)
class ShardGradients:
    """What a process found of its shard.

    Attributes:
        loss: its part of the batch's.
        clipped_low, clipped_high: tokens whose ratio a bound of the clip held.
        kl: sum over its tokens of the estimate of the KL [nats].
        logprobs, entropies: of each completion, float32 (T,), in the shape of the batch.
        values: by parameter, in the learner's order; None where nothing flows.
    """

    loss: float
    clipped_low: int
    clipped_high: int
    kl: float
    logprobs: Rows
    entropies: Rows
    values: Sequence[Tensor | None]


class Gradients(Protocol):
    """Whatever computes shards: this process, or actors that hold the same weights.

    ``values`` belong to the learner, which adds to them in place.
    """

    def gradients(self, shards: Sequence[Shard]) -> list[ShardGradients]:
        """One answer a shard, in order."""
        ...

    def follow(self, policy: AudioPolicy) -> None:
        """The policy moved between two passes over a batch: compute with its weights now."""
        ...


class GradientWorker:
    """Computes shards under one policy, one after the other.

    Attributes:
        policy: whose gradients; its weights are never changed here.
        names: of the parameters that learn, in the model's order.
        parameters: these.
        reference: the frozen policy of the KL; None where the policy itself with its adapter
            off is it.
    """

    def __init__(
        self,
        policy: AudioPolicy,
        settings: LearnerSettings,
        *,
        reference: AudioPolicy | None = None,
    ):
        if settings.freeze_encoder:
            freeze_encoder(policy)
        if reference is not None:
            reference.model.eval()
        if settings.checkpointing:
            policy.base.activation_checkpointing_enable({"use_reentrant": False})
        self.policy, self.settings, self.reference = policy, settings, reference
        named = [(n, p) for n, p in policy.model.named_parameters() if p.requires_grad]
        self.names = [name for name, _ in named]
        self.parameters = [parameter for _, parameter in named]

    def gradients(self, shards: Sequence[Shard]) -> list[ShardGradients]:
        """See ``Gradients.gradients``; of each, the gradients are no parameter's ``.grad``."""
        return [self.compute(shard) for shard in shards]

    def follow(self, policy: AudioPolicy) -> None:
        """Nothing to do: it is the policy of this worker that moved."""

    def compute(self, shard: Shard) -> ShardGradients:
        """One shard.

        Raises:
            DeafError: if a prompt would not be heard.
        """
        self._drop()
        self._ready()
        batch, cuts = shard.batch, cut(shard.batch, self.settings.micro_tokens)
        loss, low, high, kl = 0.0, 0, 0, 0.0
        logprobs: list[list[list[Tensor]]] = []
        entropies: list[list[list[Tensor]]] = []
        for pieces in cuts:
            old = None
            if shard.old is not None:
                old = [list(shard.old[piece.group][piece.rows]) for piece in pieces]
            scores, found = self._backward(take(batch, pieces), shard.sizes, old)
            loss += float(found.loss.detach())
            low, high = low + found.clipped_low, high + found.clipped_high
            kl += found.kl or 0.0
            logprobs.append([[row.detach() for row in group] for group in scores.logprobs])
            entropies.append(scores.entropies)
        self.policy.model.eval()
        values = [parameter.grad for parameter in self.parameters]
        self._drop()
        return ShardGradients(
            loss=loss,
            clipped_low=low,
            clipped_high=high,
            kl=kl,
            logprobs=_arrays(join(batch, cuts, logprobs)),
            entropies=_arrays(join(batch, cuts, entropies)),
            values=values,
        )

    # -- inside ---------------------------------------------------------------------

    def _drop(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    def _ready(self) -> None:
        """Without dropout: the ratio of an update's first pass is 1."""
        self.policy.model.eval()
        torch.set_num_threads(threads_of(self.settings))
        if self.settings.checkpointing:
            for layer in self.policy.language_model.layers:
                layer.training = True  # what transformers asks for; its parts stay without dropout

    def _backward(
        self, batch: Batch, sizes: Sizes, old: Sequence[Sequence[np.ndarray]] | None
    ) -> tuple[GroupScores, Found]:
        reference_N = self._reference(batch)
        scores = self._score(self.policy, batch)
        found = evaluate(self.settings, self._tokens(batch, scores, old, reference_N), sizes)
        found.loss.backward()
        return scores, found

    def _score(self, policy: AudioPolicy, batch: Batch) -> GroupScores:
        ids = [[completion.ids for completion in group] for group in batch.completions]
        return score_groups(
            policy, batch.prompts, ids, self.settings.temperature,
            head_chunk=self.settings.head_chunk,
        )  # fmt: skip

    def _tokens(
        self,
        batch: Batch,
        scores: GroupScores,
        old: Sequence[Sequence[np.ndarray]] | None,
        reference_N: Tensor | None,
    ) -> Tokens:
        logprobs = _flat(scores.logprobs)
        rows = [row for group in batch.completions for row in group]
        lengths = torch.tensor([len(row.ids) for row in rows])

        def spread(per_row: Sequence[float] | np.ndarray | Tensor, dtype: torch.dtype) -> Tensor:
            values = torch.as_tensor(per_row).to(dtype)
            return values.repeat_interleave(lengths).to(logprobs.device)

        def given(rows: Sequence[np.ndarray]) -> Tensor:
            return torch.from_numpy(np.concatenate(rows)).to(logprobs)

        return Tokens(
            logprobs_N=logprobs,
            old_N=given([row for group in old for row in group]) if old else logprobs.detach(),
            sampler_N=given([row.logprobs_T for row in rows]),
            advantages_N=spread(np.concatenate(batch.advantages), logprobs.dtype),
            row_N=spread(torch.arange(len(rows)), torch.long),
            mask_N=spread([counts(row, self.settings.mask_truncated) for row in rows], torch.bool),
            reference_N=reference_N,
        )

    @torch.no_grad()
    def _reference(self, batch: Batch) -> Tensor | None:
        if self.settings.kl_weight == 0:
            return None
        if self.reference is not None:
            return _flat(self._score(self.reference, batch).logprobs)
        with self.policy.model.disable_adapter():
            return _flat(self._score(self.policy, batch).logprobs)


def threads_of(settings: LearnerSettings) -> int:
    """Of torch where gradients are computed by these settings here: no more than cores."""
    return min(settings.threads, os.cpu_count() or 1) or torch.get_num_threads()


def counts(row: Completion, mask_truncated: bool) -> bool:
    """Whether a completion has a part in the loss."""
    return not (mask_truncated and row.finish_reason == "length")


def freeze_encoder(policy: AudioPolicy) -> None:
    """Only the decoder and its head go on learning."""
    decoder = {id(p) for p in policy.language_model.parameters()}
    decoder |= {id(p) for p in policy.base.lm_head.parameters()}
    for parameter in policy.model.parameters():
        parameter.requires_grad_(parameter.requires_grad and id(parameter) in decoder)


def _flat(groups: Sequence[Sequence[Tensor]]) -> Tensor:
    return torch.cat([row for group in groups for row in group])


def _arrays(groups: Sequence[Sequence[Tensor]]) -> Rows:
    return tuple(tuple(row.cpu().numpy() for row in group) for group in groups)
