"""What strangers wrote is shown on a terminal, never obeyed: by every command."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments import terminal
from experiments.screen import screen
from rewards.records import Part, Question, Score

HOSTILE = "x\x1b[2J\x1b]0;mine\x07[red]y[/]\n\u202eetude: fine\r\x9b\t\u2028z"
SHOWN = "x␛[2J␛]0;mine␇[red]y[/]␊�etude: fine␍�␉�z"
TEXT = "x␛[2J␛]0;mine␇[red]y[/]\n�etude: fine␍�\t�z"
"""As running text, whose line breaks stay."""


def obeyed(text: str) -> str:
    """The characters of it that a terminal would obey, or that turn what is beside them."""
    return "".join(c for c in text if c not in "\n " and not c.isprintable())


def squeezed(text: str) -> str:
    """Without blanks and line breaks, where a table folds."""
    return "".join(text.split())


def test_a_line_is_one_line_whatever_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(HOSTILE, "second")
    terminal.say(HOSTILE, err=True)
    told = capsys.readouterr()
    assert told.out == f"{SHOWN}\nsecond\n"
    assert told.err == f"{SHOWN}\n"


@pytest.mark.parametrize("character", ["\x80", "\x9f", "\ud800", "\u061c", "\u2029"])
def test_what_has_no_picture_is_shown_as_unknown(
    character: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lone surrogate could not even be printed."""
    terminal.say(character)
    assert capsys.readouterr().out == "\ufffd\n"


def test_what_streams_keeps_its_line_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.write(HOSTILE)
    assert capsys.readouterr().out == TEXT


