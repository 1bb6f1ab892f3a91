"""The tables of `etude eval`: what they show is what the answers and their scores say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from experiments import eval_tables
from policies.accuracy import Answered, pass_at_k
from rewards.failing import Failing, failing
from rewards.records import NOT_RUN, Part, Question, Score
from rewards.rubric import Rubric

RUBRIC = {"parts": {"format": {"weight": 0.5}, "accuracy": {}}}


def _answered(*rows: tuple[str, str, tuple[bool, ...]]) -> list[Answered]:
    return [
        Answered(
            Question(f"q{i}", "?", topic=topic, answer="D"),
            tuple(f"<think>x y z</think><answer>{'D' if hit else text}</answer>" for hit in hits),
            hits,
        )
        for i, (topic, text, hits) in enumerate(rows)
    ]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Rows of cells of what ``show(...)`` printed."""
    monkeypatch.setenv("COLUMNS", "120")

    def rows(show: Any, *arguments: Any) -> list[list[str]]:
        show(*arguments)
        lines = capsys.readouterr().out.strip().splitlines()
        return [re.split(r"\s{2,}", line.strip()) for line in lines]

    return rows


def test_the_table_counts_by_topic_and_overall(shown: Any) -> None:
    answered = _answered(
        ("final_chord", "E", (True,)), ("final_chord", "E", (False,)),
        ("key", "E", (False,)), ("key", "E", (False,)), ("key", "E", (True,)),
    )  # fmt: skip
    assert shown(eval_tables.show_accuracy, answered) == [
        ["topic", "questions", "accuracy"],
        ["final chord", "2", "50.0%"],
        ["key", "3", "33.3%"],
        ["overall", "5", "40.0%"],
    ]


def test_a_topic_called_overall_is_a_topic(shown: Any) -> None:
    answered = _answered(("overall", "E", (True,)), ("key", "E", (False,)))
    assert shown(eval_tables.show_accuracy, answered)[1:] == [
        ["key", "1", "0.0%"],
        ["overall", "1", "100.0%"],
        ["overall", "2", "50.0%"],
    ]


def test_pass_at_k_and_the_rubrics_choice_are_shown(shown: Any) -> None:
    hits = (False, True, False, False)
    answered = _answered(("key", "E", hits), ("key", "E", (False,) * 4))
    scores = eval_tables.judged(answered, Rubric.of(["format", "accuracy"]))
    rows = shown(eval_tables.show_samples, answered, scores)
    assert rows[0] == ["measure", "value"]
    for k, row in zip((1, 2, 4), rows[1:4], strict=True):
        assert row == [f"pass@{k}", f"{100 * pass_at_k(hits, k) / 2:.1f}%"]
    assert rows[4] == ["best of 4 by the rubric", "50.0%"]


def test_pass_at_k_is_shown_for_as_many_samples_as_there_are(shown: Any) -> None:
    answered = _answered(("key", "E", (False, False, True)))
    scores = eval_tables.judged(answered, Rubric.of(["format", "accuracy"]))
    rows = shown(eval_tables.show_samples, answered, scores)
    assert [row[0] for row in rows[1:4]] == ["pass@1", "pass@2", "pass@3"]
    assert rows[3] == ["pass@3", "100.0%"]


def test_a_completion_whose_reward_failed_is_never_the_rubrics_choice(shown: Any) -> None:
    bad, worst = Part(None, 1.0, "error", "KeyError: 'x'"), Part(0.0, 1.0, "scored")
    answered = _answered(("key", "E", (False, True)), ("key", "E", (True, True)))
    failed, scored = Score({"a": bad}), Score({"a": worst})
    rows = shown(eval_tables.show_samples, answered, [[failed, scored], [scored, scored]])
    assert rows[3] == ["best of 2 by the rubric", "100.0%"]
    rows = shown(eval_tables.show_samples, answered, [[failed, failed], [scored, failed]])
    assert rows[3] == ["best of 2 by the rubric, without a total for 1 question", "100.0%"]
    rows = shown(eval_tables.show_samples, answered, [[failed, failed]] * 2)
    assert rows[3] == ["best of 2 by the rubric, without a total for 2 questions", "-"]


def test_the_parts_of_a_rubric_are_averaged_where_they_apply(shown: Any) -> None:
    answered = _answered(("key", "E", (True,)), ("key", "E", (False,)))
    rows = shown(eval_tables.show_rubric, eval_tables.judged(answered, Rubric.from_config(RUBRIC)))
    assert rows == [
        ["part", "completions", "mean"],
        ["format", "2", "1.000"],
        ["accuracy", "2", "0.500"],
        ["total", "2", "0.667"],
    ]


def test_completions_on_which_a_reward_failed_are_counted_and_have_no_total(shown: Any) -> None:
    good, bad = Part(1.0, 1.0, "scored"), Part(None, 1.0, "error", "KeyError: 'x'")
    late = Part(None, 1.0, "timeout", "no answer in 5 s")
    scores = [[Score({"a": good, "b": good}), Score({"a": good, "b": bad})], [Score({"b": late})]]
    assert shown(eval_tables.show_rubric, scores) == [
        ["part", "completions", "mean", "failed"],
        ["a", "2", "1.000"],
        ["b", "1", "1.000", "2"],
        ["total", "1", "1.000"],
    ]
    assert failing([score for row in scores for score in row]) == {"b": Failing(2, "KeyError: 'x'")}


def test_completions_that_were_not_run_are_not_counted_as_failed(shown: Any) -> None:
    bad = Part(None, 1.0, "error", "KeyError: 'x'")
    unrun = Part(None, 1.0, "error", f"{NOT_RUN}, for 1 before it died")
    scores = [Score({"b": part}) for part in (bad, unrun, unrun)]
    assert shown(eval_tables.show_rubric, [scores]) == [
        ["part", "completions", "mean", "failed", "not run"],
        ["b", "0", "-", "1", "2"],
        ["total", "0", "-"],
    ]
    assert failing(scores)["b"].told("b", "completions") == [
        "reward 'b' failed once, first: KeyError: 'x'",
        "on 2 more it was not run, for 1 before it died",
    ]
    assert failing(scores[1:])["b"].told("b", "completions") == [
        "on 2 completions 'b' was not run, for 1 before it died"
    ]
