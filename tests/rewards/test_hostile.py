"""No text makes any reward raise, leave [0, 1] or take long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rewards import Question, Rubric, names, parse
from rewards.questions import read_questions
from rewards.records import Response

FACTS = read_questions(Path(__file__).with_name("every_fact.jsonl"))[0].facts
THEORY = "What is the dominant of E flat major?"
QUESTIONS = (
    Question("open", THEORY, answer="Bb", facts=FACTS),
    Question("caption", "Describe it.", kind="caption", answer="jazz", facts=FACTS),
    Question("choice", "Which?", choices=("Eb major", "C minor"), answer="C minor", facts=FACTS),
)
RUBRIC = Rubric.of(names())
CHOICES = tuple(
    Question("_".join(choices), "Which?", choices=choices, answer=answer, facts=FACTS)
    for choices, answer in (
        (("Eb major", "C minor"), "C minor"),
        (("G", "Ab", "C"), "G"),
        (("Yes", "No", "Both"), "No"),
        (("92 BPM", "6/8", "V7"), "V7"),
    )
)
OF_CHOICES = Rubric.of(["format", "accuracy", "key", "meter", "tempo", "chord", "note"])
"""Options are read by each kind of value, whatever fact is asked."""
SIBLING = parse("<think>I hear jazz here.</think><answer>jazz</answer>")
PIECES = st.sampled_from(
    """
    C Db D# E F♯ G♭ Ａ H a b bb x major minor dorian Dur re mayor maj7 m7b5 ø7 sus4 : / ( ) [ ]
    { } , . ; | - – -> or and not no neither both 0 1 2 3 4 9 92 120 0.5 1.5 0:30 1:30 1e5 nan
    inf -1 BPM s ms Hz 6/8 ¾ V7 vii° N6 Cad64 I i VI /V PAC half cadence plagal flats sharps
    semitones third perfect tritone C4 E4 60 440 AABA A' rondo intro verse piano guitar rock happy
    Allegro fast in key of the is dominant X : K: V: L:1/8 |: :| ~ ^ _ = " ' \\ \u200b \ufffd ﷺ
    你 ½ ² ⁷ more precisely rather than from to at until [[ ]] {"a": 1} <answer> </answer> <think>
    </think> A B D E F G # ♯ ♭ + ° ii° – yes cadence option (A) (B) correct answer \\boxed{ ** In
    Moll ø over sus add relative between one hundred twenty
    """.split()  # noqa: SIM905 - a list of quoted words would hide them
)


def check(response: Response) -> None:
    for question in QUESTIONS:
        for name, part in RUBRIC.score_group(question, [response, SIBLING])[0].parts.items():
            assert part.status in ("scored", "not_applicable"), (name, part.why)
            if part.status == "scored":
                assert part.value is not None
                assert 0.0 <= part.value <= 1.0, name
                assert part.why, name
    for question in CHOICES:
        for name, part in OF_CHOICES.score(question, response).parts.items():
            assert part.status == "scored", (name, part.why)
            assert part.value is not None
            assert 0.0 <= part.value <= 1.0, name


def test_every_reward_applies_to_one_of_the_questions():
    scored = {
        name
        for question in QUESTIONS
        for name, part in RUBRIC.score_group(question, [SIBLING] * 2)[0].parts.items()
        if part.status == "scored"
    }
    assert scored == set(names())


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["", " ", ", ", "\n"]))
@example(["0", "C"], ", ")
def test_musical_babble_is_judged(pieces, glue):
    check(parse(f"<think>one two three</think><answer>{glue.join(pieces)}</answer>"))
    check(parse(glue.join(pieces)))  # a think may be left open, and an answer


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged(text):
    check(parse(f"<answer>{text}</answer>"))
    check(parse(text))


UNITS = [
    "A", "1 ", "0.5,", "1:00 ", "C4 0-1, ", "0 1 C\n", "[0,1],", "[", "{", '"', "(", "C ", "Am7/",
    "V7 ", "V/", "I ", "bb", "# ", "piano, ", "or ", "not ", "- ", "-> ", "| ", "A' ", "AB",
    "key of ", "D major ", "X:1\nK:C\n", "V:1 ", "^", "C,,", "z", "no ", "1-", "9", "e\u0301", "你",
    "\u0301\u0327", "\u200b", "the river ", "Lyrics: ", "la ", "\n", " ", "<answer>", "</answer>",
    "from 0 to ", "half ", "Allegro ", "dorian ", "B", "3 flats ", "perfect ", "of ", "C minor or ",
    "parallel fifths ", "0 440, ", "a", "%", "\\boxed{",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_text_and_stays_small(unit):
    for size in (1_000, 16_000, 128_000):
        response = parse(f"<think>a b c</think><answer>{unit * (size // len(unit))}</answer>")
        for question in QUESTIONS[:2]:
            for name in names():
                score = Rubric.of([name])
                start = time.process_time()
                part = score.score_group(question, [response, SIBLING])[0].parts[name]
                spent = time.process_time() - start
                assert part.status in ("scored", "not_applicable"), (name, part.why)
                # A loose bound: the machine that runs the tests may be slow and busy.
                assert spent < 2.0, (name, size, spent)


UNITS_OF_CHOICES = [
    "A", "A ", "a-", "1", "1,", "-1", "C#", "#", "D major ", "D major or ", "not ", "( ", "(",
    "1:", "1:1 ", "/", "4/4 ", "V7/", "°", "В", "\u200b", "e\u0301", "\u0301\u0327", "*",
    "\\boxed{", "$", "D/", "C:maj(", "(1,2,3", " ,", "ﷺ", "one hundred and ", "twenty-",
    "<answer>", "<think>", "</think>", "< answer ", "the the ", "the answer is ", "A, ", "or ",
    "Am7/C6 ", "1-", "between 1 and ", "x" * 7 + " ", "\n", "!",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS_OF_CHOICES)
def test_options_are_read_in_bounded_time_in_a_text_of_any_form(unit):
    for size in (900, 8_000, 128_000):
        body = unit * (size // len(unit))
        for text in (
            body,
            f"<think>a b c</think><answer>{body}</answer>",
            f"<think>{body}</think><answer>Eb major</answer>",
            f"The answer is: {body}",
        ):
            start = time.process_time()
            score = OF_CHOICES.score(CHOICES[0], parse(text))
            assert time.process_time() - start < 2.0
            assert score.valid, [part.why for part in score.parts.values()]
