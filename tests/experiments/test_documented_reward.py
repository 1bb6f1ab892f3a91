"""The reward that the rewards' page shows reads music as it says there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import build

PAGE = Path(__file__).resolve().parents[2] / "rewards" / "README.md"


def test_the_documented_reading_of_a_key_gives_the_documented_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page = PAGE.read_text(encoding="utf-8")
    code = re.search(r"```python\n# circle\.py\n(.*?)```", page, re.DOTALL)
    shown = re.search(
        r"\$ cat answers\.jsonl\n(.*?)\$ etude (score .*?circle)\n(.*?)```", page, re.DOTALL
    )
    assert code is not None
    assert shown is not None
    monkeypatch.chdir(tmp_path)
    Path("circle.py").write_text(code[1], encoding="utf-8")
    Path("answers.jsonl").write_text(shown[1], encoding="utf-8")
    done = CliRunner().invoke(build(), shown[2].split())
    assert done.exit_code == 0
    assert done.stdout + done.stderr == shown[3]
