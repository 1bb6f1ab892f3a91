"""Parts of strangers, torn, foreign or forged: skipped with the reason, and the others are read."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewards.records import Part, Score
from rewards.schedule import MOST_WEIGHT
from rollouts import journal, part_bytes
from rollouts.journal import JournalWriter, read_asked, read_rollouts, read_updates
from rollouts.part_bytes import encode
from rollouts.records import Group, UpdateRow
from rollouts.tables import updates_table

MakeGroup = Callable[..., Group]


def part_of(run: Path, writer: str = "w") -> Path:
    return run / "rollouts" / "step_000007" / f"part-{writer}.parquet"


def test_a_truncated_part_is_skipped_and_the_others_are_read(
    tmp_path: Path, make_group: MakeGroup, skips: Any
) -> None:
    whole = JournalWriter(tmp_path, "torn").write_rollouts(7, [make_group(index=0)]).read_bytes()
    JournalWriter(tmp_path, "good").write_rollouts(7, [make_group(index=1)])
    for offset in [*range(0, len(whole), 61), *range(len(whole) - 12, len(whole))]:
        part_of(tmp_path, "torn").write_bytes(whole[:offset])
        skips.clear()
        assert [g.index for g in read_rollouts(tmp_path, 7, skips)] == [1], offset
        assert [name for name, _ in skips] == ["part-torn.parquet"]


def test_a_flipped_bit_never_stops_the_reader(
    tmp_path: Path, make_group: MakeGroup, skips: Any, plain: Any
) -> None:
    group = make_group()
    whole = JournalWriter(tmp_path, "w").write_rollouts(7, [group]).read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    for offset in range(0, len(whole), 37):
        flipped = bytearray(whole)
        flipped[offset] ^= 1 << offset % 8
        part_of(tmp_path).write_bytes(flipped)
        skips.clear()
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
    tmp_path: Path, make_group: MakeGroup, column: str, nested: bool, skips: Any
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
        assert read_rollouts(tmp_path, 7, skips) == []
        assert "Arrow schema" in skips[0][1]
        assert not Planted.opened
    finally:
        pa.unregister_extension_type("etude.test.planted")


def foreign_table() -> pa.Table:
    return pa.table({"text": ["hello"]})


def test_foreign_parquet_is_skipped_with_its_reason(tmp_path: Path, skips: Any) -> None:
    part_of(tmp_path).parent.mkdir(parents=True)
    pq.write_table(foreign_table(), part_of(tmp_path), store_schema=False)
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "schema version none: expected 1 or 2" in skips[0][1]


def test_our_version_with_other_columns_is_foreign(tmp_path: Path, skips: Any) -> None:
    part_of(tmp_path).parent.mkdir(parents=True)
    part_of(tmp_path).write_bytes(encode(foreign_table(), {}))
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "expected those of journal version" in skips[0][1]


@pytest.mark.parametrize("change", ["status", "finish_reason", "question", "prompt"])
def test_values_that_no_writer_writes_are_skipped(
    tmp_path: Path, make_group: MakeGroup, change: str, skips: Any
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
        path.write_bytes(encode(table, {}))
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
        (Part(None, 1.0, "scored"), "part 'a' is scored with value None: expected one"),
        (Part(0.5, 1.0, "error"), "part 'a' is error with value 0.5: expected none"),
        (Part(None, NAN, "error"), "weight of part 'a': got nan"),
        (Part(1.0, 1.0, "scored", details=[1]), "details of part 'a': got [1]"),  # type: ignore[arg-type]
    ],
)
def test_numbers_that_no_reward_gives_are_skipped_with_the_reason(
    tmp_path: Path,
    make_group: MakeGroup,
    monkeypatch: pytest.MonkeyPatch,
    part: Part,
    reason: str,
    skips: Any,
) -> None:
    group = make_group()
    odd = dataclasses.replace(group.rollouts[0], score=Score({"a": part}))
    with monkeypatch.context() as patch:
        patch.setattr("rollouts.tables._details_json", lambda part, _: json.dumps(part.details))
        writer = JournalWriter(tmp_path, "w")
        writer.write_rollouts(7, [dataclasses.replace(group, rollouts=(odd,))])
    JournalWriter(tmp_path, "x").write_rollouts(7, [make_group(index=1)])
    assert [g.index for g in read_rollouts(tmp_path, 7, skips)] == [1]
    ((name, said),) = skips
    assert name == "part-w.parquet"
    assert said.startswith(reason)
    assert "expected" in said


@pytest.mark.parametrize("text", ["[]", "5", '{"loss": [1]}', f'{{"loss": {10**400}}}'])
def test_a_summary_that_no_writer_writes_is_skipped(tmp_path: Path, text: str, skips: Any) -> None:
    rows = updates_table([UpdateRow("r", 7, 0, 0, 0.5)])
    JournalWriter(tmp_path, "w")._write("updates", 7, rows, {journal._SUMMARY_KEY: text})
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
    tmp_path: Path, make_group: MakeGroup, skips: Any
) -> None:
    writer = JournalWriter(tmp_path, "w")
    for step in (7, 8):
        writer.write_rollouts(step, [make_group(step)])
        writer.write_update(step, [UpdateRow("run-a", step, 0, 0, 0.5)], {"loss": float(step)})
    for table in ("rollouts", "updates"):
        folder = tmp_path / table
        one, other = (folder / f"step_00000{step}" / "part-w.parquet" for step in (7, 8))
        other.write_bytes(one.read_bytes())
    for reader in (read_rollouts, read_updates, read_asked):
        skips.clear()
        assert reader(tmp_path, 8, skips) == []
        ((name, said),) = skips
        assert name == "part-w.parquet"
        assert "rows for step 8 of the journal must be of that step: got also [7]" in said
        assert len(reader(tmp_path, 7)) == 1


@pytest.mark.parametrize("told", [3, 8])
def test_a_footer_that_tells_another_number_of_rows_is_damage(
    tmp_path: Path, skips: Any, told: int
) -> None:
    rows = [UpdateRow("run-a", 7, 0, sample, 0.5) for sample in range(4)]
    path = JournalWriter(tmp_path, "w").write_update(7, rows, {})
    before, mark, behind = path.read_bytes().partition(b"\x16\x08\x19\x1c")  # 4, a list follows
    path.write_bytes(before + bytes([mark[0], 2 * told]) + mark[2:] + behind)
    assert read_updates(tmp_path, 7, skips) == []
    assert skips == [("part-w.parquet", f"damaged: got 4 rows, expected {told} by its footer")]


def test_a_part_of_more_rows_than_a_step_has_is_refused(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch, skips: Any
) -> None:
    JournalWriter(tmp_path, "w").write_rollouts(7, [make_group()])
    monkeypatch.setattr(part_bytes, "MAX_ROWS", 4)
    assert len(read_rollouts(tmp_path, 7)) == 1
    monkeypatch.setattr(part_bytes, "MAX_ROWS", 3)
    assert read_rollouts(tmp_path, 7, skips) == []
    assert skips == [("part-w.parquet", "too large: got 4 rows, expected at most 3")]


def test_a_footer_that_would_begin_before_its_file_is_torn(tmp_path: Path, skips: Any) -> None:
    part_of(tmp_path).parent.mkdir(parents=True)
    part_of(tmp_path).write_bytes(b"PAR1" + (10**6).to_bytes(4, "little") + b"PAR1")
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "torn or foreign" in skips[0][1]


def test_links_pipes_and_giants_are_not_opened(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch, skips: Any
) -> None:
    path = JournalWriter(tmp_path, "good").write_rollouts(7, [make_group()])
    path.rename(tmp_path / "elsewhere.parquet")
    part_of(tmp_path, "link").symlink_to(tmp_path / "elsewhere.parquet")
    os.mkfifo(part_of(tmp_path, "pipe"))
    part_of(tmp_path, "folder").mkdir()
    part_of(tmp_path, "vast").write_bytes(b"PAR1" * 10_000)
    monkeypatch.setattr(journal, "MAX_FILE_BYTES", 20_000)
    assert read_rollouts(tmp_path, 7, skips) == []
    assert [name for name, _ in skips] == [
        f"part-{kind}.parquet" for kind in ("folder", "link", "pipe", "vast")
    ]


def test_a_small_file_that_decodes_to_much_is_refused(
    tmp_path: Path, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch, skips: Any
) -> None:
    group = make_group()
    long = dataclasses.replace(group.question, text="la " * 100_000)
    path = JournalWriter(tmp_path, "w").write_rollouts(
        7, [make_group(index=i, question=long) for i in range(20)]
    )
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(part_bytes, "MAX_DECODED_BYTES", 2**20)
    assert read_rollouts(tmp_path, 7, skips) == []
    assert "decodes to more than 1,048,576 bytes" in skips[0][1]
