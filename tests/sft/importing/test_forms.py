"""Every form becomes the questions that one would write by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewards.errors import ConfigError, DataError
from rewards.records import Clip, Question
from sft.importing.forms import FORMS
from sft.importing.load import load
from sft.importing.records import Settings
from sft.records import Trace

HELD = "<think>{}</think> Hence, the final answer is: <answer>{}</answer>"


def talk(question: str, answer: str, **row: Any) -> dict[str, Any]:
    turns = [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]
    return {"id": "a", "sound": "a.wav", "duration": 0.5, "conversations": turns, **row}


A, B, C = Clip("clips/a.wav"), Clip("clips/b.wav"), Clip("clips/sub/c.flac")


def test_a_row_of_audio_flamingo_is_a_question_and_its_trace(source):
    rows = [
        talk("<sound>\nWhat is the key?", "D major"),
        talk("What is the key?\n<sound>", HELD.format("It ends on D.", "B minor"), id="b",
             sound="b.wav"),
        talk("What is the final chord?", "<think>A, C, E.</think>\nThe answer is: A minor", id=7,
             sound=["sub/c.flac"]),
    ]  # fmt: skip
    found = source.rows(rows)
    assert (found.form, found.recognised, found.rows, found.left) == ("conversations", True, 3, ())
    assert source.questions() == [
        Question("a", "What is the key?", A, answer="D major"),
        Question("b", "What is the key?", B, answer="B minor"),
        Question("7", "What is the final chord?", C, answer="A minor"),
    ]
    assert source.traces() == (
        Trace("b", "It ends on D.", "B minor"),
        Trace("7", "A, C, E.", "A minor"),
    )


def test_mufun_writes_audio_for_sound_and_a_list_of_classes(source):
    asked = "<audio>\nWhat genre is it? (choose the genre from: blues, hiphop, and rock.)"
    row = talk(asked, "hiphop")
    row["audio"] = row.pop("sound")
    source.rows([row], "rows.jsonl")
    [question] = source.questions()
    assert question.choices == ("blues", "hiphop", "rock")
    assert (question.answer, question.clip) == ("hiphop", A)


def chat(asked: Any, answered: Any) -> list[dict[str, Any]]:
    return [
        {"role": "system", "content": "You are a musician."},
        {"role": "user", "content": asked},
        {"role": "assistant", "content": answered},
    ]


@pytest.mark.parametrize(
    "row",
    [
        chat([{"type": "text", "text": "Which key?"}, {"type": "audio", "path": "a.wav"}],
             "D major"),
        chat([{"type": "audio", "audio_url": "a.wav"}, {"type": "text", "text": "Which key?"}],
             [{"type": "text", "text": "D major"}]),
        {"messages": chat("<audio>Which key?", "D major"), "audios": ["a.wav"]},
        {"messages": chat("Which key?", "D major"), "audio": {"path": "a.wav", "bytes": None}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
def test_chat_messages_are_read_wherever_the_recording_is_named(source, row: Any, name: str):
    found = source.rows([row], name)
    assert found.form == "messages"
    [question] = source.questions()
    assert (question.text, question.answer, question.clip) == ("Which key?", "D major", A)
    assert question.id.startswith("q-")


def test_a_recording_as_text_is_told(source):
    part = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
    with pytest.raises(DataError, match="input_audio: got a recording as base64, expected a path"):
        source.rows([{"messages": chat([part, {"type": "text", "text": "Key?"}], "D major")}])


def test_one_talk_alone_and_a_talk_a_line_are_rows(source):
    one = chat([{"type": "text", "text": "Key?"}, {"type": "audio", "path": "a.wav"}], "D major")
    assert source.rows(one, out=source.folder / "one").rows == 1
    other = chat([{"type": "text", "text": "Key?"}, {"type": "audio", "path": "b.wav"}], "G major")
    assert source.rows([one, other], "talks.jsonl").rows == 2


MMAU = {
    "id": "3fe6", "audio_id": "./a.wav", "question": "Which instrument?",
    "choices": ["viola", "cello"], "answer": "cello", "dataset": "MTG", "task": "music",
    "category": "Reasoning", "sub-category": "Instrumentation", "difficulty": "medium",
}  # fmt: skip
SHOWN = "Which instrument?\nChoose from the following options:\nA. viola\nB. cello"


@pytest.mark.parametrize(
    "clip", [{"audio_id": "./a.wav"}, {"audio_path": "a.wav"}, {"audio_path": ["a.wav"]}]
)
@pytest.mark.parametrize("answer", ["cello", "B", "(B) cello"])
def test_a_row_of_a_benchmark_shows_its_options_and_has_one_for_answer(
    source, clip: dict[str, Any], answer: str
):
    row = {**MMAU, "answer": answer}
    del row["audio_id"]
    source.rows([row | clip], "rows.jsonl")
    assert source.questions() == [
        Question("3fe6", SHOWN, A, choices=("viola", "cello"), answer="cello", source="MTG",
                 topic="Instrumentation")
    ]  # fmt: skip


def test_what_a_row_of_a_benchmark_leaves_blank_is_absent(source):
    row = {**MMAU, "audio_path": "", "audio_id": ["a.wav"], "choices": [], "category": " "}
    source.rows([{**row, "sub-category": None, "dataset": "", "source": "MTG"}])
    assert source.questions() == [
        Question("3fe6", "Which instrument?", A, answer="cello", source="MTG")
    ]


def test_muchomusic_names_the_right_answer_by_its_order(source):
    prompt = "Question: Old? Options: (A) x (B) y The correct answer is: (B) \n Question: Mood?"
    row = {
        "id": 12,
        "prompt": f"{prompt}\n Options: (A) sad (B) glad (C) wild \n The correct answer is: ",
        "answers": ["sad", "glad", "wild"], "answer_orders": [2, 0, 1], "dataset": "sdd",
        "audio_path": "a.wav", "model_output": "A",
    }  # fmt: skip
    found = source.rows([row])
    assert found.form == "muchomusic"
    [question] = source.questions()
    assert (question.id, question.choices, question.answer) == (
        "12",
        ("sad", "glad", "wild"),
        "glad",
    )
    assert question.text.startswith("Mood?\n")
    row["answer_orders"] = [1, 2, 3]
    with pytest.raises(DataError, match="0 for the right one"):
        source.rows([row], "other.json", out=source.folder / "other")


def test_mmau_pro_is_parquet_with_open_questions_and_lists_of_recordings(source):
    table = pa.table(
        {
            "id": ["x", "y", "z"],
            "audio_path": [["a.wav"], ["b.wav"], ["a.wav", "b.wav"]],
            "question": ["Which?", "Why?", "Both?"],
            "answer": ["cello", "It modulates.", "no"],
            "choices": [["viola", "cello"], None, ["yes", "no"]],
            "category": ["music", "open", "multi"],
        }
    )
    pq.write_table(table, source.folder / "test.parquet")
    found = source.load(source.folder / "test.parquet")
    assert [(str(one.where), one.why) for one in found.left] == [("row 3", "clip")]
    first, second = source.questions()
    assert (first.choices, first.answer, first.topic) == (("viola", "cello"), "cello", "music")
    assert (second.choices, second.answer, second.text) == ((), "It modulates.", "Why?")


@pytest.mark.parametrize(
    "asked",
    [
        "<audio>Which key?",
        "Which key?\n<sound>",
        "<sound-0> Which key?",
        "<|AUDIO|>\nWhich key?",
        "Audio 1: <|audio_bos|><|AUDIO|><|audio_eos|>\nWhich key?",
        "<|audio_start|><|audio_pad|><|audio_end|>Which key?",
        "<audio></audio>Which key?",
        "<Audio><AudioHere></Audio> Which key?",
    ],
)
def test_no_form_leaves_the_place_of_the_sound_in_the_text(source, asked: str):
    row = {"question": asked, "answer": "D major", "audio": "a.wav"}
    named = source.columns(text="question", answer="answer", clip="audio")
    for folder, settings in (("choices", {}), ("columns", {"columns": named})):
        source.rows([row], out=source.out / folder, **settings)
        [question] = source.questions(f"{folder}/questions.jsonl")
        assert question.text == "Which key?"
    with pytest.raises(DataError, match="a place for sound, and no recording"):
        source.rows([row], columns=source.columns(text="question", answer="answer"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("In <audio> which key?", "amidst the words"),
        ("<audio><audio> Alike?", "got 2 places"),
        ("<|im_start|>Which key?<|im_end|>", "question: got '<|im_start|>', a token of a chat"),
    ],
)
def test_a_place_for_sound_that_is_not_before_the_text_is_told(source, asked: str, said: str):
    with pytest.raises(DataError, match=re.escape(said)):
        source.rows([talk(asked, "D major")])


@pytest.mark.parametrize("sound", [None, "a.wav"])
def test_a_recording_may_be_named_within_its_mark(source, sound: str | None):
    row = talk("Audio 1: <audio>a.wav</audio>\nWhich key?", "D major", sound=sound)
    source.rows([row])
    [question] = source.questions()
    assert (question.text, question.clip) == ("Which key?", A)
    with pytest.raises(DataError, match="got 2 recordings"):
        source.rows([{**row, "sound": "b.wav"}])


def test_an_answer_that_a_template_wrote_is_told(source):
    with pytest.raises(DataError, match=r"answer: got '<.im_end.>', a token of a chat template"):
        source.rows([talk("Which key?", "D major<|im_end|>")])


def test_a_caption_is_told_by_what_is_asked_and_how_it_is_answered(source):
    long = "A slow piece in D minor for solo cello, with a walking bass and a plain melody over it,"
    long += " softly recorded"
    rows = [
        talk("Describe this track in full detail.", long),
        talk("Describe the tempo.", "slow", id="b"),
        talk("Why does it sound sad?", long, id="c"),
    ]
    found = source.rows(rows)
    assert [question.kind for question in source.questions()] == ["caption", "qa", "qa"]
    assert found.captions == 1
    source.out = source.folder / "all"
    source.rows(rows, kind="caption")
    assert {question.kind for question in source.questions()} == {"caption"}


def test_a_form_is_recognised_or_refused_with_the_columns_there_are(source):
    file = source.write("t.csv", "file,label\na.wav,jazz\n")
    with pytest.raises(DataError, match=r"columns file, label; name the columns .--column"):
        source.load(file)
    with pytest.raises(DataError, match=r"got no column 'lable', expected one of file, label"):
        source.load(file, columns=source.columns(answer="lable"), text="Which?")
    both = {**talk("Key?", "D"), **MMAU}
    with pytest.raises(DataError, match="could be conversations or choices"):
        source.rows([both])
    assert source.rows([both], form="choices").recognised is False
    assert not source.out.joinpath("none").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"form": "flamingo"}, "expected one of conversations"),
        ({"facet": "kee"}, "did you mean 'key'"),
        ({"dev": 1.0}, "a share between 0 and 1"),
        ({"dev": 1.0 - 1e-12}, "holds out every clip; lower it"),
        ({"form": "choices", "columns": {"text": ("q",)}}, "knows its columns"),
        ({"columns": {"answer": ("a",)}}, "no column holds the question"),
        ({"clips": Path("/none/such")}, "expected a folder"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(source, settings: dict[str, Any], said: str):
    with pytest.raises(ConfigError, match=said):
        source.rows([MMAU], **settings)
    assert not source.out.exists()


@pytest.mark.parametrize("indent", [None, 1])
def test_the_one_list_of_an_object_holds_the_rows(source, indent: int | None):
    wrapped = json.dumps({"version": 1, "tags": ["x"], "data": [MMAU]}, indent=indent)
    assert source.load(source.write("rows.json", wrapped)).form == "choices"
    assert len(source.questions()) == 1
    alone = source.write("alone.jsonl", json.dumps(talk("Key?", "D major")))
    assert source.load(alone, source.out / "alone").form == "conversations"  # turns are no rows


@pytest.mark.parametrize("before", ["", "\n \n"])
def test_one_line_of_jsonl_is_a_row_whatever_it_lists(source, before: str):
    listed = [{"label": "A", "text": "viola"}, {"label": "B", "text": "cello"}]
    row = {**MMAU, "choices": listed, "answer": "B"}
    found = source.load(source.write("one.jsonl", before + json.dumps(row) + "\n"))
    assert (found.form, found.rows) == ("choices", 1)
    assert source.questions()[0].answer == "cello"


def test_every_form_has_a_reader():
    assert set(FORMS) == {"conversations", "messages", "muchomusic", "choices", "columns"}


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet"])
def test_the_reading_of_rows_is_told_from_the_first_to_the_last(source: Any, name: str) -> None:
    rows = [{"q": f"Key {i}?", "a": "C major", "f": "a.wav"} for i in range(70)]
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), source.folder / name)
    elif name.endswith(".csv"):
        lines = ["q,a,f", *(",".join(row.values()) for row in rows)]
        source.write(name, "\n".join(lines))
    else:
        source.write(name, rows)
    told: list[tuple[str, int, int]] = []
    named = source.columns(text="q", answer="a", clip="f")
    load(
        source.folder / name, source.out, Settings(clips=source.folder, columns=named),
        lambda *at: told.append(at),
    )  # fmt: skip
    total = 71 if name.endswith(".csv") else 70
    reading = [(done, of) for stage, done, of in told if stage == "reading"]
    assert reading == [(done, total) for done in range(70)] + [(total, total)]
    assert [at[1:] for at in told if at[0] == "recordings"] == [(0, 1), (1, 1)]
