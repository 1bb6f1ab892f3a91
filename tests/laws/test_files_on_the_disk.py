"""Whoever publishes a file or a folder has bytes and names on the disk when the call returns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from experiments.outputs import writer
from policies.wav import write_wav
from rewards.questions import write_questions
from rewards.records import Question
from rollouts.files import publish
from sft.corpus.build import build
from sft.corpus.folder import CorpusSettings
from sft.importing.load import load
from sft.importing.records import Settings


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was synced, by the name that it had then."""
    found: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        found.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def lines(path: Path) -> None:
    with writer(path) as stream:
        stream.write("a line\n")


@pytest.mark.parametrize(
    "write",
    [
        lines,
        lambda path: publish(path, b"bytes"),
        lambda path: write_questions(path, [Question("a", "Key?")]),
        lambda path: write_wav(path, np.zeros(10)),
    ],
    ids=["lines", "publish", "write_questions", "write_wav"],
)
def test_what_was_written_is_on_the_disk_with_its_name(
    tmp_path: Path, synced: list[str], write: Callable[[Path], None]
) -> None:
    write(tmp_path / "file")
    assert os.listdir(tmp_path) == ["file"]
    assert Path(synced[0]).parent == tmp_path
    assert synced[-1] == str(tmp_path)
    assert len(synced) >= 2


def test_a_data_set_has_its_name_once_every_file_is_on_the_disk(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sft.corpus.build.workers", ThreadPoolExecutor)  # seen by ``synced``
    build(tmp_path / "data", CorpusSettings(train=3, dev=1, test=1, processes=1))
    *before, last = [Path(path) for path in synced if Path(path).is_relative_to(tmp_path)]
    assert last == tmp_path
    (work,) = {tmp_path / path.relative_to(tmp_path).parts[0] for path in before}
    assert work.name.startswith(".data-")
    inside = {path.relative_to(tmp_path / "data") for path in (tmp_path / "data").rglob("*")}
    assert inside | {Path()} <= {path.relative_to(work) for path in before}


def test_an_import_has_its_recordings_on_the_disk_with_their_names_before_its_questions(
    tmp_path: Path, synced: list[str]
) -> None:
    (tmp_path / "sub").mkdir()
    write_wav(tmp_path / "sub" / "a.wav", np.zeros(8000))
    row = {"audio_path": "sub/a.wav", "question": "Which?", "answer": "x"}
    (tmp_path / "rows.json").write_text(json.dumps([row]))
    out = tmp_path / "out"
    load(tmp_path / "rows.json", out, Settings(clips=tmp_path), lambda *_: None)
    assert (out / "clips" / "sub" / "a.wav").is_file()
    places = [synced.index(str(place)) for place in (out / "clips", out / "clips" / "sub", out)]
    assert max(places) == places[-1]
