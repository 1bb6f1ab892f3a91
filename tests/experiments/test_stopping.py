"""What a stop is: asked for once, obeyed after the step, never blamed on the data."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
import typer

from experiments.cli import _calm
from experiments.stopping import graceful_stop
from rewards.errors import AudioError


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_fails_once_a_stop_was_asked_for_is_part_of_the_stop(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        with graceful_stop("stopping after this step; go on with: etude again") as stop:
            os.kill(os.getpid(), number)
            assert stop()
            raise AudioError("clip 'a.flac' is not decodable\nbecause")

    with pytest.raises(typer.Exit) as left:
        _calm(command)()
    assert left.value.exit_code == 130
    said = capsys.readouterr().err
    assert "go on with: etude again" in said
    assert "etude: stopped before the work in hand was done" in said
    assert "AudioError (clip 'a.flac' is not decodable); what was kept before is whole" in said


def test_what_fails_before_anybody_asked_for_a_stop_is_an_error() -> None:
    def work() -> None:
        with graceful_stop("") as stop:
            assert not stop()
            raise AudioError("damaged")

    with pytest.raises(AudioError, match="damaged"):
        work()


def test_a_second_signal_ends_the_work_at_once() -> None:
    after = []

    def work() -> None:
        with graceful_stop(""):
            os.kill(os.getpid(), signal.SIGTERM)
            after.append("the first")
            os.kill(os.getpid(), signal.SIGINT)
            after.append("the second")

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        work()
    assert after == ["the first"]


def test_signals_mean_again_what_they_did_once_the_work_is_done() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with graceful_stop(""):
        pass
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_stopped_run_keeps_its_papers_to_go_on_with(
    lesson: Any, etude: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AudioError("a decoder that was ended")

    monkeypatch.setattr("experiments.training.train_grpo", fail)
    done = etude("grpo", lesson.config())
    assert done.exit_code == 130
    assert "etude: stopped before" in done.stderr
    assert (lesson.home / "run" / "config.yaml").exists()
    assert etude("grpo", lesson.config(), "--resume").exit_code == 130
