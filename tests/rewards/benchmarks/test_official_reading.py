"""Forms of prediction files, Etude's own answers among them, and what stands beside a value."""

from __future__ import annotations

import json

import pytest

from rewards.benchmarks import NAMES, get
from rewards.benchmarks.reading import read_predictions
from rewards.benchmarks.report import row_to_json, score_predictions
from rewards.benchmarks.rows import as_answer, distinct
from rewards.errors import ConfigError, DataError

MAN = {"id": "q", "text": "Who?", "choices": ["Woman", "Man"], "answer": "Man", "topic": "voice"}


def answer(completion: str, **question: object) -> dict:
    return {"question": {**MAN, **question}, "completion": completion, "correct": True}


def test_every_name_leads_to_the_scorer_of_that_name():
    assert [get(name).name for name in NAMES] == list(NAMES)


def test_an_unknown_name_is_told_with_its_neighbour():
    with pytest.raises(ConfigError, match="did you mean 'mmau'"):
        get("mmauu")
    with pytest.raises(ConfigError, match="got 'gtzan'; expected one of mmau, mmar, muchomusic"):
        get("gtzan")


def test_each_benchmark_scores_its_own_form(report, row):
    for name in NAMES:
        found = report(name, row(name))
        assert (found.groups[-1].official, found.read.malformed) == (1.0, []), name
        assert found.groups[-1].ours == 1.0, name


def test_a_list_and_lines_are_read_alike_whatever_stands_before_them(row):
    rows = [row("mmau"), row("mmau", model_output="Woman")]
    lines = "\r\n\n".join(map(json.dumps, rows))
    for text in (json.dumps(rows), json.dumps(rows, indent=4), lines, f"\ufeff{lines}"):
        for data in (text.encode(), f" \n{text}".encode()):
            if data.startswith(b" \n\xef"):
                continue  # a mark in the middle is no mark
            found = score_predictions(data, get("mmau"))
            assert [one.mark.value for one in found.scored] == [1, 0]


def test_malformed_rows_are_told_by_number_and_left_out(report, row):
    found = report("mmau", row("mmau"), "{broken", "7", row("mmau", answer=None), row("mmau"))
    assert [number for number, _ in found.read.malformed] == [2, 3, 4]
    assert found.groups[-1].n == 2


def test_in_a_list_the_number_is_the_place(row):
    read = read_predictions(json.dumps([row("mmau"), None]).encode(), get("mmau"))
    assert read.malformed == [(2, "got null, expected an object")]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"[]"])
def test_a_file_without_a_row_is_refused(data):
    with pytest.raises(DataError, match="got no row"):
        read_predictions(data, get("mmau"))


@pytest.mark.parametrize("data", [b"[1,", b"[NaN]", b"[" * 100_000, b"[\xff]", b'[{"a":1,"a":2}]'])
def test_a_list_that_cannot_be_decoded_is_refused(data):
    with pytest.raises(DataError, match=r"is not|cannot be decoded"):
        read_predictions(data, get("mmau"))


def test_of_own_answers_the_script_sees_the_answer_block_or_else_all(report):
    found = report(
        "mmau",
        answer("<think>Not a woman.</think><answer>Man</answer>"),
        answer("<think>Not a woman.</think>Man"),
        answer("man"),
    )
    assert [one.entry.said for one in found.scored] == [
        "Man", "<think>Not a woman.</think>Man", "man"
    ]  # fmt: skip
    assert [one.mark.value for one in found.scored] == [1, 0, 1]
    assert (found.read.answers, found.read.tagged) == (3, 1)


def test_of_own_answers_the_reward_judges_the_completion_as_in_training(report):
    found = report("mmau", answer("<answer>(B)</answer>"), answer("Man"))
    assert [one.part.value for one in found.scored] == [1, 0]
    assert found.scored[1].part.why == "there is no one answer block"


def test_own_answers_are_told_by_topic_and_letters_follow_the_choices(report):
    found = report("muchomusic", answer("<answer>B</answer>"), answer("<answer>A</answer>"))
    assert [(one.label, one.official) for one in found.groups] == [
        ("topic: voice", 0.5), ("overall", 0.5)
    ]  # fmt: skip
    assert report("rul-muchomusic", answer("<answer>[[B]]</answer>")).groups[-1].official == 1


