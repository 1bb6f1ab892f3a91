"""Tempo terms: classes that overlap."""

from __future__ import annotations

import pytest

from rewards.spelling.tempo_terms import TERMS


@pytest.mark.parametrize("truth", sorted(TERMS))
def test_only_terms_whose_tempi_overlap_earn_half(value, truth):
    for said in TERMS:
        got = value("tempo_term", said.title(), facts={"tempo_term": truth})
        (a, b), (c, d) = TERMS[truth], TERMS[said]
        overlap = min(b, d) > max(a, c)
        assert got == (1.0 if said == truth else 0.5 if overlap else 0.0), (truth, said)


@pytest.mark.parametrize(
    ("fact", "answer", "credit"),
    [
        ("Allegro", "allegro", 1.0),
        ("Allegro", "It is an Allegro.", 1.0),
        ("Allegro", "Allegro ma non troppo", 1.0),
        ("Allegro moderato", "Allegro", 1.0),
        ("Andante con moto", "andante con moto", 1.0),
        ("Lento", "langsam", 1.0),
        ("Vivace", "très vif", 0.5),
        ("Vivace", "vif", 1.0),
        ("Allegro", "fast", 1.0),
        ("Allegro", "Allegro, 132 BPM", 1.0),
        ("Allegro", "132 BPM", 0.5),
        ("Allegro", "60 BPM", 0.0),
        ("Allegro", "Allegro or Largo", 0.0),
        ("Allegro", "Allegro or Presto", 0.0),
        ("Allegro", "Allegro/Largo", 0.0),
        ("Allegro", "fast or slow", 0.0),
        ("Allegro", "Allegro, slow", 0.0),
        ("Allegro", "Allegro con brio", 1.0),
        ("Allegro", "Molto allegro", 1.0),
        ("Allegro", "alegro", 1.0),
        ("Allegro", "schnell", 1.0),
        ("Allegro", "vite", 1.0),
        ("Allegro", "r\u00e1pido", 1.0),
        ("Allegro", "Allegro, fast and lively", 1.0),
        ("Allegro", "Fast (Allegro)", 1.0),
        ("Allegro", "Allegro, which is faster than Moderato", 1.0),
        ("Allegro", "Allegro rather than Andante", 1.0),
        ("Allegro", "neither Allegro nor Presto", 0.0),
        ("Allegro", "not fast", 0.0),
        ("Allegro", "very slow", 0.0),
        ("Allegro", "300 BPM", 0.0),
        ("Allegro", "-130 BPM", 0.0),
        ("Adagio", "Adagio (slow)", 1.0),
        ("Adagio", "Adagio, slow and stately", 1.0),
        ("Largo", "Largo (slow and broad)", 1.0),
        ("Largo", "broad", 1.0),
        ("Largo", "slow", 0.5),
        ("Presto", "tr\u00e8s vite", 1.0),
        ("Presto", "very fast", 1.0),
        ("Presto", "Prestissimo", 0.5),
        ("Prestissimo", "as fast as possible", 1.0),
        ("Moderato", "medium tempo", 1.0),
        ("Moderato", "m\u00e4\u00dfig", 1.0),
        ("Moderato", "mid-tempo", 1.0),
        ("Allegretto", "moderately fast", 1.0),
        ("Andante", "at a walking pace", 1.0),
        ("Andante", "90", 0.5),
        ("Maestoso", "It is marked maestoso.", 1.0),
        ("Maestoso", "not maestoso", 0.0),
        ("Maestoso", "Maestoso or rubato", 0.0),
        ("Rubato", "Allegro", 0.0),
        ("Allegro", "Allegro, Andante, Largo", 0.0),
        ("Allegro", "not Allegro", 0.0),
        ("Allegro", "not Largo but Allegro", 1.0),
        ("Allegro", "X", 0.0),
        ("Allegro", "120 or 130 BPM", 0.0),
    ],
)
def test_credit_follows_the_table(value, fact, answer, credit):
    assert value("tempo_term", answer, facts={"tempo_term": fact}) == credit


def test_a_fact_that_is_no_term_is_an_error_unless_it_is_said_word_for_word(judge):
    assert judge("tempo_term", "Allegro", facts={"tempo_term": "zippy"}).status == "error"
    assert judge("tempo_term", "zippy", facts={"tempo_term": "Zippy"}).value == 1.0
