"""Files of strangers: every row is written or told, nothing crashes, nothing lands outside."""

from __future__ import annotations

import gzip
import io
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.errors import DataError, EtudeError
from sft.importing.columns import read_columns
from sft.importing.forms import FORMS, reader
from sft.importing.records import Settings, Unusable

GOOD = {"id": "good", "audio_id": "a.wav", "question": "Which?", "answer": "cello"}


def everything(folder: Path) -> dict[str, bytes]:
    """Path -> bytes of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


HOSTILE: list[Any] = [
    {**GOOD, "audio_id": "../secret.wav"},
    {**GOOD, "audio_id": "/etc/passwd"},
    {**GOOD, "audio_id": "out.wav"},
    {**GOOD, "audio_id": "https://example.org/a.wav"},
    {**GOOD, "audio_id": "file:a.wav"},
    {**GOOD, "audio_id": "a\0.wav"},
    {**GOOD, "audio_id": "\ud800.wav"},
    {**GOOD, "audio_id": "gone.wav"},
    {**GOOD, "audio_id": "sub"},
    {**GOOD, "audio_id": "pipe"},
    {**GOOD, "audio_id": "notes.txt"},
    {**GOOD, "audio_id": "cut.wav"},
    {**GOOD, "audio_id": "x" * 5_000},
    {**GOOD, "audio_id": ["a.wav", "b.wav"]},
    {**GOOD, "audio_id": {"path": {"path": "a.wav"}}},
    {**GOOD, "audio_id": None},
    {**GOOD, "question": "x" * 10_000_000},
    {**GOOD, "question": None},
    {**GOOD, "question": ["Which?"]},
    {**GOOD, "question": "Wh\ud800?"},
    {**GOOD, "answer": float("nan")},
    {**GOOD, "answer": {"text": "cello"}},
    {**GOOD, "answer": True},
    {**GOOD, "answer": "</think> <answer>"},
    {**GOOD, "choices": ["viola", "horn"]},
    {**GOOD, "choices": ["cello"]},
    {**GOOD, "choices": {"A": "cello"}},
    {**GOOD, "choices": [["cello"], ["viola"]]},
    {**GOOD, "choices": [f"option {i}" for i in range(200)]},
    {**GOOD, "choices": "__import__('os').system('touch /tmp/ran')"},
    {**GOOD, "id": ["a"]},
    {**GOOD, "id": "\udfff"},
    {**GOOD, "extra": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]},
    {**GOOD, "extra": list(range(150_000))},
    None, 7, "text", [], [[]], {}, {"conversations": 3}, [None], [{"role": "user"}],
]  # fmt: skip


@pytest.fixture
def theirs(source) -> Any:
    """With what a hostile list could name beside its recordings."""
    (source.folder.parent / "secret.wav").write_bytes((source.folder / "a.wav").read_bytes())
    (source.folder / "out.wav").symlink_to(source.folder.parent / "secret.wav")
    (source.folder / "notes.txt").write_text("private")
    (source.folder / "cut.wav").write_bytes((source.folder / "a.wav").read_bytes()[:1000])
    os.mkfifo(source.folder / "pipe")
    return source


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
def test_every_hostile_row_is_told_and_the_good_one_written(theirs, name: str):
    rows = [*HOSTILE[:20], GOOD, *HOSTILE[20:]]
    file = theirs.write(name, rows)
    before = {path for path in theirs.folder.parent.rglob("*") if theirs.out not in path.parents}
    found = theirs.load(file, form="choices")
    place = "line" if name.endswith("l") else "row"
    assert [str(one.where) for one in found.left] == [
        f"{place} {number}" for number in range(1, len(rows) + 1) if number != 21
    ]
    assert [question.id for question in theirs.questions()] == ["good"]
    assert set(everything(theirs.out)) == {"questions.jsonl", "clips/a.wav"}
    after = {path for path in theirs.folder.parent.rglob("*") if theirs.out not in path.parents}
    assert after - before <= {theirs.out}
    assert all(len(one.sentence) < 700 for one in found.left)


def test_rows_of_any_shape_are_a_draft_or_unusable():
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda below: st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["conversations", "messages", "from", "value", "role", "content", "type", "path",
                 "question", "answer", "choices", "audio", "sound", "id", "prompt", "answers",
                 "answer_orders", "text", "bytes", "thinking", "url"]
            ),
            below, max_size=5,
        ),
        max_leaves=12,
    )  # fmt: skip
    named = read_columns(["text=question", "answer=answer", "clip=audio", "choices=choices",
                          "start=id", "facts.tempo=value", "think=thinking"])  # fmt: skip
    readers = [reader(form, Settings(Path(), columns=named)) for form in FORMS]

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values)
    def holds(value: Any) -> None:
        for read in readers:
            with suppress(Unusable):
                read(value)

    holds()


def test_rows_that_share_an_id_are_told_apart_and_rows_alike_are_told(source):
    rows = [GOOD, {**GOOD, "question": "What?"}, GOOD, {**GOOD, "id": "good", "answer": "viola"}]
    found = source.rows(rows)
    ids = [question.id for question in source.questions()]
    assert len(set(ids)) == 3
    assert all(one.startswith("good-") for one in ids)
    assert [(str(one.where), one.why) for one in found.left] == [("row 3", "repeated")]
    # An id of theirs may be one that we would give.
    source.out = source.folder / "again"
    source.rows([*rows[:2], {**GOOD, "id": ids[0], "question": "Else?"}], "again.json")
    assert len({question.id for question in source.questions()}) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"[{]", "begins like a JSON list and is none"),
        ("a.json", b"[" * 100_000, "begins like a JSON list and is none"),
        ("a.json", b"", "holds no row, expected some"),
        ("a.json", b"[]", "holds no row, expected some"),
        ("a.csv", b"question,answer\n", "holds no row, expected some"),
        ("a.jsonl", b"{\n", "none of its first 1 rows can be read: line 1: "),
        ("a.jsonl", b"\x89PNG\r\n" * 50, "not JSON"),
        ("a.jsonl", b"one\ntwo\nthree\nfour\n", "not JSON"),
        ("a.json", b'{\n"a":\n[1,\n2]\n}', "one JSON object with 'a', expected a list of rows"),
        ("a.json", b'{\n"a": [{"q": 1}],\n"b": [{"q": 1}]\n}', "one JSON object with 'a', 'b'"),
        (
            "a.lab",
            b"0.0 2.0 C:maj\n2.0 4.0 G:7\n",
            "none of its first 2 rows .* line 1: is not JSON",
        ),
        ("a.jsonl", b'{"q": NaN}\n', "line 1: .*NaN"),
        ("a.jsonl.gz", gzip.compress(b'{"q": 1}', mtime=0), "is compressed; unpack it first"),
        ("a.xlsx", b"PK\x03\x04more", "save its sheet as CSV in UTF-8"),
        ("a.csv", "q,a\nWhich?,D\n".encode("utf-16"), "is UTF-16; save the file as UTF-8"),
        ("a.arrow", b"ARROW1\0\0", "is a file of Arrow; write it as Parquet"),
        ("a.csv", b"a,a\n1,2\n", "'a' twice"),
        ("a.csv", b"\n\n", "got none"),
        ("a.parquet", b"PAR1", "torn"),
        ("a.parquet", b"PAR1" + b"\0" * 40 + b"PAR1", "no whole Parquet file"),
    ],
)
def test_a_file_that_is_none_is_one_sentence_and_writes_nothing(
    source, name: str, content: bytes, said: str
):
    with pytest.raises(DataError, match=said):
        source.load(source.write(name, content))
    assert not source.out.exists()


def test_a_folder_that_datasets_saved_is_told_what_to_write(source):
    folder = source.folder / "saved"
    folder.mkdir()
    (folder / "state.json").write_text("{}")
    with pytest.raises(DataError, match=r"a folder that datasets saved; write it as Parquet"):
        source.load(folder)


def test_a_line_too_long_costs_only_itself(source):
    lines = [
        json.dumps(GOOD),
        "[" + " " * 9_000_000 + "]",
        json.dumps({**GOOD, "id": "b", "question": "?"}),
    ]
    found = source.load(source.write("a.jsonl", "\n".join(lines)))
    assert [(str(one.where), one.why) for one in found.left] == [("line 2", "row")]
    assert [question.id for question in source.questions()] == ["good", "b"]


def test_an_object_with_a_key_twice_is_told_in_lists_and_in_lines(source):
    twice = '{"id": "x", "audio_id": "a.wav", "question": "A?", "question": "B?", "answer": "c"}'
    for name, content in (("a.json", f"[{twice}, {json.dumps(GOOD)}]"),
                          ("a.jsonl", f"{twice}\n{json.dumps(GOOD)}\n")):  # fmt: skip
        source.out = source.folder / name.replace(".", "-")
        found = source.load(source.write(name, content))
        assert [one.why for one in found.left] == ["row"]
        assert "twice" in found.left[0].sentence


def test_lines_of_a_table_that_are_none_are_told(source):
    table = (
        b'q,a,f\nWhich?,cello,a.wav\nshort,row\n"Wh\xffat?",x,a.wav\n'
        b'"two\nlines",viola,b.wav\n,,\n,x,a.wav\nwhich?,x,\nend,"torn'
    )
    named = read_columns(["text=q", "answer=a", "clip=f"])
    found = source.load(source.write("t.csv", table), columns=named)
    assert [one.where.number for one in found.left] == [3, 4, 8, 9, 10]
    assert [question.text for question in source.questions()] == ["Which?", "two\nlines"]


def test_a_quote_that_does_not_close_is_told_where_it_opens(source):
    table = "q,a,f\nWhich?,cello,a.wav\n" + '"What?,viola,a.wav\n' + "Why?,x,b.wav\n" * 8
    found = source.load(source.write("t.csv", table), columns=read_columns(["text=q", "answer=a"]))
    [left] = found.left
    assert str(left.where) == "line 3"
    assert left.sentence.endswith("up to line 11 all is within its quotes")


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


class Planted(pa.ExtensionType):
    ran = 0

    def __init__(self) -> None:
        super().__init__(pa.int32(), "tests.planted")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: Any, serialized: bytes) -> Planted:
        cls.ran += 1
        return cls()


def test_extension_types_of_parquet_are_refused_before_they_can_run(source):
    pa.register_extension_type(Planted())
    try:
        held = pa.ExtensionArray.from_storage(Planted(), pa.array([1], pa.int32()))
        data = parquet(question=["Which?"], answer=["x"], audio_path=["a.wav"], extra=held)
        Planted.ran = 0
        with pytest.raises(DataError, match="extension types"):
            source.load(source.write("a.parquet", data))
        assert Planted.ran == 0
    finally:
        pa.unregister_extension_type("tests.planted")
    # Nobody has registered it: refused all the same.
    with pytest.raises(DataError, match="extension types"):
        source.load(source.write("b.parquet", data))


@pytest.mark.parametrize("cut", [1, 9, 60, 400])
def test_a_parquet_file_that_was_cut_or_overwritten_is_refused(source, cut: int):
    rows = {"question": ["Which?"] * 50, "answer": ["x"] * 50, "audio_path": ["a.wav"] * 50}
    whole = parquet(**rows)
    with pytest.raises(DataError):
        source.load(source.write("a.parquet", whole[:-cut]))
    broken = whole[:8] + bytes(255 - byte for byte in whole[8 : 8 + cut]) + whole[8 + cut :]
    try:
        source.load(source.write("b.parquet", broken))
    except EtudeError:
        assert not source.out.exists()


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("LARGEST_BATCH", "got more than 300 bytes in 16 rows, expected fewer; keep recordings"),
        ("LARGEST_FOOTER", r"got a footer of \d+ bytes, expected at most 300; write the table"),
    ],
)
def test_a_parquet_file_that_unpacks_into_too_much_is_refused(
    source, monkeypatch: pytest.MonkeyPatch, bound: str, said: str
):
    rows = {"question": ["Which?" * 9] * 50, "answer": ["x"] * 50, "audio_path": ["a.wav"] * 50}
    file = source.write("a.parquet", parquet(**rows))
    monkeypatch.setattr(f"sft.importing.parquet.{bound}", 300)
    with pytest.raises(DataError, match=said):
        source.load(file)
    assert not source.out.exists()


def test_a_parquet_file_with_two_columns_of_one_name_is_refused(source):
    columns = [pa.array(["Which?"]), pa.array(["x"]), pa.array(["y"])]
    table = pa.Table.from_arrays(columns, names=["question", "answer", "answer"])
    pq.write_table(table, source.folder / "t.parquet")
    with pytest.raises(DataError, match="two columns of one name; rename one"):
        source.load(source.folder / "t.parquet", columns=source.columns(text="question"))


def test_embedded_bytes_that_are_no_recording_are_told_and_not_kept(source):
    good = (source.folder / "a.wav").read_bytes()
    audio = [{"bytes": data, "path": "/etc/x"} for data in (good, b"#!/bin/sh", good[:500], b"")]
    data = parquet(question=list("abcd"), answer=list("abcd"), audio=audio)
    found = source.load(source.write("a.parquet", data))
    assert [(str(one.where), one.why) for one in found.left] == [
        ("row 2", "clip"), ("row 3", "clip"), ("row 4", "clip")
    ]  # fmt: skip
    assert len(everything(source.out)) == 2


def test_a_number_that_names_no_label_is_told(source):
    features = '{"info": {"features": {"answer": {"names": ["x"], "_type": "ClassLabel"}}}}'
    table = pa.table({"question": ["a", "b"], "answer": [0, 7], "audio_path": ["a.wav"] * 2})
    pq.write_table(
        table.replace_schema_metadata({"huggingface": features}), source.folder / "t.parquet"
    )
    found = source.load(source.folder / "t.parquet")
    assert [str(one.where) for one in found.left] == ["row 2"]
    assert [question.answer for question in source.questions()] == ["x"]


def test_a_number_of_any_size_is_a_text_and_ends_no_import(source):
    rows = [{"asked": "Which?", "said": 10**400, "id": 7}, {"asked": "What?", "said": 2.0}]
    found = source.rows(rows, columns=source.columns(text="asked", answer="said", id="id"))
    assert not found.left
    assert [one.answer for one in source.questions()] == [f"1{'0' * 400}", "2"]


def test_a_recording_as_an_array_is_shown_as_what_it_is(source):
    row = {"question": "Which?", "answer": "a", "audio": {"array": [0.1], "sampling_rate": 8_000}}
    with pytest.raises(DataError, match=r"got \{'array': .*, expected the path of a recording"):
        source.rows([row])
