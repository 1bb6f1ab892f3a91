"""TensorBoard shows what the metrics say, before and after a resume."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from rewards.errors import ConfigError
from rollouts.event_files import FOLDER, check_logger, open_metrics
from rollouts.metrics import read_metrics
from rollouts.run import GrpoSpec, run_grpo

Points = dict[str, list[tuple[int, float]]]


def shown(run: Path) -> Points:
    """Tag -> its points, as TensorBoard reads them."""
    accumulator = import_module("tensorboard.backend.event_processing.event_accumulator")
    found = accumulator.EventAccumulator(str(run / FOLDER))
    found.Reload()
    return {
        tag: [(event.step, event.value) for event in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def said(run: Path) -> Points:
    """The same of the lines of ``metrics.jsonl``."""
    found: Points = {}

    def walk(tree: dict[str, Any], place: str, step: int) -> None:
        for name, value in tree.items():
            if isinstance(value, dict):
                walk(value, f"{place}/{name}", step)
            elif isinstance(value, int | float) and name != "step":
                found.setdefault(f"{place}/{name}", []).append((step, pytest.approx(float(value))))

    for line in read_metrics(run / "metrics.jsonl"):
        walk(line, line["stage"], line["step"])
    return found


def test_every_number_of_a_run_is_shown_and_a_resumed_one_once(
    run_spec: Callable[..., GrpoSpec], here: None, one_thread: None
) -> None:
    spec = run_spec(steps=3, logger="tensorboard")
    told: list[int] = []
    run_grpo(spec, tell=lambda line, at: told.append(at.step), stop=lambda: len(told) >= 2)
    points = shown(spec.run)
    assert [step for step, _ in points["grpo/reward"]] == [0, 1]
    assert points == said(spec.run)
    run_grpo(spec, resume=True)
    points = shown(spec.run)
    assert [step for step, _ in points["grpo/reward"]] == [0, 1, 2]
    assert points == said(spec.run)
    assert {"grpo/parts/lettered", "grpo/seconds/score", "grpo_eval/accuracy"} <= {*points}


def test_lines_that_a_resume_takes_back_and_null_are_not_shown(tmp_path: Path) -> None:
    with open_metrics(tmp_path, {}, "none") as metrics:
        for step in range(4):
            metrics.write("grpo", step, reward=step / 4, entropy=None, note="text")
    assert not (tmp_path / FOLDER).exists()
    for _ in range(2):
        with open_metrics(tmp_path, {"grpo": 2}, "tensorboard") as metrics:
            metrics.write("grpo", 2, reward=9.0, loss=float("nan"))
        assert shown(tmp_path) == {"grpo/reward": [(0, 0.0), (1, 0.25), (2, 9.0)]}
    assert [json.loads(x)["step"] for x in (tmp_path / "metrics.jsonl").open()] == [0, 1, 2]


def test_a_part_that_is_called_step_is_shown_and_what_no_float_holds_is_not(tmp_path: Path) -> None:
    """A run that was received may say anything in its metrics."""
    line = {"stage": "grpo", "step": 0, "reward": 10**400, "parts": {"step": 0.5}}
    (tmp_path / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    with open_metrics(tmp_path, {"grpo": 1}, "tensorboard"):
        pass
    assert shown(tmp_path) == {"grpo/parts/step": [(0, 0.5)]}


def test_a_logger_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollouts.event_files.find_spec", lambda name: None)
    check_logger("none")
    with pytest.raises(ConfigError, match=r"tensorboard, which is not installed.*'.\[tensorboard"):
        check_logger("tensorboard")
