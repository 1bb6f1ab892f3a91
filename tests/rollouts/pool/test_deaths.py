"""A pool under faults: nothing lost, nothing twice, whoever dies or hangs."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from rewards.errors import RolloutError
from rollouts.actor import ActorSpec
from rollouts.crew import Losses
from rollouts.pool import Pool, PoolSettings


def test_an_actor_killed_at_work_is_replaced_and_nothing_is_lost_or_counted_twice(
    pool: Pool,
    weights: Any,
    expected: Any,
    orders: Path,
    caplog: pytest.LogCaptureFixture,
    questions: Any,
    same: Any,
) -> None:
    pool.publish(weights, 2)
    (orders / "roll_out SIGKILL").touch()
    pool.crew.take_losses()
    with caplog.at_level(logging.WARNING):
        found = pool.roll_out(2, questions(), 2)
    assert not list(orders.iterdir())
    assert (pool.crew.restarts, pool.crew.take_losses()) == (1, Losses(died=1))
    assert pool.crew.take_losses() == Losses(), "what was told is not told again"
    assert re.search(r"actor 'actor-\d+' is replaced: .*died", caplog.text)
    assert same(found, expected(2, questions(), 2))


def test_an_actor_killed_while_it_loads_weights_is_replaced(
    pool: Pool, weights: Any, expected: Any, orders: Path, questions: Any, same: Any
) -> None:
    (orders / "load SIGKILL").touch()
    pool.publish(weights, 3)
    assert pool.crew.restarts == 1
    assert same(pool.roll_out(3, questions(), 3), expected(3, questions(), 3))


def test_an_actor_in_the_place_of_another_judges_by_the_code_that_the_run_began_with(
    pool: Pool,
    spec: ActorSpec,
    weights: Any,
    expected: Any,
    orders: Path,
    questions: Any,
    same: Any,
) -> None:
    mine = spec.clips / "mine.py"
    before = mine.read_bytes()
    mine.write_text("def vowels(text):\n    return 1.0\n")
    try:
        (orders / "load SIGKILL").touch()
        pool.publish(weights, 7)
        found = pool.roll_out(7, questions(), 7)
    finally:
        mine.write_bytes(before)
    assert f"actor-{pool.crew._made}" in {group.actor for group in found}
    assert same(found, expected(7, questions(), 7))


def test_an_actor_that_hangs_is_replaced_within_its_deadline(
    pool: Pool,
    weights: Any,
    expected: Any,
    orders: Path,
    monkeypatch: pytest.MonkeyPatch,
    questions: Any,
    same: Any,
    settings: Any,
) -> None:
    import ray

    pool.publish(weights, 4)
    pids = ray.get([member.handle.pid.remote() for member in pool.crew._members], timeout=30)
    deadline = 6.0
    settings(deadline=deadline)
    (orders / "roll_out SIGSTOP").touch()
    pool.crew.take_losses()
    buried: list[float] = []
    asked: list[bool] = []
    bury, overdue = pool.crew._bury, pool.crew._overdue

    def look(member: Any) -> bool:
        asked.append(overdue(member))
        return asked[-1]

    def watch(member: Any, why: str) -> Any:
        buried.append(time.monotonic() - member.since)
        settings(deadline=120.0)  # for the next one to come up in
        return bury(member, why)

    monkeypatch.setattr(pool.crew, "_overdue", look)
    monkeypatch.setattr(pool.crew, "_bury", watch)
    found = pool.roll_out(4, questions(), 4)
    assert same(found, expected(4, questions(), 4))
    assert pool.crew.take_losses() == Losses(late=1)
    assert buried[0] >= deadline, "it had its time"
    assert asked.count(True) == 1, "and was replaced the first time that it was seen to be late"
    assert "gave no answer within 6 s" in pool.crew.first_failure
    assert _gone(pids, 1, seconds=20), "the stopped process was left behind"


def _gone(pids: list[int], count: int, *, seconds: float) -> bool:
    """Whether so many of the processes end within the time; a zombie has ended."""
    psutil = import_module("psutil")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        alive = [p for p in pids if psutil.pid_exists(p) and _status(p) != "zombie"]
        if len(pids) - len(alive) >= count:
            return True
        time.sleep(0.1)
    return False


def _status(pid: int) -> str:
    import psutil

    try:
        return psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return "zombie"


def test_a_question_that_kills_every_actor_is_left_out_and_the_others_go_on(
    pool: Pool,
    weights: Any,
    expected: Any,
    caplog: pytest.LogCaptureFixture,
    questions: Any,
    same: Any,
) -> None:
    pool.publish(weights, 5)
    asked = questions(4)
    asked[2] = replace(asked[2], text="This one is deadly.")
    with caplog.at_level(logging.ERROR):
        found = pool.roll_out(5, asked, 5)
    assert [group.index for group in found] == [0, 1, 3]
    assert pool.quarantined == ["q2"]
    assert "question 'q2' killed 2 actors and is left out" in caplog.text
    assert same(found[:2], expected(5, asked, 5)[:2])

    restarts = pool.crew._made
    pool.publish(weights, 6)
    found = pool.roll_out(6, asked, 6)
    assert [group.index for group in found] == [0, 1, 3]
    assert pool.crew._made == restarts, "a quarantined question was asked again"
    with pytest.raises(RolloutError, match="all in quarantine"):
        pool.roll_out(7, [asked[2]], 6)
    pool.quarantined.clear()


def test_a_pool_that_goes_on_says_what_it_leaves_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, spec: Any
) -> None:
    monkeypatch.setattr("rollouts.pool.Crew", lambda spec, settings: None)
    assert Pool(spec, PoolSettings(), ["q2", "q\n3"]).quarantined == ["q2", "q\n3"]
    assert "left out, for they killed actors: 'q2', 'q\\n3'" in caplog.text


def test_too_many_deaths_in_one_step_end_it_with_the_first_reason(
    pool: Pool, weights: Any, orders: Path, questions: Any, settings: Any
) -> None:
    """One actor dies of its question at once, the other hangs: it is late after that."""
    pool.publish(weights, 16)
    chunk = pool.settings.chunk
    settings(max_restarts=1, deaths_to_quarantine=1, deadline=6.0)
    asked = questions(chunk + 1)
    asked[chunk] = replace(asked[chunk], text="deadly")
    pool.crew.take_losses()
    (orders / "roll_out SIGSTOP").touch()
    with pytest.raises(RolloutError, match=r"keep dying: got 2 deaths") as caught:
        pool.roll_out(16, asked, 16)
    assert pool.crew.take_losses() == Losses(died=1, late=1)
    assert "worker process has died" in str(caught.value).partition("the first said: ")[2]
    assert "gave no answer" not in str(caught.value)
