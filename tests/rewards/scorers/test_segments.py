"""Segments: every way to list sections, boundaries as mir_eval counts them, labels."""

from __future__ import annotations

import itertools
import random
from importlib import import_module

import pytest

SEGMENTS = ((0.0, 12.0, "intro"), (12.0, 40.0, "verse"), (40.0, 70.0, "chorus"))
LISTS = [
    '[[0, 12, "intro"], [12, 40, "verse"], [40, 70, "chorus"]]',
    "[(0.0, 12.0, 'intro'), (12.0, 40.0, 'verse'), (40.0, 70.0, 'chorus')]",
    '[{"start": 0, "end": 12, "label": "intro"}, {"start": 12, "end": 40, "label": "verse"},'
    ' {"start": 40, "end": 70, "label": "chorus"}]',
    '[{"label": "intro", "start": 0, "end": 12}, {"label": "verse", "start": 12, "end": 40},'
    ' {"label": "chorus", "start": 40, "end": 70}]',
    '[{"section": "intro", "start": "0:00", "end": "0:12"},'
    ' {"section": "verse", "start": "0:12", "end": "0:40"},'
    ' {"section": "chorus", "start": "0:40", "end": "1:10"}]',
    '{"segments": [[0, 12, "intro"], [12, 40, "verse"], [40, 70, "chorus"]]}',
    "0.0 12.0 intro\n12.0 40.0 verse\n40.0 70.0 chorus",
    "0.0\t12.0\tintro\n12.0\t40.0\tverse\n40.0\t70.0\tchorus",
    "0,12,intro\n12,40,verse\n40,70,chorus", "0, 12, intro\n12, 40, verse\n40, 70, chorus",
    "0-12: intro, 12-40: verse, 40-70: chorus", "0-12 intro, 12-40 verse, 40-70 chorus",
    "intro (0-12 s), verse 12-40, chorus 40-70", "intro: 0-12; verse: 12-40; chorus: 40-70",
    "Intro (0:00-0:12), Verse (0:12-0:40), Chorus (0:40-1:10)",
    "[0:00] Intro [0:12] Verse [0:40] Chorus", "0:00 Intro\n0:12 Verse\n0:40 Chorus",
    "[0:00 - 0:12] Intro\n[0:12 - 0:40] Verse\n[0:40 - 1:10] Chorus",
    "0:00 - Intro\n0:12 - Verse\n0:40 - Chorus",
    "Intro at 0:00, verse at 0:12, chorus at 0:40",
    "- Intro: 0:00 to 0:12\n- Verse: 0:12 to 0:40\n- Chorus: 0:40 to 1:10",
    "1. Intro: 0-12 s\n2. Verse: 12-40 s\n3. Chorus: 40-70 s",
    "1. 0-12 s: intro\n2. 12-40 s: verse\n3. 40-70 s: chorus",
    "intro from 0 to 12 s, verse from 12 to 40 s, chorus from 40 to 70 s",
    "From 0 to 12 seconds: intro. From 12 to 40 seconds: verse. From 40 to 70 seconds: chorus.",
    "The intro lasts from 0 to 12 seconds, the verse from 12 to 40 seconds,"
    " and the chorus from 40 to 70 seconds.",
    "It opens with an intro (0-12 s), then a verse (12-40 s), and a chorus (40-70 s).",
    "| start | end | label |\n|---|---|---|\n| 0 | 12 | intro |\n| 12 | 40 | verse |\n"
    "| 40 | 70 | chorus |",
    "**Intro** (0:00–0:12)\n**Verse** (0:12–0:40)\n**Chorus** (0:40–1:10)",
    "0–12 s: Intro; 12–40 s: Verse; 40–70 s: Chorus", "intro 0 - 12, verse 12 - 40, chorus 40 - 70",
    "```\n0.0 12.0 intro\n12.0 40.0 verse\n40.0 70.0 chorus\n```",
    "Sections: 0-12 intro, 12-40 verse, 40-70 chorus",
    "Intro 0:00-0:12, Verse 1 0:12-0:40, Chorus 0:40-1:10",
    "Intro: 0:00 - 0:12 | Verse: 0:12 - 0:40 | Chorus: 0:40 - 1:10",
    "0s-12s: intro, 12s-40s: verse, 40s-70s: chorus",
    "Intro (0 s), verse (12 s), chorus (40 s)",
    '{"0:00": "Intro", "0:12": "Verse", "0:40": "Chorus"}',
    '{"intro": [0, 12], "verse": [12, 40], "chorus": [40, 70]}',
    "Intro until 12 s, then verse until 40 s, then chorus until 70 s",
    "Intro from the beginning to 0:12, verse from 0:12 to 0:40, chorus from 0:40 to the end",
    "0→12 intro; 12→40 verse; 40→70 chorus", "intro 0 12 verse 12 40 chorus 40 70",
]  # fmt: skip


