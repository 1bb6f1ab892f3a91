"""Where commands write: never over what a run keeps for itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rewards.errors import DataError

ANSWERED = {
    "id": "q",
    "question": {"text": "What is the key?", "facet": "key", "answer": "D major"},
    "completion": "<answer>D major</answer>",
}


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    file = tmp_path / "stored.jsonl"
    file.write_text(json.dumps(ANSWERED) + "\n")
    return file


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A run folder with its papers and some of its files."""
    run = tmp_path / "run"
    for name in ("config.yaml", "env.json", "metrics.jsonl", "answers/after.jsonl"):
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_text("the run's")
    return run


@pytest.mark.parametrize(
    "name",
    [
        "config.yaml",
        "metrics.jsonl",
        "results.json",
        "answers/after.jsonl",
        "answers/other.jsonl",
        ".lock",
    ],
)
def test_a_runs_own_files_are_no_output(
    etude: Callable[..., Any], stored: Path, begun: Path, name: str
) -> None:
    before = {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()}
    done = etude("score", stored, "-o", begun / name)
    assert done.exit_code == 1
    assert f"which the run '{begun}' keeps for itself" in done.stderr
    assert {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()} == before


def test_a_runs_own_files_are_known_behind_a_link(
    etude: Callable[..., Any], stored: Path, begun: Path, tmp_path: Path
) -> None:
    (tmp_path / "linked").symlink_to(begun)
    done = etude("score", stored, "-o", tmp_path / "linked" / "config.yaml")
    assert (done.exit_code, (begun / "config.yaml").read_text()) == (1, "the run's")


def test_beside_a_runs_own_files_there_is_room(
    etude: Callable[..., Any], stored: Path, begun: Path
) -> None:
    for _ in range(2):  # over an older file, too
        assert etude("score", stored, "-o", begun / "scores.jsonl").exit_code == 0


def test_a_folder_that_is_no_run_keeps_nothing_for_itself(
    etude: Callable[..., Any], stored: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text("mine: 1")
    assert etude("score", stored, "-o", tmp_path / "results.json").exit_code == 0


@pytest.mark.parametrize("name", ["model", "checkpoints/step_000007"])
def test_a_model_is_not_exported_to_where_a_run_keeps_its_own(
    etude: Callable[..., Any], tiny_folder: Path, begun: Path, name: str
) -> None:
    done = etude("policy", "export", tiny_folder, "--out", begun / name)
    assert done.exit_code == 1
    assert f"which the run '{begun}' keeps for itself" in done.stderr
    assert not (begun / name).exists()


@pytest.mark.parametrize(
    "name", ["checkpoints", "cold_start", "rollouts", "start", "tensorboard", "trainer", "updates"]
)
def test_nothing_is_written_below_a_folder_of_a_run(begun: Path, name: str) -> None:
    from experiments.runfolder import check_not_of_run

    with pytest.raises(DataError, match=f"got '{name}' of a run as the output"):
        check_not_of_run(begun / name / "scores.jsonl")


def test_every_name_that_a_run_writes_is_its_own(full_run: Path) -> None:
    from experiments.report import write_report
    from experiments.runfolder import check_not_of_run

    (full_run / "env.json").write_text("{}")
    write_report(full_run, full_run)
    names = {path.name for path in full_run.iterdir()} - {"clips"}
    assert {"config.yaml", "metrics.jsonl", "report.html", "results.json", "rollouts"} <= names
    for name in sorted(names):
        with pytest.raises(DataError, match="keeps for itself"):
            check_not_of_run(full_run / name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="of Linux")
def test_a_device_that_takes_no_line_is_one_sentence(
    etude: Callable[..., Any], stored: Path
) -> None:
    done = etude("score", stored, "-o", "/dev/full")
    assert done.exit_code == 1
    assert "etude: /dev/full: cannot be written: " in done.stderr