@pytest.mark.parametrize("name", ["mmau", "mmar", "muchomusic", "rul-muchomusic"])
def test_own_answers_without_choices_are_malformed_where_the_script_needs_them(name, report):
    found = report(name, answer("Man", choices=None), answer("Man", answer=None))
    sentence = "question: has no choices or no answer, expected both"
    assert found.read.malformed == [(1, sentence), (2, sentence)]


def test_own_answers_to_a_key_question_go_by_the_fact(report):
    asked = {"choices": None, "answer": None, "facet": "key", "facts": {"key": "D minor"}}
    found = report("cmi-key", answer("<answer>F major</answer>", **asked))
    assert (found.scored[0].mark.value, found.scored[0].part.value) == (0.3, 0.3)
    for wrong in ({"answer": None}, {"answer": "Man"}):
        found = report("cmi-key", answer("F major", **{**asked, "facts": None, **wrong}))
        assert len(found.read.malformed) == 1


def test_own_answers_to_a_beat_question_go_by_the_fact(report):
    asked = {"choices": None, "answer": None, "facet": "beats", "facts": {"beats": [0.5, 1.0]}}
    found = report("cmi-beats", answer("<answer>0.5s,1.0s</answer>", **asked))
    assert (found.scored[0].mark.value, found.scored[0].part.value) == (1.0, 1.0)
    found = report("cmi-beats", answer("0.5", **{**asked, "facts": None, "answer": "Man"}))
    assert found.read.malformed[0][1].startswith("question: got the beats 'Man'")


def test_a_malformed_own_answer_is_told_once_with_its_number(report):
    found = report("mmau", answer("Man"), {"question": {"id": "a"}, "completion": "x"})
    assert found.read.malformed == [(2, "question: text: is missing, expected a string")]


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        ("Man", "Man"),
        ("<think>Woman?</think><answer>Man</answer>", "Man"),
        ("<think>Woman?</think> Man", " Man"),
        ("I hear a low voice.\nThe answer is: Man", "Man"),
        ("<answer>Man</answer><answer>Woman</answer>", None),
        ("", ""),
    ],
)
def test_of_an_official_prediction_the_reward_judges_its_answer(said: str, judged: str | None):
    assert as_answer(said).answer == (said if judged is None else judged)


def test_repeated_options_and_a_gold_that_is_none_of_them_do_not_trouble_the_reward(report, row):
    assert distinct(("a", "b", " a", "b")) == ("a", "b")
    found = report(
        "mmau",
        row("mmau", choices=["Man", "Man", "Woman"]),
        row("mmau", choices=["Woman", "Child"]),
    )
    assert [one.part.value for one in found.scored] == [1, 1]
    assert found.failed == []


def test_where_the_two_differ_is_told_with_both_reasons(report, row):
    found = report("mmau", row("mmau"), row("mmau", id="x", model_output="A man, not a woman."))
    (one,) = found.differing
    assert row_to_json(one) == {
        "id": "x", "official": 0.0, "ours": 1.0, "agree": False, "answered": True,
        "why": "has 'woman' of another choice", "why_ours": one.part.why,
    }  # fmt: skip
    assert row_to_json(found.scored[0])["agree"] is True


def test_a_reward_without_a_value_differs_from_nothing(report, row):
    found = report("cmi-beats", row("cmi-beats", correct_answer="none"))
    assert (found.differing, found.groups[-1].ours) == ([], None)
    assert row_to_json(found.scored[0])["agree"] is False


def test_a_key_that_the_reward_cannot_read_as_gold_is_a_failure_of_the_reward(report, row):
    found = report("cmi-key", row("cmi-key", correct_answer="H dur moll"), row("cmi-key"))
    assert len(found.failed) == 1
    assert found.groups[-1].official == 0.5


def test_a_file_without_a_sound_row_still_tells_what_is_wrong(report):
    found = report("mmau", "{")
    assert (found.scored, found.groups, len(found.read.malformed)) == ((), (), 1)
