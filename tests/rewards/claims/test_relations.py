"""Questions of theory alone: "What is the dominant of E flat major?"

Whoever deduces the right name earns what a question about a clip would, in every key; another
name earns nothing, however it is reached.
"""

from __future__ import annotations

import pytest

from rewards import Question, parse
from rewards.claims.relations import asked_relation, same_name
from rewards.registry import get
from rewards.spelling.keys import Key
from rewards.spelling.notes import Note

DEDUCTIONS = (
    "The dominant is the fifth degree. So the fifth degree is {truth}.",
    "A perfect fifth above {key} lies {truth}, which is the dominant. So it is {truth}.",
    "{key} is one, and {truth} is five. Hence {truth}.",
    "The dominant of {key} major is {truth}.",
    "We count five up from {key}. That gives {truth}.",
    "Is it {wrong}? No, {wrong} is the fourth. The answer is {truth}.",
)
KEYS = [(Note(n).name, Note(n + 1).name, Note(n - 1).name) for n in range(-6, 7)]


def _value(reward: str, think: str, answer: str, prompt: str, gold: str) -> float | None:
    question = Question("q", prompt, answer=gold, facet="function")
    response = parse(f"<think>{think}</think>\n<answer>{answer}</answer>")
    verdict = get(reward).function(question, response)
    return None if verdict is None else verdict.value


@pytest.mark.parametrize("form", DEDUCTIONS)
@pytest.mark.parametrize(("key", "truth", "wrong"), KEYS)
def test_a_deduction_earns_in_every_key(form, key, truth, wrong):
    prompt = f"What is the dominant of {key} major?"
    think = form.format(key=key, truth=truth, wrong=wrong)
    assert _value("theory", think, truth, prompt, truth) >= 0.9
    assert _value("consistency", think, truth, prompt, truth) == 1.0
    think = form.format(key=key, truth=wrong, wrong=truth)
    assert _value("theory", think, wrong, prompt, truth) == 0.0
    assert _value("consistency", think, truth, prompt, truth) == 0.0


@pytest.mark.parametrize(("prompt", "gold", "think"), [
    ("What is the relative minor of F major?", "D minor",
     "F major has one flat. Its relative minor lies a minor third below, which is D."),
    ("What is the relative minor of F major?", "D minor",
     "One flat also belongs to D minor, so the relative minor is D minor."),
    ("What is the relative major of C minor?", "Eb major",
     "C minor carries three flats. The major key with three flats is E flat major. "
     "Therefore, the relative major is E flat major."),
    ("What is the parallel minor of A major?", "A minor",
     "Parallel keys share their tonic, so it is A minor."),
    ("In A major, what is the leading tone?", "G#",
     "The leading tone is a half step below the tonic, so G sharp."),
    ("In A major, what is the leading tone?", "G#",
     "The seventh degree of A major is G sharp, a semitone below A."),
    ("What is the subdominant of D minor?", "G minor",
     "The subdominant is the fourth degree, G, and its triad is G minor."),
    ("What is the mediant of D major?", "F#", "D, E, F sharp: the mediant is F sharp."),
])  # fmt: skip
def test_each_relation_is_deduced_in_plain_words(prompt, gold, think):
    assert _value("theory", think, gold, prompt, gold) >= 0.9
    assert _value("consistency", think, gold, prompt, gold) == 1.0


@pytest.mark.parametrize("think", [
    "Counting up: E flat, F, G, A flat, B flat.",
    "Maybe the dominant is B flat, maybe A flat.",
    "The dominant is the fifth degree of a scale.",
    "The tonic is E flat and the key has three flats.",
    "The answer is E flat.",
])  # fmt: skip
def test_what_concludes_nothing_earns_nothing(think):
    prompt = "What is the dominant of E flat major?"
    assert _value("theory", think, "Bb", prompt, "Bb") == 0.0


def test_a_false_step_costs_what_the_conclusion_earns():
    prompt = "What is the dominant of E flat major?"
    sound = "E flat major has three flats. So the dominant is B flat."
    broken = "E flat major has two flats. So the dominant is B flat."
    found = [_value("theory", think, "Bb", prompt, "Bb") for think in (sound, broken)]
    assert found[0] >= 0.9
    assert found[1] == 0.0


def test_a_relation_is_asked_of_a_key():
    found = asked_relation("What is the leading tone of G minor?", "function")
    assert found is not None
    assert (found.name, found.key) == ("leading_tone", Key(Note(1), "minor"))
    assert asked_relation("What is the leading tone of G minor?", "key") is None
    assert asked_relation("Which function has the last chord?", "function") is None


def test_the_key_of_the_question_is_no_answer_of_its_own():
    found = asked_relation("What is the relative minor of F major?", "function")
    assert found is not None
    assert found.value("D") == "D minor"
    assert found.value("F major: D minor") == "D minor"
    assert found.value("D or E") is None


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Bb", "A#", True),
    ("Bb", "Bb major", True),
    ("D minor", "D major", False),
    ("D", "E", False),
    ("dominant", "dominant", False),
])  # fmt: skip
def test_names_are_compared_by_sound_as_far_as_both_tell(one, other, same):
    assert same_name(one, other) == same
