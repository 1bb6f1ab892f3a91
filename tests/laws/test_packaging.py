"""The flat names belong to this checkout, and what is imported is declared and pinned."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import tomllib
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

FLOORS = {
    "torch": "2.10",
    "transformers": "5.3",
    "ray": "2.55",
    "pyarrow": "21",
    "omegaconf": "2.4",
}


@pytest.fixture(scope="module")
def pyproject(home: Path) -> dict:
    return tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(home: Path) -> dict[str, str]:
    lines = (home / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def requirements(pyproject: dict, *, dev: bool) -> dict[str, Requirement]:
    project = pyproject["project"]
    lines = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def test_each_package_resolves_inside_this_checkout(home: Path, packages):
    for name in packages:
        spec = importlib.util.find_spec(name)
        assert spec is not None, name
        assert spec.origin is not None, f"{name} is a folder without __init__.py"
        assert Path(spec.origin).resolve() == home / name / "__init__.py"


def test_no_other_place_on_the_path_has_our_names(home: Path, packages):
    assert not set(packages) & sys.stdlib_module_names
    for entry in sys.path:
        if Path(entry or ".").resolve() == home:
            continue
        for name in packages:
            spec = PathFinder.find_spec(name, [entry])
            assert spec is None, f"{entry} has a '{name}' too"


def test_the_installed_distribution_alone_owns_the_names(packages):
    try:
        metadata.distribution("etude")
    except metadata.PackageNotFoundError:
        pytest.skip("etude is not installed in this environment; `make test` installs it")
    owners = metadata.packages_distributions()
    assert {name: set(owners.get(name, ())) for name in packages} == {
        name: {"etude"} for name in packages
    }


def test_it_is_never_uploaded(pyproject: dict):
    assert "Private :: Do Not Upload" in pyproject["project"]["classifiers"]


def test_every_library_that_is_imported_is_declared(home: Path, packages, pyproject: dict):
    owners = metadata.packages_distributions()
    for room in (*packages, "tests"):
        declared = requirements(pyproject, dev=room == "tests")
        for file in (home / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                for top in {name.split(".")[0] for name in names} - set(packages):
                    if top in sys.stdlib_module_names | {"compression"}:  # of Python 3.14
                        continue
                    distributions = {canonicalize_name(name) for name in owners.get(top, (top,))}
                    assert distributions & declared.keys(), (
                        f"{file}: {top} is not in pyproject.toml"
                    )


def test_the_pins_are_exact_and_say_nothing_of_a_machine(home: Path):
    lines = (home / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 50
    for line in pins:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line
    assert len({line.split("==")[0].lower() for line in pins}) == len(pins)


def test_every_requirement_is_pinned_within_its_range(pyproject: dict, pins: dict[str, str]):
    for name, requirement in requirements(pyproject, dev=True).items():
        assert requirement.specifier.contains(pins[name]), f"{requirement} against {pins[name]}"


def test_the_floors_that_close_published_holes_stand(pyproject: dict):
    declared = requirements(pyproject, dev=False)
    for name, floor in FLOORS.items():
        (lowest,) = [one.version for one in declared[name].specifier if one.operator == ">="]
        assert Version(lowest) >= Version(floor), name


def test_data_beside_the_code_is_packaged(home: Path, packages, pyproject: dict):
    patterns = pyproject["tool"]["setuptools"]["package-data"]["*"]
    kinds = {Path(pattern).suffix for pattern in patterns} | {".py", ".md"}
    for name in packages:
        for file in (home / name).rglob("*"):
            made = file.is_dir() or file.parent.name == "__pycache__"
            assert made or file.suffix in kinds, f"{file} would not be installed"
