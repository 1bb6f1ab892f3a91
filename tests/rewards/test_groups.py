"""Siblings are completions of one question: of the same id or, without one, equal."""

from __future__ import annotations

from dataclasses import replace

from rewards import Facts, Question
from rewards.groups import by_question, named

ASKED = Question("a", "Key?", facet="key", answer="D major", facts=Facts(key="D major"))


def test_a_question_without_an_id_is_known_by_all_the_rest() -> None:
    assert named(ASKED) == named(replace(ASKED, id="b")) == named(named(ASKED))
    others = [
        replace(ASKED, text="Which key?"),
        replace(ASKED, answer=None),
        replace(ASKED, kind="caption"),
        replace(ASKED, facts=Facts(key="D major", meter="3/4")),
    ]
    assert len({named(question).id for question in (ASKED, *others)}) == 5


def test_the_order_of_what_is_known_of_a_clip_makes_no_other_question() -> None:
    one, other = (
        replace(ASKED, facts=Facts(metadata=dict(pairs)))
        for pairs in (
            [("Genre", "jazz"), ("Tempo", "slow")],
            [("Tempo", "slow"), ("Genre", "jazz")],
        )
    )
    assert one == other
    assert named(one).id == named(other).id


def test_equal_questions_are_one_wherever_they_stand_and_one_id_makes_no_two_equal() -> None:
    other, twin = replace(ASKED, id="b"), replace(ASKED, answer="E major")
    assert by_question([ASKED, other, ASKED, twin, other]) == [[0, 2], [1, 4], [3]]
    assert by_question([]) == []
