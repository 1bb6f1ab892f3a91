"""The learner: one GRPO update of a policy from whole groups.

    advantages -> drop groups that teach nothing -> for each micro-batch of groups:
    log-probs over shared prefixes -> loss -> gradients -> clip -> AdamW step

It owns the optimizer and the step count, and nothing of Ray, files or config.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from policies.audio_policy import AudioPolicy
from policies.grpo import LOSSES, Sizes, Tokens, clipped_surrogate, k3
from policies.logprobs import group_logprobs
from policies.records import Batch, Update
from rewards.errors import ConfigError


@dataclass(frozen=True, slots=True)
class LearnerSettings:
    """How the policy is updated.

    Attributes:
        learning_rate: peak of the schedule.
        betas, weight_decay: of AdamW.
        warmup_steps: linear warm-up from 0.
        total_steps: "cosine" has decayed to 0 at this step.
        schedule: "constant" or "cosine".
        loss: "dapo" or "grpo".
        clip_low, clip_high: the ratio stays in [1 - low, 1 + high].
        kl_weight: of the k3 KL to the reference; 0 needs no reference.
        inner_updates: optimizer steps on one batch.
        max_grad_norm: gradients are scaled down to this norm.
        micro_groups: groups that are computed at once; memory, not the result.
        workers: threads that compute micro-batches side by side, for CPUs: at this
            size of matrix two threads in two micro-batches outrun two in one.
        temperature: the one that the completions were sampled at.
        freeze_encoder: leave the audio encoder and projector as they are.
    """

    learning_rate: float = 1e-6
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.0
    warmup_steps: int = 0
    total_steps: int = 1
    schedule: str = "constant"
    loss: str = "dapo"
    clip_low: float = 0.2
    clip_high: float = 0.28
    kl_weight: float = 0.0
    inner_updates: int = 1
    max_grad_norm: float = 1.0
    micro_groups: int = 8
    workers: int = 1
    temperature: float = 1.0
    freeze_encoder: bool = False

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise ConfigError(
                f"no loss of this name: got '{self.loss}', expected one of "
                f"{', '.join(sorted(LOSSES))}; change grpo.loss"
            )
        for name, ok, expected in (
            ("inner_updates", self.inner_updates >= 1, "1 or more"),
            ("micro_groups", self.micro_groups >= 1, "1 or more"),
            ("workers", self.workers >= 1, "1 or more"),
            ("temperature", self.temperature > 0, "above 0"),
            ("clip_low", 0 <= self.clip_low <= 1, "in [0, 1]"),
            ("clip_high", self.clip_high >= 0, "0 or more"),
        ):
            if not ok:
                raise ConfigError(
                    f"grpo.{name} is out of range: got {getattr(self, name)}, expected {expected}; "
                    "change it"
                )
        if self.schedule not in ("constant", "cosine"):
            raise ConfigError(
                f"no schedule of this name: got '{self.schedule}', expected constant or cosine; "
                "change grpo.schedule"
            )

    def rate(self, step: int) -> float:
        """Learning rate of the update with this index, counted from 0."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        if self.schedule == "constant":
            return self.learning_rate
        done = (step - self.warmup_steps) / max(1, self.total_steps - self.warmup_steps)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


Rows = tuple[tuple[np.ndarray, ...], ...]


