"""Small files of other people's data sets, with real recordings, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from rewards.questions import read_questions
from rewards.records import Question
from sft.importing.columns import read_columns
from sft.importing.load import load
from sft.importing.records import Imported, Settings
from sft.records import Trace, read_traces


def write_tone(path: Path, hertz: float = 440.0) -> Path:
    """Half a second of a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_S = np.arange(8_000) / 16_000
    soundfile.write(path, 0.2 * np.sin(2 * np.pi * hertz * time_S), 16_000)
    return path


class Source:
    """A folder with a data set: ``a.wav``, ``b.wav``, ``sub/c.flac`` and what a test writes."""

    def __init__(self, folder: Path, out: Path):
        self.folder, self.out = folder, out
        for hertz, name in ((440, "a.wav"), (550, "b.wav"), (660, "sub/c.flac")):
            write_tone(folder / name, hertz)

    def write(self, name: str, content: Any) -> Path:
        """Bytes, text or, as a JSON list or as lines by its name, rows."""
        path = self.folder / name
        if isinstance(content, list) and name.endswith(".jsonl"):
            content = "".join(json.dumps(row) + "\n" for row in content)
        elif isinstance(content, list):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, file: Path, out: Path | None = None, **settings: Any) -> Imported:
        settings.setdefault("clips", self.folder)
        return load(file, out or self.out, Settings(**settings), lambda *_: None)

    def rows(self, rows: Any, name: str = "rows.json", **settings: Any) -> Imported:
        """Write rows to a file and import it."""
        return self.load(self.write(name, rows), **settings)

    @staticmethod
    def columns(**named: str) -> dict[str, tuple[str, ...]]:
        """Which column holds which field, as the command line says it."""
        return read_columns([f"{field}={column}" for field, column in named.items()])

    def questions(self, name: str = "questions.jsonl") -> list[Question]:
        return read_questions(self.out / name)

    def traces(self) -> tuple[Trace, ...]:
        return read_traces(self.out / "traces.jsonl")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "theirs", tmp_path / "ours")


@pytest.fixture
def tone(tmp_path: Path) -> Callable[..., Path]:
    """``tone(path, hertz)`` below the test's folder."""
    return lambda name, hertz=440.0: write_tone(tmp_path / name, hertz)
