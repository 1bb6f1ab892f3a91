"""What must answer at once imports nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "ray", "transformers", "trl", "peft", "music21", "mir_eval", "scipy", "pandas")
HELP = """
import sys
sys.argv = ["etude", *{arguments!r}]
from experiments.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""


def heavy_modules(program: str, home: Path) -> tuple[list[str], float]:
    """The heavy libraries that a program loads, and its CPU time [s]."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint('\\nloaded', *sys.modules)"],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    after = os.times()
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].split()
    assert loaded[0] == "loaded"
    spent = after.children_user + after.children_system
    spent -= before.children_user + before.children_system
    return [name for name in HEAVY if name in loaded], spent


def test_rewards_load_neither_torch_nor_ray_nor_the_musical_libraries(home: Path):
    program = "import rewards, pkgutil, importlib\n" + (
        "for found in pkgutil.walk_packages(rewards.__path__, 'rewards.'):\n"
        "    importlib.import_module(found.name)"
    )
    assert heavy_modules(program, home)[0] == []


@pytest.mark.parametrize("arguments", [["--help"], ["score", "--help"], ["data", "--help"]])
def test_help_answers_within_a_second_and_without_torch(arguments: list[str], home: Path):
    program = HELP.format(arguments=arguments)
    runs = [heavy_modules(program, home) for _ in range(3)]
    assert [heavy for heavy, _ in runs] == [[], [], []]
    # CPU time, so that a busy machine does not break a law about imports.
    assert min(spent for _, spent in runs) < 1.0


def test_a_heavy_import_would_be_seen(home: Path):
    assert heavy_modules("import mir_eval", home)[0] == ["mir_eval", "scipy"]
