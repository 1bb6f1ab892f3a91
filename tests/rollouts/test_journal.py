"""The journal gives back what it was given, bit for bit, whole, and each group once."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rewards.errors import (
    ConfigError,
    DataError,
    ReplayError,
    RewardError,
    RolloutError,
    StorageError,
)
from rewards.records import Part, Score
from rollouts import part_bytes
from rollouts.journal import (
    JournalWriter,
    read_asked,
    read_rollouts,
    read_updates,
    rollouts_of,
    stamp,
    steps,
)
from rollouts.records import Group, Rollout, UpdateRow
from rollouts.tables import rollouts_table

MakeGroup = Callable[..., Group]


def with_logprobs(group: Group, values: np.ndarray) -> Group:
    first = group.rollouts[0]
    completion = dataclasses.replace(
        first.completion, logprobs_T=values, ids=tuple(range(len(values)))
    )
    return dataclasses.replace(
        group, rollouts=(dataclasses.replace(first, completion=completion), *group.rollouts[1:])
    )


def test_rollouts_come_back_bit_equal(tmp_path: Path, make_group: MakeGroup, plain: Any) -> None:
    groups = [make_group(index=0), make_group(index=1, clip_path=None, clip_sha256=None)]
    JournalWriter(tmp_path, "w").write_rollouts(7, groups)
    assert [plain(g) for g in read_rollouts(tmp_path, 7)] == [plain(g) for g in groups]


def test_odd_floats_keep_their_bits(tmp_path: Path, make_group: MakeGroup) -> None:
    bits = np.array([0x7FC00001, 0xFF800000, 0x80000000, 0x00000001, 0x3DCCCCCD], np.uint32)
    group = with_logprobs(make_group(), bits.view(np.float32))
    JournalWriter(tmp_path, "w").write_rollouts(7, [group])
    back = read_rollouts(tmp_path, 7)[0].rollouts[0].completion.logprobs_T
    assert back.view(np.uint32).tolist() == bits.tolist()


def test_every_seed_of_64_bits_survives(tmp_path: Path, make_group: MakeGroup) -> None:
    JournalWriter(tmp_path, "w").write_rollouts(7, [make_group()])
    seeds = [r.completion.seed for r in read_rollouts(tmp_path, 7)[0].rollouts]
    assert seeds == [2**64 - 1, 2**64 - 2, 2**64 - 3, 2**64 - 4]


def test_updates_come_back_bit_equal(tmp_path: Path) -> None:
    values = np.array([-0.1, -2.5], np.float32)
    rows = [
        UpdateRow("r", 3, 0, 0, 0.1 + 0.2, None, values, 1.0000001, 1.5),
        UpdateRow("r", 3, 0, 1, None, "error"),
        UpdateRow("r", 3, 1, 0, 0.0, "zero variance", np.empty(0, np.float32)),
    ]
    summary = {"loss": 0.1 + 0.2, "gradient": "f00", "skipped": False, "note": "ARROW:schema"}
    JournalWriter(tmp_path, "learner").write_update(3, rows, summary)
    (update,) = read_updates(tmp_path, 3)
    assert update.summary == summary
    for row, back in zip(rows, update.rows, strict=True):
        assert dataclasses.replace(row, logprobs_T=None) == dataclasses.replace(
            back, logprobs_T=None
        )
        expected = None if row.logprobs_T is None else row.logprobs_T.tobytes()
        assert (None if back.logprobs_T is None else back.logprobs_T.tobytes()) == expected


def test_pandas_reads_a_part(tmp_path: Path, make_group: MakeGroup) -> None:
    group = make_group()
    frame = pd.read_parquet(JournalWriter(tmp_path, "w").write_rollouts(7, [group]))
    totals = [r.score.total for r in group.rollouts]
    assert [None if np.isnan(total) else total for total in frame["total"]] == totals
    assert frame["seed"].dtype == np.uint64
    assert frame["logprobs"][3].dtype == np.float32
    assert json.loads(str(frame["question"][0]))["facts"]["key"] == "D major"


def test_parts_of_several_writers_make_one_step(tmp_path: Path, make_group: MakeGroup) -> None:
    JournalWriter(tmp_path, "b").write_rollouts(7, [make_group(index=0)])
    JournalWriter(tmp_path, "a").write_rollouts(7, [make_group(index=1)])
    assert [g.index for g in read_rollouts(tmp_path, 7)] == [0, 1]


def test_a_group_written_twice_counts_once(
    tmp_path: Path, make_group: MakeGroup, skips: Any
) -> None:
    JournalWriter(tmp_path, "a").write_rollouts(7, [make_group(actor="first")])
    JournalWriter(tmp_path, "b").write_rollouts(7, [make_group(actor="second")])
    assert [g.actor for g in read_rollouts(tmp_path, 7, skips)] == ["first"]
    assert skips == [("part-b.parquet", "group run-a/7/0 also stands in an earlier part")]


def test_writing_a_step_again_replaces_it(tmp_path: Path, make_group: MakeGroup) -> None:
    writer = JournalWriter(tmp_path, "w")
    writer.write_rollouts(7, [make_group(actor="before")])
    writer.write_rollouts(7, [make_group(actor="after")])
    assert [g.actor for g in read_rollouts(tmp_path, 7)] == ["after"]


def test_steps_lists_those_with_rollouts(tmp_path: Path, make_group: MakeGroup) -> None:
    writer = JournalWriter(tmp_path, "w")
    assert steps(tmp_path) == []
    for step in (12, 3, 1_234_567):
        writer.write_rollouts(step, [make_group(step)])
    (tmp_path / "rollouts" / "step_000099").mkdir()
    (tmp_path / "rollouts" / "step_x").mkdir()
    assert steps(tmp_path) == [3, 12, 1_234_567]


def test_of_a_run_without_rollouts_no_step_is_had(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"no rollouts of step 0: expected a part in rollouts/"):
        rollouts_of(tmp_path, 0)


def test_a_step_whose_folder_stands_there_under_two_names_is_listed_once(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    JournalWriter(tmp_path, "w").write_rollouts(7, [make_group()])
    (tmp_path / "rollouts" / "step_0000007").mkdir()
    assert steps(tmp_path) == [7]


def test_the_questions_of_a_step_are_told_group_by_group_the_learners_first(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    JournalWriter(tmp_path, "learner").write_rollouts(7, [make_group(index=2), make_group(index=1)])
    forged = [
        dataclasses.replace(group, question=dataclasses.replace(group.question, id="forged"))
        for group in (make_group(index=1), make_group(index=0))
    ]
    JournalWriter(tmp_path, "a").write_rollouts(7, forged)
    assert read_asked(tmp_path, 7) == ["forged", "q1", "q2"]
    assert read_asked(tmp_path, 7) == [group.question.id for group in read_rollouts(tmp_path, 7)]


def test_a_stamp_changes_with_every_part_that_is_written(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    first = JournalWriter(tmp_path, "w").write_rollouts(7, [make_group()])
    seen = [stamp(tmp_path, 7)]
    assert stamp(tmp_path, 7) == seen[0]
    os.utime(first, ns=(1, 1))  # as a copy over it, of the same size
    seen.append(stamp(tmp_path, 7))
    JournalWriter(tmp_path, "w").write_rollouts(7, [make_group()])
    seen.append(stamp(tmp_path, 7))
    JournalWriter(tmp_path, "other").write_rollouts(7, [make_group(index=1)])
    seen.append(stamp(tmp_path, 7))
    assert len({*seen}) == 4


def test_what_a_model_says_cannot_make_its_rollouts_unreadable(
    tmp_path: Path, make_group: MakeGroup, plain: Any
) -> None:
    """Readers refuse a footer with this mark, and Parquet copies texts into footers."""
    group = make_group()
    rollouts = [
        dataclasses.replace(r, completion=dataclasses.replace(r.completion, text="ARROW:schema"))
        for r in group.rollouts
    ]
    said = dataclasses.replace(group, rollouts=tuple(rollouts))
    JournalWriter(tmp_path, "w").write_rollouts(7, [said])
    (back,) = read_rollouts(tmp_path, 7)
    assert plain(back) == plain(said)


def test_a_journal_of_the_version_before_is_read(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch, skips: Any, plain: Any
) -> None:
    groups = [make_group()]
    rows = rollouts_table(groups).drop_columns(["renormalise"])
    with monkeypatch.context() as patch:
        patch.setattr(part_bytes, "SCHEMA_VERSION", 1)
        JournalWriter(tmp_path, "w")._write("rollouts", 7, rows, {})
    (group,) = read_rollouts(tmp_path, 7)
    assert plain(group) == plain(groups[0])
    assert all(rollout.score.renormalise for rollout in group.rollouts)
    JournalWriter(tmp_path, "w")._write("rollouts", 7, rows, {})
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "expected those of journal version 2" in skips[0][1]


def test_how_a_part_that_does_not_apply_counts_survives(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    group = make_group()
    rollouts = tuple(
        dataclasses.replace(r, score=Score(r.score.parts, renormalise=False))
        for r in group.rollouts
    )
    JournalWriter(tmp_path, "w").write_rollouts(7, [dataclasses.replace(group, rollouts=rollouts)])
    (back,) = read_rollouts(tmp_path, 7)
    assert [r.score.total for r in back.rollouts] == [r.score.total for r in rollouts]
    assert [r.score.total for r in back.rollouts] != [r.score.total for r in group.rollouts]


def test_the_learners_part_comes_before_a_strangers(
    tmp_path: Path, make_group: MakeGroup, skips: Any
) -> None:
    for writer in ("aaa", "learner", "zzz"):
        made = JournalWriter(tmp_path, writer)
        made.write_rollouts(7, [make_group(actor=writer)])
        made.write_update(7, [UpdateRow("run-a", 7, 0, 0, 0.5)], {"by": writer})
    assert [group.actor for group in read_rollouts(tmp_path, 7, skips)] == ["learner"]
    assert [name for name, _ in skips] == ["part-aaa.parquet", "part-zzz.parquet"]
    by = [update.summary["by"] for update in read_updates(tmp_path, 7)]
    assert by == ["learner", "aaa", "zzz"]
    skips.clear()
    assert [g.actor for g in read_rollouts(tmp_path, 7, skips, writer="zzz")] == ["zzz"]
    assert [u.summary["by"] for u in read_updates(tmp_path, 7, skips, writer="zzz")] == ["zzz"]
    assert skips == []


@pytest.mark.parametrize(
    ("call", "nth", "published"),
    [
        ("fsync", 1, False),
        ("replace", 1, False),
        ("open", 1, True),  # the folder, after the rename
        ("fsync", 2, True),
    ],
)
def test_a_full_disk_leaves_nothing_half(
    tmp_path: Path,
    make_group: MakeGroup,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    nth: int,
    published: bool,
) -> None:
    writer = JournalWriter(tmp_path, "w")
    path = writer.write_rollouts(7, [make_group(actor="before")])
    real, calls = getattr(os, call), []

    def fail(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(StorageError, match=r"needs [\d,]+ bytes, [\d,]+ bytes free"):
            writer.write_rollouts(7, [make_group(actor="after")])
    assert [p.name for p in path.parent.iterdir()] == ["part-w.parquet"]
    (group,) = read_rollouts(tmp_path, 7)
    assert group.actor == ("after" if published else "before")


def test_details_that_are_not_json_are_the_rewards_fault(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    first = make_group().rollouts[0]
    score = Score({"mine": Part(1.0, 1.0, "scored", "", {"x": {1, 2}})})
    group = make_group(rollouts=(Rollout(0, first.completion, score),))
    with pytest.raises(RewardError, match="part mine in run-a/7/0/0"):
        JournalWriter(tmp_path, "w").write_rollouts(7, [group])
    assert steps(tmp_path) == []


def test_a_question_that_would_come_back_as_another_is_refused_before_it_counts(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    group = make_group()
    listed = dataclasses.replace(group.question, choices=["D major", "G major"])
    with pytest.raises(DataError, match="'q0' of group run-a/7/0 would come back from the journal"):
        JournalWriter(tmp_path, "w").write_rollouts(
            7, [dataclasses.replace(group, question=listed)]
        )
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_lone_surrogate_is_an_error_not_a_broken_file(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    with pytest.raises(DataError, match="surrogates"):
        JournalWriter(tmp_path, "w").write_rollouts(7, [make_group(actor="\ud800")])
    assert steps(tmp_path) == []


def test_rows_of_another_step_are_refused(tmp_path: Path, make_group: MakeGroup) -> None:
    with pytest.raises(RolloutError, match=r"step 8 .* got also \[7\]"):
        JournalWriter(tmp_path, "w").write_rollouts(8, [make_group(7)])
    with pytest.raises(RolloutError, match=r"step 8 .* got also \[7\]"):
        JournalWriter(tmp_path, "w").write_update(8, [UpdateRow("run-a", 7, 0, 0, 0.5)], {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "ä", "x" * 65])
def test_a_writer_name_is_a_plain_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="bad journal writer"):
        JournalWriter(tmp_path, name)


def test_a_group_has_one_policy_version(make_group: MakeGroup) -> None:
    with pytest.raises(RolloutError, match="one policy version"):
        make_group(policy_version=99)


def test_a_group_has_each_sample_once_and_in_order(make_group: MakeGroup) -> None:
    rollouts = make_group().rollouts
    for wrong in ((), rollouts[::-1], (*rollouts, rollouts[-1])):
        with pytest.raises(RolloutError, match="ascending order"):
            make_group(rollouts=wrong)
