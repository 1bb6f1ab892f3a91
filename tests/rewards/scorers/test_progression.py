"""Progressions: one way to be right, many ways to write it."""

from __future__ import annotations

import random
from importlib import import_module

import pytest

from rewards.records import Facts, Question
from rewards.response import parse
from rewards.scorers.progression import likeness, reference
from rewards.scorers.theory import theory

CANON = ("D:maj", "A:maj", "B:min", "G:maj")
WRITTEN = [
    "D - A - Bm - G", "D-A-Bm-G", "D, A, Bm, G", "D A Bm G", "D → A → Bm → G", "D -> A -> Bm -> G",
    "| D | A | Bm | G |", "D–A–Bm–G", "D major, A major, B minor, G major", "D / A / Bm / G",
    "D:maj A:maj B:min G:maj", "D\nA\nBm\nG", "D/A/Bm/G", "D then A then Bm then G",
    "D, A, Bm and G",
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
        ("D-A-Bm-G (I-IV-V-I)", 0.25), ("Bb Bb", 0.0), ("Bb Eb Bb Eb", 0.0),
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


@pytest.mark.parametrize(
    "fact",
    [("C - G - Am - F",), ("C:maj G:maj A:min F:maj",), ("C", "G", "Am", "F"), ("C | G | Am | F",),
     ("C major", "G major", "A minor", "F major"), ("I V vi IV in C major",),
     ("N", "C:maj", "G:maj", "A:min", "F:maj", "X"), ("C:maj/3", "G:maj", "A:min/b3", "F:maj(9)")],
)  # fmt: skip
def test_a_fact_is_read_as_an_answer_is(value, fact):
    assert value("progression", "C G Am F", facts={"progression": fact}) == 1.0


def test_a_progression_of_one_chord_is_one(value):
    assert value("progression", "C", facts={"progression": ("C:maj",)}) == 1.0
    assert value("progression", "C G", facts={"progression": ("C:maj",)}) == 0.5


def test_no_chord_at_all_does_not_apply(judge):
    assert judge("progression", "C", facts={"progression": ("N", "X")}).status == "not_applicable"


def test_an_option_is_the_progression_it_stands_for(value):
    options = ("D A G A", "D A Bm G", "G D Em C")
    facts = {"progression": CANON}
    assert value("progression", "B", facts=facts, choices=options) == 1.0
    assert value("progression", "(A) D A G A", facts=facts, choices=options) == 0.5


ROOTS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
WAYS = [" ", " - ", ", ", " -> ", " | ", "\n", " then ", " to ", " → ", "; ", " / "]
NAMES = {"maj": "", "min": "m", "7": "7", "maj7": "maj7", "min7": "m7", "dim": "dim"}


def drawn(rng: random.Random, count: int) -> list[tuple[str, str]]:
    return [(rng.choice(ROOTS), rng.choice(list(NAMES))) for _ in range(count)]


def test_any_progression_in_any_separators_earns_one_and_beside_another_nothing(value):
    rng = random.Random(3)
    for _ in range(150):
        chords, others = drawn(rng, rng.randint(2, 9)), drawn(rng, rng.randint(2, 9))
        facts = {"progression": tuple(f"{root}:{name}" for root, name in chords)}
        way = rng.choice(WAYS)
        text = way.join(root + NAMES[name] for root, name in chords)
        other = way.join(root + NAMES[name] for root, name in others)
        assert value("progression", text, facts=facts) == 1.0, text
        if chords != others:
            assert value("progression", f"{text} or {other}", facts=facts) == 0.0, (text, other)


def test_transposing_truth_and_answer_together_changes_nothing():
    rng = random.Random(4)
    for _ in range(100):
        chords, others = (drawn(rng, rng.randint(1, 6)) for _ in range(2))
        here = likeness(
            *(reference(tuple(f"{r}:{n}" for r, n in row))[0] for row in (chords, others))
        )
        by = rng.randrange(12)
        moved = [
            reference(tuple(f"{ROOTS[(ROOTS.index(r) + by) % 12]}:{n}" for r, n in row))[0]
            for row in (chords, others)
        ]
        assert likeness(*moved) == here


def test_without_sevenths_the_edits_are_those_of_the_textbook():
    numpy = import_module("numpy")
    rng = random.Random(6)
    for _ in range(100):
        rows = [[rng.randrange(4) for _ in range(rng.randint(1, 8))] for _ in range(2)]
        table = numpy.zeros((len(rows[0]) + 1, len(rows[1]) + 1))
        table[:, 0], table[0, :] = range(len(rows[0]) + 1), range(len(rows[1]) + 1)
        for i, a in enumerate(rows[0], 1):
            for j, b in enumerate(rows[1], 1):
                table[i, j] = min(
                    table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b)
                )
        expected = 1 - table[-1, -1] / max(map(len, rows))
        assert likeness(*([(n, 145, -1) for n in row] for row in rows)) == pytest.approx(expected)


def test_a_fact_that_is_no_chord_is_an_error(judge):
    for fact in (("C:maj", "Q"), ("Q",), ("H - Q",)):
        part = judge("progression", "C G", facts={"progression": fact})
        assert part.status == "error"
        assert "facts.progression: got " in part.why


def test_a_fact_is_read_in_any_signs(value):
    facts = {"progression": ("F♯m", "B", "E")}
    assert value("progression", "F#m B E", facts=facts) == 1.0


NUMERALS = [("I", "V", "vi", "IV"), ("I-V-vi-IV",)]


@pytest.mark.parametrize("truth", NUMERALS)
def test_a_truth_in_numerals_is_one_in_the_key_of_the_row(value, truth):
    facts = {"progression": truth, "key": "D major"}
    for answer, credit in (("D A Bm G", 1.0), ("I-V-vi-IV", 1.0), ("C G Am F", 0.0)):
        assert value("progression", answer, facts=facts) == credit
    assert value("progression", "I-IV-V", facts=facts) < 0.5


@pytest.mark.parametrize("truth", NUMERALS)
def test_a_truth_in_numerals_of_no_key_is_one_in_any(value, truth):
    for answer in ("D A Bm G", "C G Am F", "I-V-vi-IV"):
        assert value("progression", answer, facts={"progression": truth}) == 1.0
    assert value("progression", "D A Em G", facts={"progression": truth}) == 0.75


def test_a_chain_of_thought_is_held_against_numerals_where_their_key_is_known():
    def earned(think, **facts):
        facts = Facts(progression=("I", "V", "vi", "IV"), **facts)
        row = Question("q", "Which chords?", facet="progression", facts=facts)
        return theory(row, parse(f"<think>{think}</think> <answer>I-V-vi-IV</answer>"))

    for think in ("The chords are C - G - Am - F.", "The progression is I-V-vi-IV."):
        assert earned(think, key="C major").value == pytest.approx(1 / 1.1)
    assert earned("The chords are C - F - Am - G.", key="C major").value == 0.0
    assert earned("The chords are C - G - Am - F.") is None
