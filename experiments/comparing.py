"""What two runs, or two files of answers, have in common and where they differ.

Conventions
-----------
A side is a run folder, or answers as `etude eval -o` and runs keep them. Of its training the last
``LATE`` steps count, because a step of a few groups is noisy. Answers are compared question by
question, on those that both sides were asked in the same words, about the same clip, for the same
gold.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.endings import evaluations, is_number
from experiments.environment import read_environment
from experiments.resuming import CONFIG, differences
from rewards.errors import DataError

if TYPE_CHECKING:
    from policies.accuracy import Answered, Gain

LATE = 10
_TRAINED = ("GRPO", "after")
"""Answers of the trained model, of a quickstart and of `etude grpo`."""
_HEALTH = (
    ("reward_group_std", "spread within a group", "{:.3f}"),
    ("zero_variance", "groups of one value", "{:.1%}"),
    ("unscored", "completions not scored", "{:.1%}"),
    ("truncated", "completions cut off", "{:.1%}"),
    ("entropy", "entropy [nats]", "{:.3f}"),
    ("surprisal", "surprisal [nats]", "{:.3f}"),
    ("kl", "KL to the reference [nats]", "{:.4g}"),
    ("clip_fraction", "clipped ratios", "{:.1%}"),
    ("grad_norm", "gradient norm", "{:.3g}"),
    ("tokens", "tokens learnt from", "{:,.0f}"),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic, or all of them.

    Attributes:
        name: of the topic.
        n: questions that both sides were asked.
        a, b: accuracy of each side, in [0, 1].
        only_a, only_b: questions that one side alone has right, in its first answer.
    """

    name: str
    n: int
    a: float
    b: float
    only_a: int
    only_b: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of two sides to the same questions.

    Attributes:
        topics: in alphabetical order, "overall" last.
        gain: accuracy of B minus that of A, with its 95 % paired bootstrap interval.
        left_out: questions that only one side was asked.
    """

    topics: tuple[Topic, ...]
    gain: Gain
    left_out: int


def settings(a: Path, b: Path) -> dict[str, tuple[Any, Any]]:
    """Key -> its value in two runs, of what differs: settings but ``out``, versions, the commit,
    the machine. What an older run did not note does not differ.

    Raises:
        ConfigError: a configuration cannot be read.
        DataError: ``env.json`` cannot be read.
    """
    from experiments.runfolder import read_config

    found = differences(read_config(a / CONFIG), read_config(b / CONFIG))
    found.pop("out", None)
    one, other = read_environment(a), read_environment(b)
    shared = [name for name in one if name in other]
    return found | {name: (one[name], other[name]) for name in shared if one[name] != other[name]}


def training(run: Path) -> dict[str, dict[str, str]]:
    """What came of a run's steps, in words: heading -> figure -> its value."""
    from rollouts.metrics import read_metrics

    path = run / "metrics.jsonl"
    lines = read_metrics(path) if path.exists() else []
    steps = [line for line in lines if line["stage"] == "grpo"]
    if not steps:
        return {}
    course = {"steps": str(len(steps)), **_dev(lines)}
    for key in ("sample", "score", "learn"):
        # The median: a step now and then waits for something else.
        times = _numbers(steps, key, within="seconds")
        median = statistics.median(times) if times else None
        course |= _figure(f"seconds to {key}, median", median, "{:.2f}")
    late = steps[-LATE:]
    means = _figure("reward", _mean(late, "reward"), "{:.3f}")
    for name in dict.fromkeys(name for line in late for name in _inside(line, "parts")):
        means |= _figure(f"  {name}", _mean(late, name, within="parts"), "{:.3f}")
    for key, label, form in _HEALTH:
        means |= _figure(label, _mean(late, key), form)
    means |= _figure("tokens of a completion", _mean(late, "mean", within="length"), "{:,.0f}")
    return {"training": course, f"mean of the last {LATE} steps": means}


def answers(a: Path, b: Path) -> Answers | None:
    """Both sides' answers to the questions that they share.

    None where a side is a run without answers yet, or where no question is shared.

    Raises:
        DataError: a file is no answers file.
    """
    from experiments.asking import accuracy_judges, read_answers
    from policies.accuracy import paired_gain

    files = [_answers_of(side) for side in (a, b)]
    if None in files:
        return None
    sides = [
        {_asked(row): row for row in read_answers(file) if accuracy_judges(row.question)}
        for file in files
        if file is not None
    ]
    shared = [asked for asked in sides[0] if asked in sides[1]]
    if not shared:
        return None
    one, other = ([side[asked] for asked in shared] for side in sides)
    names = sorted({row.question.counted_as for row in one})
    pairs = list(zip(one, other, strict=True))
    topics = [
        _topic(name, [pair for pair in pairs if pair[0].question.counted_as == name])
        for name in names
    ]
    return Answers(
        (*topics, _topic("overall", pairs)),
        paired_gain(one, other),
        len(sides[0].keys() ^ sides[1].keys()),
    )


def check_side(side: Path) -> None:
    """Refuse what is neither a run folder nor a file.

    Raises:
        DataError: names it.
    """
    if not (side / CONFIG).is_file() and not side.is_file():
        other = "a pipe or device" if side.exists() else "nothing there"
        got = f"a folder without {CONFIG}" if side.is_dir() else other
        raise DataError(
            f"cannot compare '{side}': got {got}, expected a run folder or a file of answers as "
            "`etude eval -o` writes it; check it"
        )


def _answers_of(side: Path) -> Path | None:
    if side.is_file():
        return side.resolve()  # of a run none is followed, but this one was named
    files = (side / "answers" / f"{name}.jsonl" for name in _TRAINED)
    return next((file for file in files if file.is_file()), None)


def _asked(row: Answered) -> tuple[object, ...]:
    """What makes two questions one, whatever else a row tells of them."""
    question = row.question
    return question.id, question.text, question.choices, question.answer, question.clip


def _topic(name: str, pairs: Sequence[tuple[Answered, Answered]]) -> Topic:
    def mean(rows: Sequence[Answered]) -> float:
        return statistics.fmean(statistics.fmean(row.correct_K) for row in rows)

    one, other = zip(*pairs, strict=True)
    right = [(a.correct_K[0], b.correct_K[0]) for a, b in pairs]
    return Topic(
        name, len(pairs), mean(one), mean(other), right.count((True, False)),
        right.count((False, True)),
    )  # fmt: skip


def _dev(lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Dev accuracy of the start, the best and the last state."""
    found = evaluations(lines)
    if not found:
        return {}
    step, best = max(found, key=lambda pair: pair[1])  # the first of equals, as a run keeps it
    return {
        f"dev accuracy, step {found[0][0]}": f"{found[0][1]:.1%}",
        "dev accuracy, best": f"{best:.1%} at step {step}",
        "dev accuracy, last": f"{found[-1][1]:.1%}",
    }


def _mean(lines: Sequence[Mapping[str, Any]], key: str, within: str = "") -> float | None:
    values = _numbers(lines, key, within)
    return statistics.fmean(values) if values else None


def _numbers(lines: Sequence[Mapping[str, Any]], key: str, within: str = "") -> list[float]:
    found = [(_inside(line, within) if within else line).get(key) for line in lines]
    return [float(value) for value in found if is_number(value)]


def _inside(line: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inside = line.get(key)
    return inside if isinstance(inside, Mapping) else {}


def _figure(label: str, value: float | None, form: str) -> dict[str, str]:
    return {} if value is None else {label: form.format(value)}
