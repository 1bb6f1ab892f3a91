"""The RL loop: ask, roll out, judge, learn, publish; evaluate and keep.

    questions -> groups (actors) -> journal rollouts/ -> advantages -> update
    -> journal updates/ -> weights to the actors -> next step

With a staleness of 1 the actors sample a step while the one before it is learnt from, so from
weights that lack its update. Which weights those are is a function of the step alone, and what
was sampled ahead of a checkpoint stands in the journal: stopping changes nothing.

``train`` reads top to bottom; what each line means is a function below it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from policies.accuracy import Accuracy
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.grpo import Scale
from policies.learner import Learner
from policies.records import BAD_UPDATES, Batch, Prompt, Update
from policies.weights import learning_weights
from rewards.asking.silence import check_heard
from rewards.errors import DeafError, DivergenceError
from rewards.rubric import Combine
from rollouts.accounts import Seconds, step_line, summary, update_rows
from rollouts.advantages import advantages, judged, shuffled
from rollouts.beside import Beside
from rollouts.budget import check_budget
from rollouts.curriculum import Curriculum
from rollouts.journal import JournalWriter
from rollouts.metrics import MetricsWriter
from rollouts.pool import Pool
from rollouts.records import Group

SAMPLER_GAP_ALERT = 0.05  # nats: sampler and learner no longer hold the same weights
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """When the loop does what.

    Attributes:
        steps: updates in all.
        groups: P, questions a step.
        evaluate_every, checkpoint_every: steps; 0 for never.
        keep_every: checkpoints of every so many steps stay; 0: of none but the usual.
        patience: evaluations without a new best before the run ends; 0 for off.
        combine: how the parts of a score become an advantage.
        scale_rewards: by whose spread advantages are divided, where the parts are summed.
        failure_budget: share of rollouts with a failed reward in a step that ends the run, where
            there are two or more of them; 0: where there is one.
        staleness: 0, or 1: updates that the weights lack which sample.
        shuffle_seed: for a control that must not learn: each group's rewards are
            dealt out anew among its rollouts, by this seed; None leaves them.
    """

    steps: int
    groups: int = 32
    evaluate_every: int = 20
    checkpoint_every: int = 20
    keep_every: int = 0
    patience: int = 0
    combine: Combine = "sum"
    scale_rewards: Scale = "group"
    failure_budget: float = 0.05
    staleness: int = 0
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

    @property
    def best_found(self) -> float | None:
        """``best_accuracy``, None where nothing was evaluated yet."""
        return self.best_accuracy if self.best_accuracy >= 0 else None


@dataclass(frozen=True, slots=True)
class Sampled:
    """A step's groups, as they stand in the journal.

    Attributes:
        groups: in order of their index.
        seconds: wall time until they were there, whatever else was done meanwhile.
        scoring: share of the actors' own time that judging took.
    """

    groups: Sequence[Group]
    seconds: float = 0.0
    scoring: float = 0.0


@dataclass(slots=True)
class Loop:
    """All that a run holds.

    Attributes:
        policy, learner, pool, reader, curriculum: the working parts.
        journal, metrics: what is written.
        evaluate: held-out accuracy of the policy now.
        save: publishes a checkpoint of this progress; the flag says whether the step to come is
            sampled already.
        judged_by: part -> file and digest, of rewards in files.
        tell: called after each step with its line of the metrics and the progress.
        tell_dev: called after each evaluation with the step and the overall accuracy.
        stop: asked before each step; True saves and ends the run.
        coming: the groups of the step to come, where they were sampled ahead.
        heard: the first step that is sampled here was looked at for models that are silent.
    """

    policy: AudioPolicy
    learner: Learner
    pool: Pool
    reader: ClipReader
    curriculum: Curriculum
    journal: JournalWriter
    metrics: MetricsWriter
    evaluate: Callable[[], Accuracy]
    save: Callable[[Progress, bool], Path]
    judged_by: Mapping[str, str]
    tell: Callable[[dict[str, Any], Progress], None] = lambda line, at: None
    tell_dev: Callable[[int, float], None] = lambda step, accuracy: None
    stop: Callable[[], bool] = lambda: False
    progress: Progress = field(default_factory=Progress)
    coming: Sampled | None = None
    heard: bool = False


def train(loop: Loop, settings: LoopSettings) -> Progress:
    """Run until ``settings.steps`` updates are done, patience ends or ``stop`` says so.

    Raises:
        RewardError: see ``sample``.
        RolloutError: if actors keep failing.
        DivergenceError: if updates do.
        StorageError: if a write fails; what was written stays.
    """
    at = loop.progress
    loop.pool.publish(learning_weights(loop.policy), at.step)
    while not over(at, settings) and not loop.stop():
        sampled = loop.coming or sample(loop, settings, at.step)
        groups = sampled.groups
        began = time.perf_counter()
        batch = to_batch(
            loop.policy, loop.reader, groups, settings, hear=loop.learner.computes_here
        )
        with Beside(ahead(loop, settings), loop.pool.give_up) as coming:
            update = loop.learner.update(batch)
            learned = time.perf_counter()
        loop.coming = coming.answer
        scalars = summary(update) | loop.learner.rounding
        masked = loop.learner.settings.mask_truncated
        rows = update_rows(groups, batch, update, mask_truncated=masked)
        loop.journal.write_update(at.step, rows, scalars)
        loop.curriculum.observe(groups)
        seconds = Seconds.of(sampled.seconds, sampled.scoring, learned - began)
        lost = loop.pool.crew.take_losses()
        line = step_line(groups, batch, update, seconds, lost, settings.combine)
        line |= {"quarantined": [*loop.pool.quarantined], "reward_files": dict(loop.judged_by)}
        loop.metrics.write("grpo", at.step, **line)
        heed(at, update, stale=any(group.policy_version < at.step for group in groups))
        at.step += 1
        loop.pool.publish(learning_weights(loop.policy), at.step)
        take_stock(loop, settings)
        loop.tell(line, at)
    _save(loop)
    return at


def sample(loop: Loop, settings: LoopSettings, step: int) -> Sampled:
    """The groups of a step, from the weights that the actors hold, written down.

    No checkpoint counts on groups that are over the budget: judged again, after whatever was wrong,
    they may not be.

    Raises:
        RewardError: if more rewards fail than the budget allows, or a model that one asks is silent
            on most of the first step that is sampled here.
    """
    began = time.perf_counter()
    questions = loop.curriculum.choose(step, settings.groups)
    groups = loop.pool.roll_out(step, questions, loop.progress.step)
    loop.journal.write_rollouts(step, groups)
    check_budget(groups, settings.failure_budget)
    if not loop.heard:
        check_heard((r.score for group in groups for r in group.rollouts), "rollouts of a step")
        loop.heard = True
    return Sampled(groups, time.perf_counter() - began, loop.pool.scoring)


def ahead(loop: Loop, settings: LoopSettings) -> Callable[[], Sampled] | None:
    """Samples the step after this one; None where it waits for this one's update."""
    step = loop.progress.step + 1
    if not settings.staleness or step >= settings.steps:
        return None
    return partial(sample, loop, settings, step)


