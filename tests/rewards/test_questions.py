"""Questions files: round trip, and what is refused with file, line and field."""

from __future__ import annotations

import json
import math
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards import Clip, Facts, Question, get, parse, read_questions, resolve_clip, write_questions
from rewards.errors import DataError, StorageError
from rewards.facts import ALIASES, facts_from_json
from rewards.questions import question_from_json, question_to_json

FULL = Question(
    id="waltz-7", text="Which key? (A) D minor (B) F major", kind="qa", facet="key",
    clip=Clip("waltz.wav", sha256="ab" * 32, start=2.5, duration=8.0),
    choices=("D minor", "F major"), answer="D minor", source="a waltz",
    facts=Facts(
        key="D minor", mode="D aeolian", key_signature=-1, tempo=138.0, meter="3/4", chord="D:min",
        chord_metric="majmin_inv", progression=("D:min", "A:7"), chords=((0.0, 1.5, "D:min"),),
        roman="i", cadence="PAC", interval="P5", note="A", modulations=((4.0, "F major"),),
        segments=((0.0, 8.0, "A"),), beats=(0.4, 0.8), downbeats=(0.4,), instruments=("piano",),
        genre=("waltz",), mood=("wistful",), lyrics="la la", metadata={"Genre": "waltz"},
        spelling=False,
    ),
)  # fmt: skip


def test_a_question_survives_the_way_through_a_file(tmp_path):
    bare = Question(id="p", text="Ünïcode ♭?")
    write_questions(tmp_path / "q.jsonl", [FULL, bare])
    assert read_questions(tmp_path / "q.jsonl") == [FULL, bare]


def test_facts_given_as_lists_are_those_given_as_tuples():
    rows = Facts(instruments=["piano"], segments=[[0.0, 1.0, "A"]], chords=[(0.0, 1.0, "C:maj")])
    assert rows == Facts(
        instruments=("piano",), segments=((0.0, 1.0, "A"),), chords=((0.0, 1.0, "C:maj"),)
    )
    asked = Question("q", "What plays?", facet="instruments", facts=rows)
    verdict = get("theory")(asked, parse("<think>A piano.</think><answer>piano</answer>"))
    assert getattr(verdict, "value", 0) > 0.9


def test_a_short_row_is_enough():
    question = question_from_json({"id": "a", "text": "Key?", "clip": "a.wav"}, where="here")
    assert question == Question(id="a", text="Key?", clip=Clip("a.wav"))
    assert question_to_json(question) == {"id": "a", "text": "Key?", "clip": "a.wav"}


@pytest.mark.parametrize(
    ("written", "sharps"),
    [
        ("3 flats", -3),
        ("1 sharp", 1),
        (-5, -5),
        ("2#", 2),
        ("none", 0),
        ("no sharps or flats", 0),
        ("0 flats or sharps", 0),
    ],
)
def test_key_signature_may_be_said_in_words(written, sharps):
    row = {"id": "a", "text": "b", "facts": {"key_signature": written}}
    assert question_from_json(row, where="x").facts.key_signature == sharps


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("order", [list, reversed])
def test_a_fact_that_is_given_under_two_names_is_refused(order, alias):
    first, second = order([alias, ALIASES[alias]])
    problems: list[str] = []
    facts_from_json({first: [[1.0, "C major"]], second: [[2.0, "D major"]]}, problems)
    assert problems == [
        f"facts.{ALIASES[alias]}: given twice, as '{first}' and '{second}', expected one of them"
    ]
    empty: list[str] = []
    facts_from_json({first: [[1.0, "C major"]], second: None}, empty)
    assert not empty


