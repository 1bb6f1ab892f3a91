"""What `etude sft` and `etude grpo` do with a configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments import specs
from experiments.asking import answers
from experiments.clips import check_heard
from experiments.loading import Loaded
from experiments.models import hears
from experiments.report import write_report
from experiments.schemas import GrpoRun, SftRun
from experiments.screen import Screen, dev_note, no_best, reward_note
from policies import checkpoint
from policies.accuracy import Answered, accuracy_by_topic
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.evaluate import evaluate
from policies.locate import local_folder
from policies.lora import open_policy
from policies.tiny import build_tiny
from rewards import registry
from rewards.records import Question
from rollouts.metrics import MetricsWriter
from rollouts.run import CHECKPOINTS, best_checkpoint, run_grpo
from rollouts.train import Progress
from sft.checkpoints import last_checkpoint, state_of
from sft.collate import Example
from sft.train import cold_start as train_cold_start


def cold_start(
    run: SftRun, data: Loaded, screen: Screen, stop: Callable[[], bool], *, resume: bool
) -> Path:
    """Train on traces; returns the folder of the checkpoint, ``RUN/model``."""
    examples = [Example(question, data.targets[question.id]) for question in data.train]
    settings = specs.cold_start(run.sft, len(examples), run.seed, dev=bool(data.dev))
    stage = screen.stage("cold start", settings.steps)
    folder = run.out / "model"
    if checkpoint.is_whole(folder):
        stage.done("done before")
        return folder
    policy = _start(run, data, examples)
    greedy = specs.greedy(run.sampling)
    trainer = run.out / "trainer"
    last = last_checkpoint(trainer) if resume else None
    states = {"sft": state_of(last)}
    with (
        ClipReader(data.root) as reader,
        MetricsWriter(run.out / "metrics.jsonl", states) as metrics,
    ):
        accuracy: float | None = None

        def log(line: dict[str, Any]) -> None:
            nonlocal accuracy
            if "accuracy" in line:
                accuracy = line["accuracy"]
                stage.at(line["step"], dev_note(accuracy), now=True)
            metrics.write(line.pop("stage"), line.pop("step"), **line)

        def tell(step: int, loss: float) -> None:
            stage.at(step, f"loss {loss:.2f}  {dev_note(accuracy)}")

        def held_out() -> dict[str, float]:
            found = evaluate(
                policy, data.dev, reader.read, registry.get("accuracy"), greedy, seed=run.seed
            )
            return accuracy_by_topic(found)

        if not train_cold_start(
            policy, examples, reader.read, settings, folder=trainer,
            evaluate=held_out, log=log, tell=tell, stop=stop, resume=last,
        ):  # fmt: skip
            raise KeyboardInterrupt
    checkpoint.publish(folder, policy.save)
    stage.done(dev_note(accuracy))
    return folder


def _start(run: SftRun, data: Loaded, examples: list[Example]) -> AudioPolicy:
    """The checkpoint that is fine-tuned; the tiny one is built in the run folder."""
    model = run.model
    if model.path == "tiny":
        path = run.out / "start"
        texts = [f"{example.question.text} {example.target}" for example in examples]
        sizes = specs.tiny_sizes(model.tiny)
        build_tiny(path, texts, sizes=sizes, seed=run.seed, family=model.family)
    else:
        path = local_folder(model.path)
    check_heard(data.lengths, hears(path))
    policy = open_policy(path, specs.opening(model), lora=specs.lora(model))
    if model.freeze_encoder:
        from policies.gradients import freeze_encoder

        freeze_encoder(policy)
    return policy


def reinforce(
    run: GrpoRun, data: Loaded, screen: Screen, stop: Callable[[], bool], *, resume: bool,
    go_on: Callable[[], None],
) -> dict[str, Any]:  # fmt: skip
    """GRPO; returns model and report, the steps and the held-out accuracies.

    ``go_on`` is called when all was checked (``experiments/runfolder.py``). "before" and "after"
    are on ``data.test``, else on ``data.dev``, else 0.
    """
    start = local_folder(run.model.path)
    check_heard(data.lengths, hears(start))
    spec = specs.grpo(run.out, start, data.root, data.train, data.dev, run)
    stage = screen.stage("GRPO", spec.loop.steps)

    def tell(line: dict[str, Any], at: Progress) -> None:
        stage.at(at.step, f"{reward_note(line)}  {dev_note(at.best_found)}")

    progress = run_grpo(spec, resume=resume, begin=go_on, tell=tell, stop=stop)
    if stop():
        raise KeyboardInterrupt
    best = best_checkpoint(run.out, progress)
    model = run.out / "model"
    if not checkpoint.is_whole(model):
        checkpoint.publish(model, open_policy(best, specs.opening(run.model)).save)
    stage.done(dev_note(progress.best_found, progress.best_step))
    if flat := no_best(progress, run.out / CHECKPOINTS):
        screen.say(flat)
    held_out = data.test or data.dev
    before = _accuracy(run, start, held_out, "before", screen)
    after = _accuracy(run, model, held_out, "after", screen)
    return {
        "model": model,
        "report": write_report(run.out, data.root),
        "steps": progress.step,
        "before": before,
        "after": after,
    }


def _accuracy(
    run: GrpoRun, model: Path, questions: list[Question], column: str, screen: Screen
) -> float:
    if not questions:
        return 0.0
    stage = screen.stage(f"held out, {column}", len(questions))

    def ask() -> list[Answered]:
        policy = open_policy(model, specs.opening(run.model))
        with ClipReader(specs.clips_root(run.data)) as reader:
            return evaluate(
                policy, questions, reader.read, registry.get("accuracy"),
                specs.greedy(run.sampling), seed=run.seed, progress=stage.at,
            )  # fmt: skip

    found = answers(run.out / "answers" / f"{column}.jsonl", questions, ask)
    accuracy = accuracy_by_topic(found)["overall"]
    stage.done(f"accuracy {accuracy:.1%}")
    return accuracy
