"""`etude replay --rollout`: one rollout with the reason of each part, strangers' text as text."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rewards.records import Part, Score
from rollouts.journal import JournalWriter, read_rollouts, read_updates

Etude = Callable[..., Any]
SAID = "the judge says: the bass is \x1b[31mwrong\u202e [bold]here[/bold]"


def judged_run(run: Path) -> Path:
    """The run with a judge's opinion on the first rollout of its first step, none on the second."""
    opinions = (
        Part(0.4, 0.5, "scored", SAID),
        Part(None, 0.5, "not_applicable", "the judge gave no opinion: status 429"),
    )
    groups = read_rollouts(run, 0)
    first = groups[0]
    rollouts = list(first.rollouts)
    for place, opinion in enumerate(opinions):
        score = Score({**rollouts[place].score.parts, "judge": opinion})
        rollouts[place] = dataclasses.replace(rollouts[place], score=score)
    groups[0] = dataclasses.replace(first, rollouts=tuple(rollouts))
    JournalWriter(run, "main").write_rollouts(0, groups)
    return run


def test_a_judges_reason_is_shown_and_moves_no_terminal(full_run: Path, etude: Etude) -> None:
    done = etude("replay", judged_run(full_run), "--step", 0, "--rollout", "0/0")
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "judge 0.400 0.5 the judge says: the bass is ␛[31mwrong� [bold]here[/bold]" in said
    assert "In which key does this chorale phrase end?" in said
    assert "gold answer D major" in said
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_why_a_judge_gave_no_opinion_is_shown(full_run: Path, etude: Etude) -> None:
    done = etude("replay", judged_run(full_run), "--step", 0, "--rollout", "0/1")
    said = " ".join(done.stdout.split())
    assert "judge not applicable 0.5 the judge gave no opinion: status 429" in said


def test_the_advantage_is_the_learners_or_why_there_is_none(full_run: Path, etude: Etude) -> None:
    (update,) = read_updates(full_run, 0)
    rows = list(update.rows)
    rows[1] = dataclasses.replace(rows[1], advantage=None, dropped="error")
    rows[2] = dataclasses.replace(rows[2], advantage=0.0, dropped="zero variance")
    JournalWriter(full_run, "main").write_update(0, rows, {})
    expected = (f"{rows[0].advantage:+.3f}", "not learnt from: error", "+0.000 (zero variance)")
    for sample, sentence in enumerate(expected):
        done = etude("replay", full_run, "--step", 0, "--rollout", f"0/{sample}")
        assert f"advantage    {sentence}" in done.stdout


def test_a_rollout_that_is_not_there_is_refused(full_run: Path, etude: Etude) -> None:
    for step, sentence in ((0, "expected one from 0/0 to 7/7"), (5, "a step that was run")):
        done = etude("replay", full_run, "--step", step, "--rollout", "9/0")
        assert done.exit_code == 1
        assert sentence in done.stderr
