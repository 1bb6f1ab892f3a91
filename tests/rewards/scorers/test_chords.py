"""Chords over time: every way to list them, and mir_eval's own figures."""

from __future__ import annotations

import itertools
import random
from importlib import import_module

import pytest

from rewards.scorers.chords import broken, segmentation

CHORDS = ((0.0, 2.0, "G:maj"), (2.0, 3.5, "C:maj"), (3.5, 6.0, "D:7"))
LISTS = [
    "0.0 2.0 G:maj\n2.0 3.5 C:maj\n3.5 6.0 D:7", "0.0\t2.0\tG\n2.0\t3.5\tC\n3.5\t6.0\tD7",
    '[[0.0, 2.0, "G:maj"], [2.0, 3.5, "C:maj"], [3.5, 6.0, "D:7"]]',
    "[(0.0, 2.0, 'G:maj'), (2.0, 3.5, 'C:maj'), (3.5, 6.0, 'D:7')]",
    '[{"start": 0, "end": 2, "chord": "G"}, {"start": 2, "end": 3.5, "chord": "C"},'
    ' {"start": 3.5, "end": 6, "chord": "D7"}]',
    '[{"time": 0, "chord": "G"}, {"time": 2, "chord": "C"}, {"time": 3.5, "chord": "D7"}]',
    '[{"start": 0, "duration": 2, "chord": "G"}, {"start": 2, "duration": 1.5, "chord": "C"},'
    ' {"start": 3.5, "duration": 2.5, "chord": "D7"}]',
    "0.0-2.0: G:maj, 2.0-3.5: C:maj, 3.5-6.0: D7", "0-2 s: G; 2-3.5 s: C; 3.5-6 s: D7",
    "G major from 0 to 2 seconds, C major from 2 to 3.5 seconds, D7 from 3.5 to 6 seconds",
    "G (0-2 s), C (2-3.5 s), D7 (3.5-6 s)", "G: 0-2, C: 2-3.5, D7: 3.5-6",
    "[0:00] G [0:02] C [0:03.5] D7", "0.0: G, 2.0: C, 3.5: D7", "0.0 G\n2.0 C\n3.5 D7",
    "0:00-0:02 G, 0:02-0:03.5 C, 0:03.5-0:06 D7", "- 0.0-2.0 s: G\n- 2.0-3.5 s: C\n- 3.5-6.0 s: D7",
    "1. G (0.0 - 2.0)\n2. C (2.0 - 3.5)\n3. D7 (3.5 - 6.0)",
    "| start | end | chord |\n|---|---|---|\n| 0.0 | 2.0 | G |\n| 2.0 | 3.5 | C |\n"
    "| 3.5 | 6.0 | D7 |",
    "0.0,2.0,G:maj\n2.0,3.5,C:maj\n3.5,6.0,D:7", "0.0 1.0 G\n1.0 2.0 G:maj\n2.0 3.5 C\n3.5 6 D:7",
    "0–2 s: G major, 2–3.5 s: C major, 3.5–6 s: D dominant seventh",
    "0-2 s: G (G B D), 2-3.5 s: C major (C E G), 3.5-6 s: D7 (D F# A C)",
    "It begins with G at 0 s, moves to C at 2 s and goes to D7 at 3.5 s",
]  # fmt: skip


@pytest.mark.parametrize("answer", LISTS)
def test_every_list_of_the_chords_earns_one(value, answer):
    assert value("chords", answer, facts={"chords": CHORDS}) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "answer",
    ["", "G C D7", "I do not know", "0-2: X, 2-6: X", "2-0: G", "nan-2: G", "[[0, 2]]",
    "0-6: E:maj",
     "0-6: G:(1,b2,2,b3,3,4,b5,5,b6,6,b7,7)", "0-2: G or C or D7, 2-6: G or C or D7"],
)  # fmt: skip
def test_no_chords_and_wrong_chords_earn_nothing(value, answer):
    assert value("chords", answer, facts={"chords": CHORDS}) == 0.0


def test_silence_is_no_answer_where_no_chord_sounds(value):
    facts = {"chords": ((0.0, 4.0, "N"),)}
    assert value("chords", "I do not know", facts=facts) == 0.0
    assert value("chords", "0-4: N", facts=facts) == 1.0


def test_accuracy_is_weighed_by_time_and_by_segmentation(value):
    facts = {"chords": CHORDS}
    half = value("chords", "0-2: G, 2-3.5: E, 3.5-6: D7", facts=facts)
    assert half == pytest.approx(4.5 / 6)
    assert value("chords", "0-6: G", facts=facts) <= 1 / 3
    fast = ", ".join(f"{i / 10:.1f}-{(i + 1) / 10:.1f}: {'GCD'[i % 3]}" for i in range(60))
    assert value("chords", fast, facts=facts) <= 0.1


