"""What is written: recordings below the folder, the same bytes again, a split without order."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

import pytest

from policies.audio import ClipReader
from rewards.errors import ConfigError, DataError, StorageError
from rewards.questions import read_questions
from rewards.records import Clip, Question
from sft.importing import folder as publishing
from sft.importing.columns import read_columns
from sft.importing.names import held_out, identified
from sft.importing.records import Made, Where


def row(number: int, clip: str = "a.wav", **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "audio_path": clip,
        "question": f"Which {number}?",
        "answer": "x",
        **more,
    }


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_recordings_are_linked_below_the_folder_and_can_be_read_there(source):
    found = source.rows([row(1), row(2, "sub/c.flac"), row(3, str(source.folder / "a.wav"))])
    assert (found.clips, found.linked, found.copied) == (2, 2, 0)
    assert (source.out / "clips/a.wav").samefile(source.folder / "a.wav")
    with ClipReader(source.out) as reader:
        for question in source.questions():
            assert question.clip is not None
            assert reader.read(question.clip).seconds == pytest.approx(0.5, abs=0.01)


def test_what_an_import_that_was_killed_left_goes_with_the_next_an_hour_later(source):
    long_ago = time.time() - 7200
    left, lives, other = (
        source.out.parent / name for name in (".import-0123abcd", ".import-89abcdef", ".import-own")
    )
    for place in (left, lives, other):
        (place / "deep").mkdir(parents=True)
        (place / "deep" / "a.wav").write_bytes(b"RIFF")
        os.utime(place / "deep", (long_ago, long_ago))
        os.utime(place, (long_ago, long_ago))
    os.utime(lives / "deep")
    source.rows([row(1)])
    assert [place.exists() for place in (left, lives, other)] == [False, True, True]


def test_where_no_link_can_be_made_recordings_are_copied(source, monkeypatch: pytest.MonkeyPatch):
    def other_file_system(*_: Any, **__: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_file_system)
    found = source.rows([row(1), row(2, "b.wav")])
    assert (found.linked, found.copied) == (0, 2)
    assert not (source.out / "clips/a.wav").samefile(source.folder / "a.wav")
    assert (source.out / "clips/a.wav").read_bytes() == (source.folder / "a.wav").read_bytes()


def test_recordings_that_lie_below_the_folder_stay_where_they_are(source):
    source.out = source.folder
    found = source.rows([row(1), row(2, "sub/c.flac")])
    assert (found.linked, found.copied) == (0, 0)
    assert [question.clip.path for question in source.questions()] == ["a.wav", "sub/c.flac"]
    assert not (source.folder / "clips").exists()


def test_paths_of_another_machine_lose_their_leading_folders_all_alike(source):
    there = "/lustre/somebody/data"
    rows = [row(1, f"{there}/a.wav"), row(2, f"{there}/sub/c.flac"), row(3, "/elsewhere/b.wav")]
    found = source.rows(rows)
    assert [question.clip.path for question in source.questions()] == [
        "clips/a.wav",
        "clips/sub/c.flac",
    ]
    # b.wav of another folder is another one
    assert [str(one.where) for one in found.left] == ["row 3"]
    assert any(f"{there}/" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("clip", "said"),
    [
        ("https://there.org/a.wav", "expected a path: it is a URL; download it first"),
        ("../theirs/a.wav", r"expected a path: it climbs out with '\.\.'"),
        ("gone.wav", "expected a recording"),
    ],
)
def test_what_is_wrong_with_a_path_is_told(source, clip: str, said: str):
    with pytest.raises(DataError, match=said):
        source.rows([row(1, clip)])


def test_a_second_import_gives_the_same_bytes_and_other_content_is_refused(source):
    rows = [row(1), row(2, "b.wav", answer="<think>It is low here.</think> <answer>y</answer>")]
    source.rows(rows)
    before = contents(source.out)
    stats = {name: (source.out / name).stat().st_ino for name in before if name.startswith("clips")}
    found = source.rows(rows)
    assert (found.linked, contents(source.out)) == (0, before)
    assert stats == {name: (source.out / name).stat().st_ino for name in stats}
    for changed in ([row(1)], [*rows, row(3)], [*rows[:1], row(2, "b.wav", answer="y")]):
        with pytest.raises(ConfigError, match="holds something else"):
            source.rows(changed, "changed.json")
        assert contents(source.out) == before


def test_another_recording_of_the_same_name_is_refused(source):
    source.rows([row(1)])
    times = (source.folder / "a.wav").stat()
    (source.folder / "a.wav").unlink()
    (source.folder / "b.wav").rename(source.folder / "a.wav")
    # Of one size and time: the bytes alone tell them apart.
    os.utime(source.folder / "a.wav", ns=(times.st_atime_ns, times.st_mtime_ns))
    before = contents(source.out)
    with pytest.raises(ConfigError, match="another recording"):
        source.rows([row(1)])
    assert contents(source.out) == before


def test_what_a_user_has_in_the_folder_is_left_alone(source):
    source.out.mkdir()
    (source.out / "notes.txt").write_text("mine")
    (source.out / "traces.jsonl").write_text("mine")
    with pytest.raises(ConfigError, match=r"traces\.jsonl: holds something else"):
        source.rows([row(1)])
    (source.out / "traces.jsonl").unlink()
    source.rows([row(1)])
    assert set(contents(source.out)) == {"notes.txt", "questions.jsonl", "clips/a.wav"}


def test_a_file_in_the_place_of_the_folder_is_left_alone(source):
    source.out.write_text("mine")
    with pytest.raises(ConfigError, match="ours: got a file, expected a folder"):
        source.rows([row(1)])
    assert source.out.read_text() == "mine"


def test_a_link_in_the_place_of_the_clips_is_not_followed(source, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    source.out.mkdir()
    (source.out / "clips").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="leads out of the folder"):
        source.rows([row(1)])
    assert contents(tmp_path / "elsewhere") == {}


def test_a_disk_that_fails_leaves_no_questions(source, monkeypatch: pytest.MonkeyPatch):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "_linked", full)
    with pytest.raises(StorageError, match="No space left"):
        source.rows([row(1)])
    assert not [name for name in contents(source.out) if name.endswith(".jsonl")]
    assert not list(source.out.parent.glob(".import-*"))


@pytest.mark.parametrize("refused", ["traces.jsonl", "priors.json", "dev.jsonl", "questions.jsonl"])
def test_questions_are_there_only_if_all_else_is(
    source, monkeypatch: pytest.MonkeyPatch, refused: str
):
    replace = os.replace

    def full(file: Any, place: Any) -> None:
        if Path(place).name == refused:
            raise OSError(28, "No space left on device")
        replace(file, place)

    monkeypatch.setattr(os, "replace", full)
    rows = [row(n, f"{'ab'[n % 2]}.wav", think="It rests on D.", bpm=96) for n in range(4)]
    named = {"text": "question", "answer": "answer", "clip": "audio_path", "think": "think"}
    named["facts.tempo"] = "bpm"
    with pytest.raises(StorageError, match="No space left"):
        source.rows(rows, columns=source.columns(**named), dev=0.5)
    assert not (source.out / "questions.jsonl").exists()


def test_a_file_of_nothing_usable_writes_nothing(source):
    with pytest.raises(DataError, match=r"none of 2 rows can be used: row 1: clip: got 'gone.wav'"):
        source.rows([row(1, "gone.wav"), row(2, "lost.wav")])
    assert not source.out.exists()


def many(source, count: int = 40) -> list[dict[str, Any]]:
    """Two questions about each of so many recordings."""
    for number in range(count):
        (source.folder / f"{number}.wav").write_bytes((source.folder / "a.wav").read_bytes())
    asked = [(number, letter) for number in range(count) for letter in "ab"]
    return [row(number, f"{number}.wav", question=f"{letter}?") for number, letter in asked]


def test_a_share_of_the_clips_is_held_out_with_all_their_questions(source):
    rows = many(source)
    for one in rows:
        one["answer"] = "<think>It sounds like x.</think> <answer>x</answer>"
    found = source.rows(rows, dev=0.25)
    train, dev = source.questions(), source.questions("dev.jsonl")
    clips = [{question.clip.path for question in part} for part in (train, dev)]
    assert not clips[0] & clips[1]
    assert (len(train), len(dev)) == (2 * len(clips[0]), 2 * len(clips[1]))
    assert 4 <= len(clips[1]) <= 16
    assert {trace.question for trace in source.traces()} == {question.id for question in train}
    assert (found.traces, found.held_out) == (len(train), len(dev))


def test_order_changes_neither_split_nor_ids(source):
    rows = many(source)
    source.rows(rows, dev=0.25)
    before = {
        name: {str(question) for question in source.questions(name)}
        for name in ("questions.jsonl", "dev.jsonl")
    }
    random.Random(1).shuffle(rows)
    source.rows(rows, "shuffled.jsonl", out=(other := source.out.with_name("other")), dev=0.25)
    assert before == {name: {str(q) for q in read_questions(other / name)} for name in before}
    grown = source.out.with_name("grown")  # and a set that grows keeps its split
    source.rows([*rows, row(99)], "grown.jsonl", out=grown, dev=0.25)
    assert before["dev.jsonl"] == {str(q) for q in read_questions(grown / "dev.jsonl")} - {
        str(q) for q in read_questions(grown / "dev.jsonl") if q.id == "99"
    }


def test_ids_and_the_split_are_the_same_in_every_version():
    """Else what was imported before would be refused as another, and dev be learnt from."""
    rows = [
        Made(Where("row", 1), Question(name, text, Clip("clips/a.wav"), answer="x"))
        for name, text in (("a", "Which?"), ("a", "What?"), ("", "Which?"), ("b", "Which?"))
    ]
    assert [one.question.id for one in identified(rows)[0]] == [
        "a-67e5934d",
        "a-6bcb5daa",
        "q-96e2f66f0913dfef",
        "b",
    ]
    asked = [Question("", "?", Clip(f"clips/{number}.wav")) for number in range(14)]
    assert [number for number, one in enumerate(asked) if held_out(one, 0.25)] == [
        1, 2, 3, 4, 5, 8, 9, 12, 13,
    ]  # fmt: skip


def test_a_share_that_no_clip_falls_into_is_told_and_writes_no_file(source):
    found = source.rows([row(1), row(2, "b.wav")], dev=1e-12)
    assert found.remarks == ("no clip falls into the share of 1e-12 that --dev holds out",)
    assert not (source.out / "dev.jsonl").exists()


def test_the_right_option_in_one_place_is_told_where_it_is_no_chance(source):
    rows = many(source, 10)
    for one in rows:
        one |= {"right": "x", "wrong": "y"}
    named = read_columns(
        ["text=question", "clip=audio_path", "answer=right", "choices=right", "choices=wrong"]
    )
    found = source.rows(rows, columns=named)
    assert any("number 1 in all 20 questions" in remark for remark in found.remarks)
    assert source.rows(rows[1:], out=source.out.with_name("few"), columns=named).remarks == ()
