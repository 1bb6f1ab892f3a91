"""A name has one home: it is imported from the module that defines it.

Only a package passes on what its modules define: the ``__init__.py`` says what it offers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """What the statements of a module define; an import defines nothing."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))
        elif isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            for name in ("body", "orelse", "handlers", "finalbody"):
                for inner in getattr(node, name, []):
                    yield from defined(getattr(inner, "body", [inner]))


def strays(source: str, homes: Mapping[str, set[str]]) -> Iterator[str]:
    """The names that a module takes from another than their home.

    Args:
        source: of the module.
        homes: dotted name of a module, no package -> what it defines.
    """
    tree = ast.parse(source)
    modules = {}  # as it is called here -> dotted name
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            if inner in homes:
                modules[alias.asname or alias.name] = inner
            elif alias.name not in homes.get(node.module or "", {alias.name}):
                yield f"line {node.lineno}: {inner}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if module and not node.attr.startswith("__") and node.attr not in homes[module]:
                yield f"line {node.lineno}: {module}.{node.attr}"


def test_a_name_is_imported_from_its_home(home: Path, packages: tuple[str, ...]) -> None:
    files = [file for room in (*packages, "tests") for file in (home / room).rglob("*.py")]
    sources = {file.relative_to(home): file.read_text(encoding="utf-8") for file in files}
    homes = {
        ".".join(file.with_suffix("").parts): set(defined(ast.parse(source).body))
        for file, source in sources.items()
        if file.name != "__init__.py" and file.parts[0] != "tests"
    }
    found = [
        f"{file}: {stray}" for file, source in sources.items() for stray in strays(source, homes)
    ]
    assert not found, "\n".join(found)


HOMES = {"a.home": {"RATE"}, "a.guest": {"Reader"}}


@pytest.mark.parametrize(
    "source",
    [
        "from a.guest import RATE",
        "def f():\n    from a.guest import Reader, RATE as hertz",
        "from a import guest\nguest.RATE",
    ],
)
def test_a_planted_stray_is_found(source: str) -> None:
    (stray,) = strays(source, HOMES)
    assert stray.endswith("a.guest.RATE")


def test_a_home_a_package_and_a_library_are_no_strays() -> None:
    source = "from a.home import RATE\nfrom a import Reader, home\nhome.RATE\nfrom numpy import pi"
    assert not list(strays(source, HOMES))
    body = ast.parse("try:\n    import x\nexcept E:\n    x = 1\nA, B = 1, 2").body
    assert set(defined(body)) == {"x", "A", "B"}