WRONG = [
    ({"txet": "b"}, ["unknown field 'txet', did you mean 'text'?"]),
    ({"id": ""}, ["id: got '', expected a string that is not empty"]),
    ({"id": 7}, ["id: got 7"]),
    ({"text": None}, ["text: is missing"]),
    ({"facet": "kye"}, ["facet: got 'kye'", "did you mean 'key'?"]),
    ({"kind": []}, ["kind: got []"]),
    ({"choices": "A or B"}, ["choices: got 'A or B', expected a list of strings"]),
    ({"choices": ["A"]}, ["choices"]),
    ({"choices": ["A", " A "]}, ["at least two different options"]),
    ({"choices": ["A", 2]}, ["choices"]),
    ({"choices": ["A", "B"], "answer": "C"}, ["answer: got 'C'", "one of the choices"]),
    ({"answer": True}, ["answer: got True"]),
    ({"facts": []}, ["facts: got [], expected an object"]),
    ({"facts": {"meeter": "3/4"}}, ["facts: unknown field 'meeter', did you mean 'meter'?"]),
    ({"facts": {"tempo": "fast"}}, ["facts.tempo: got 'fast', expected a number"]),
    ({"facts": {"tempo": True}}, ["facts.tempo"]),
    ({"facts": {"tempo": 0}}, ["facts.tempo"]),
    ({"facts": {"tempo": math.nan}}, ["facts.tempo: got nan, expected a finite number"]),
    ({"facts": {"tempo": 10**400}}, ["facts.tempo"]),
    ({"facts": {"key": ""}}, ["facts.key"]),
    ({"facts": {"key_signature": 9}}, ["facts.key_signature"]),
    ({"facts": {"key_signature": "3"}}, ["facts.key_signature"]),
    ({"facts": {"key_signature": "3 sharps or flats"}}, ["facts.key_signature: got '3 sharps or"]),
    ({"facts": {"key_signature": "2 flats or sharps"}}, ["facts.key_signature: got '2 flats or"]),
    ({"facts": {"chord_metric": "majmim"}}, ["facts.chord_metric", "did you mean 'majmin'?"]),
    ({"facts": {"beats": [1.0, 0.5]}}, ["facts.beats"]),
    ({"facts": {"chords": [[0, 0, "C"]]}}, ["facts.chords"]),
    ({"facts": {"chords": [[0, 1]]}}, ["facts.chords"]),
    ({"facts": {"modulations": [[-1, "C major"]]}}, ["facts.modulations"]),
    ({"facts": {"metadata": {"Genre": 3}}}, ["facts.metadata"]),
    ({"facts": {"spelling": "yes"}}, ["facts.spelling"]),
    ({"clip": 3}, ["clip: got 3"]),
    ({"clip": {"start": 1}}, ["clip.path: is missing"]),
    (
        {"clip": {"path": "a.wav", "strat": 1}},
        ["clip: unknown field 'strat', did you mean 'start'?"],
    ),
    ({"clip": {"path": "a.wav", "start": -1}}, ["clip.start"]),
    ({"clip": {"path": "a.wav", "duration": 0}}, ["clip.duration"]),
    ({"clip": {"path": "a.wav", "sha256": "xyz"}}, ["clip.sha256"]),
    ({"id": "", "kind": 1, "facts": {"tempo": []}}, ["id:", "kind:", "facts.tempo:"]),
]


HALF = "half \ud83d"
"""No UTF-8 can hold it; JSON spells it."""


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("id", {"id": HALF}),
        ("text", {"text": HALF}),
        ("clip.path", {"clip": HALF}),
        *((name, {name: HALF}) for name in ("kind", "answer", "source", "topic")),
        ("choices", {"choices": ["a", HALF]}),
        *((f"facts.{name}", {"facts": {name: HALF}}) for name in ("key", "lyrics", "counterpoint")),
        ("facts.mood", {"facts": {"mood": ["wistful", HALF]}}),
        ("facts.segments", {"facts": {"segments": [[0, 1, HALF]]}}),
        ("facts.modulations", {"facts": {"modulations": [[0, HALF]]}}),
        ("facts.notes", {"facts": {"notes": [[0, 1, HALF]]}}),
        ("facts.counterpoint", {"facts": {"counterpoint": [[0, "C4", HALF]]}}),
        ("facts.counterpoint", {"facts": {"counterpoint": [[0, HALF, "bass"]]}}),
        ("facts.metadata", {"facts": {"metadata": {"Genre": HALF}}}),
        ("facts.metadata", {"facts": {"metadata": {HALF: "waltz"}}}),
    ],
)
def test_half_a_pair_of_surrogates_is_refused_where_it_stands(tmp_path, field, row):
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "b", **row}))
    with pytest.raises(DataError, match=r"text that UTF-8 can hold: .* U\+D83D") as caught:
        read_questions(path)
    message = str(caught.value)
    assert str(path) in message
    assert f"line 1: {field}: got" in message
    message.encode()


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_a_wrong_field_is_named(change, said):
    with pytest.raises(DataError) as caught:
        question_from_json({"id": "a", "text": "b", **change}, where="q.jsonl, line 4")
    for words in ["q.jsonl, line 4", *said]:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "b", "text": "x"', "is not JSON"),
        (b'\xff\xfe{"id": 1}', "is not UTF-8"),
        (b'{"id": "b", "text": "x", "facts": {"tempo": NaN}}', "NaN"),
        (b'{"id": "b", "text": "x", "facts": {"tempo": Infinity}}', "Infinity"),
        (b'{"id": "b", "id": "c", "text": "x"}', "given twice"),
        (b"[1, 2]", "expected an object"),
        (b"[" * 100_000, "cannot be decoded"),
        (b'{"id": "a", "text": "again"}', "first on line 1"),
        (b'{"id": "b", "text": "x", "clip": "../b.wav"}', "'..'"),
    ],
)
def test_a_wrong_line_names_file_and_line(tmp_path, line, said):
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'{"id": "a", "text": "fine"}\n\n' + line + b"\n")
    with pytest.raises(DataError) as caught:
        read_questions(path)
    message = str(caught.value)
    assert str(path) in message
    assert "line 3" in message
    assert said in message


