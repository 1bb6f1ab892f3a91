"""How a pool begins and ends: alone on loopback, and without leaving a process behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from policies.learner import Learner
from policies.learner_settings import LearnerSettings
from policies.sampling import SamplingSettings
from rewards.errors import RolloutError
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec, RolloutActor
from rollouts.crew import Losses
from rollouts.journal import read_rollouts
from rollouts.local_ray import unchanged_process
from rollouts.pool import Pool, PoolSettings
from rollouts.run import GrpoSpec, run_grpo

HOME = Path(__file__).resolve().parents[3]

DRIVER = """
import json, os, sys, time
from pathlib import Path
import psutil
from policies.sampling import SamplingSettings
from rewards.rubric import Rubric
from rollouts.actor import ActorSpec
from rollouts.crew import Losses
from rollouts.pool import Pool, PoolSettings

group = os.getpgrp()
model = Path(sys.argv[1])
spec = ActorSpec("run", 1, model, None, model, Rubric.of(["format"]),
                 2, SamplingSettings(max_new_tokens=2))
with Pool(spec, PoolSettings(actors=1)) as pool:
    from policies.lora import open_policy
    from policies.weights import learning_weights
    pool.publish(learning_weights(open_policy(spec.model)), 0)
    import ray
    processes = psutil.Process().children(recursive=True)
    ports = [c.laddr.ip for p in [psutil.Process(), *processes]
             for c in p.net_connections() if c.status == psutil.CONN_LISTEN]
    time.sleep(1.5)  # Ray tells its server every second what was called
    print(json.dumps({
        "calls_kept": len(ray.timeline()),
        "pids": [p.pid for p in processes],
        "names": [p.name() for p in processes],
        "listening": sorted(set(ports)),
        "node": ray.util.get_node_ip_address(),
        "servers": [[p.environ().get(name) for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN")]
                    for p in processes if p.name() in ("raylet", "gcs_server")],
        "timings": [p.environ().get("RAY_event_stats") for p in processes
                    if p.name() in ("raylet", "gcs_server")],
        "same_group": os.getpgrp() == group,
        "groups": [os.getpgid(p.pid) for p in processes  # the tracker is Python's and deaf to it
                   if "resource_tracker" not in " ".join(p.cmdline())],
        "group": group,
    }), flush=True)
    if sys.argv[2] == "wait":
        time.sleep(600)
"""
OPEN = {
    "RAY_ADDRESS": "192.0.2.1:6379", "RAY_AUTH_MODE": "disabled",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "1",
}  # fmt: skip
"""An environment that would join a cluster, listen to the network and ask for no token."""


@pytest.fixture
def drive(tiny_folder: Path, tmp_path: Path) -> Any:
    """``drive(how)``: a driver with one actor in a process of its own, and what it says.

    Its environment would open it, and has no token of a pool of this process; its home is
    ``tmp_path``.
    """
    started: list[subprocess.Popen[str]] = []

    def start(how: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        script = tmp_path / "driver.py"
        script.write_text(DRIVER)
        inherited = {name: os.environ[name] for name in os.environ if name != "RAY_AUTH_TOKEN"}
        driver = subprocess.Popen(
            [sys.executable, str(script), str(tiny_folder), how],
            stdout=subprocess.PIPE, text=True,
            env={**inherited, **OPEN, "PYTHONPATH": str(HOME), "HOME": str(tmp_path)},
        )  # fmt: skip
        started.append(driver)
        assert driver.stdout is not None
        return driver, json.loads(driver.stdout.readline())

    yield start
    for driver in started:
        driver.kill()
        driver.wait()


def children() -> set[int]:
    """The processes below this one."""
    return {process.pid for process in psutil.Process().children(recursive=True)}


def left(pids: list[int], seconds: float) -> list[str]:
    """Who of these still runs after at most so many seconds."""
    end = time.monotonic() + seconds
    while True:
        alive = []
        for pid in pids:
            try:
                process = psutil.Process(pid)
                if process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(" ".join(process.cmdline()))
            except psutil.NoSuchProcess:
                continue
        if not alive or time.monotonic() > end:
            return alive
        time.sleep(0.2)


def test_ray_listens_on_loopback_alone_asks_for_a_token_and_goes_with_the_pool(
    drive: Any, tmp_path: Path
) -> None:
    driver, told = drive("close")
    assert "raylet" in " ".join(told["names"])
    assert told["listening"]
    assert set(told["listening"]) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    assert told["node"] == "127.0.0.1"
    (mode, token), other = told["servers"]
    assert mode == "token"
    assert len(bytes.fromhex(token)) == 32
    assert other == [mode, token]
    assert not (tmp_path / ".ray").exists(), "the token stays on the disk, for every run after"
    assert told["same_group"], "a terminal's Ctrl-C would not reach a driver under make"
    assert driver.wait(timeout=60) == 0
    assert left(told["pids"], 10) == []


def test_what_is_sent_to_our_process_group_reaches_no_process_of_ray(drive: Any) -> None:
    _, told = drive("close")
    assert len(told["groups"]) >= 5
    assert told["group"] not in told["groups"]


def test_ray_keeps_no_record_of_every_call_and_of_its_timings(drive: Any) -> None:
    _, told = drive("close")
    assert told["calls_kept"] == 0, "its server would grow with every step"
    assert told["timings"] == ["0", "0"], "its logs would grow with every minute"


def test_no_process_outlives_a_killed_driver_by_thirty_seconds(drive: Any) -> None:
    driver, told = drive("wait")
    assert len(told["pids"]) >= 3
    driver.send_signal(signal.SIGKILL)
    driver.wait(timeout=10)
    # Ray's two agents wait a minute for a server that is gone: a constant of its own.
    working = {pid for pid, name in zip(told["pids"], told["names"], strict=True)
               if "Agent" not in name}  # fmt: skip
    assert len(working) >= 5
    assert left(sorted(working), 30) == []


@pytest.mark.parametrize("folder", [60 * "x", "a file/below"])
def test_where_ray_cannot_start_is_a_sentence_and_leaves_no_process_behind(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """A path too long for sockets, as a scheduler's TMPDIR may be, and one that cannot be."""
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path / folder))
    spec = ActorSpec(
        "run", 1, tiny_folder, None, tmp_path, Rubric.of(["format"]), 2, SamplingSettings()
    )
    before = children()
    with pytest.raises(RolloutError, match=r"Ray cannot start.*set RAY_TMPDIR") as caught:
        Pool(spec)
    assert "\n" not in str(caught.value)
    assert children() <= before


