"""What a step was: its rows and scalars for the journal, its line for the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from policies.gradients import counts
from policies.records import Batch, Update
from rewards.records import Part
from rewards.rubric import Combine
from rollouts.advantages import judged, part_shares
from rollouts.crew import Losses
from rollouts.records import Group, Rollout, UpdateRow


@dataclass(frozen=True, slots=True)
class Seconds:
    """Where the wall time of a step went.

    Attributes:
        sample, score: until the groups were there, divided as the actors' own time was.
        learn: from the journal's rollouts to the new weights.
    """

    sample: float
    score: float
    learn: float

    @classmethod
    def of(cls, waited: float, scoring: float, learn: float) -> Seconds:
        """Of the time that was waited for groups, and the share of it that went into scoring."""
        return cls(waited * (1 - scoring), waited * scoring, learn)


def update_rows(
    groups: Sequence[Group], batch: Batch, update: Update, *, mask_truncated: bool = False
) -> list[UpdateRow]:
    """For the journal: what was done with each rollout, those left out included.

    Args:
        mask_truncated: of the learner: completions that hit the token limit had no part in the
            loss; they keep their log-probs.
    """
    rows: list[UpdateRow] = []
    place = 0
    for group in groups:
        valid = judged(group).places
        rows += [
            _row(group, i, dropped="not scored" if rollout.score.valid else "error")
            for i, rollout in enumerate(group.rollouts)
            if i not in valid
        ]
        if not valid:
            continue
        logprobs, advantages = update.logprobs[place], batch.advantages[place]
        for j, i in enumerate(valid):
            advantage = float(advantages[j])
            if logprobs:
                learnt = counts(group.rollouts[i].completion, mask_truncated)
                reason, logprobs_T = None if learnt else "truncated", logprobs[j]
            else:
                reason, logprobs_T = "truncated" if advantages.any() else "zero variance", None
            rows.append(_row(group, i, advantage, dropped=reason, logprobs_T=logprobs_T))
        place += 1
    return sorted(rows, key=lambda row: (row.group, row.sample))


def _row(
    group: Group,
    place: int,
    advantage: float | None = None,
    *,
    dropped: str | None = None,
    logprobs_T: np.ndarray | None = None,
) -> UpdateRow:
    rollout = group.rollouts[place]
    ratio_T = None
    if logprobs_T is not None:
        ratio_T = np.exp(logprobs_T.astype(np.float64) - rollout.completion.logprobs_T)
    return UpdateRow(
        run=group.run,
        step=group.step,
        group=group.index,
        sample=rollout.sample,
        advantage=advantage,
        dropped=dropped,
        logprobs_T=logprobs_T,
        ratio_mean=None if ratio_T is None else float(ratio_T.mean()),
        ratio_max=None if ratio_T is None else float(ratio_T.max()),
    )


def summary(update: Update) -> dict[str, Any]:
    """The scalars of an update, for the journal; None for what was not measured."""
    return {
        "loss": update.loss,
        "grad_norm": update.grad_norm,
        "learning_rate": update.learning_rate,
        "tokens": update.tokens or None,
        "kl": update.kl,
        "entropy": update.entropy,
        "clip_fraction": update.clip_fraction,
        "clip_low": update.clip_low,
        "clip_high": update.clip_high,
        "sampler_gap": update.sampler_gap,
        "skipped": update.skipped,
    }


def step_line(
    groups: Sequence[Group],
    batch: Batch,
    update: Update,
    seconds: Seconds,
    lost: Losses,
    combine: Combine = "sum",
) -> dict[str, Any]:
    """One step's line of ``metrics.jsonl``."""
    rollouts = [rollout for group in groups for rollout in group.rollouts]
    found = [judged(group) for group in groups]
    totals = np.concatenate([own.totals_G for own in found]) if found else np.empty(0)
    return {
        **_spread(totals, [own.totals_G for own in found]),
        **part_lines(groups),
        "part_share": part_shares(found, combine),
        "unscored": _share(r.score.valid and r.score.total is None for r in rollouts),
        "zero_variance": _share(not np.any(a) for a in batch.advantages),
        "truncated": _share(r.completion.finish_reason == "length" for r in rollouts),
        **_sampled(rollouts, seconds),
        "staleness": max((group.step - group.policy_version for group in groups), default=0),
        "seconds": asdict(seconds),
        "actors": asdict(lost),
        **summary(update),
    }


def _spread(totals: np.ndarray, groups: Sequence[np.ndarray]) -> dict[str, float | None]:
    """Mean and standard deviation of all totals, and the mean of the groups' deviations."""
    within = [float(np.std(own)) for own in groups if len(own) > 1]
    return {
        "reward": float(np.mean(totals)) if len(totals) else None,
        "reward_std": float(np.std(totals)) if len(totals) else None,
        "reward_group_std": float(np.mean(within)) if within else None,
    }


def _sampled(rollouts: Sequence[Rollout], seconds: Seconds) -> dict[str, Any]:
    """What was sampled, learnt from or not: lengths, surprisal, and tokens a second."""
    lengths = [len(rollout.completion.ids) for rollout in rollouts]
    if not lengths:
        return {"length": None, "surprisal": None, "tokens_per_second": None}
    drawn = np.concatenate([rollout.completion.logprobs_T for rollout in rollouts])
    return {
        "length": {"mean": float(np.mean(lengths)), "max": max(lengths)},
        "surprisal": -float(np.mean(drawn, dtype=np.float64)) if len(drawn) else None,
        "tokens_per_second": sum(lengths) / seconds.sample if seconds.sample > 0 else None,
    }


def part_lines(groups: Sequence[Group]) -> dict[str, dict[str, Any]]:
    """Of each part: mean, spread, weight, failures, and milliseconds for a completion.

    Mean and spread (the standard deviation over all rollouts of the step) are of the scored
    rollouts; a part without one is left out of both. Failures name only parts that failed.
    """
    parts: dict[str, list[Part]] = {}
    for rollout in (rollout for group in groups for rollout in group.rollouts):
        for name, part in rollout.score.parts.items():
            parts.setdefault(name, []).append(part)
    values = {name: [p.value for p in own if p.value is not None] for name, own in parts.items()}
    scored = {name: np.array(own) for name, own in sorted(values.items()) if own}
    failures = Counter((p.status, name) for name, own in parts.items() for p in own if p.failed)
    return {
        "parts": {name: float(own.mean()) for name, own in scored.items()},
        "part_spread": {name: float(own.std()) for name, own in scored.items()},
        "part_weight": {name: own[0].weight for name, own in sorted(parts.items())},
        "part_errors": {name: n for (status, name), n in failures.items() if status == "error"},
        "part_timeouts": {name: n for (status, name), n in failures.items() if status == "timeout"},
        "part_ms": {
            name: 1e3 * float(np.mean([part.seconds for part in own]))
            for name, own in sorted(parts.items())
        },
    }


def _share(flags: Iterable[bool]) -> float | None:
    found = list(flags)
    return sum(found) / len(found) if found else None
