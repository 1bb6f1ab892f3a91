"""The RL loop: ask, roll out, judge, learn, publish; evaluate and keep.

    questions -> groups (actors) -> journal rollouts/ -> advantages -> update
    -> journal updates/ -> weights to the actors -> next step

``train`` reads top to bottom; what each line means is a function below it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.grpo import group_advantages
from policies.learner import Learner
from policies.records import Batch, Prompt, Update
from policies.seeds import generator
from policies.weights import learning_weights
from rewards.errors import DeafError, RewardError, RolloutError
from rollouts.curriculum import Curriculum
from rollouts.journal import JournalWriter
from rollouts.metrics import MetricsWriter
from rollouts.pool import Pool
from rollouts.records import Group, UpdateRow

SAMPLER_GAP_ALERT = 0.05  # nats: sampler and learner no longer hold the same weights
_BAD_UPDATES = 3  # in a row
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """When the loop does what.

    Attributes:
        steps: updates in all.
        groups: P, questions a step.
        evaluate_every, checkpoint_every: steps; 0 for never.
        patience: evaluations without a new best before the run ends; 0 for off.
        max_error_rate: share of failed rollouts in a step that ends the run.
        full_marks: the part whose value 1 means "answered right".
        shuffle_seed: for a control that must not learn: each group's rewards are
            dealt out anew among its rollouts, by this seed; None leaves them.
    """

    steps: int
    groups: int = 32
    evaluate_every: int = 20
    checkpoint_every: int = 20
    patience: int = 0
    max_error_rate: float = 0.05
    full_marks: str = "accuracy"
    shuffle_seed: int | None = None


@dataclass(slots=True)
class Progress:
    """How far a run is; a checkpoint keeps it.

    Attributes:
        step: updates done.
        best_step, best_accuracy: of the evaluations so far.
        stale: evaluations since the best.
        skipped: bad updates in a row.
    """

    step: int = 0
    best_step: int = 0
    best_accuracy: float = -1.0
    stale: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Loop:
    """All that a run holds.

    Attributes:
        policy, learner, pool, reader, curriculum: the working parts.
        journal, metrics: what is written.
        evaluate: held-out accuracy per topic and "overall" of the policy now.
        save: publishes a checkpoint of this progress.
        tell: called after each step with its line of the metrics and the progress.
        stop: asked before each step; True saves and ends the run.
    """

    policy: AudioPolicy
    learner: Learner
    pool: Pool
    reader: ClipReader
    curriculum: Curriculum
    journal: JournalWriter
    metrics: MetricsWriter
    evaluate: Callable[[], dict[str, float]]
    save: Callable[[Progress], Path]
    tell: Callable[[dict[str, Any], Progress], None] = lambda line, at: None
    stop: Callable[[], bool] = lambda: False
    progress: Progress = field(default_factory=Progress)


def train(loop: Loop, settings: LoopSettings) -> Progress:
    """Run until ``settings.steps`` updates are done, patience ends or ``stop`` says so.

    Raises:
        RewardError: if more rewards fail than the budget allows.
        RolloutError: if actors or updates keep failing.
        StorageError: if a write fails; what was written stays.
    """
    at = loop.progress
    loop.pool.publish(learning_weights(loop.policy), at.step)
    while not over(at, settings) and not loop.stop():
        began = time.perf_counter()
        questions = loop.curriculum.choose(at.step, settings.groups)
        groups = loop.pool.roll_out(at.step, questions, at.step)
        loop.journal.write_rollouts(at.step, groups)
        check_budget(groups, settings.max_error_rate)
        sampled = time.perf_counter()
        batch = to_batch(loop.policy, loop.reader, groups, settings.shuffle_seed)
        update = loop.learner.update(batch)
        learned = time.perf_counter()
        loop.journal.write_update(at.step, update_rows(groups, batch, update), summary(update))
        loop.curriculum.observe(groups, settings.full_marks)
        line = step_line(groups, batch, update, sampled - began, learned - sampled)
        loop.metrics.write("grpo", at.step, **line)
        heed(at, update)
        at.step += 1
        loop.pool.publish(learning_weights(loop.policy), at.step)
        _evaluate_and_save(loop, settings)
        loop.tell(line, at)
    _save(loop)
    return at


def over(at: Progress, settings: LoopSettings) -> bool:
    """True once all steps are done, or patience with them is."""
    tired = settings.patience > 0 and at.stale >= settings.patience
    return at.step >= settings.steps or tired


def _evaluate_and_save(loop: Loop, settings: LoopSettings) -> None:
    at, every = loop.progress, settings.evaluate_every
    evaluated = every > 0 and (at.step % every == 0 or at.step == settings.steps)
    if evaluated:
        topics = loop.evaluate()
        accuracy = topics.pop("overall")
        loop.metrics.write("grpo_eval", at.step, split="dev", accuracy=accuracy, topics=topics)
        at.stale += 1
        if accuracy > at.best_accuracy:
            at.best_step, at.best_accuracy, at.stale = at.step, accuracy, 0
    due = settings.checkpoint_every > 0 and at.step % settings.checkpoint_every == 0
    if due or (evaluated and at.stale == 0):
        _save(loop)


def _save(loop: Loop) -> None:
    loop.metrics.sync()  # a checkpoint counts on the lines before it
    loop.save(loop.progress)


def check_budget(groups: Sequence[Group], limit: float) -> None:
    """Stop a run whose rewards fail.

    Raises:
        RewardError: with the first failures, if their share exceeds ``limit``.
    """
    failed = [
        f"{name} on '{group.question.id}': {part.why}"
        for group in groups
        for rollout in group.rollouts
        for name, part in rollout.score.parts.items()
        if part.status in ("error", "timeout")
    ]
    count = sum(len(group.rollouts) for group in groups)
    bad = sum(not r.score.valid for group in groups for r in group.rollouts)
    if bad > limit * count:
        raise RewardError(
            f"rewards failed on {bad} of {count} rollouts: expected at most {limit:.0%}; "
            f"first: {'; '.join(failed[:3])}; mend the reward and resume the run"
        )


def valid_rewards(group: Group) -> tuple[list[int], np.ndarray]:
    """Places of the rollouts that were judged, and their totals in [0, 1]."""
    places = [
        i for i, r in enumerate(group.rollouts) if r.score.valid and r.score.total is not None
    ]
    return places, np.array([group.rollouts[i].score.total for i in places], dtype=np.float64)


def to_batch(
    policy: AudioPolicy,
    reader: ClipReader,
    groups: Sequence[Group],
    shuffle_seed: int | None = None,
) -> Batch:
    """What the learner computes on: the same prompts, heard again, and the valid rollouts.

    Raises:
        DeafError: if the learner would read another prompt or hear another clip
            than the sampler did.
    """
    prompts, completions, advantages = [], [], []
    for group in groups:
        places, rewards_G = valid_rewards(group)
        if places:
            prompts.append(hear_again(policy, reader, group))
            completions.append(tuple(group.rollouts[i].completion for i in places))
            if shuffle_seed is not None:
                rewards_G = generator(shuffle_seed, "shuffle", group.step, group.index).permutation(
                    rewards_G
                )
            advantages.append(group_advantages(rewards_G))
    return Batch(tuple(prompts), tuple(completions), tuple(advantages))


def hear_again(policy: AudioPolicy, reader: ClipReader, group: Group) -> Prompt:
    """The prompt of a group as the learner makes it; it must be the sampler's."""
    clip = group.question.clip
    prompt = policy.prompt(group.question, None if clip is None else reader.read(clip))
    if prompt.clip_sha256 != group.clip_sha256 or prompt.ids != group.prompt_ids:
        raise DeafError(
            f"learner and sampler differ on group {group.name}: got clip "
            f"{prompt.clip_sha256} and {len(prompt.ids)} prompt ids, expected "
            f"{group.clip_sha256} and {len(group.prompt_ids)}; a clip or the processor changed"
        )
    return prompt


