"""`etude bench`: the official value beside Etude's, and where the two differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import build
from rewards import registry
from rewards.records import Verdict

ROW = {
    "id": "a", "question": "Who?", "choices": ["Man", "Woman"], "answer": "Man", "task": "music",
    "difficulty": "easy", "model_output": "Man",
}  # fmt: skip
DIFFERS = {**ROW, "id": "b", "model_output": "A man, not a woman."}
ASKED = {"id": "q", "text": "Who?", "choices": ["Man", "Woman"], "answer": "Man"}


def bench(name: str, file: Path, *more: str):
    return CliRunner().invoke(build(), ["bench", name, "--predictions", str(file), *more])


def test_both_values_stand_beside_each_other_by_group(stored):
    done = bench("mmau", stored(ROW, DIFFERS, {**ROW, "id": "c", "model_output": "!"}))
    assert done.exit_code == 0
    first, second, *rows, last_but_one, last = done.stdout.splitlines()
    assert first == "MMAU, scored as evaluation.py of Sakshi113/MMAU at 110127f"
    assert second == "the script is given model_output of 3"
    assert [row.split() for row in rows] == [
        ["n", "official", "accuracy"],
        ["task:", "music", "3", "33.33%", "66.67%"],
        ["difficulty:", "easy", "3", "33.33%", "66.67%"],
        ["overall", "3", "33.33%", "66.67%"],
    ]
    assert last_but_one == "in 1 of 3 predictions the script finds no answer"
    assert last == (
        "accuracy differs on 1 of the 3 that it judges, 0 below and 1 above "
        "(--show N lists them, -o FILE writes all)"
    )
    assert done.stderr == ""


def test_the_rows_on_which_they_differ_are_listed_on_demand(stored):
    file = stored(ROW, DIFFERS, {**DIFFERS, "id": "c"})
    done = bench("mmau", file, "--show", "1")
    assert done.stdout.splitlines()[-4:-1] == [
        "b: A man, not a woman.",
        "  gold      Man",
        "  official  0  has 'woman' of another choice",
    ]
    assert done.stdout.splitlines()[-1].startswith("  accuracy  1  'Man' is right")
    assert "c: A man" in bench("mmau", file, "--show", "9").stdout


def test_the_output_file_has_a_line_for_each_prediction(stored, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    bench("mmau", stored(ROW, DIFFERS), "-o", str(out))
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["id"], one["official"], one["ours"], one["agree"]) for one in lines] == [
        ("a", 1.0, 1.0, True), ("b", 0.0, 1.0, False)
    ]  # fmt: skip
    assert all(one["why"] and one["why_ours"] for one in lines)


def test_a_malformed_row_is_named_left_out_and_makes_the_status_one(stored):
    done = bench("mmau", stored(ROW, "{broken", {**ROW, "task": "noise"}))
    assert done.exit_code == 1
    assert "row 2: is not JSON" in done.stderr
    assert "row 3: task: got 'noise', expected one of sound, music, speech" in done.stderr
    assert done.stderr.endswith("2 malformed and left out\n")
    assert ["overall", "1", "100.00%", "100.00%"] in map(str.split, done.stdout.splitlines())


def test_rows_without_a_prediction_are_told_and_are_no_fault(stored):
    bare = {key: value for key, value in ROW.items() if key != "model_output"}
    done = bench("mmau", stored(ROW, bare))
    assert done.exit_code == 0
    assert done.stderr == (
        "1 row without model_output, left out as the official script leaves them out\n"
    )


def test_answers_of_etude_eval_are_scored_and_what_the_script_is_given_is_said(stored):
    done = bench(
        "muchomusic",
        stored(
            {"question": ASKED, "completion": "<answer>A</answer>", "correct": True},
            {"question": ASKED, "completion": "B", "correct": False},
        ),
    )
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1] == (
        "the script is given the text of <answer> of 1, the whole completion of 1, without such a "
        "block"
    )
    assert [line.split() for line in done.stdout.splitlines()[3:6]] == [
        ["topic:", "qa", "2", "50.00%", "50.00%"],
        ["overall", "2", "50.00%", "50.00%"],
        ["IFR", "2", "100.00%"],
    ]
    assert done.stdout.splitlines()[-1] == "accuracy differs on 0 of the 2 that it judges"


def test_a_key_is_held_against_the_reward_for_keys(stored):
    row = {"question": "Key?", "response": "G major", "correct_answer": "C major"}
    done = bench("cmi-key", stored(row, {**row, "response": "The key is C# minor"}))
    assert done.stdout.splitlines()[2].split() == ["n", "official", "key"]
    assert done.stdout.splitlines()[3].split() == ["overall", "2", "25.00%", "25.00%"]


def test_a_reward_that_fails_makes_the_status_one(stored, monkeypatch):
    def boom(question: object, response: object) -> Verdict:
        raise ZeroDivisionError("nothing by nothing")

    registry.get("accuracy")
    rewards = {**registry._REWARDS, "accuracy": registry.Reward.of("accuracy", boom)}
    monkeypatch.setattr(registry, "_REWARDS", rewards)
    done = bench("mmau", stored(ROW))
    assert done.exit_code == 1
    assert "reward 'accuracy' failed on 1, first: a: " in done.stderr
    assert "100.00%         -" in done.stdout


def test_what_a_model_wrote_is_shown_and_not_obeyed(stored):
    done = bench("mmau", stored({**DIFFERS, "model_output": "man\n\x1b[2K woman"}), "--show", "1")
    assert "\x1b" not in done.stdout
    done = bench("mmau", stored({**DIFFERS, "sub-category": "\x1b[2J[red]x"}))
    assert "\x1b" not in done.stdout
    assert "[red]x" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mmao", "[]", "benchmark: got 'mmao', did you mean 'mmau'?"),
        ("mmau", "[]", "got no row, expected a JSON list or one object a line"),
        ("mmau", "[1,", "is not JSON"),
        ("mmau", '{"id": "a"}', "got no row with model_output"),
    ],
)
def test_what_cannot_be_scored_is_one_sentence(name, content, told, tmp_path: Path):
    file = tmp_path / "p.json"
    file.write_text(content)
    done = bench(name, file)
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_predictions_are_not_overwritten(stored):
    file = stored(ROW)
    done = bench("mmau", file, "-o", str(file))
    assert done.exit_code == 1
    assert "got the input as the output" in done.stderr


def test_a_file_past_the_bound_is_refused(stored, monkeypatch):
    monkeypatch.setattr("experiments.commands.bench.MAX_BYTES", 100)
    done = bench("mmau", stored(ROW))
    assert done.exit_code == 1
    assert "got more than 100 bytes" in done.stderr