def test_all_wrong_lines_are_reported_at_once_and_at_most_twenty_are_shown(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text("".join(f'{{"id": "q{n}"}}\n' for n in range(50)))
    with pytest.raises(DataError) as caught:
        read_questions(path)
    message = str(caught.value)
    assert "50 wrong lines" in message
    assert "and 30 more" in message
    assert message.count("\n") == 21


def test_a_missing_or_empty_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(DataError, match="no question"):
        read_questions(tmp_path / "empty.jsonl")


def test_a_byte_order_mark_is_no_error(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "text": "b"}\r\n')
    assert read_questions(path)[0].id == "a"


def test_writing_is_all_or_nothing(tmp_path, monkeypatch):
    path = tmp_path / "q.jsonl"
    write_questions(path, [Question("a", "old")])
    with pytest.raises(DataError, match="twice"):
        write_questions(path, [Question("a", "new"), Question("a", "new")])
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(StorageError, match="bytes"):
        write_questions(path, [Question("a", "new")])
    assert json.loads(path.read_text())["text"] == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["q.jsonl"]


@pytest.mark.parametrize(
    "path",
    ["../x.wav", "a/../../x.wav", "a\\..\\x.wav", "/etc/passwd", "a\0b", "file:///etc/passwd",
     "https://example.org/x.wav", "file:x.wav", "", "  ", ".", "link/x.wav", "inner.wav"],
)  # fmt: skip
def test_a_path_out_of_the_folder_is_refused(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "x.wav").write_text("outside")
    (root / "link").symlink_to(tmp_path)
    (root / "inner.wav").symlink_to(tmp_path / "x.wav")
    with pytest.raises(DataError):
        resolve_clip(Clip(path), root)


@pytest.mark.parametrize(
    "path", ["x.wav", "a/b/x.flac", "..x.wav", "a..b/x.wav", "~/x.wav", "é.wav"]
)
def test_a_path_in_the_folder_is_taken(tmp_path, path):
    assert resolve_clip(Clip(path), tmp_path) == tmp_path.resolve() / path
    assert resolve_clip(Clip(str(tmp_path / path)), tmp_path) == tmp_path.resolve() / path


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_whatever_a_path_is_it_stays_in_the_folder_or_is_refused(text):
    root = Path("/nowhere/root")
    try:
        target = resolve_clip(Clip(text), root)
    except DataError:
        return
    assert target.is_relative_to(root)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["id", "text", "clip", "kind", "facet", "choices", "answer", "facts", "source", "x"]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=6) | JSON)
def test_any_json_is_a_question_or_a_data_error(obj):
    try:
        question = question_from_json(obj, where="line 1")
    except DataError:
        return
    assert question_from_json(question_to_json(question), where="line 1") == question


def test_the_path_of_a_clip_that_many_questions_share_is_followed_once(tmp_path, monkeypatch):
    rows = [Question(f"q{i}", "Key?", Clip(f"{i % 3}.wav", start=i)) for i in range(30)]
    write_questions(tmp_path / "q.jsonl", rows)
    followed = []

    def follow(clip, root, **named):
        followed.append(clip.path)
        return resolve_clip(clip, root, **named)

    monkeypatch.setattr("rewards.questions.resolve_clip", follow)
    assert read_questions(tmp_path / "q.jsonl") == rows
    assert followed == ["0.wav", "1.wav", "2.wav"]


def test_a_shared_path_that_leads_out_is_named_at_each_of_its_lines(tmp_path):
    (tmp_path / "out").symlink_to("/")
    lines = [f'{{"id": "{i}", "text": "?", "clip": "out/{i % 2}.wav"}}\n' for i in range(4)]
    (tmp_path / "q.jsonl").write_text("".join(lines))
    with pytest.raises(DataError, match="4 wrong lines"):
        read_questions(tmp_path / "q.jsonl")


def test_lines_are_counted_with_the_last_that_lacks_its_end(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"id": "a", "text": "?"}\n\n{"id": "b", "text": "?"}')
    told = []
    questions = read_questions(tmp_path / "q.jsonl", lambda done, total: told.append((done, total)))
    assert (len(questions), told) == (2, [(1, 3), (2, 3), (3, 3)])


def test_a_file_of_questions_is_never_in_memory_as_a_whole(tmp_path):
    """Nor is what is written: of each some lines."""
    rows = [Question(str(i), "?" * 10_000) for i in range(400)]
    tracemalloc.start()
    try:
        write_questions(tmp_path / "q.jsonl", iter(rows))
        assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
        tracemalloc.reset_peak()
        read = read_questions(tmp_path / "q.jsonl")
        held, peak = tracemalloc.get_traced_memory()
        assert peak - held < 2**20
    finally:
        tracemalloc.stop()
    assert read == rows
