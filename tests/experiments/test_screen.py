"""What a log tells of a long command: plain lines, few of them, none of long silence."""

from __future__ import annotations

import re
from typing import Any

import pytest
import transformers

from experiments.screen import Stage, slow_stages


@pytest.fixture
def walk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """``walk(steps, seconds)``: the steps that a stage of so many told, each so long."""
    clock = [0.0]
    monkeypatch.setattr("experiments.screen.time.monotonic", lambda: clock[0])

    def told(steps: int, seconds: float) -> list[str]:
        stage = Stage("GRPO", steps, began=clock[0], said=clock[0])
        for step in range(1, steps + 1):
            clock[0] += seconds
            stage.at(step, "reward 0.50")
        stage.done()
        lines = capsys.readouterr().err.splitlines()
        assert lines.pop() == f"GRPO                   done in {steps * seconds:.0f} s"
        return [line.removeprefix("GRPO").strip() for line in lines]

    return told


def test_a_short_stage_tells_each_step_that_takes_long(walk: Any) -> None:
    assert walk(3, 5.0) == [f"{n}/3  reward 0.50" for n in (1, 2, 3)]


def test_a_long_stage_tells_its_tenths(walk: Any) -> None:
    assert [line.split("/")[0] for line in walk(100, 0.7)] == [str(n) for n in range(10, 101, 10)]


def test_a_very_long_stage_is_never_silent_for_much_more_than_20_seconds(walk: Any) -> None:
    assert [line.split("/")[0] for line in walk(1000, 7.0)][:4] == ["3", "6", "9", "12"]


def test_what_takes_less_than_two_seconds_tells_its_end_alone(walk: Any) -> None:
    assert walk(2910, 0.0005) == []


def test_what_is_quick_tells_no_tenth_twice_and_no_more_than_a_line_in_two_seconds(
    walk: Any,
) -> None:
    lines = walk(100, 2**-4)  # 6 s in all
    assert [line.split("/")[0] for line in lines] == ["32", "64", "96"]


def test_a_log_has_no_bars_and_nothing_that_a_terminal_obeys(
    lesson: Any, etude: Any, here: None
) -> None:
    grpo = {"groups": 1, "group_size": 2, "steps": 2, "chunk": 1, "evaluate_every": 2}
    done = etude("grpo", lesson.config(grpo=grpo, data={"dev": str(lesson.questions)}))
    assert done.exit_code == 0, done.stderr
    assert "GRPO                   0/2  starting 2 actors\n" in done.stderr
    for text in (done.stdout, done.stderr):
        assert not {*text} & {"\r", "\x1b", "\u2501"}
    transformers.utils.logging.enable_progress_bar()  # as in a process of its own
    for command in (
        ("eval", "--model", lesson.model, "--questions", lesson.questions, "--device", "cpu"),
        ("data", "check", lesson.questions),
    ):
        said = etude(*command).stderr
        assert " done in " in said
        assert not {*said} & {"\r", "\x1b", "\u2501"}


@pytest.mark.parametrize(
    ("command", "section", "line"),
    [
        ("sft", {"steps": 2, "batch_size": 2, "micro_batch_size": 2}, "cold start +{}/2  loss {}"),
        ("grpo", {"groups": 1, "group_size": 2, "steps": 2, "chunk": 1}, "GRPO +{}/2  reward {}"),
    ],
)
def test_each_step_of_training_tells_how_it_fares(
    lesson: Any, etude: Any, here: None, monkeypatch: pytest.MonkeyPatch,
    command: str, section: dict[str, Any], line: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("experiments.screen._SAY_NOT_WITHIN", 0.0)
    data = {"traces": str(lesson.data / "traces.jsonl")} if command == "sft" else {}
    done = etude(command, lesson.config(data=data, **{command: section}))
    assert done.exit_code == 0, done.stderr
    figure = r"\d+\.\d\d"
    assert all(re.search(line.format(step, figure), done.stderr) for step in (1, 2)), done.stderr


def test_of_a_start_only_what_takes_long_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr("experiments.screen.time.monotonic", lambda: clock[0])
    with slow_stages() as told:
        for name, seconds in (("quick", 0.001), ("slow", 0.03)):
            advance = told(name)
            for done in range(1, 1001):
                clock[0] += seconds
                advance(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert {line.split()[0] for line in lines} == {"slow"}
    assert lines[-1] == "slow                   done in 30 s"
    assert 10 <= len(lines) <= 13
