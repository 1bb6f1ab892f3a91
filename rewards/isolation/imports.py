"""Which files beside a reward's own its code imports, told from their text alone.

``FILE.py`` runs with its folder first on Python's path (``loading.py``), so ``import words`` is
``words.py`` there or the package ``words/``, and so on from file to file. What lies elsewhere is
installed and no part of it; what is imported by a name made at run time is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

_LIBRARY = "rewards"
"""Is loaded before the file runs, so that a module of this name beside it never is."""


def imported(file: Path) -> list[Path]:
    """The files in the folder of a reward's file, and below it, that it imports.

    Code that is no Python imports nothing.

    Args:
        file: absolute.

    Raises:
        OSError: one of them, or ``file``, cannot be read.
    """
    root, found, unread = file.parent, {file}, [file]
    while unread:
        path = unread.pop()
        for name in _names(path, root):
            fresh = {*_files(root, name)} - found
            found |= fresh
            unread += fresh
    return sorted(found - {file})


def _names(path: Path, root: Path) -> Iterator[tuple[str, ...]]:
    """What a file imports, seen from the root, as parts of dotted names.

    A name that is taken from a module may be a module itself.
    """
    try:
        nodes = [*ast.walk(ast.parse(path.read_bytes()))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(root).parts[: -node.level] if node.level else ()
            module = tuple(node.module.split(".")) if node.module else ()
            yield from ((*package, *module, alias.name) for alias in node.names)


def _files(root: Path, name: tuple[str, ...]) -> Iterator[Path]:
    """The files that run where a dotted name is imported, as far as they are below the root."""
    folder = root
    for part in name if name[0] != _LIBRARY else ():
        package = folder / part / "__init__.py"
        module = folder / f"{part}.py"
        if package.is_file():
            yield package
        elif module.is_file():
            yield module
            return
        folder /= part
