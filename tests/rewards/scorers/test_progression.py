"""Progressions: one way to be right, many ways to write it."""

from __future__ import annotations

import pytest

CANON = ("D:maj", "A:maj", "B:min", "G:maj")
WRITTEN = [
    "D - A - Bm - G", "D-A-Bm-G", "D, A, Bm, G", "D A Bm G", "D → A → Bm → G", "D -> A -> Bm -> G",
    "| D | A | Bm | G |", "D–A–Bm–G", "D major, A major, B minor, G major", "D / A / Bm / G",
    "D:maj A:maj B:min G:maj", "D\nA\nBm\nG", "D then A then Bm then G", "D, A, Bm and G",
    "The chord progression is D - A - Bm - G.", "Chords: D A Bm G", "**D – A – Bm – G**",
    "I V vi IV in D major", "I–V–vi–IV", "I - V - vi - IV", "D major: I V vi IV",
    "I-V-vi-IV (D-A-Bm-G)", "D-A-Bm-G (I-V-vi-IV)", "I-V-vi-IV in D",
]  # fmt: skip


@pytest.mark.parametrize("answer", WRITTEN)
def test_every_writing_of_the_progression_earns_one(value, answer):
    assert value("progression", answer, facts={"progression": CANON}) == 1.0


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("D A Bm", 0.75), ("D A Bm G D", 0.8), ("D A B G", 0.75), ("D A Bm7 G", 0.875),
        ("D A Bm G D A Bm G", 0.9), ("D A Bm G D A Bm G D A Bm G", 0.9),
        ("D A Bm G or G D A Bm", 0.0), ("D A Bm G, alternatively D G A D", 0.0),
        ("I V vi IV in E major", 0.0), ("I IV V I", 0.25), ("X", 0.0), ("nothing I know", 0.0),
        ("D-A-Bm-G (I-IV-V-I)", 0.25),
    ],
)  # fmt: skip
def test_credit_follows_the_table(value, answer, credit):
    assert value("progression", answer, facts={"progression": CANON}) == pytest.approx(credit)


def test_listing_every_chord_does_not_pay(value):
    names = [
        f"{note}{mode}" for note in ["C", "D", "E", "F", "G", "A", "B"] for mode in ("", "m", "7")
    ]
    assert value("progression", " ".join(names), facts={"progression": CANON}) < 0.25
    assert value("progression", " ".join(names * 20), facts={"progression": CANON}) == 0.0


def test_bare_numerals_count_in_any_key_and_a_minor_tonic_makes_them_minor(value):
    facts = {"progression": ("E:min", "C:maj", "G:maj", "D:maj")}
    assert value("progression", "i VI III VII", facts=facts) == 1.0
    assert value("progression", "vi IV I V", facts=facts) == 1.0


def test_a_loop_that_is_itself_the_truth_earns_one(value):
    facts = {"progression": ("C:maj", "G:7") * 2}
    assert value("progression", "C G7 C G7", facts=facts) == 1.0
    assert value("progression", "C G7 C G7 C G7", facts=facts) == 0.9


def test_a_fact_may_be_one_line_of_chords(value):
    assert value("progression", "C G Am F", facts={"progression": ("C - G - Am - F",)}) == 1.0


def test_a_fact_that_is_no_chord_is_an_error(judge):
    assert judge("progression", "C G", facts={"progression": ("C:maj", "Q")}).status == "error"
