"""Tables of any columns: what each holds is named, and becomes the question that it means."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewards.errors import ConfigError, DataError
from rewards.records import Clip, Facts
from rewards.response import parse
from rewards.rubric import Rubric
from sft.importing.columns import read_columns
from sft.records import Trace

A, B = Clip("clips/a.wav"), Clip("clips/b.wav")


def test_a_table_of_keys_has_the_facts_that_typed_rewards_judge_by(source):
    table = "file,label,bpm\na.wav,C:min,96\nb.wav,E flat major,\nsub/c.flac,unknown,120.5\n"
    file = source.write("keys.csv", table)
    named = read_columns(["clip=file", "answer=label", "facts.tempo=bpm"])
    found = source.load(file, columns=named, text="Which key?", facet="key")
    first, second, third = source.questions()
    assert first.facts == Facts(key="C:min", tempo=96.0)
    assert second.facts == Facts(key="E flat major")
    assert (third.facts, third.facet) == (Facts(tempo=120.5), "key")
    assert [remark for remark in found.remarks if "key: 'unknown'" in remark]
    with Rubric.of(["answer"]) as rubric:
        score = rubric.score(first, parse("<answer>E flat major</answer>"))
        assert score.total == pytest.approx(0.3)  # the relative major, by the reward of keys
        assert rubric.score(second, parse("<answer>D sharp major</answer>")).total == 1.0


@pytest.mark.parametrize(("facet", "said", "fact"), [
    ("tempo", "120 BPM", 120.0), ("meter", "6/8", "6/8"), ("chord", "A:min7", "A:min7"),
    ("instruments", "piano; violin", ("piano", "violin")), ("genre", "hiphop", ("hiphop",)),
    ("key_signature", "3 flats", -3), ("beats", "[0.5, 1.0, 1.5]", (0.5, 1.0, 1.5)),
])  # fmt: skip
def test_answers_become_facts_of_their_type(source, facet: str, said: str, fact: Any):
    file = source.write("t.tsv", f"file\tlabel\na.wav\t{said}\n")
    source.load(
        file, columns=source.columns(clip="file", answer="label"), text="What is it?", facet=facet
    )
    [question] = source.questions()
    assert getattr(question.facts, facet) == fact


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ('["viola", "cello"]', ("viola", "cello")),
        ("['viola', 'cello']", ("viola", "cello")),
        ("(A) viola (B) cello", ("viola", "cello")),
        ("A. viola\nB. cello", ("viola", "cello")),
        ("viola|cello", ("viola", "cello")),
        ("viola; cello", ("viola", "cello")),
        ("A. viola B. cello", ("viola", "cello")),
        ("A) viola, B) cello", ("viola", "cello")),
        ('{"A": "viola", "B": "cello"}', ("viola", "cello")),
        ({"A": "viola", "B": "cello", "C": None}, ("viola", "cello")),
        ({"label": ["A", "B"], "text": ["viola", "cello"]}, ("viola", "cello")),
        ([{"label": "B", "text": "viola"}, {"label": "A", "text": "cello"}], ("viola", "cello")),
    ],
)
def test_options_in_a_cell_are_read_as_they_are_written(source, cell: Any, options: Any):
    row = {"q": "Which?", "a": "cello", "f": "a.wav", "o": cell}
    source.rows([row], columns=source.columns(text="q", answer="a", clip="f", choices="o"))
    [question] = source.questions()
    assert (question.choices, question.answer) == (options, "cello")


def test_options_that_are_objects_of_other_parts_are_told(source):
    listed = [{"id": "A", "value": "viola"}, {"id": "B", "value": "cello"}]
    row = {"question": "Which?", "audio": "a.wav", "choices": listed, "answer": "cello"}
    with pytest.raises(DataError, match=r"choices: got .*viola.* expected a text"):
        source.rows([row])


@pytest.mark.parametrize("answer", ["1", 1, "B", "cello"])
def test_options_by_label_may_be_answered_by_it(source, answer: Any):
    labels = "AB" if answer == "B" else "01"
    listed = dict(zip(labels, ("viola", "cello"), strict=True))
    source.rows([{"question": "Which?", "audio": "a.wav", "choices": listed, "answer": answer}])
    [question] = source.questions()
    assert (question.choices, question.answer) == (("viola", "cello"), "cello")


def test_a_blank_option_keeps_its_label(source):
    listed = {"A": "viola", "B": None, "C": "cello", "D": "oboe", "E": None}
    row = {"question": "Which?", "audio": "a.wav", "choices": listed, "answer": "Answer: C"}
    source.rows([row])
    [question] = source.questions()
    assert (question.choices, question.answer) == (("viola", "cello", "oboe"), "cello")


def test_options_may_stand_in_columns_of_their_own_and_traces_too(source):
    named = read_columns(
        ["text=q", "answer=a", "clip=f", "choices=A", "choices=B", "choices=C", "think=why",
         "start=from", "duration=for"]
    )  # fmt: skip
    row = {"q": "Which?", "a": "B", "f": "a.wav", "A": "viola", "B": "cello", "C": "",
           "why": "Low.",
           "from": "0.1", "for": 0.25}  # fmt: skip
    source.rows([row], columns=named)
    [question] = source.questions()
    assert (question.choices, question.answer) == (("viola", "cello"), "cello")
    assert question.clip == Clip("clips/a.wav", start=0.1, duration=0.25)
    assert source.traces() == (Trace(question.id, "Low.", "cello"),)


QUIZ = {"q": "Which?", "o": ["viola", "cello", "oboe"], "f": "a.wav"}


@pytest.mark.parametrize("place", [1, "1", 1.0])
def test_an_answer_may_be_the_number_of_an_option(source, place: Any):
    named = source.columns(text="q", answer_index="n", choices="o", clip="f")
    source.rows([{**QUIZ, "n": place}], columns=named)
    assert [question.answer for question in source.questions()] == ["cello"]


@pytest.mark.parametrize("place", [3, -1, 0.5, True, "B", float("nan")])
def test_a_number_of_no_option_is_told(source, place: Any):
    named = source.columns(text="q", answer_index="n", choices="o", clip="f")
    with pytest.raises(DataError, match=r"answer_index: got .*one of 3 options, 0 for the first"):
        source.rows([{**QUIZ, "n": place}], "rows.json", columns=named)


def test_a_number_for_an_answer_is_refused_with_what_would_read_it(source):
    row = {"question": "Which?", "choices": ["viola", "cello"], "audio": "a.wav", "answer": 1}
    with pytest.raises(DataError, match="if it counts them from 0, name its column answer_index"):
        source.rows([row])


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"f": "a.wav", "s": 0.1, "e": "0.3"}, {"clip": "f", "start": "s", "end": "e"}),
        ({"f": {"path": "a.wav", "start": 0.1, "duration": 0.2}}, {"clip": "f"}),
        ({"f": {"p": "a.wav", "at": {"s": 0.1}}, "d": 0.2},
         {"clip": "f.p", "start": "f.at.s", "duration": "d"}),
    ],
)  # fmt: skip
def test_the_stretch_of_a_clip_is_read_wherever_it_stands(source, row: Any, named: dict[str, str]):
    source.rows([{"q": "Key?", **row}], columns=source.columns(text="q", **named))
    [question] = source.questions()
    assert question.clip is not None
    assert (question.clip.path, question.clip.start) == ("clips/a.wav", 0.1)
    assert question.clip.duration == pytest.approx(0.2)


def test_an_end_before_the_start_is_told(source):
    with pytest.raises(DataError, match="end: got 1, expected seconds behind the start 2"):
        source.rows([{"q": "Key?", "f": "a.wav", "s": 2, "e": 1}],
                    columns=source.columns(text="q", clip="f", start="s", end="e"))  # fmt: skip


def test_a_column_within_another_is_named_by_the_way_to_it(source):
    row = {"meta": {"q": "Which?", "a": {"0": "B"}}, "o.x": ["viola", "cello"]}
    source.rows([row], columns=source.columns(text="meta.q", answer="meta.a.0", choices="o.x"))
    [question] = source.questions()
    assert (question.text.split("\n")[0], question.answer) == ("Which?", "cello")
    with pytest.raises(DataError, match=r"expected one of meta, meta\.q, meta\.a, "):
        source.rows([row], columns=source.columns(text="meta.w"))


def test_a_blank_cell_among_columns_of_options_keeps_the_letters_behind_it(source):
    named = read_columns(["text=q", "answer=a", *(f"choices={name}" for name in "ABCD")])
    source.rows([{"q": "Which?", "a": "C", "A": "viola", "B": "", "C": "cello", "D": "oboe"}],
                columns=named)  # fmt: skip
    [question] = source.questions()
    assert (question.choices, question.answer) == (("viola", "cello", "oboe"), "cello")


def test_a_note_that_is_another_note_s_letter_is_told_where_answers_are_letters(source):
    notes = {"question": "Which note?", "audio": "a.wav", "choices": ["C", "D", "E", "A"]}
    rows = [{**notes, "answer": "A"}, {**notes, "answer": "E", "audio": "b.wav"}]
    assert source.rows(rows).remarks == ()
    letters = {**notes, "question": "Which one?", "choices": ["viola", "cello"], "answer": "B"}
    found = source.rows([*rows, letters], out=source.out.with_name("more"))
    assert found.remarks == (
        "1 rows have an answer that is the text of one option and the label of another, in a file "
        "with labels for answers: the text was taken (row 1: 'A')",
    )


def test_embedded_recordings_and_numbered_labels_of_the_hub_are_read(source):
    recordings = [(source.folder / name).read_bytes() for name in ("a.wav", "sub/c.flac", "a.wav")]
    table = pa.table(
        {
            "audio": [{"bytes": data, "path": "../../x.wav"} for data in recordings],
            "genre": [1, 0, 1],
        }
    )
    features = (
        '{"info": {"features": {"genre": {"names": ["blues", "jazz"], "_type": "ClassLabel"}}}}'
    )
    table = table.replace_schema_metadata({"huggingface": features})
    pq.write_table(table, source.folder / "train.parquet")
    found = source.load(
        source.folder / "train.parquet", columns=source.columns(clip="audio", answer="genre"),
        text="Which genre?",
    )  # fmt: skip
    assert [question.answer for question in source.questions()] == ["jazz", "blues"]
    assert [one.why for one in found.left] == ["repeated"]  # the same sound, asked the same
    paths = [question.clip.path for question in source.questions()]
    assert [Path(path).suffix for path in paths] == [".wav", ".flac"]
    assert (source.out / paths[1]).read_bytes() == recordings[1]


@pytest.mark.parametrize("wrapped", [False, True])
def test_numbered_labels_are_named_within_objects_and_lists_too(source, wrapped: bool):
    label = {"names": ["blues", "jazz"], "_type": "ClassLabel"}
    every = {"feature": label, "_type": "List"} if wrapped else [label]
    features = {"meta": {"genre": label, "all": every}}
    rows = [{"genre": 1, "all": [0, 1]}, {"genre": 0, "all": []}, {"genre": 1, "all": [2]}]
    table = pa.table({"asked": ["a?", "b?", "c?"], "meta": rows}).replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )
    pq.write_table(table, source.folder / "t.parquet")
    named = {"text": "asked", "answer": "meta.genre", "choices": "meta.all"}
    found = source.load(source.folder / "t.parquet", columns=source.columns(**named))
    asked = source.questions()
    assert [(one.answer, one.choices) for one in asked] == [
        ("jazz", ("blues", "jazz")), ("blues", ())
    ]  # fmt: skip
    assert [one.sentence for one in found.left] == [
        "all: got 2, expected the number of one of 2 labels"
    ]


def test_numbered_labels_are_named_where_a_list_of_objects_is_stored_as_an_object_of_lists(source):
    label = {"names": ["blues", "jazz"], "_type": "ClassLabel"}
    features = {"meta": {"feature": {"genre": label}, "length": -1, "_type": "Sequence"}}
    rows = [{"genre": [0, 1]}]
    table = pa.table({"asked": ["a?"], "answer": ["jazz"], "meta": rows})
    table = table.replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )
    pq.write_table(table, source.folder / "t.parquet")
    named = {"text": "asked", "answer": "answer", "choices": "meta.genre"}
    source.load(source.folder / "t.parquet", columns=source.columns(**named))
    assert source.questions()[0].choices == ("blues", "jazz")


def test_decimals_dates_and_maps_of_parquet_are_what_json_would_hold(source):
    table = pa.table(
        {
            "bpm": [Decimal("120.50"), Decimal("90.00")],
            "day": [date(1721, 3, 24), date(1722, 1, 2)],
            "options": pa.array(
                [[("A", "viola"), ("B", "cello")]] * 2, pa.map_(pa.string(), pa.string())
            ),
            "right": ["B", "A"],
        }
    )
    pq.write_table(table, source.folder / "t.parquet")
    named = {"answer": "right", "choices": "options", "source": "day", "facts.tempo": "bpm"}
    source.load(
        source.folder / "t.parquet", columns=source.columns(**named), text="Which instrument?"
    )
    first, second = source.questions()
    assert (first.choices, first.answer, second.answer) == (("viola", "cello"), "cello", "viola")
    assert (first.source, first.facts.tempo, second.facts.tempo) == ("1721-03-24", 120.5, 90.0)


def test_a_map_of_parquet_with_a_key_twice_is_refused(source):
    table = pa.table(
        {
            "right": ["B"],
            "options": pa.array(
                [[("A", "viola"), ("A", "cello")]], pa.map_(pa.string(), pa.string())
            ),
        }
    )
    pq.write_table(table, source.folder / "t.parquet")
    named = source.columns(answer="right", choices="options")
    with pytest.raises(DataError, match="duplicate key"):
        source.load(source.folder / "t.parquet", columns=named, text="Which?")


def test_questions_without_an_answer_are_counted(source):
    rows = [{"q": "Key?", "a": "D major"}, {"q": "Mode?", "a": None}, {"q": "Metre?", "a": " "}]
    found = source.rows(rows, columns=source.columns(text="q", answer="a"))
    assert found.unanswered == 2


def test_a_name_of_a_label_that_is_no_text_names_nothing(source):
    label = {"names": [["deep"], "jazz"], "_type": "ClassLabel"}
    table = pa.table({"asked": ["a?", "b?"], "genre": [0, 1]}).replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": {"genre": label}}})}
    )
    pq.write_table(table, source.folder / "t.parquet")
    source.load(source.folder / "t.parquet", columns=source.columns(text="asked", answer="genre"))
    assert [question.answer for question in source.questions()] == ["0", "jazz"]


@pytest.mark.parametrize(
    "given",
    ["text", "=a", "text=", "answr=x", "facts.kee=k", "answer_index=n",
     "answer=a answer_index=n choices=o", "duration=d end=e"],
)  # fmt: skip
def test_a_column_is_named_as_field_and_column(given: str):
    with pytest.raises(ConfigError, match="--column"):
        read_columns(given.split())


def test_a_table_as_spreadsheets_write_it_is_read(source):
    """With a byte order mark, blanks around its names, and cells that are left blank."""
    table = source.write("t.csv", "\ufeff q , a,t\nWhich?,D major,\nAnd here?,G major, \n")
    source.load(table, columns=source.columns(text="q", answer="a", think="t"))
    assert [question.text for question in source.questions()] == ["Which?", "And here?"]
    assert not (source.out / "traces.jsonl").exists()


def test_a_cell_that_is_not_utf_8_is_told_and_costs_only_its_row(source):
    table = source.write("t.csv", "q,a\nWhich?,für Elise\nAnd here?,G major\n".encode("latin-1"))
    found = source.load(table, columns=source.columns(text="q", answer="a"))
    assert [(str(one.where), one.sentence) for one in found.left] == [
        ("line 2", "is not UTF-8; save the file as UTF-8")
    ]
    assert [question.answer for question in source.questions()] == ["G major"]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_are_parted_as_the_names_are(source, sign: str):
    table = source.write("t.csv", f"q{sign}a\nWhich?{sign}D major\n")
    source.load(table, columns=source.columns(text="q", answer="a"))
    assert [question.answer for question in source.questions()] == ["D major"]
