"""Label rewards: ``label_cases.jsonl`` holds question, answers and what these earn.

``timed_cases.jsonl`` is the same for rewards over time.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

from rewards.spelling.keys import find_keys
from rewards.spelling.numbers import parse_quantity
from rewards.spelling.open_ends import leaves_open

LABELS, TIMED = (
    [json.loads(line) for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()]
    for name in ("label_cases.jsonl", "timed_cases.jsonl")
)


def asked(row: dict) -> dict:
    """The keywords of ``value`` for one row; JSON knows no tuples."""
    facts = {
        name: tuple(tuple(one) if isinstance(one, list) else one for one in fact)
        if isinstance(fact, list)
        else fact
        for name, fact in row.get("facts", {}).items()
    }
    said = {name: row[name] for name in ("text", "gold", "facet") if name in row}
    return {"facts": facts, "choices": tuple(row.get("choices", ())), **said}


def name_of(row: dict) -> str:
    truth = row.get("gold") or row["facts"]
    return ascii(f"{row['reward']} {truth} {row['value']}")[:70]


def single(row: dict) -> bool:
    """Whether one value is asked, no set and no text."""
    return row["reward"] not in ("instruments", "genre", "mood", "lyrics")


@pytest.mark.parametrize("row", [*LABELS, *TIMED], ids=name_of)
def test_an_answer_earns_what_a_fair_judge_gives(value, row):
    for answer in row["answers"]:
        earned = value(row["reward"], answer, **asked(row))
        assert earned == pytest.approx(row["value"], abs=0.006), answer


@pytest.mark.parametrize("row", [r for r in LABELS if r["value"] == 1.0 and single(r)], ids=name_of)
def test_a_right_answer_that_leaves_another_open_is_a_hedge(value, row):
    answer = max(row["answers"], key=lambda a: a.isascii() and a.isalpha())
    for end in (" or something else", ", or maybe another"):
        assert value(row["reward"], answer + end, **asked(row)) == 0.0, answer + end


@pytest.mark.parametrize(
    "text",
    ["about 120 or so", "D major, not A minor or another key", "whether or not it is D",
     "for another reason", "D or A"],
)  # fmt: skip
def test_what_only_looks_open_is_not(text):
    assert not leaves_open(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("half a second", 0.5), ("a quarter of a minute", 15), ("two and a half minutes", 150),
     ("a minute and a half", 90), ("three quarters of an hour", 2700), ("500 ms", 0.5)],
)  # fmt: skip
def test_parts_of_a_time_are_times(text, seconds):
    found = parse_quantity(text)
    assert found is not None
    assert (found.low, found.high, found.unit) == (seconds, seconds, "s")


@pytest.mark.parametrize(
    "unit",
    [
        "Am ",
        "D major, ",
        "a minor ",
        " ",
        "major or D minor ",
        "relative minor of C, ",
        "Bm, D - ",
        "chords: D, ",
    ],
)
def test_keys_of_a_long_text_are_read_in_time_that_grows_with_it(unit):
    began = process_time()
    find_keys(unit * (40_000 // len(unit)))
    assert process_time() - began < 2.0
