"""From scores to advantages: numpy, shares that add up, runs by gdpo and by schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from policies.grpo import gdpo_advantages
from rewards import Question, parse
from rewards.errors import ConfigError, RewardError
from rewards.records import Part, Score
from rewards.rubric import Rubric
from rollouts.accounts import part_lines
from rollouts.advantages import advantages, judged, part_shares
from rollouts.budget import check_budget
from rollouts.journal import read_rollouts, read_updates
from rollouts.metrics import read_metrics
from rollouts.records import Group
from rollouts.replay import check_scores, replay
from rollouts.run import GrpoSpec, run_grpo

MakeGroup = Callable[..., Group]
Make = Callable[..., GrpoSpec]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def group_of(make_group: MakeGroup, *rows: dict[str, Any], renormalise: bool = True) -> Group:
    """Four rollouts with these values of parts; None does not apply, "error" has failed."""
    weights = {"a": 1.0, "b": 3.0, "gate": 0.0}

    def part(name: str, value: Any) -> Part:
        if isinstance(value, str):
            return Part(None, weights[name], "timeout" if value == "timeout" else "error", value)
        return Part(value, weights[name], "not_applicable" if value is None else "scored")

    group = make_group()
    scores = [Score({n: part(n, v) for n, v in row.items()}, renormalise) for row in rows]
    rollouts = tuple(
        replace(r, score=score) for r, score in zip(group.rollouts, scores, strict=True)
    )
    return replace(group, rollouts=rollouts)


def test_failed_and_unscored_rollouts_have_no_place(make_group: MakeGroup) -> None:
    group = group_of(
        make_group, {"a": 1.0, "b": 0.5}, {"a": 1.0, "b": "error"}, {"a": None, "b": None},
        {"a": None, "b": 0.25},
    )  # fmt: skip
    own = judged(group)
    assert own.places == (0, 3)
    assert own.totals_G.tolist() == [0.625, 0.25]
    assert own.names == ("a", "b")
    np.testing.assert_array_equal(own.values_GK, [[1.0, 0.5], [np.nan, 0.25]])
    assert own.weights_GK.tolist() == [[1.0, 3.0], [0.0, 4.0]]
    (advantages_G,) = advantages([own])
    spread = np.std([0.625, 0.25], ddof=1) + 1e-4
    assert advantages_G == pytest.approx([0.1875 / spread, -0.1875 / spread])


@pytest.mark.parametrize("renormalise", [True, False])
def test_weights_add_up_to_the_total(make_group: MakeGroup, renormalise: bool) -> None:
    group = group_of(
        make_group, {"a": 1.0, "b": 0.5, "gate": 1.0}, {"a": 0.2, "b": None, "gate": 1.0},
        {"a": None, "b": 0.3, "gate": 0.0}, {"a": 0.1, "b": 0.9, "gate": None},
        renormalise=renormalise,
    )  # fmt: skip
    own = judged(group)
    given = np.nansum(own.values_GK * own.weights_GK, axis=1) / 4.0
    np.testing.assert_allclose(given, own.totals_G, rtol=0, atol=1e-15)


def test_gdpo_compares_each_part_before_the_sum(make_group: MakeGroup) -> None:
    rng = np.random.default_rng(0)
    groups = [
        group_of(make_group, *({"a": float(a), "b": float(b)} for a, b in rng.random((4, 2))))
        for _ in range(3)
    ]
    found = [judged(group) for group in groups]
    weights = [np.tile([1.0, 3.0], (4, 1))] * 3
    expected = gdpo_advantages([own.values_GK for own in found], weights)
    for ours, theirs in zip(advantages(found, "gdpo"), expected, strict=True):
        assert ours.tolist() == theirs.tolist()


def test_a_permutation_deals_out_scores_anew(make_group: MakeGroup) -> None:
    rows = [{"a": 0.0, "b": 1.0}, {"a": 0.2, "b": None}, {"a": None, "b": 0.5}, {"a": 1.0, "b": 0}]
    group = group_of(make_group, *rows)
    own, order = judged(group), np.array([2, 0, 3, 1])
    for combine in ("sum", "gdpo"):
        (straight,) = advantages([own], combine)
        (dealt,) = advantages([own], combine, [order])
        np.testing.assert_allclose(dealt, straight[order], rtol=1e-12)


# -- shares -----------------------------------------------------------------------------------


def test_a_parts_share_is_how_much_of_the_advantage_it_moves(make_group: MakeGroup) -> None:
    # a differs by .4 with weight 1, b by .4 with weight 3: a quarter and three quarters.
    one = group_of(make_group, *({"a": v, "b": v, "gate": 1.0} for v in (0.2, 0.6, 0.2, 0.6)))
    assert part_shares([judged(one)]) == pytest.approx({"a": 0.25, "b": 0.75})
    # b is the same for all: it gives nothing, whatever its weight.
    two = group_of(make_group, *({"a": v, "b": 0.3} for v in (0.0, 1.0, 0.5, 0.1)))
    assert part_shares([judged(two)]) == {"a": 1.0, "b": 0.0}
    level = group_of(make_group, *([{"a": 0.1, "b": 0.3}] * 4))
    for combine in ("sum", "gdpo"):
        assert part_shares([judged(level)], combine) == {}
        shares = part_shares([judged(g) for g in (one, two, level)], combine)
        assert shares == pytest.approx({"a": 0.625, "b": 0.375})
    assert part_shares([]) == {}


def test_under_gdpo_the_size_of_a_difference_does_not_matter(make_group: MakeGroup) -> None:
    rows = [{"a": a, "b": b} for a, b in ((0, 0.1), (1, 0.1), (0, 0.2), (1, 0.2))]
    group = judged(group_of(make_group, *rows))
    assert part_shares([group]) == pytest.approx({"a": 1 / 1.3, "b": 0.3 / 1.3})
    assert part_shares([group], "gdpo") == pytest.approx({"a": 0.25, "b": 0.75}, abs=1e-3)


def test_the_line_of_a_step_tells_each_part(make_group: MakeGroup) -> None:
    group = group_of(
        make_group, {"a": 1.0, "b": "late"}, {"a": 0.5, "b": "timeout"}, {"a": None, "b": "bug"},
        {"a": 0.0, "b": None},
    )  # fmt: skip
    line = part_lines([group])
    assert line["parts"] == {"a": 0.5}
    assert line["part_spread"] == {"a": pytest.approx(np.std([1.0, 0.5, 0.0]))}
    assert line["part_weight"] == {"a": 1.0, "b": 3.0}
    assert (line["part_errors"], line["part_timeouts"]) == ({"b": 2}, {"b": 1})
    assert line["part_ms"] == {"a": 0.0, "b": 0.0}


def test_a_part_that_hangs_shows_its_cost_in_the_line_of_a_step(
    make_group: MakeGroup, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "import time\ndef mine(text): return 1.0 if text != 'hang' else time.sleep(60)\n"
    )
    own = {"reward": f"{tmp_path / 'mine.py'}:mine", "deadline": 0.4}
    group = make_group()
    with Rubric.from_config({"parts": {"mine": own, "length": {}}}) as rubric:
        scores = rubric.score_group(
            group.question, [parse(text) for text in ("a", "hang", "b", "c")]
        )
    rollouts = (replace(r, score=s) for r, s in zip(group.rollouts, scores, strict=True))
    line = part_lines([replace(group, rollouts=tuple(rollouts))])
    assert line["part_timeouts"] == {"mine": 1}
    assert line["part_ms"]["mine"] >= 100.0, "a quarter of 0.4 s"
    assert line["part_ms"]["length"] < line["part_ms"]["mine"]


# -- the budget -------------------------------------------------------------------------------


def test_a_spent_budget_names_parts_questions_completions_and_errors(
    make_group: MakeGroup,
) -> None:
    good, bad = {"a": 1.0, "b": 1.0}, {"a": "KeyError: 'x'", "b": "timeout"}
    groups = [
        replace(group_of(make_group, good, good, bad, bad), index=index) for index in range(3)
    ]
    check_budget(groups, 0.5)
    with pytest.raises(RewardError) as caught:
        check_budget(groups, 0.49)
    message = str(caught.value)
    assert message.startswith("rewards failed on 6 of 12 rollouts: expected at most 0.49 of them")
    assert (
        "'a' 6 times, 'b' 6 times; mend the reward and go on with --resume --accept-rewards"
        in message
    )
    assert (
        "\n  - a on 'q0': KeyError: 'x'\n    question: 'Which key?'\n    completion: '<think>"
        in (message)
    )
    assert "\n  - b on 'q0': timeout" in message
    assert message.count("\n  - ") == 2, "each part and question once"
    check_budget([], 0.0)


# -- runs -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("shuffle_seed", [None, 3])
def test_a_run_by_gdpo_with_a_schedule_replays_to_the_bit(
    run_spec: Make, shuffle_seed: int | None
) -> None:
    rubric = {
        "parts": {
            "lettered": {"weight": {0: 1.0, 2: 0.0}},
            "diversity": {"weight": {0: 0.0, 2: 1.0}, "n": 1},
            "length": {"weight": 0.25, "least": 1, "most": 4, "times": {"lettered": 0.5}},
        },
        "combine": "gdpo",
        "renormalise": False,
    }
    loop = {"evaluate_every": 0, "combine": "gdpo", "shuffle_seed": shuffle_seed}
    spec = run_spec(steps=3, rubric=rubric, loop=loop)
    run_grpo(spec)
    lines = read_metrics(spec.run / "metrics.jsonl")
    for step, line in enumerate(lines):
        assert line["part_weight"] == {"lettered": 1 - step / 2, "diversity": step / 2,
                                       "length": 0.25}  # fmt: skip
        assert sum(line["part_share"].values()) == pytest.approx(1)
        groups = read_rollouts(spec.run, step)
        parts = [r.score.parts for group in groups for r in group.rollouts]
        assert {p["lettered"].weight for p in parts} == {1 - step / 2}
        assert not any(r.score.renormalise for group in groups for r in group.rollouts)
        checks = replay(spec, step)
        assert [check.difference for check in checks] == [None] * len(checks)
        assert [check.worst for check in checks] == [0.0] * len(checks)
    assert set(lines[0]["part_share"]) == {"lettered", "length"}
    assert set(lines[2]["part_share"]) == {"diversity", "length"}
    (update,) = read_updates(spec.run, 1)
    expected = advantages([judged(group) for group in read_rollouts(spec.run, 1)], "gdpo")
    if shuffle_seed is None:
        rows = [row.advantage for row in update.rows]
        assert rows == np.concatenate(expected).tolist()


@pytest.mark.usefixtures("here")
def test_a_step_is_judged_again_with_its_own_weights(run_spec: Make) -> None:
    rubric = {"parts": {"lettered": {"weight": {0: 1.0, 2: 0.5}}, "format": {}}}
    spec = run_spec(steps=2, rubric=rubric, loop={"evaluate_every": 0})
    run_grpo(spec)
    assert replay(spec, 1)[1].difference is None
    flat = Rubric.from_config({"parts": {"lettered": {}, "format": {}}})
    difference = check_scores(read_rollouts(spec.run, 1), flat.at(1)).difference
    assert difference is not None
    assert "reward 'lettered' of rollout run/1/0/0: got weight 1, expected 0.75" in difference


def test_a_rubric_without_a_step_is_refused_where_there_are_none() -> None:
    rubric = Rubric.from_config({"parts": {"format": {"weight": {0: 1.0, 2: 0.5}}}})
    with pytest.raises(ConfigError, match="follows the steps"):
        rubric.score_group(Question("q", "?"), [parse("<answer>D</answer>")])
