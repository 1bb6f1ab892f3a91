"""`etude score`: stored completions judged line by line, and nothing of them lost."""

from __future__ import annotations

import itertools
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import build
from rewards import registry
from rewards.records import Verdict

HOME = Path(__file__).resolve().parents[2]
GOOD = {
    "question": {"text": "2 + 2?", "answer": "4"},
    "completion": "<think>Two and two make four.</think><answer>4</answer>",
}


def etude(*arguments: str):
    return CliRunner().invoke(build(), list(arguments))


@pytest.fixture
def boom() -> Iterator[None]:
    """A registered reward with a bug."""

    @registry.reward("boom")
    def boom(question: object, response: object) -> Verdict:
        raise ZeroDivisionError("nothing by nothing")

    yield
    del registry._REWARDS["boom"]


def test_scores_come_in_the_order_of_the_lines(stored):
    done = etude("score", str(stored(*({"id": name, **GOOD} for name in "cab"))))
    assert done.exit_code == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["c", "a", "b"]
    assert set(rows[0]) == {"id", "total", "parts"}
    assert set(rows[0]["parts"]) == {"format", "accuracy"}
    assert rows[0]["total"] == 1.0


def test_a_malformed_line_is_named_and_left_out(stored):
    done = etude(
        "score", str(stored({"id": "a", **GOOD}, "{broken", {"id": "c"}, {"id": "d", **GOOD}))
    )
    assert done.exit_code == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "d"]
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr
    assert "2 left out, 2 scored" in done.stderr


@pytest.mark.parametrize("text", ["", "\n  \n\n"])
def test_a_file_without_a_line_is_told_and_leaves_the_old_output(tmp_path: Path, text: str):
    file, out = tmp_path / "blank.jsonl", tmp_path / "scores.jsonl"
    file.write_text(text)
    out.write_text("old")
    done = etude("score", str(file), "-o", str(out))
    assert done.exit_code == 1
    assert "blank.jsonl: holds no completion; expected one JSON object a line" in done.stderr
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blank.jsonl", "scores.jsonl"]


def test_a_reward_that_fails_is_counted_takes_the_total_and_makes_the_status_one(stored, boom):
    file = stored({"id": "a", **GOOD}, {"id": "b", **GOOD})
    done = etude("score", str(file), "--rewards", "format, boom")
    assert done.exit_code == 1
    assert "reward 'boom' failed 2 times, first: line 1" in done.stderr
    assert "there is no total" in done.stderr
    assert len(done.stdout.splitlines()) == 2
    row = json.loads(done.stdout.splitlines()[0])
    assert row["parts"]["boom"]["status"] == "error"
    assert row["parts"]["boom"]["value"] is None
    assert row["parts"]["format"]["value"] == 1.0
    assert row["total"] is None


def test_completions_that_were_not_run_are_told_with_the_reason(stored, tmp_path, monkeypatch):
    monkeypatch.setattr("rewards.isolation.isolated.LOST_SECONDS", 0.0)
    mine = tmp_path / "mine.py"
    mine.write_text("import time\ndef hangs(answer):\n    time.sleep(60)\n")
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text(f'parts: {{hangs: {{reward: "{mine}:hangs", deadline: 0.3}}}}')
    done = etude("score", str(stored(*[{"id": "a", **GOOD}] * 9)), "--rubric", str(rubric))
    failed, unrun = re.search(r"failed (\w+)", done.stderr), re.search(r"on (\d) more", done.stderr)
    assert failed is not None
    assert unrun is not None
    assert {"once": 1, "2": 2, "3": 3}[failed[1]] + int(unrun[1]) == 9
    assert "more it was not run, for " in done.stderr
    assert "before it hung or died and cost " in done.stderr


def test_the_output_file_appears_whole(stored, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    done = etude("score", str(stored({"id": "a", **GOOD})), "-o", str(out))
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(out.read_text())["id"] == "a"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "stored.jsonl"]


