"""An answer that reports many things is read for the one that is asked."""

from __future__ import annotations

import pytest

from rewards.reports import asked_field

LINES = "## Analysis\n- **Key**: F minor\n- **Tempo**: 66 BPM\n- **Mood**: dark"


@pytest.mark.parametrize(
    ("answer", "facet", "read"),
    [
        (LINES, "key", "F minor"),
        (LINES, "mood", "dark"),
        (LINES, "tempo_term", "66 BPM"),
        ("Key - F minor; Tempo = 66", "tempo", "66"),
        ("**Key:** F minor | **Genre:** folk", "genre", "folk"),
        ("| What | Value |\n|---|---|\n| Key | F minor |\n| Meter | 4/4 |", "meter", "4/4"),
        ('{"key": "F minor", "genre": ["folk", "pop"]}', "genre", "folk, pop"),
        ("Instruments:\n- piano\n- cello\nMood:\n- dark", "instruments", "- piano\n- cello"),
        ("Title: None\nLyrics:\nla la\nlo lo", "lyrics", "la la\nlo lo"),
        ("Key: F\nMode: minor\nTempo: 66", "key", "key: F, mode: minor"),
        ("\n  Key: F minor\n\n  Tempo: 66\n\n", "key", "F minor"),
        ('\n```json\n{"key": "F minor", "tempo": 66}\n```\n', "tempo", "66"),
    ],
)
def test_a_report_is_read_for_the_asked_field(answer, facet, read):
    assert asked_field(answer, facet) == read


@pytest.mark.parametrize(
    "answer",
    ["Key: F minor", "F minor", "Tempo: 66\nMood: dark", "{", "", "\n Key: F minor: see: below \n"],
)
def test_what_is_no_report_of_the_facet_stays_as_it_is(answer):
    assert asked_field(answer, "key") == answer


@pytest.mark.parametrize(
    "more",
    [
        "Key: G minor",
        "It may be G minor.",
        "Mood: dark, or it is in G minor",
        "Second key: G minor",
    ],
)
def test_a_report_hides_no_second_answer(value, more):
    answer = f"Key: F minor\nTempo: 66 BPM\n{more}"
    assert value("key", answer, facts={"key": "F minor"}) == 0.0
