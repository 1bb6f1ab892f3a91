"""What says less than the fact is true and covers less; what says more than is known is no lie."""

from __future__ import annotations

from typing import Any

import pytest

from rewards import Facts, Question, parse
from rewards.claims.verify.implication import follows
from rewards.records import Verdict
from rewards.scorers.consistency import consistency
from rewards.scorers.theory import theory

ALONE = 0.9
"""What the asked fact and nothing else earns, about."""


def judged(facts: dict[str, Any], facet: str | None, think: str, answer: str) -> Verdict:
    row = Question("q", "What is it?", facet=facet, answer=answer, facts=Facts(**facts))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{answer}</answer>"))
    assert verdict is not None
    return verdict


def value(facts: dict[str, Any], facet: str | None, think: str, answer: str) -> float:
    return judged(facts, facet, think, answer).value


@pytest.mark.parametrize(("type_", "broad", "close"), [
    ("meter", "triple", "3/8"), ("meter", "compound duple", "12/8"), ("meter", "duple", "6/8"),
    ("cadence", "AC", "IAC"), ("chord", "F:maj", "F:maj/5"), ("instrument", "brass", "tuba"),
    ("genre", "jig", "slip jig"), ("mood", "happy", "playful"), ("key", "F#", "Gb minor"),
])  # fmt: skip
def test_the_broader_value_follows_from_the_closer_and_never_the_reverse(type_, broad, close):
    assert follows(type_, broad, close)
    assert not follows(type_, close, broad)
    assert not follows(type_, broad, broad)


@pytest.mark.parametrize(("facts", "facet", "think", "false", "answer"), [
    ({"meter": "9/8"}, "meter", "It is in compound triple meter.", "It is in duple meter.", "9/8"),
    ({"meter": "3/2"}, "meter", "It is in triple meter.", "It is in duple meter.", "3/2"),
    ({"chord": "D:maj/5"}, "chord", "The chord is D major.", "The chord is D minor.", "D/A"),
    ({"chord": "E:min"}, "chord", "The chord is E minor in second inversion.",
     "The chord is C major in second inversion.", "E minor"),
    ({"cadence": "PAC"}, "cadence", "It is an authentic cadence.", "It is a plagal cadence.",
     "perfect authentic cadence"),
    ({"key": "D minor"}, "key", "The tonic is D.", "The tonic is F.", "D minor"),
    ({"key": "D minor"}, "key", "The tonic is D.", "The tonic is not D.", "D minor"),
    ({"instruments": ("trombone",)}, "instruments", "Brass plays.", "Woodwinds play.", "trombone"),
])  # fmt: skip
def test_who_says_less_is_right_and_earns_less_than_who_says_it_all(
    facts, facet, think, false, answer
):
    assert 0.5 < value(facts, facet, think, answer) < 0.85
    assert value(facts, facet, false, answer) == 0.0
    assert judged(facts, facet, think, answer).details["K"] == 0


def test_beside_the_closer_value_the_broader_one_costs_nothing():
    chord = {"chord": "D:7"}
    assert value(chord, "chord", "A D major triad with a C, i.e. D7.", "D7") > ALONE
    assert value(chord, "chord", "A D minor triad with a C, i.e. D7.", "D7") < 0.6
    assert value({"genre": ("rock",)}, "genre", "Grunge, so rock.", "rock") > ALONE
    assert value({"genre": ("rock",)}, "genre", "Salsa, so rock.", "rock") < 0.6
    form = judged({"form": "AABA"}, "form", "It is a 32-bar form, AABA.", "AABA")
    assert form.value > ALONE
    assert judged({"form": "AABA"}, "form", "It is a rondo, AABA.", "AABA").value < 0.7


def test_the_denial_of_what_is_broader_earns_nothing():
    said = value({"meter": "3/4"}, "meter", "It is not in triple meter.", "3/4")
    assert said == 0.0


