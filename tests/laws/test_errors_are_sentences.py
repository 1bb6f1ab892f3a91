"""A sentence of an error says what was expected or, after a semicolon, how to mend it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rewards import errors

SAID = {"hint", "remedy", "sentence"}
"""Names of variables that hold the rest of a sentence."""

ERRORS = {"BadParameter"} | {
    name
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, errors.EtudeError)
}


def pieces(node: ast.expr, constants: Mapping[str, str]) -> list[str | None]:
    """A message written out, None for what is only known as it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.Name):
        return ["expected" if node.id in SAID else constants.get(node.id)]
    if isinstance(node, ast.FormattedValue):
        return pieces(node.value, constants)
    if isinstance(node, ast.JoinedStr):
        return [piece for value in node.values for piece in pieces(value, constants)]
    if isinstance(node, ast.BinOp):
        return pieces(node.left, constants) + pieces(node.right, constants)
    return [None]


def is_complete(message: list[str | None]) -> bool:
    """Whether it has both halves; one that ends in another's sentence only says where."""
    *before, last = message
    if last is None and (not before or (before[-1] or "").rstrip().endswith(":")):
        return True
    said = "".join(piece or "" for piece in message)
    return "expected" in said or ";" in said


def half_sentences(source: str) -> Iterator[str]:
    """The errors of a module that say what is wrong and stop there."""
    tree = ast.parse(source)
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in ERRORS and not is_complete(pieces(node.args[0], constants)):
                yield f"line {node.lineno}: {ast.unparse(node.args[0])}"


def test_every_error_says_what_was_expected_or_how_to_mend_it(home: Path, packages) -> None:
    found = [
        f"{file.relative_to(home)}: {half}"
        for room in packages
        for file in sorted((home / room).rglob("*.py"))
        for half in half_sentences(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "DataError('no rows')",
        "errors.ConfigError(f'key {key!r} is unknown')",
        "typer.BadParameter('give one of both')",
        "WHY = 'too long'\nAudioError(f'{clip}: {WHY}')",
    ],
)
def test_a_planted_half_is_found(source: str) -> None:
    assert list(half_sentences(source))


@pytest.mark.parametrize(
    "source",
    [
        "DataError(f'rows: got {rows}, expected one at least')",
        "DataError(f'{path} holds no rows; take another file')",
        "MEND = '; take another file'\nDataError(f'{path} holds no rows{MEND}')",
        "DataError(f'{path}, line {line}: {failure}')",
        "DataError(sentence)",
        "KeyError('no rows')",
    ],
)
def test_a_whole_sentence_and_a_place_before_another_are_allowed(source: str) -> None:
    assert not list(half_sentences(source))
