"""`etude doctor`: what is missing is said, and makes it fail."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest
import torch
from packaging.requirements import Requirement
from typer.testing import CliRunner

from experiments import doctor
from experiments.bench._full_size_model import SIZES
from experiments.bench._full_size_model import build as build_full_size
from experiments.cli import build
from experiments.doctor import FITS, FULL_SIZE, Finding, fits, package, requirements
from policies.footprint import MARGIN, Work, footprint, plans, sizes_of
from rewards.errors import ConfigError


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """No imports of torch and Ray: both work, there is no GPU."""

    def works(name: str, program: str) -> tuple[Finding, str]:
        return Finding(f"import {name}", "works", "works"), "{}"

    monkeypatch.setattr(doctor, "_import", works)


def test_a_healthy_machine_exits_with_0(light):
    done = CliRunner().invoke(build(), ["doctor"])
    assert done.exit_code == 0, done.stdout
    for word in ("torch", "cores", "free disk", "import ray", "everything needed is here"):
        assert word in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_table_fits_80_columns_whatever_is_found(light, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metadata, "version", lambda _: "2026.10.18.dev1+cu130")
    reports = [[f"NVIDIA RTX PRO 6000 Blackwell Server Edition MIG {i}", 10**11] for i in (1, 2)]
    works = Finding("import torch", "works", "works")
    monkeypatch.setattr(doctor, "_import", lambda name, program: (works, json.dumps(reports)))
    done = CliRunner().invoke(build(), ["doctor"])
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert not any(line.endswith(" ") for line in lines)
    assert "Server Edition MIG 2; of the full size: LoRA, sampling" in " ".join(done.stdout.split())


def test_a_missing_package_exits_with_1(light, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "requirements", lambda _: [Requirement("no-such-thing>=1")])
    done = CliRunner().invoke(build(), ["doctor"])
    assert done.exit_code == 1
    assert "missing: no-such-thing" in done.stdout


@pytest.mark.parametrize(
    ("requirement", "here", "tested", "verdict"),
    [
        ("toy>=1.2", "1.2", "1.2", "ok"),
        ("toy>=1.2", "1.2+cpu", "1.2", "ok"),
        ("toy>=1.2", "1.3", "1.2", "note"),
        ("toy>=1.2", "1.1", "1.2", "missing"),
        ("toy>=1.2", "1.10", None, "ok"),
        ("toy>=1.2", "1.3.dev1", None, "ok"),
    ],
)
def test_versions_against_floor_and_tested(requirement, here, tested, verdict, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda _: here)
    found = package(Requirement(requirement), tested)
    assert (found.verdict, found.what, found.here) == (verdict, "toy", here)
    assert (found.expected, found.tested) == (">=1.2", tested or "")


def test_the_floors_and_pins_come_from_the_checkout():
    names = {requirement.name for requirement in requirements(doctor.HOME / "pyproject.toml")}
    assert {"torch", "ray", "music21"} <= names
    assert names & doctor.tested_versions(doctor.HOME / "constraints.txt").keys()


def test_outside_of_a_checkout_it_says_so(tmp_path: Path):
    with pytest.raises(ConfigError, match="clone the repository"):
        requirements(tmp_path / "pyproject.toml")
    assert doctor.tested_versions(tmp_path / "constraints.txt") == {}


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise ImportError('no library')", "ImportError: no library"),
        ("import os; os.abort()", "exit status -6"),
    ],
)
def test_an_import_that_fails_or_crashes_is_a_finding(program: str, why: str):
    finding, output = doctor._import("toy", program)
    assert (finding.verdict, finding.here, output) == ("missing", "fails", "")
    assert finding.remedy == f"{why}; run `make clean setup`"


def test_an_import_that_hangs_is_a_finding(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "IMPORT_DEADLINE", 0.2)
    finding, _ = doctor._import("toy", "import time; time.sleep(60)")
    assert finding.verdict == "missing"
    assert "no answer" in finding.remedy


def test_gpus_are_listed_with_what_fits(monkeypatch: pytest.MonkeyPatch):
    report = '[["Big", 200000000000], ["Small", 8000000000]]'
    works = Finding("import torch", "works", "works")
    monkeypatch.setattr(doctor, "_import", lambda name, program: (works, report))
    _, big, small = doctor._devices()
    assert (big.what, small.what) == ("GPU 0", "GPU 1")
    assert big.remedy.startswith("Big")
    assert "full weights" in big.remedy
    assert "nothing of the full-size checkpoint" in small.remedy


def test_what_an_import_prints_of_its_own_is_no_gpu(monkeypatch: pytest.MonkeyPatch):
    report = "print('a notice of some library')\nprint('[[\"Big\", 85899345920]]')"
    monkeypatch.setattr(doctor, "_TORCH", report)
    _, big = doctor._devices()
    assert (big.what, big.here) == ("GPU 0", "80 GiB")


def test_less_memory_fits_no_more_work():
    assert fits(30e9) == "LoRA, sampling"
    assert fits(22e9) == "sampling"


def test_what_is_said_to_fit_is_what_the_estimate_of_a_step_grants(tmp_path: Path):
    model = build_full_size(SIZES["full"], "meta", torch.bfloat16)
    model.model.config.save_pretrained(tmp_path)
    model.processor.save_pretrained(tmp_path)
    sizes = sizes_of(tmp_path)
    assert sizes.encoder + sizes.decoder + sizes.head == pytest.approx(FULL_SIZE, rel=0.01)
    steps = {name: footprint(sizes, plan) for name, plan in plans(Work())}
    needed = {
        "full weights": steps["full weights, checkpointing"].total,
        "LoRA": steps["LoRA, checkpointing"].total,
        "sampling": steps["LoRA"].sampling,
    }
    assert needed.keys() == dict(FITS).keys()
    for name, per_parameter in FITS:
        assert MARGIN * needed[name] < FULL_SIZE * per_parameter < 1.5 * needed[name], name


def test_whether_models_may_be_downloaded_is_told():
    for environment, said in (({}, "on"), ({"HF_HUB_OFFLINE": "1"}, "off")):
        assert [(one.what, one.here) for one in doctor._network(environment)] == [
            ("downloads", said)
        ]


@pytest.mark.parametrize(("count", "verdict"), [(1, "note"), (2, "ok"), (64, "ok")])
def test_a_single_core_is_worth_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: int, verdict: str
):
    monkeypatch.setattr(doctor, "cores", lambda: count)
    found = next(doctor._machine(tmp_path))
    assert (found.what, found.here, found.verdict) == ("cores", str(count), verdict)
    assert ("grpo.actors=1" in found.remedy) == (verdict == "note")


def test_memory_and_disk_are_those_of_where_a_run_will_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("policies.machine.memory", lambda: 3 * 2**30)
    _, memory, disk = doctor._machine(tmp_path / "runs" / "not-yet")
    assert (memory.here, memory.expected, memory.verdict) == ("3.0 GiB", "4 GiB", "missing")
    assert float(disk.here.removesuffix(" GiB")) > 0
    monkeypatch.setattr(doctor, "NEEDED_DISK", 2**60)
    *_, disk = doctor._machine(tmp_path / "runs" / "not-yet")
    assert (disk.verdict, disk.remedy) == ("missing", f"free some space in {tmp_path}")


def test_too_little_disk_is_missing():
    assert doctor._amount("free disk", 10, doctor.NEEDED_DISK, "free some").verdict == "missing"
