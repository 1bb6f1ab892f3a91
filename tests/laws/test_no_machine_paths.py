"""The project names no place of the machine it was written on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SKIPPED = {".git", ".venv", "runs", "data", "build", "dist", "__pycache__", "node_modules"}
SKIPPED |= {".pytest_cache", ".ruff_cache", ".hypothesis"}
PLACE = re.compile(r"(?<![\w.:}/-])/(?:home|root|work|Users|opt|mnt|srv)/\w|\bshared/")


def text_files(home: Path) -> Iterator[tuple[Path, str]]:
    for folder, below, names in os.walk(home):
        inner = Path(folder) != home
        # Folders of runs and data are the user's at the top, ours further down.
        below[:] = [
            name
            for name in below
            if not name.endswith(".egg-info")
            and (name not in SKIPPED or (inner and name in ("runs", "data")))
        ]
        for name in names:
            file = Path(folder, name)
            if file.suffix == ".log" or not file.is_file():
                continue
            try:
                yield file, file.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_a_place_of_a_machine(home: Path):
    found, read = [], 0
    for file, text in text_files(home):
        read += 1
        for number, line in enumerate(text.splitlines(), start=1):
            if PLACE.search(line):
                found.append(f"{file.relative_to(home)}:{number}: {line.strip()[:120]}")
    assert read > 20
    assert not found, "\n".join(found)


@pytest.mark.parametrize("place", ["home/me", "root/x", "work/main", "Users/a", "opt/wheels"])
def test_a_planted_place_is_found(place: str):
    assert PLACE.search(f"path = '/{place}'")
    assert PLACE.search("see ../shar" + "ed/notes")


def test_addresses_and_relative_folders_are_no_places():
    assert not PLACE.search("https://example.org/home/page and rewards/work/x")
