"""`etude audit`, from a folder to an exit status; what it reads, and what it leaves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from experiments.audit.reading import read
from experiments.audit.report import audit
from experiments.cli import build
from rewards.records import Question
from rollouts import part_bytes
from rollouts.journal import JournalWriter, read_rollouts
from rollouts.tables import rollouts_table

from .conftest import GROUPS, SIZE, STEPS, Write, answering, honest, thought


def padded(question: Question, text: str, right: bool):
    return honest(question, text, right) | {"long": (min(1.0, len(text.split()) / 20), 0.5)}


def call(*arguments: object):
    return CliRunner().invoke(build(), ["audit", *map(str, arguments)])


def test_the_exit_status_tells_whether_something_is_flagged(write: Write, tmp_path: Path):
    quiet = call(write(answering()))
    assert quiet.exit_code == 0, quiet.output
    assert "nothing is flagged" in quiet.output
    flagged = call(write(answering(), padded))
    assert flagged.exit_code == 1
    assert "1. the reward pays the number of words" in flagged.output
    (tmp_path / "empty").mkdir()
    assert call(tmp_path / "empty").exit_code == 2
    assert call().exit_code == 2


def test_the_rollouts_that_it_names_are_those_of_the_journal(write: Write):
    run = write(answering(), padded)
    found = audit(run)
    row, note = found.findings[0].rollouts[0]
    columns = found.columns
    groups = {group.index: group for group in read_rollouts(run, int(columns.step_B[row]))}
    rollout = groups[int(columns.group_B[row])].rollouts[int(columns.sample_B[row])]
    assert rollout.score.total == columns.total_B[row]
    # The blocks' tags are words of no block.
    said = rollout.completion.text.replace("<", " ").replace(">", " ").replace("/", " ").split()
    assert note == f"number of words: {len(said)}"
    place = f"--rollout {columns.group_B[row]}/{columns.sample_B[row]}"
    assert place in call(run).output


def test_a_long_run_is_read_by_steps_that_lie_evenly(write: Write):
    run = write(answering())
    columns = read(run, 5 * GROUPS * SIZE)
    assert columns.steps == [0, 5, 10, 14, 19]
    assert len(columns.of) == STEPS
    assert len(columns.step_B) == 5 * GROUPS * SIZE
    assert "5 of 20 steps" in call(run, "--rollouts", 5 * GROUPS * SIZE).output


def test_one_group_is_counted_as_one(write: Write, tmp_path: Path):
    (group, *_) = read_rollouts(write(answering(), steps=1), 0)
    JournalWriter(tmp_path / "one", "learner").write_rollouts(0, [group])
    out = call(tmp_path / "one").output
    assert f"1 step, {SIZE} rollouts in 1 group, 1 different question\n" in out


def test_a_run_in_progress_is_read_without_its_last_update(write: Write):
    run = write(answering(), padded)
    whole = audit(run)
    shutil.rmtree(run / "updates" / f"step_{STEPS - 1:06d}")
    found = audit(run)
    assert np.isnan(found.columns.advantage_B).sum() == GROUPS * SIZE
    assert [f.title for f in found.findings] == [f.title for f in whole.findings]
    shutil.rmtree(run / "updates")
    assert "siblings differ in 0 groups only" in call(run).output


def test_a_group_that_two_writers_have_counts_once(write: Write):
    run = write(answering(), steps=3)
    before = read(run, 10_000)
    JournalWriter(run, "other").write_rollouts(1, read_rollouts(run, 1))
    after = read(run, 10_000)
    assert np.array_equal(before.total_B, after.total_B)
    assert np.array_equal(before.unit_B, after.unit_B)


def test_a_journal_of_the_first_version_is_read_as_it_was_written(
    write: Write, monkeypatch: pytest.MonkeyPatch
):
    run = write(answering(), steps=3)
    before = read(run, 10_000)
    rows = rollouts_table(read_rollouts(run, 1)).drop_columns(["renormalise"])
    monkeypatch.setattr(part_bytes, "SCHEMA_VERSION", 1)
    (part,) = (run / "rollouts" / "step_000001").iterdir()
    part.write_bytes(part_bytes.encode(rows, {}))
    assert np.array_equal(before.weights_BK, read(run, 10_000).weights_BK)


@pytest.mark.parametrize(
    "question", ["", "a", "[]", "{}", "5", '{"id": 5}', '{"id": "q", "text": [1]}', "[" * 99_999]
)
def test_a_group_whose_question_is_none_is_left_out_and_told(write: Write, question: str):
    run = write(answering(), steps=2)
    table = rollouts_table(read_rollouts(run, 1))
    place = table.schema.get_field_index("question")
    texts = table.column("question").to_pylist()
    texts[:SIZE] = [question] * SIZE
    table = table.set_column(place, table.schema.field(place), pa.array(texts))
    (part,) = (run / "rollouts" / "step_000001").iterdir()
    part.write_bytes(part_bytes.encode(table, {}))
    told: list[str] = []
    columns = read(run, 10_000, lambda path, reason: told.append(reason))
    assert len(columns.unit_B) == (2 * GROUPS - 1) * SIZE
    assert {*columns.unit_B} == {*range(2 * GROUPS - 1)}
    assert len(told) == 1
    assert told[0].startswith("step 1, group 0: ")


def test_words_beyond_those_that_are_told_apart_are_not_seen(
    write: Write, monkeypatch: pytest.MonkeyPatch
):
    run = write(answering(), padded, steps=8)
    monkeypatch.setattr("experiments.audit.reading._MOST_WORDS", 4)
    found = audit(run)
    assert len(found.columns.words) == 4
    assert {int(word) for words in found.columns.words_B for word in words} == {0, 1, 2, 3}
    assert found.findings[0].title.startswith("the reward pays the number of words")


def test_a_damaged_part_is_left_out_and_told(write: Write):
    run = write(answering(), steps=3)
    part = next((run / "rollouts" / "step_000001").iterdir())
    part.write_bytes(part.read_bytes()[:-20])
    told: list[str] = []
    columns = read(run, 10_000, lambda path, reason: told.append(reason))
    assert {*columns.step_B} == {0, 2}
    assert len(told) == 1


def test_dev_accuracy_is_read_from_the_metrics(write: Write):
    run = write(answering())
    lines = [
        {"stage": "grpo_eval", "step": step, "accuracy": accuracy}
        for step, accuracy in ((0, 0.25), (20, 0.5))
    ]
    (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "dev accuracy, 25.0 % at state 0, 50.0 % at state 20" in call(run).output


def test_what_no_gold_answer_tells_is_said_and_nothing_made_of_it(write: Write):
    run = write(answering(), kind="caption")
    found = audit(run)
    assert (found.balance.judged, found.balance.mixed, found.findings) == (0, 0, [])
    out = call(run).output
    assert "no gold answer tells what 100.0 % of the answers are worth" in out
    assert "right and a wrong" not in out


def test_the_course_is_printed_in_the_units_of_what_changed(write: Write):
    run = write(answering(lambda step: 0.3 + 0.03 * step))
    changes = audit(run).course.changes
    right, words = changes["right answers"], changes["words"]
    lines = [" ".join(line.split()) for line in call(run).output.splitlines()]
    assert (
        f"right answers {100 * right.early:.1f} % {100 * right.late:.1f} % "
        f"{100 * right.low:+.3g} to {100 * right.high:+.3g}"
    ) in lines
    assert (
        f"words {words.early:.3g} {words.late:.3g} {words.low:+.3g} to {words.high:+.3g}"
    ) in lines


def test_what_a_model_wrote_is_shown_and_never_obeyed(write: Write):
    def think(rng: np.random.Generator, question: Question, step: int) -> str:
        return f"\x1b[2Jgone [red]x[/red] {thought(rng)}"

    out = call(write(answering(think=think), padded)).output
    assert "\x1b" not in out
    assert "[2Jgone [red]x[/red]" in out
