"""A large data set is read once, and held no more than it must be."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.clips import lengths
from experiments.loading import targets_of
from experiments.schemas import DataConfig
from experiments.silence import silent
from policies.files import regular_file
from policies.wav import write_wav
from rewards import Clip, Question
from sft.records import Trace, write_traces


def asked(*clips: Clip) -> list[Question]:
    return [Question(f"q{i}", "Key?", clip) for i, clip in enumerate(clips)]


def test_a_file_is_opened_once_however_many_stretches_of_it_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.zeros(64_000)
    sound[40_000:48_000] = 0.1
    for name in "ab":
        write_wav(tmp_path / f"{name}.wav", sound)
    clips = [
        Clip(f"{name}.wav", start=start / 2, duration=1.0) for start in range(6) for name in "ab"
    ]
    opened: list[str] = []

    def opening(path: Path) -> Any:
        opened.append(path.name)
        return regular_file(path)

    for module in ("clips", "silence"):
        monkeypatch.setattr(f"experiments.{module}.regular_file", opening)
    told: list[tuple[int, int]] = []
    lengths(tmp_path / "q.jsonl", asked(*clips), lambda *at: told.append(at))
    assert told == [(done, 12) for done in range(1, 13)]
    assert silent(tmp_path / "q.jsonl", asked(*clips)).startswith("8 of 12")
    assert sorted(opened) == ["a.wav", "a.wav", "b.wav", "b.wav"]


def test_of_traces_the_completions_alone_are_held(tmp_path: Path) -> None:
    """Nor is the file, which of a large data set takes gigabytes, ever there as a whole."""
    questions = asked(*[Clip("a.wav")] * 200)
    write_traces(
        tmp_path / "t.jsonl", (Trace(q.id, "It ends on G. " * 1000, "G") for q in questions)
    )
    size = (tmp_path / "t.jsonl").stat().st_size
    data = DataConfig(questions=tmp_path / "q.jsonl", traces=tmp_path / "t.jsonl")
    tracemalloc.start()
    try:
        targets, said = targets_of(data, questions)
        assert tracemalloc.get_traced_memory()[1] < 1.2 * size
    finally:
        tracemalloc.stop()
    assert (len(targets), said) == (200, "")


def test_of_several_traces_of_a_question_the_last_is_learnt_and_the_first_left_out_is_named(
    tmp_path: Path,
) -> None:
    rows = [("q1", "a"), ("q0", "b"), ("nobody", "c"), ("q0", "d"), ("q1", "e"), ("q0", "f")]
    write_traces(tmp_path / "t.jsonl", [Trace(name, "So.", answer) for name, answer in rows])
    data = DataConfig(questions=tmp_path / "q.jsonl", traces=tmp_path / "t.jsonl")
    targets, said = targets_of(data, asked(Clip("a.wav"), Clip("a.wav")))
    assert {name: text[-10] for name, text in targets.items()} == {"q1": "e", "q0": "f"}
    assert said.startswith("2 of 6 traces used; first left out: 'q1', there is a later one")
