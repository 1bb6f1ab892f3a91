"""Beats, downbeats, onsets: every list of times, and mir_eval's own figures."""

from __future__ import annotations

import random
from importlib import import_module

import pytest

BEATS = (0.42, 0.91, 1.4, 90.0)
LISTS = [
    "[0.42, 0.91, 1.4, 90.0]", "0.42s,0.91s,1.4s,90s", "0.42 0.91 1.40 90", "0.42\n0.91\n1.40\n90",
    "1. 0.42\n2. 0.91\n3. 1.40\n4. 1:30", "1) 0.42 s\n2) 0.91 s\n3) 1.4 s\n4) 90 s",
    "- 0.42 s\n- 0.91 s\n- 1.40 s\n- 1:30", "* 0.42\n* 0.91\n* 1.4\n* 90.0",
    "beat 1: 0.42 s, beat 2: 0.91 s, beat 3: 1.4 s, beat 4: 90 s",
    "Beat 1 at 0.42, beat 2 at 0.91, beat 3 at 1.40, beat 4 at 90.0 seconds",
    "0,42 s; 0,91 s; 1,4 s; 90,0 s", "0,42 0,91 1,4 90,0",
    "420 ms, 910 ms, 1400 ms, 1 min 30 s", "420ms 910ms 1400ms 1m30s",
    "There are 4 beats: 0.42, 0.91, 1.4 and 90.0 seconds.",
    "I hear four beats, at 0.42 s, 0.91 s, 1.40 s and 1:30.",
    '{"beats": [0.42, 0.91, 1.4, 90.0]}', '{"beats": [0.42, 0.91, 1.4, 90.0], "bpm": 120}',
    '[{"time": 0.42}, {"time": 0.91}, {"time": 1.4}, {"time": "1:30"}]',
    '[{"time": 0.42, "beat": 1}, {"time": 0.91, "beat": 2}, {"time": 1.4, "beat": 3},'
    ' {"time": 90, "beat": 4}]',
    "```json\n[0.42, 0.91, 1.4, 90]\n```", "**[0.42, 0.91, 1.4, 90]**",
    "(0.42, 0.91, 1.40, 90.0)", "[0.42, 0.91, 1.4, 90.0] at 120 BPM in 4/4",
    "\\boxed{0.42, 0.91, 1.4, 90.0}", "0.42|0.91|1.4|90", "0:00.42, 0:00.91, 0:01.4, 1:30",
    "Beats (s): 0.42; 0.91; 1.4; 90.0", "[0.42, 0.91, 1.4, 90.0",
    '["0.42s", "0.91s", "1.4s", "90s"]',
    "90.0, 1.4, 0.91, 0.42", "0.42, 0.42, 0.91, 1.4, 90.0", "０.４２, ０.９１, 1.4, 90",
    "not 0.3 but 0.42, 0.91, 1.4, 90", "0.42 s\t0.91 s\t1.4 s\t90 s", "4.2e-1, 9.1e-1, 1.4, 9e1",
    "[0.42,0.91,1.4,90.0]", "{0.42, 0.91, 1.4, 90}", "0.42000000000000004, 0.91, 1.4, 90.0",
    "0.42 sec, 0.91 sec., 1.4 sec, 90 sec", "0.42\u200b, 0.91, 1.4, 90",
    "0.42s/0.91s/1.4s/90.0s", "1 - 0.42\n2 - 0.91\n3 - 1.4\n4 - 90.0",
    "Beat 1 (0.42s), Beat 2 (0.91s), Beat 3 (1.4s), Beat 4 (90s)", "1) 0.42 2) 0.91 3) 1.4 4) 90",
    "| beat | time |\n|---|---|\n| 1 | 0.42 |\n| 2 | 0.91 |\n| 3 | 1.4 |\n| 4 | 90 |",
    "0.42 1\n0.91 2\n1.4 3\n90.0 4", "[[0.42, 1], [0.91, 2], [1.4, 3], [90.0, 4]]",
]  # fmt: skip
NOTHING = [
    "", "I do not know", "a steady pulse", "120 BPM", "4/4", "beats", "nan", "-1, -2", "1e9",
    "[]", "none", "[" * 9000, "9" * 9000, "in four", "twice per second",
]  # fmt: skip


@pytest.mark.parametrize("answer", LISTS)
def test_every_list_of_the_beats_earns_one(value, answer):
    assert value("beats", answer, facts={"beats": BEATS}) == 1.0


@pytest.mark.parametrize("answer", NOTHING)
@pytest.mark.parametrize("name", ["beats", "downbeats", "onsets"])
def test_an_answer_without_times_earns_nothing(value, name, answer):
    assert value(name, answer, facts={name: BEATS}) == 0.0


