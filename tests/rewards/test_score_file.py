"""The engine of ``etude score``: one line in, one line out, in order."""

from __future__ import annotations

import json

import pytest

from rewards import Rubric, reward
from rewards.errors import DataError
from rewards.score_file import score_file, score_line
from rewards.score_lines import score_to_json

ASKED = {"text": "Which key?", "choices": ["C major", "A minor"], "answer": "A minor"}


def row(**changes):
    line = {"id": "r1", "question": ASKED, "completion": "<think>a b c</think><answer>B</answer>"}
    return json.dumps({**line, **changes})


def run(lines, names=("accuracy", "format")):
    written: list[str] = []
    counts = score_file(lines, written.append, Rubric.of(names))
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in written)
    return [json.loads(line) for line in written], counts


def test_a_line_out_has_the_promised_shape():
    (out,), counts = run([row()])
    assert list(out) == ["id", "total", "parts"]
    assert (out["id"], out["total"], counts.scored) == ("r1", 1.0, 1)
    assert list(out["parts"]) == ["accuracy", "format"]
    part = out["parts"]["accuracy"]
    assert list(part) == ["value", "status", "why", "details"]
    assert (part["value"], part["status"], part["details"]) == (
        1.0,
        "scored",
        {"choice": "A minor"},
    )
    assert list(out["parts"]["format"]) == ["value", "status", "why"]


def test_total_is_the_mean_of_the_scored_parts_and_null_without_any():
    (out,), _ = run([row(completion="<answer>B</answer>")])
    assert out["total"] == 0.5
    (out,), _ = run([row()], names=("key",))
    assert out["total"] is None
    assert out["parts"]["key"]["value"] is None
    assert out["parts"]["key"]["status"] == "not_applicable"


def test_order_is_kept_and_blank_lines_are_skipped():
    out, counts = run([row(id="z"), "\n", row(id="a").encode(), "", row(id="m") + "\r\n"])
    assert [line["id"] for line in out] == ["z", "a", "m"]
    assert not counts.malformed


def test_the_outer_id_fills_a_missing_one_and_other_keys_are_left_alone():
    line = {"question": {**ASKED, "id": "inner"}, "completion": "", "extra": 1}
    (out,), _ = run([json.dumps(line)])
    assert out["id"] == "inner"
    (out,), _ = run([row(id=12)])
    assert out["id"] == 12


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "expected an object"),
        (b"\xff", "is not UTF-8"),
        (row(completion=None), "completion"),
        (row(question="Which key?"), "question"),
        (row(question={"answer": "x"}), "text: is missing"),
        (row(question={**ASKED, "chioces": []}), "did you mean 'choices'?"),
        (row(question={**ASKED, "answer": "E minor"}), "answer"),
        ('{"id": "a", "question": {"text": "b"}, "completoin": "c"}', "did you mean 'completoin'?"),
        ('{"id": "a", "completion": "c"}', "question: is missing"),
        (row(id=None), "id"),
        (row(id=[]), "id"),
        (row(id=True), "id: got True, expected a string"),
        (row(id=""), "id: got '', expected"),
        ('{"question": "Which key?", "completion": "c"}', "id: got null, expected a string"),
    ],
)
def test_a_malformed_line_is_left_out_and_reported_with_its_number(line, said):
    out, counts = run([row(id="first"), line, row(id="last")])
    assert [part["id"] for part in out] == ["first", "last"]
    ((number, message),) = counts.malformed
    assert number == 2
    assert message.startswith("line 2: ")
    assert said in message


def test_errors_are_counted_and_are_no_malformed_lines(own_registry):
    @reward("broken")
    def broken(question, response):
        raise ValueError("a bug")

    out, counts = run([row(), row()], names=("accuracy", "broken"))
    assert [line["parts"]["broken"]["status"] for line in out] == ["error", "error"]
    assert [line["total"] for line in out] == [None, None]
    assert {name: found.failed for name, found in counts.failing.items()} == {"broken": 2}
    assert counts.failing["broken"].first.startswith("line 1: ")
    assert not counts.malformed


def test_lone_surrogates_and_controls_come_through():
    (out,), _ = run(
        ['{"id": "\\ud800", "question": {"text": "t", "answer": "x"}, "completion": "\\udfff"}']
    )
    assert out["id"] == "\ud800"


def test_memory_does_not_grow_with_the_file():
    seen = 0

    def lines():
        nonlocal seen
        for _ in range(50):
            seen += 1
            yield row()

    def write(_line):
        written.append(seen)

    written: list[int] = []
    score_file(lines(), write, Rubric.of(["accuracy"]))
    assert written == list(range(1, 51))


def asked(n, question, answer):
    completion = f"<think>a b c</think><answer>{answer}</answer>"
    return row(id=f"r{n}", question={**ASKED, "id": question}, completion=completion)


def test_a_reward_over_the_group_sees_the_lines_of_a_question_that_follow_each_other():
    lines = [asked(0, "p", "A"), asked(1, "p", "A"), asked(2, "q", "A"), asked(3, "s", "C major"),
             asked(4, "s", "A minor"), asked(5, "s", "A minor")]  # fmt: skip
    out, counts = run(lines, names=("diversity",))
    assert [line["id"] for line in out] == [f"r{n}" for n in range(6)]
    values = [line["parts"]["diversity"]["value"] for line in out]
    assert values[:3] == [0.0, 0.0, None]
    assert 0 < values[4] == values[5] < values[3] < 1
    assert not counts.malformed


