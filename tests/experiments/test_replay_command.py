"""`etude replay --rollout`: one rollout with its reasons and claims, strangers' text as text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.showing import show
from rewards.records import Part, Question, Score
from rewards.response import parse
from rewards.rubric import Rubric
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


def claiming_run(run: Path, **details: Any) -> Path:
    """The run with claims told of the first rollout of its first step."""
    groups = read_rollouts(run, 0)
    rollouts = list(groups[0].rollouts)
    claim = {
        "type": "note", "value": "D", "span": [33, 34], "polarity": "asserted",
        "modality": "hedged", "verdict": "partly", "why": SAID, "points": 0.25,
    }  # fmt: skip
    told = {"P": 0.5, "C": 1.0, "claims": [claim], "contradictions": ["two keys"], **details}
    score = Score({"theory": Part(0.4, 0.5, "scored", "1 partly", told)})
    rollouts[0] = dataclasses.replace(rollouts[0], score=score)
    groups[0] = dataclasses.replace(groups[0], rollouts=tuple(rollouts))
    JournalWriter(run, "main").write_rollouts(0, groups)
    return run


def test_the_claims_of_a_thought_stand_in_a_table(
    full_run: Path, etude: Etude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = etude("replay", claiming_run(full_run), "--step", 0, "--rollout", "0/0")
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    for words in (
        "theory: 1 claim, P 0.50, C 1.00, K 1",
        "note D, hedged 33-34 +0.25 partly true D the judge says: the bass is ␛[31mwrong�",
        "contradiction: two keys",
        "P: what is true among what is claimed",
        "points: what a claim adds",
    ):
        assert words in said
    assert "\x1b" not in done.stdout


def test_a_question_without_a_gold_answer_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show(Question("q", "Describe it."), "a waltz", Score({"format": Part(1.0, 1.0, "scored")}))
    assert "gold answer  none" in capsys.readouterr().out


@pytest.mark.parametrize(("claims", "by"), [(None, ""), ([], " by mine.yaml")])
def test_claims_are_another_rubrics_only_where_it_read_some(
    claims: list | None, by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    own = Score({"theory": Part(0.5, 1.0, "scored", "none", {"claims": []})})
    other = Score({"theory": Part(0.5, 1.0, "scored", "none", {"claims": claims})})
    show(Question("q", "Which key?"), "D major", own, again=("mine.yaml", other))
    assert f"theory{by}: 0 claims, K 0" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("claims", [[], [3], "x", [{"span": [0, 9], "verdict": "true"}]])
def test_strange_claims_stop_nothing(full_run: Path, etude: Etude, claims: Any) -> None:
    run = claiming_run(full_run, claims=claims, P="x", contradictions=None)
    done = etude("replay", run, "--step", 0, "--rollout", "0/0")
    assert done.exit_code == 0, done.stderr
    assert "points: what a claim adds" not in done.stdout


def test_a_rollout_stands_beside_what_another_rubric_makes_of_it(
    full_run: Path, etude: Etude, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "mine.yaml"
    file.write_text("parts: {format: {weight: 1}, repetition: {weight: 3}, accuracy: {weight: 1}}")
    done = etude("replay", full_run, "--step", 0, "--rollout", "0/7", "--rubric", file)
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "part run weight mine.yaml weight why" in said
    assert re.search(
        r"format 0.000 0.2 0.000 1 run: the think block never closes mine.yaml: ", said
    )
    assert "tempo not applicable 1 - - the row has no tempo" in said
    assert re.search(r"repetition - - [01]\.\d{3} 3 ", said)
    rollout = read_rollouts(full_run, 0)[0].rollouts[7]
    total, anew = re.search(r" total (\S+) ([\d.]+)(?= |$)", said).groups()  # type: ignore[union-attr]
    assert total == f"{rollout.score.total:.3f}"
    assert f"by mine.yaml {anew}" in said


def test_a_reward_of_whole_groups_judges_the_rollout_among_its_siblings(
    full_run: Path, etude: Etude, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("parts: {diversity: {weight: 1}}")
    done = etude("replay", full_run, "--step", 0, "--rollout", "0/0", "--rubric", file)
    assert done.exit_code == 0, done.stderr
    group = read_rollouts(full_run, 0)[0]
    with Rubric.of(["diversity"]) as rubric:
        value = rubric.score_group(
            group.question, [parse(one.completion.text) for one in group.rollouts]
        )[0].total
    assert f"by mine.yaml  {value:.3f}" in done.stdout


def test_a_rollout_that_is_not_there_is_refused(full_run: Path, etude: Etude) -> None:
    done = etude("replay", full_run, "--step", 0, "--rollout", "9/0")
    assert done.exit_code == 1
    assert "expected one from 0/0 to 7/7" in done.stderr


@pytest.mark.parametrize("view", [("--rollout", "0/0"), ("--rubric", "mine.yaml")])
def test_a_step_without_rollouts_is_refused_by_what_there_is(
    full_run: Path, etude: Etude, tmp_path: Path, view: tuple[str, str]
) -> None:
    (tmp_path / "mine.yaml").write_text("parts: {format: {weight: 1}}")
    view = (view[0], view[1].replace("mine.yaml", str(tmp_path / "mine.yaml")))
    done = etude("replay", full_run, "--step", 5, *view)
    assert (
        "no rollouts of step 5: expected one from 0 to 59; choose a step that was run"
        in done.stderr
    )
    for part in (full_run / "rollouts" / "step_000000").iterdir():
        part.write_bytes(b"PAR1")
    done = etude("replay", full_run, "--step", 0, *view)
    assert done.exit_code == 1
    assert "expected a whole part with rows of that step; choose another step" in done.stderr
