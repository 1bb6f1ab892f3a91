"""Rows of prediction files, with the fields that no test is about filled in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from rewards.benchmarks import get
from rewards.benchmarks.records import Entry
from rewards.benchmarks.report import Report, score_predictions

ROWS: dict[str, dict[str, Any]] = {
    "mmau": {
        "id": "1", "question": "Who speaks?", "choices": ["Man", "Woman"], "answer": "Man",
        "task": "music", "difficulty": "easy", "sub-category": "Counting", "model_output": "Man",
    },
    "mmar": {
        "id": "1", "question": "Who speaks?", "choices": ["Man", "Woman"], "answer": "Man",
        "modality": "music", "category": "Signal Layer", "answer_prediction": "Man",
    },
    "muchomusic": {
        "id": 7, "prompt": "?", "answers": ["Drums", "Piano", "Harp", "Oboe"],
        "answer_orders": [3, 0, 2, 1], "genre": "Ska", "reasoning": [],
        "knowledge": ["instrumentation"], "model_output": "B",
    },
    "rul-muchomusic": {
        "question_id": "7", "model_output": "[[A]]", "correct_answer": "Harp",
        "letter_mapping": {"A": "Harp", "B": "Oboe", "C": "Drums", "D": "Flute"},
    },
    "cmi-key": {"question": "Key?", "response": "C major", "correct_answer": "C major"},
    "cmi-classes": {"question": "Genre?", "response": "jazz", "correct_answer": "jazz"},
    "cmi-beats": {"question": "Beats?", "response": "0.5s,1s", "correct_answer": "0.5s,1s"},
}  # fmt: skip


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """``row("mmau", model_output="x")``: a row in the benchmark's own form."""

    def make(name: str, **fields: Any) -> dict[str, Any]:
        return {**ROWS[name], **fields}

    return make


@pytest.fixture
def report() -> Callable[..., Report]:
    """``report("mmau", row, row)``: the rows as JSON Lines, scored."""

    def make(name: str, *rows: object) -> Report:
        data = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
        return score_predictions(data.encode(), get(name))

    return make


@pytest.fixture
def entries(row: Callable[..., dict[str, Any]]) -> Callable[..., list[Entry]]:
    """``entries("mmau", model_output="x")``: what the scorer sees of one such row."""

    def make(name: str, **fields: Any) -> list[Entry]:
        return list(get(name).read(row(name, **fields), 1))

    return make


@pytest.fixture
def official(report: Callable[..., Report], row: Callable[..., dict[str, Any]]):
    """``official("mmau", model_output="x")``: the official value of one such row."""

    def value(name: str, **fields: Any) -> float:
        (scored,) = report(name, row(name, **fields)).scored
        return scored.mark.value

    return value
