"""Notes: every way to write a transcription, and mir_eval's own figures."""

from __future__ import annotations

import random
from importlib import import_module

import pytest

from rewards.scorers.notes import read
from rewards.spelling.pitches import hertz_of
from rewards.spelling.series import folded

NOTES = ((0.0, 0.5, "E4"), (0.5, 1.0, "F#4"), (1.0, 2.0, "67"))
LISTS = [
    "E4 0.0-0.5, F#4 0.5-1.0, G4 1.0-2.0", "E4: 0.0-0.5; Gb4: 0.5-1.0; G4: 1.0-2.0",
    "[[0.0, 0.5, 64], [0.5, 1.0, 66], [1.0, 2.0, 67]]",
    '[[0.0, 0.5, "E4"], [0.5, 1.0, "F#4"], [1.0, 2.0, "G4"]]',
    '[["E4", 0.0, 0.5], ["F#4", 0.5, 1.0], ["G4", 1.0, 2.0]]',
    "[[64, 0.0, 0.5], [66, 0.5, 1.0], [67, 1.0, 2.0]]",
    "[(0.0, 0.5, 'E4'), (0.5, 1.0, 'F#4'), (1.0, 2.0, 'G4')]",
    '[{"pitch": "E4", "start": 0.0, "end": 0.5}, {"pitch": 66, "start": 0.5, "end": 1.0},'
    ' {"pitch": "G4", "start": 1, "end": 2}]',
    '[{"onset": 0.0, "duration": 0.5, "midi": 64}, {"onset": 0.5, "duration": 0.5, "midi": 66},'
    ' {"onset": 1.0, "duration": 1.0, "midi": 67}]',
    "0.0 0.5 E4\n0.5 1.0 F#4\n1.0 2.0 G4", "0.0 0.5 64\n0.5 1.0 66\n1.0 2.0 67",
    "0.0\t0.5\t64\n0.5\t1.0\t66\n1.0\t2.0\t67", "0.0,0.5,64\n0.5,1.0,66\n1.0,2.0,67",
    "64 at 0.0 for 0.5, 66 at 0.5 for 0.5, 67 at 1.0 for 1.0",
    "E4 at 0.0 s for 0.5 s, F#4 at 0.5 s for 0.5 s, G4 at 1.0 s for 1 s",
    "E4 (0.0-0.5), F♯4 (0.5-1.0), G4 (1.0-2.0)", "E4@0.0, F#4@0.5, G4@1.0",
    "- E4: 0.0 to 0.5\n- F#4: 0.5 to 1.0\n- G4: 1.0 to 2.0",
    "1. E4 0.0-0.5\n2. F#4 0.5-1.0\n3. G4 1.0-2.0", "0.0 E4, 0.5 F#4, 1.0 G4",
    "0.0-0.5: E4, 0.5-1.0: F#4, 1.0-2.0: G4",
    "E4 from 0 to 0.5, F sharp 4 from 0.5 to 1, G4 from 1 to 2",
    "E4 (64) 0.0-0.5, F#4 (66) 0.5-1.0, G4 (67) 1.0-2.0", "64: 0.0-0.5, 66: 0.5-1.0, 67: 1.0-2.0",
    "64 0.0-0.5, 66 0.5-1.0, 67 1.0-2.0",
    "| onset | offset | pitch |\n|---|---|---|\n| 0.0 | 0.5 | E4 |\n"
    "| 0.5 | 1.0 | F#4 |\n| 1.0 | 2.0 | G4 |",
]  # fmt: skip


@pytest.mark.parametrize("answer", LISTS)
def test_every_list_of_the_notes_earns_one(value, answer):
    assert value("notes", answer, facts={"notes": NOTES}) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "answer", ["", "E F# G", "I do not know", "E4, F#4, G4", "0.0, 0.5, 1.0", "nan 1 E4", "[[[",
    "E99 0-1",
               "[[0, 1, null]]", "[[0.0, 0.5, 640]]"],
)  # fmt: skip
def test_no_notes_with_times_earn_nothing(value, answer):
    assert value("notes", answer, facts={"notes": NOTES}) == 0.0


def test_pairs_of_onset_and_pitch_are_notes_whose_ends_are_not_told(value):
    assert value("notes", "[[0.0, 64], [0.5, 66], [1.0, 67]]", facts={"notes": NOTES}) == 1.0


def test_an_end_may_be_told_as_a_time_or_as_a_duration(judge):
    starts, ends, lengths = (0.0, 0.5, 1.0), (0.5, 1.0, 2.0), (0.5, 0.5, 1.0)
    for way, last in ((" until ", ends), (" s to ", ends), ("-", ends), (" for ", lengths)):
        rows = zip((64, 66, 67), starts, last, strict=True)
        told = ", ".join(f"{pitch} at {start}{way}{end}" for pitch, start, end in rows)
        part = judge("notes", told, facts={"notes": NOTES})
        assert (part.value, part.details["overlap"]) == (1.0, 1.0), told


def test_ends_do_not_count_and_octaves_do(value, judge):
    facts = {"notes": NOTES}
    assert value("notes", "E4 0-5, F#4 0.5-0.6, G4 1-9", facts=facts) == 1.0
    assert value("notes", "E5 0-0.5, F#5 0.5-1, G5 1-2", facts=facts) == 0.0
    assert value("notes", "E4 0.06-0.5, F#4 0.56-1, G4 1.06-2", facts=facts) == 0.0
    assert judge("notes", LISTS[0], facts=facts).details["overlap"] == pytest.approx(1.0)


def test_every_pitch_at_once_does_not_pay(value):
    chromatic = ", ".join(
        f"{pitch} at {t} for 0.5" for t in (0.0, 0.5, 1.0) for pitch in range(128)
    )
    assert value("notes", chromatic, facts={"notes": NOTES}) <= 0.05


def test_the_figures_are_those_of_mir_eval(judge):
    numpy = import_module("numpy")
    transcription = import_module("mir_eval.transcription")
    for seed in range(15):
        draw = random.Random(seed)
        truth = [(i * 0.4, i * 0.4 + 0.3, draw.randint(55, 80)) for i in range(20)]
        said = [
            (abs(round(a + draw.gauss(0, 0.04), 3)), round(b + 0.2, 3),
            p + draw.choice([0, 0, 0, 1, 12]))
            for a, b, p in truth if draw.random() < 0.9
        ]  # fmt: skip
        part = judge(
            "notes", "\n".join(f"{a} {b} {p}" for a, b, p in said),
            facts={"notes": tuple((a, b, str(p)) for a, b, p in truth)},
        )  # fmt: skip
        golden = transcription.precision_recall_f1_overlap(
            *(x for rows in (truth, said) for x in (
                numpy.array([row[:2] for row in rows]),
                numpy.array([hertz_of(row[2]) for row in rows]))),
            offset_ratio=None,
        )  # fmt: skip
        assert part.value == pytest.approx(golden[2])


def test_three_numbers_are_read_in_either_order():
    assert read(folded("[[60, 0.0, 1.0], [62, 1.0, 2.0]]")) == ((0.0, 1.0, 60.0), (1.0, 2.0, 62.0))
    assert read(folded("[[0.0, 1.0, 60], [1.0, 2.0, 62]]")) == ((0.0, 1.0, 60.0), (1.0, 2.0, 62.0))


def test_a_fact_without_a_pitch_is_an_error(judge):
    part = judge("notes", "E4 0-1", facts={"notes": ((0.0, 1.0, "E"),)})
    assert part.status == "error"
    assert judge("notes", "E4 0-1").status == "not_applicable"
