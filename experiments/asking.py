"""Held-out questions put to a policy under one sound, and the answers kept on disk.

    RUN/answers/<column>.jsonl     one {"id", "texts", "correct"} a line

Answers outlive the command: a resumed quickstart does not ask again, and an
interval can be computed afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rewards.errors import DataError
from rewards.records import Question

if TYPE_CHECKING:
    from policies.evaluate import Answered


def save_answers(path: Path, answered: Sequence[Answered]) -> None:
    """Write them whole or not at all; raises StorageError."""
    from rollouts.files import publish

    rows = (
        {"id": row.question.id, "texts": list(row.texts), "correct": list(row.correct_K)}
        for row in answered
    )
    publish(path, "".join(json.dumps(row) + "\n" for row in rows).encode())


def load_answers(path: Path, questions: Sequence[Question]) -> list[Answered] | None:
    """The answers to exactly these questions; None where there are none or others.

    Raises:
        DataError: if the file is no answers file.
    """
    from policies.evaluate import Answered

    if not path.exists():
        return None
    try:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        found = [(row["id"], tuple(row["texts"]), tuple(map(bool, row["correct"]))) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} holds no answers: got {type(error).__name__}, expected one object with id, "
            "texts and correct a line; delete it and resume"
        ) from error
    if [id_ for id_, _, _ in found] != [question.id for question in questions]:
        return None
    return [
        Answered(question, texts, correct)
        for question, (_, texts, correct) in zip(questions, found, strict=True)
    ]


def answers(
    path: Path, questions: Sequence[Question], ask: Callable[[], list[Answered]]
) -> list[Answered]:
    """From the disk if they are there, else asked and kept."""
    found = load_answers(path, questions)
    if found is None:
        found = ask()
        save_answers(path, found)
    return found
