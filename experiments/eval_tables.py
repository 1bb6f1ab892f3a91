"""Tables of `etude eval`: accuracy, rubric parts, pass@k, best-of-n."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from experiments.asking import accuracy_judges
from experiments.terminal import table
from experiments.text import counted
from policies.accuracy import Answered, accuracy_by_topic, pass_at_k
from rewards.failing import failing
from rewards.records import Score
from rewards.response import parse
from rewards.rubric import Rubric


def show_accuracy(answered: Sequence[Answered]) -> None:
    """Accuracy per topic and overall; a dash for what that reward does not judge."""
    fair = [row for row in answered if accuracy_judges(row.question)]
    counts = Counter(row.question.counted_as for row in fair)
    others = Counter(row.question.counted_as for row in answered) - counts
    found = accuracy_by_topic(fair) if fair else None
    topics = {} if found is None else found.topics
    rows = [(topic, counts[topic], f"{value:.1%}") for topic, value in topics.items()]
    rows += [(topic, count, "-") for topic, count in sorted(others.items())]
    if found is not None:
        rows.append(("overall", len(fair), f"{found.overall:.1%}"))
    cells = [(topic.replace("_", " "), str(count), value) for topic, count, value in rows]
    table(("topic", "questions", "accuracy"), cells)


def judged(answered: Sequence[Answered], rubric: Rubric) -> list[list[Score]]:
    """The scores of each question's completions."""
    return [
        rubric.score_group(row.question, [parse(text) for text in row.texts]) for row in answered
    ]


def show_rubric(scores: Sequence[Sequence[Score]]) -> None:
    """Mean of each part where it applies, and how often it failed or was not run."""
    flat = [score for row in scores for score in row]
    values: dict[str, list[float]] = defaultdict(list)
    for score in flat:
        for name, part in score.parts.items():
            values[name] += [] if part.value is None else [part.value]
    totals = [score.total for score in flat if score.total is not None]
    wrong = failing(flat)
    counts = {
        "failed": {name: str(found.failed) for name, found in wrong.items() if found.failed},
        "not run": {name: str(found.unrun) for name, found in wrong.items() if found.unrun},
    }
    shown = [head for head, of in counts.items() if of]
    rows = [
        (name, *_mean(found), *(counts[head].get(name, "") for head in shown))
        for name, found in values.items()
    ]
    rows.append(("total", *_mean(totals), *("" for _ in shown)))
    table(("part", "completions", "mean", *shown), rows)


def _mean(values: Sequence[float]) -> tuple[str, str]:
    """How many there are, and their mean."""
    return str(len(values)), f"{np.mean(values):.3f}" if values else "-"


def show_samples(answered: Sequence[Answered], scores: Sequence[Sequence[Score]]) -> None:
    """pass@k for powers of two and all samples, and accuracy of the one that the rubric likes best.

    Of the questions that ``accuracy`` judges; no table where there is none. The rubric chooses
    among completions with a total; a question without one is left out, which the row says.
    """
    pairs = [
        (row, own)
        for row, own in zip(answered, scores, strict=True)
        if accuracy_judges(row.question)
    ]
    if not pairs:
        return
    samples = len(pairs[0][0].correct_K)
    counts = sorted({samples, *(2**i for i in range(samples.bit_length()))})
    means = [np.mean([pass_at_k(row.correct_K, k) for row, _ in pairs]) for k in counts]
    rows = [(f"pass@{k}", f"{mean:.1%}") for k, mean in zip(counts, means, strict=True)]
    found = (_chosen(row, own) for row, own in pairs)
    chosen = [right for right in found if right is not None]
    left = len(pairs) - len(chosen)
    few = f", without a total for {counted(left, 'question')}" if left else ""
    mean = f"{np.mean(chosen):.1%}" if chosen else "-"
    rows.append((f"best of {samples} by the rubric{few}", mean))
    table(("measure", "value"), rows)


def _chosen(row: Answered, scores: Sequence[Score]) -> bool | None:
    """Whether the completion of the highest total is right; None where none has a total."""
    totals = [-math.inf if score.total is None else score.total for score in scores]
    best = int(np.argmax(totals))
    return None if totals[best] == -math.inf else row.correct_K[best]
