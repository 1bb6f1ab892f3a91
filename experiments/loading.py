"""What a run reads before a model is loaded: questions, clips' files, traces, the rubric.

No torch is imported: what does not fit is said at once, all missing clips in one sentence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from experiments import specs
from experiments.asking import accuracy_judges
from experiments.clips import Length, lengths
from experiments.schemas import DataConfig, GrpoRun, SftRun
from experiments.screen import Told, untold
from experiments.silence import silent
from rewards.errors import ConfigError, DataError
from rewards.questions import read_questions
from rewards.records import Question
from sft.records import each_trace

QUESTIONS, TRACES = "reading questions", "reading traces"
CLIPS, SILENCE = "looking at clips", "looking for silence"
"""What a start does of which a large data set makes a user wait."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The data of a run.

    Attributes:
        root: the folder that clips are relative to.
        train: what is learned from; in a cold start the questions that have a trace.
        dev, test: what choices are made by, and what is reported; those that accuracy judges.
        lengths: of the clips of all these, where they are known.
        targets: of a cold start, question's id -> the completion to learn.
        said: what is worth a line on the screen.
    """

    root: Path
    train: list[Question]
    dev: list[Question]
    test: list[Question]
    lengths: list[Length]
    targets: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()


def load_sft(run: SftRun, told: Told = untold) -> Loaded:
    """The data of a cold start.

    Args:
        told: how far it is (``experiments.screen.slow_stages``).

    Raises:
        ConfigError: no traces file is named; the files stand in different folders.
        DataError: a file cannot be read, or a clip's; no trace belongs to a question.
    """
    questions = read_questions(run.data.questions, told(QUESTIONS))
    targets, left_out = targets_of(run.data, questions, told)
    asked = [question for question in questions if question.id in targets]
    return _loaded(run.data, None, asked, targets, left_out, told=told)


def load_grpo(run: GrpoRun, told: Told = untold) -> Loaded:
    """The data of reinforcement learning, which the rubric fits.

    Args:
        told: how far it is (``experiments.screen.slow_stages``).

    Raises:
        ConfigError: there is no checkpoint to start from, or the rubric does not fit; the files
            stand in different folders.
        DataError: a file cannot be read, or a clip's.
    """
    if run.model.path == "tiny":
        raise ConfigError(
            "model.path: got tiny, which knows nothing yet, expected a checkpoint to start from; "
            "run `etude sft` first and name its model folder"
        )
    questions = read_questions(run.data.questions, told(QUESTIONS))
    unjudged = specs.check_rubric(run.rubric, questions)
    return _loaded(run.data, run.data.test, questions, {}, unjudged, told=told)


def targets_of(
    data: DataConfig, questions: list[Question], told: Told = untold
) -> tuple[dict[str, str], str]:
    """Question's id -> the completion to learn, and a sentence about traces that are left out.

    Of several traces of a question the last is taken.

    Raises:
        ConfigError: if no traces file is named.
        DataError: if no trace belongs to a question.
    """
    if data.traces is None:
        raise ConfigError("data.traces: got null, expected a traces file; the cold start needs it")
    ids = {question.id for question in questions}
    targets: dict[str, str] = {}
    places: dict[str, int] = {}  # of the traces that are used
    count, first = 0, (math.inf, "")
    for count, trace in enumerate(each_trace(data.traces, told(TRACES)), 1):
        name = trace.question
        if name in ids:
            place, places[name] = places.get(name), count
            targets[name] = trace.text()
        else:
            place = count
        if place is not None:
            first = min(first, (place, name))
    if not targets:
        raise DataError(
            f"{data.traces}: got {count} traces, none of them for a question of the run, "
            "expected ids of the questions file; check data.questions"
        )
    if math.isinf(first[0]):
        return targets, ""
    why = (
        "there is a later one of the same question" if first[1] in ids
        else f"{data.questions} has no such question"
    )  # fmt: skip
    return targets, f"{len(targets)} of {count} traces used; first left out: {first[1]!r}, {why}"


def held_out(key: str, file: Path | None) -> tuple[list[Question], str]:
    """The questions of a file that accuracy judges, and a sentence about the others.

    Args:
        key: of the configuration, for an error.

    Raises:
        DataError: the file cannot be read, or accuracy judges none of it.
    """
    if file is None:
        return [], ""
    questions = read_questions(file)
    fair = [question for question in questions if accuracy_judges(question)]
    if not fair:
        raise DataError(
            f"{key}: got {len(questions)} questions in {file}, none of kind qa with a gold answer, "
            f"expected some, for accuracy judges no other; add some, or set {key}=null"
        )
    topics = sorted(
        {question.counted_as for question in questions if not accuracy_judges(question)}
    )
    if not topics:
        return fair, ""
    return fair, (
        f"accuracy is of {len(fair)} of {len(questions)} questions of {file}: the others "
        f"({', '.join(topics)}) are not of kind qa, or have no gold answer"
    )


def _loaded(
    data: DataConfig,
    test_file: Path | None,
    train: list[Question],
    targets: Mapping[str, str],
    *said: str,
    told: Told,
) -> Loaded:
    root = specs.clips_root(data)
    dev, of_dev = held_out("data.dev", data.dev)
    test, of_test = held_out("data.test", test_file)
    files = ((data.questions, train), (data.dev, dev), (test_file, test))
    found: list[Length] = []
    wrong: list[str] = []
    unheard: list[str] = []
    for file, questions in files:
        if file is None:
            continue
        try:
            found += lengths(file, questions, told(CLIPS))
            unheard.append(silent(file, questions, told(SILENCE)))
        except DataError as error:
            wrong.append(str(error))
    if wrong:
        raise DataError("\n".join(wrong))
    sentences = tuple(filter(None, (*said, of_dev, of_test, *unheard)))
    return Loaded(root, train, dev, test, found, targets, sentences)