def test_what_ray_changes_in_our_process_is_put_back_though_it_failed_to_start() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def fail() -> None:
        signal.signal(signal.SIGTERM, lambda *_: None)
        raise RolloutError("no room")

    with pytest.raises(RolloutError, match="no room"), unchanged_process():
        fail()
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_constructor_that_always_fails_ends_at_the_third_failure_with_its_own_words(
    tmp_path: Path,
) -> None:
    spec = ActorSpec(
        "run", 1, tmp_path, None, tmp_path, Rubric.of(["format"]), 2, SamplingSettings()
    )
    before = children()  # of other tests in this process
    with Pool(spec, PoolSettings(actors=2)) as pool:
        pids = sorted(children() - before)
        with pytest.raises(RolloutError, match=r"keep dying.*config.json") as caught:
            pool.publish({}, 0)
    assert "\n" not in str(caught.value)
    assert pool.crew.take_losses() == Losses(died=3), "no deadline was waited for"
    assert pool.crew._made == 2 + 2, "both that were asked for, and two in the place of others"
    assert left(pids, 60) == []


def test_what_is_sampled_ahead_is_not_waited_for_once_the_run_is_interrupted(
    run_spec: Callable[..., GrpoSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Sleepy(RolloutActor):
        """Takes its time over all but the first step; sent by value."""

        def roll_out(self, asks: Any, version: int) -> Any:
            time.sleep(600 * asks[0].step)
            return RolloutActor.roll_out(self, asks, version)

    def interrupted(self: Learner, batch: Any) -> Any:
        time.sleep(1)  # while the next step is asked for
        raise KeyboardInterrupt

    monkeypatch.setattr("rollouts.crew.RolloutActor", Sleepy)
    monkeypatch.setattr(Learner, "update", interrupted)
    spec = run_spec(
        rubric={"parts": {"format": {}}},
        learner=LearnerSettings(importance="token_truncate"),
        loop={"staleness": 1, "evaluate_every": 0},
        pool=PoolSettings(actors=1),
    )
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_grpo(spec)
    assert time.monotonic() - began < 120
    assert read_rollouts(spec.run, 0)
    assert not read_rollouts(spec.run, 1)
