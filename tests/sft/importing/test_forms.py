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
from rewards.records import Clip, Facts, Question
from rewards.response import parse
from rewards.rubric import Rubric
from sft.importing.columns import read_columns
from sft.importing.forms import FORMS
from sft.importing.load import load
from sft.importing.records import Settings
from sft.records import Trace

HELD = "<think>{}</think> Hence, the final answer is: <answer>{}</answer>"


def talk(question: str, answer: str, **row: Any) -> dict[str, Any]:
    turns = [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]
    return {"id": "a", "sound": "a.wav", "duration": 0.5, "conversations": turns, **row}


def columns(**named: str) -> dict[str, tuple[str, ...]]:
    return read_columns([f"{field}={column}" for field, column in named.items()])


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
    named = columns(text="question", answer="answer", clip="audio")
    for folder, settings in (("choices", {}), ("columns", {"columns": named})):
        source.rows([row], out=source.out / folder, **settings)
        [question] = source.questions(f"{folder}/questions.jsonl")
        assert question.text == "Which key?"
    with pytest.raises(DataError, match="a place for sound, and no recording"):
        source.rows([row], columns=columns(text="question", answer="answer"))


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
    source.load(file, columns=columns(clip="file", answer="label"), text="What is it?", facet=facet)
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
    ],
)
def test_options_in_a_cell_are_read_as_they_are_written(source, cell: Any, options: Any):
    row = {"q": "Which?", "a": "cello", "f": "a.wav", "o": cell}
    source.rows([row], columns=columns(text="q", answer="a", clip="f", choices="o"))
    [question] = source.questions()
    assert (question.choices, question.answer) == (options, "cello")


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
    named = columns(text="q", answer_index="n", choices="o", clip="f")
    source.rows([{**QUIZ, "n": place}], columns=named)
    assert [question.answer for question in source.questions()] == ["cello"]


@pytest.mark.parametrize("place", [3, -1, 0.5, True, "B", float("nan")])
def test_a_number_of_no_option_is_told(source, place: Any):
    named = columns(text="q", answer_index="n", choices="o", clip="f")
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
    source.rows([{"q": "Key?", **row}], columns=columns(text="q", **named))
    [question] = source.questions()
    assert question.clip is not None
    assert (question.clip.path, question.clip.start) == ("clips/a.wav", 0.1)
    assert question.clip.duration == pytest.approx(0.2)


def test_an_end_before_the_start_is_told(source):
    with pytest.raises(DataError, match="end: got 1, expected seconds behind the start 2"):
        source.rows([{"q": "Key?", "f": "a.wav", "s": 2, "e": 1}],
                    columns=columns(text="q", clip="f", start="s", end="e"))  # fmt: skip


def test_a_column_within_another_is_named_by_the_way_to_it(source):
    row = {"meta": {"q": "Which?", "a": {"0": "B"}}, "o.x": ["viola", "cello"]}
    source.rows([row], columns=columns(text="meta.q", answer="meta.a.0", choices="o.x"))
    [question] = source.questions()
    assert (question.text.split("\n")[0], question.answer) == ("Which?", "cello")
    with pytest.raises(DataError, match=r"expected one of meta, meta\.q, meta\.a, "):
        source.rows([row], columns=columns(text="meta.w"))


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
        source.folder / "train.parquet", columns=columns(clip="audio", answer="genre"),
        text="Which genre?",
    )  # fmt: skip
    assert [question.answer for question in source.questions()] == ["jazz", "blues"]
    assert [one.why for one in found.left] == ["repeated"]  # the same sound, asked the same
    paths = [question.clip.path for question in source.questions()]
    assert [Path(path).suffix for path in paths] == [".wav", ".flac"]
    assert (source.out / paths[1]).read_bytes() == recordings[1]


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
        source.load(file, columns=columns(answer="lable"), text="Which?")
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
        ({"form": "choices", "columns": {"text": ("q",)}}, "knows its columns"),
        ({"columns": {"answer": ("a",)}}, "no column holds the question"),
        ({"clips": Path("/none/such")}, "expected a folder"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(source, settings: dict[str, Any], said: str):
    with pytest.raises(ConfigError, match=said):
        source.rows([MMAU], **settings)
    assert not source.out.exists()


@pytest.mark.parametrize(
    "given",
    ["text", "=a", "text=", "answr=x", "facts.kee=k", "answer_index=n",
     "answer=a answer_index=n choices=o", "duration=d end=e"],
)  # fmt: skip
def test_a_column_is_named_as_field_and_column(given: str):
    with pytest.raises(ConfigError, match="--column"):
        read_columns(given.split())


@pytest.mark.parametrize("indent", [None, 1])
def test_the_one_list_of_an_object_holds_the_rows(source, indent: int | None):
    wrapped = json.dumps({"version": 1, "tags": ["x"], "data": [MMAU]}, indent=indent)
    assert source.load(source.write("rows.json", wrapped)).form == "choices"
    assert len(source.questions()) == 1
    alone = source.write("alone.jsonl", json.dumps(talk("Key?", "D major")))
    assert source.load(alone, source.out / "alone").form == "conversations"  # turns are no rows


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_are_parted_as_the_names_are(source, sign: str):
    table = source.write("t.csv", f"q{sign}a\nWhich?{sign}D major\n")
    source.load(table, columns=columns(text="q", answer="a"))
    assert [question.answer for question in source.questions()] == ["D major"]


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
    named = columns(text="q", answer="a", clip="f")
    load(
        source.folder / name, source.out, Settings(clips=source.folder, columns=named),
        lambda *at: told.append(at),
    )  # fmt: skip
    total = 71 if name.endswith(".csv") else 70
    reading = [(done, of) for stage, done, of in told if stage == "reading"]
    assert reading == [(done, total) for done in range(70)] + [(total, total)]
