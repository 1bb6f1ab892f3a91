"""The two stages that train, as `etude sft`, `etude grpo` and the main job run them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments import specs
from experiments.endings import remarks
from experiments.environment import note_edited
from experiments.schemas import QuickstartRun, SftRun
from experiments.screen import Screen, Stage, dev_note, reward_note
from experiments.text import counted
from policies import checkpoint
from policies.accuracy import Accuracy, accuracy_by_topic
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.checkpoint_folder import step_of
from policies.evaluate import evaluate
from policies.lora import open_policy
from rewards import registry
from rewards.records import Question
from rollouts import journal
from rollouts.event_files import open_metrics
from rollouts.going_on import EditedReward
from rollouts.metrics import read_metrics
from rollouts.run import CHECKPOINTS, GrpoSpec, best_checkpoint, finished, run_grpo
from rollouts.train import Progress
from sft.checkpoints import state_of
from sft.collate import Example
from sft.train import cold_start


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a cold start learns from.

    Attributes:
        examples: questions with their targets.
        dev: what it is held against; may be empty.
        clips: the root folder of both.
    """

    examples: Sequence[Example]
    dev: Sequence[Question]
    clips: Path


def fine_tune(
    run: SftRun | QuickstartRun, lessons: Lessons, start: Callable[[], AudioPolicy], folder: Path,
    screen: Screen, stop: Callable[[], bool], *, resume: bool,
) -> bool:  # fmt: skip
    """Supervised fine-tuning, published in ``folder``; False if it was stopped before its end.

    Args:
        start: opens the policy that is trained; not called where ``folder`` is whole.
        resume: go on from the last checkpoint in ``RUN/trainer``.
    """
    examples = list(lessons.examples)
    settings = specs.sft_settings(run.sft, len(examples), run.seed, dev=bool(lessons.dev))
    stage = screen.stage("cold start", settings.steps)
    if checkpoint.is_whole(folder):
        stage.done("done before")
        return True
    policy = start()
    trainer = run.out / "trainer"
    last = checkpoint.latest(trainer) if resume else None
    if last is not None:
        screen.say(f"goes on from {last}")
    states = {"sft": state_of(last)}
    accuracy: float | None = None
    with (
        ClipReader(lessons.clips) as reader,
        open_metrics(run.out, states, run.logger) as metrics,
    ):

        def log(line: dict[str, Any]) -> None:
            nonlocal accuracy
            if "accuracy" in line:
                accuracy = line["accuracy"]
                stage.at(line["step"], dev_note(accuracy), now=True)
            metrics.write(line.pop("stage"), line.pop("step"), **line)

        def tell(step: int, loss: float) -> None:
            stage.at(step, f"loss {loss:.2f}  {dev_note(accuracy)}")

        def held_out() -> Accuracy:
            judge, greedy = registry.get("accuracy"), specs.greedy(run.sampling)
            return accuracy_by_topic(
                evaluate(policy, lessons.dev, reader.read, judge, greedy, seed=run.seed)
            )

        if not cold_start(
            policy, examples, reader.read, settings, folder=trainer,
            evaluate=held_out, log=log, tell=tell, stop=stop, resume=last,
        ):  # fmt: skip
            return False
    checkpoint.publish(folder, policy.save)
    stage.done(dev_note(accuracy))
    return True


def reinforce(
    spec: GrpoSpec, stage: Stage, screen: Screen, stop: Callable[[], bool], *, resume: bool,
    accept_rewards: bool = False, begin: Callable[[], None] = lambda: None,
) -> Progress | None:  # fmt: skip
    """GRPO, its best checkpoint published as ``RUN/model``; None if it was stopped before its end.

    Args:
        accept_rewards: on resume, files of rewards may be others; that is told and noted.
        begin: called once all was checked.
    """

    ended = False

    def tell(line: dict[str, Any], at: Progress) -> None:
        stage.at(at.step, f"{reward_note(line)}  {dev_note(at.best_found)}")

    def tell_dev(step: int, accuracy: float) -> None:
        stage.at(step, dev_note(accuracy), now=True)

    def checked(newest: Path | None, edited: Sequence[EditedReward]) -> None:
        nonlocal ended
        ended = newest is not None and finished(newest, spec.loop) is not None
        if not ended and (said := goes_on_from(spec.run, newest)):
            screen.say(said)
        begin()
        if not ended:
            step = 0 if newest is None else step_of(newest) or 0
            stage.at(step, f"starting {counted(spec.pool.actors, 'actor')}", now=True)
        if edited:
            note_edited(spec.run, edited)
        for one in edited:
            screen.say(
                f"from step {one.step} on, part {one.part!r} is judged by {one.now}, "
                f"before it by {one.was}"
            )

    progress = run_grpo(
        spec, resume=resume, accept_rewards=accept_rewards,
        begin=checked, tell=tell, tell_dev=tell_dev, stop=stop,
    )  # fmt: skip
    if stop():
        return None
    model = spec.run / "model"
    if not checkpoint.is_whole(model):
        best = best_checkpoint(spec.run, progress)
        checkpoint.publish(model, open_policy(best, spec.opening).save)
    found = dev_note(progress.best_found, progress.best_step)
    stage.done(f"nothing is left to do  {found}" if ended else found)
    for remark in remarks(read_metrics(spec.run / "metrics.jsonl"), spec.run):
        screen.say(remark)
    return progress


def goes_on_from(run: Path, newest: Path | None) -> str:
    """Where a run goes on; nothing of one that has only begun."""
    if newest is not None:
        return f"goes on from {newest}"
    if journal.steps(run):
        return (
            f"no checkpoint in '{run / CHECKPOINTS}': GRPO begins at its first step again, in "
            "place of what was done"
        )
    return ""
