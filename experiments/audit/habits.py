"""Answers and thoughts that are the same whatever is asked, in the last fifth of a run.

A question counts once, however often it was asked. Answers are told of open questions only: among
options a favourite is no sign of anything.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from experiments.audit.columns import Columns
from experiments.audit.course import fifths
from experiments.audit.findings import Finding, Test, percent
from experiments.audit.statistics import LEAST, above, mean_and_error, means_by

FAVOURED = 0.15
"""By how much the share of an answer must exceed its share among gold answers."""
TEMPLATE = 0.5
"""Share of the thoughts of a topic that are one and the same, word for word: no sentence about
the sound is right for half of a topic's questions."""
_GOLDS = 3


def look(columns: Columns) -> list[Test]:
    """Every topic with enough different questions in the last fifth."""
    _, late = fifths(columns)
    topics: dict[str, list[int]] = {}
    for row in late:
        asked = columns.asked[columns.question_B[row]]
        topics.setdefault(asked.topic, []).append(int(row))
    tests = []
    for topic, rows in topics.items():
        tests += _favourite(columns, topic, np.array(rows))
        tests += _template(columns, topic, np.array(rows))
    return tests


def _favourite(columns: Columns, topic: str, rows: np.ndarray) -> list[Test]:
    """A test for each answer that is given to a twentieth, for any of them might be the one."""
    asked = [columns.asked[place] for place in columns.question_B[rows]]
    open_ = np.array([question.open and question.gold is not None for question in asked])
    rows, gold = rows[open_], [q.gold for q, kept in zip(asked, open_, strict=True) if kept]
    if len(np.unique(columns.question_B[rows])) < LEAST or len(set(gold)) < _GOLDS:
        return []
    tests = []
    for answer, times in Counter(columns.answer_B[rows].tolist()).items():
        if answer < 0 or times < len(rows) / 20:
            continue
        said = columns.answers[answer]
        given_B = (columns.answer_B[rows] == answer).astype(np.float64)
        true_B = np.array([text == said for text in gold], np.float64)
        excess, error = mean_and_error(means_by(given_B - true_B, columns.question_B[rows]))
        finding = Finding(
            f"'{said}' is the answer to everything: {percent(given_B.mean())} of the answers about "
            f"{topic.replace('_', ' ')} in the last fifth",
            (f"it is the gold answer of {percent(float(true_B.mean()))} of them",),
            "the policy plays a favourite: more balanced questions, a KL penalty (grpo.kl_weight), "
            "a lower grpo.learning_rate",
            tuple((int(row), "says it") for row in rows[given_B > true_B][:2]),
        )
        p = above(excess - FAVOURED / 2, error)
        tests.append(Test(p, finding if excess >= FAVOURED else None))
    return tests


def _template(columns: Columns, topic: str, rows: np.ndarray) -> list[Test]:
    rows = rows[columns.thought_B[rows] >= 0]
    golds = Counter(columns.asked[place].gold for place in np.unique(columns.question_B[rows]))
    if sum(golds.values()) < LEAST or len(golds) < _GOLDS:
        return []
    thought = Counter(columns.thought_B[rows].tolist()).most_common(1)[0][0]
    same_B = (columns.thought_B[rows] == thought).astype(np.float64)
    share, error = mean_and_error(means_by(same_B, columns.question_B[rows]))
    commonest = max(golds.values()) / sum(golds.values())
    own = rows[same_B == 1]
    finding = Finding(
        f"one thought, word for word, for {percent(share)} of the questions about "
        f"{topic.replace('_', ' ')}",
        (f"in the last fifth; they have {len(golds)} different gold answers, so that the thought "
         "tells nothing of the sound",),
        "verify thoughts (`theory`, `consistency`), or ask for what the thought must name",
        tuple((int(row), "has it") for row in own[[0, -1]]),
    )  # fmt: skip
    matters = share >= TEMPLATE and share > commonest + FAVOURED
    return [Test(above(share - TEMPLATE / 2, error), finding if matters else None)]
