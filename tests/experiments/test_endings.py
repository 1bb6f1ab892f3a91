"""What a run says at its end, by its metrics: no signal, no gain, and the remedy of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.endings import course, remarks
from experiments.report import write_report
from rollouts.metrics import MetricsWriter, read_metrics

RUN = Path("runs/mine")


def grpo(*rewards: float | None, tokens: int | None = 90, **fields: Any) -> list[dict[str, Any]]:
    line = {"stage": "grpo", "zero_variance": None if tokens else 1.0, "tokens": tokens}
    return [line | {"step": n, "reward": r} | fields for n, r in enumerate(rewards)]


def dev(*accuracies: float) -> list[dict[str, Any]]:
    return [{"stage": "grpo_eval", "step": 5 * n, "accuracy": a} for n, a in enumerate(accuracies)]


@pytest.mark.parametrize("tokens", [None, 0], ids=["now", "version 0.1.0"])
@pytest.mark.parametrize(
    ("reward", "fields", "why", "remedy"),
    [
        (0.5, {}, "all completions of a question earned the same, 0.50 on average", "--on runs/m"),
        (
            0.0,
            {},
            "earned the same, 0.00 on average",
            "start from a policy that is sometimes right",
        ),
        (None, {}, "no part of the rubric scored a completion", "`etude reward tree runs/mine`"),
        (
            0.0,
            {"truncated": 1.0},
            "and each was cut at the limit",
            "raise sampling.max_new",
        ),
        (0.5, {"zero_variance": 0.5}, "were cut at the limit", "raise sampling.max_new_tokens"),
    ],
)
def test_a_run_without_signal_says_so_with_the_remedy(
    tokens: int | None, reward: float | None, fields: dict[str, Any], why: str, remedy: str
) -> None:
    lines = grpo(reward, reward, reward, tokens=tokens, **fields) + dev(0.25, 0.25)
    (said,) = remarks(lines, RUN)
    assert said.startswith("no step had a signal: in 3 steps ")
    assert why in said
    assert remedy in said
    assert "train longer" not in said


def test_a_run_says_how_many_actors_it_lost_and_is_silent_of_none() -> None:
    lines = grpo(0.2, 0.4, actors={"died": 0, "late": 0})
    assert remarks(lines, RUN) == remarks(grpo(0.2, 0.4), RUN) == []
    lines[0]["actors"], lines[1]["actors"] = {"died": 2, "late": 0}, {"died": 0, "late": 1}
    (said,) = remarks(lines, RUN)
    assert said.startswith("3 actors had to be replaced: 2 died, 1 gave no answer in time")
    assert "grpo.actors" in said
    lines[0]["actors"] = "[bold]"
    assert remarks(lines, RUN)[0].startswith("1 actor had to be replaced")


def test_a_run_names_the_questions_that_it_left_out_with_the_first_step() -> None:
    lines = grpo(0.2, 0.4, 0.4, quarantined=[])
    assert remarks(lines, RUN) == []
    lines[1]["quarantined"], lines[2]["quarantined"] = ["q2"], ["q2", "q7"]
    (said,) = remarks(lines, RUN)
    assert said.startswith("2 questions killed actors and went unasked from there on: ")
    assert f"'q2' (step {lines[1]['step']}), 'q7' (step {lines[2]['step']}). " in said
    lines[1]["quarantined"], lines[2]["quarantined"] = "[bold]", [["deep"]]
    assert "\"['deep']\" (step" in remarks(lines, RUN)[0]


def test_a_run_that_lost_its_signal_on_the_way_says_how_often() -> None:
    late = [line | {"step": line["step"] + 4} for line in grpo(*[1.0] * 6, tokens=None)]
    (said,) = remarks(grpo(*[0.5] * 4) + late, RUN)
    assert said.startswith("6 of 10 steps had no signal: all completions of a question earned the")
    assert remarks(late + grpo(*[0.5] * 7), RUN) == []


def test_a_run_that_went_on_though_hardly_a_group_taught_says_so_and_where_it_was_best() -> None:
    lively, dry = grpo(*[0.5] * 12, zero_variance=0.5), grpo(*[0.75] * 4, zero_variance=0.95)
    late = [line | {"step": line["step"] + 12} for line in dry]
    (said,) = remarks(lively + late + dev(0.2, 0.6, 0.6, 0.5), RUN)
    assert said.startswith("of the groups of the last 4 steps 95.0% had no signal")
    assert "0.75 on average; dev accuracy was best at step 5." in said
    assert "grpo.early_stop_patience" in said
    (unevaluated,) = remarks(lively + late, RUN)
    assert "dev accuracy" not in unevaluated
    assert remarks(late + lively, RUN) == []


def test_rewards_that_failed_within_the_budget_are_named_with_what_was_not_learnt_from() -> None:
    lines = grpo(*[0.2] * 5, *[0.5] * 5)
    assert remarks(lines, RUN) == []
    lines[1] |= {"part_errors": {"mine": 1}, "part_timeouts": {"mine": 2}}
    lines[2] |= {"part_errors": {"other": 1}, "part_timeouts": {}}
    (said,) = remarks(lines, RUN)
    assert said == (
        "rewards failed in 2 of 10 steps: 'mine' 3 times, 'other' 1 time; nothing was learnt from "
        f"these completions. See why, and mend it: `etude reward test FILE.py:NAME --on {RUN}`"
    )


@pytest.mark.parametrize("count", ["x", -1, 0, None, [1], float("inf")])
def test_what_counts_no_failure_is_none(count: Any) -> None:
    """A stranger's metrics may hold anything."""
    lines = grpo(0.2, 0.4, part_errors={"mine": count}, part_timeouts=count)
    assert remarks(lines, RUN) == []