def update_rows(groups: Sequence[Group], batch: Batch, update: Update) -> list[UpdateRow]:
    """For the journal: what was done with each rollout, those left out included."""
    rows: list[UpdateRow] = []
    place = 0
    for group in groups:
        valid, _ = valid_rewards(group)
        rows += [
            _row(group, i, dropped="not scored" if rollout.score.valid else "error")
            for i, rollout in enumerate(group.rollouts)
            if i not in valid
        ]
        if not valid:
            continue
        logprobs = update.logprobs[place]
        for j, i in enumerate(valid):
            advantage = float(batch.advantages[place][j])
            if logprobs:
                rows.append(_row(group, i, advantage, logprobs_T=logprobs[j]))
            else:
                rows.append(_row(group, i, advantage, dropped="zero variance"))
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
    """The scalars of an update, for the journal."""
    return {
        "loss": update.loss,
        "grad_norm": update.grad_norm,
        "learning_rate": update.learning_rate,
        "tokens": update.tokens,
        "kl": update.kl,
        "entropy": update.entropy,
        "clip_fraction": update.clip_fraction,
        "sampler_gap": update.sampler_gap,
        "skipped": update.skipped,
    }


def step_line(
    groups: Sequence[Group], batch: Batch, update: Update, sample: float, learn: float
) -> dict[str, Any]:
    """One step's line of ``metrics.jsonl``."""
    rollouts = [rollout for group in groups for rollout in group.rollouts]
    totals = [r.score.total for r in rollouts if r.score.valid and r.score.total is not None]
    names = sorted({name for r in rollouts for name in r.score.parts})
    values = {
        name: [p.value for r in rollouts if (p := r.score.parts.get(name)) and p.value is not None]
        for name in names
    }
    return {
        "reward": float(np.mean(totals)) if totals else None,
        "parts": {name: float(np.mean(found)) for name, found in values.items() if found},
        "zero_variance": _share(not np.any(a) for a in batch.advantages),
        "truncated": _share(r.completion.finish_reason == "length" for r in rollouts),
        "seconds": {"sample": sample, "learn": learn},
        **summary(update),
    }


def _share(flags: Iterable[bool]) -> float | None:
    found = list(flags)
    return sum(found) / len(found) if found else None


def heed(at: Progress, update: Update) -> None:
    """Warn where sampler and learner drift apart; stop where updates keep failing.

    Raises:
        RolloutError: after the third update in a row that was not finite.
    """
    if update.sampler_gap > SAMPLER_GAP_ALERT:
        _log.warning(
            "step %d: sampler and learner differ by %.3f nats a token, expected less than %g",
            at.step, update.sampler_gap, SAMPLER_GAP_ALERT,
        )  # fmt: skip
    at.skipped = at.skipped + 1 if update.skipped else 0
    if at.skipped >= _BAD_UPDATES:
        raise RolloutError(
            f"{at.skipped} updates in a row were not finite: got loss {update.loss} and gradient "
            f"norm {update.grad_norm}, expected numbers; the weights are those before them and "
            "the rollouts are in the journal: replay them, or lower the learning rate of a new run"
        )