def test_an_interrupted_scoring_keeps_its_lines_beside_the_old_output(
    stored, tmp_path: Path, monkeypatch
):
    import rewards.score_file

    def stopped(lines: object, write, rubric: object) -> None:
        write("one\n")
        write("two\n")
        write("half a ")
        raise KeyboardInterrupt

    monkeypatch.setattr(rewards.score_file, "score_file", stopped)
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    file = stored({"id": "a", **GOOD})
    done = etude("score", str(file), "-o", str(out))
    assert done.exit_code == 130
    assert f"etude: stopped after 2 lines, which are kept in {out}.part\n" in done.stderr
    assert out.read_text() == "old"
    assert Path(f"{out}.part").read_text() == "one\ntwo\n"
    names = ["out.jsonl", "out.jsonl.part", "stored.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    again = etude("score", f"{out}.part", "-o", str(out))
    assert (again.exit_code, "got the input as the output" in again.stderr) == (1, True)


def test_an_interrupted_scoring_without_a_line_leaves_nothing(stored, tmp_path: Path, monkeypatch):
    import rewards.score_file

    def stopped(lines: object, write, rubric: object) -> None:
        write("half a ")
        raise KeyboardInterrupt

    monkeypatch.setattr(rewards.score_file, "score_file", stopped)
    out = tmp_path / "out.jsonl"
    done = etude("score", str(stored({"id": "a", **GOOD})), "-o", str(out))
    assert (done.exit_code, done.stderr) == (130, "\netude: stopped\n")
    assert [path.name for path in tmp_path.iterdir()] == ["stored.jsonl"]


def test_each_part_is_summed_up_on_standard_error(stored, tmp_path: Path):
    wrong = {**GOOD, "completion": "<answer>4</answer>"}
    file = str(stored({"id": "a", **GOOD}, {"id": "b", **wrong}))
    table = [
        "part      scored   mean", "format         2  0.500", "accuracy       2  1.000",
        "key            0      -", "total          2  0.750",
    ]  # fmt: skip
    done = etude("score", file, "--rewards", "format,accuracy,key")
    assert done.stderr.splitlines() == table
    assert len(done.stdout.splitlines()) == 2
    done = etude("score", file, "--rewards", "format,accuracy,key", "-o", str(tmp_path / "out"))
    assert (done.stdout, done.stderr.splitlines()) == ("", table)


def test_a_full_disk_is_one_sentence_and_leaves_the_old_output(stored, tmp_path, monkeypatch):
    import rewards.score_file

    def full(lines: object, write: object, rubric: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rewards.score_file, "score_file", full)
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    done = etude("score", str(stored({"id": "a", **GOOD})), "-o", str(out))
    assert done.exit_code == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text() == "old"


def test_a_rubric_file_weighs_its_parts(stored, tmp_path: Path):
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text("parts: {format: {weight: 1}, accuracy: {weight: 3}}")
    wrong = {**GOOD, "completion": "<think>Two and two make four.</think><answer>5</answer>"}
    done = etude("score", str(stored({"id": "a", **wrong})), "--rubric", str(rubric))
    assert json.loads(done.stdout)["total"] == pytest.approx(0.25)


def test_the_rubric_of_a_runs_configuration_is_its_section(stored, tmp_path: Path):
    config = tmp_path / "config.yaml"
    config.write_text("seed: 1\nrubric: {parts: {format: {weight: 1}, accuracy: {weight: 3}}}")
    wrong = {**GOOD, "completion": "<think>Two and two make four.</think><answer>5</answer>"}
    done = etude("score", str(stored({"id": "a", **wrong})), "--rubric", str(config))
    assert json.loads(done.stdout)["total"] == pytest.approx(0.25)


def test_a_schedule_counts_with_its_end_and_default_is_the_default_rubric(stored, tmp_path: Path):
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text("parts: {format: {weight: {0: 9, 100: 1}}, accuracy: {weight: 3}}")
    wrong = {**GOOD, "completion": "<think>Two and two make four.</think><answer>5</answer>"}
    done = etude("score", str(stored({"id": "a", **wrong})), "--rubric", str(rubric))
    assert json.loads(done.stdout)["total"] == pytest.approx(0.25)
    done = etude("score", str(stored({"id": "a", **GOOD})), "--rubric", "default")
    assert list(json.loads(done.stdout)["parts"]) == ["format", "answer", "theory", "consistency"]


def test_a_schedule_counts_as_it_stands_at_a_step_that_is_given(stored, tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.yaml").write_text(
        "seed: 1\nrubric: {parts: {format: {weight: {0: 9, 100: 1}}, accuracy: {weight: 3}}}"
    )
    wrong = {**GOOD, "completion": "<think>Two and two make four.</think><answer>5</answer>"}
    file = str(stored({"id": "a", **wrong}))
    for step, total in (("0", 0.75), ("50", 0.625), ("100", 0.25)):
        done = etude("score", file, "--rubric", str(tmp_path / "run"), "--step", step)
        assert json.loads(done.stdout)["total"] == pytest.approx(total), step


def test_a_reward_in_a_file_is_named_where_it_stands(stored, tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text("def short(answer):\n    return float(len(answer) < 9)\n")
    done = etude("score", str(stored({"id": "a", **GOOD})), "--rewards", f"{file}:short")
    assert json.loads(done.stdout)["total"] == 1.0


def test_a_reward_over_groups_that_met_no_siblings_is_told(stored):
    lone = etude("score", str(stored({"id": "a", **GOOD})), "--rewards", "format,diversity")
    assert lone.exit_code == 0
    assert "'diversity' had nothing to compare: got one completion of each" in lone.stderr
    two = stored({"id": "a", **GOOD}, {"id": "b", **GOOD})
    for file, names in (two, "format,diversity"), (two, "format"):
        assert "compare" not in etude("score", str(file), "--rewards", names).stderr


def test_a_part_for_a_kind_that_no_line_has_is_told(stored, tmp_path: Path):
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text("parts: {format: {}, accuracy: {when: {kind: [hymnn, caption]}}}")
    done = etude("score", str(stored({"id": "a", **GOOD})), "--rubric", str(rubric))
    assert "parts.accuracy.when.kind: no question is of kind 'hymnn'" in done.stderr
    many = [{"id": str(n), **GOOD, "question": {"text": "?", "kind": f"k{n}"}} for n in range(50)]
    hymn = {"id": "h", **GOOD, "question": {"text": "?", "kind": "hymnn"}}
    done = etude("score", str(stored(*many, hymn)), "--rubric", str(rubric))
    assert (done.exit_code, "hymnn" in done.stderr) == (0, False)


def test_a_line_is_shown_claim_by_claim(stored):
    thought = "<think>Two sharps, so D major. No, it ends on B.</think><answer>B minor</answer>"
    asked = {"text": "Which key?", "facet": "key", "answer": "D major", "facts": {"key": "D major"}}
    file = str(stored({"id": "a", **GOOD}, {"id": "b", "question": asked, "completion": thought}))
    done = etude("score", file, "--rubric", "default", "--line", "2")
    assert done.exit_code == 0
    assert re.search(r"gold answer +D major", done.stdout)
    assert re.search(r"answer +0\.300 +0\.6 +B minor is the relative minor", done.stdout)
    assert re.search(r"key signature 2 +7-17 +\S+ +true +Two sharps", done.stdout)
    assert "advantage" not in done.stdout
    assert "2 + 2" not in done.stdout


def test_a_line_whose_reward_fails_makes_the_status_one(stored, boom):
    done = etude("score", str(stored({"id": "a", **GOOD})), "--rewards", "boom", "--line", "1")
    assert done.exit_code == 1
    assert "nothing by nothing" in done.stdout


def test_a_line_is_shown_and_not_written(stored, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    done = etude("score", str(stored({"id": "a", **GOOD})), "--line", "1", "-o", str(out))
    assert (done.exit_code, out.exists()) == (2, False)


def test_a_rubric_of_another_folder_tells_where_its_rewards_file_lies(
    stored, tmp_path: Path, monkeypatch
):
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "one.py").write_text("def x(answer):\n    return 1.0\n")
    (tmp_path / "rubrics" / "mine.yaml").write_text('parts: {x: {reward: "one.py:x"}}')
    monkeypatch.chdir(tmp_path)
    done = etude("score", str(stored({"id": "a", **GOOD})), "--rubric", "rubrics/mine.yaml")
    assert done.exit_code == 1
    assert "it lies beside the rubric: write rubrics/one.py:x, or run" in done.stderr


def test_what_cannot_be_scored_is_one_sentence(stored, tmp_path: Path):
    file = str(stored({"id": "a", **GOOD}))
    (tmp_path / "bad.yaml").write_text("parts: {acuracy: {}}")
    for arguments, expected in (
        (("score", file, "--rewards", "acuracy"), "did you mean 'accuracy'?"),
        (("score", file, "--rewards", ""), "unknown reward"),
        (("score", file, "--rubric", str(tmp_path / "bad.yaml")), "did you mean 'accuracy'?"),
        (("score", file, "--rubric", str(tmp_path / "none.yaml")), "no such file"),
        (("score", str(tmp_path / "none.jsonl")), "got nothing at this path"),
        (("score", str(tmp_path)), "got a folder"),
        (("score", file, "-o", file), "another file"),
        (("score", file, "-o", str(tmp_path)), "got a folder"),
        (("score", file, "-o", str(tmp_path / "no" / "out")), "a place in no folder"),
    ):
        done = etude(*arguments)
        assert done.exit_code == 1, arguments
        assert done.stderr.startswith("etude: "), arguments
        assert expected in done.stderr
        assert done.stdout == ""


def test_how_far_it_is_is_shown_where_it_takes_long(stored, tmp_path, monkeypatch):
    seconds = itertools.count(step=5.0)
    monkeypatch.setattr("experiments.screen.time.monotonic", lambda: next(seconds))
    file = stored(*({"id": str(i), **GOOD} for i in range(5)))
    done = etude("score", str(file), "-o", str(tmp_path / "out.jsonl"))
    assert done.exit_code == 0
    said = [line for line in done.stderr.splitlines() if line.startswith("scoring")]
    assert re.fullmatch(r"scoring +1/5", said[0])
    assert re.fullmatch(r"scoring +done in \d+ s", said[-1])


def test_a_pipe_is_read_once(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    text = "".join(json.dumps({"id": str(i), **GOOD}) + "\n" for i in range(3))
    writer = threading.Thread(target=lambda: pipe.write_text(text))
    writer.start()
    done = etude("score", str(pipe))
    writer.join()
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 3
