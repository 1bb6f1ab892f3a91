"""What becomes of the candidates that a plain chain of thought weighs, keeps and gives up."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path

import pytest

from rewards import Facts, Question, parse
from rewards.claims.answers import given
from rewards.claims.formula import judge
from rewards.claims.priors import DEFAULT, Priors, load, marginals, write
from rewards.claims.reading import read
from rewards.claims.verify.facts import known


@pytest.mark.parametrize(("text", "expected"), [
    ("My first impression was E flat major. It was wrong: the piece is in C minor.",
     ["key Eb major retracted", "key C minor"]),
    ("So my first impression was wrong: the piece is in C minor.", ["key C minor"]),
    ("My initial count was 3/4. Then I hear 7/8.", ["meter 3/4 retracted", "meter 7/8"]),
    ('"Triumphant" and "playful" ignore the pace, so neither is right.',
     ["mood epic denied", "mood playful denied"]),
    ('[mood] "Relaxing" contradicts the pace, and "eerie" is at odds with the tune.',
     ["mood calm denied", "mood scary denied"]),
    ("The clarinet has a hollow low register, and it is not what I hear.",
     ["instrument clarinet denied"]),
    ("The celesta sounds glassy, and that's not what this is.", ["instrument celesta denied"]),
    ("The fiddle starts over after two; rejected.", ["instrument violin"]),
    ("Playful, no, nothing bounces.", ["mood playful denied"]),
    ("Gm7b5 no way, Bb in that. It's Db7.", ["chord G:hdim7 denied", "chord Db:7"]),
    ("Ternary form is only A B A, so it doesn't cover the second episode and I reject it.",
     ["form ternary denied", "form ABA denied"]),
    ("I-V-vi-iii can be dismissed, as can I-IV-V-I.",
     ["roman I-V-vi-iii denied", "roman I-IV-V-I denied"]),
    ("[mood] No note feels stable and the effect is ominous.", ["mood dark"]),
    ("[roman] F# is not in the C major scale.", []),
    ("[key] There is no B natural in E flat major, and nothing points to C minor.",
     ["key C minor denied"]),
    ("The rounds: that 70 bpm was only the half-time feel; it is 140 bpm.",
     ["tempo 70 retracted", "tempo 140"]),
])  # fmt: skip
def test_a_candidate_is_denied_taken_back_or_kept(told, text, expected):
    assert [one for one in told(text) if not one.startswith(("textbook", "note"))] == expected


def test_a_class_as_rare_as_the_least_chance_is_left_out_and_weighs_the_same(tmp_path: Path):
    rows = [Question("q", "?", facts=Facts(tempo=96.0, genre=("g" * 10**5,)))] * 20_000
    rows += [Question("q", "?", facts=Facts(tempo=100 + n / 7)) for n in range(700)]
    shares = marginals(rows).shares
    assert set(shares["tempo"]) == {"96", ""}
    assert "genre" not in shares, "no claim has a name as long"
    whole = Priors({"tempo": {"96": 0.95, f"{100 + 1 / 7:g}": 1.5 / 20_700, "": 0.5 / 20_700}})
    for tempo in (100 + 1 / 7, 240.0):
        assert marginals(rows).chance("tempo", tempo) == whole.chance("tempo", tempo)
    write(marginals(rows), path := tmp_path / "priors.json")
    assert load(str(path)) == marginals(rows)


def test_shares_of_millions_of_rows_can_be_read_again(tmp_path: Path):
    row = Question("q", "?", facts=Facts(meter="3/4"))
    write(found := marginals(repeat(row, 1_200_000)), path := tmp_path / "priors.json")
    assert load(str(path)) == found


def _value(facts: Facts, facet: str, answer: str, think: str) -> float:
    question = Question("q", "What do you hear?", answer=answer, facet=facet, facts=facts)
    response = parse(f"<think>{think}</think>\n<answer>{answer}</answer>")
    answers, claims = given(question, response), read(question, response)
    return judge(claims, answers, response.text, known(question), DEFAULT).value


def test_chords_that_were_weighed_on_the_way_cost_nothing_where_the_row_tells_one():
    facts = Facts(chord="A:min7")
    weighed = "I hear a C major sixth chord with A in the bass. So the final chord is Am7."
    assert _value(facts, "chord", "Am7", weighed) > 0.9
    assert _value(facts, "chord", "Am7", "C6. Am7.") == 0.0
    assert _value(facts, "chord", "Am7", "The second-to-last chord is E7. It ends on Am7.") > 0.9


def test_intervals_that_were_weighed_on_the_way_cost_nothing():
    facts = Facts(interval="P4")
    plain = _value(facts, "interval", "P4", "So it is a perfect fourth.")
    weighed = _value(facts, "interval", "P4", "I wrote perfect fifth since it sounded like sol. "
                     "Then I counted four steps. So it is a perfect fourth.")  # fmt: skip
    assert weighed == plain > 0.9
    wrong = "It is a perfect fifth. It is a perfect fourth."
    assert _value(facts, "interval", "P4", wrong) < plain


def test_half_the_tempo_of_the_answer_is_given_up():
    facts = Facts(tempo=140.0)
    plain = _value(facts, "tempo", "140 BPM", "I tap 140 BPM.")
    weighed = "First I tap 70 BPM, but the hats go twice as fast, and so I tap 140 BPM."
    assert _value(facts, "tempo", "140 BPM", weighed) == plain > 0.9


def test_a_voice_may_be_told_more_closely_than_the_row_does():
    facts = Facts(instruments=("voice",))
    plain = _value(facts, "instruments", "voice", "A singer enters.")
    assert _value(facts, "instruments", "voice", "A female singer enters.") == plain > 0.9
    assert _value(facts, "instruments", "voice", "A choir enters.") < plain


@pytest.mark.parametrize(("text", "expected"), [
    ("[modulations] It is in C minor. Then everything rises by a half step.",
     ["key C minor", "modulation Db minor"]),
    ("[modulations] It starts in G major, and the last chorus is a whole step higher.",
     ["key G major", "modulation A major"]),
    ("[modulations] The song goes up a semitone.", ["modulation up 1 of ?"]),
    ("[modulations] Down a minor third? No.", ["modulation down 3 of ? denied"]),
    ("[modulations] The melody goes up a semitone.", []),
    ("The melody goes up a whole step.", []),
    ("[modulations] We start in E flat major. It moves to the relative minor, C minor.",
     ["key Eb major", "modulation C minor"]),
    ("[form] New melody over a ii-V into G minor.", ["modulation G minor"]),
    ("[modulations] That would bring in F natural.", []),
])  # fmt: skip
def test_a_key_may_be_told_by_how_far_the_music_is_shifted(told, text, expected):
    kept = [one for one in told(text) if one.startswith(("key ", "modulation"))]
    assert kept == expected


@pytest.mark.parametrize("home", ["C minor", "F# major", "Bb major"])
def test_a_shift_is_held_against_the_home_that_the_row_tells(home):
    tonic, mode = home.split()
    up = {"C": "Db", "F#": "G", "Bb": "B"}[tonic]
    facts = Facts(key=home, modulations=((0.0, home), (30.0, f"{up} {mode}")))
    asked = {"facet": "modulations", "answer": "up a semitone"}
    assert _value(facts, **asked, think="The song goes up a semitone.") > 0.9
    assert _value(facts, **asked, think="The song goes up a whole step.") == 0.0
    where = {"facet": "modulations", "answer": f"{up} {mode}"}
    assert 0.4 < _value(facts, **where, think="The song goes up a semitone.") < 0.9


def test_a_value_that_covers_several_is_as_easy_to_guess_as_they_are_together():
    priors = Priors({
        "meter": {"4/4": 0.7, "2/4": 0.1, "3/4": 0.1, "6/8": 0.05, "": 0.05},
        "tempo": {"120": 0.8, "122": 0.1, "90.5": 0.08, "": 0.05},
        "cadence": {"PAC": 0.6, "IAC": 0.2, "HC": 0.15, "": 0.05},
    })  # fmt: skip
    for type_, value, chance in (
        ("meter", "duple", 0.85), ("meter", "triple", 0.1), ("meter", "compound duple", 0.05),
        ("meter", "compound", 0.05), ("meter", "4/4", 0.7), ("meter", "7/8", 0.05),
        ("tempo", 118.0, 0.9), ("tempo", 120, 0.9), ("tempo", 60.0, 0.05), ("tempo", 90.0, 0.08),
        ("cadence", "AC", 0.8), ("cadence", "PAC", 0.6), ("cadence", "DC", 0.05),
    ):  # fmt: skip
        assert priors.chance(type_, value) == pytest.approx(chance), (type_, value)


def test_an_instrument_of_every_row_is_a_safe_guess_however_many_each_row_names():
    facts = Facts(instruments=("violin", "cello", "piano"), tempo=120.0)
    priors = marginals([Question(f"q{n}", "?", facts=facts) for n in range(99)])
    assert priors.chance("instrument", "violin") == pytest.approx(99.5 / 101, abs=1e-5)
    assert priors.chance("instrument", "oboe") == pytest.approx(0.5 / 101, abs=1e-5)
