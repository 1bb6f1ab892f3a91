"""Two processes never work in one run folder; a dead one is in nobody's way."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import rollouts.lock
from rewards.errors import CheckpointError, DataError, StorageError
from rollouts.lock import LOCK, alone

HOLDER = """
import os, sys, time
from pathlib import Path
from rollouts.lock import alone
with alone(Path(sys.argv[1])):
    if sys.argv[2] == "fork" and os.fork() == 0:
        time.sleep(30)
        os._exit(0)
    print("held", flush=True)
    sys.stdin.readline()
"""
HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Any]:
    """``holder()``: another process that works in RUN until it is told to stop."""
    started: list[subprocess.Popen[str]] = []

    def hold(how: str = "plainly") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path / "run"), how],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0,
            env={**os.environ, "PYTHONPATH": str(HOME)},
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_second_process_is_refused_and_told_which_one_works_there(
    holder: Any, tmp_path: Path
) -> None:
    other = holder()
    for _ in range(2):  # to be refused takes nothing away from the other
        with pytest.raises(CheckpointError) as caught, alone(tmp_path / "run"):
            pass
        assert f"works in '{tmp_path}/run': got a lock held by process {other.pid} on " in str(
            caught.value
        )
    other.communicate("stop\n", timeout=30)
    with alone(tmp_path / "run"):
        pass


@pytest.mark.parametrize("how", ["plainly", "fork"])
def test_a_killed_process_is_in_nobodys_way_nor_are_its_workers(
    holder: Any, tmp_path: Path, how: str
) -> None:
    other = holder(how)
    other.send_signal(signal.SIGKILL)
    other.wait(timeout=30)
    assert (tmp_path / "run" / LOCK).read_text().startswith(str(other.pid))
    with alone(tmp_path / "run"):
        assert (tmp_path / "run" / LOCK).read_text().startswith(f"{os.getpid()} on ")


def test_it_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    run = tmp_path / "a" / "run"
    with alone(run):
        assert run.is_dir()
    assert not run.exists(), "an empty folder goes as well"
    with alone(run):
        (run / "config.yaml").write_text("")
    assert [path.name for path in run.iterdir()] == ["config.yaml"]


def test_a_lock_that_its_holder_took_away_meanwhile_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, taken = rollouts.lock._take, []

    def late(descriptor: int, path: Path) -> None:
        if not taken:
            path.unlink()  # as the holder before does between our open and our lock
        taken.append(descriptor)
        take(descriptor, path)

    monkeypatch.setattr(rollouts.lock, "_take", late)
    with alone(tmp_path / "run"):
        assert (tmp_path / "run" / LOCK).exists()
    assert len(taken) == 2


def test_a_lock_that_was_deleted_and_taken_by_another_process_is_left_to_it(
    holder: Any, tmp_path: Path
) -> None:
    """Somebody took the file for a stale one, and a third process is to be refused all the same."""
    with alone(tmp_path / "run"):
        (tmp_path / "run" / LOCK).unlink()
        other = holder()
    with pytest.raises(CheckpointError, match=f"process {other.pid} on "), alone(tmp_path / "run"):
        pass


def test_where_there_are_no_locks_it_works_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr("fcntl.lockf", refuse)
        with alone(tmp_path / "run"):
            pass
    monkeypatch.setattr(rollouts.lock, "fcntl", None)
    with alone(tmp_path / "run"):
        pass


def test_a_folder_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "run" / LOCK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match=r"cannot write .*\.lock"), alone(tmp_path / "run"):
        pass
    assert (tmp_path / "elsewhere").read_text() == ""


@pytest.mark.parametrize("name", ["rollouts", "checkpoints/step_000040"])
def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path: Path, name: str) -> None:
    elsewhere, run = tmp_path / "elsewhere", tmp_path / "run"
    elsewhere.mkdir()
    (run / name).parent.mkdir(parents=True)
    (run / name).symlink_to(elsewhere)
    with (
        pytest.raises(DataError, match=rf"{name} is a link to a folder.*link the whole run"),
        alone(run),
    ):
        pytest.fail("a run began")
    (run / name).unlink()
    (tmp_path / "named").symlink_to(run)
    with alone(tmp_path / "named"):
        pass
