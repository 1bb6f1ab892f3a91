"""What the two stages say while they work, where there is no terminal too."""

from __future__ import annotations

import json
import re
import shutil
from typing import Any, get_args, get_type_hints

import pytest
import torch
from safetensors.torch import load_file

from experiments.asking import read_answers
from experiments.config import load
from experiments.schemas import ModelConfig
from experiments.training import _spread
from policies.accuracy import Accuracy, accuracy_by_topic
from policies.families import FAMILIES
from rewards.errors import ConfigError
from rewards.records import Question
from rollouts.metrics import read_metrics
from sft.collate import Example

GRPO = {"groups": 1, "group_size": 2, "steps": 4, "chunk": 1, "evaluate_every": 2}
SFT = {"steps": 4, "batch_size": 2, "micro_batch_size": 2, "evaluate_every": 2}


def test_the_cold_start_tells_each_dev_accuracy_when_it_is_found(lesson: Any, etude: Any) -> None:
    data = {"dev": str(lesson.questions), "traces": str(lesson.data / "traces.jsonl")}
    done = etude("sft", lesson.config(sft=SFT, data=data))
    assert done.exit_code == 0, done.stderr
    told = re.findall(r"^cold start +(\d)/4  dev accuracy \d+\.\d%$", done.stderr, re.MULTILINE)
    assert told == ["2", "4"]
    assert re.search(r"^cold start +done in \d+ s  dev accuracy \d", done.stderr, re.MULTILINE)


def test_a_cold_start_without_dev_questions_tells_no_accuracy(lesson: Any, etude: Any) -> None:
    data = {"traces": str(lesson.data / "traces.jsonl")}
    done = etude("sft", lesson.config(sft=SFT, data=data))
    assert done.exit_code == 0, done.stderr
    assert "accuracy" not in done.stderr


