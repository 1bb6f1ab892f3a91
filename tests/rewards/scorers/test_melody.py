"""Melody: pairs of time and pitch, voicing, and mir_eval's own figures."""

from __future__ import annotations

import json
import random
from importlib import import_module

import pytest

from rewards.scorers import melody as scorer

MELODY = ((0.0, 440.0), (0.5, 440.0), (1.0, 493.883), (1.5, 0.0), (2.0, 523.251))
LISTS = [
    "0.0 440, 0.5 440, 1.0 493.9, 1.5 0, 2.0 523.3", "0.0 440\n0.5 440\n1.0 494\n1.5 0\n2.0 523",
    "[[0.0, 440.0], [0.5, 440.0], [1.0, 493.9], [1.5, 0.0], [2.0, 523.3]]",
    "[(0.0, 440.0), (0.5, 440.0), (1.0, 493.9), (1.5, 0.0), (2.0, 523.3)]",
    "0.0: 440 Hz, 0.5: 440 Hz, 1.0: 493.9 Hz, 1.5: 0 Hz, 2.0: 523.3 Hz",
    "0.0 s A4, 0.5 s A4, 1.0 s B4, 1.5 s rest, 2.0 s C5", "A4 0.0-1.0, B4 1.0-1.5, C5 2.0-2.5",
    "0.0 A4\n0.5 A4\n1.0 B4\n1.5 silence\n2.0 C5",
    "A4 from 0 to 1 s, B4 from 1 to 1.4 s, C5 from 2 s",
    '[{"time": 0.0, "frequency": 440}, {"time": 0.5, "frequency": 440},'
    ' {"time": 1.0, "frequency": 493.9}, {"time": 1.5, "frequency": 0},'
    ' {"time": 2.0, "frequency": 523.3}]',
    '[[0.0, "A4"], [0.5, "A4"], [1.0, "B4"], [1.5, "rest"], [2.0, "C5"]]',
    "0.0,440\n0.5,440\n1.0,494\n1.5,0\n2.0,523",
    "0.0\t440.0\n0.5\t440.0\n1.0\t494\n1.5\t0.0\n2.0\t523.3",
    "440 Hz at 0.0 s, 440 Hz at 0.5 s, 493.9 Hz at 1 s, rest at 1.5 s, 523.3 Hz at 2.0 s",
]  # fmt: skip


@pytest.mark.parametrize("answer", LISTS)
def test_every_list_of_the_melody_earns_one(value, answer):
    assert value("melody", answer, facts={"melody": MELODY}) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "answer", ["", "A B C", "I do not know", "rest", "0.0 0, 0.5 0, 1.0 0, 1.5 0, 2.0 0", "nan nan",
               "[[]]", "0.0 880, 0.5 880, 1.0 988, 1.2 988, 2.0 1046"],
)  # fmt: skip
def test_no_curve_a_silent_one_and_another_one_earn_nothing(value, answer):
    assert value("melody", answer, facts={"melody": MELODY}) == 0.0


def test_octaves_are_wrong_and_stand_in_the_chroma_of_the_details(judge):
    part = judge("melody", "0 880, 0.5 880, 1 988, 1.5 0, 2 1047", facts={"melody": MELODY})
    assert part.value == pytest.approx(0.2)  # the silence
    assert part.details == {"raw_pitch": 0.0, "raw_chroma": pytest.approx(1.0)}


def test_a_constant_pitch_earns_its_share(value):
    assert value("melody", "A4 0-2.5", facts={"melody": MELODY}) == pytest.approx(0.4)


@pytest.mark.filterwarnings("ignore:Non-uniform timescale")
def test_the_figures_are_those_of_mir_eval(judge):
    numpy, melody = import_module("numpy"), import_module("mir_eval.melody")
    for seed in range(15):
        draw = random.Random(seed)
        truth = [(round(i * 0.1, 2), draw.choice([0.0, 220.0, 330.0, 440.0])) for i in range(40)]
        said = [
            (round(t + draw.choice([0.0, 0.03]), 2), draw.choice([f, f, f, 0.0, 2 * f]))
            for t, f in truth
        ]
        if not any(f for _, f in said):
            continue
        part = judge(
            "melody", "\n".join(f"{t} {f}" for t, f in said), facts={"melody": tuple(truth)}
        )
        arrays = [
            numpy.array(column) for rows in (truth, said) for column in zip(*rows, strict=True)
        ]
        assert part.value == pytest.approx(
            melody.overall_accuracy(*melody.to_cent_voicing(*arrays))
        )