def test_a_question_that_was_left_behind_is_a_malformed_line_where_siblings_count():
    lines = [asked(0, "p", "A"), asked(1, "q", "A"), asked(2, "p", "A"), asked(3, "q", "B")]
    out, counts = run(lines, names=("diversity",))
    assert [line["id"] for line in out] == ["r0", "r1", "r3"]
    ((number, message),) = counts.malformed
    assert number == 3
    assert "question: got 'Which key?', whose other completions were scored before" in message
    out, counts = run(lines)
    assert [line["id"] for line in out] == ["r0", "r1", "r2", "r3"]


def test_equal_questions_without_an_id_are_one_wherever_the_lines_have_ids_of_their_own():
    lines = [row(id=f"q1-{n}") for n in range(3)]
    out, counts = run(lines, names=("diversity",))
    assert [line["id"] for line in out] == ["q1-0", "q1-1", "q1-2"]
    assert [line["parts"]["diversity"]["value"] for line in out] == [0.0] * 3
    assert counts.siblings == 3
    same = [row(question={"kind": "qa", **ASKED}), row(question={**ASKED, "facts": {}})]
    assert run(same, names=("diversity",))[1].siblings == 2
    other = [
        row(),
        row(question={**ASKED, "answer": "C major"}),
        row(question={**ASKED, "id": "x"}),
    ]
    counts = run(other, names=("diversity",))[1]
    assert (counts.scored, counts.siblings, counts.malformed) == (3, 0, [])


def test_of_many_kinds_a_few_are_kept_and_each_that_a_part_is_for():
    lines = [row(question={"text": "?", "kind": f"kind {n}"}) for n in range(200)]
    parts = {"format": {"when": {"kind": ["kind 150"]}}, "diversity": {}}
    for more in ({}, {"facet": "key"}):
        parts["accuracy"] = {"when": more} if more else {}
        kinds = score_file(lines, lambda _: None, Rubric.from_config({"parts": parts})).kinds
        assert {"kind 0", "kind 31", "kind 150"} <= kinds
        assert len(kinds) == 33


@pytest.mark.parametrize("names", [("accuracy", "format"), ("diversity", "format")])
def test_a_line_alone_earns_what_it_earns_in_its_file(names):
    lines = [
        asked(0, "p", "A"), asked(1, "p", "B"), "", "{", asked(2, "q", "A"), asked(8, "q", "A"),
        asked(3, "s", "C major"), "{", asked(4, "s", "A minor"), asked(5, "t", "B"),
    ]  # fmt: skip
    out, _ = run(lines, names=names)
    numbers = [n for n, line in enumerate(lines, start=1) if len(line) > 1]
    for number, wanted in zip(numbers, out, strict=True):
        line, score = score_line(iter(lines), number, Rubric.of(names))
        assert json.loads(json.dumps(score_to_json(line.shown_id, score))) == wanted


def test_no_more_of_a_file_is_read_than_a_line_needs():
    lines = iter([asked(0, "p", "A"), "{", asked(1, "p", "A"), asked(2, "q", "A"), "{"])
    assert score_line(lines, 1, Rubric.of(["diversity"]))[1].parts["diversity"].value == 0
    assert [*lines] == ["{"]


@pytest.mark.parametrize(
    ("number", "message"),
    [(2, "line 2: got a blank line"), (3, "line 3: is not JSON"), (4, "got a file of 3 lines")],
)
def test_a_line_that_holds_no_completion_is_said_so(number, message):
    with pytest.raises(DataError, match=message):
        score_line([row(), " ", "{"], number, Rubric.of(["format"]))


def test_one_id_for_two_questions_is_a_malformed_line_where_siblings_count():
    lines = [asked(0, "p", "A"), row(question={"id": "p", "text": "Which meter?"})]
    both = [*lines, asked(2, "p", "A")]
    assert score_line(both, 3, Rubric.of(["diversity"]))[1].total == 0, "beside the first"
    with pytest.raises(DataError, match=r"line 2: question\.id: got 'p', the id of another"):
        score_line(both, 2, Rubric.of(["diversity"]))
    out, counts = run(lines, names=("diversity",))
    assert len(out) == 1
    assert "line 2: question.id: got 'p', the id of another question" in counts.malformed[0][1]
    assert not run(lines, names=("format",))[1].malformed


def test_a_reward_in_a_file_is_called_for_many_lines_at_once(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def short(answer):\n    return float(len(answer) < 2)\n")
    written: list[str] = []
    lines = [asked(n, f"q{n}", "A" * (1 + n % 2)) for n in range(600)]
    with Rubric.from_config({"parts": {"short": {"reward": f"{file}:short"}}}) as rubric:
        sizes = []
        judge = rubric.parts[0].judge.judge  # type: ignore[union-attr]
        rubric.parts[0].judge.judge = lambda rows: (  # type: ignore[union-attr]
            sizes.append(len(rows)) or judge(rows)
        )
        counts = score_file(lines, written.append, rubric)
    assert sizes == [256, 256, 88]
    assert counts.scored == 600
    assert [json.loads(line)["total"] for line in written] == [1.0, 0.0] * 300


def test_lines_that_were_not_run_are_told_apart_from_those_that_failed(tmp_path, monkeypatch):
    monkeypatch.setattr("rewards.isolation.isolated.LOST_SECONDS", 0.0)
    file = tmp_path / "mine.py"
    file.write_text("import time\ndef hangs(answer):\n    time.sleep(60 * (answer == 'A'))\n")
    part = {"reward": f"{file}:hangs", "deadline": 0.4}
    lines = [asked(n, f"q{n}", "B" if n == 0 else "A") for n in range(9)]
    with Rubric.from_config({"parts": {"hangs": part}}) as rubric:
        counts = score_file(lines, lambda _: None, rubric)
    hangs = counts.failing["hangs"]
    assert hangs.failed + hangs.unrun == 8
    assert 5 <= hangs.unrun <= 7
    assert hangs.first.startswith("line 2: no answer within 0.4 s")
    assert hangs.first_unrun.startswith("not run, for ")
