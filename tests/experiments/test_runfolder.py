"""A run folder is read as what it was: its questions, its start and its clips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from experiments.config import load, to_yaml
from experiments.runfolder import clips_folder, read_config, read_run
from experiments.schemas import QuickstartRun, SftRun
from rewards.errors import ConfigError


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """The folder of a quickstart, whose data are beside it."""
    run, data = tmp_path / "run", tmp_path / "data"
    for folder in (run, data):
        folder.mkdir()
    config = load(QuickstartRun, [], [f"out={run}", f"data_folder={data}"])
    (run / "config.yaml").write_text(to_yaml(config))
    for split in ("train", "dev"):
        row = {"id": f"q-{split}", "text": "Which key?", "facet": "key", "answer": "D major"}
        (data / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
    return run


def test_a_quickstart_is_replayed_from_its_cold_start_and_its_data(quick: Path) -> None:
    spec = read_run(quick)
    assert (spec.run, spec.model) == (quick, quick / "cold_start")
    assert spec.clips == clips_folder(quick) == quick.parent / "data"
    assert [[q.id for q in split] for split in (spec.questions, spec.dev)] == [
        ["q-train"], ["q-dev"],
    ]  # fmt: skip


def test_code_that_a_run_names_is_read_where_its_user_trusts_it(quick: Path) -> None:
    (quick / "mine.py").write_text("def mine(answer):\n    return 1.0\n")
    rubric = {"parts": {"mine": {"reward": f"{quick}/mine.py:mine"}}}
    config = load(QuickstartRun, [quick / "config.yaml"], [f"rubric={json.dumps(rubric)}"])
    (quick / "config.yaml").write_text(to_yaml(config))
    with pytest.raises(ConfigError, match="mine"):
        read_run(quick)
    assert [*read_run(quick, trust_code=True).rubric["parts"]] == ["mine"]


def test_a_quickstart_whose_data_are_elsewhere_says_where_they_were(quick: Path) -> None:
    data = quick.parent / "data"
    data.rename(quick.parent / "moved")
    for read in (read_run, clips_folder):
        with pytest.raises(ConfigError, match="a relative path starts where the run was") as caught:
            read(quick)
        assert f"not at '{data}'" in str(caught.value)


@pytest.mark.parametrize("read", [read_run, clips_folder])
def test_a_folder_without_a_configuration_is_no_run(tmp_path: Path, read: Any) -> None:
    with pytest.raises(ConfigError, match=r"is no run folder: got no config\.yaml, expected one"):
        read(tmp_path)


def test_a_cold_start_is_no_run_to_be_replayed(tmp_path: Path) -> None:
    config = load(SftRun, [], ["data.questions=q.jsonl", "data.traces=t.jsonl"])
    (tmp_path / "config.yaml").write_text(to_yaml(config))
    assert isinstance(read_config(tmp_path / "config.yaml"), SftRun)
    with pytest.raises(ConfigError, match="is a cold start: got no GRPO run"):
        read_run(tmp_path)


@pytest.mark.parametrize("text", ["", "- 1\n", "seed\n"])
def test_a_file_without_sections_is_no_configuration(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        read_config(tmp_path / "config.yaml")
