"""Tables of `etude eval`: accuracy, rubric parts, pass@k, best-of-n."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from experiments.asking import accuracy_judges
from policies.evaluate import Answered, accuracy_by_topic, pass_at_k
from rewards.records import Score
from rewards.response import parse
from rewards.rubric import Rubric


def show_accuracy(answered: Sequence[Answered]) -> None:
    """Accuracy per topic and overall; a dash for what that reward does not judge."""
    table = Table(box=None, pad_edge=False)
    table.add_column("topic")
    table.add_column("questions", justify="right")
    table.add_column("accuracy", justify="right")
    fair = [row for row in answered if accuracy_judges(row.question)]
    counts = Counter(row.question.counted_as for row in fair)
    others = Counter(row.question.counted_as for row in answered) - counts
    found = accuracy_by_topic(fair)
    overall = found.pop("overall", None)
    for topic, value in found.items():
        table.add_row(topic.replace("_", " "), str(counts[topic]), f"{value:.1%}")
    for topic, count in sorted(others.items()):
        table.add_row(topic.replace("_", " "), str(count), "-")
    if overall is not None:
        table.add_row("overall", str(len(fair)), f"{overall:.1%}")
    Console().print(table)


def judged(answered: Sequence[Answered], rubric: Rubric) -> list[list[Score]]:
    """The scores of each question's completions."""
    return [
        rubric.score_group(row.question, [parse(text) for text in row.texts]) for row in answered
    ]


def show_rubric(scores: Sequence[Sequence[Score]]) -> None:
    """Mean of each part over the completions it applies to, and how often it failed."""
    flat = [score for row in scores for score in row]
    values: dict[str, list[float]] = defaultdict(list)
    for score in flat:
        for name, part in score.parts.items():
            values[name] += [] if part.value is None else [part.value]
    values["total"] = [score.total for score in flat if score.total is not None]
    failed = failures(scores)
    table = Table("part", box=None, pad_edge=False)
    for head in ("completions", "mean", *(["failed"] if failed else [])):
        table.add_column(head, justify="right")
    for name, found in values.items():
        mean = f"{np.mean(found):.3f}" if found else "-"
        count = [str(failed[name][0]) if name in failed else ""] if failed else []
        table.add_row(name, str(len(found)), mean, *count)
    Console().print(table)


def failures(scores: Sequence[Sequence[Score]]) -> dict[str, tuple[int, str]]:
    """Part -> on how many completions it failed, and why on the first; only those that did."""
    found: dict[str, tuple[int, str]] = {}
    for score in (score for row in scores for score in row):
        for name, part in score.parts.items():
            if part.failed:
                count, why = found.get(name, (0, part.why))
                found[name] = (count + 1, why)
    return found


def show_samples(answered: Sequence[Answered], scores: Sequence[Sequence[Score]]) -> None:
    """pass@k for powers of two, and accuracy of the completion that the rubric likes best.

    Of the questions that ``accuracy`` judges; no table where there is none.
    """
    pairs = [
        (row, own)
        for row, own in zip(answered, scores, strict=True)
        if accuracy_judges(row.question)
    ]
    if not pairs:
        return
    samples = len(pairs[0][0].correct_K)
    table = Table("measure", box=None, pad_edge=False)
    table.add_column("value", justify="right")
    k = 1
    while k <= samples:
        mean = np.mean([pass_at_k(row.correct_K, k) for row, _ in pairs])
        table.add_row(f"pass@{k}", f"{mean:.1%}")
        k *= 2
    chosen = [
        row.correct_K[int(np.argmax([score.total or 0.0 for score in own]))] for row, own in pairs
    ]
    table.add_row(f"best of {samples} by the rubric", f"{np.mean(chosen):.1%}")
    Console().print(table)