def over(at: Progress, settings: LoopSettings) -> bool:
    """True once all steps are done, or patience with them is."""
    tired = settings.patience > 0 and at.stale >= settings.patience
    return at.step >= settings.steps or tired


def take_stock(loop: Loop, settings: LoopSettings) -> None:
    """Evaluate and publish a checkpoint where it is time; the start is one, and a candidate."""
    at, every = loop.progress, settings.evaluate_every
    evaluated = every > 0 and (at.step % every == 0 or at.step == settings.steps)
    if evaluated:
        found = loop.evaluate()
        accuracy, topics = found.overall, dict(found.topics)
        loop.metrics.write("grpo_eval", at.step, split="dev", accuracy=accuracy, topics=topics)
        loop.tell_dev(at.step, accuracy)
        at.stale += 1
        if accuracy > at.best_accuracy:
            at.best_step, at.best_accuracy, at.stale = at.step, accuracy, 0
    due = settings.checkpoint_every > 0 and at.step % settings.checkpoint_every == 0
    if at.step == 0 or due or (evaluated and at.stale == 0):
        _save(loop)


def _save(loop: Loop) -> None:
    loop.metrics.sync()  # a checkpoint counts on the lines before it
    loop.save(loop.progress, loop.coming is not None)


def to_batch(
    policy: AudioPolicy,
    reader: ClipReader,
    groups: Sequence[Group],
    settings: LoopSettings,
    *,
    hear: bool = True,
) -> Batch:
    """What the learner computes on: the same prompts, heard again, and the judged rollouts.

    Args:
        hear: False where others will, who compute the gradients: the prompts are the
            sampler's own, with the clips as they are now.

    Raises:
        DeafError: if the learner would read another prompt or hear another clip
            than the sampler did.
    """
    pairs = [(group, own) for group in groups if (own := judged(group)).places]
    groups, found = [group for group, _ in pairs], [own for _, own in pairs]
    seed = settings.shuffle_seed
    orders = None if seed is None else shuffled(groups, found, seed)
    return Batch(
        prompts=tuple(prompt_of(policy, reader, group, hear=hear) for group in groups),
        completions=tuple(
            tuple(group.rollouts[i].completion for i in own.places) for group, own in pairs
        ),
        advantages=tuple(advantages(found, settings.combine, orders, settings.scale_rewards)),
    )


def prompt_of(policy: AudioPolicy, reader: ClipReader, group: Group, *, hear: bool) -> Prompt:
    """The prompt of a group as the learner makes it; it must be the sampler's."""
    clip = group.question.clip
    sound = None if clip is None else reader.read(clip)
    if hear:
        prompt = policy.prompt(group.question, sound)
    else:
        clips = () if sound is None else (sound,)
        prompt = Prompt(group.question.id, group.prompt_ids, clips, policy.hearing.key)
    if prompt.clip_sha256 != group.clip_sha256 or prompt.ids != group.prompt_ids:
        raise DeafError(
            f"learner and sampler differ on group {group.name}: got clip "
            f"{prompt.clip_sha256} and {len(prompt.ids)} prompt ids, expected "
            f"{group.clip_sha256} and {len(group.prompt_ids)}; a clip or the processor changed"
        )
    return prompt


def heed(at: Progress, update: Update, *, stale: bool = False) -> None:
    """Warn where sampler and learner drift apart; stop where updates keep failing.

    Args:
        stale: the sampler's weights are older, so they do differ.

    Raises:
        DivergenceError: after the third update in a row that was not finite.
    """
    gap = update.sampler_gap
    if gap is not None and not stale and not gap <= SAMPLER_GAP_ALERT:  # NaN too
        _LOG.warning(
            "step %d: sampler and learner differ by %.4f nats a token, expected at most %g; they "
            "hold other weights, or top_p, top_k or min_p cut what the sampler draws from",
            at.step, gap, SAMPLER_GAP_ALERT,
        )  # fmt: skip
    at.skipped = at.skipped + 1 if update.skipped else 0
    if at.skipped >= BAD_UPDATES:
        raise DivergenceError(
            f"{at.skipped} updates in a row were not finite: got loss {update.loss} and gradient "
            f"norm {update.grad_norm}, expected numbers; the weights are those before them and "
            "the rollouts are in the journal: replay them, or lower the learning rate of a new run"
        )
