"""The learner: one GRPO update of a policy from whole groups.

    advantages -> drop groups that teach nothing -> for each micro-batch of groups:
    log-probs over shared prefixes -> loss -> gradients -> clip -> AdamW step

It owns the optimizer and the step count, and nothing of Ray, files or config.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from policies.audio_policy import AudioPolicy
from policies.learner_settings import LearnerSettings
from policies.logprobs import GroupScores, score_groups
from policies.losses import Sizes, Tokens, evaluate
from policies.micro_batches import cut, join, take
from policies.records import Batch, Completion, Update
from rewards.errors import ConfigError

__all__ = ["Learner", "LearnerSettings", "freeze_encoder", "teaching"]


_log = logging.getLogger(__name__)

Rows = tuple[tuple[np.ndarray, ...], ...]
Groups = list[list[Tensor]]


@dataclass(frozen=True, slots=True)
class _Micro:
    """What one micro-batch found: its scores, and its part of the batch's loss.

    ``gradients`` are None where they were added to the parameters' own at once.
    """

    loss: float
    clipped: int
    kl: float
    scores: GroupScores
    gradients: Sequence[Tensor | None] | None


class Learner:
    """Updates a policy in place.

    Attributes:
        policy: what learns.
        optimizer: AdamW over the parameters that require gradients.
        names: the parameters' names, in the optimizer's order.
        step: updates done.
        reference: the frozen policy of the KL, the policy itself with its
            adapter off, or None.
    """

    def __init__(
        self,
        policy: AudioPolicy,
        settings: LearnerSettings,
        *,
        reference: AudioPolicy | None = None,
    ):
        self.policy = policy
        self.settings = settings
        self.step = 0
        if settings.freeze_encoder:
            freeze_encoder(policy)
        named = [(n, p) for n, p in policy.model.named_parameters() if p.requires_grad]
        self.names = [name for name, _ in named]
        self._parameters = [parameter for _, parameter in named]
        self.optimizer = torch.optim.AdamW(
            self._parameters,
            lr=settings.learning_rate,
            betas=settings.betas,
            weight_decay=settings.weight_decay,
        )
        has_adapter = hasattr(policy.model, "peft_config")
        if settings.kl_weight > 0 and reference is None and not has_adapter:
            raise ConfigError(
                "a KL term needs a reference: got kl_weight "
                f"{settings.kl_weight} over full weights and no reference, expected a frozen "
                "copy of the start; pass reference= or train an adapter"
            )
        if reference is not None:
            reference.model.eval()
        if settings.checkpointing:
            policy.base.activation_checkpointing_enable({"use_reentrant": False})
        self.reference = reference

    def update(self, batch: Batch) -> Update:
        """One batch through ``inner_updates`` optimizer steps.

        Without a group that teaches anything the weights stay and ``loss`` is 0.

        Raises:
            DeafError: if a prompt would not be heard.
        """
        kept = teaching(batch, mask_truncated=self.settings.mask_truncated)
        if not kept.prompts and teaching(batch).prompts:
            _log.warning("nothing to learn: all completions with an advantage were truncated")
        old = self.logprobs(kept) if self.settings.inner_updates > 1 else None
        passes: list[Update] = []
        for _ in range(self.settings.inner_updates):
            passes.append(self.gradients(kept, old))
            self._apply(passes[-1])
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return replace(
            passes[0],
            clip_fraction=float(np.mean([one.clip_fraction for one in passes])),
            skipped=any(one.skipped for one in passes),
            logprobs=self._align(batch, passes[0].logprobs),
        )

    @torch.no_grad()
    def logprobs(self, batch: Batch) -> Groups:
        """The policy's log-probs of a batch as it stands, in the batch's shape."""
        self.policy.model.eval()
        cuts = cut(batch, self.settings.micro_tokens)
        found = [self._score(self.policy, take(batch, pieces)).logprobs for pieces in cuts]
        return join(batch, cuts, found)

    def gradients(self, batch: Batch, old: Groups | None = None) -> Update:
        """Loss and clipped gradients of a batch of teaching groups, left in ``.grad``.

        Args:
            batch: groups that all teach (see ``teaching``).
            old: log-probs before the first inner update; None means now.
        """
        self._ready()
        self.optimizer.zero_grad(set_to_none=True)
        rows = [row for group in batch.completions for row in group]
        counted = [row for row in rows if self._counts(row)]
        sizes = Sizes(rows=len(rows), tokens=sum(len(row.ids) for row in counted))
        cuts = cut(batch, self.settings.micro_tokens)
        jobs = []
        for pieces in cuts:
            before = [old[piece.group][piece.rows] for piece in pieces] if old else None
            jobs.append((take(batch, pieces), sizes, before))
        done = list(self._side_by_side(jobs))
        loss, kl = sum(m.loss for m in done), sum(m.kl for m in done)
        found = join(batch, cuts, [m.scores.logprobs for m in done])
        entropies = join(batch, cuts, [m.scores.entropies for m in done])
        norm = float(
            torch.nn.utils.clip_grad_norm_(
                self.policy.model.parameters(), self.settings.max_grad_norm
            )
        )
        count = max(1, sizes.tokens)
        return Update(
            loss=loss,
            grad_norm=norm,
            learning_rate=self.settings.rate(self.step),
            tokens=sizes.tokens,
            kl=kl / count if self.settings.kl_weight > 0 else None,
            entropy=float(_flat(entropies).mean()) if rows else 0.0,
            clip_fraction=sum(m.clipped for m in done) / count,
            sampler_gap=_sampler_gap(batch, found),
            skipped=not (math.isfinite(loss) and math.isfinite(norm)),
            logprobs=tuple(tuple(row.cpu().numpy() for row in group) for group in found),
        )

    # -- inside ---------------------------------------------------------------------

    def _apply(self, report: Update) -> None:
        if report.skipped or not report.tokens:
            return
        for group in self.optimizer.param_groups:
            group["lr"] = report.learning_rate
        self.optimizer.step()

    def _ready(self) -> None:
        """Without dropout: the ratio of an update's first pass is 1."""
        self.policy.model.eval()
        if self.settings.checkpointing:
            for layer in self.policy.language_model.layers:
                layer.training = True  # what transformers asks for; its parts stay without dropout

    def _align(self, batch: Batch, logprobs: Rows) -> Rows:
        """Log-probs of the teaching groups in the places of the whole batch, () elsewhere."""
        kept = dict(zip(_teaching(batch, self.settings.mask_truncated), logprobs, strict=True))
        return tuple(kept.get(n, ()) for n in range(len(batch.prompts)))

    def _counts(self, row: Completion) -> bool:
        return not (self.settings.mask_truncated and row.finish_reason == "length")

    def _score(self, policy: AudioPolicy, batch: Batch) -> GroupScores:
        ids = [[completion.ids for completion in group] for group in batch.completions]
        return score_groups(
            policy, batch.prompts, ids, self.settings.temperature,
            head_chunk=self.settings.head_chunk,
        )  # fmt: skip

    def _side_by_side(self, jobs: Sequence[tuple[Batch, Sizes, Groups | None]]) -> Iterator[_Micro]:
        """Compute the micro-batches, as many at once as there are workers.

        Their gradients are added in the order of the batch, whoever is first, so that a
        run repeats to the last bit. One worker adds them as it goes, without a second set.
        """
        # The adapter is switched off for all threads at once, so the reference comes first.
        references = [self._reference(job[0]) for job in jobs]
        work = [(*job, reference) for job, reference in zip(jobs, references, strict=True)]
        if self.settings.workers == 1:
            for one in work:
                yield self._compute(*one)
            return
        with ThreadPoolExecutor(self.settings.workers) as threads:
            for start in range(0, len(work), self.settings.workers):
                wave = work[start : start + self.settings.workers]
                for found in threads.map(lambda one: self._compute(*one), wave):
                    self._add(found.gradients or ())
                    yield replace(found, gradients=None)

    def _compute(
        self, batch: Batch, sizes: Sizes, old: Groups | None, reference_N: Tensor | None
    ) -> _Micro:
        scores = self._score(self.policy, batch)
        tokens = self._tokens(batch, scores.logprobs, old, reference_N)
        found = evaluate(self.settings, tokens, sizes)
        gradients = None
        if self.settings.workers == 1:
            found.loss.backward()
        else:
            gradients = torch.autograd.grad(found.loss, self._parameters, allow_unused=True)
        return _Micro(
            loss=float(found.loss.detach()),
            clipped=found.clipped,
            kl=found.kl or 0.0,
            scores=GroupScores(
                [[row.detach() for row in group] for group in scores.logprobs], scores.entropies
            ),
            gradients=gradients,
        )

    def _tokens(
        self, batch: Batch, current: Groups, old: Groups | None, reference_N: Tensor | None
    ) -> Tokens:
        logprobs = _flat(current)
        rows = [row for group in batch.completions for row in group]
        lengths = torch.tensor([len(row.ids) for row in rows])

        def spread(per_row: Sequence[float] | np.ndarray | Tensor, dtype: torch.dtype) -> Tensor:
            values = torch.as_tensor(per_row).to(dtype)
            return values.repeat_interleave(lengths).to(logprobs.device)

        drawn = np.concatenate([row.logprobs_T for row in rows])
        return Tokens(
            logprobs_N=logprobs,
            old_N=_flat(old) if old else logprobs.detach(),
            sampler_N=torch.from_numpy(drawn).to(logprobs),
            advantages_N=spread(np.concatenate(batch.advantages), logprobs.dtype),
            row_N=spread(torch.arange(len(rows)), torch.long),
            mask_N=spread([self._counts(row) for row in rows], torch.bool),
            reference_N=reference_N,
        )

    def _add(self, gradients: Sequence[Tensor | None]) -> None:
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            if gradient is None:
                continue
            if parameter.grad is None:
                parameter.grad = gradient
            else:
                parameter.grad += gradient

    @torch.no_grad()
    def _reference(self, batch: Batch) -> Tensor | None:
        if self.settings.kl_weight == 0:
            return None
        if self.reference is not None:
            return _flat(self._score(self.reference, batch).logprobs)
        with self.policy.model.disable_adapter():
            return _flat(self._score(self.policy, batch).logprobs)


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
        return advantage != 0 and not (mask_truncated and row.finish_reason == "length")

    groups = zip(batch.completions, batch.advantages, strict=True)
    return [n for n, (group, own) in enumerate(groups) if any(map(teaches, group, own))]


def freeze_encoder(policy: AudioPolicy) -> None:
    """Only the decoder and its head go on learning."""
    decoder = {id(p) for p in policy.language_model.parameters()}
    decoder |= {id(p) for p in policy.base.lm_head.parameters()}
    for parameter in policy.model.parameters():
        parameter.requires_grad_(parameter.requires_grad and id(parameter) in decoder)


def _flat(groups: Groups) -> Tensor:
    return torch.cat([row for group in groups for row in group])


def _sampler_gap(batch: Batch, logprobs: Groups) -> float:
    """Mean |sampler - learner| over all tokens; 0 without any."""
    if not logprobs:
        return 0.0
    theirs = np.concatenate([row.logprobs_T for group in batch.completions for row in group])
    return float(np.abs(_flat(logprobs).cpu().numpy() - theirs).mean())
