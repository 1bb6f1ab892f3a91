"""A judge is never alone in a rubric, at no step of a run."""

from __future__ import annotations

import json

import pytest

from rewards import Facts, Question, Rubric, parse
from rewards.errors import ConfigError

JUDGE = {"reward": "judge", "first": "answer", "url": "http://127.0.0.1:9/v1", "model": "m"}


@pytest.mark.parametrize(
    "parts",
    [
        {"judge": JUDGE},
        {"opinion": JUDGE, "second": JUDGE},
        {"judge": JUDGE, "format": {"weight": 0}},
        {"judge": JUDGE, "format": {"weight": {0: 1, 10: 0}}},
        {"judge": {**JUDGE, "weight": {0: 0, 5: 1}}, "format": {"weight": {0: 1, 5: 0, 9: 1}}},
    ],
)
def test_a_judge_is_never_alone(parts):
    with pytest.raises(ConfigError, match="never alone"):
        Rubric.from_config({"parts": parts})


def test_the_step_from_which_a_judge_would_be_alone_is_told():
    parts = {"judge": JUDGE, "format": {"weight": {0: 1, 10: 0}}}
    with pytest.raises(ConfigError, match="above 0 at step 10, expected one"):
        Rubric.from_config({"parts": parts})


@pytest.mark.parametrize(
    "parts",
    [
        {"judge": JUDGE, "format": {"weight": 0.01}},
        {"judge": {**JUDGE, "weight": 0}, "format": {"weight": {0: 0, 1: 1}}},
        {"judge": {**JUDGE, "weight": {0: 1, 10: 0}}, "format": {"weight": {0: 1, 20: 0}}},
    ],
)
def test_in_company_it_may_judge(parts):
    assert Rubric.from_config({"parts": parts}).parts


@pytest.mark.parametrize(
    ("parts", "judged"),
    [
        ({"accuracy": {}}, False),
        ({"accuracy": {}, "tempo": {"when": {"facet": "tempo"}}}, False),
        ({"accuracy": {}, "format": {"weight": 0}, "length": {}}, True),
        ({"accuracy": {}, "format": {}}, True),
    ],
)
def test_where_no_other_part_pays_for_a_completion_a_judge_does_not(stub, parts, judged):
    """A caption without a gold answer: accuracy does not apply."""
    said = {"role": "assistant", "content": json.dumps({"reason": "fair", "value": 0.5})}
    stub.script = [json.dumps({"choices": [{"message": said, "finish_reason": "stop"}]}).encode()]
    rubric = Rubric.from_config({"parts": {"judge": {**JUDGE, "url": stub.url}, **parts}})
    caption = Question("c", "Describe it.", kind="caption", facts=Facts(key="D major"))
    score = rubric.score(caption, parse("<think>I hear it well.</think><answer>Fine.</answer>"))
    part = score.parts["judge"]
    assert (part.status == "scored", score.total is not None) == (judged, judged)
    if not judged:
        assert part.why == "what asks a model is never alone: no other part judges this question"


def test_where_another_part_pays_for_a_sibling_each_opinion_stands(stub):
    said = {"role": "assistant", "content": json.dumps({"reason": "poor", "value": 0.1})}
    stub.script = [json.dumps({"choices": [{"message": said, "finish_reason": "stop"}]}).encode()]
    parts = {"judge": {**JUDGE, "url": stub.url}, "consistency": {}}
    rubric = Rubric.from_config({"parts": parts})
    caption = Question("c", "Describe it.", kind="caption", facts=Facts(key="D major"))
    texts = ("<think>It is in D.</think><answer>In D major.</answer>", "Nothing of it is said.")
    plain, bare = rubric.score_group(caption, [parse(text) for text in texts])
    assert plain.parts["consistency"].value is not None
    assert bare.parts["consistency"].value is None
    assert [one.parts["judge"].value for one in (plain, bare)] == [0.1, 0.1]
