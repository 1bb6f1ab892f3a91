"""What is paid among siblings whose answers are worth the same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.audit.findings import ALARMS, level
from experiments.audit.reading import read
from experiments.audit.report import audit
from experiments.audit.shortcuts import among_equals, shortcuts, signals
from rewards.records import Question

from .conftest import NOTES, Write, answering, honest, thought


def titles(run) -> list[str]:
    return [finding.title for finding in audit(run).findings]


def test_a_reward_for_right_answers_alone_is_quiet(write: Write):
    found = audit(write(answering()))
    assert found.findings == []
    assert found.balance.worth == pytest.approx(1.0)
    assert found.balance.turned == 0


def test_a_reward_for_length_is_named_with_its_part_and_two_siblings(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"long": (min(1.0, len(text.split()) / 20), 0.5)}

    found = audit(write(answering(), pay))
    first = found.findings[0]
    assert first.title == "the reward pays the number of words, whatever the answer is worth"
    assert any("'long'" in sentence for sentence in first.evidence)
    (more, _), (less, _) = first.rollouts
    columns = found.columns
    assert columns.unit_B[more] == columns.unit_B[less]
    assert columns.worth_B[more] == columns.worth_B[less]
    assert columns.total_B[more] > columns.total_B[less]
    assert columns.features_BF[more, 0] > columns.features_BF[less, 0]


def test_the_part_that_pays_most_is_named_with_its_share(write: Write):
    def pay(question: Question, text: str, right: bool):
        share = min(1.0, len(text.split()) / 20)
        return honest(question, text, right) | {"long": (share, 0.3), "also": (share, 0.1)}

    first = audit(write(answering(), pay)).findings[0]
    assert "paid by the part 'long': 75.0 % of it" in first.evidence


def test_a_reward_against_length_is_a_punishment(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"brief": (3 / len(text.split()), 0.5)}

    assert "the reward punishes the number of words, whatever the answer is worth" in titles(
        write(answering(), pay)
    )


def test_a_magic_word_is_named_and_not_the_words_of_the_same_texts(write: Write):
    def think(rng: np.random.Generator, question: Question, step: int) -> str:
        return thought(rng) + (" clearly" if rng.random() < 0.4 else "")

    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"magic": (float("clearly" in text), 0.5)}

    assert titles(write(answering(think=think), pay)) == [
        "the reward pays the word 'clearly', whatever the answer is worth"
    ]


def test_naming_all_options_is_named(write: Write):
    def think(rng: np.random.Generator, question: Question, step: int) -> str:
        some = rng.choice(question.choices, rng.integers(0, 5), replace=False)
        return " ".join(["it may be", *some, thought(rng)])

    def pay(question: Question, text: str, right: bool):
        named = sum(f" {choice}" in text for choice in question.choices) / 4
        return honest(question, text, right) | {"names": (named, 0.5)}

    run = write(answering(think=think), pay, options=True)
    assert "the reward pays the options named, whatever the answer is worth" in titles(run)


def test_a_favourite_place_among_the_options_is_named(write: Write):
    def pay(question: Question, text: str, right: bool):
        said = text.split("<answer>")[1].removesuffix("</answer>")
        return {"accuracy": (float(right), 1.0), "place": (question.choices.index(said) / 3, 0.5)}

    run = write(answering(lambda step: 0.2), pay, options=True)
    first, *_ = audit(run).findings
    title = "the reward pays the place of the option answered, whatever the answer is worth"
    assert first.title == title
    assert "paid by the part 'place': 100.0 % of it" in first.evidence


def test_texts_without_a_word_have_features_all_the_same(write: Write):
    def say(rng: np.random.Generator, question: Question, step: int) -> str:
        return "!" * int(rng.integers(1, 9)) + "\n" * int(rng.integers(0, 4))

    def pay(question: Question, text: str, right: bool):
        return {"breaks": (text.count("\n") / 3, 1.0)}

    assert titles(write(say, pay)) == [
        "the reward pays the marks of layout, whatever the answer is worth"
    ]


def test_whether_the_policy_follows_is_told_by_its_course(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"long": (min(1.0, len(text.split()) / 30), 0.5)}

    def growing(rng: np.random.Generator, question: Question, step: int) -> str:
        return thought(rng, most=8 + step)

    def shrinking(rng: np.random.Generator, question: Question, step: int) -> str:
        return thought(rng, most=28 - step)

    def steady(rng: np.random.Generator, question: Question, step: int) -> str:
        return thought(rng)

    # By chance the texts of that seed are a little longer at the end.
    for think, seed, told in (
        (growing, 0, "the policy follows: "),
        (shrinking, 0, "the policy goes the other way: "),
        (steady, 1, "the policy does not follow yet: "),
    ):
        first = audit(write(answering(think=think), pay, seed=seed)).findings[0]
        assert any(line.startswith(told) for line in first.evidence), told


def test_right_answers_that_are_longer_are_no_shortcut(write: Write):
    """Length goes with the reward among all siblings, and not among equals."""

    def say(rng: np.random.Generator, question: Question, step: int) -> str:
        right = rng.random() < 0.5
        told = thought(rng, most=5) + (" it is plain to hear in the last bar" if right else "")
        wrong = [note for note in NOTES if note != question.answer]
        note = question.answer if right else rng.choice(wrong)
        return f"<think>{told}</think> <answer>{note}</answer>"

    assert titles(write(say)) == []


@pytest.fixture
def noise(write: Write):
    """Texts of all kinds, and ``draw(seed)``: advantages that are chance."""

    def think(rng: np.random.Generator, question: Question, step: int) -> str:
        return thought(rng, most=20) + (" perhaps" if rng.random() < 0.1 else "")

    columns = read(write(answering(think=think)), 10_000)

    def draw(seed: int):
        rng = np.random.default_rng(seed)
        # Skewed and often tied, as rewards are.
        drawn = rng.random(len(columns.total_B)) ** 4 * (rng.random(len(columns.total_B)) < 0.7)
        return dataclasses.replace(columns, advantage_B=drawn, total_B=drawn)

    return draw


def test_where_advantages_are_chance_a_p_is_as_small_as_it_says(noise):
    found = [s.p for seed in range(40) for s in _tested(noise(seed))]
    assert len(found) > 500
    for stated in (0.05, 0.01, 0.001):
        assert np.mean(np.array(found) < stated) < 1.5 * stated + 2e-3
    assert np.mean(np.array(found) < 0.05) > 0.02


def test_where_advantages_are_chance_hardly_a_report_has_a_flag(noise):
    """By the p alone: that an effect must matter, too, is left out here."""
    reports = (_tested(noise(seed)) for seed in range(100))
    sure = [min(s.p for s in tested) < level(len(tested)) for tested in reports]
    assert sum(sure) <= 100 * ALARMS + 3
    flagged = [shortcuts(c, among_equals(c), level(30)) for c in map(noise, range(20))]
    assert not any(flagged)


def _tested(columns):
    return signals(columns, among_equals(columns))
