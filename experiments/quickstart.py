"""The main job: real scores become sound, a tiny Music Flamingo is cold-started on
chains of thought, GRPO raises its held-out accuracy, and a report shows it.

Each stage leaves something whole on the disk, so that ``--resume`` begins with
the first stage that did not end:

    data_folder/               clips, questions, traces
    RUN/start/                 the untrained checkpoint
    RUN/cold_start/            after supervised fine-tuning
    RUN/checkpoints/ ...       of GRPO, with its journal
    RUN/model/                 the trained checkpoint
    RUN/answers/               held-out answers, column by column
    RUN/results.json, report.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from experiments import specs, stages
from experiments.asking import answers
from experiments.capacity import check_capacity
from experiments.report import OVERALL, Gain, Results, ResultsRow, write_report, write_results
from experiments.schemas import QuickstartRun
from experiments.screen import Screen
from experiments.stages import Lessons
from policies import checkpoint
from policies.accuracy import Answered, accuracy_by_topic, chance, paired_gain
from policies.audio import ClipReader
from policies.audio_policy import AudioPolicy
from policies.evaluate import Sound, evaluate, other_clips
from policies.lora import open_policy
from policies.tiny import build_tiny
from rewards import registry
from rewards.questions import read_questions
from rewards.records import Question
from rollouts.run import GrpoSpec
from sft.collate import Example
from sft.corpus.build import build
from sft.records import read_traces

COLUMNS = ("chance", "untrained", "cold start", "GRPO", "other clip", "silence")
_TOKENIZER_TEXTS = 3000


class Stopped(Exception):
    """The user asked to stop; what is done is on the disk."""


@dataclass(frozen=True, slots=True)
class Data:
    """The data set, read."""

    folder: Path
    train: list[Question]
    dev: list[Question]
    test: list[Question]
    examples: list[Example]


@dataclass(slots=True)
class Quickstart:
    """One run of the main job."""

    config: QuickstartRun
    screen: Screen
    stop: Callable[[], bool]
    accept_rewards: bool = False

    def run(self) -> tuple[Results, Path]:
        """All stages; returns the table and the path of the report.

        Raises:
            DataError: a held-out question has no other clip that it could be asked about.
            Stopped: between two stages or steps, once ``stop`` says so.
        """
        data = self.data()
        if left := specs.check_rubric(self.config.rubric, data.train):
            self.screen.say(left)
        # What else does not fit is said before the cold start.
        self.spec(data)
        other_clips(data.test, self.config.seed)
        start = self.untrained(data)
        self._check_capacity(start, data)
        cold = self.cold_start(data, start)
        trained = self.grpo(data)
        results = self.results(data, {"untrained": start, "cold start": cold, "GRPO": trained})
        write_results(self.config.out, results)
        return results, write_report(self.config.out, data.folder)

    # -- stages ---------------------------------------------------------------------

    def data(self) -> Data:
        """Real scores of the music21 corpus, rendered; found again by the next run."""
        stage = self.screen.stage("scores to sound", 1)
        folder = self.config.data_folder

        def progress(what: str, done: int, total: int) -> None:
            stage.at(0, f"{what} {done}/{total}")

        build(folder, specs.corpus_settings(self.config.data), progress)
        train, dev, test = (read_questions(folder / f"{s}.jsonl") for s in ("train", "dev", "test"))
        traces = {trace.question: trace.text() for trace in read_traces(folder / "traces.jsonl")}
        examples = [Example(q, traces[q.id]) for q in train if q.id in traces]
        stage.done(f"{len(train)} questions to learn from, {len(test)} held out")
        self._checkpoint_or_stop()
        return Data(folder, train, dev, test, examples)

    def untrained(self, data: Data) -> Path:
        """The tiny model with random weights, its tokenizer trained on questions and traces."""
        folder = self.config.out / "start"
        if not checkpoint.is_whole(folder):
            texts = [f"{e.question.text} {e.target}" for e in data.examples[:_TOKENIZER_TEXTS]]
            model, seed = self.config.model, self.config.seed
            sizes, family = specs.tiny_sizes(model.tiny), model.family
            checkpoint.publish(
                folder,
                lambda f: build_tiny(f, texts, sizes=sizes, seed=seed, family=family) and None,
            )
        return folder

    def cold_start(self, data: Data, untrained: Path) -> Path:
        """Supervised fine-tuning until dev accuracy is just past the breakthrough."""
        folder = self.config.out / "cold_start"
        lessons = Lessons(data.examples, data.dev, data.folder)
        start = partial(self._open, untrained)
        if not stages.fine_tune(
            self.config, lessons, start, folder, self.screen, self.stop, resume=True
        ):
            raise Stopped
        return folder

    def spec(self, data: Data) -> GrpoSpec:
        """How GRPO runs, from the cold start."""
        out = self.config.out
        return specs.grpo_spec(
            out, out / "cold_start", data.folder, data.train, data.dev, self.config
        )

    def grpo(self, data: Data) -> Path:
        """Reinforcement learning from the cold start; the best checkpoint by dev accuracy."""
        run, spec = self.config.out, self.spec(data)
        folder = run / "model"
        stage = self.screen.stage("GRPO", spec.loop.steps)
        if checkpoint.is_whole(folder):
            stage.done("done before")
            return folder
        progress = stages.reinforce(
            spec, stage, self.screen, self.stop, resume=True, accept_rewards=self.accept_rewards
        )
        if progress is None:
            raise Stopped
        return folder

    def results(self, data: Data, models: dict[str, Path]) -> Results:
        """The table: each model on the held-out test pieces, and the two controls."""
        controls: dict[str, Sound] = {"other clip": "other", "silence": "silence"}
        trained = models["GRPO"]
        asks: list[tuple[str, Path, Sound]] = [
            *((name, path, "own") for name, path in models.items()),
            *((name, trained, sound) for name, sound in controls.items()),
        ]
        stage = self.screen.stage("held-out pieces", len(asks) * len(data.test))
        found: dict[str, list[Answered]] = {}
        with ClipReader(data.folder) as reader:
            for place, (column, model, sound) in enumerate(asks):
                policy = self._open(model)

                def ask(
                    policy: AudioPolicy = policy, sound: Sound = sound, place: int = place
                ) -> list[Answered]:
                    return self._evaluate(
                        policy, data.test, reader, sound,
                        lambda n: stage.at(place * len(data.test) + n),
                    )  # fmt: skip

                file = self.config.out / "answers" / f"{column.replace(' ', '_')}.jsonl"
                found[column] = answers(file, data.test, ask)
                self._checkpoint_or_stop()
        stage.done()
        return table(data, found)

    # -- inside ---------------------------------------------------------------------

    def _check_capacity(self, start: Path, data: Data) -> None:
        check_capacity(
            start, [*data.train, *data.dev, *data.test], (),
            suffix=self.config.model.suffix, tokens=self.config.sampling.max_new_tokens,
        )  # fmt: skip

    def _open(self, folder: Path) -> AudioPolicy:
        return open_policy(folder, specs.opening(self.config.model))

    def _evaluate(
        self,
        policy: AudioPolicy,
        questions: list[Question],
        reader: ClipReader,
        sound: Sound = "own",
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[Answered]:
        return evaluate(
            policy, questions, reader.read, registry.get("accuracy"),
            specs.greedy(self.config.sampling),
            seed=self.config.seed, sound=sound, progress=progress,
        )  # fmt: skip

    def _checkpoint_or_stop(self) -> None:
        if self.stop():
            raise Stopped


def table(data: Data, found: dict[str, list[Answered]]) -> Results:
    """Accuracy per topic and overall, column by column, with the gain of GRPO."""
    columns = {"chance": chance(data.test, data.train)}
    columns |= {name: accuracy_by_topic(rows) for name, rows in found.items()}
    counts = Counter(question.counted_as for question in data.test)
    gain = paired_gain(found["cold start"], found["GRPO"])
    return Results(
        columns=COLUMNS,
        rows=(
            *(
                ResultsRow(topic, counts[topic], {c: columns[c].topics.get(topic) for c in COLUMNS})
                for topic in sorted(counts)
            ),
            ResultsRow(OVERALL, len(data.test), {c: columns[c].overall for c in COLUMNS}),
        ),
        gain=Gain("cold start", "GRPO", gain.mean, gain.low, gain.high),
    )
