"""A GRPO run from its settings: fresh, or going on from its last checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from policies import checkpoint
from policies.accuracy import Accuracy, accuracy_by_topic
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.checkpoint_folder import published, step_name, step_of
from policies.evaluate import evaluate
from policies.gradients import threads_of
from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.lora import Opening, open_policy
from policies.sampling import SamplingSettings
from rewards import registry
from rewards.errors import CheckpointError, ConfigError
from rewards.records import Question
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec, reference_policy
from rollouts.curriculum import Curriculum, CurriculumSettings
from rollouts.event_files import Logger, open_metrics
from rollouts.fingerprint import fingerprint
from rollouts.going_on import EditedReward, check_fingerprint
from rollouts.journal import LEARNER, JournalWriter, read_rollouts
from rollouts.pool import Pool, PoolSettings
from rollouts.reward_files import REWARD_FILES
from rollouts.snapshot import AHEAD, QUARANTINED, read_state, restore_snapshot, save_snapshot
from rollouts.traffic import room_for
from rollouts.train import Loop, LoopSettings, Progress, Sampled, over, take_stock, train

CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class GrpoSpec:
    """Everything a run depends on.

    Attributes:
        run: its folder.
        seed: of all its draws.
        model: checkpoint folder of the start.
        lora: PEFT settings, or None for full weights.
        clips: root folder of the clips.
        questions, dev: what is asked in training, and what choices are made by.
        rubric: its configuration.
        rows: G, completions of each question.
        opening: how the weights are held, in learner and actors.
        judge: the reward that says "answered right" in evaluations.
        gradients: who computes them: the learner's own process, or the actors, side by side.
        logger: what follows the metrics.
    """

    run: Path
    seed: int
    model: Path
    clips: Path
    questions: Sequence[Question]
    dev: Sequence[Question]
    rubric: Mapping[str, Any]
    rows: int
    sampling: SamplingSettings
    learner: LearnerSettings
    loop: LoopSettings
    pool: PoolSettings = field(default_factory=PoolSettings)
    curriculum: CurriculumSettings = field(default_factory=CurriculumSettings)
    lora: Mapping[str, Any] | None = None
    opening: Opening = field(default_factory=Opening)
    judge: str = "accuracy"
    gradients: Literal["learner", "actors"] = "learner"
    logger: Logger = "none"

    def __post_init__(self) -> None:
        if self.loop.staleness and self.gradients == "actors":
            raise ConfigError(
                "actors that compute gradients cannot sample meanwhile: got grpo.staleness "
                f"{self.loop.staleness} and grpo.gradients actors, expected one of the two; set "
                "grpo.gradients=learner, or grpo.staleness=0"
            )
        if self.loop.staleness and self.learner.importance == "none":
            raise ConfigError(
                "what older weights sampled must be weighed: got grpo.staleness "
                f"{self.loop.staleness} and grpo.importance none, expected another; set "
                "grpo.importance=token_truncate, or grpo.staleness=0"
            )


def run_grpo(
    spec: GrpoSpec,
    *,
    resume: bool = False,
    accept_rewards: bool = False,
    begin: Callable[[Path | None, Sequence[EditedReward]], None] = lambda newest, edited: None,
    tell: Callable[[dict[str, Any], Progress], None] = lambda line, at: None,
    tell_dev: Callable[[int, float], None] = lambda step, accuracy: None,
    stop: Callable[[], bool] = lambda: False,
) -> Progress:
    """Train, writing journal, metrics and checkpoints into ``spec.run``; a finished run is left.

    Args:
        resume: go on from the newest whole checkpoint; without one, from the start.
        accept_rewards: on resume, files of rewards may be others (``rollouts/going_on.py``).
        begin: is called once all was checked, before anything is written, with the checkpoint
            that the run goes on from, None at a start, and the files that were accepted.
        tell: is called after each step with its metrics and the progress.
        tell_dev: is called after each evaluation with the step and the accuracy.
        stop: is asked before each step; True saves a checkpoint and ends the run.

    Raises:
        CheckpointError: on a fresh start, if the folder holds a run already; on
            resume, if the run was started with other data, rewards or another batch.
        ConfigError: if the rubric cannot be used, or a file of its rewards; if what travels has
            no room in memory.
        AudioError: if a clip has no file.
    """
    # What is wrong with it is said here at once, not by actors that fail to start.
    with Rubric.from_config(dict(spec.rubric)) as rubric:
        made_of = fingerprint(spec, rubric)
    folder = spec.run / CHECKPOINTS
    newest = checkpoint.latest(folder) if folder.exists() else None
    if newest is not None and not resume:
        raise CheckpointError(
            f"'{spec.run}' holds a run already: got a checkpoint '{newest.name}', expected an "
            "empty folder; give --resume to go on with it, or another folder"
        )
    edited: Sequence[EditedReward] = ()
    if newest is not None:
        heard = heard_by(newest, spec)
        edited = check_fingerprint(newest, made_of, heard, accept_rewards=accept_rewards)
        if (end := finished(newest, spec.loop)) is not None:
            begin(newest, ())  # nothing is left for them to judge
            if spec.gradients == "learner":  # what is asked next rounds by the threads of the run
                torch.set_num_threads(threads_of(spec.learner))
            return end
    actors = ActorSpec(
        run=spec.run.name, seed=spec.seed, model=spec.model, lora=spec.lora, clips=spec.clips,
        rubric=rubric, rows=spec.rows, sampling=spec.sampling, opening=spec.opening,
        learner=spec.learner if spec.gradients == "actors" else None,
    )  # fmt: skip
    if spec.pool.cluster is None:
        room_for(actors, spec.pool.actors)  # refused before anything is written
    begin(newest, edited)
    left_out = read_state(newest)[QUARANTINED] if newest else []
    with Pool(actors, spec.pool, left_out) as pool, ClipReader(spec.clips) as reader:
        loop = _loop(spec, made_of, newest, pool, reader)
        if newest is not None and not edited:  # which judges anew what was sampled ahead
            loop.coming = sampled_ahead(newest, spec, loop.progress.step)
        loop.tell, loop.tell_dev, loop.stop = tell, tell_dev, stop
        with loop.metrics:
            if newest is None:
                take_stock(loop, spec.loop)
            return train(loop, spec.loop)


def finished(newest: Path, settings: LoopSettings) -> Progress | None:
    """How far a run came, by its newest checkpoint; None where it has more to do."""
    progress = Progress(**read_state(newest)["progress"])
    return progress if over(progress, settings) else None


def sampled_ahead(newest: Path, spec: GrpoSpec, step: int) -> Sampled | None:
    """What the actors had sampled of ``step`` when a checkpoint was written, by the journal.

    None also where the journal holds the step by newer weights: it was gone on with by a mended
    reward, which judged anew, and comes back without it.

    Raises:
        CheckpointError: the journal does not hold it.
    """
    if not read_state(newest)[AHEAD]:
        return None
    groups = read_rollouts(spec.run, step, writer=LEARNER)
    if not groups:
        raise CheckpointError(
            f"'{newest}' goes on with rollouts of step {step} that were sampled ahead: got none in "
            f"the journal of '{spec.run}', expected them; take the whole run folder, or delete "
            "this checkpoint to go on from the one before"
        )
    return None if any(group.policy_version == step for group in groups) else Sampled(groups)


def heard_by(newest: Path, spec: GrpoSpec) -> set[str]:
    """Paths of the clips that a run had heard by a checkpoint; those of dev always count."""
    curriculum = Curriculum(spec.questions, spec.seed, spec.curriculum)
    curriculum.restore(read_state(newest)["curriculum"])
    asked = (*curriculum.met(), *spec.dev)
    return {question.clip.path for question in asked if question.clip is not None}


def _loop(
    spec: GrpoSpec,
    made_of: Mapping[str, Any],
    newest: Path | None,
    pool: Pool,
    reader: ClipReader,
) -> Loop:
    policy = open_policy(newest or spec.model, spec.opening, lora=spec.lora)
    if spec.gradients == "actors":
        learner = Learner(policy, spec.learner, elsewhere=pool)
    else:
        learner = learner_of(spec, policy)
    curriculum = Curriculum(spec.questions, spec.seed, spec.curriculum)
    progress = Progress()
    if newest is not None:
        progress = restore_snapshot(newest, learner, curriculum)
    folder, behind = spec.run / CHECKPOINTS, progress.step if newest else -1

    def save(at: Progress, ahead: bool) -> Path:
        stay = {step_name(at.best_step), *milestones(folder, spec.loop.keep_every)}
        return save_snapshot(
            folder, policy, learner, curriculum, at, made_of,
            ahead=ahead, quarantined=pool.quarantined, protect=stay,
        )  # fmt: skip

    def held_out() -> Accuracy:
        judge = registry.get(spec.judge)
        greedy = spec.sampling.greedy()
        return accuracy_by_topic(
            evaluate(policy, spec.dev, reader.read, judge, greedy, seed=spec.seed)
        )

    return Loop(
        policy=policy,
        learner=learner,
        pool=pool,
        reader=reader,
        curriculum=curriculum,
        journal=JournalWriter(spec.run, LEARNER),
        metrics=open_metrics(spec.run, {"grpo": behind}, spec.logger),
        evaluate=held_out,
        save=save,
        judged_by=made_of[REWARD_FILES],
        progress=progress,
    )


def milestones(folder: Path, every: int) -> set[str]:
    """Names of the checkpoints whose step is a multiple of ``every``; none for 0."""
    steps = (step_of(path) or 0 for path in published(folder))
    return {step_name(step) for step in steps if every and step % every == 0}


def learner_of(spec: GrpoSpec, policy: AudioPolicy) -> Learner:
    """A learner that computes all gradients in this process."""
    reference = reference_policy(spec.model, spec.opening, spec.lora, spec.learner)
    learner = Learner(policy, spec.learner, reference=reference)
    learner.take_threads()
    return learner


def best_checkpoint(run: Path, progress: Progress) -> Path:
    """The folder of the best evaluation so far; of the last step where there was none."""
    step = progress.best_step if progress.best_accuracy >= 0 else progress.step
    return run / CHECKPOINTS / step_name(step)