def test_what_is_said_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a pipe or a file, which wait for more."""
    there = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(there))
    terminal.say("a step")
    assert there.getvalue() == b"a step\n"
    terminal.write("a token")
    assert there.getvalue() == b"a step\na token"


def test_styled_lines_are_lines_of_text(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.styled("bold", HOSTILE, "second")
    assert capsys.readouterr().out == f"{SHOWN}\nsecond\n"


def test_cells_of_a_table_are_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    terminal.table(("topic", HOSTILE, "why"), [(HOSTILE, HOSTILE, HOSTILE)], texts=1, title=HOSTILE)
    out = capsys.readouterr().out
    assert obeyed(out) == ""
    assert out.count(SHOWN) == 2, "a name and a figure are one line"
    assert squeezed(out).count(squeezed(TEXT)) >= 1


def test_a_table_cuts_nothing_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal.table(("name", "value"), [("n" * 40, "v" * 40)])
    assert squeezed(capsys.readouterr().out).count("v") == 41  # and that of the head


def test_bars_and_plain_lines_show_a_note(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with screen() as plain:
        plain.stage("GRPO", 2).at(1, HOSTILE, now=True)
        plain.say(HOSTILE)
    assert capsys.readouterr().err.count(SHOWN) == 2
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "300")
    with screen() as bars:
        bars.stage("GRPO", 2).at(2, HOSTILE)
    err = capsys.readouterr().err
    assert SHOWN in err
    assert "\x1b[2J" not in err
    assert "\x1b]0" not in err


def test_an_accuracy_per_topic_names_it_as_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments.eval_tables import show_accuracy, show_rubric
    from policies.accuracy import Answered

    monkeypatch.setenv("COLUMNS", "300")
    question = Question("q", "?", topic=HOSTILE, answer="D")
    show_accuracy([Answered(question, ("D",), (True,))])
    show_rubric([[Score({HOSTILE: Part(1.0, 1.0, "scored")})]])
    out = capsys.readouterr().out
    assert obeyed(out) == ""
    assert out.count(SHOWN) == 2


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_scores_and_checks_of_a_hostile_file_move_no_cursor(etude: Any, tmp_path: Path) -> None:
    asked = {"id": HOSTILE, "text": HOSTILE, "kind": HOSTILE, "topic": HOSTILE, "answer": HOSTILE}
    stored = lines(
        tmp_path / "stored.jsonl",
        {"id": HOSTILE, "question": {**asked, HOSTILE: 1}, "completion": HOSTILE},
        {"id": HOSTILE, "question": {**asked, "facet": HOSTILE}, "completion": HOSTILE},
        {"id": HOSTILE, "question": asked, "completion": HOSTILE},
    )
    questions = lines(tmp_path / "questions.jsonl", asked, asked, {**asked, "facet": HOSTILE})
    mine = tmp_path / "mine.py"
    mine.write_text("def mine(text):\n    print(text)\n    raise KeyError(text)\n")
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text(json.dumps({"parts": {"mine": {"reward": f"{mine}:mine"}}}))
    for command in (
        ("score", stored, "--rubric", rubric),
        ("score", stored, "-o", tmp_path / "out.jsonl"),
        ("data", "check", questions),
        ("reward", "test", f"{mine}:mine", "--on", stored),
        ("eval", "--model", HOSTILE, "--questions", questions),
        ("reward", "tree", tmp_path / HOSTILE),
        ("ask", "--model", HOSTILE, "--clip", HOSTILE, HOSTILE),
        ("compare", tmp_path / HOSTILE, stored),
        ("policy", "export", HOSTILE, "--out", tmp_path / "exported"),
        ("doctor", "--model", HOSTILE),
    ):
        done = etude(*command)
        assert done.exit_code in (0, 1), (command, done.stderr)
        assert obeyed(done.stdout + done.stderr) == "", command


def test_a_replayed_rollout_and_a_foreign_run_are_text(
    etude: Any, full_run: Path, tmp_path: Path
) -> None:
    import dataclasses

    from rollouts.journal import JournalWriter, read_rollouts

    group = read_rollouts(full_run, 0)[0]
    said = dataclasses.replace(group.rollouts[0].completion, text=HOSTILE)
    score = Score({HOSTILE: Part(0.5, 1.0, "scored", HOSTILE)})
    hostile = dataclasses.replace(
        group, question=dataclasses.replace(group.question, text=HOSTILE, id=HOSTILE),
        rollouts=(dataclasses.replace(group.rollouts[0], completion=said, score=score),),
    )  # fmt: skip
    JournalWriter(full_run, "main").write_rollouts(0, [hostile])
    (full_run / "rollouts" / "step_000000" / "part-\x1b[2J.parquet").write_bytes(b"none")
    rubric = tmp_path / "[red]mine.yaml"
    rubric.write_text("parts: {format: {}}")
    one = etude("replay", full_run, "--step", 0, "--rollout", "0/0")
    other = etude("replay", full_run, "--step", 0, "--rubric", rubric)
    for done in (one, other):
        assert done.exit_code == 0, done.stderr
        assert obeyed(done.stdout + done.stderr) == ""
    assert squeezed(TEXT) in squeezed(one.stdout)
    assert "[red]mine.yaml" in squeezed(other.stdout)


def main(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    """The console script in a process of its own."""
    program = "import sys; from experiments.cli import main; sys.argv[0] = 'etude'; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])} | env,
    )  # fmt: skip


def test_what_is_logged_of_a_strangers_files_is_shown(full_run: Path) -> None:
    (full_run / "rollouts" / "step_000000" / "part-\x1b[2J.parquet").write_bytes(b"none")
    done = main("replay", full_run, "--step", "0", "--rollout", "0/0")
    assert done.returncode == 0, done.stderr
    assert re.search(r"skipped .*part-␛\[2J\.parquet: torn or foreign", done.stderr)
    assert obeyed(done.stdout + done.stderr) == ""


def test_a_terminal_of_few_characters_shows_others_as_escapes(tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text("parts: {format: {weight: 1}}")
    done = main("reward", "tree", rubric, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == r"\u2514\u2500 format  weight 1"
