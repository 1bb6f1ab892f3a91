"""Whatever a model or a stranger writes, a scorer gives a value in [0, 1] and a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.benchmarks import NAMES, get
from rewards.benchmarks.report import row_to_json, score_predictions

MEBI = 2**20
LONG = ("a", " ", "[[", "A", "The correct answer is:", "answer is ", "1,", "0.5s,", "<answer>", "é")
ODD = (
    "", "\0", "\ud800", "\u202e", "İ" * 9, "²", "①", "1e999", "9" * 5000, "1:" * 50, "[" * 99,
    "<answer></answer>", "<think>", "\N{MUSIC SHARP SIGN}", "a" + "\u0301" * 99, "\r\n", "NaN",
)  # fmt: skip
FIELDS = {"mmar": "answer_prediction", "cmi-key": "response", "cmi-classes": "response",
          "cmi-beats": "response"}  # fmt: skip
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def scored(name: str, row: dict[str, Any]) -> None:
    report = score_predictions(json.dumps(row).encode(), get(name))
    for one in report.scored:
        assert 0.0 <= one.mark.value <= 1.0
        assert one.mark.why
        assert len(json.dumps(row_to_json(one))) < 5_000
    assert len(report.scored) + len(report.read.malformed) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_texts_are_scored(name: str, odd: str, row):
    scored(name, row(name, **{FIELDS.get(name, "model_output"): odd}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unit", LONG)
def test_a_mebibyte_of_anything_is_scored_in_one_pass(name: str, unit: str, row):
    """Were a pattern quadratic here, the suite would not end."""
    scored(name, row(name, **{FIELDS.get(name, "model_output"): unit * (MEBI // len(unit))}))


@pytest.mark.parametrize("name", NAMES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_a_row_with_a_field_of_any_kind_is_scored_malformed_or_left_out(name: str, data, row):
    whole = row(name)
    field = data.draw(st.sampled_from(sorted(whole)))
    rows = [row(name), {**whole, field: data.draw(JSONS)}]
    report = score_predictions(json.dumps(rows).encode(), get(name))
    read = report.read
    assert len(report.scored) + len(read.malformed) + read.left_out >= 2
    assert all(0.0 <= one.mark.value <= 1.0 for one in report.scored)


def test_choices_without_a_letter_between_them_are_scored(row):
    scored("mmau", row("mmau", choices=["", " ", "#", "♯"], answer="#", model_output="#"))
    scored("muchomusic", row("muchomusic", answers=["", "", "", ""], model_output=""))
    scored("rul-muchomusic", row("rul-muchomusic", letter_mapping={}, model_output="[[A]]"))
