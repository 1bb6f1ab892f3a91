"""Modulations: the spans of keys over time."""

from __future__ import annotations

import pytest

from rewards import Clip, Facts, Question, Rubric, parse

FACTS = {"key": "G major", "modulations": ((12.0, "D major"), (30.0, "E minor"))}
RIGHT = [
    '[[12.0, "D major"], [30.0, "E minor"]]', "[(12, 'D major'), (30, 'E minor')]",
    '[{"time": 12, "key": "D major"}, {"time": 30, "key": "E minor"}]',
    '[[0, "G major"], [12, "D major"], [30, "E minor"]]',
    "It starts in G major, modulates to D major at 12 s and to E minor at 30 s.",
    "G major until 12 seconds, then D major until 30 seconds, then E minor",
    "D major at 0:12, E minor at 0:30", "0:00 G major, 0:12 D major, 0:30 E minor",
    "[0:00] G major [0:12] D major [0:30] E minor", "12 s: D major; 30 s: E minor",
    "12.0 D major\n30.0 E minor", "- 0:12: D major\n- 0:30: E minor",
    "1. 12 s: D major\n2. 30 s: E minor",
    "at 12 s it modulates to D major, at 30 s to E minor", "D-Dur bei 12 s, e-Moll bei 30 s",
    "from G major to D major at 12 s (bar 9), then to E minor at 30 s (bar 17)",
    "12 s: D, 30 s: Em", "G → D at 12 s, then E minor at 30 s",
    "It is not in A major; it goes to D major at 12 s and to E minor at 30 s.",
]  # fmt: skip
NOTHING = [
    "", "no modulation", "none", "It does not modulate.", "G major throughout", "at 12 s",
    "I do not know", "It stays in G major.", "A flat major at 12 s", "nan: C# major", "X at 12 s",
    "D major or A major at 12 s", "D major / A minor at 12 s, E minor at 30 s",
]  # fmt: skip


@pytest.mark.parametrize("answer", RIGHT)
def test_every_way_to_name_the_modulations_earns_one(value, answer):
    assert value("modulation", answer, facts=FACTS) == pytest.approx(1.0)


@pytest.mark.parametrize("answer", NOTHING)
def test_no_modulation_earns_nothing_where_there_is_one(value, answer):
    assert value("modulation", answer, facts=FACTS) == 0.0


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("It modulates from G major to D major and then to E minor.", 0.5),
        ("G major - D major - E minor", 0.5), ("D major, then E minor", 0.5),
        ("to D major", 0.25), ("from G major to D major", 1 / 3), ("to A major, then E minor",
        0.375),
    ],
)  # fmt: skip
def test_keys_without_times_earn_at_most_half(value, answer, credit):
    assert value("modulation", answer, facts=FACTS) == pytest.approx(credit)


def test_a_key_that_is_named_again_is_no_further_modulation(value):
    told = "from G major to D major, D major with its sharps, then to E minor"
    assert value("modulation", told, facts=FACTS) == 0.5


def test_near_keys_and_near_times_earn_their_share(value):
    facts = {"modulations": ((10.0, "D major"),)}  # until 20 s
    assert value("modulation", "A major at 10 s", facts=facts) == pytest.approx(0.5)
    assert value("modulation", "B minor at 10 s", facts=facts) == pytest.approx(0.3)
    assert value("modulation", "D major at 15 s", facts=facts) == pytest.approx(10 / 15)
    assert value("modulation", "Eb major at 10 s", facts=facts) == 0.0
    two = value("modulation", "D major at 10 s, Ab major at 15 s", facts=facts)
    assert two < 0.5


def test_the_last_key_lasts_to_the_end_of_the_clip():
    question = Question(
        id="toy", text="?", clip=Clip("x.wav", duration=40.0),
        facts=Facts(modulations=((10.0, "D major"),)),
    )  # fmt: skip
    rubric = Rubric.from_config({"parts": {"modulation": {}}})
    score = rubric.score(question, parse("<answer>D major at 25 s</answer>"))
    assert score.parts["modulation"].value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("no modulation", 1.0), ("none", 1.0), ("It does not modulate.", 1.0), ("[]", 1.0),
        ("G major throughout", 1.0), ("The piece stays in G major.", 1.0), ("No key change", 1.0),
        ("D major at 12 s", 0.0), ("from G major to D major", 0.0), ("I do not know", 0.0),
        ("", 0.0),
    ],
)  # fmt: skip
def test_an_empty_list_is_answered_by_no_modulation(value, answer, credit):
    assert value("modulation", answer, facts={"key": "G major", "modulations": ()}) == credit


def test_a_fact_that_is_no_key_is_an_error(judge):
    part = judge("modulation", "D major at 3 s", facts={"modulations": ((3.0, "Q major"),)})
    assert part.status == "error"
    assert "facts.modulations" in part.why


def test_a_home_key_that_cannot_be_read_judges_nothing_alone(judge):
    facts = {"key": "atonal", "modulations": ((0.0, "atonal"),)}
    part = judge("modulation", "D major at 3 s", facts=facts)
    assert part.status == "error"
    assert part.why == (
        "DataError: facts.modulations: got 'atonal' alone, expected a key such as 'A major', or [] "
        "where nothing modulates"
    )
    later = {"key": "atonal", "modulations": ((0.0, "atonal"), (3.0, "D major"))}
    assert judge("modulation", "D major at 3 s", facts=later).value == 1.0


def test_absent_fact_and_other_facets_do_not_apply(judge):
    assert judge("modulation", "D major at 3 s").status == "not_applicable"
    assert judge("modulation", "x", facts=FACTS, facet="key").status == "not_applicable"
    assert judge("modulation", "12 s: D major, 30 s: E minor", facts=FACTS,
                 facet="modulations").value == 1.0  # fmt: skip