def test_a_rule_with_its_ends_is_the_list_it_describes(value):
    facts = {"beats": tuple(0.25 + 0.5 * i for i in range(12))}
    assert value("beats", "every 0.5 s from 0.25 to 5.75", facts=facts) == 1.0
    assert value("beats", "a beat every 0.5 seconds from 0.25 s to 5.75 s", facts=facts) == 1.0


@pytest.mark.parametrize("wrong", ["-3", "nan", "inf", "40000", "1e9"])
def test_an_entry_that_is_no_time_is_one_wrong_beat(value, wrong):
    facts = {"beats": BEATS}
    got = value("beats", f"0.42, 0.91, 1.4, 90.0, {wrong}", facts=facts)
    assert got == pytest.approx(8 / 9)
    assert value("beats", "[0.42, 0.91, 1.4, 90.0, NaN]", facts=facts) == pytest.approx(8 / 9)


def golden(name, truth, got):
    numpy = import_module("numpy")
    if name == "onsets":
        onset = import_module("mir_eval.onset")
        return onset.f_measure(numpy.array(truth), numpy.array(got))[0]
    beat = import_module("mir_eval.beat")
    return beat.f_measure(numpy.array(truth), numpy.array(got))


@pytest.mark.parametrize("name", ["beats", "downbeats", "onsets"])
@pytest.mark.parametrize("seed", range(12))
def test_the_value_is_that_of_mir_eval(value, name, seed):
    draw = random.Random(seed)
    truth = sorted({round(draw.uniform(0, 20), 3) for _ in range(30)})
    got = sorted({round(t + draw.gauss(0, 0.06), 3) for t in truth if draw.random() < 0.8})
    got = [t for t in got if t >= 0]
    answer = draw.choice([str(got), ", ".join(f"{t}s" for t in got), "\n".join(map(str, got))])
    assert value(name, answer, facts={name: tuple(truth)}) == golden(name, truth, got)


def test_nothing_is_trimmed_in_the_first_five_seconds(value):
    facts = {"beats": (0.5, 1.0, 1.5, 6.0)}
    assert value("beats", "6.0", facts=facts) == pytest.approx(0.4)


@pytest.mark.parametrize(("name", "near", "far"), [("beats", 0.07, 0.08), ("downbeats", 0.07, 0.08),
                                                   ("onsets", 0.05, 0.06)])  # fmt: skip
def test_the_window_is_seventy_and_fifty_milliseconds(value, name, near, far):
    facts = {name: (1.0, 2.0)}
    assert value(name, f"{1 + near - 1e-6}, {2 - near + 1e-6}", facts=facts) == 1.0
    assert value(name, f"{1 + far}, {2 - far}", facts=facts) == 0.0


def test_a_dense_list_does_not_pay(value):
    facts = {"beats": tuple(float(i) for i in range(1, 21))}
    for step in (0.01, 0.05, 0.1):
        dense = ", ".join(f"{i * step:.2f}" for i in range(int(20 / step)))
        assert value("beats", dense, facts=facts) <= 0.35


def test_metrical_levels_earn_two_thirds_and_off_beats_nothing(value):
    truth = tuple(0.5 * i for i in range(1, 41))
    facts = {"beats": truth}
    assert value("beats", str([0.25 * i for i in range(2, 81)]), facts=facts) == pytest.approx(
        2 / 3, abs=0.02
    )
    assert value("beats", str(list(truth[::2])), facts=facts) == pytest.approx(2 / 3)
    assert value("beats", str([t + 0.25 for t in truth]), facts=facts) == 0.0


def test_continuity_stands_in_the_details_on_demand(judge):
    numpy, beat = import_module("numpy"), import_module("mir_eval.beat")
    truth = [0.5 * i for i in range(1, 21)]
    part = judge("beats", str(truth[::2]), facts={"beats": tuple(truth)}, continuity=True)
    _, cmlt, _, amlt = beat.continuity(numpy.array(truth), numpy.array(truth[::2]))
    assert (part.details["CMLt"], part.details["AMLt"]) == (cmlt, amlt)
    assert "CMLt" not in judge("beats", str(truth), facts={"beats": tuple(truth)}).details


def test_other_facets_and_absent_facts_do_not_apply(judge):
    assert judge("beats", "1.0").status == "not_applicable"
    facts = {"beats": (1.0,), "downbeats": (1.0,), "onsets": (1.0,)}
    for name in facts:
        assert judge(name, "1.0", facts=facts, facet=name).value == 1.0
        assert judge(name, "1.0", facts=facts, facet="tempo").status == "not_applicable"


def test_a_copy_of_the_question_brings_no_times(value):
    text = "List the beats between 0 s and 95 s."
    facts = {"beats": BEATS}
    assert value("beats", f"{text} 0.42, 0.91, 1.4, 90", facts=facts, text=text) == 1.0


def test_the_option_that_is_chosen_is_read(value):
    options = ("0.5, 1.0, 1.5", "0.42, 0.91, 1.4, 90.0")
    assert value("beats", "(B)", facts={"beats": BEATS}, choices=options) == 1.0