@pytest.mark.filterwarnings("ignore")
def test_accuracies_of_any_two_curves_are_those_of_mir_eval_to_the_last_bit():
    """Other times, silences, negative pitches, one point, a late start, an early end."""
    numpy, melody = import_module("numpy"), import_module("mir_eval.melody")
    for seed in range(400):
        draw = random.Random(seed)
        truth = curve(draw, [0.0, 220.0, 330.5, 440.0])
        said = curve(draw, [0.0, 220.0, 330.5, 440.0, 880.0, 451.0, -440.0, -0.0])
        if draw.random() < 0.3:  # the same times, nearly
            said = tuple((t + 1e-6, h * draw.choice([1.0, 1.02, 0.0])) for t, h in truth)
        columns = [
            numpy.array(column) for rows in (truth, said) for column in zip(*rows, strict=True)
        ]
        curves = melody.to_cent_voicing(*columns)
        value, details = scorer.compared(truth, said)
        assert value == min(1.0, melody.overall_accuracy(*curves)), seed
        assert details["raw_pitch"] == melody.raw_pitch_accuracy(*curves), seed
        assert details["raw_chroma"] == melody.raw_chroma_accuracy(*curves), seed


@pytest.mark.filterwarnings("ignore")
def test_a_resampled_curve_is_that_of_mir_eval_to_the_last_bit():
    numpy, melody = import_module("numpy"), import_module("mir_eval.melody")
    for seed in range(200):
        draw = random.Random(seed)
        times, voiced, cents = scorer._sampled(curve(draw, [0.0, 220.0, -330.5, 440.0]))
        other = scorer._sampled(curve(draw, [220.0]))[0]
        wanted = melody.resample_melody_series(times, cents, voiced, other)
        got = scorer.resampled(times, voiced, cents, other)
        assert numpy.array_equal(got[1], wanted[0]), seed
        assert numpy.array_equal(got[0], wanted[1]), seed


def curve(draw, pitches):
    count, step = draw.randint(2, 60), draw.choice([0.01, 0.1, 0.5])
    start = draw.choice([0.0, 0.3])
    return tuple((start + step * (k + draw.random() / 2), draw.choice(pitches))
                 for k in range(count))  # fmt: skip


def test_pairs_of_decimal_numbers_are_read_as_other_rows_are():
    for seed in range(200):
        draw = random.Random(seed)
        rows = [[round(draw.uniform(-1, 40), draw.choice([1, 7])),
                 draw.choice([0.0, -0.0, 440.0, 5e-4, 24_000.5, -220.5, float("nan"), 1e-9])]
                for _ in range(draw.randint(1, 12))]  # fmt: skip
        usual = scorer.read(json.dumps(rows))
        named = [{"time": time, "frequency": hertz} for time, hertz in rows]
        assert usual == scorer.read(json.dumps(named)), rows


def test_absent_fact_and_other_facets_do_not_apply(judge):
    assert judge("melody", "0 440").status == "not_applicable"
    facts = {"melody": MELODY, "key": "A major"}
    assert judge("melody", "0 440", facts=facts, facet="key").status == "not_applicable"


def test_far_more_points_or_notes_than_there_are_earn_nothing(value):
    points = [[k * 0.01, 440.0] for k in range(151)]
    named = "\n".join(f"{k * 0.01:.2f} A4" for k in range(151))
    for answer in (json.dumps(points), named):
        assert value("melody", answer, facts={"melody": MELODY}) == 0.0
    assert value("melody", json.dumps(points[:150]), facts={"melody": MELODY}) > 0.0


def test_one_point_is_enough_to_be_judged(value):
    assert 0.0 <= value("melody", "0.0 440", facts={"melody": MELODY}) <= 1.0
