"""Few modules print: what a stranger wrote goes through ``experiments/terminal.py``."""

from __future__ import annotations

import ast
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
PRINTS = {"print", "echo", "secho", "Console", "stdout", "stderr"}
ALLOWED = {
    ("terminal.py", "print"): "say",
    ("terminal.py", "Console"): "tables and styles",
    ("terminal.py", "stdout"): "say and write",
    ("terminal.py", "stderr"): "say",
    ("screen.py", "Console"): "the bars",
    ("commands/config.py", "echo"): "YAML, whose control characters are escaped",
    ("outputs.py", "stdout"): "JSON, where all but ASCII is escaped",
}


def printing(source: str) -> set[str]:
    """The names of ``PRINTS`` that a module calls or reaches for."""
    tree = ast.parse(source)
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    reached = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("sys", "typer", "click", "console")
    }
    return (calls | reached) & PRINTS


def test_it_is_seen_who_prints() -> None:
    assert printing("import sys\nprint(1)\nsys.stderr.write('')") == {"print", "stderr"}
    assert printing("typer.echo('a')\nfrom rich.console import Console\nConsole()") == {
        "echo", "Console"
    }  # fmt: skip
    assert printing("def f(told):\n    say(told, err=True)") == set()


def test_nobody_prints_but_those_that_are_allowed() -> None:
    root = HOME / "experiments"
    found = {
        (path.relative_to(root).as_posix(), name)
        for path in root.rglob("*.py")
        if "bench" not in path.relative_to(root).parts
        and path.name != "cheats.py"  # programs of their own
        for name in printing(path.read_text())
    }
    assert found == ALLOWED.keys()
