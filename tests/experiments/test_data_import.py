"""`etude data import`: table, lines, exit status, and what other commands make of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies.wav import write_wav


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Training rows of somebody, one without its recording."""
    time_S = np.arange(16_000) / 16_000
    (tmp_path / "set").mkdir()
    for name, hertz in (("a", 440), ("b", 550), ("c", 660)):
        write_wav(tmp_path / "set" / f"{name}.wav", 0.2 * np.sin(2 * np.pi * hertz * time_S))
    asked = "<sound>\nWhich key?\n(A) D major\n(B) A minor"
    answers = {
        "a": "(B) A minor",
        "b": "<think>It ends low, on D.</think> Hence, the final answer is: <answer>A</answer>",
        "c": "(C) E major",
        "d": "(A) D major",
    }
    rows = [
        {
            "id": name,
            "sound": f"{name}.wav",
            "duration": 1.0,
            "conversations": [
                {"from": "human", "value": asked},
                {"from": "gpt", "value": answer},
            ],
        }
        for name, answer in answers.items()
    ]
    (tmp_path / "set" / "train.json").write_text(json.dumps(rows))
    return tmp_path / "set" / "train.json"


def figures(printed: str) -> dict[str, str]:
    """What a table says, by the name of its rows."""
    lines = (line.rpartition(" ") for line in printed.splitlines())
    return {name.strip(): figure for name, _, figure in lines}


def test_rows_are_written_or_told_and_the_next_command_is_named(etude, theirs: Path):
    out = theirs.parent.parent / "ours"
    done = etude("data", "import", theirs, "--out", out)
    assert done.exit_code == 1
    told = [line for line in done.stdout.splitlines() if line.startswith(f"{theirs}: row")]
    assert len(told) == 2
    assert "row 3: answer: got '(C) E major', expected one of the options 'D major'" in told[0]
    assert "row 4: clip: got 'd.wav' (No such file or directory), expected a recording" in told[1]
    table = figures(done.stdout)
    assert table["form conversations, recognised"] == "count"
    shown = {"rows": "4", "questions": "2", "with options": "2", "traces": "1", "recordings": "2"}
    assert shown.items() <= table.items()
    assert table["left out: an answer that cannot be taken"] == "1"
    assert table["recordings not found"] == "1"
    assert "kinds of fact in priors.json" not in table
    assert done.stdout.splitlines()[-1] == f"next  etude data check {out / 'questions.jsonl'}"


def test_a_file_without_a_fault_ends_with_0_and_again_with_the_same_bytes(etude, theirs: Path):
    rows = json.loads(theirs.read_text())[:2]
    theirs.write_text(json.dumps(rows))
    out = theirs.parent.parent / "ours"
    assert etude("data", "import", theirs, "--out", out).exit_code == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert etude("data", "import", theirs, "--out", out).exit_code == 0
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    refused = etude("data", "import", theirs, "--out", out, "--kind", "caption")
    assert refused.exit_code == 1
    assert "holds something else" in refused.stderr


def test_check_eval_and_sft_read_what_was_imported(etude, theirs: Path, lesson: Any):
    out = theirs.parent.parent / "ours"
    etude("data", "import", theirs, "--out", out)
    questions, traces = out / "questions.jsonl", out / "traces.jsonl"
    for arguments in ((questions,), (traces, "--questions", questions)):
        done = etude("data", "check", *arguments)
        assert done.exit_code == 0, done.stdout
    done = etude("eval", "--model", lesson.model, "--questions", questions,
                 "--max-new-tokens", 4, "--device", "cpu")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "overall" in done.stdout
    config = lesson.config(
        data={"questions": str(questions), "traces": str(traces)}, sft={"steps": 1, "batch_size": 1}
    )
    done = etude("sft", config)
    assert done.exit_code == 0, done.stderr


def test_columns_facet_and_share_are_told_on_the_command_line(etude, theirs: Path):
    table = theirs.parent / "keys.tsv"
    table.write_text("file\tkey\na.wav\tC:maj\nb.wav\tA minor\nc.wav\tD major\n")
    out = theirs.parent.parent / "keys"
    done = etude("data", "import", table, "--out", out, "--column", "clip=file", "--column",
                 "answer=key", "--text", "Which key?", "--facet", "key", "--dev", ".5")  # fmt: skip
    assert done.exit_code == 0, done.stdout + done.stderr
    rows = [json.loads(line) for name in ("questions", "dev")
            for line in (out / f"{name}.jsonl").read_text().splitlines()]  # fmt: skip
    assert sorted(row["facts"]["key"] for row in rows) == ["A minor", "C:maj", "D major"]
    assert figures(done.stdout)["kinds of fact in priors.json"] == "1"
    assert etude("data", "check", out / "dev.jsonl").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--form", "llava"), "expected one of conversations"),
        (("--column", "clip"), "expected FIELD=COLUMN"),
        (("--clips", "/none/such"), "expected a folder"),
        (("--dev", "2"), "a share between 0 and 1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(etude, theirs: Path, arguments: Any, said: str):
    done = etude("data", "import", theirs, "--out", theirs.parent / "out", *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert not (theirs.parent / "out").exists()


def test_a_file_that_is_not_there_is_one_sentence(etude, tmp_path: Path):
    done = etude("data", "import", tmp_path / "none.json", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "cannot be read: got nothing at this path" in done.stderr
    done = etude("data", "import", tmp_path / "no" / "none.json", "--out", tmp_path / "out")
    assert "cannot be read: got nothing at this path" in done.stderr
