"""Held-out questions put to a policy under one sound, and the answers kept on disk.

    RUN/answers/<column>.jsonl     one {"question", "completion", "correct"} a line

Answers outlive the command: a resumed quickstart does not ask again, an interval can be
computed afterwards, and `etude score` and `etude reward test --on` judge them. The answers to
one question follow each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewards.errors import DataError
from rewards.fields import show
from rewards.questions import question_from_json, question_to_json
from rewards.records import Question
from rollouts.files import publish, read_bounded

if TYPE_CHECKING:
    from policies.accuracy import Answered

MAX_FILE_BYTES = 2**30


def accuracy_judges(question: Question) -> bool:
    """Whether ``accuracy`` is fair to it: ``qa`` with a gold answer.

    A caption has many right forms, of which that reward takes one, and to a question without a
    gold answer it does not apply: both would count as wrong, whatever is said.
    """
    return question.kind == "qa" and question.answer is not None


def save_answers(path: Path, answered: Sequence[Answered]) -> None:
    """Write them whole or not at all; raises StorageError."""
    publish(path, "".join(map(answer_lines, answered)).encode())


def answer_lines(row: Answered) -> str:
    """The lines of one question, one for each answer."""
    asked = question_to_json(row.question)
    pairs = zip(row.texts, row.correct_K, strict=True)
    return "".join(
        json.dumps({"question": asked, "completion": text, "correct": correct}) + "\n"
        for text, correct in pairs
    )


def load_answers(path: Path, questions: Sequence[Question]) -> list[Answered] | None:
    """The answers to exactly these questions; None where there are none or others.

    Raises:
        DataError: if the file is no answers file.
    """
    if not path.exists():
        return None
    groups = _groups(path)
    if [asked for asked, _ in groups] != [question_to_json(question) for question in questions]:
        return None
    return [_answered(*pair) for pair in zip(questions, (said for _, said in groups), strict=True)]


def read_answers(path: Path) -> list[Answered]:
    """The answers of a file, question by question, as they stand.

    Raises:
        DataError: if the file is no answers file, or holds a wrong question.
    """
    return [
        _answered(question_from_json(asked, where=f"{path}, question {number}"), said)
        for number, (asked, said) in enumerate(_groups(path), start=1)
    ]


def _groups(path: Path) -> list[tuple[Any, list[tuple[str, bool]]]]:
    """Each question as JSON, with the completions and whether they are right."""
    lines = read_bounded(path, MAX_FILE_BYTES).splitlines()
    if not lines:
        raise DataError(
            f"{path} holds no answers: got an empty file, expected a line for each; ask again"
        )
    found = [_row(f"{path}, line {number}", line) for number, line in enumerate(lines, start=1)]
    return [
        (asked, [(text, right) for _, text, right in rows])
        for asked, rows in groupby(found, key=lambda row: row[0])
    ]


def _row(where: str, line: bytes) -> tuple[Any, str, bool]:
    """The question as JSON, a completion, whether it is right."""
    try:
        row = json.loads(line)
        asked, said, right = row["question"], row["completion"], row["correct"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"{where} holds no answers: got {show(line.decode(errors='replace'))}, expected one "
            "object with question, completion and correct, as `etude eval -o` writes; ask again"
        ) from error
    if not isinstance(said, str) or not isinstance(right, bool):
        raise DataError(
            f"{where} holds no answers: got completion {show(said)} and correct {show(right)}, "
            "expected a text, and true or false, as `etude eval -o` writes; ask again"
        )
    return asked, said, right


def _answered(question: Question, said: list[tuple[str, bool]]) -> Answered:
    from policies.accuracy import Answered

    return Answered(question, tuple(text for text, _ in said), tuple(right for _, right in said))


def answers(
    path: Path, questions: Sequence[Question], ask: Callable[[], list[Answered]]
) -> list[Answered]:
    """From the disk if they are there, else asked and kept.

    Raises:
        DataError: what is there is damaged; it is left as it is.
    """
    try:
        found = load_answers(path, questions)
    except DataError as error:
        raise DataError(f"{error}; for that, delete '{path}' and give the command again") from error
    if found is None:
        found = ask()
        save_answers(path, found)
    return found