@dataclass(frozen=True, slots=True)
class _Micro:
    """What one micro-batch found: sums over its tokens, its log-probs, its gradients."""

    loss: float
    clipped: int
    kl: float
    logprobs: list[list[Tensor]]
    gradients: Sequence[Tensor | None]


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
        self.reference = reference

    def update(self, batch: Batch) -> Update:
        """One batch through ``inner_updates`` optimizer steps.

        Without a group that teaches anything the weights stay and ``loss`` is 0.

        Raises:
            DeafError: if a prompt would not be heard.
        """
        kept = teaching(batch)
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
            logprobs=_align(batch, passes[0].logprobs),
        )

    @torch.no_grad()
    def logprobs(self, batch: Batch) -> list[list[Tensor]]:
        """The policy's log-probs of a batch as it stands, in the batch's shape."""
        self.policy.model.eval()
        found: list[list[Tensor]] = []
        for micro in self._micro_batches(batch):
            found += self._forward(self.policy, micro)
        return found

    def gradients(self, batch: Batch, old: list[list[Tensor]] | None = None) -> Update:
        """Loss and clipped gradients of a batch of teaching groups, left in ``.grad``.

        Args:
            batch: groups that all teach (see ``teaching``).
            old: log-probs before the first inner update; None means now.
        """
        self.policy.model.eval()  # no dropout: the ratio of an update's first pass is 1
        self.optimizer.zero_grad(set_to_none=True)
        sizes = Sizes(
            rows=sum(len(group) for group in batch.completions),
            tokens=sum(len(row.ids) for group in batch.completions for row in group),
        )
        micros = list(self._micro_batches(batch))
        references = [self._reference(m) if self.settings.kl_weight > 0 else None for m in micros]
        done = list(self._side_by_side(micros, sizes, old, references))
        loss, kl = sum(m.loss for m in done), sum(m.kl for m in done)
        found = [group for m in done for group in m.logprobs]
        norm = float(
            torch.nn.utils.clip_grad_norm_(
                self.policy.model.parameters(), self.settings.max_grad_norm
            )
        )
        gap, entropy = _sampler_gap(batch, found)
        count = max(1, sizes.tokens)
        return Update(
            loss=loss,
            grad_norm=norm,
            learning_rate=self.settings.rate(self.step),
            tokens=sizes.tokens,
            kl=kl / count if self.settings.kl_weight > 0 else None,
            entropy=entropy,
            clip_fraction=sum(m.clipped for m in done) / count,
            sampler_gap=gap,
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

    def _micro_batches(self, batch: Batch) -> Iterator[Batch]:
        size = self.settings.micro_groups
        for start in range(0, len(batch.prompts), size):
            span = slice(start, start + size)
            yield Batch(batch.prompts[span], batch.completions[span], batch.advantages[span])

    def _forward(self, policy: AudioPolicy, batch: Batch) -> list[list[Tensor]]:
        ids = [[completion.ids for completion in group] for group in batch.completions]
        return group_logprobs(policy, batch.prompts, ids, self.settings.temperature)

    def _side_by_side(
        self,
        micros: Sequence[Batch],
        sizes: Sizes,
        old: list[list[Tensor]] | None,
        references: Sequence[Tensor | None],
    ) -> Iterator[_Micro]:
        """Compute the micro-batches, as many at once as there are workers.

        Their gradients are added in the order of the batch, whoever is first, so
        that a run repeats to the last bit.
        """
        groups = 0
        jobs = []
        for micro, reference in zip(micros, references, strict=True):
            before = old[groups : groups + len(micro.prompts)] if old else None
            jobs.append((micro, sizes, before, reference))
            groups += len(micro.prompts)
        with ThreadPoolExecutor(self.settings.workers) as threads:
            for start in range(0, len(jobs), self.settings.workers):
                wave = jobs[start : start + self.settings.workers]
                for found in threads.map(lambda job: self._compute(*job), wave):
                    self._add(found.gradients)
                    yield found

    def _compute(
        self,
        batch: Batch,
        sizes: Sizes,
        old: list[list[Tensor]] | None,
        reference_N: Tensor | None,
    ) -> _Micro:
        settings = self.settings
        current = self._forward(self.policy, batch)
        tokens = _tokens(batch, current, old, reference_N)
        per_token, bites = clipped_surrogate(tokens, settings.clip_low, settings.clip_high)
        kl = 0.0
        if reference_N is not None:
            kl_N = k3(tokens.logprobs_N, reference_N)
            per_token = per_token + settings.kl_weight * kl_N
            kl = float(kl_N.detach().sum())
        loss = LOSSES[settings.loss](per_token, tokens, sizes)
        return _Micro(
            loss=float(loss.detach()),
            clipped=int(bites.sum()),
            kl=kl,
            logprobs=[[row.detach() for row in group] for group in current],
            gradients=torch.autograd.grad(loss, self._parameters, allow_unused=True),
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
    def _reference(self, batch: Batch) -> Tensor:
        if self.reference is not None:
            return _flat(self._forward(self.reference, batch))
        with self.policy.model.disable_adapter():
            return _flat(self._forward(self.policy, batch))


def _tokens(
    batch: Batch,
    current: list[list[Tensor]],
    old: list[list[Tensor]] | None,
    reference_N: Tensor | None,
) -> Tokens:
    logprobs = _flat(current)
    lengths = torch.tensor([len(row) for group in current for row in group])
    per_row = torch.from_numpy(np.concatenate(batch.advantages)).to(logprobs.dtype)
    return Tokens(
        logprobs_N=logprobs,
        old_N=_flat(old) if old else logprobs.detach(),
        advantages_N=per_row.repeat_interleave(lengths).to(logprobs.device),
        lengths_N=lengths.repeat_interleave(lengths).to(logprobs.device),
        reference_N=reference_N,
    )


def teaching(batch: Batch) -> Batch:
    """The groups with an advantage other than 0: the rest teach nothing and cost nothing."""
    kept = [n for n, advantages in enumerate(batch.advantages) if np.any(advantages)]
    return Batch(
        tuple(batch.prompts[n] for n in kept),
        tuple(batch.completions[n] for n in kept),
        tuple(batch.advantages[n] for n in kept),
    )


def _align(batch: Batch, logprobs: Rows) -> Rows:
    """Log-probs of the teaching groups in the places of the whole batch, () elsewhere."""
    found = iter(logprobs)
    return tuple(next(found) if np.any(a) else () for a in batch.advantages)


def freeze_encoder(policy: AudioPolicy) -> None:
    """Only the decoder and its head go on learning."""
    decoder = {id(p) for p in policy.language_model.parameters()}
    decoder |= {id(p) for p in policy.base.lm_head.parameters()}
    for parameter in policy.model.parameters():
        parameter.requires_grad_(parameter.requires_grad and id(parameter) in decoder)


def _flat(groups: list[list[Tensor]]) -> Tensor:
    return torch.cat([row for group in groups for row in group])


def _sampler_gap(batch: Batch, logprobs: list[list[Tensor]]) -> tuple[float, float]:
    """Mean |sampler - learner| and mean -learner log-prob over all tokens; 0 without any."""
    if not logprobs:
        return 0.0, 0.0
    ours = _flat(logprobs).cpu().numpy()
    theirs = np.concatenate([row.logprobs_T for group in batch.completions for row in group])
    return float(np.abs(ours - theirs).mean()), float(-ours.mean())
