"""Cadences: names in many tongues, credit between neighbours."""

from __future__ import annotations

import pytest

LABELS = ["PAC", "IAC", "HC", "PC", "DC", "Phrygian"]
NAMES = {
    "PAC": [
        "PAC",
        "P.A.C.",
        "perfect authentic cadence",
        "a perfect authentic cadence (PAC)",
        "perfect cadence",
        "It closes with a perfect authentic cadence.",
    ],
    "IAC": ["IAC", "imperfect authentic cadence", "imperfect authentic"],
    "HC": [
        "HC",
        "half cadence",
        "Half cadence.",
        "semicadence",
        "imperfect cadence",
        "a half close",
    ],
    "PC": ["PC", "plagal cadence", "plagal", "amen cadence", "church cadence"],
    "DC": ["DC", "deceptive cadence", "interrupted cadence", "deceptive"],
    "Phrygian": ["Phrygian", "Phrygian half cadence", "phrygian cadence"],
}


@pytest.mark.parametrize("label", LABELS)
def test_every_name_of_a_cadence_is_the_cadence(value, label):
    for name in NAMES[label]:
        assert value("cadence", name, facts={"cadence": label}) == 1.0, name
        assert value("cadence", label, facts={"cadence": name.removesuffix(".")}) == 1.0, name


@pytest.mark.parametrize("fact", LABELS)
@pytest.mark.parametrize("said", LABELS)
def test_only_neighbours_share_credit(value, fact, said):
    near = ({"PAC", "IAC"}, {"HC", "Phrygian"})
    expected = 1.0 if fact == said else 0.5 if {fact, said} in near else 0.0
    assert value("cadence", said, facts={"cadence": fact}) == expected


@pytest.mark.parametrize(
    ("fact", "answer", "credit"),
    [
        ("PAC", "authentic cadence", 0.6),
        ("IAC", "authentic", 0.6),
        ("authentic", "PAC", 1.0),
        ("authentic", "IAC", 1.0),
        ("authentic", "authentic cadence", 1.0),
        ("authentic", "plagal", 0.0),
        ("PAC", "plagal or authentic", 0.0),
        ("PAC", "PAC or IAC", 0.0),
        ("PAC", "PAC, IAC, HC, PC, DC", 0.0),
        ("PAC", "PAC/HC", 0.0),
        ("PAC", "not a PAC", 0.0),
        ("PAC", "not plagal but perfect authentic", 1.0),
        ("HC", "It is not a PAC; it is a HC.", 1.0),
        ("PAC", "a cadence", 0.0),
        ("PAC", "X", 0.0),
    ],
)
def test_credit_follows_the_table(value, fact, answer, credit):
    assert value("cadence", answer, facts={"cadence": fact}) == pytest.approx(credit)


def test_a_fact_that_is_no_cadence_is_an_error(judge):
    assert judge("cadence", "PAC", facts={"cadence": "a bang"}).status == "error"
