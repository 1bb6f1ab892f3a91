"""Whole runs that are gone on with, made longer or judged by a mended reward."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from experiments.stages import goes_on_from
from policies.manifest import verify
from rollouts.metrics import read_metrics

GRPO = {
    "groups": 1, "group_size": 2, "steps": 2, "chunk": 1, "evaluate_every": 2,
    "checkpoint_every": 1, "learning_rate": 0.00015,
}  # fmt: skip
RUBRIC = {"parts": {"format": {"weight": {0: 1, 8: 0.5}}, "accuracy": {}}}


def test_the_hint_of_every_command_names_the_runs_own_configuration(
    lesson: Any, etude: Any, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(run: Any, *_: Any, **__: Any) -> None:
        import signal

        os.kill(os.getpid(), signal.SIGINT)
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.training.train_grpo", stop)
    monkeypatch.setattr("experiments.training.train_sft", stop)
    for command in ("grpo", "sft"):
        out = lesson.home / f"a {command}"
        data = {"traces": str(lesson.data / "traces.jsonl")}
        done = etude(command, lesson.config(data=data), f"out={out}", "seed=7")
        assert done.exit_code == 130
        printed = done.stderr.split("go on with: etude ")[1].splitlines()[0]
        assert shlex.split(printed) == [command, str(out / "config.yaml"), "--resume"]
        again = etude(*shlex.split(printed), "--print-config")
        assert again.exit_code == 0, again.stderr
        assert "seed: 7" in again.stdout
    done = etude("grpo", lesson.config(), "seed=7", "--seeds", "1,2")
    assert f"etude grpo {lesson.home}/config.yaml seed=7 --seeds 1,2 --resume" in done.stderr


def test_several_seeds_that_have_nothing_to_resume_say_so(
    lesson: Any, etude: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "experiments.training.train_grpo", lambda *_, **__: {"asked": "", "steps": 0}
    )
    done = etude("grpo", lesson.config(), "--seeds", "1,2", "--resume")
    assert done.exit_code == 0, done.stderr
    for seed in (1, 2):
        assert f"'{lesson.home}/run-seed-{seed}' holds no run yet: it begins here" in done.stderr


def test_a_finished_run_with_more_steps_is_the_longer_run(
    lesson: Any, etude: Any, here: None
) -> None:
    data = {"dev": str(lesson.questions)}
    config = lesson.config(grpo=GRPO, rubric=RUBRIC, data=data)
    runs = {name: lesson.home / name for name in ("whole", "grown")}
    for name, more in (("whole", ["grpo.steps=4"]), ("grown", []), ("grown", ["grpo.steps=4"])):
        again = ["--resume"] if runs[name].exists() else []
        done = etude("grpo", config, f"out={runs[name]}", *more, *again)
        assert done.exit_code == 0, done.stderr
        assert f"checkpoint  {runs[name]}/model" in done.stdout
    found = {name: outcome(run) for name, run in runs.items()}
    assert found["grown"] == found["whole"]
    assert len(found["whole"]["metrics"]) == 7
    done = etude("replay", runs["grown"], "--step", 3)
    assert done.exit_code == 0, done.stdout + done.stderr
    shorter = etude("grpo", config, f"out={runs['grown']}", "grpo.steps=2", "--resume")
    assert "grpo.steps: got 2, the run has 4 (" in shorter.stderr


def test_a_mended_reward_is_accepted_by_name_noted_and_told_to_every_reader(
    lesson: Any, etude: Any, here: None
) -> None:
    mine, run = lesson.home / "mine.py", lesson.home / "run"
    mine.write_text("def own(text):\n    return sum(map(ord, text)) % 7 / 7\n")
    rubric = {"parts": {"own": {"reward": f"{mine}:own"}}}
    config = lesson.config(grpo={**GRPO, "checkpoint_every": 1}, rubric=rubric)
    assert etude("grpo", config).exit_code == 0
    mine.write_text("def own(text):\n    return sum(map(ord, text)) % 5 / 5\n")
    longer = ("grpo", config, "grpo.steps=3", "--resume")
    refused = etude(*longer)
    assert refused.exit_code == 1
    assert "from step 2 on, give --accept-rewards" in refused.stderr
    assert "resumed" not in (run / "env.json").read_text()
    done = etude(*longer, "--accept-rewards")
    assert done.exit_code == 0, done.stderr
    told = re.search(
        r"from step 2 on, part 'own' is judged by (.*), before it by (.*)", done.stderr
    )
    assert told is not None
    assert told[1] != told[2]
    (stretch,) = json.loads((run / "env.json").read_text())["resumed"]
    assert stretch["edited"] == [{"part": "own", "step": 2, "was": told[2], "now": told[1]}]
    page = (run / "report.html").read_text()
    assert f"From step 2 on, part &#39;own&#39; was judged by {told[1]}" in page
    assert "not one measure throughout" in done.stderr
    for step, kept in ((1, True), (2, False)):
        again = etude("replay", run, "--step", step, "--trust-code")
        assert again.exit_code == 0, again.stdout
        assert (f"its files were {told[2]} then and are {told[1]} now" in again.stdout) == kept


def test_what_a_run_begins_with_needs_no_acceptance(lesson: Any, etude: Any) -> None:
    done = etude("grpo", lesson.config(), "--accept-rewards")
    assert done.exit_code == 2
    assert "got no --resume" in done.stderr
    done = etude("quickstart", "--accept-rewards")
    assert done.exit_code == 2
    assert "got no --resume" in done.stderr


def outcome(run: Path) -> dict[str, Any]:
    """All that two equal runs share."""
    lines = read_metrics(run / "metrics.jsonl")
    clocks = ("seconds", "part_ms", "tokens_per_second")
    return {
        "config": json.loads(json.dumps((run / "config.yaml").read_text().replace(run.name, ""))),
        "metrics": [{k: v for k, v in line.items() if k not in clocks} for line in lines],
        "answers": {p.name: p.read_bytes() for p in sorted((run / "answers").iterdir())},
        "weights": verify(run / "model").files["model.safetensors"].blake2b,
    }


def test_a_finished_run_whose_longer_form_is_refused_keeps_its_model(
    lesson: Any, etude: Any, here: None
) -> None:
    data = {"dev": str(lesson.questions)}
    config = lesson.config(grpo=GRPO, rubric=RUBRIC, data=data)
    assert etude("grpo", config).exit_code == 0
    run = lesson.home / "run"
    before = (run / "config.yaml").read_bytes(), verify(run / "model")
    rows = lesson.questions.read_text().splitlines()
    lesson.questions.write_text("\n".join(rows[:-1]) + "\n")
    done = etude("grpo", config, "--resume", "grpo.steps=4")
    assert done.exit_code == 1
    assert "questions" in done.stderr
    assert ((run / "config.yaml").read_bytes(), verify(run / "model")) == before


def test_a_folder_named_tiny_is_not_taken_for_the_tiny_model(
    lesson: Any, etude: Any, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lesson.home)
    (lesson.home / "tiny").mkdir()
    (lesson.home / "tiny" / "config.yaml").write_text("out: tiny\n")
    data = {"traces": str(lesson.data / "traces.jsonl")}
    config = lesson.config(sft={"steps": 1}, data=data, model={"path": "tiny"})
    done = etude("sft", config)
    assert done.exit_code == 0, done.stderr


def test_where_a_run_goes_on_is_said_and_that_it_begins_again_without_a_checkpoint(
    tmp_path: Path,
) -> None:
    newest = tmp_path / "checkpoints" / "step_000004"
    assert goes_on_from(tmp_path, newest) == f"goes on from {newest}"
    assert goes_on_from(tmp_path, None) == ""
    (tmp_path / "rollouts" / "step_000000").mkdir(parents=True)
    (tmp_path / "rollouts" / "step_000000" / "part-learner.parquet").touch()
    assert goes_on_from(tmp_path, None) == (
        f"no checkpoint in '{tmp_path}/checkpoints': GRPO begins at its first step again, in place "
        "of what was done"
    )
