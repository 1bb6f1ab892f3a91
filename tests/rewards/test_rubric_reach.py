"""What a rubric leaves unjudged is known before a completion is sampled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rewards import Facts, Question, Rubric, parse
from rewards.questions import read_questions
from rewards.rubric_reach import BY_COMPLETION, TRIED, reach
from rewards.scorers import NAMES

TEMPO = [Question(f"t{i}", "Tempo?", facet="tempo", facts=Facts(tempo=90.0)) for i in range(3)]
CHORD = [Question("c", "Chord?", facet="chord", facts=Facts(chord="C:maj"))]
CAPTION = [Question("cap", "Describe it.", kind="caption", answer="a scale")]
EVERY = read_questions(Path(__file__).with_name("every_fact.jsonl"))
OTHERS = (
    "<think>In C major the bass falls.</think><answer>C major</answer>",
    "<think></think><answer></answer>",
    "<think>Allegro, 120 BPM",
    "The answer is: Allegro",
)


def rubric(**parts: Any) -> Rubric:
    return Rubric.from_config({"parts": parts})


def test_questions_that_no_part_applies_to_are_counted_by_topic() -> None:
    found = reach(rubric(chord={}), [*TEMPO, *CHORD, *CAPTION])
    assert str(found) == "no part applies to 4 of 5 questions (tempo, caption)"
    assert not found.nothing


def test_a_part_that_applies_to_no_question_is_named() -> None:
    found = reach(rubric(format={}, tempo_term={}, key={}), TEMPO)
    assert str(found) == "tempo_term, key apply to none of 3 questions"
    assert not found.nothing
    assert str(reach(rubric(format={}, tempo={}), TEMPO)) == ""


def test_a_rubric_that_can_score_nothing_is_known() -> None:
    found = reach(rubric(chord={}, format={"weight": 0}), TEMPO)
    assert found.nothing
    assert str(found) == (
        "no part applies to 3 of 3 questions (tempo); chord applies to none of 3 questions"
    )
    assert not reach(rubric(chord={}, format={"weight": {0: 0.2, 9: 0}}), TEMPO).nothing
    assert reach(rubric(chord={}), TEMPO[:1]).nothing
    assert not reach(rubric(chord={}), []).nothing


def test_a_part_reaches_no_further_than_its_route() -> None:
    routed = rubric(format={"when": {"facet": "chord"}}, chord={})
    assert reach(routed, [*TEMPO, *CHORD]).unjudged == {"tempo": 3}
    routed = rubric(consistency={"when": {"facet": "chord"}})
    assert reach(routed, [*TEMPO, *CHORD]).unjudged == {"tempo": 3}


def test_nothing_is_said_of_rewards_that_only_running_them_would_tell(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    file = tmp_path / "mine.py"
    file.write_text(f"def mine(text):\n    open({str(mark)!r}, 'w')\n    return None\n")
    with rubric(mine={"reward": f"{file}:mine"}, consistency={}, diversity={}) as own:
        assert str(reach(own, TEMPO)) == ""
    assert not mark.exists()


def test_a_reward_that_fails_on_a_question_applies_to_it() -> None:
    wrong = [Question("q", "Key?", facet="key", facts=Facts(key="no key at all"))]
    assert str(reach(rubric(key={}), wrong)) == ""


def test_of_many_questions_some_are_tried_and_nothing_is_claimed_of_the_rest() -> None:
    found = reach(rubric(chord={}), TEMPO * TRIED)
    assert (found.asked, found.tried) == (3 * TRIED, TRIED)
    assert not found.nothing
    assert "no part applies to 6000 of 6000 questions that were tried of 18000" in str(found)


@pytest.mark.parametrize("name", sorted({*NAMES} - {*BY_COMPLETION}))
def test_whether_a_reward_applies_is_decided_by_the_question_alone(name: str) -> None:
    (part,) = Rubric.of([name]).parts
    for question in [*EVERY, *TEMPO, *CHORD, *CAPTION, Question("bare", "What is it?")]:
        found = {
            part.judge_all([(question, parse(text))])[0].status != "not_applicable"
            for text in ("", *OTHERS)
        }
        assert len(found) == 1, question.id
