"""The rewards ``consistency`` and ``answer``."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, get, parse

KEY = Question("k", "What is the key?", facet="key", answer="D major", facts=Facts(key="D major"))
CHOICE = Question(
    "c", "Which key?", facet="key", choices=("D major", "G major", "B minor", "F major"),
    answer="D major", facts=Facts(key="D major"),
)  # fmt: skip


def value(question: Question, think: str, answer: str) -> float | None:
    verdict = get("consistency")(
        question, parse(f"<think>{think}</think><answer>{answer}</answer>")
    )
    return None if verdict is None else verdict.value  # type: ignore[attr-defined]


@pytest.mark.parametrize(("think", "answer", "expected"), [
    ("The key is D major.", "D major", 1.0),
    ("The key is D major.", "G major", 0.0),
    ("The key is G major. No, it is in D major.", "D major", 1.0),
    ("The key is Gb major.", "F# major", 1.0),
    ("Two sharps.", "D major", 1.0),
    ("Two sharps.", "B minor", 1.0),
    ("Two sharps.", "F major", 0.0),
    ("It sounds minor.", "D major", 0.0),
    ("It is not in D major.", "D major", 0.0),
    ("Maybe it is in G major.", "D major", None),
    ("A piano plays.", "D major", None),
    ("The key is D major.", "I cannot tell", None),
])  # fmt: skip
def test_an_answer_follows_from_the_thought_or_contradicts_it(think, answer, expected):
    assert value(KEY, think, answer) == expected


def test_the_answer_may_be_a_label():
    assert value(CHOICE, "It is in D major.", "A") == 1.0
    assert value(CHOICE, "It is in D major.", "(B)") == 0.0


def test_truth_does_not_matter():
    assert value(KEY, "The key is F minor.", "F minor") == 1.0


def test_without_a_think_part_it_does_not_apply():
    assert get("consistency")(KEY, parse("<answer>D major</answer>")) is None


@pytest.mark.parametrize(("facet", "facts", "think", "right", "wrong"), [
    ("meter", Facts(meter="6/8"), "I count a meter of 6/8.", "6/8", "4/4"),
    ("tempo", Facts(tempo=96.0), "The tempo is 96 BPM.", "96 BPM", "140 BPM"),
    ("chord", Facts(chord="A:min"), "The final chord is A minor.", "A minor", "E major"),
    ("note", Facts(note="F#"), "The bass ends on F#.", "F#", "G"),
    ("cadence", Facts(cadence="PAC"), "A perfect authentic cadence.", "PAC", "half cadence"),
    ("instruments", Facts(instruments=("violin",)), "A violin plays.", "violin", "flute"),
])  # fmt: skip
def test_every_facet_is_compared(facet, facts, think, right, wrong):
    question = Question("q", "What is it?", facet=facet, facts=facts)
    assert value(question, think, right) == 1.0
    assert value(question, think, wrong) == 0.0


def judged(question: Question, answer: str) -> float | None:
    verdict = get("answer")(question, parse(f"<think>a b c</think><answer>{answer}</answer>"))
    return None if verdict is None else verdict.value  # type: ignore[attr-defined]


def test_the_answer_is_judged_by_the_reward_of_its_facet():
    assert judged(KEY, "D major") == 1.0
    assert judged(KEY, "B minor") == 0.3


def test_without_a_facet_the_answer_is_judged_by_accuracy():
    question = Question("q", "What plays?", answer="a piano")
    assert judged(question, "a piano") == 1.0
    assert judged(question, "a flute") == 0.0


def test_a_facet_whose_reward_does_not_apply_leaves_accuracy():
    question = Question("q", "Which key?", facet="key", answer="D major")
    assert judged(question, "D major") == 1.0
    assert judged(question, "B minor") == 0.0


def test_modulations_are_judged_by_modulation():
    facts = Facts(modulations=((10.0, "A major"),), key="D major")
    question = Question("q", "Where to?", facet="modulations", facts=facts)
    assert judged(question, "It modulates to A major at 0:10.") == 1.0


def test_nothing_to_judge_by_does_not_apply():
    assert judged(Question("q", "Describe it."), "anything") is None


def test_an_answer_does_not_follow_from_a_list_in_which_it_stands():
    row = Question("q", "What is the meter?", facet="meter", answer="3/4")
    think = "2/2, 5/4, 3/4, 12/8."
    listed = parse(f"<think>{think}</think> <answer>3/4</answer>")
    assert get("consistency")(row, listed) is None
    chosen = parse(f"<think>{think} It is 3/4.</think> <answer>3/4</answer>")
    assert get("consistency")(row, chosen).value == 1.0  # type: ignore[attr-defined]
