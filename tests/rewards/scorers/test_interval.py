"""Intervals: music21 says how wide they are, the table says what they earn."""

from __future__ import annotations

import time

import pytest
from music21 import interval as m21_interval

from rewards.scorers.interval import heard, reference
from rewards.spelling.intervals import find_intervals, parse_interval
from rewards.spelling.semitones import find_widths

NAMES = [
    f"{q}{n}" for n in range(1, 13) for q in ("PAd" if (n - 1) % 7 in (0, 3, 4) else "MmAd")
    if (q, n) != ("d", 1)
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_interval_is_as_wide_as_music21_says(name: str):
    ours = parse_interval(name)
    assert ours is not None
    assert ours.semitones == m21_interval.Interval(name).semitones


@pytest.mark.parametrize("fact", NAMES)
def test_against_every_other_interval_only_name_sound_and_octave_count(value, fact):
    width = m21_interval.Interval(fact).semitones
    for name in NAMES:
        got = value("interval", name, facts={"interval": fact})
        if name == fact:
            assert got == 1.0
        elif m21_interval.Interval(name).semitones == width:
            assert got == 0.6, (fact, name)
        else:
            octave = name[0] == fact[0] and abs(int(name[1:]) - int(fact[1:])) == 7
            assert got == (0.5 if octave else 0.0), (fact, name)


@pytest.mark.parametrize(
    ("fact", "answer", "spelling", "credit"),
    [
        ("d5", "diminished fifth", None, 1.0), ("d5", "dim 5th", None, 1.0),
        ("d5", "a descending diminished fifth", None, 1.0), ("m3", "minor 3rd", None, 1.0),
        ("m3", "It is a minor third.", None, 1.0), ("P8", "octave", None, 1.0),
        ("P8", "perfect octave", None, 1.0), ("P1", "unison", None, 1.0),
        ("minor sixth", "m6", None, 1.0), ("M6", "not a minor but a major sixth", None, 1.0),
        ("d5", "augmented fourth", None, 0.6), ("d5", "tritone", None, 0.6),
        ("d5", "6 semitones", None, 0.6), ("M3", "four half steps", None, 0.6),
        ("d5", "augmented fourth", False, 1.0), ("M3", "4 semitones", False, 1.0),
        ("M3", "major third (4 semitones)", None, 1.0), ("d5", "augmented fourth", True, 0.6),
        ("d5", "augmented fourth or diminished fifth", None, 0.6), ("m2", "a half step", None, 0.6),
        ("d5", "diminished fifth (tritone)", None, 1.0), ("A4", "tritone", None, 1.0),
        ("tritone", "d5", None, 1.0), ("6 semitones", "d5", None, 1.0),
        ("tritone", "perfect fourth", None, 0.0), ("m3", "a step and a half", None, 0.6),
        ("M2", "a whole step", None, 0.6), ("P5", "a fifth", None, 0.3), ("d5", "fifth", None, 0.0),
        ("M10", "an octave and a major third", None, 1.0),
        ("M10", "compound major third", None, 1.0),
        ("M10", "a major third plus an octave", None, 1.0), ("P15", "two octaves", None, 1.0),
        ("M17", "M3", None, 0.5), ("AA4", "doubly augmented fourth", None, 1.0),
        ("AA4", "P5", None, 0.6), ("m3", "the inversion of a major sixth", None, 1.0),
        ("M3", "major third (3 semitones)", None, 0.0),
        ("M3", "major tenth", None, 0.5), ("M3", "perfect third", None, 0.0),
        ("P5", "major fifth", None, 0.0), ("M3", "third", None, 0.0),
        ("M3", "major third or minor third", None, 0.0), ("M3", "m3, M3", None, 0.0),
        ("M3", "not a major third", None, 0.0), ("M3", "3", None, 0.0), ("M3", "X", None, 0.0),
        ("M3", "9999999 semitones", None, 0.0),
    ],
)  # fmt: skip
def test_credit_follows_the_table(value, fact, answer, spelling, credit):
    facts = {"interval": fact, "spelling": spelling}
    assert value("interval", answer, facts=facts) == pytest.approx(credit)


def test_a_fact_that_is_no_interval_is_an_error(judge):
    assert judge("interval", "M3", facts={"interval": "perfect third"}).status == "error"


GOOD = {
    "M3": """Major 3rd|maj 3|maj3|MAJOR THIRD|M 3|M3rd|Maj. 3rd|major 3|3rd, major|third (major)
        |a third, major in quality|ascending major third|down a M3|**Major third**|Ｍ３
        |the major third above C|a major third, from C4 to E4|not m3 but M3|große Terz|grosse Terz
        |tierce majeure|tercera mayor|terza maggiore|M3, enharmonically a diminished fourth
        |major third, larger than a minor third by a semitone
        |a major third is different from a minor third
        |It is wider than a minor third, so a major third|interval: major, number: third
        |a major third, i.e. 4 semitones|M3 (major third)|\\boxed{M3}|major third, because a perfect
        fourth is wider""",
    "P5": """p5|P. 5th|perfect 5th|reine Quinte|quinte juste|quinta justa|quinta giusta
        |Perfect-fifth""",
    "d5": "a flat fifth|It's a flatted fifth."
    "|dim5|°5|D5|b5|♭5|dim. 5th|verminderte Quinte|quinte diminuée|diminished-fifth",
    "A4": "#4|+4|aug. 4th|übermäßige Quarte|quarte augmentée|A 4|Tritonus|tritone",
    "m7": "a lowered seventh|b7|min7|mi7|minor seventh|septième mineure|kleine Septime|m7, not M7",
    "m3": "flat third|a flat third|m3↓"
    "|A4 to C5: a minor third|from D3 to F3, minor third|descending minor third",
}
BAD = """perfect third|perfect 3rd|P3|perfect third (M3)|a perfect third, i.e. a major third|third|3
    |m3|M3 or m3|major or minor third|minor/major third|minor or major third|major third or sixth
    |major third, perhaps a fourth|between a major third and a fourth|M3/m3|augmented third
    |either a major or a minor third|M3, P4|M33|major thirty-third|4 or 5 semitones|M 3 m 3
    |major third (5 semitones)|doubly major third|major|a chord|neither M3 nor m3|major fourth"""


@pytest.mark.parametrize(
    ("fact", "answer"),
    [(fact, form.strip()) for fact, forms in GOOD.items() for form in forms.split("|")],
)
def test_every_spelling_of_the_interval_earns_one(value, fact, answer):
    assert value("interval", answer, facts={"interval": fact}) == 1.0


@pytest.mark.parametrize("answer", [form.strip() for form in BAD.split("|")])
def test_impossible_several_and_unqualified_intervals_earn_nothing(value, answer):
    assert value("interval", answer, facts={"interval": "M3"}) == 0.0


@pytest.mark.parametrize("answer", ["4 semitones", "four half-steps", "2 whole steps", "d4",
                                    "M3/d4", "4 half tones", "two tones", "4 st"])  # fmt: skip
def test_the_sound_alone_is_worth_all_only_where_sound_is_asked(value, answer):
    assert value("interval", answer, facts={"interval": "M3"}) == 0.6
    assert value("interval", answer, facts={"interval": "M3", "spelling": False}) == 1.0


def test_doubly_altered_and_wide_intervals_are_as_wide_as_music21_says():
    for number in range(1, 23):
        for quality in ("P", "M", "m", "A", "d", "AA", "dd"):
            perfect = (number - 1) % 7 in (0, 3, 4)
            ours = parse_interval(f"{quality}{number}")
            if quality in (("M", "m") if perfect else ("P",)):
                assert ours is None
            elif ours is not None:
                assert ours.semitones == m21_interval.Interval(ours.name).semitones, ours.name


def test_inversion_and_complement_make_an_octave():
    for name in NAMES:
        ours = parse_interval(name)
        assert ours is not None
        turned = ours.inverted
        if turned is not None:
            assert ours.semitones + turned.semitones == 12
            assert turned.inverted == ours


def test_lists_of_qualities_are_several_intervals():
    assert [m.value.name for m in find_intervals("minor or major third")] == ["m3", "M3"]
    assert [m.value for m in find_widths("4 or 5 semitones")] == [4, 5]


@pytest.mark.parametrize("fact", ["none", "X"])
def test_a_fact_without_an_interval_does_not_apply(judge, fact):
    assert judge("interval", "M3", facts={"interval": fact}).status == "not_applicable"


@pytest.mark.parametrize("fact", ["third", "Q5", "M3 or m3", "loud"])
def test_a_fact_that_is_no_one_interval_is_an_error(judge, fact):
    part = judge("interval", "M3", facts={"interval": fact})
    assert part.status == "error"
    assert "facts.interval" in part.why


def test_a_fact_may_be_spelled_in_words():
    fact = reference("ascending minor sixth")
    assert fact is not None
    assert fact.interval is not None
    assert fact.interval.name == "m6"


@pytest.mark.parametrize("unit", ["major ", "minor or ", "octave and ", "M3 ",
                                  "an octave plus a third ", "4 or ", "third ",
                                  "perfect third, ", "tritone"])  # fmt: skip
def test_hostile_text_is_read_in_linear_time(unit):
    text = (unit * 4000)[:4000]
    began = time.process_time()
    heard(text)
    assert time.process_time() - began < 2.0
