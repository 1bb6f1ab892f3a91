"""What a pool gives back: the groups that one process would have sampled, in their order."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

import rollouts.crew
from rollouts.actor import ActorSpec
from rollouts.pool import Pool
from rollouts.traffic import room_for


def test_groups_come_back_in_order_and_as_one_process_would_sample_them(
    pool: Pool,
    weights: Any,
    expected: Any,
    capsys: pytest.CaptureFixture[str],
    questions: Any,
    same: Any,
) -> None:
    pool.publish(weights, 0)
    found = pool.roll_out(0, questions(), 0)
    shown = capsys.readouterr().err
    assert "[mine.py:vowels] reads a text" in shown.splitlines(), "what a reward prints is shown"
    assert [group.index for group in found] == list(range(len(questions())))
    assert same(found, expected(0, questions(), 0))
    assert len({group.actor for group in found}) == 2
    again = pool.roll_out(0, questions(), 0)
    assert same(again, found)
    assert 0 < pool.scoring < 1, "both take time"


def test_another_step_and_another_version_are_other_rollouts(
    pool: Pool, weights: Any, expected: Any, questions: Any, same: Any
) -> None:
    pool.publish(weights, 1)
    found = pool.roll_out(1, questions(), 1)
    assert same(found, expected(1, questions(), 1))
    assert not {g.rollouts[0].completion.seed for g in found} & {
        g.rollouts[0].completion.seed for g in expected(0, questions(), 0)
    }


def test_the_store_has_the_room_that_the_traffic_needs(pool: Pool, spec: ActorSpec) -> None:
    import ray

    expected = room_for(spec, pool.settings.actors)
    assert ray.cluster_resources()["object_store_memory"] == pytest.approx(expected, rel=1e-3)


def test_whoever_is_waited_for_is_named(
    pool: Pool,
    weights: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    questions: Any,
) -> None:
    monkeypatch.setattr(rollouts.crew, "_SAY_EVERY", 0.0)
    with caplog.at_level(logging.WARNING):
        pool.publish(weights, 15)
        pool.roll_out(15, questions(), 15)
    assert ": weights" in caplog.text
    assert re.search(r"actor-\d+: groups \[\d", caplog.text)
    assert "waiting for \n" not in caplog.text
