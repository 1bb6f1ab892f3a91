"""What a rubric makes of its rewards: against numpy, and law by law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rewards import Question, Rubric, Verdict, get, names, parse, reward
from rewards import registry as registry_module
from rewards.errors import ConfigError
from rewards.records import Facts
from rewards.scorers import JUDGES

QUESTION = Question("q", "Key?", kind="qa", facet="key", facts=Facts(key="D major"))
CAPTION = Question("c", "Describe it.", kind="caption")
PARTS = ("a", "b", "c", "d", "e")


@pytest.fixture(autouse=True, scope="module")
def own_registry():
    for name in (*names(), *JUDGES):
        get(name)
    before = dict(registry_module._REWARDS)
    for name in PARTS:
        register(name)
    yield
    registry_module._REWARDS.clear()
    registry_module._REWARDS.update(before)


def register(name):
    """A reward that finds its own value in the completion: ``a=0.5 b=none c=bug``."""

    @reward(name)
    def read(text):
        said = dict(word.split("=") for word in text.split())[name]
        if said == "bug":
            raise ValueError(f"{name} broke")
        return None if said == "none" else Verdict(float(said), f"{name} said {said}")

    read.__qualname__ = name


def completion(values):
    return parse(" ".join(f"{name}={value}" for name, value in values.items()))


def score(values, question=QUESTION, **rubric):
    parts = rubric.pop("parts")
    return Rubric.from_config({"parts": parts, **rubric}).score(question, completion(values))


# -- any composition, in numpy ------------------------------------------------------------

share = st.floats(0.01, 1.0)
part = st.fixed_dictionaries(
    {"weight": st.floats(0, 5)},
    optional={
        "clip": st.sampled_from([[0.0, 0.5], [0.25, 1.0], [0.1, 0.9]]),
        "when": st.sampled_from([{"kind": ["qa"]}, {"kind": "caption"}, {"facet": ["key"]}]),
    },
)
rubrics = st.fixed_dictionaries(
    {
        "parts": st.tuples(*[part] * 5),
        "gates": st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4),
        "factors": st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), share), max_size=4),
        "renormalise": st.booleans(),
    }
)
outcomes = st.one_of(
    st.floats(0, 1).map(float), st.sampled_from([0.0, 1.0, 1.0, 1.0]), st.just("none")
)


@settings(max_examples=300, deadline=None)
@given(rubrics, st.lists(st.tuples(*[outcomes] * 5), min_size=1, max_size=4), st.booleans())
def test_the_total_of_any_composition_is_that_of_numpy(made, rows, captions):
    config: dict = {name: dict(body) for name, body in zip(PARTS, made["parts"], strict=True)}
    for low, high in made["gates"]:
        opens = config[PARTS[low]].get("clip", [0, 1])[1] == 1 and _meet(config, low, high)
        if low < high and opens:  # a part leans on earlier ones only: no circles
            config[PARTS[high]].setdefault("requires", []).append(PARTS[low])
    for low, high, portion in made["factors"]:
        if low < high:
            config[PARTS[high]].setdefault("times", {})[PARTS[low]] = portion
    assume(any(body["weight"] for body in config.values()))
    rubric = Rubric.from_config({"parts": config, "renormalise": made["renormalise"]})
    question = CAPTION if captions else QUESTION
    responses = [completion(dict(zip(PARTS, row, strict=True))) for row in rows]
    for row, got in zip(rows, rubric.score_group(question, responses), strict=True):
        expected = _in_numpy(config, row, question, made["renormalise"])
        if math.isnan(expected):
            assert got.total is None
        else:
            assert got.total == pytest.approx(expected, abs=1e-14)
            assert 0 <= (got.total or 0.0) <= 1
        assert got.valid


def _meet(config, low, high):
    kinds = [str(np.atleast_1d(config[PARTS[k]].get("when", {}).get("kind", "any"))[0])
             for k in (low, high)]  # fmt: skip
    return sorted(kinds) != ["caption", "qa"]


def _in_numpy(config, row, question, renormalise):
    values = np.array([np.nan if said == "none" else said for said in row], dtype=np.float64)
    for k, name in enumerate(PARTS):
        body = config[name]
        for field, wanted in body.get("when", {}).items():
            if getattr(question, field) not in np.atleast_1d(wanted):
                values[k] = np.nan
        values[k] = np.clip(values[k], *body.get("clip", (0, 1)))
        for other, portion in body.get("times", {}).items():
            factor = np.nan_to_num(values[PARTS.index(other)], nan=1.0)
            values[k] *= 1 - portion + portion * factor
        for gate in body.get("requires", []):
            if values[PARTS.index(gate)] != 1 and not np.isnan(values[k]):
                values[k] = 0.0
    weights = np.array([config[name]["weight"] for name in PARTS])
    counts = ~np.isnan(values) & (weights > 0)
    if not counts.any():
        return np.nan
    mass = weights[counts].sum() if renormalise else weights.sum()
    return float((weights[counts] * values[counts]).sum() / mass)


# -- gates, products, clips -----------------------------------------------------------------


def test_a_product_lets_the_rest_of_its_share_stand():
    parts = {"a": {}, "b": {"times": {"a": 0.5}}}
    assert score({"a": 1.0, "b": 0.8}, parts=parts).parts["b"].value == 0.8
    assert score({"a": 0.0, "b": 0.8}, parts=parts).parts["b"].value == 0.4
    assert score({"a": 0.5, "b": 0.8}, parts=parts).parts["b"].value == pytest.approx(0.6)
    whole = score({"a": 0.25, "b": 0.8}, parts={"a": {}, "b": {"times": "a"}}).parts["b"]
    assert whole.value == pytest.approx(0.2)
    assert whole.why == "times a 0.25; b said 0.8"


def test_a_factor_of_one_or_that_does_not_apply_leaves_every_bit():
    for factor in (1.0, "none"):
        for value in (0.1, 1 / 3, 0.7, 1.0):
            parts = {"a": {}, "b": {"times": {"a": 0.3}}}
            assert score({"a": factor, "b": value}, parts=parts).parts["b"].value == value


def test_the_clip_is_of_the_reward_and_a_closed_gate_still_gives_nothing():
    parts = {"a": {"weight": 0}, "b": {"clip": [0.2, 0.6]}}
    assert score({"a": 1, "b": 0.9}, parts=parts).total == 0.6
    assert score({"a": 1, "b": 0.0}, parts=parts).total == 0.2
    assert "0.9 clipped to 0.6" in score({"a": 1, "b": 0.9}, parts=parts).parts["b"].why
    gated = {**parts, "b": {"clip": [0.2, 0.6], "requires": ["a"], "times": {"a": 0.5}}}
    closed = score({"a": 0.5, "b": 0.9}, parts=gated).parts["b"]
    assert closed.value == 0.0
    assert "the gate 'a' failed (got 0.5, expected 1): a said 0.5" in closed.why


def test_a_reason_that_is_empty_leaves_no_sign_of_itself():
    @reward("silent")
    def silent():
        return 0.25

    config = {"parts": {"silent": {"clip": [0.5, 1]}}}
    (part,) = Rubric.from_config(config).score(QUESTION, parse("")).parts.values()
    assert part.why == "0.25 clipped to 0.5"


@pytest.mark.parametrize("link", [{"requires": ["a"]}, {"times": {"a": 0.5}}])
def test_what_leans_on_a_failed_part_is_neither_zero_nor_a_second_error(link):
    result = score({"a": "bug", "b": 0.9}, parts={"a": {}, "b": link})
    assert (result.parts["b"].status, result.parts["b"].value) == ("not_applicable", None)
    assert "ValueError: a broke" in result.parts["b"].why
    assert [part.status for part in result.parts.values()].count("error") == 1
    assert not result.valid


@pytest.mark.parametrize("gate", [0.0, 0.5, "none", "bug"])
def test_no_gate_or_factor_hides_an_error_or_that_a_part_does_not_apply(gate):
    parts = {"a": {}, "b": {"requires": ["a"], "times": {"a": 1.0}}}
    assert score({"a": gate, "b": "bug"}, parts=parts).parts["b"].status == "error"
    assert not score({"a": gate, "b": "bug"}, parts=parts).valid
    assert score({"a": gate, "b": "none"}, parts=parts).parts["b"].status == "not_applicable"


# -- routing, weights ------------------------------------------------------------------------


def test_a_part_is_not_asked_about_questions_of_other_kinds_and_facets():
    parts = {"a": {"when": {"kind": ["qa"], "facet": ["key", "chord"]}}, "b": {}}
    assert score({"a": 0.5, "b": 1}, parts=parts).parts["a"].value == 0.5
    elsewhere = score({"a": "bug", "b": 1}, question=CAPTION, parts=parts)
    assert elsewhere.parts["a"].status == "not_applicable"
    assert elsewhere.valid
    assert elsewhere.total == 1


def test_without_renormalising_a_part_that_does_not_apply_counts_as_zero():
    parts = {"a": {"weight": 3}, "b": {"weight": 1}}
    assert score({"a": "none", "b": 0.8}, parts=parts).total == pytest.approx(0.8)
    kept = score({"a": "none", "b": 0.8}, parts=parts, renormalise=False)
    assert kept.total == pytest.approx(0.2)
    assert score({"a": "none", "b": "none"}, parts=parts, renormalise=False).total is None


def test_a_schedule_is_linear_between_its_steps_and_constant_beyond():
    config = {"parts": {"a": {"weight": {10: 0.2, "110": 0.7, 200: 0.0}}, "b": {"weight": 1.5}}}
    rubric = Rubric.from_config(config)
    steps = [0, 9, 10, 11, 35, 109, 110, 111, 155, 199, 200, 10**9]
    weights = [rubric.at(step).parts[0].weight for step in steps]
    assert weights == pytest.approx(np.interp(steps, [10, 110, 200], [0.2, 0.7, 0.0]), abs=1e-15)
    assert all(rubric.at(step).parts[1].weight == 1.5 for step in steps)
    assert rubric.settled() == rubric.at(10**9)
    result = rubric.at(35).score(QUESTION, completion({"a": 1, "b": 0}))
    assert result.parts["a"].weight == pytest.approx(0.325)
    assert result.total == pytest.approx(0.325 / 1.825)


def test_a_rubric_with_a_schedule_asks_for_the_step():
    rubric = Rubric.from_config({"parts": {"a": {"weight": {0: 1, 5: 0}}}})
    with pytest.raises(ConfigError, match=r"1 at 0 -> 0 at 5.*rubric.at\(step\)"):
        rubric.score(QUESTION, completion({"a": 1}))


# -- order and groups --------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[outcomes] * 3), min_size=2, max_size=7), st.randoms())
def test_permuting_completions_permutes_scores(rows, random):
    parts = {"a": {}, "b": {"requires": ["a"]}, "c": {"times": {"b": 0.4}}, "diversity": {}}
    rubric = Rubric.from_config({"parts": parts})
    responses = [completion(dict(zip("abc", row, strict=True))) for row in rows]
    order = list(range(len(rows)))
    random.shuffle(order)
    straight = rubric.score_group(QUESTION, responses)
    permuted = rubric.score_group(QUESTION, [responses[i] for i in order])
    assert [_plain(score) for score in permuted] == [_plain(straight[i]) for i in order]


def test_rows_of_any_questions_are_judged_with_their_siblings_wherever_they_stand():
    rubric = Rubric.from_config({"parts": {"a": {}, "diversity": {}}})
    first = [completion({"a": v}) for v in (0.1, 0.2, 0.2)]
    other = [completion({"a": v}) for v in (0.1, 0.3)]
    rows = [(QUESTION, first[0]), (CAPTION, other[0]), (QUESTION, first[1]),
            (CAPTION, other[1]), (QUESTION, first[2])]  # fmt: skip
    together = rubric.score_rows(rows)
    apart = [*rubric.score_group(QUESTION, first), *rubric.score_group(CAPTION, other)]
    assert [_plain(together[i]) for i in (0, 2, 4, 1, 3)] == [_plain(score) for score in apart]
    assert rubric.score_rows([]) == []


def test_a_reward_over_the_group_is_called_once_for_each_question():
    calls = []

    @reward("rank", scope="group")
    def rank(texts, question):
        calls.append((question.id, list(texts)))
        return [sorted(texts).index(text) / len(texts) for text in texts]

    rubric = Rubric.of(["rank"])
    scores = rubric.score_group(QUESTION, [parse(text) for text in "cab"])
    assert [score.total for score in scores] == pytest.approx([2 / 3, 0, 1 / 3])
    assert rubric.score(QUESTION, parse("x")).total == 0.0
    assert calls == [("q", ["c", "a", "b"]), ("q", ["x"])]
    assert rubric.over_groups
    assert not Rubric.of(["format"]).over_groups
    assert get("rank")(QUESTION, parse("x")) == 0.0


@pytest.mark.parametrize("outcome", [[0.5], [0.5] * 3, [], 0.5, None, {0: 1.0}, "ab",
    np.array([0.5, 0.5]), iter([0.5, 0.5])])  # fmt: skip
def test_a_group_of_another_length_or_form_is_an_error_of_all(outcome):
    @reward("crooked_group", scope="group")
    def crooked(responses):
        return outcome

    rubric = Rubric.of(["crooked_group"])
    for result in rubric.score_group(QUESTION, [parse("a"), parse("b")]):
        part = result.parts["crooked_group"]
        assert (part.status, part.value) == ("error", None)
        assert "'crooked_group' returned" in part.why
        assert "expected a list of 2" in part.why
    del registry_module._REWARDS["crooked_group"]


def test_one_wrong_value_in_a_group_is_the_error_of_its_response():
    @reward("partly", scope="group")
    def partly(responses):
        return [1.0, True, None, Verdict(0.5, "half")]

    scores = Rubric.of(["partly"]).score_group(QUESTION, [parse(t) for t in "abcd"])
    found = [score.parts["partly"].status for score in scores]
    assert found == ["scored", "error", "not_applicable", "scored"]


def _plain(score):
    return {
        name: (part.status, part.value, part.weight, part.why) for name, part in score.parts.items()
    }