def test_the_gold_list_earns_one_however_the_weights_are_rounded(value):
    ends = (0, 2, 6, 7, 8.5, 10.5, 13)
    names = ("Eb:7", "F:min7", "F:7", "C:maj7", "B:maj7", "G:min7")
    rows = tuple(zip(ends, ends[1:], names, strict=False))
    answer = "\n".join(f"{start} {end} {name}" for start, end, name in rows)
    assert value("chords", answer, facts={"chords": rows}) == 1.0


def test_time_outside_the_reference_does_not_count(value):
    facts = {"chords": ((1.0, 2.0, "G:maj"), (2.0, 3.0, "C:maj"))}
    assert value("chords", "0-1: E, 1-2: G, 2-3: C, 3-9: F", facts=facts) == pytest.approx(1.0)


def test_stretches_outside_the_vocabulary_leave_the_weight(judge, value):
    facts = {"chords": ((0.0, 2.0, "G:maj"), (2.0, 4.0, "X"), (4.0, 6.0, "C:maj"))}
    assert value("chords", "0-2: G, 2-4: F, 4-6: C", facts=facts) == pytest.approx(1.0)
    nothing = {"chords": ((0.0, 2.0, "X"),)}
    assert judge("chords", "0-2: G", facts=nothing).status == "not_applicable"


def test_the_level_of_the_row_is_used(value):
    facts = {"chords": ((0.0, 2.0, "G:maj"), (2.0, 4.0, "C:maj")), "chord_metric": "root"}
    assert value("chords", "0-2: Gm7, 2-4: Cdim", facts=facts) == pytest.approx(1.0)


@pytest.mark.parametrize("level", ["majmin", "sevenths", "triads", "tetrads", "root", "thirds"])
def test_the_figures_are_those_of_mir_eval(judge, level):
    numpy, chord = import_module("numpy"), import_module("mir_eval.chord")
    names = ["C:maj", "A:min", "F:maj", "G:7", "D:min7", "N"]
    for seed in range(12):
        draw = random.Random(seed)
        truth = stretches(draw, names, 8)
        said = stretches(draw, names, 6)
        part = judge(
            "chords", "\n".join(f"{a} {b} {c}" for a, b, c in said),
            facts={"chords": tuple(truth), "chord_metric": level},
        )  # fmt: skip
        golden = chord.evaluate(
            numpy.array([row[:2] for row in truth]), [row[2] for row in truth],
            numpy.array([row[:2] for row in said]), [row[2] for row in said],
        )  # fmt: skip
        assert part.details["accuracy"] == pytest.approx(golden[level])
        assert part.details["segmentation"] == pytest.approx(golden["seg"])


def stretches(draw, names, count):
    inner = sorted(draw.sample(range(1, 40), count - 1))
    edges = [0.0, *(i / 2 for i in inner), 20.0]
    return [(a, b, draw.choice(names)) for a, b in itertools.pairwise(edges)]


def test_segmentation_is_that_of_mir_eval_to_the_last_bit():
    numpy, chord = import_module("numpy"), import_module("mir_eval.chord")
    for seed in range(400):
        draw = random.Random(seed)
        sides = [parted(draw, draw.randint(1, 30)) for _ in range(2)]
        truth, said = (numpy.array(side) for side in sides)
        assert segmentation(*sides) == chord.seg(truth, said), seed
        assert broken(*sides) == chord.directional_hamming_distance(truth, said), seed


def parted(draw, count):
    """Stretches in time; some edges meet, some are far apart, some are those of the other side."""
    edges = sorted({draw.choice([draw.uniform(0, 30), draw.randint(0, 30)]) for _ in range(count)})
    rows = list(itertools.pairwise([*edges, 31.0]))
    return [row for row in rows if draw.random() < 0.8] or rows


def test_a_stretch_without_duration_is_an_error_of_the_fact(judge):
    for start, end in ((1.0, 1.0), (2.0, 1.0), (-1.0, 1.0), (0.0, float("nan")), (0.0, 1e9)):
        part = judge("chords", "0-1: G", facts={"chords": ((start, end, "G:maj"),)})
        assert part.status == "error", (start, end)
        assert "expected 0 <= start < end" in part.why


def test_a_fact_that_is_no_chord_is_an_error(judge):
    part = judge("chords", "0-1: G", facts={"chords": ((0.0, 1.0, "G sideways"),)})
    assert part.status == "error"
    assert judge("chords", "0-1: G").status == "not_applicable"
