"""The first fifth of a run against its last, and what is the same whatever is asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.audit.course import fifths
from experiments.audit.reading import read
from experiments.audit.report import audit, audit_of
from rewards.records import Question

from .conftest import STEPS, Write, answering, honest


def titles(run) -> list[str]:
    return [finding.title for finding in audit(run).findings]


def evaluations(*accuracies: float) -> list[dict]:
    return [
        {"stage": "grpo_eval", "step": 5 * place, "accuracy": accuracy}
        for place, accuracy in enumerate(accuracies)
    ]


def learning(step: int) -> float:
    return 0.3 + 0.6 * step / STEPS


def test_a_reward_that_rises_with_right_answers_is_quiet(write: Write):
    columns = read(write(answering(learning)), 10_000)
    found = audit_of(columns, evaluations(0.3, 0.5, 0.6, 0.8))
    assert found.findings == []
    assert found.course.changes["right answers"].size == pytest.approx(0.48, abs=0.1)


def test_a_reward_that_rises_without_right_answers_is_hollow_and_names_the_part(write: Write):
    def pay(question: Question, text: str, right: bool):
        step = int(question.id[1:].split("-")[0])
        return honest(question, text, right) | {"bonus": (step / STEPS, 2.0)}

    found = audit(write(answering(), pay)).findings
    assert len(found) == 1
    assert found[0].title.startswith("the reward rose")
    assert any("'bonus'" in sentence for sentence in found[0].evidence)


def test_training_that_does_not_reach_held_out_questions_is_flagged(write: Write):
    columns = read(write(answering(learning)), 10_000)
    (flag,) = audit_of(columns, evaluations(0.4, 0.39, 0.4, 0.38)).findings
    assert flag.title.endswith("not on held-out questions")
    assert audit_of(columns, evaluations(0.4, 0.39, 0.41, 0.38)).findings == []
    assert audit_of(columns, evaluations(0.4, 0.39)).findings == []


def test_completions_that_come_to_be_cut_are_flagged(write: Write):
    run = write(answering(), cut=lambda rng, step: rng.random() < 0.4 * step / STEPS)
    (title,) = titles(run)
    assert title.startswith("more and more completions are cut at the limit")


def test_an_answer_to_everything_is_flagged(write: Write):
    def stuck(rng: np.random.Generator, question: Question, step: int) -> str:
        if rng.random() < 0.8:
            return "<think>it falls to the end</think> <answer>C</answer>"
        return answering()(rng, question, step)

    few = titles(write(stuck, steps=15))  # 24 questions in its last fifth
    assert not any("is the answer to everything" in title for title in few)
    assert "'C' is the answer to everything" in " ".join(titles(write(stuck)))


def test_a_common_gold_answer_is_no_favourite(write: Write):
    def common(rng: np.random.Generator, question: Question, step: int) -> str:
        return answering(lambda step: 0.9)(rng, question, step)

    columns = read(write(common, golds=("C", "C", "C", "D", "E")), 10_000)
    assert np.mean([question.gold == "C" for question in columns.asked]) > 0.5
    assert audit_of(columns, []).findings == []


def test_one_thought_for_all_questions_is_flagged(write: Write):
    run = write(answering(think=lambda rng, question, step: "I listen to the sound with care"))
    (flag,) = audit(run).findings
    assert flag.title == "one thought, word for word, for 100.0 % of the questions about last note"


def test_thoughts_that_name_what_was_heard_are_no_template(write: Write):
    def think(rng: np.random.Generator, question: Question, step: int) -> str:
        return f"The tune ends on {rng.choice(['C', 'D', question.answer])}."

    assert titles(write(answering(think=think))) == []


def test_of_a_short_run_no_course_is_told(write: Write):
    assert audit(write(answering(), steps=9)).course.changes == {}


def test_a_fifth_is_of_the_steps_that_were_taken(write: Write):
    columns = read(write(answering()), 10_000)
    early, late = ({*columns.step_B[rows].tolist()} for rows in fifths(columns))
    assert (early, late) == ({0, 1, 2, 3}, {16, 17, 18, 19})


@pytest.mark.parametrize(("known", "told"), [(30, True), (29, False)])
def test_what_few_groups_of_the_first_fifth_tell_is_no_course(write: Write, known: int, told: bool):
    columns = read(write(answering(), steps=20), 10_000)
    seen = np.where((columns.step_B < 4) & (columns.unit_B >= known), np.nan, columns.total_B)
    changes = audit_of(dataclasses.replace(columns, total_B=seen), []).course.changes
    assert ("reward" in changes) == told
    assert "words" in changes


def test_an_accuracy_that_no_float_holds_is_none(write: Write):
    """A stranger's metrics may hold a whole number of any length."""
    found = audit_of(read(write(answering(), steps=1), 10_000), evaluations(10**400, 0.5))
    assert [accuracy for _, accuracy in found.course.dev] == [0.5]
