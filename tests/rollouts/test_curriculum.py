from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from policies.seeds import generator
from rewards import Facts, Rubric, parse
from rewards.records import Part, Question, Score
from rollouts.curriculum import Curriculum, CurriculumSettings
from rollouts.records import Group, Rollout

SIZES = {"key": 7, "meter": 12, "tempo": 5}
KNOWN = Facts(key="C major", tempo=90.0)
MakeGroup = Callable[..., Group]


def _questions() -> list[Question]:
    return [
        Question(f"{facet}{i}", "?", facet=facet) for facet, n in SIZES.items() for i in range(n)
    ]


def _curriculum(seed: int = 1, **settings: Any) -> Curriculum:
    return Curriculum(_questions(), seed, CurriculumSettings(**settings))


@pytest.fixture
def judged(make_group: MakeGroup) -> Callable[..., Group]:
    """``judged(question, values)``: a group whose accuracy parts are these."""

    def make(question: Question, values: Sequence[float | None]) -> Group:
        source = make_group()
        rollouts = tuple(
            Rollout(
                i,
                source.rollouts[0].completion,
                Score({"accuracy": Part(v, 1.0, "not_applicable" if v is None else "scored")}),
            )
            for i, v in enumerate(values)
        )
        return make_group(question=question, rollouts=rollouts)

    return make


def _ids(questions: Sequence[Question]) -> list[str]:
    return [q.id for q in questions]


def _pass_rate(step: int, question: Question) -> float:
    """Some course of learning that is a function of step and question alone."""
    return {"key": 0.1, "meter": 0.5, "tempo": 1.0}[question.facet or ""] if step else 0.5


def _run(curriculum: Curriculum, judged: Callable[..., Group], steps: range) -> list[list[str]]:
    asked = []
    for step in steps:
        questions = curriculum.choose(step, 8)
        asked.append(_ids(questions))
        groups = [
            judged(q, [float(k < 10 * _pass_rate(step, q)) for k in range(10)]) for q in questions
        ]
        curriculum.observe(groups)
    return asked


@pytest.mark.parametrize("by_pass_rate", [True, False])
def test_a_resumed_run_asks_what_the_uninterrupted_one_would_have(
    judged: Callable[..., Group], by_pass_rate: bool
) -> None:
    whole = _run(_curriculum(by_pass_rate=by_pass_rate), judged, range(12))
    assert _run(_curriculum(by_pass_rate=by_pass_rate), judged, range(12)) == whole
    first = _curriculum(by_pass_rate=by_pass_rate)
    _run(first, judged, range(5))
    kept = json.loads(json.dumps(first.state()))
    resumed = _curriculum(by_pass_rate=by_pass_rate)
    resumed.restore(kept)
    assert _run(resumed, judged, range(5, 12)) == whole[5:]


def test_another_seed_asks_otherwise(judged: Callable[..., Group]) -> None:
    assert _run(_curriculum(1), judged, range(3)) != _run(_curriculum(2), judged, range(3))


def test_a_kept_state_does_not_follow_the_run(judged: Callable[..., Group]) -> None:
    curriculum = _curriculum()
    _run(curriculum, judged, range(2))
    kept = curriculum.state()
    text = json.dumps(kept)
    _run(curriculum, judged, range(2, 4))
    assert json.dumps(kept) == text
    other = _curriculum()
    other.restore(kept)
    _run(other, judged, range(2, 4))
    assert json.dumps(kept) == text