def test_parts_of_a_kit_and_members_of_an_ensemble_are_there():
    for kit in ("drums", "drum machine"):
        think = f"A bass drum, toms and a hi-hat: the {kit}."
        assert value({"instruments": (kit,)}, "instruments", think, kit) > ALONE
    trio = {"instruments": ("piano", "violin", "cello")}
    assert value(trio, "instruments", "It is a piano trio.", "a piano trio") > ALONE
    assert value(trio, "instruments", "It is a wind quintet.", "a wind quintet") == 0.0
    quartet = {"instruments": ("string quartet",)}
    assert value(quartet, "instruments", "A viola leads a string quartet.", "string quartet") > 0.9
    assert value(quartet, "instruments", "A tuba leads a string quartet.", "string quartet") < 0.6


def test_numerals_are_a_progression_in_its_key_or_in_the_relative_one():
    row = {"progression": ("E:min", "C:maj", "G:maj", "D:maj"), "key": "E minor"}
    names = "Em - C - G - D"
    assert value(row, "progression", "The chords are i-VI-III-VII in E minor.", names) > ALONE
    told = "Em, C, G, D: vi-IV-I-V in G major."
    assert value(row, "progression", told, names) > ALONE
    assert value(row, "progression", "Em, C, G, D: vi-IV-I-V in F major.", names) < 0.6
    assert value(row, "progression", "Em, C, G, D: ii-V-I-IV in G major.", names) < 0.6
    jazz = {"progression": ("E:min7", "A:7", "D:maj7"), "key": "D major"}
    triads = value(jazz, "progression", "It is a ii-V-I in D.", "Em7 A7 Dmaj7")
    assert 0.5 < triads < value(jazz, "progression", "It is ii7-V7-Imaj7 in D.", "Em7 A7 Dmaj7")


def test_a_chord_for_which_another_stands_is_not_said_to_be_there():
    row = {"progression": ("D:min7", "Db:7", "C:maj7")}
    for think in (
        "Dm7 Db7 Cmaj7. Db7 replaces G7.",
        "Dm7 Db7 Cmaj7. Db7 is a substitute for G7.",
        "Dm7 Db7 Cmaj7. G7 is replaced by Db7.",
        "Normally Dm7 G7 Cmaj7. Instead Dm7 Db7 Cmaj7.",
    ):
        assert value(row, "progression", think, "Dm7 Db7 Cmaj7") > ALONE
    wrong = "Dm7 Db7 Cmaj7. There is a G7 chord as well."
    assert value(row, "progression", wrong, "Dm7 Db7 Cmaj7") < 0.6


def test_the_key_in_which_a_clip_begins_is_none_that_it_moves_to():
    row = {"modulations": ((0.0, "F major"), (31.0, "C major")), "key": "F major"}
    assert value(row, "modulations", "It modulates to C major.", "C major") > ALONE
    assert value(row, "modulations", "From F major to C major, the dominant.", "C major") > ALONE
    denied = "Not to D minor, the relative, but to C major, the dominant."
    assert value(row, "modulations", denied, "C major") > ALONE
    assert value(row, "modulations", "Not to C major but to D minor.", "C major") == 0.0
    stays = {"modulations": ((12.0, "C major"),), "key": "F major"}
    assert value(stays, "modulations", "It modulates to C major.", "C major") > ALONE


def agrees(think: str, answer: str, facet: str | None = None, **facts: Any) -> float | None:
    row = Question("q", "Describe it.", facet=facet, facts=Facts(**facts))
    verdict = consistency(row, parse(f"<think>{think}</think> <answer>{answer}</answer>"))
    return getattr(verdict, "value", None)


def test_a_caption_that_names_other_things_than_the_thoughts_contradicts_nothing():
    assert agrees("A flute plays over a harp.", "Chamber music with a cello.") is None
    assert agrees("A flute plays over a harp.", "Music for flute and cello.") == 1.0
    assert agrees("A flute plays, no cello.", "Music for flute and cello.") == 0.0
    asked = agrees("A flute plays.", "a cello", "instruments", instruments=("flute",))
    assert asked == 0.0


@pytest.mark.parametrize(("think", "answer"), [
    ("A guitar is heard.", "acoustic guitar"), ("A guitar is heard.", "guitar"),
    ("The guitar plays.", "An acoustic guitar"),
])  # fmt: skip
def test_the_thought_says_what_it_says_however_close_the_answer_is(think, answer):
    facts = {"instruments": ("acoustic guitar",)}
    assert 0.5 < value(facts, "instruments", think, answer) < 0.85
    assert value(facts, "instruments", "An electric guitar is heard.", answer) == 0.0
