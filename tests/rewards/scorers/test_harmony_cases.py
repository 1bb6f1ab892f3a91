"""Chords, progressions, numerals and notes in the dress that people and models give them.

``harmony_cases.jsonl`` holds one fact a line: the reward, the facts, and the answers that a
fair judge gives one value.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "harmony_cases.jsonl").read_text("utf-8").splitlines()
]


def _name(case) -> str:
    return ascii(f"{case['reward']} {case['facts'][case['reward']]}: {case['value']}")


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_an_answer_earns_what_a_fair_judge_gives(value, case):
    facts = {name: tuple(v) if isinstance(v, list) else v for name, v in case["facts"].items()}
    earned = {a: value(case["reward"], a, facts=facts) for a in case["answers"]}
    assert earned == pytest.approx(dict.fromkeys(case["answers"], case["value"]), abs=1e-5)


def test_there_are_more_than_two_thousand_answers():
    assert sum(len(case["answers"]) for case in CASES) > 2_000
