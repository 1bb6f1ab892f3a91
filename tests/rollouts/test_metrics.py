"""Metrics survive a crash, a resume and a full disk, and stay JSON."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import rollouts.metrics
from rewards.errors import DataError, StorageError
from rollouts.metrics import MetricsWriter, read_metrics


def write(path: Path, *lines: tuple[str, int]) -> None:
    with MetricsWriter(path) as metrics:
        for stage, step in lines:
            metrics.write(stage, step, loss=step / 3)


def names(path: Path) -> list[tuple[str, int]]:
    return [(r["stage"], r["step"]) for r in read_metrics(path)]


def test_lines_come_back_in_order_and_bit_equal(tmp_path: Path) -> None:
    path = tmp_path / "run" / "metrics.jsonl"
    write(path, ("sft", 1), ("grpo", 0))
    write(path, ("grpo", 1))
    assert names(path) == [("sft", 1), ("grpo", 0), ("grpo", 1)]
    assert [r["loss"] for r in read_metrics(path)] == [1 / 3, 0.0, 1 / 3]


def test_a_line_is_there_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    metrics = MetricsWriter(path)
    metrics.write("grpo", 0, reward=0.5)
    assert read_metrics(path) == [{"stage": "grpo", "step": 0, "reward": 0.5}]
    metrics.close()


def test_nan_becomes_null_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with MetricsWriter(path) as metrics:
        metrics.write("grpo", 0, loss=float("nan"), parts={"key": float("-inf")}, many=[1.0])
    (record,) = read_metrics(path)
    assert record == {
        "stage": "grpo",
        "step": 0,
        "loss": None,
        "parts": {"key": None},
        "many": [1.0],
        "not_finite": {"loss": "nan", "parts.key": "-inf"},
    }


def test_resume_removes_later_lines_of_its_stage_only(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    before = [("sft", 90), ("grpo", 2), ("grpo_eval", 2), ("grpo", 3), ("grpo_eval", 3)]
    write(path, *before)
    MetricsWriter(path, {"grpo": 3}).close()
    assert names(path) == [*before[:3], before[4]]
    MetricsWriter(path, {"grpo": 2}).close()
    assert names(path) == [before[0], before[2]]
    MetricsWriter(path, {"sft": 91, "grpo": -1}).close()
    assert names(path) == before[:1]


def test_every_torn_last_line_is_cut_on_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, ("grpo", 0), ("grpo", 1))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole)):
        path.write_bytes(whole[:end])
        write(path, ("grpo", 1))
        assert path.read_bytes() == whole


def test_foreign_lines_are_reported_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    good = json.dumps({"stage": "grpo", "step": 4}).encode()
    strangers = [b"{", b"[1]", b'{"stage": 1, "step": 2}', b'{"stage": "a", "step": true}']
    path.write_bytes(b"\n".join([*strangers, b"\xff", b"[" * 99_999, good]))
    reasons: list[str] = []
    assert read_metrics(path, lambda _, why: reasons.append(why)) == [json.loads(good)]
    assert reasons == [f"line {n} is no metrics record" for n in range(1, 7)]


def test_what_version_0_1_0_wrote_for_a_step_without_signal_is_null(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    old = {"tokens": 0, "loss": 0.0, "grad_norm": 0.0, "entropy": 0.0, "kl": None, "reward": 0.0}
    with MetricsWriter(path) as metrics:
        metrics.write("grpo", 0, **old)
        metrics.write("grpo", 1, **old | {"tokens": 9})
        metrics.write("sft", 1, **old)
    silent, learnt, other = read_metrics(path)
    assert silent == {"stage": "grpo", "step": 0, **dict.fromkeys(old), "reward": 0.0}
    assert learnt == {"stage": "grpo", "step": 1, **old, "tokens": 9}
    assert other == {"stage": "sft", "step": 1, **old}, "another stage means what it says"


def test_a_missing_file_is_reported_and_empty(tmp_path: Path) -> None:
    reasons: list[str] = []
    assert read_metrics(tmp_path / "none", lambda _, why: reasons.append(why)) == []
    assert len(reasons) == 1


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "metrics.jsonl"
    metrics = MetricsWriter(path)
    metrics.write("grpo", 0, loss=0.0)
    whole, real, calls = path.read_bytes(), os.write, []

    def fill(descriptor: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, bytes(data)[:10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fill)
        with pytest.raises(StorageError, match=r"needs \d+ bytes"):
            metrics.write("grpo", 1, loss=0.0)
    assert path.read_bytes() == whole
    metrics.write("grpo", 1, loss=0.0)
    metrics.close()
    assert names(path) == [("grpo", 0), ("grpo", 1)]


def test_lines_and_who_follows_them_are_put_on_the_disk_in_time_when_asked_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    class Shown:
        def write(self, line: Mapping[str, Any]) -> None:
            done.append(f"{line['step']}")

        def sync(self) -> None:
            done.append("shown")

        def close(self) -> None:
            done.append("closed")

    fsync = os.fsync
    metrics = MetricsWriter(tmp_path / "metrics.jsonl", follower=Shown())
    monkeypatch.setattr(os, "fsync", lambda file: done.append("synced") or fsync(file))
    metrics.write("grpo", 0)
    metrics.sync()
    monkeypatch.setattr(rollouts.metrics, "SYNC_SECONDS", 0.0)
    metrics.write("grpo", 1)
    metrics.close()
    both = ["synced", "shown"]
    assert done == ["0", *both, *both, "1", *both, "closed"]


def test_a_link_is_not_written_through_though_nothing_is_behind_it(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match=r"cannot write .*metrics\.jsonl"):
        MetricsWriter(tmp_path / "metrics.jsonl")
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_not_json_names_its_stage_and_step(tmp_path: Path) -> None:
    with (
        MetricsWriter(tmp_path / "metrics.jsonl") as metrics,
        pytest.raises(DataError, match="metrics of sft step 3 are not JSON"),
    ):
        metrics.write("sft", 3, loss={1, 2})
