"""Tables of `etude eval`: accuracy, rubric parts, pass@k, best-of-n."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from policies.evaluate import Answered, accuracy_by_topic, pass_at_k
from rewards.response import parse
from rewards.rubric import Rubric


def show_accuracy(answered: Sequence[Answered]) -> None:
    """Accuracy per topic and overall."""
    table = Table(box=None, pad_edge=False)
    table.add_column("topic")
    table.add_column("questions", justify="right")
    table.add_column("accuracy", justify="right")
    counts: dict[str, int] = defaultdict(int)
    for row in answered:
        counts[row.question.counted_as] += 1
    counts["overall"] = len(answered)
    for topic, value in accuracy_by_topic(answered).items():
        table.add_row(topic.replace("_", " "), str(counts[topic]), f"{value:.1%}")
    Console().print(table)


def show_rubric(answered: Sequence[Answered], rubric: Rubric) -> None:
    """Mean of each part over the completions it applies to."""
    values: dict[str, list[float]] = defaultdict(list)
    for row in answered:
        for score in rubric.score_group(row.question, [parse(text) for text in row.texts]):
            for name, part in score.parts.items():
                if part.value is not None:
                    values[name].append(part.value)
            if score.total is not None:
                values["total"].append(score.total)
    table = Table("part", "completions", "mean", box=None, pad_edge=False)
    for name, found in values.items():
        table.add_row(name, str(len(found)), f"{np.mean(found):.3f}")
    Console().print(table)


def show_samples(answered: Sequence[Answered], rubric: Rubric) -> None:
    """pass@k for powers of two, and accuracy of the completion that the rubric likes best."""
    samples = len(answered[0].correct_K)
    table = Table("measure", "value", box=None, pad_edge=False)
    k = 1
    while k <= samples:
        mean = np.mean([pass_at_k(row.correct_K, k) for row in answered])
        table.add_row(f"pass@{k}", f"{mean:.1%}")
        k *= 2
    best = np.mean([row.correct_K[_best(row, rubric)] for row in answered])
    table.add_row(f"best of {samples} by the rubric", f"{best:.1%}")
    Console().print(table)


def _best(row: Answered, rubric: Rubric) -> int:
    scores = rubric.score_group(row.question, [parse(text) for text in row.texts])
    return int(np.argmax([score.total or 0.0 for score in scores]))
