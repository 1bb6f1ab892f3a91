"""Open answers: ``open_answer_cases.jsonl`` holds question, gold, answer and value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "open_answer_cases.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: ascii(f"{c['gold']}: {c['answer']}")[:60])
def test_an_open_answer_earns_what_a_fair_judge_gives(value, case):
    earned = value("accuracy", case["answer"], text=case["text"], gold=case["gold"])
    assert earned == case["value"]


@pytest.mark.parametrize("gold", sorted({case["gold"] for case in CASES}))
def test_the_gold_answer_earns_all_however_it_is_dressed(value, gold):
    dressed = (f"**{gold}**", f"{gold}.", f" {gold}\n", f"The answer is: {gold}")
    for answer in (gold, *dressed, f'{{"answer": "{gold}"}}'):
        assert value("accuracy", answer, gold=gold) == 1.0, answer


def test_a_copy_of_the_question_counts_for_nothing(value):
    text = "Which key is it? (A) G major (B) E minor (C) C major"
    choices = ("G major", "E minor", "C major")
    for credit, answer in ((0.0, text), (1.0, f"{text} E minor"), (1.0, f"{text}\nB"),
                           (0.0, f"{text} E minor or C major")):  # fmt: skip
        assert value("accuracy", answer, text=text, choices=choices, gold="E minor") == credit
