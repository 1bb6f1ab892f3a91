"""What `etude sft` and `etude grpo` do with a configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from experiments import specs, stages
from experiments.asking import answers
from experiments.capacity import check_capacity
from experiments.holding import shortage
from experiments.loading import Loaded
from experiments.report import write_report
from experiments.schemas import GrpoRun, SftRun
from experiments.screen import Screen
from experiments.stages import Lessons
from policies.accuracy import Answered, accuracy_by_topic
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.evaluate import evaluate
from policies.locate import local_folder
from policies.lora import open_policy
from policies.memory import keep_freed_memory
from policies.tiny import build_tiny
from rewards import registry
from rewards.records import Question
from sft.collate import Example

_TEXTS = 10_000  # by which the tokenizer of a tiny model is made


def train_sft(
    run: SftRun, data: Loaded, screen: Screen, stop: Callable[[], bool], *, resume: bool
) -> Path:
    """Train on traces; returns the folder of the checkpoint, ``RUN/model``."""
    keep_freed_memory()
    examples = [Example(question, data.targets[question.id]) for question in data.train]
    folder = run.out / "model"
    lessons = Lessons(examples, data.dev, data.root)
    start = partial(_start, run, data, examples)
    if not stages.fine_tune(run, lessons, start, folder, screen, stop, resume=resume):
        raise KeyboardInterrupt
    return folder


def _start(run: SftRun, data: Loaded, examples: list[Example]) -> AudioPolicy:
    """The checkpoint that is fine-tuned; the tiny one is built in the run folder."""
    model = run.model
    if model.path == "tiny":
        path = run.out / "start"
        texts = (f"{one.question.text} {one.target}" for one in _spread(examples))
        sizes = specs.tiny_sizes(model.tiny)
        build_tiny(path, texts, sizes=sizes, seed=run.seed, family=model.family)
    else:
        path = local_folder(model.path)
    _check_capacity(run, path, data)
    policy = open_policy(path, specs.opening(model), lora=specs.lora_settings(model))
    if model.freeze_encoder:
        from policies.gradients import freeze_encoder

        freeze_encoder(policy)
    return policy


def _spread(examples: Sequence[Example]) -> Sequence[Example]:
    """At most ``_TEXTS`` of them, evenly spread: some hundred tokens need no more."""
    return examples[:: max(1, -(-len(examples) // _TEXTS))]


def _check_capacity(run: SftRun | GrpoRun, model: Path, data: Loaded) -> None:
    check_capacity(
        model, [*data.train, *data.dev, *data.test], data.lengths,
        suffix=run.model.suffix, tokens=run.sampling.max_new_tokens, targets=data.targets,
    )  # fmt: skip


def train_grpo(
    run: GrpoRun, data: Loaded, screen: Screen, stop: Callable[[], bool], *, resume: bool,
    accept_rewards: bool, go_on: Callable[[], None],
) -> dict[str, Any]:  # fmt: skip
    """GRPO; returns model and report, the steps and the accuracies "before" and "after".

    ``go_on`` is called when all was checked (``experiments/runfolder.py``);
    ``accept_rewards``: see ``rollouts/going_on.py``. "asked" says of which
    questions: "test", "dev" where there are none, by which the checkpoint was chosen too, or "".
    """
    keep_freed_memory()
    start = local_folder(run.model.path)
    _check_capacity(run, start, data)
    longest = max((length.seconds for length in data.lengths), default=0.0)
    if short := shortage(run, start, longest):
        screen.say(short)
    spec = specs.grpo_spec(run.out, start, data.root, data.train, data.dev, run)
    stage = screen.stage("GRPO", spec.loop.steps)

    progress = stages.reinforce(
        spec, stage, screen, stop, resume=resume, accept_rewards=accept_rewards, begin=go_on
    )
    if progress is None:
        raise KeyboardInterrupt
    model = run.out / "model"
    asked, questions = ("test", data.test) if data.test else ("dev" if data.dev else "", data.dev)
    before = _accuracy(run, start, questions, asked, "before", screen)
    after = _accuracy(run, model, questions, asked, "after", screen)
    return {
        "model": model,
        "report": write_report(run.out, data.root),
        "steps": progress.step,
        "asked": asked,
        "before": before,
        "after": after,
    }


def _accuracy(
    run: GrpoRun, model: Path, questions: list[Question], asked: str, column: str, screen: Screen
) -> float | None:
    if not questions:
        return None
    stage = screen.stage(f"{asked} questions, {column}", len(questions))

    def ask() -> list[Answered]:
        policy = open_policy(model, specs.opening(run.model))
        with ClipReader(specs.clips_root(run.data)) as reader:
            return evaluate(
                policy, questions, reader.read, registry.get("accuracy"),
                specs.greedy(run.sampling), seed=run.seed, progress=stage.at,
            )  # fmt: skip

    found = answers(run.out / "answers" / f"{column}.jsonl", questions, ask)
    accuracy = accuracy_by_topic(found).overall
    stage.done(f"accuracy {accuracy:.1%}")
    return accuracy
