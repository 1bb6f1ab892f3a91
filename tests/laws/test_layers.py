"""Imports go downwards, and each heavy library has one room.

experiments  may import everything, nothing imports it; its schemas of these only rewards
rollouts     Ray        } siblings, which never import each other
sft          TRL        }  TRL is also what experiments/bench measures against
policies     torch
rewards      none of them
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

MAY_IMPORT = {
    "rewards": {"rewards"},
    "policies": {"policies", "rewards"},
    "rollouts": {"rollouts", "policies", "rewards"},
    "sft": {"sft", "policies", "rewards"},
    "experiments": {"experiments", "rollouts", "sft", "policies", "rewards"},
}
CHOICES = {
    "policies.objective": {"Importance", "KlEstimate", "Loss", "check_dual_clip"},
    "rollouts.event_files": {"Logger"},
}
"""What a schema may take of a room: the names of a choice and a rule of values, no settings."""
TORCH = {"torch", "transformers", "peft", "accelerate", "safetensors", "tokenizers"}


class Import(NamedTuple):
    name: str  # dotted; `from a import b` gives both `a` and `a.b`
    line: int
    lazy: bool  # inside a function


def imports(source: str, package: str = "") -> Iterator[Import]:
    """Every import of a module's source; ``package`` is what relative ones start from."""
    lazy: set[ast.AST] = set()
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lazy.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, node in lazy)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            yield Import(base, node.lineno, node in lazy)
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, node in lazy)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "ray.data":
            # After `import ray`, touching the attribute loads it as well.
            yield Import("ray.data", node.lineno, node in lazy)


def _is_of_schemas(name: str) -> bool:
    """Whether a schema may import this name."""
    module, _, attribute = name.rpartition(".")
    choice = name in CHOICES or attribute in CHOICES.get(module, ())
    return choice or name.split(".")[0] not in ("policies", "rollouts", "sft")


def breaches(source: str, package: str) -> list[str]:
    """What a module of ``package`` (dotted) imports against the law; "tests" is a room too."""
    room = package.split(".")[0]
    found = []
    for one in imports(source, package):
        top = one.name.split(".")[0]
        wrong = (
            one.name == "ray.data"
            or one.name.startswith("ray.data.")
            or (top in MAY_IMPORT and room != "tests" and top not in MAY_IMPORT[room])
            or (package == "experiments.schemas" and not _is_of_schemas(one.name))
            or (top == "ray" and room not in ("rollouts", "tests"))
            or (top == "trl" and room not in ("sft", "tests") and package != "experiments.bench")
            or (top in TORCH and room == "rewards")
            or (top in ("mir_eval", "music21") and room == "rewards" and not one.lazy)
        )
        if wrong:
            found.append(f"line {one.line}: {package} imports {one.name}")
    return found


def test_imports_go_downwards_and_libraries_stay_in_their_rooms(home: Path, packages):
    found = []
    for room in (*packages, "tests"):
        files = sorted((home / room).rglob("*.py"))
        assert files, f"no modules in {home / room}"
        for file in files:
            package = ".".join(file.relative_to(home).parts[:-1])
            source = file.read_text(encoding="utf-8")
            found += [f"{file.relative_to(home)}: {one}" for one in breaches(source, package)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("rewards", "import torch"),
        ("rewards", "def f():\n    from transformers import AutoModel"),
        ("rewards", "import mir_eval"),
        ("rewards", "from policies.seeds import derive_seed"),
        ("rewards.spelling", "from ...policies import seeds"),
        ("policies", "from rollouts import journal"),
        ("policies", "import ray"),
        ("sft.corpus", "from rollouts.records import Group"),
        ("sft", "from ray import remote"),
        ("rollouts", "import sft.train"),
        ("rollouts", "from trl import SFTTrainer"),
        ("rollouts", "from ray import data"),
        ("rollouts", "import ray.data as rd"),
        ("rollouts", "import ray\nray.data.from_items([])"),
        ("experiments", "import ray"),
        ("experiments.schemas", "def f():\n    from sft.corpus.folder import CorpusSettings"),
        ("experiments.schemas", "from policies.objective import Objective"),
        ("experiments", "from trl import GRPOTrainer"),
        ("tests.rollouts", "from ray.data import Dataset"),
    ],
)
def test_a_planted_breach_is_found(package: str, source: str):
    assert breaches(source, package)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("rewards", "def f():\n    import mir_eval"),
        ("rewards.spelling", "from ..text import fold"),
        ("policies", "import torch\nfrom rewards.errors import ConfigError"),
        ("rollouts", "import ray"),
        ("sft", "from trl import SFTTrainer"),
        ("experiments", "import sft.train\nfrom rollouts import journal"),
        ("experiments.schemas", "from policies.objective import Loss"),
        ("experiments.bench", "from trl import GRPOTrainer"),
        ("tests.policies", "import ray, trl"),
    ],
)
def test_what_the_law_allows_is_allowed(package: str, source: str):
    assert not breaches(source, package)
