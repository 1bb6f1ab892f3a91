"""What a run notes of its machine, and what two runs are told to differ in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments import doctor
from experiments import hardware as hardware_of
from experiments.config import load
from experiments.environment import (
    environment,
    note_resumption,
    read_environment,
    write_environment,
)
from experiments.hardware import hardware
from experiments.runfolder import run_folder
from experiments.schemas import GrpoRun
from policies import machine
from rewards.errors import DataError


def test_a_run_notes_machine_versions_and_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/etude", "grpo", "my run.yaml", "seed=2"])
    run = load(GrpoRun, [], ["data.questions=q", "model.path=m", "seed=2"])
    write_environment(tmp_path, run)
    noted = json.loads((tmp_path / "env.json").read_text())
    assert noted["seed"] == 2
    assert noted["command"] == "etude grpo 'my run.yaml' seed=2"
    assert noted["packages"]["torch"]
    machine = noted["hardware"]
    assert machine["cpu"]
    assert machine["cores"] == hardware_of.cores()
    assert machine["memory_gib"] > 0
    assert isinstance(machine["gpus"], list)
    assert noted == environment(run)


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("150000 100000\n", 1), ("50000 100000\n", 1), ("max 100000\n", 6), ("900000 100000", 6),
     ("300000 100000\n", 3), ("", 6), (None, 6)],
)  # fmt: skip
def test_cores_are_those_that_a_container_grants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(6), raising=False)
    monkeypatch.setattr(hardware_of, "_LIMIT", tmp_path / "cpu.max")
    if limit is not None:
        (tmp_path / "cpu.max").write_text(limit)
    assert hardware_of.cores() == cores


def test_memory_is_what_a_container_grants_to_doctor_and_papers_as_to_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text(f"{3 * 2**29}\n")
    monkeypatch.setattr(machine, "_LIMITS", (str(tmp_path / "memory.max"),))
    assert hardware()["memory_gib"] == 1.5
    told = next(found for found in doctor.examine(tmp_path) if found.what == "memory")
    assert (told.here, told.verdict) == ("1.5 GiB", "missing")


def test_cards_are_told_by_the_drivers_own_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = "NVIDIA H100 80GB HBM3, 81559 MiB, 550.54.15"
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho '{card}'\necho '{card}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert hardware()["gpus"] == [card, card]
    tool.write_text("#!/bin/sh\necho 'no driver'; exit 9\n")
    assert hardware()["gpus"] == []
    tool.unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hardware()["gpus"] == []


def test_the_papers_of_version_0_1_0_are_read(tmp_path: Path) -> None:
    old = {"python": "3.11", "commit": "abc", "packages": {"torch": "2.13.0"}, "seed": 1}
    (tmp_path / "env.json").write_text(json.dumps(old))
    assert read_environment(tmp_path) == {"python": "3.11", "commit": "abc", "torch": "2.13.0"}


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``moved(cores)``: as if the process ran on another machine."""

    def move(cores: int) -> None:
        machine = {**hardware(), "cores": cores}
        monkeypatch.setattr("experiments.hardware.hardware", lambda: machine)
        monkeypatch.setattr(sys, "argv", ["etude", f"on {cores} cores"])

    return move


@pytest.fixture
def config(tmp_path: Path) -> GrpoRun:
    return load(GrpoRun, [], ["data.questions=q", f"out={tmp_path / 'run'}", "model.path=m"])


def test_a_resumed_run_notes_each_machine_and_from_where_it_went_on(
    config: GrpoRun, moved: Callable[..., None]
) -> None:
    moved(2)
    with run_folder(config, resume=False) as go_on:
        go_on()
    begun = json.loads((config.out / "env.json").read_text())
    assert "resumed" not in begun
    (config.out / "checkpoints" / "step_000000").mkdir(parents=True)
    (config.out / "checkpoints" / "step_000020").mkdir()
    for cores in (8, 8, 4):
        moved(cores)
        with run_folder(config, resume=True) as go_on:
            go_on()
    noted = json.loads((config.out / "env.json").read_text())
    stretches = noted.pop("resumed")
    assert noted == begun, "what it was begun with stays"
    assert [s["hardware"]["cores"] for s in stretches] == [8, 8, 4]
    assert [s["command"] for s in stretches] == [f"etude 'on {n} cores'" for n in (8, 8, 4)]
    assert stretches[0]["newest"] == {"sft": None, "grpo": 20}
    assert read_environment(config.out)["cores"] == "2, then 8, then 4"
    assert read_environment(config.out)["python"] == begun["python"]


def test_a_resumption_that_is_refused_is_not_noted(config: GrpoRun) -> None:
    with run_folder(config, resume=False) as go_on:
        go_on()
    with pytest.raises(DataError), run_folder(config, resume=True):
        raise DataError("refused")
    assert "resumed" not in (config.out / "env.json").read_text()


def test_where_the_first_note_is_gone_the_resumptions_stand_alone(tmp_path: Path) -> None:
    note_resumption(tmp_path, None)
    noted = json.loads((tmp_path / "env.json").read_text())
    assert [*noted] == ["resumed"]
    note_resumption(tmp_path, None)
    assert read_environment(tmp_path)["python"] == environment(None)["python"]


@pytest.mark.parametrize("damaged", ["[]", "{}", '{"resumed": 3}', '{"resumed": [{}]}', "{"])
def test_a_damaged_note_is_an_error_with_the_remedy(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "env.json").write_text(damaged)
    for use in (read_environment, lambda run: note_resumption(run, None)):
        with pytest.raises(DataError, match=r"env.json: got .*; delete it"):
            use(tmp_path)


def test_of_a_note_that_is_no_text_no_bytes_are_shown(tmp_path: Path) -> None:
    (tmp_path / "env.json").write_bytes(b"\x97" * 2000)
    with pytest.raises(DataError, match=r"env.json: got UnicodeDecodeError .*; delete it") as told:
        read_environment(tmp_path)
    assert len(str(told.value)) < 400


def test_a_note_that_is_no_file_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "env.json").mkdir()
    with pytest.raises(DataError, match=r"^cannot read .*env.json: got a folder or device"):
        read_environment(tmp_path)
