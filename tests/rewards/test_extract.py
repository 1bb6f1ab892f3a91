"""Which option an answer chooses: a table of cases, each with its reason.

``extraction_cases.jsonl`` holds one case a line: the options, the answer, the option
that a fair judge takes as chosen (null: none), and why.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from rewards.extract import choose

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "extraction_cases.jsonl").read_text("utf-8").splitlines()
]
OPTIONS = sorted({tuple(case["choices"]) for case in CASES})


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["answer"])[:50])
def test_the_answer_chooses_what_a_fair_judge_takes(case):
    choices = tuple(case["choices"])
    found = choose(choices, case["answer"])
    chosen = None if found.index is None else choices[found.index]
    assert chosen == case["chosen"], f"{case['why']}; got: {found.why}"


@pytest.mark.parametrize("choices", OPTIONS, ids=lambda choices: choices[0][:20])
def test_two_options_joined_by_or_choose_neither(choices):
    said = [choices[0], choices[1]]
    single = f"{said[0]} or {said[1]}"
    found = choose(choices, single)
    assert found.index is None, found.why


@pytest.mark.parametrize("choices", OPTIONS, ids=lambda choices: choices[0][:20])
def test_a_label_beside_another_options_text_chooses_neither(choices):
    for index in range(len(choices)):
        label = chr(ord("A") + (index + 1) % len(choices))
        found = choose(choices, f"({label}) {choices[index]}")
        assert found.index is None, (label, choices[index], found.why)


@pytest.mark.parametrize(
    "choices", [("maybe viola", "viola"), ("about 120", "120"), ("perhaps a waltz", "a waltz")]
)
def test_an_option_within_another_is_chosen_by_its_own_text(choices):
    assert [choose(choices, option).index for option in choices] == [0, 1]


@pytest.mark.parametrize("choices", OPTIONS, ids=lambda choices: choices[0][:20])
def test_every_option_is_chosen_by_its_text_however_it_is_dressed(choices):
    for index, option in enumerate(choices):
        label = chr(ord("A") + index)
        for answer in (
            *(option, f" {option}\n", f"**{option}**", f"{option}.", f'"{option}"'),
            *(f"({label}) {option}", f"{label}. {option}", f"{label}) {option}"),
            *(f"Option {label}: {option}", f"Option {label}", f"Option {index + 1}"),
            *(f"The correct answer is: {option}", f"\\boxed{{{option}}}"),
            f'{{"answer": "{option}"}}',
        ):
            found = choose(choices, answer)
            assert found.index == index, (answer, found.why)


PIECES = ("A ", "not A, ", "(B) ", "C or ", "because ", "A/", "Of A and ", "it is A. ",
          "G major, ", "1 or ", '{"answer":', "✅")  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_choosing_is_fast_on_long_answers(piece):
    choices = ("G major", "A minor", "C", "12 BPM")
    start = time.process_time()
    choose(choices, piece * (1000 // len(piece)))
    choose(choices, piece * (128_000 // len(piece)))
    assert time.process_time() - start < 2.0
