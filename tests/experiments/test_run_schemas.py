"""Configurations of runs: their files, their defaults, and what stands instead of what."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from experiments import schemas
from experiments.config import load, to_yaml
from experiments.specs import corpus_settings, tiny_sizes
from rewards.errors import ConfigError

HOME = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("quickstart.yaml", schemas.QuickstartRun),
        ("music_flamingo_sft.yaml", schemas.SftRun),
        ("music_flamingo_grpo.yaml", schemas.GrpoRun),
    ],
)
def test_our_own_files_load_and_their_rubrics_too(file: str, schema: type):
    config = load(schema, [HOME / "experiments" / file], [])
    if hasattr(config, "rubric"):
        from rewards.rubric import Rubric

        assert Rubric.from_config(config.rubric).parts


def test_a_run_without_a_rubric_takes_the_default_one():
    from rewards.rubric import DEFAULT, Rubric

    run = load(schemas.GrpoRun, [], ["data.questions=q.jsonl"])
    assert run.rubric == DEFAULT
    assert Rubric.from_config(run.rubric) == Rubric.default()
    given = load(schemas.GrpoRun, [], ["data.questions=q.jsonl", "rubric={parts: {key: {}}}"])
    assert given.rubric == {"parts": {"key": {}}}


def test_a_rubric_that_is_given_by_the_name_of_its_file_is_asked_for_as_what_the_file_holds():
    with pytest.raises(ConfigError, match=r"got 'mine.yaml', expected a mapping; put here what"):
        load(schemas.GrpoRun, [], ["data.questions=q.jsonl", "rubric=mine.yaml"])


def test_the_grpo_file_has_the_papers_settings():
    run = load(schemas.GrpoRun, [HOME / "experiments" / "music_flamingo_grpo.yaml"], [])
    assert run.model.path == "nvidia/music-flamingo-2601-hf"
    grpo = run.grpo
    assert (grpo.group_size, grpo.groups, grpo.learning_rate) == (5, 64, 1e-6)
    assert (grpo.schedule, grpo.warmup, grpo.weight_decay, grpo.epochs) == ("cosine", 0.03, 0.0, 1)
    assert grpo.steps is None


def test_the_cold_start_file_has_the_papers_settings():
    run = load(schemas.SftRun, [HOME / "experiments" / "music_flamingo_sft.yaml"], [])
    assert (run.sft.learning_rate, run.sft.batch_size, run.sft.epochs) == (1e-5, 128, 1)
    assert (run.sft.steps, run.model.dtype) == (None, "bfloat16")


@pytest.mark.parametrize(("batch", "micro"), [(8, 8), (32, 32), (64, 32), (1, 1)])
def test_a_batch_size_alone_is_enough_and_what_is_computed_at_once_is_shown(batch: int, micro: int):
    config = load(schemas.SftConfig, [], [f"batch_size={batch}"])
    assert config.micro_batch_size == micro
    assert f"micro_batch_size: {micro}\n" in to_yaml(config)
    assert config == load(schemas.SftConfig, [], [f"batch_size={batch}", "micro_batch_size=null"])


@pytest.mark.parametrize(
    "overrides",
    [
        ["sft.batch_size=33"],
        ["sft.stop_at_dev_accuracy=0.5", "sft.evaluate_every=0"],
        ["grpo.early_stop_patience=2", "grpo.evaluate_every=0"],
        ["grpo.keep_every=50", "grpo.checkpoint_every=20"],
    ],
)
def test_fields_that_contradict_each_other_are_refused(overrides: list[str]):
    with pytest.raises(ConfigError, match=overrides[0].split("=")[0].split(".")[1]):
        load(schemas.QuickstartRun, [], overrides)


@pytest.mark.parametrize(
    ("section", "record"),
    [
        (lambda: tiny_sizes(schemas.TinyConfig()), "policies.tiny.TinySizes"),
        (lambda: corpus_settings(schemas.ScoresConfig()), "sft.corpus.folder.CorpusSettings"),
    ],
)
def test_a_section_that_mirrors_a_record_has_its_fields_and_defaults(section, record: str):
    module, _, name = record.rpartition(".")
    assert section() == getattr(import_module(module), name)()


EPOCHS = [
    ([], [], 100),
    (["{grpo: {steps: 40}}"], [], 40),
    (["{grpo: {epochs: 2}}"], [], None),
    (["{grpo: {steps: 40, epochs: 2}}"], [], 40),
    (["{grpo: {steps: 40}}", "{grpo: {epochs: 2}}"], [], None),
    (["{grpo: {epochs: 2}}", "{grpo: {steps: 40}}"], [], 40),
    (["{grpo: {steps: 40}}"], ["grpo.epochs=2"], None),
    (["{grpo: {epochs: 2}}"], ["grpo.steps=40"], 40),
    ([], ["grpo.epochs=2"], None),
    ([], ["grpo={epochs: 2}"], None),
    ([], ["grpo.steps=null", "grpo.epochs=2"], None),
    ([], ["grpo.steps=9", "grpo={epochs: 2}"], None),
    ([], ["grpo.epochs=2", "grpo={steps: 40}"], 40),
    ([], ["grpo.steps=9", "grpo=null", "grpo.epochs=2"], None),
]


@pytest.mark.parametrize(("files", "overrides", "steps"), EPOCHS)
def test_of_steps_and_epochs_the_one_that_is_given_later_counts(tmp_path, files, overrides, steps):
    paths = [tmp_path / f"{place}.yaml" for place in range(len(files))]
    for path, text in zip(paths, files, strict=True):
        path.write_text(text, encoding="utf-8")
    run = load(schemas.GrpoRun, paths, ["data.questions=q.jsonl", *overrides])
    assert run.grpo.steps == steps
    assert load(schemas.GrpoRun, [_kept(tmp_path, run)], []) == run


def _kept(folder, run):
    path = folder / "config.yaml"
    path.write_text(to_yaml(run), encoding="utf-8")
    return path


def test_steps_and_epochs_at_once_are_refused():
    with pytest.raises(ConfigError, match=r"got both grpo.steps and grpo.epochs, .* leave one"):
        load(schemas.GrpoRun, [], ["data.questions=q.jsonl", "grpo.steps=9", "grpo.epochs=2"])