@pytest.mark.parametrize("answer", LISTS)
def test_every_list_of_the_sections_earns_one(value, answer):
    assert value("segments", answer, facts={"segments": SEGMENTS}) == 1.0


@pytest.mark.parametrize(
    "answer",
    ["", "intro, verse, chorus", "I do not know", "verse", "70 s", "nan-inf: intro", "12-0: intro",
     "[[1, null]]", "[[[[", "0-70: everything", "-5--1: intro", "{}"],
)  # fmt: skip
def test_no_sections_earn_nothing(value, answer):
    assert value("segments", answer, facts={"segments": SEGMENTS}) == 0.0


def test_exchanged_names_cost_up_to_half(value):
    facts = {"segments": ((0.0, 10.0, "intro"), (10.0, 30.0, "verse"))}
    swapped = value("segments", "0-10 verse, 10-30 intro", facts=facts)
    assert 0.3 <= swapped <= 0.75
    unnamed = value("segments", "0-10 part, 10-30 part", facts=facts)
    assert unnamed <= 0.75


@pytest.mark.parametrize("label", ["part", "intro", "verse", "chorus"])
def test_a_boundary_at_every_second_does_not_pay(value, label):
    dense = ", ".join(f"{i}-{i + 1} {label}" for i in range(70))
    assert value("segments", dense, facts={"segments": SEGMENTS}) <= 0.2


def test_boundaries_are_counted_as_mir_eval_does(judge):
    numpy, segment = import_module("numpy"), import_module("mir_eval.segment")
    for seed in range(25):
        draw = random.Random(seed)
        inner = sorted(draw.sample(range(5, 95), 6))
        edges = [0, *inner, 100]
        truth = tuple((float(a), float(b), "x") for a, b in itertools.pairwise(edges))
        moved = [0.0, *(b + draw.choice([-0.8, -0.4, 0.0, 0.3, 0.9]) for b in inner), 100.0]
        if draw.random() < 0.5:
            moved.remove(draw.choice(moved[1:-1]))
        said = [(round(a, 2), round(b, 2)) for a, b in itertools.pairwise(moved)]
        answer = "\n".join(f"{a} {b} x" for a, b in said)
        part = judge("segments", answer, facts={"segments": truth})
        _, _, golden = segment.detection(
            numpy.array([t[:2] for t in truth]), numpy.array(said), window=0.5, trim=True
        )
        assert part.value == pytest.approx(golden, abs=1e-9)
        assert part.details["boundaries"] == pytest.approx(golden, abs=1e-9)


@pytest.mark.parametrize(
    ("true", "said"),
    [("chorus", "refrain"), ("outro", "coda"), ("verse", "Verse 2"), ("intro", "Introduction"),
     ("pre-chorus", "prechorus"), ("solo", "guitar solo"), ("bridge", "the bridge")],
)  # fmt: skip
def test_another_word_for_a_section_is_its_name(value, true, said):
    facts = {"segments": ((0.0, 10.0, "theme"), (10.0, 30.0, true))}
    assert value("segments", f"0-10 theme, 10-30 {said}", facts=facts) == 1.0


def test_letters_count_up_to_relabelling(value):
    facts = {"segments": ((0.0, 10.0, "A"), (10.0, 20.0, "B"), (20.0, 30.0, "A"))}
    assert value("segments", "0-10: B, 10-20: A, 20-30: B", facts=facts) == 1.0
    assert value("segments", "0-10: A, 10-20: B, 20-30: C", facts=facts) < 1.0


def test_a_piece_of_one_section_is_one_section(value):
    facts = {"segments": ((0.0, 30.0, "verse"),)}
    assert value("segments", "0-30: verse", facts=facts) == 1.0
    assert value("segments", "0-15: verse, 15-30: verse", facts=facts) == 0.0


@pytest.mark.parametrize(
    "answer",
    ["boundaries at 12 and 40 seconds", "[0, 12, 40, 70]", "[12, 40]", "0, 12, 40, 70",
     "12.0\n40.0", "0:12, 0:40", "0-12, 12-40, 40-70", "[[0, 12], [12, 40], [40, 70]]"],
)  # fmt: skip
def test_boundaries_without_names_earn_six_tenths(value, answer):
    assert value("segments", answer, facts={"segments": SEGMENTS}) == 0.6
    letters = tuple((start, end, "AB"[i % 2]) for i, (start, end, _) in enumerate(SEGMENTS))
    assert value("segments", answer, facts={"segments": letters}) == 0.6


def test_absent_fact_and_other_facets_do_not_apply(judge):
    assert judge("segments", "0-1 a").status == "not_applicable"
    facts = {"segments": SEGMENTS, "key": "D major"}
    assert judge("segments", "0-1 a", facts=facts, facet="key").status == "not_applicable"
