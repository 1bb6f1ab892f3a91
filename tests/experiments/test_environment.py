"""What a run notes of its machine, and what two runs are told to differ in."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from experiments.environment import environment, read_environment, write_environment
from experiments.hardware import hardware


def test_a_run_notes_machine_versions_and_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/etude", "grpo", "my run.yaml", "seed=2"])
    write_environment(tmp_path, None)
    noted = json.loads((tmp_path / "env.json").read_text())
    assert noted["command"] == "etude grpo 'my run.yaml' seed=2"
    assert noted["packages"]["torch"]
    machine = noted["hardware"]
    assert machine["cpu"]
    assert machine["cores"] == len(os.sched_getaffinity(0))
    assert machine["memory_gib"] > 0
    assert isinstance(machine["gpus"], list)
    assert noted == environment(None)


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
