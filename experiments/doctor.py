"""What this machine has, against what Etude needs and what it was tested with.

Nothing heavy is imported here: torch and Ray are tried in processes of their own,
so that an installation which crashes on import is a finding and no crash.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from experiments.hardware import GIB, cores
from policies import machine
from rewards.errors import ConfigError

HOME = Path(__file__).resolve().parents[1]
IMPORT_DEADLINE = 120.0  # s; a first import of torch from a cold disk takes half a minute

NEEDED_CORES = 1
WANTED_CORES = 2
NEEDED_MEMORY = 4 * GIB
NEEDED_DISK = 2 * GIB

# Music Flamingo: a Qwen2.5-7B and an audio tower. Bytes for each parameter, with
# room for activations: bfloat16 weights; the same and an adapter's optimizer;
# weights, gradients and AdamW's two moments. `policies/footprint.py` counts a step
# of any checkpoint, but needs torch; tests hold these to it.
FULL_SIZE = 8.3e9
FITS: tuple[tuple[str, float], ...] = (("full weights", 18.0), ("LoRA", 3.5), ("sampling", 2.4))

Verdict = Literal["ok", "note", "missing"]

_TORCH = """
import json, torch
gpus = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
print(json.dumps([[gpu.name, gpu.total_memory] for gpu in gpus]))
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table.

    Attributes:
        what: the thing looked at.
        here: what was found.
        expected: what is needed, in words; "" for a mere fact.
        tested: the version that the project was tested with, "" where there is none.
        verdict: "missing" makes the command fail, "note" is worth reading.
        remedy: what to do, "" where nothing.
    """

    what: str
    here: str
    expected: str = ""
    verdict: Verdict = "ok"
    remedy: str = ""
    tested: str = ""


def examine(folder: Path) -> Iterator[Finding]:
    """All findings, the quick ones first; ``folder`` is where runs would be written."""
    yield Finding("Python", platform.python_version(), ">=3.11")
    tested = tested_versions(HOME / "constraints.txt")
    for requirement in requirements(HOME / "pyproject.toml"):
        yield package(requirement, tested.get(canonicalize_name(requirement.name)))
    yield from _machine(folder)
    yield from _network(os.environ)
    yield from _devices()
    yield _import("ray", "import ray")[0]


def requirements(pyproject: Path) -> list[Requirement]:
    """What the project depends on, with its floors."""
    try:
        project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    except FileNotFoundError as error:
        raise ConfigError(
            f"etude works from its checkout: got no {pyproject}, expected it beside the "
            "packages; clone the repository and run `make setup` there"
        ) from error
    return [Requirement(line) for line in project["dependencies"]]


def tested_versions(constraints: Path) -> dict[str, str]:
    """Canonical name -> the version that was tested."""
    lines = constraints.read_text(encoding="utf-8").splitlines() if constraints.is_file() else []
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def package(requirement: Requirement, tested: str | None) -> Finding:
    """An installed package against its floor and the tested version."""
    name, floor, known = requirement.name, str(requirement.specifier), tested or ""
    remedy = "run `make setup`"
    try:
        here = Version(metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, "none", floor, "missing", remedy, known)
    if not requirement.specifier.contains(here, prereleases=True):
        return Finding(name, str(here), floor, "missing", remedy, known)
    if tested and here.public != tested:
        remark = "another version than the tested one"
        return Finding(name, str(here), floor, "note", remark, known)
    return Finding(name, str(here), floor, tested=known)


def fits(memory: float) -> str:
    """What of the full-size checkpoint's work this much memory [bytes] allows."""
    work = [name for name, per_parameter in FITS if FULL_SIZE * per_parameter <= memory]
    return ", ".join(work) or "nothing of the full-size checkpoint"


def _machine(folder: Path) -> Iterator[Finding]:
    """Cores, memory and disk."""
    few = cores() < WANTED_CORES
    yield Finding(
        "cores",
        str(cores()),
        f"{NEEDED_CORES}, better {WANTED_CORES}",
        "note" if few else "ok",
        "one actor: grpo.actors=1" if few else "",
    )
    yield _amount("memory", machine.memory(), NEEDED_MEMORY, "the quickstart may not fit")
    there = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(there).free
    yield _amount("free disk", free, NEEDED_DISK, f"free some space in {there}")


def _amount(what: str, here: int, needed: int, remedy: str) -> Finding:
    expected = f"{needed / GIB:.0f} GiB"
    if here < needed:
        return Finding(what, f"{here / GIB:.1f} GiB", expected, "missing", remedy)
    return Finding(what, f"{here / GIB:.1f} GiB", expected)


def _network(environment: Mapping[str, str]) -> Iterator[Finding]:
    """What would talk beyond this machine; Etude's own services and its Ray keep to loopback."""
    offline = environment.get("HF_HUB_OFFLINE", "0").lower() in ("1", "true", "yes", "on")
    remark = "" if offline else "of models that are named as on the hub"
    yield Finding("downloads", "off" if offline else "on", remedy=remark)


def _devices() -> Iterator[Finding]:
    finding, output = _import("torch", _TORCH)
    yield finding
    if finding.verdict == "missing":
        return
    # What else is installed may print a notice first.
    gpus: list[tuple[str, int]] = json.loads(output.splitlines()[-1])
    for place, (name, held) in enumerate(gpus):
        remark = f"{name}; of the full size: {fits(held)}"
        yield Finding(f"GPU {place}", f"{held / GIB:.0f} GiB", remedy=remark)
    if not gpus:
        yield Finding(
            "devices", "CPU", "", "note", "the tiny model works; the full-size one needs a GPU"
        )


def _import(name: str, program: str) -> tuple[Finding, str]:
    """Whether a program that imports ``name`` ends well, and what it printed."""
    what = f"import {name}"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=IMPORT_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _broken(what, f"no answer in {IMPORT_DEADLINE:.0f} s"), ""
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return _broken(what, last[:120]), ""
    return Finding(what, "works", "works"), done.stdout


def _broken(what: str, why: str) -> Finding:
    return Finding(what, "fails", "works", "missing", f"{why}; run `make clean setup`")