def test_grpo_tells_each_dev_accuracy_and_a_finished_run_that_nothing_is_left(
    lesson: Any, etude: Any, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = lesson.config(grpo=GRPO, data={"dev": str(lesson.questions)})
    done = etude("grpo", config)
    assert done.exit_code == 0, done.stderr
    told = re.findall(r"^GRPO +(\d)/4  dev accuracy \d+\.\d%$", done.stderr, re.MULTILINE)
    assert told == ["0", "2", "4"]
    metrics = (lesson.home / "run" / "metrics.jsonl").read_bytes()

    def started(*_: Any) -> None:
        raise AssertionError("a finished run starts no actors")

    monkeypatch.setattr("rollouts.run.Pool", started)
    again = etude("grpo", config, "--resume")
    assert again.exit_code == 0, again.stderr
    nothing = r"^GRPO +done in \d+ s  nothing is left to do  dev"
    assert re.search(nothing, again.stderr, re.MULTILINE)
    assert "goes on from" not in again.stderr
    assert again.stdout == done.stdout
    assert (lesson.home / "run" / "metrics.jsonl").read_bytes() == metrics


def test_several_seeds_end_in_a_table_of_what_each_gained(
    lesson: Any, etude: Any, here: None
) -> None:
    grpo = {**GRPO, "steps": 1, "evaluate_every": 1}
    config = lesson.config(grpo=grpo, data={"dev": str(lesson.questions)})
    done = etude("grpo", config, "--seeds", "1,2")
    assert done.exit_code == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    gains = []
    for seed in (1, 2):
        (answers,) = lesson.home.glob(f"run*{seed}/answers")
        before, after = (
            accuracy_by_topic(read_answers(answers / f"{name}.jsonl")).overall
            for name in ("before", "after")
        )
        gains.append(100 * (after - before))
        assert [str(seed), f"{before:.1%}", f"{after:.1%}", f"{gains[-1]:+.1f}", "1"] in lines
    mean = f"mean gain {sum(gains) / 2:+.1f} points on the dev questions, by which checkpoints"
    assert f"{mean} were chosen too" in done.stdout.splitlines()


def test_a_path_where_no_checkpoint_lies_is_refused_without_the_hub(
    lesson: Any, etude: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    asked: list[str] = []
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, **_: asked.append(name))
    for path in ("./cold", "runs/cold/model", f"{lesson.home}/cold"):
        done = etude("grpo", lesson.config(grpo=GRPO, model={"path": path}))
        assert done.exit_code == 1
        assert f"no checkpoint '{path}': got nothing at this path" in done.stderr
    assert asked == []


@pytest.mark.parametrize(
    ("accuracies", "said"),
    [
        ([0.0, 0.0, 0.0], "Start from a policy that is sometimes right, after a longer cold start"),
        ([0.5, 0.25, 0.5], "no step was better on the dev questions than the start, 50.0%"),
    ],
)
def test_a_run_that_never_beats_its_start_says_so_with_the_remedy(
    lesson: Any, etude: Any, here: None, monkeypatch: pytest.MonkeyPatch,
    accuracies: list[float], said: str,
) -> None:  # fmt: skip
    found = iter(accuracies)
    topics = "rollouts.run.accuracy_by_topic"
    monkeypatch.setattr(topics, lambda rows: Accuracy(next(found), {"key": 0.0}))
    varied = lesson.home / "varied.py"
    varied.write_text("def varied(text):\n    return sum(map(ord, text)) % 11 / 11\n")
    rubric = {"parts": {"format": {}, "varied": {"reward": f"{varied}:varied"}}}
    data = {"dev": str(lesson.questions)}
    done = etude("grpo", lesson.config(grpo=GRPO, rubric=rubric, data=data))
    assert done.exit_code == 0, done.stderr
    assert f"dev accuracy {accuracies[0]:.1%} at step 0" in done.stderr
    assert said in done.stderr
    assert "the start was taken for the model" in done.stderr
    assert f"the last checkpoint is in {lesson.home}/run/checkpoints" in done.stderr


def test_a_route_that_no_question_takes_is_refused_before_a_model_is_looked_for(
    lesson: Any, etude: Any
) -> None:
    rubric = {"parts": {"format": {}, "structured": {"when": {"kind": "caption"}}}}
    config = lesson.config(rubric=rubric, model={"path": "nobody/has-this"})
    done = etude("grpo", config)
    assert done.exit_code == 1
    said = done.stderr.strip()
    assert said == (
        "etude: the rubric does not fit the questions to learn from: parts.structured.when: got "
        "questions of kind 'qa', expected some of kind 'caption', for the part judges no other; "
        "change rubric.parts, or add such questions"
    )
    assert not (lesson.home / "run").exists()


def test_what_the_rubric_leaves_unjudged_is_told_before_a_model_is_looked_for(
    lesson: Any, etude: Any
) -> None:
    rows = lesson.rows
    for row in rows[:2]:
        row |= {"topic": None, "facet": "tempo", "facts": {"tempo": 90}}
    lesson.write_rows(rows)
    nobody = {"path": "nobody/has-this"}
    done = etude("grpo", lesson.config(rubric={"parts": {"tempo": {}, "chord": {}}}, model=nobody))
    assert (
        "rubric: no part applies to 4 of 6 questions (key); chord applies to none of 6 questions"
    ) in done.stderr
    done = etude("grpo", lesson.config(rubric={"parts": {"chord": {}}}, model=nobody))
    assert done.exit_code == 1
    assert "no part applies to 6 of 6 questions (key, tempo); chord applies to none" in done.stderr
    assert not (lesson.home / "run").exists()


@pytest.mark.parametrize("frozen", [True, False])
def test_a_cold_start_leaves_a_frozen_encoder_as_it_was_and_no_other(
    lesson: Any, etude: Any, frozen: bool
) -> None:
    data = {"traces": str(lesson.data / "traces.jsonl")}
    model = {"path": str(lesson.model), "freeze_encoder": frozen}
    done = etude("sft", lesson.config(sft={**SFT, "steps": 2}, data=data, model=model))
    assert done.exit_code == 0, done.stderr
    before = load_file(lesson.model / "model.safetensors")
    after = load_file(lesson.home / "run" / "model" / "model.safetensors")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any("language_model" in name for name in changed)
    assert any("audio_tower" in name for name in changed) != frozen


SMALL = {"audio_hidden": 32, "audio_layers": 1, "audio_heads": 2, "text_hidden": 32}
SMALL |= {"text_layers": 2, "text_heads": 4, "mel_bins": 16, "n_fft": 512, "chunk_seconds": 1}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_tiny_model_of_every_family_can_be_cold_started(
    lesson: Any, etude: Any, family: str
) -> None:
    data = {"traces": str(lesson.data / "traces.jsonl")}
    model = {"path": "tiny", "family": family, "tiny": SMALL}
    done = etude("sft", lesson.config(sft=SFT, data=data, model=model))
    assert done.exit_code == 0, done.stderr
    config = json.loads((lesson.home / "run" / "model" / "config.json").read_text())
    assert config["model_type"] == family


def test_a_family_is_one_that_can_be_built_and_of_a_model_that_is() -> None:
    assert {*get_args(get_type_hints(ModelConfig)["family"])} == {*FAMILIES}
    with pytest.raises(ConfigError) as caught:
        load(ModelConfig, [], ["family=qwen"])
    assert all(family in str(caught.value) for family in FAMILIES)
    with pytest.raises(ConfigError, match=r"got qwen2_audio with path runs/cold, whose family is"):
        load(ModelConfig, [], ["family=qwen2_audio", "path=runs/cold"])


@pytest.mark.parametrize(
    ("count", "kept"), [(1, 1), (9999, 9999), (10_000, 10_000), (25_000, 8334)]
)
def test_the_tokenizer_of_a_tiny_model_is_made_of_ten_thousand_texts_at_most(
    count: int, kept: int
) -> None:
    examples = [Example(Question(str(i), "?"), "So.") for i in range(count)]
    found = _spread(examples)
    assert len(found) == kept
    assert found[0] is examples[0]
    assert int(found[-1].question.id) >= count - 3


def test_a_cold_start_that_was_killed_past_its_checkpoint_writes_no_line_twice(
    lesson: Any, etude: Any
) -> None:
    data = {"dev": str(lesson.questions), "traces": str(lesson.data / "traces.jsonl")}
    config = lesson.config(sft=SFT | {"checkpoint_every": 2}, data=data)
    done = etude("sft", config)
    assert done.exit_code == 0, done.stderr
    run = lesson.home / "run"
    whole = [_unclocked(line) for line in read_metrics(run / "metrics.jsonl")]
    for late in (run / "trainer" / "step_000004", run / "model"):
        shutil.rmtree(late)
    again = etude("sft", config, "--resume")
    assert again.exit_code == 0, again.stderr
    assert f"goes on from {run / 'trainer' / 'step_000002'}" in again.stderr
    assert [_unclocked(line) for line in read_metrics(run / "metrics.jsonl")] == whole


def _unclocked(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "seconds"}
