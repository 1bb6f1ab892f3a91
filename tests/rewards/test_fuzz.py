"""No text makes a built-in reward raise, leave [0, 1] or take long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards import Facts, Question, Rubric, parse

REWARDS = ["format", "accuracy", "key", "meter", "tempo", "chord", "note"]
FACTS = Facts(key="Eb major", meter="6/8", tempo=92.0, chord="Eb:maj7", note="G")
QUESTIONS = [
    Question(id="open", text="What is the key?", answer="Eb major", facts=FACTS),
    Question(
        id="keys", text="Which?", choices=("Eb major", "C minor"), answer="C minor", facts=FACTS
    ),
    Question(id="notes", text="Which?", choices=("G", "Ab", "C"), answer="G", facts=FACTS),
    Question(id="words", text="Which?", choices=("Yes", "No", "Both"), answer="No", facts=FACTS),
    Question(
        id="numbers", text="How fast?", choices=("92 BPM", "6/8", "V7"), answer="V7", facts=FACTS
    ),
]
RUBRIC = Rubric.of(REWARDS)
PIECES = st.sampled_from(
    [
        "<think>",
        "</think>",
        "<answer>",
        "</answer>",
        "A",
        "B",
        "C",
        "D",
        "E",
        "F",
        "G",
        "a",
        "b",
        "#",
        "♯",
        "♭",
        "bb",
        "major",
        "minor",
        "maj7",
        "m7b5",
        ":",
        "/",
        "(",
        ")",
        ",",
        ".",
        "-",
        "–",
        "or",
        "and",
        "not",
        "neither",
        "both",
        "no",
        "yes",
        "1",
        "4",
        "9",
        "92",
        "120",
        "BPM",
        "6/8",
        "1:30",
        "°",
        "",
        "ø",
        "+",
        "V7",
        "ii°",
        "PAC",
        "half",
        "cadence",
        "option",
        "(A)",
        "(B)",
        "is",
        "the",
        "correct",
        "answer",
        "\\boxed{",
        "}",
        "**",
        "'",
        '"',
        "In",
        "key",
        "of",
        "Dur",
        "Moll",
        "re",
        "mayor",
        "ﷺ",
        "\u200b",
        "�",
        "rather",
        "than",
        "more",
        "precisely",
        "relative",
        "of",
        "over",
        "sus",
        "add",
        "1e5",
        "nan",
        "one",
        "hundred",
        "twenty",
        "between",
        "to",
    ]
)


def check(completion: str) -> None:
    response = parse(completion)
    for question in QUESTIONS:
        for name, part in RUBRIC.score(question, response).parts.items():
            assert part.status == "scored", (name, part.why)
            assert part.value is not None
            assert 0.0 <= part.value <= 1.0


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30), st.sampled_from(["", " "]))
def test_musical_babble_is_judged(pieces, glue):
    check(f"<think>one two three</think><answer>{glue.join(pieces)}</answer>")
    check(glue.join(pieces))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged(text):
    check(f"<answer>{text}</answer>")
    check(text)


HOSTILE = [
    "A", "A ", "a-", "1", "1,", "-1", "C#", "#", "D major ", "D major or ", "not ", "( ", "(",
    "1:", "1:1 ",
    "/", "4/4 ", "V7/", "°", "В", "\u200b", "e\u0301", "\u0301\u0327", "*", "\\boxed{", "$",
    "D/", "C:maj(",
    "(1,2,3", " ,", "ﷺ", "one hundred and ", "twenty-", "<answer>", "<think>", "</think>",
    "< answer ",
    "the the ", "the answer is ", "A, ", "or ", "Am7/C6 ", "1-", "between 1 and ",
    "x" * 7 + " ", "\n", "!",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_bounded_to_128_kb(piece):
    for size in (900, 8_000, 128_000):
        body = piece * (size // len(piece))
        for text in (body, f"<think>a b c</think><answer>{body}</answer>",
                     f"<think>{body}</think><answer>Eb major</answer>",
                     f"The answer is: {body}"):  # fmt: skip
            response = parse(text)
            start = time.process_time()
            parse(text)
            score = RUBRIC.score(QUESTIONS[1], response)
            # A loose bound: the machine that runs the tests may be slow and busy.
            assert time.process_time() - start < 2.0
            assert score.valid, [part.why for part in score.parts.values()]
