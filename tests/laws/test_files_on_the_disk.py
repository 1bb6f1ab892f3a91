"""Whoever publishes a file has its bytes and its name on the disk when the call returns."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.outputs import writer
from policies.wav import write_wav
from rewards.questions import write_questions
from rewards.records import Question
from rollouts.files import publish


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None]
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write(tmp_path / "file")
    assert os.listdir(tmp_path) == ["file"]
    assert Path(synced[0]).parent == tmp_path
    assert synced[-1] == str(tmp_path)
    assert len(synced) >= 2
