"""Where a run folder is named, every command takes the same checkpoint of it, and says which."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.config import load
from experiments.models import base_of, ear_of, model_of
from experiments.runfolder import open_run
from experiments.schemas import GrpoRun, SftRun
from policies import checkpoint
from policies.checkpoint_folder import step_of
from policies.lora import open_policy
from rewards.errors import CheckpointError

Etude = Callable[..., Any]


@pytest.fixture
def cold(lesson: Any) -> Path:
    """The folder of a finished cold start."""
    config = load(SftRun, [lesson.config()], [])
    open_run(config.out, config, resume=False)

    def write(folder: Path) -> None:
        shutil.copytree(lesson.model, folder, dirs_exist_ok=True)

    checkpoint.publish(config.out / "model", write)
    return config.out


def test_every_command_takes_the_model_of_a_run(
    lesson: Any, etude: Etude, cold: Path, tmp_path: Path
) -> None:
    for command in (
        ("eval", "--model", cold, "--questions", lesson.questions, "--device", "cpu"),
        ("ask", "--model", cold, "--device", "cpu", "Which key?"),
        ("doctor", "--model", cold),
        ("policy", "export", cold, "--out", tmp_path / "ours"),
    ):
        done = etude(*command)
        assert done.exit_code == 0, done.stderr
        assert f"'{cold}' is a run: its {cold}/model is taken" in done.stderr
    assert (tmp_path / "ours" / "config.json").exists()


def test_a_run_without_its_end_offers_its_best_step(
    lesson: Any, etude: Etude, here: None, tmp_path: Path
) -> None:
    grpo = {"groups": 1, "group_size": 2, "steps": 2, "chunk": 1, "evaluate_every": 1}
    data = {"dev": str(lesson.questions)}
    done = etude("grpo", lesson.config(grpo=grpo, data=data))
    assert done.exit_code == 0, done.stderr
    run = lesson.home / "run"
    found, said = model_of(str(run))
    assert (found, "is a run: its" in said) == (str(run / "model"), True)
    shutil.rmtree(run / "model")
    found, said = model_of(str(run))
    assert found in said
    best = Path(found)
    assert step_of(best) in (0, 1, 2)
    done = etude("policy", "export", run, "--out", tmp_path / "ours")
    assert done.exit_code == 0, done.stderr
    assert f"({best.name}, " in done.stdout
    untrained = "than the start, which is taken; --step 2 takes the newest" in done.stderr
    assert untrained == (step_of(best) == 0)
    newest = etude("policy", "export", run, "--out", tmp_path / "newest", "--step", 2)
    assert "(step_000002, " in newest.stdout
    assert "than the start" not in newest.stderr


def test_a_run_that_trained_nothing_yet_says_what_it_holds(cold: Path) -> None:
    (cold / "model").rename(cold / "start")
    with pytest.raises(CheckpointError, match=rf"no model yet: got {cold}/start in it.*--resume"):
        model_of(str(cold))


def test_other_names_stand_for_themselves(lesson: Any, cold: Path) -> None:
    for name in (str(lesson.model), str(cold / "model"), "nvidia/music-flamingo-2601-hf"):
        assert model_of(name) == (name, "")


@pytest.mark.parametrize("opens", ["config.json", "adapter_config.json"])
def test_a_checkpoint_beside_which_a_configuration_lies_stands_for_itself(
    tmp_path: Path, opens: str
) -> None:
    (tmp_path / "config.yaml").write_text("seed: 1\n")
    (tmp_path / opens).write_text("{}")
    assert model_of(str(tmp_path)) == (str(tmp_path), "")


def test_a_configuration_may_name_a_run_and_keeps_what_was_taken_of_it(
    lesson: Any, etude: Etude, here: None, cold: Path
) -> None:
    out = lesson.home / "second"
    grpo = {"groups": 1, "group_size": 2, "steps": 1, "chunk": 1, "evaluate_every": 0}
    config = lesson.config(model={"path": str(cold)}, out=str(out), grpo=grpo)
    done = etude("grpo", config)
    assert done.exit_code == 0, done.stderr
    assert f"'{cold}' is a run: its {cold}/model is taken" in done.stderr
    assert load(GrpoRun, [out / "config.yaml"], []).model.path == str(cold / "model")
    assert etude("grpo", config, f"model.path={cold}", "--resume").exit_code == 0
    (cold / "model").rename(cold / "start")
    done = etude("grpo", config, f"out={lesson.home}/third")
    assert done.exit_code == 1
    assert "has trained no model yet" in done.stderr
    assert not (lesson.home / "third").exists()


def test_an_adapter_is_measured_by_its_base_and_hears_as_it_does(
    lesson: Any, etude: Etude, tmp_path: Path
) -> None:
    adapter = tmp_path / "adapter"
    open_policy(lesson.model, lora={"rank": 2}).save(adapter)
    assert base_of(adapter) == base_of(lesson.model) == lesson.model
    assert ear_of(adapter).bounds == ear_of(lesson.model).bounds
    done = etude("doctor", "--model", adapter)
    assert done.exit_code == 0, done.stderr
    assert f"'{adapter}' is an adapter: its base, {lesson.model}, is taken" in done.stderr


def test_the_estimate_is_for_a_clip_that_the_model_hears_or_says_that_it_is_not(
    lesson: Any, etude: Etude
) -> None:
    longest = ear_of(lesson.model).bounds.longest
    done = etude("doctor", "--model", lesson.model)
    assert f"one group: {min(180, longest):g} s of audio" in done.stdout
    assert "at most" not in done.stdout
    done = etude("doctor", "--model", lesson.model, "--seconds", longest + 1)
    assert f"one group: {longest + 1:g} s of audio" in done.stdout
    assert f"it hears {longest:g} s at most: a run refuses a longer clip" in done.stdout


def test_a_name_that_no_path_can_have_is_no_run() -> None:
    assert model_of("a" * 300) == ("a" * 300, "")
