"""The learner: one GRPO update of a policy from whole groups.

    advantages -> drop groups that teach nothing -> shards -> log-probs over shared
    prefixes, loss, gradients (policies/gradients.py) -> sum -> clip -> AdamW step

It owns the optimizer and the step count, and nothing of Ray, files or config.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from policies.audio_policy import AudioPolicy
from policies.gradients import Gradients, GradientWorker, Rows, Shard, counts, threads_of
from policies.learner_settings import ROUNDING, LearnerSettings
from policies.losses import Sizes
from policies.micro_batches import divide
from policies.optimizer import adamw_of
from policies.records import Batch, Completion, Update
from rewards.errors import ConfigError

_LOG = logging.getLogger(__name__)


class Learner:
    """Updates a policy in place.

    Attributes:
        policy: what learns.
        optimizer: AdamW over the parameters that require gradients (``policies/optimizer.py``).
        names: the parameters' names, in the optimizer's order.
        step: updates done.
    """

    def __init__(
        self,
        policy: AudioPolicy,
        settings: LearnerSettings,
        *,
        reference: AudioPolicy | None = None,
        elsewhere: Gradients | None = None,
    ):
        """
        Args:
            reference: the frozen policy of the KL; an adapter switched off is its own.
            elsewhere: what computes gradients instead of this process; it has the reference.
        """
        self.policy = policy
        self.settings = settings
        self.step = 0
        has_adapter = hasattr(policy.model, "peft_config")
        if settings.kl_weight > 0 and not (reference or elsewhere or has_adapter):
            raise ConfigError(
                "a KL term needs a reference: got kl_weight "
                f"{settings.kl_weight} over full weights and no reference, expected a frozen "
                "copy of the start; pass reference= or train an adapter"
            )
        self._here = GradientWorker(policy, settings, reference=reference)
        self._source: Gradients = elsewhere or self._here
        self.names, self._parameters = self._here.names, self._here.parameters
        self.optimizer = adamw_of(
            self._parameters,
            home=torch.device("cpu") if settings.offload else None,
            lr=settings.learning_rate,
            betas=settings.betas,
            weight_decay=settings.weight_decay,
        )

    @property
    def rounding(self) -> dict[str, int]:
        """The settings by which sums are taken in another order; to the result, rounding."""
        found = {name: getattr(self.settings, name) for name in ROUNDING}
        return found | {"threads": threads_of(self.settings)}

    def round_by(self, rounding: Mapping[str, int]) -> None:
        """Take sums in this order from now on, those of ``rounding`` that are named."""
        self.settings = self._here.settings = replace(self.settings, **rounding)
        self.take_threads()

    def take_threads(self) -> None:
        """Give torch the threads of the updates, before anything is heard or asked.

        Features of clips and answers round by them, too: if the first update alone took them, what
        comes before it would depend on where a process began, and a resumed run would differ.
        """
        if self.computes_here:
            torch.set_num_threads(threads_of(self.settings))

    @property
    def computes_here(self) -> bool:
        """Whether gradients are computed in this process."""
        return self._source is self._here

    def update(self, batch: Batch) -> Update:
        """One batch through ``inner_updates`` optimizer steps.

        Without a group that teaches anything the weights stay and nothing was measured.

        Raises:
            DeafError: if a prompt would not be heard.
        """
        kept = teaching(batch, mask_truncated=self.settings.mask_truncated)
        if not kept.prompts:
            if teaching(batch).prompts:
                _LOG.warning("nothing to learn: all completions with an advantage were truncated")
            self.step += 1
            return Update.nothing(self.settings.rate(self.step - 1), len(batch.prompts))
        passes = [self.gradients(kept)]
        self._apply(passes[0])
        for _ in range(1, self.settings.inner_updates):
            self._source.follow(self.policy)
            passes.append(self.gradients(kept, passes[0].logprobs))
            self._apply(passes[-1])
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return replace(
            passes[0],
            clip_low=sum(one.clip_low or 0.0 for one in passes) / len(passes),
            clip_high=sum(one.clip_high or 0.0 for one in passes) / len(passes),
            skipped=any(one.skipped for one in passes),
            logprobs=self._align(batch, passes[0].logprobs),
        )

    def gradients(self, batch: Batch, old: Rows | None = None) -> Update:
        """Loss and clipped gradients of a batch of teaching groups, left in ``.grad``.

        Args:
            batch: groups that all teach (see ``teaching``), at least one.
            old: log-probs before the first inner update; None means now.
        """
        self.optimizer.zero_grad(set_to_none=True)
        rows = [row for group in batch.completions for row in group]
        tokens = sum(len(row.ids) for row in rows if counts(row, self.settings.mask_truncated))
        sizes = Sizes(rows=len(rows), tokens=tokens)
        shards = [
            Shard(_part(batch, own), sizes, old[own] if old else None)
            for own in divide(batch, self.settings.shards)
        ]
        done = self._source.gradients(shards)
        for one in done:
            self._add(one.values)
        loss = sum(one.loss for one in done)
        found = tuple(group for one in done for group in one.logprobs)
        entropies = [row for one in done for group in one.entropies for row in group]
        norm = float(
            torch.nn.utils.clip_grad_norm_(
                self.policy.model.parameters(), self.settings.max_grad_norm
            )
        )
        count = max(1, tokens)
        return Update(
            loss=loss,
            grad_norm=norm,
            learning_rate=self.settings.rate(self.step),
            tokens=tokens,
            kl=sum(one.kl for one in done) / count if self.settings.kl_weight > 0 else None,
            entropy=float(np.concatenate(entropies).mean()),
            clip_low=sum(one.clipped_low for one in done) / count,
            clip_high=sum(one.clipped_high for one in done) / count,
            sampler_gap=_sampler_gap(batch, found),
            skipped=not (math.isfinite(loss) and math.isfinite(norm)),
            logprobs=found,
        )

    # -- inside ---------------------------------------------------------------------

    def _apply(self, report: Update) -> None:
        if report.skipped:
            return
        for group in self.optimizer.param_groups:
            group["lr"] = report.learning_rate
        self.optimizer.step()

    def _align(self, batch: Batch, logprobs: Rows) -> Rows:
        """Log-probs of the teaching groups in the places of the whole batch, () elsewhere."""
        kept = dict(zip(_teaching(batch, self.settings.mask_truncated), logprobs, strict=True))
        return tuple(kept.get(n, ()) for n in range(len(batch.prompts)))

    def _add(self, gradients: Sequence[Tensor | None]) -> None:
        """To what is there, in the order of the shards, so that a run repeats to the last bit."""
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            if gradient is None:
                continue
            gradient = gradient.to(parameter.device)
            if parameter.grad is None:
                parameter.grad = gradient
            else:
                parameter.grad += gradient


def teaching(batch: Batch, *, mask_truncated: bool = False) -> Batch:
    """The groups with an advantage other than 0: the rest teach nothing and cost nothing.

    With ``mask_truncated``, of a completion that has a part in the loss.
    """
    kept = _teaching(batch, mask_truncated)
    return Batch(
        tuple(batch.prompts[n] for n in kept),
        tuple(batch.completions[n] for n in kept),
        tuple(batch.advantages[n] for n in kept),
    )


def _teaching(batch: Batch, mask_truncated: bool) -> list[int]:
    def teaches(row: Completion, advantage: float) -> bool:
        return advantage != 0 and counts(row, mask_truncated)

    groups = zip(batch.completions, batch.advantages, strict=True)
    return [n for n, (group, own) in enumerate(groups) if any(map(teaches, group, own))]


def _part(batch: Batch, own: slice) -> Batch:
    return Batch(batch.prompts[own], batch.completions[own], batch.advantages[own])


def _sampler_gap(batch: Batch, logprobs: Rows) -> float:
    """Mean |sampler - learner| over all tokens."""
    theirs = np.concatenate([row.logprobs_T for group in batch.completions for row in group])
    ours = np.concatenate([row for group in logprobs for row in group])
    return float(np.abs(ours - theirs).mean())
