"""The rooms of the reader of claims import one way: a reader of one knows what lies below."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rewards.claims

HOME = Path(rewards.claims.__file__).parent
BASE = {"records", "sameness", "degrees", "relations"}
READS = {*BASE, "context", "text"}
MAY_IMPORT = {
    "records": set(),
    "sameness": {"records"},
    "degrees": {"records"},
    "relations": set(),
    "text": set(),
    "context": {"records", "relations", "text"},
    "verify": {*BASE, "text"},
    "stance": READS,
    "grammar.pitch": {*READS, "stance"},
    "grammar.time": {*READS, "stance"},
    "grammar.names": {*READS, "stance"},
    "grammar.notes": {*READS, "stance", "grammar.pitch"},
    "grammar.harmony": {*READS, "stance", "grammar.pitch"},
    "grammar.textbook": {*READS, "stance", "grammar.pitch", "grammar.harmony"},
}
"""Room, or module at the top, and what it may import beside itself; others stand above all."""


def room(name: str) -> str:
    """The room of a module: "grammar.pitch" of "rewards.claims.grammar.pitch.items"."""
    parts = name.split(".")[2:]
    return ".".join(parts[:2] if parts[:1] == ["grammar"] else parts[:1])


def imported(source: str) -> Iterator[str]:
    """What a module takes from the reader of claims, also within functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def breaches(name: str, source: str) -> list[str]:
    own = room(name)
    allowed = MAY_IMPORT.get(own)
    if allowed is None:
        return []
    taken = {one for one in imported(source) if one.startswith("rewards.claims.")}
    return [f"{name}: {one}" for one in sorted(taken) if room(one) not in {own, *allowed}]


def test_rooms_import_one_way():
    found = []
    for file in sorted(HOME.rglob("*.py")):
        parts = file.relative_to(HOME).with_suffix("").parts
        name = ".".join(("rewards", "claims", *parts))
        found += breaches(name, file.read_text(encoding="utf-8"))
    assert not found, "\n".join(found)


def test_every_room_has_its_place():
    folders = {".".join(path.parent.relative_to(HOME).parts) for path in HOME.rglob("*.py")}
    assert folders - MAY_IMPORT.keys() == {"", "grammar"}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("text.sentences", "from rewards.claims.records import Claim"),
        ("stance.cues", "from rewards.claims.grammar.pitch.item import Item"),
        ("stance.cues", "from rewards.claims.reading import read"),
        ("grammar.pitch.moves", "from rewards.claims.grammar.harmony import keys"),
        ("grammar.notes.reader", "from rewards.claims.grammar.harmony.rows import rows"),
        ("grammar.harmony.rows", "from rewards.claims.verify.theory import holds"),
        ("verify.truth", "def f():\n    import rewards.claims.stance.cues"),
    ],
)
def test_a_planted_breach_is_found(name: str, source: str):
    assert breaches(f"rewards.claims.{name}", source)
