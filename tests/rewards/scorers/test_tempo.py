"""The tempo reward: tolerance, metrical levels, ranges, hedges, hostile numbers."""

from __future__ import annotations

import pytest

from rewards.spelling.tempo_terms import TERMS

CASES = {
    1.0: "100|100 BPM|100bpm|≈ 100 BPM|~98 bpm|around 101|104|96|100.43 BPM|one hundred|a hundred"
    "|one hundred and two beats per minute|♩ = 100|quarter note = 100|MM = 100|tempo: 100|１００"
    "|98-102|98 to 102 BPM|between 98 and 102|98–102 BPM|between about 98 and 102 BPM|1e2|1.0e2"
    "|100.|100,0"
    "|100 BPM (Andante)|Moderato, about 100 BPM|100 BPM in 4/4|not 50 but 100|100 BPM, not 50"
    "|100 ± 2"
    "|100 beats per minute, with 4 beats per bar|The tempo is 100 BPM.|100 b.p.m.|100 bpm, 100 bpm"
    "|about 100 beats a minute|100 quarter notes per minute|exactly 100|100/min|99~101|100ish"
    "|2 beats per second, i.e. 100 BPM|3. 100 BPM|100 BPM (confidence 0.9)|M.M. 100|M.M. ♩ = 100"
    "|Andante (♩ = 100)|100 beats per minute (Andante)|100 BPM, about two beats per second"
    "|100 BPM (600 ms per beat)|100 beats each minute|half note = 100|BPM: 100|100-ish BPM"
    "|The tempo is approximately 100 BPM in 4/4 time.|100 BPM. The song lasts 3 minutes."
    "|１００ BPM|I'd say 100.|not 50 BPM, but 100 BPM|100 BPM rather than 50|100 +/- 2|ca. 100"
    "|I would say that the beat lasts 0.6 s"
    "|one hundred beats per minute|**100 BPM**|\\boxed{100}"
    "|100 notes per minute|100 or so",
    0.3: "200|50|33.3|300|about 51 BPM|196|half note = 50|eighth note = 200|fifty BPM|two hundred",
    0.5: "Andante|andantino|Moderato|It is an Andante.",
    0.0: "105|95|80|150|80-120 BPM|50 or 100|100 or 50|50/100|100, 50|100 BPM (or 50 in half time)"
    "|Allegro|Allegro or Andante|-100|0|1e9|inf|nan||fast|100 Hz|1e1|-1e2|99 or 101|not 100|100/0"
    "|100 seconds|100 %|10000000000000000000000000000000000000000000000000000|1,00,000|minus 100"
    "|100k|100th|100 bars|100 kHz|100 minutes|100 BPM, maybe 80|either 100 or 80|not 100 BPM"
    "|50 to 200|100 BPM then 120 BPM|1. 100 2. 50|--100|100 100 50|dotted quarter = 67"
    "|1e400 BPM|2 beats per second|one twenty|Andante or Allegro|neither 100 nor 50"
    "|100 years|It is 100 years old.|100 players|100 pages|100 km/h"
    "|bar 100|Op. 100|BWV 100|track 100",
}


@pytest.mark.parametrize(
    ("answer", "credit"),
    [(a, credit) for credit, answers in CASES.items() for a in answers.split("|")],
)
def test_answer_earns_its_credit(value, answer, credit):
    assert value("tempo", answer, facts={"tempo": 100.0}) == credit


@pytest.mark.parametrize("answer", ["100 years", "Op. 100", "bar 100"])
def test_accuracy_reads_no_tempo_where_a_number_counts_or_names(value, answer):
    for gold, worth in (("100 BPM", 0.0), ("100", 1.0)):
        assert value("accuracy", answer, gold=gold) == worth


@pytest.mark.parametrize("tempo", [37.5, 60.0, 88.0, 130.43, 211.0])
def test_tolerance_is_four_per_cent_and_inclusive(value, tempo):
    for factor, credit in [(1.04, 1.0), (0.96, 1.0), (1.041, 0.0), (0.959, 0.0)]:
        assert value("tempo", f"{tempo * factor:.10f}", facts={"tempo": tempo}) == credit


@pytest.mark.parametrize("factor", [2.0, 0.5, 3.0, 1 / 3])
def test_a_metrical_level_earns_three_tenths(value, factor):
    assert value("tempo", f"{90 * factor:.6f}", facts={"tempo": 90.0}) == 0.3


def test_ten_thousand_digits_earn_nothing_and_raise_nothing(value):
    assert value("tempo", "9" * 10_000, facts={"tempo": 100.0}) == 0.0
    assert value("tempo", "9" * 999, facts={"tempo": 100.0}) == 0.0


@pytest.mark.parametrize("term", TERMS)
def test_a_term_earns_at_most_half_and_only_inside_its_class(value, term):
    low, high = TERMS[term]
    assert value("tempo", term.capitalize(), facts={"tempo": (low + high) / 2}) == 0.5
    assert value("tempo", term, facts={"tempo": high * 1.2}) == 0.0


def test_applies_only_where_a_tempo_is_asked(judge):
    assert judge("tempo", "100").status == "not_applicable"
    asked = judge("tempo", "100", facts={"tempo": 100.0, "key": "C major"}, facet="key")
    assert asked.status == "not_applicable"


@pytest.mark.parametrize("tempo", [0.0, -90.0, float("nan"), float("inf")])
def test_a_reference_that_is_no_tempo_is_an_error(judge, tempo):
    assert judge("tempo", "100", facts={"tempo": tempo}).status == "error"


@pytest.mark.parametrize(
    ("answer", "tempo"),
    [
        ("one-twenty BPM", 120.0), ("two beats per second", 120.0), ("a hundred and eight", 108.0),
        ("one hundred and twenty-eight", 128.0), ("ninety-six", 96.0), ("sixty", 60.0),
        ("♩ = 132", 132.0), ("1.5 beats per second", 90.0), ("130.43 BPM", 130.43),
    ],
)  # fmt: skip
def test_words_signs_and_rates_are_numbers(value, answer, tempo):
    assert value("tempo", answer, facts={"tempo": tempo}) == 1.0
    assert value("tempo", answer, facts={"tempo": tempo * 1.3}) == 0.0
