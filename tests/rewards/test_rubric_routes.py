"""A kind that nobody knows is most likely misspelled, and is told."""

from __future__ import annotations

import pytest

from rewards import Question, Rubric, question_from_json
from rewards.errors import ConfigError
from rewards.facts import FACETS
from rewards.rubric_routes import KINDS, strange_kinds, unused


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


def test_a_part_for_none_of_the_questions_is_named_with_what_there_is() -> None:
    asked = [Question("a", "?", facet="key"), Question("b", "?")]
    (said,) = unused(rubric("caption"), asked)
    assert said == (
        "parts.key.when: got questions of kind 'qa', expected some of kind 'caption', "
        "for the part judges no other"
    )
    parts = {"key": {"when": {"kind": ["qa", "caption"], "facet": ["meter"]}}}
    (said,) = unused(Rubric.from_config({"parts": parts}), asked)
    assert "got questions of kind 'qa' and facet 'key', none" in said
    assert "of kind 'qa' or 'caption' and facet 'meter'" in said


def test_a_part_for_one_of_the_questions_is_used() -> None:
    asked = [Question("a", "?"), Question("b", "?", kind="caption")]
    assert unused(rubric("caption"), asked) == unused(Rubric.default(), asked) == []


def test_a_part_may_be_for_every_facet_that_a_question_can_ask_under_either_name() -> None:
    for facet in FACETS:
        assert Rubric.from_config({"parts": {"answer": {"when": {"facet": [facet]}}}})
    parts = {"answer": {"when": {"facet": ["modulation"]}}}
    (part,) = Rubric.from_config({"parts": parts}).parts
    assert part.when is not None
    assert part.when.admits(question_from_json({"id": "a", "text": "?", "facet": "modulation"},
                                               where="here"))  # fmt: skip


@pytest.mark.parametrize("facet", ["chord_metric", "spelling", "kye"])
def test_a_part_for_a_facet_that_no_question_can_ask_is_refused(facet) -> None:
    with pytest.raises(ConfigError, match=f"there is no facet '{facet}'"):
        Rubric.from_config({"parts": {"key": {"when": {"facet": [facet]}}}})