def test_plain_epochs_ask_every_question_once_and_each_in_another_order() -> None:
    curriculum = _curriculum(by_pass_rate=False)
    total = sum(SIZES.values())
    asked = [q for step in range(3 * total // 6) for q in _ids(curriculum.choose(step, 6))]
    epochs = [asked[i : i + total] for i in range(0, 3 * total, total)]
    for epoch in epochs:
        assert sorted(epoch) == sorted(_ids(_questions()))
    assert epochs[0] != epochs[1] != epochs[2]


def test_within_a_topic_every_question_comes_once_an_epoch() -> None:
    curriculum = _curriculum()
    asked = [q for step in range(60) for q in curriculum.choose(step, 8)]
    for facet, size in SIZES.items():
        mine = [q.id for q in asked if q.facet == facet]
        assert len(mine) > 2 * size
        for start in range(0, len(mine) - size + 1, size):
            assert len(set(mine[start : start + size])) == size


def _shares(curriculum: Curriculum, steps: int = 400) -> dict[str, float]:
    drawn = Counter(q.facet for step in range(steps) for q in curriculum.choose(step, 10))
    return {facet or "": count / drawn.total() for facet, count in drawn.items()}


def test_before_anything_is_known_topics_are_asked_by_their_size() -> None:
    shares = _shares(_curriculum())
    for facet, size in SIZES.items():
        assert shares[facet] == pytest.approx(size / 24, abs=0.03)


def test_topics_are_asked_by_what_they_can_teach_above_a_floor() -> None:
    curriculum = _curriculum(floor=0.25)
    curriculum.restore({"pass_rate": {"key": 0.5, "meter": 0.0, "tempo": 0.8}, "asked": {}})
    # Weights: 7 * 1, 12 * .25 (the floor), 5 * 4 * .8 * .2 = 3.2.
    expected = {"key": 7 / 13.2, "meter": 3 / 13.2, "tempo": 3.2 / 13.2}
    shares = _shares(curriculum)
    for facet, share in expected.items():
        assert shares[facet] == pytest.approx(share, abs=0.03)


def test_a_topic_that_is_always_right_or_always_wrong_is_still_asked() -> None:
    for rate in (0.0, 1.0):
        curriculum = _curriculum(floor=0.1)
        curriculum.restore({"pass_rate": dict.fromkeys(SIZES, rate), "asked": {}})
        curriculum.pass_rate["key"] = 0.5
        shares = _shares(curriculum)
        assert shares.keys() == SIZES.keys()
        assert shares["key"] > 0.7


def test_the_pass_rate_remembers_and_counts_full_marks_only(
    judged: Callable[..., Group],
) -> None:
    curriculum = _curriculum(memory=0.75)
    key, meter = Question("k", "?", facet="key"), Question("m", "?", facet="meter")
    curriculum.observe([judged(key, [1.0, 0.99, 0.0, 1.0]), judged(meter, [None, None])])
    assert curriculum.pass_rate == {"key": 0.5}
    curriculum.observe([judged(key, [1.0, None, 1.0])])
    assert curriculum.pass_rate == {"key": 0.75 * 0.5 + 0.25 * 1.0}


RUBRICS = {
    "default": None,
    "quickstart": {"parts": {"format": {"weight": 0.2}, "accuracy": {}}},
    "own": {"parts": {"format": {"weight": 0.1}, "key": {}, "tempo": {}}},
}


@pytest.mark.parametrize("name", RUBRICS)
def test_under_any_rubric_the_weightiest_part_tells_what_is_answered_right(
    name: str, make_group: MakeGroup
) -> None:
    config = RUBRICS[name]
    rubric = Rubric.from_config(config) if config else Rubric.default()
    asked = {
        "key": Question("k", "Which key?", answer="C major", facet="key", facts=KNOWN),
        "tempo": Question("t", "How fast?", answer="90", facet="tempo", facts=KNOWN),
    }
    response = parse("<think>It is in C major, and stays so to the end.</think>"
                     "<answer>C major</answer>")  # fmt: skip
    curriculum = _curriculum()
    for question in asked.values():
        (score,) = rubric.score_rows([(question, response)])
        rollout = Rollout(0, make_group().rollouts[0].completion, score)
        curriculum.observe([make_group(question=question, rollouts=(rollout,))])
    assert curriculum.pass_rate == {"key": 1.0, "tempo": 0.0}


def test_a_failed_reward_says_nothing_of_its_topic(make_group: MakeGroup) -> None:
    score = Score({"format": Part(1.0, 0.1, "scored"), "mine": Part(None, 1.0, "error")})
    rollout = Rollout(0, make_group().rollouts[0].completion, score)
    curriculum = _curriculum()
    curriculum.observe([make_group(question=_questions()[0], rollouts=(rollout,))])
    assert curriculum.pass_rate == {}


def test_the_order_in_which_groups_arrive_does_not_matter(judged: Callable[..., Group]) -> None:
    groups = [
        judged(Question(f"k{i}", "?", facet="key"), [float(k < i) for k in range(5)])
        for i in range(6)
    ]
    one, two = _curriculum(), _curriculum()
    one.observe(groups)
    two.observe(groups[::-1])
    assert one.state() == two.state()


@pytest.mark.parametrize("by_pass_rate", [True, False])
def test_what_was_met_is_what_was_asked_each_once(by_pass_rate: bool) -> None:
    curriculum = _curriculum(by_pass_rate=by_pass_rate)
    asked: set[str] = set()
    for step in range(12):
        met = _ids(curriculum.met())
        assert sorted(met) == sorted(asked)
        asked |= {*_ids(curriculum.choose(step, 4))}


def test_the_order_of_a_topic_is_drawn_once_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each draw takes the time of all questions of a topic."""
    drawn: list[Any] = []

    def draw(seed: int, *ids: Any) -> Any:
        drawn.append(ids)
        return generator(seed, *ids)

    monkeypatch.setattr("rollouts.curriculum.generator", draw)
    curriculum = _curriculum(by_pass_rate=False)
    for step in range(12):
        curriculum.choose(step, 4)  # 48 of 24 questions
    assert [ids for ids in drawn if ids[0] == "epoch"] == [("epoch", "all", 0), ("epoch", "all", 1)]