@pytest.mark.parametrize("huge", [1e308, 10**400, float("nan")])
def test_a_reward_beyond_all_reason_ends_no_report(huge: float) -> None:
    told = remarks(grpo(*[huge] * 8, tokens=None) + dev(huge, 0.5), RUN)
    assert told[0].startswith("no step had a signal")


def test_where_no_completion_was_measured_none_is_said_to_be_cut() -> None:
    (said,) = remarks(grpo(0.5, 0.5, tokens=None), RUN)
    assert "cut at the limit" not in said


def test_a_policy_that_was_never_right_is_told_so() -> None:
    (said,) = remarks(grpo(*LEVEL) + dev(0.0, 0.0, 0.0), RUN)
    assert said.startswith("dev accuracy was 0.0% at every evaluation, so no checkpoint is better")
    assert "a longer cold start; the last checkpoint is in runs/mine/checkpoints" in said


FALLING, LEVEL, RISING = ([0.5 + way * n / 40 for n in range(20)] for way in (-1, 0, 1))


@pytest.mark.parametrize(
    ("rewards", "accuracies", "advice"),
    [
        (FALLING, (0.5, 0.2, 0.1), "The reward fell from 0.45 to 0.07: lower grpo.learning_rate;"),
        (LEVEL, (0.5, 0.3, 0.1), "It was 10.0% at the end: lower grpo.learning_rate;"),
        (LEVEL, (0.5, 0.5, 0.5), "The reward stayed near 0.50: train longer, or raise grpo."),
        (RISING, (0.5, 0.4, 0.4), "The reward rose from 0.55 to 0.9"),
    ],
)
def test_a_run_that_never_beats_its_start_is_advised_by_its_curve(
    rewards: list[float], accuracies: tuple[float, ...], advice: str
) -> None:
    (said,) = remarks(grpo(*rewards) + dev(*accuracies), RUN)
    assert said.startswith("no step was better on the dev questions than the start, 50.0%: the ")
    assert advice in said
    assert ("train longer" in said) == ("stayed" in advice)
    assert said.endswith("the last checkpoint is in runs/mine/checkpoints")


def test_totals_under_weights_that_changed_on_the_way_are_not_told_as_a_fall() -> None:
    lines = [line | {"part_weight": {"a": 1.0, "b": line["step"] / 20}} for line in grpo(*FALLING)]
    (said,) = remarks(lines + dev(0.5, 0.5), RUN)
    assert "The rubric's weights changed on the way, so its totals are not one measure" in said
    assert "the reward fell" not in said.lower()
    (said,) = remarks(lines + dev(0.5, 0.1), RUN)
    assert "It was 10.0% at the end: lower grpo.learning_rate;" in said


@pytest.mark.parametrize(
    "lines",
    [[], grpo(0.5, 0.6), grpo(0.5) + dev(0.25), grpo(0.5, 0.6) + dev(0.25, 0.5, 0.25), dev(0.1)],
    ids=["nothing", "no evaluation", "the start alone", "better", "no step"],
)
def test_a_run_of_which_nothing_is_to_be_said_says_nothing(lines: list[dict[str, Any]]) -> None:
    assert remarks(lines, RUN) == []


def test_each_edit_of_a_reward_is_told_with_its_step_and_nothing_of_one_that_stayed() -> None:
    files = ["a.py (1)", "a.py (1)", "a.py (2)", None, "a.py (2)", "a.py (1)"]
    lines = [
        grpo(0.5, reward_files=file and {"own": file, "other": "b.py (1)"})[0]
        for n, file in enumerate(files)
    ]
    found = remarks([line | {"step": n} for n, line in enumerate(lines)], RUN)
    assert [said.partition(",")[0] for said in found] == ["from step 2 on", "from step 5 on"]
    assert all("part 'own' was judged by a.py (" in said for said in found)


def test_a_run_begun_before_the_files_beside_a_reward_counted_was_not_edited() -> None:
    files = ["a.py (1)", "a.py (1), words.py (1)", "a.py (1), words.py (2)"]
    lines = [grpo(0.5, reward_files={"own": file})[0] for file in files]
    found = remarks([line | {"step": n} for n, line in enumerate(lines)], RUN)
    assert [said.partition(",")[0] for said in found] == ["from step 2 on"]


def test_noise_is_no_course() -> None:
    assert course([0.5, 0.3, 0.7, 0.4, 0.5, 0.6, 0.3, 0.8])[0] == "stayed"
    assert course([]) == ("stayed", 0.0, 0.0)


def test_the_report_says_what_the_end_of_the_run_said(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path / "metrics.jsonl") as metrics:
        for line in grpo(0.5, 0.5, tokens=None):
            metrics.write(line.pop("stage"), line.pop("step"), **line)
    (said,) = remarks(read_metrics(tmp_path / "metrics.jsonl"), Path(tmp_path.name))
    page = write_report(tmp_path).read_text()
    assert said[1:].partition("(")[0] in page
    assert "No step had a signal" in page


def test_a_constant_reward_does_not_train_in_silence(lesson: Any, etude: Any, here: None) -> None:
    (lesson.home / "same.py").write_text("def same(text):\n    return 0.5\n")
    grpo = {"groups": 1, "group_size": 2, "steps": 2, "chunk": 1, "evaluate_every": 2}
    rubric = {"parts": {"same": {"reward": f"{lesson.home}/same.py:same"}}}
    done = etude("grpo", lesson.config(grpo=grpo, rubric=rubric))
    assert done.exit_code == 0, done.stderr
    assert "no step had a signal: in 2 steps all completions of a question earned" in done.stderr
    assert "No step had a signal: in 2 steps" in (lesson.home / "run" / "report.html").read_text()
