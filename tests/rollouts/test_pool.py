"""The pool under faults: nothing lost, nothing twice, whoever dies, hangs or lies.

One Ray session with two real actors serves the whole file. What an actor
suffers comes from files that a test lays down: the first one that finds its
order takes it away and obeys, so a fault strikes once, in the middle of work.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rollouts.crew
from policies.sampling import SamplingSettings
from policies.wav import write_wav
from policies.weights import learning_weights
from rewards.errors import AudioError, RolloutError
from rewards.records import Clip, Facts, Question
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec, Ask, RolloutActor
from rollouts.crew import Losses
from rollouts.pool import Pool, PoolSettings
from rollouts.records import Group
from rollouts.traffic import room_for

CHUNK, ROWS, COUNT = 2, 3, 7


def _mortal(orders: Path) -> type[RolloutActor]:
    """An actor that obeys orders; made here so that Ray sends it by value."""

    class Mortal(RolloutActor):
        def roll_out(self, asks: Any, version: int) -> Any:
            groups = RolloutActor.roll_out(self, asks, version)
            for ask in asks:
                if "deadly" in ask.question.text:
                    os.kill(os.getpid(), signal.SIGKILL)
            self._obey("roll_out")
            return groups

        def load(self, weights: Any, version: int, digest: str) -> str:
            received = RolloutActor.load(self, weights, version, digest)
            self._obey("load")
            return received

        def pid(self) -> int:
            return os.getpid()

        def _obey(self, method: str) -> None:
            for name in ("SIGKILL", "SIGSTOP"):
                try:
                    (orders / f"{method} {name}").unlink()
                except FileNotFoundError:
                    continue
                os.kill(os.getpid(), getattr(signal, name))

    return Mortal


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


@pytest.fixture(scope="module")
def spec(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, sound: Any) -> ActorSpec:
    clips = tmp_path_factory.mktemp("clips")
    for seed in range(3):
        write_wav(clips / f"{seed}.wav", sound(seed).samples_S)
    mine = clips / "mine.py"
    mine.write_text(
        "def vowels(text):\n    print('reads a text')\n"
        "    return sum(c in 'aeiou' for c in text) / len(text)\n"
    )
    return ActorSpec(
        run="a run",
        seed=5,
        model=tiny_folder,
        lora=None,
        clips=clips,
        rubric=Rubric.from_config(
            {
                "parts": {
                    "format": {"weight": {0: 0.2, 100: 0.1}},
                    "accuracy": {},
                    "diversity": {},
                    "own": {"reward": f"{mine}:vowels"},
                }
            }
        ),
        rows=ROWS,
        sampling=SamplingSettings(max_new_tokens=6),
    )


@pytest.fixture(scope="module")
def pool(spec: ActorSpec, orders: Path) -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollouts.crew, "RolloutActor", _mortal(orders))
        with Pool(spec, PoolSettings(actors=2, chunk=CHUNK)) as made:
            yield made


@pytest.fixture(scope="module")
def weights(policy: Any) -> dict[str, np.ndarray]:
    return learning_weights(policy)


@pytest.fixture(scope="module")
def expected(
    spec: ActorSpec, weights: dict[str, np.ndarray]
) -> Callable[[int, list[Question], int], list[Group]]:
    """What one actor in this process makes of the same asks, chunk by chunk."""
    here = RolloutActor(spec, "here")

    def sample(step: int, questions: list[Question], version: int) -> list[Group]:
        from policies.weights import weights_hash

        here.load(weights, version, weights_hash(weights))
        asks = [Ask(step, index, question) for index, question in enumerate(questions)]
        chunks = [asks[i : i + CHUNK] for i in range(0, len(asks), CHUNK)]
        return [group for chunk in chunks for group in here.roll_out(chunk, version).groups]

    return sample


def questions(count: int = COUNT) -> list[Question]:
    """Some share a clip, one has none; facts with a mapping, which cannot be hashed."""
    facts = Facts(key="D major", metadata={"Genre": "chorale"})
    return [
        Question(
            f"q{i}",
            f"What is the key of excerpt {i}?",
            Clip(f"{i % 3}.wav") if i != 4 else None,
            answer="D major",
            facts=facts,
        )
        for i in range(count)
    ]


def content(group: Group) -> tuple[Any, ...]:
    """All of a group but who sampled it and how long the rewards took."""
    return (
        (group.run, group.step, group.index, group.question, group.clip_sha256, group.clip_path),
        (group.prompt_ids, group.policy_version),
        [(r.sample, r.completion.ids, r.completion.text) for r in group.rollouts],
        [r.completion.logprobs_T.tobytes() for r in group.rollouts],
        [(r.completion.seed, r.completion.finish_reason) for r in group.rollouts],
        [
            [(name, p.value, p.weight, p.status, p.why, p.details) for name, p in parts.items()]
            for parts in (r.score.parts for r in group.rollouts)
        ],
    )


def same(found: list[Group], wanted: list[Group]) -> bool:
    return [content(g) for g in found] == [content(g) for g in wanted]


def settings(pool: Pool, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    changed = replace(pool.settings, **changes)
    monkeypatch.setattr(pool, "settings", changed)
    monkeypatch.setattr(pool.crew, "settings", changed)


def test_groups_come_back_in_order_and_as_one_process_would_sample_them(
    pool: Pool, weights: Any, expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    pool.publish(weights, 0)
    found = pool.roll_out(0, questions(), 0)
    shown = capsys.readouterr().err
    assert "[mine.py:vowels] reads a text" in shown.splitlines(), "what a reward prints is shown"
    assert [group.index for group in found] == list(range(COUNT))
    assert same(found, expected(0, questions(), 0))
    assert len({group.actor for group in found}) == 2
    again = pool.roll_out(0, questions(), 0)
    assert same(again, found)


def test_the_store_has_the_room_that_the_traffic_needs(pool: Pool, spec: ActorSpec) -> None:
    import ray

    expected = room_for(spec, pool.settings.actors)
    assert ray.cluster_resources()["object_store_memory"] == pytest.approx(expected, rel=1e-3)


def test_another_step_and_another_version_are_other_rollouts(
    pool: Pool, weights: Any, expected: Any
) -> None:
    pool.publish(weights, 1)
    found = pool.roll_out(1, questions(), 1)
    assert same(found, expected(1, questions(), 1))
    assert not {g.rollouts[0].completion.seed for g in found} & {
        g.rollouts[0].completion.seed for g in expected(0, questions(), 0)
    }


def test_an_actor_killed_at_work_is_replaced_and_nothing_is_lost_or_counted_twice(
    pool: Pool, weights: Any, expected: Any, orders: Path, caplog: pytest.LogCaptureFixture
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
    pool: Pool, weights: Any, expected: Any, orders: Path
) -> None:
    (orders / "load SIGKILL").touch()
    pool.publish(weights, 3)
    assert pool.crew.restarts == 1
    assert same(pool.roll_out(3, questions(), 3), expected(3, questions(), 3))


def test_an_actor_in_the_place_of_another_judges_by_the_code_that_the_run_began_with(
    pool: Pool, spec: ActorSpec, weights: Any, expected: Any, orders: Path
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
    pool: Pool, weights: Any, expected: Any, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    pool.publish(weights, 4)
    pids = ray.get([member.handle.pid.remote() for member in pool.crew._members], timeout=30)
    deadline = 6.0
    settings(pool, monkeypatch, deadline=deadline)
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
        settings(pool, monkeypatch, deadline=120.0)  # for the next one to come up in
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
    pool: Pool, weights: Any, expected: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pool.publish(weights, 5)
    asked = questions(4)
    asked[2] = replace(asked[2], text="This one is deadly.")
    with caplog.at_level(logging.ERROR):
        found = pool.roll_out(5, asked, 5)
    assert [group.index for group in found] == [0, 1, 3]
    assert [ask.question.id for ask in pool.quarantined] == ["q2"]
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


def test_what_an_actor_reports_ends_the_step_as_itself(
    pool: Pool, weights: Any, expected: Any
) -> None:
    pool.publish(weights, 8)
    asked = questions(4)
    asked[0] = replace(asked[0], clip=Clip("missing.wav"))
    with pytest.raises(AudioError, match=r"missing\.wav") as caught:
        pool.roll_out(8, asked, 8)
    assert "\n" not in str(caught.value)
    assert same(pool.roll_out(9, questions(), 8), expected(9, questions(), 8))


def test_actors_refuse_a_version_that_they_do_not_hold(pool: Pool, weights: Any) -> None:
    pool.publish(weights, 10)
    with pytest.raises(RolloutError, match="got version 10, expected 11"):
        pool.roll_out(11, questions(), 11)


@pytest.mark.parametrize("change", ["altered", "partial", "renamed"])
def test_weights_that_are_not_the_published_ones_are_refused_and_never_used(
    pool: Pool, weights: Any, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    import ray

    pool.publish(weights, 12)
    name = max(weights)
    wrong = dict(weights)
    if change == "altered":
        wrong[name] = np.nextafter(weights[name], np.inf, dtype=np.float32)
    elif change == "partial":
        del wrong[name]
    else:
        wrong["another"] = wrong.pop(name)
    put = ray.put
    monkeypatch.setattr(ray, "put", lambda _: put(wrong))
    with pytest.raises(RolloutError, match="received other weights"):
        pool.publish(weights, 13)
    monkeypatch.undo()
    with pytest.raises(RolloutError, match="holds other weights"):
        pool.roll_out(13, questions(), 13)


def test_weights_of_another_model_are_refused(pool: Pool, weights: Any) -> None:
    wrong = {**weights, "no.such": np.zeros(3, np.float32)}
    with pytest.raises(RolloutError, match="weights do not fit the policy") as caught:
        pool.publish(wrong, 14)
    assert "\n" not in str(caught.value)


def test_whoever_is_waited_for_is_named(
    pool: Pool, weights: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rollouts.crew, "_SAY_EVERY", 0.0)
    with caplog.at_level(logging.WARNING):
        pool.publish(weights, 15)
        pool.roll_out(15, questions(), 15)
    assert ": weights" in caplog.text
    assert re.search(r"actor-\d+: groups \[\d", caplog.text)
    assert "waiting for \n" not in caplog.text


def test_too_many_deaths_in_one_step_end_it_with_the_first_reason(
    pool: Pool, weights: Any, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One actor dies of its question at once, the other hangs: it is late after that."""
    pool.publish(weights, 16)
    settings(pool, monkeypatch, max_restarts=1, deaths_to_quarantine=1, deadline=6.0)
    asked = questions(CHUNK + 1)
    asked[CHUNK] = replace(asked[CHUNK], text="deadly")
    pool.crew.take_losses()
    (orders / "roll_out SIGSTOP").touch()
    with pytest.raises(RolloutError, match=r"keep dying: got 2 deaths") as caught:
        pool.roll_out(16, asked, 16)
    assert pool.crew.take_losses() == Losses(died=1, late=1)
    assert "worker process has died" in str(caught.value).partition("the first said: ")[2]
    assert "gave no answer" not in str(caught.value)
