"""What is configured arrives in the rooms below."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from experiments import specs
from experiments.config import load, to_yaml
from experiments.schemas import (
    DataConfig,
    GrpoRun,
    ModelConfig,
    SamplingConfig,
    ScoresConfig,
    SftConfig,
)
from policies.lora import Opening
from policies.sampling import SamplingSettings
from rewards import Facts, Question
from rewards.errors import ConfigError
from rollouts.curriculum import CurriculumSettings
from rollouts.pool import PoolSettings
from sft.corpus.folder import CorpusSettings

ALL = [
    "temperature=0.7",
    "top_k=20",
    "top_p=0.9",
    "min_p=0.05",
    "max_new_tokens=9",
    'stop=["</answer>"," Q:"]',
]


def test_every_setting_of_a_corpus_can_be_configured_and_null_facets_are_all():
    assert [f.name for f in fields(ScoresConfig)] == [f.name for f in fields(CorpusSettings)]
    assert specs.corpus_settings(ScoresConfig()) == CorpusSettings()
    config = load(ScoresConfig, [], ["seed=3", "facets=[key]", "per_clip=1"])
    assert specs.corpus_settings(config) == CorpusSettings(seed=3, facets=("key",), per_clip=1)


def test_every_sampling_setting_can_be_configured_under_its_own_name():
    assert {f.name for f in fields(SamplingConfig)} == {f.name for f in fields(SamplingSettings)}
    config = load(SamplingConfig, [], ALL)
    assert specs.sampling_settings(config) == SamplingSettings(
        temperature=0.7,
        top_k=20,
        top_p=0.9,
        min_p=0.05,
        max_new_tokens=9,
        stop=("</answer>", " Q:"),
    )


def test_sampling_without_configuration_is_the_samplers_default():
    assert specs.sampling_settings(SamplingConfig()) == SamplingSettings()


def test_greedy_evaluation_ends_where_sampling_does():
    greedy = specs.greedy(load(SamplingConfig, [], ALL))
    assert (greedy.temperature, greedy.max_new_tokens) == (0.0, 9)
    assert greedy.stop == ("</answer>", " Q:")


def test_a_sampling_configuration_is_written_and_read_back(tmp_path):
    config = load(SamplingConfig, [], ALL)
    (tmp_path / "c.yaml").write_text(to_yaml(config))
    assert load(SamplingConfig, [tmp_path / "c.yaml"], []) == config


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("top_k=-1", "top_k: got -1, expected a whole number, at least 0"),
        ("top_k=2.5", "top_k: got 2.5, expected a whole number"),
        ("min_p=1", "min_p: got 1, expected a number, at least 0, below 1"),
        ("min_p=-0.1", "min_p: got -0.1, expected"),
        ("min_p=.nan", "min_p: got nan, expected"),
        ("stop=abc", "stop: got 'abc', expected a list of text"),
        ('stop=["a",""]', "stop holds an empty text"),
    ],
)
def test_a_sampling_setting_out_of_range_is_refused_by_name(override, said):
    with pytest.raises(ConfigError) as caught:
        load(SamplingConfig, [], [override])
    assert said in str(caught.value)


@pytest.mark.parametrize("bad", [{"top_k": -1}, {"min_p": 1.0}, {"min_p": -0.1}, {"stop": ("",)}])
def test_the_room_below_refuses_the_same(bad):
    with pytest.raises(ConfigError, match=f"sampling.{next(iter(bad))} is out of range"):
        SamplingSettings(**bad)


def test_how_a_checkpoint_is_held_is_configured_beside_its_precision():
    assert specs.opening(load(ModelConfig, [], ["device=cpu"])) == Opening()
    given = ["device=cpu", "fine_head=false", "dtype=bfloat16", "suffix=Think.", "lora.rank=4"]
    config = load(ModelConfig, [], [*given, "base_8bit=true"])
    assert specs.opening(config) == Opening(
        suffix="Think.", dtype="bfloat16", fine_head=False, base_8bit=True
    )
    assert "fine_head: false" in to_yaml(config)
    assert {f.name for f in fields(Opening)} <= {f.name for f in fields(ModelConfig)}


def test_a_gpu_that_is_not_there_is_refused_by_what_named_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    configured = load(ModelConfig, [], ["device=cuda"])
    with pytest.raises(ConfigError, match=r"^model\.device: got cuda"):
        specs.opening(configured)
    with pytest.raises(ConfigError, match=r"^--device: got cuda"):
        specs.opening(ModelConfig(), "cuda")
    assert specs.opening(configured, "cpu").device == "cpu"


def test_weights_in_8_bits_without_an_adapter_are_refused():
    with pytest.raises(ConfigError, match="base_8bit needs an adapter: got lora null"):
        load(ModelConfig, [], ["base_8bit=true"])


def test_what_is_configured_of_a_run_is_the_runs(tmp_path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "q", "text": "?", "answer": "D"}\n')
    given = [
        f"data.questions={questions}", "model.fine_head=false", "model.device=cpu", "seed=7",
        "grpo.group_size=5", "grpo.chunk=3", "grpo.actors=2", "grpo.gradients=actors",
        "grpo.curriculum=false", "grpo.cluster=auto", "logger=tensorboard", "model.lora.rank=4",
    ]  # fmt: skip
    config = load(GrpoRun, [], given)
    run = specs.grpo_spec(tmp_path, tmp_path, tmp_path, [], [], config)
    assert run.opening == Opening(fine_head=False)
    assert (run.seed, run.rows, run.gradients, run.logger) == (7, 5, "actors", "tensorboard")
    assert run.pool == PoolSettings(actors=2, chunk=3, cluster="auto")
    assert run.curriculum == CurriculumSettings(by_pass_rate=False)
    assert run.lora is not None
    assert run.lora["rank"] == 4


def test_a_part_for_a_kind_that_no_question_has_stops_the_run_before_it_begins():
    routed = {"parts": {"accuracy": {"when": {"kind": ["qaa"]}}}}
    with pytest.raises(ConfigError, match=r"accuracy\.when\.kind: .* did you mean 'qa'\?"):
        specs.check_rubric(routed, [Question("q", "Key?")])
    asked = [Question("q", "Key?", kind="qaa", answer="C major")]
    assert specs.check_rubric(routed, asked) == ""


def test_what_a_rubric_leaves_unjudged_is_told_and_one_that_judges_nothing_refused():
    tempo = [Question("t", "Tempo?", facet="tempo", facts=Facts(tempo=90.0))]
    chord = [Question("c", "Chord?", facet="chord", facts=Facts(chord="C:maj"))]
    parts = {"parts": {"chord": {}, "tempo_term": {}}}
    assert specs.check_rubric(parts, [*tempo, *chord]) == (
        "rubric: no part applies to 1 of 2 questions (tempo); tempo_term applies to none of 2 "
        "questions"
    )
    with pytest.raises(ConfigError, match=r"no part applies to 1 of 1 questions \(tempo\); chord"):
        specs.check_rubric({"parts": {"chord": {}}}, tempo)


def test_every_setting_of_a_cold_start_reaches_it():
    from sft.train import SftSettings

    same: dict[str, Any] = {
        "learning_rate": 2e-4, "betas": (0.8, 0.9), "weight_decay": 0.1, "batch_size": 8,
        "micro_batch_size": 4, "checkpointing": True, "offload": True, "steps": 50,
        "schedule": "cosine", "max_grad_norm": 0.5, "evaluate_every": 5, "evaluate_from": 10,
        "checkpoint_every": 7,
    }  # fmt: skip
    config = SftConfig(**same, warmup=0.1, stop_at_dev_accuracy=0.6)
    assert specs.sft_settings(config, 999, 3, dev=True) == SftSettings(
        **same, warmup_steps=5, stop_at_accuracy=0.6, seed=3
    )
    passes = replace(config, steps=None, epochs=2.0, stop_at_dev_accuracy=None)
    found = specs.sft_settings(passes, 99, 3, dev=False)
    assert (found.steps, found.evaluate_every) == (25, 0)


def test_a_goal_of_dev_accuracy_without_dev_questions_is_refused():
    for goal in ("sft.stop_at_dev_accuracy", "grpo.early_stop_patience"):
        with pytest.raises(ConfigError, match=f"^{goal} needs evaluations: got data.dev null"):
            specs.evaluations(5, goal, True, dev=False)
        assert specs.evaluations(5, goal, True, dev=True) == 5
        assert specs.evaluations(5, goal, False, dev=False) == 0


def test_the_files_of_a_run_stand_in_one_folder(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    here = DataConfig(questions=tmp_path / "a.jsonl", dev=tmp_path / "link" / "b.jsonl")
    assert specs.clips_root(here) == tmp_path
    with pytest.raises(ConfigError, match=rf"one folder, .*: got {tmp_path}, {tmp_path}/deep;"):
        specs.clips_root(replace(here, test=tmp_path / "deep" / "c.jsonl"))
