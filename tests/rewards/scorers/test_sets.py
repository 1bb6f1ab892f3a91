"""Instruments, genres, moods: sets of names over one ontology."""

from __future__ import annotations

import pytest

from rewards.spelling.ontology import ontology

DUO = ("piano", "violin")


@pytest.mark.parametrize(
    "answer",
    [
        "piano and violin",
        "violin, piano",
        "a piano and a violin",
        "Violin & Piano",
        "fiddle, piano",
        "pianos and violins",
        "A solo violin accompanied by piano",
        '["violin", "piano"]',
        "Instruments: piano, violin.",
        "- piano\n- violin",
        "1. piano 2. violin",
        "piano, piano, violin",
        "piano, violin; no drums",
        "Not a guitar but a violin, and a piano",
        "grand piano and violin",
        "The instruments are violin and piano.",
        "v\u200biolin and pi\u0430no",
    ],
)
def test_every_writing_of_the_set_earns_one(value, answer):
    assert value("instruments", answer, facts={"instruments": DUO}) == 1.0


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("piano", 2 / 3),
        ("piano, violin, cello", 0.8),
        ("piano, violin, flute, harp", 2 / 3),
        ("piano, violin, zorblax", 0.8),
        ("electric piano and violin", 0.5),
        ("strings, piano", 0.75),
        ("guitar", 0.0),
        ("no piano, no violin", 0.0),
        ("neither piano nor violin", 0.0),
        ("piano or violin", 0.0),
        ("piano/violin", 0.0),
        ("X", 0.0),
        ("music", 0.0),
        ("I hear no piano but a violin", 2 / 3),
    ],
)
def test_credit_is_f1_over_names(value, answer, credit):
    assert value("instruments", answer, facts={"instruments": DUO}) == pytest.approx(credit)


def test_a_keyword_list_falls_by_its_precision(value):
    everything = ", ".join(sorted(set(ontology("instruments").canonical.values())))
    assert value("instruments", everything, facts={"instruments": DUO}) < 0.05


@pytest.mark.parametrize(
    ("reward", "truth", "answer", "credit"),
    [
        ("instruments", "saxophone", "tenor sax", 0.5),
        ("instruments", "acoustic guitar", "guitar", 0.5),
        ("instruments", "acoustic guitar", "electric guitar", 0.0),
        ("instruments", "voice", "vocals", 1.0),
        ("instruments", "drums", "a drum kit", 1.0),
        ("instruments", "kazoo", "a kazoo", 1.0),
        ("instruments", "kazoo", "kazoo, piano", 2 / 3),
        ("genre", "hip hop", "Hip-Hop", 1.0),
        ("genre", "hip hop", "rap", 1.0),
        ("genre", "r&b", "RnB", 1.0),
        ("genre", "r&b", "R & B", 1.0),
        ("genre", "hard rock", "rock", 0.5),
        ("genre", "rock", "It is rock music.", 1.0),
        ("genre", "rock", "jazz", 0.0),
        ("genre", "drum and bass", "drum & bass", 1.0),
        ("genre", "rock", "rock or pop", 0.0),
        ("mood", "happy", "joyful", 1.0),
        ("mood", "happy", "a happy mood", 1.0),
        ("mood", "happy", "not happy", 0.0),
        ("mood", "happy", "sad", 0.0),
    ],
)
def test_synonyms_are_the_name_and_kinds_are_half_of_it(value, reward, truth, answer, credit):
    assert value(reward, answer, facts={reward: (truth,)}) == pytest.approx(credit)


@pytest.mark.parametrize("vocabulary", ["instruments", "genre", "mood"])
def test_every_name_and_synonym_of_a_vocabulary_earns_one_for_its_name(value, vocabulary):
    for word, name in ontology(vocabulary).canonical.items():
        assert value(vocabulary, word, facts={vocabulary: (name,)}) == 1.0, (word, name)


@pytest.mark.parametrize("vocabulary", ["instruments", "genre", "mood"])
def test_kinds_lead_to_names_that_exist_and_never_in_a_circle(vocabulary):
    known = ontology(vocabulary)
    names = set(known.canonical.values())
    for name, above in known.parent.items():
        assert {name, above} <= names
        assert name not in known.ancestors(name)


def test_one_item_of_a_fact_may_list_several_names(value):
    facts = {"instruments": ("piano and violin",)}
    assert value("instruments", "violin, piano", facts=facts) == 1.0


def test_where_one_name_is_asked_a_second_is_a_bet(value):
    asked = {"facts": {"instruments": ("piano",)}, "gold": "piano", "facet": "instruments"}
    assert value("instruments", "piano", **asked) == 1.0
    assert value("instruments", "piano, organ", **asked) == 0.0
    assert value("instruments", "piano organ", **asked) == 0.0
    assert (
        value("instruments", "strings, a violin", facts={"instruments": ("violin",)}, gold="violin")
        > 0.6
    )
