"""A file of rows, checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rewards import Question
from rewards.checking.check import Checked, check_file
from rewards.errors import AudioError
from rewards.records import Clip


@pytest.fixture
def check(tmp_path: Path):
    """The findings of rows, as (line, kind, sentence); clips last ten seconds."""

    def listen(clip: Clip) -> float:
        heard.append(clip)
        if "missing" in clip.path:
            raise AudioError(f"clip {clip.path!r} is not readable")
        return 10.0

    heard: list[Clip] = []

    def run(*rows: Any, questions: dict[str, Question] | None = None) -> Checked:
        file = tmp_path / "rows.jsonl"
        texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        file.write_text("\n".join(texts) + "\n")
        return check_file(file, tmp_path, listen, questions)

    run.heard = heard  # type: ignore[attr-defined]
    return run
