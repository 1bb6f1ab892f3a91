"""The journal gives back what it was given, and takes nothing from strangers."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewards.errors import ConfigError, DataError, RewardError, RolloutError, StorageError
from rewards.records import Part, Score
from rewards.schedule import MOST_WEIGHT
from rollouts import journal
from rollouts.journal import JournalWriter, read_rollouts, read_updates, steps
from rollouts.records import Group, Rollout, UpdateRow

MakeGroup = Callable[..., Group]


def plain(group: Group) -> dict:
    """A group as comparable values: the log-probs by their bits."""
    row = dataclasses.asdict(group)
    for rollout in row["rollouts"]:
        values = rollout["completion"]["logprobs_T"]
        rollout["completion"]["logprobs_T"] = (values.dtype.str, values.tobytes())
    return row


def part_of(run: Path, writer: str = "w") -> Path:
    return run / "rollouts" / "step_000007" / f"part-{writer}.parquet"


class Skips(list):
    """Collects what a reader leaves out."""

    def __call__(self, path: Path, reason: str) -> None:
        self.append((path.name, reason))


def with_logprobs(group: Group, values: np.ndarray) -> Group:
    first = group.rollouts[0]
    completion = dataclasses.replace(
        first.completion, logprobs_T=values, ids=tuple(range(len(values)))
    )
    return dataclasses.replace(
        group, rollouts=(dataclasses.replace(first, completion=completion), *group.rollouts[1:])
    )


def test_rollouts_come_back_bit_equal(tmp_path: Path, make_group: MakeGroup) -> None:
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
    assert (update.writer, update.summary) == ("learner", summary)
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


def test_a_group_written_twice_counts_once(tmp_path: Path, make_group: MakeGroup) -> None:
    JournalWriter(tmp_path, "a").write_rollouts(7, [make_group(actor="first")])
    JournalWriter(tmp_path, "b").write_rollouts(7, [make_group(actor="second")])
    skips = Skips()
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


def test_a_truncated_part_is_skipped_and_the_others_are_read(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    whole = JournalWriter(tmp_path, "torn").write_rollouts(7, [make_group(index=0)]).read_bytes()
    JournalWriter(tmp_path, "good").write_rollouts(7, [make_group(index=1)])
    for offset in [*range(0, len(whole), 61), *range(len(whole) - 12, len(whole))]:
        part_of(tmp_path, "torn").write_bytes(whole[:offset])
        skips = Skips()
        assert [g.index for g in read_rollouts(tmp_path, 7, skips)] == [1], offset
        assert [name for name, _ in skips] == ["part-torn.parquet"]


def test_a_flipped_bit_never_stops_the_reader(tmp_path: Path, make_group: MakeGroup) -> None:
    group = make_group()
    whole = JournalWriter(tmp_path, "w").write_rollouts(7, [group]).read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    for offset in range(0, len(whole), 37):
        flipped = bytearray(whole)
        flipped[offset] ^= 1 << offset % 8
        part_of(tmp_path).write_bytes(flipped)
        skips = Skips()
        found = read_rollouts(tmp_path, 7, skips)
        if offset < footer:  # the pages: there a flip is found or was without effect
            assert skips or plain(found[0]) == plain(group), f"silent change at {offset}"


class Planted(pa.ExtensionType):
    """Stands for a type whose deserialisation runs foreign code."""

    opened = False

    def __init__(self, storage: pa.DataType) -> None:
        super().__init__(storage, "etude.test.planted")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> Planted:
        cls.opened = True
        return cls(storage)


@pytest.mark.parametrize("column", ["text", "ids", "parts", "logprobs", "seed"])
@pytest.mark.parametrize("nested", [False, True])
def test_extension_types_are_refused_before_they_are_opened(
    tmp_path: Path, make_group: MakeGroup, column: str, nested: bool
) -> None:
    path = JournalWriter(tmp_path, "w").write_rollouts(7, [make_group()])
    table = pq.read_table(path)
    index = table.schema.get_field_index(column)
    storage = table.column(column).combine_chunks()
    planted = pa.ExtensionArray.from_storage(Planted(storage.type), storage)
    cell = pa.StructArray.from_arrays([planted], ["inner"]) if nested else planted
    pa.register_extension_type(Planted(storage.type))
    try:
        pq.write_table(table.set_column(index, column, cell), path)
        Planted.opened = False
        skips = Skips()
        assert read_rollouts(tmp_path, 7, skips) == []
        assert "Arrow schema" in skips[0][1]
        assert not Planted.opened
    finally:
        pa.unregister_extension_type("etude.test.planted")


def foreign_table() -> pa.Table:
    return pa.table({"text": ["hello"]})


def test_foreign_parquet_is_skipped_with_its_reason(tmp_path: Path) -> None:
    part_of(tmp_path).parent.mkdir(parents=True)
    pq.write_table(foreign_table(), part_of(tmp_path), store_schema=False)
    skips = Skips()
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "schema version none: expected 1 or 2" in skips[0][1]


def test_a_journal_of_the_version_before_is_read(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [make_group()]
    rows = journal.rollouts_table(groups).drop_columns(["renormalise"])
    with monkeypatch.context() as patch:
        patch.setattr(journal, "SCHEMA_VERSION", 1)
        JournalWriter(tmp_path, "w")._write("rollouts", 7, rows, {})
    (group,) = read_rollouts(tmp_path, 7)
    assert plain(group) == plain(groups[0])
    assert all(rollout.score.renormalise for rollout in group.rollouts)
    JournalWriter(tmp_path, "w")._write("rollouts", 7, rows, {})
    skips = Skips()
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "columns are not those of journal version 2" in skips[0][1]


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


def test_our_version_with_other_columns_is_foreign(tmp_path: Path) -> None:
    part_of(tmp_path).parent.mkdir(parents=True)
    part_of(tmp_path).write_bytes(journal._encode(foreign_table(), {}))
    skips = Skips()
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "columns are not those" in skips[0][1]


@pytest.mark.parametrize("change", ["status", "finish_reason", "question", "prompt"])
def test_values_that_no_writer_writes_are_skipped(
    tmp_path: Path, make_group: MakeGroup, change: str
) -> None:
    group = make_group()
    rollout = group.rollouts[0]
    changed = {
        "status": dataclasses.replace(rollout, score=Score({"a": Part(1.0, 1.0, "odd")})),  # type: ignore[arg-type]
        "finish_reason": dataclasses.replace(
            rollout, completion=dataclasses.replace(rollout.completion, finish_reason="odd")
        ),
        "question": rollout,
        "prompt": dataclasses.replace(
            rollout, completion=dataclasses.replace(rollout.completion, ids=(1,))
        ),
    }[change]
    bad = dataclasses.replace(group, rollouts=(changed,))
    path = JournalWriter(tmp_path, "w").write_rollouts(7, [bad])
    if change == "question":
        table = pq.read_table(path)
        deep = pa.array(["[" * 100_000])
        index = table.schema.get_field_index("question")
        table = table.set_column(index, table.schema.field("question"), deep)
        path.write_bytes(journal._encode(table, {}))
    skips = Skips()
    assert read_rollouts(tmp_path, 7, skips) == []
    assert len(skips) == 1


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        *((Part(v, 1.0, "scored"), f"value of part 'a': got {v}") for v in (NAN, INF, -0.1, 1.1)),
        *(
            (Part(1.0, w, "scored"), f"weight of part 'a': got {w}")
            for w in (NAN, INF, -1.0, 1e308, MOST_WEIGHT + 0.1)
        ),
        *(
            (Part(1.0, 1.0, "scored", seconds=s), f"seconds of part 'a': got {s}")
            for s in (NAN, INF, -1.0)
        ),
        (Part(None, NAN, "error"), "weight of part 'a': got nan"),
        (Part(1.0, 1.0, "scored", details=[1]), "details of part 'a': got [1]"),  # type: ignore[arg-type]
    ],
)
def test_numbers_that_no_reward_gives_are_skipped_with_the_reason(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch, part: Part, reason: str
) -> None:
    group = make_group()
    odd = dataclasses.replace(group.rollouts[0], score=Score({"a": part}))
    with monkeypatch.context() as patch:
        patch.setattr("rollouts.tables._details_json", lambda part, _: json.dumps(part.details))
        writer = JournalWriter(tmp_path, "w")
        writer.write_rollouts(7, [dataclasses.replace(group, rollouts=(odd,))])
    JournalWriter(tmp_path, "x").write_rollouts(7, [make_group(index=1)])
    skips = Skips()
    assert [g.index for g in read_rollouts(tmp_path, 7, skips)] == [1]
    ((name, said),) = skips
    assert name == "part-w.parquet"
    assert said.startswith(reason)
    assert "expected" in said


@pytest.mark.parametrize("text", ["[]", "5", '{"loss": [1]}', f'{{"loss": {10**400}}}'])
def test_a_summary_that_no_writer_writes_is_skipped(tmp_path: Path, text: str) -> None:
    rows = journal.updates_table([UpdateRow("r", 7, 0, 0, 0.5)])
    JournalWriter(tmp_path, "w")._write("updates", 7, rows, {journal._SUMMARY_KEY: text})
    skips = Skips()
    assert read_updates(tmp_path, 7, skips) == []
    assert "expected numbers and texts by name" in skips[0][1]


def test_the_least_and_the_greatest_that_a_reward_gives_are_read(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    group = make_group()
    parts = {"a": Part(0.0, 0.0, "scored"), "b": Part(1.0, MOST_WEIGHT, "scored", "", {"x": 1})}
    edge = dataclasses.replace(group.rollouts[0], score=Score(parts))
    JournalWriter(tmp_path, "w").write_rollouts(7, [dataclasses.replace(group, rollouts=(edge,))])
    (back,) = read_rollouts(tmp_path, 7)
    assert dict(back.rollouts[0].score.parts) == parts


def test_a_part_from_the_folder_of_another_step_is_skipped_with_the_reason(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    writer = JournalWriter(tmp_path, "w")
    for step in (7, 8):
        writer.write_rollouts(step, [make_group(step)])
        writer.write_update(step, [UpdateRow("run-a", step, 0, 0, 0.5)], {"loss": float(step)})
    for table in ("rollouts", "updates"):
        folder = tmp_path / table
        one, other = (folder / f"step_00000{step}" / "part-w.parquet" for step in (7, 8))
        other.write_bytes(one.read_bytes())
    for reader in (read_rollouts, read_updates):
        skips = Skips()
        assert reader(tmp_path, 8, skips) == []
        ((name, said),) = skips
        assert name == "part-w.parquet"
        assert "rows for step 8 of the journal must be of that step: got also [7]" in said
        assert len(reader(tmp_path, 7)) == 1


def test_the_learners_part_comes_before_a_strangers(tmp_path: Path, make_group: MakeGroup) -> None:
    for writer in ("aaa", "learner", "zzz"):
        made = JournalWriter(tmp_path, writer)
        made.write_rollouts(7, [make_group(actor=writer)])
        made.write_update(7, [UpdateRow("run-a", 7, 0, 0, 0.5)], {})
    skips = Skips()
    assert [group.actor for group in read_rollouts(tmp_path, 7, skips)] == ["learner"]
    assert [name for name, _ in skips] == ["part-aaa.parquet", "part-zzz.parquet"]
    assert [update.writer for update in read_updates(tmp_path, 7)] == ["learner", "aaa", "zzz"]
    skips = Skips()
    assert [g.actor for g in read_rollouts(tmp_path, 7, skips, writer="zzz")] == ["zzz"]
    assert [u.writer for u in read_updates(tmp_path, 7, skips, writer="zzz")] == ["zzz"]
    assert skips == []


def test_links_pipes_and_giants_are_not_opened(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = JournalWriter(tmp_path, "good").write_rollouts(7, [make_group()])
    path.rename(tmp_path / "elsewhere.parquet")
    part_of(tmp_path, "link").symlink_to(tmp_path / "elsewhere.parquet")
    os.mkfifo(part_of(tmp_path, "pipe"))
    part_of(tmp_path, "folder").mkdir()
    part_of(tmp_path, "vast").write_bytes(b"PAR1" * 10_000)
    monkeypatch.setattr(journal, "MAX_FILE_BYTES", 20_000)
    skips = Skips()
    assert read_rollouts(tmp_path, 7, skips) == []
    assert [name for name, _ in skips] == [
        f"part-{kind}.parquet" for kind in ("folder", "link", "pipe", "vast")
    ]


def test_a_small_file_that_decodes_to_much_is_refused(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = make_group()
    long = dataclasses.replace(group.question, text="la " * 100_000)
    path = JournalWriter(tmp_path, "w").write_rollouts(
        7, [make_group(index=i, question=long) for i in range(20)]
    )
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(journal, "MAX_DECODED_BYTES", 2**20)
    skips = Skips()
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "decodes to more than 1,048,576 bytes" in skips[0][1]


@pytest.mark.parametrize(
    ("call", "nth", "published"),
    [
        ("open", 1, False),
        ("write", 1, False),
        ("write", 2, False),
        ("fsync", 1, False),
        ("replace", 1, False),
        ("open", 2, True),  # the folder, after the rename
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
        if call == "write":  # a disk that takes a little at a time
            return real(args[0], bytes(args[1])[:1000])  # type: ignore[arg-type, index]
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


def test_a_lone_surrogate_is_an_error_not_a_broken_file(
    tmp_path: Path, make_group: MakeGroup
) -> None:
    with pytest.raises(DataError, match="surrogates"):
        JournalWriter(tmp_path, "w").write_rollouts(7, [make_group(actor="\ud800")])
    assert steps(tmp_path) == []


def test_rows_of_another_step_are_refused(tmp_path: Path, make_group: MakeGroup) -> None:
    with pytest.raises(RolloutError, match=r"step 8 .* got also \[7\]"):
        JournalWriter(tmp_path, "w").write_rollouts(8, [make_group(7)])


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
