"""A kind that nobody knows is most likely misspelled, and is told."""

from __future__ import annotations

from rewards import Rubric
from rewards.rubric_routes import KINDS, strange_kinds


def rubric(*kinds: str) -> Rubric:
    return Rubric.from_config({"parts": {"key": {"when": {"kind": [*kinds]}}, "format": {}}})


def test_a_kind_that_no_question_has_is_named_with_the_nearest() -> None:
    (said,) = strange_kinds(rubric("qaa", "qa"), {"qa"})
    assert said == "parts.key.when.kind: no question is of kind 'qaa', did you mean 'qa'?"
    assert "known are caption, hymn, qa" in strange_kinds(rubric("zzz"), {"hymn"})[0]
    assert "did you mean 'hymn'?" in strange_kinds(rubric("hymns"), {"hymn"})[0]


def test_kinds_of_the_library_and_of_the_questions_are_known() -> None:
    assert strange_kinds(rubric(*KINDS), set()) == []
    assert strange_kinds(rubric("hymn"), {"qa", "hymn"}) == []
    assert strange_kinds(Rubric.default(), set()) == []
