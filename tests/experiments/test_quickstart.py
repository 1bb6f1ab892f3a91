"""The main job at a miniature size: all stages, stopped and resumed, twice the same."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from experiments import specs
from experiments.asking import load_answers
from experiments.commands.quickstart import placed
from experiments.config import load
from experiments.quickstart import Data, Quickstart
from experiments.schemas import QuickstartRun
from policies.accuracy import accuracy_by_topic, chance, paired_gain
from policies.audio import ClipReader
from policies.evaluate import Sound, evaluate
from policies.lora import open_policy
from policies.manifest import verify
from rewards import registry
from rewards.questions import read_questions
from rollouts.metrics import read_metrics
from sft.collate import Example
from sft.corpus.build import build
from sft.corpus.folder import CorpusSettings

HOME = Path(__file__).resolve().parents[2]
SMALL = (
    "model.device=cpu", "model.tiny.audio_hidden=32", "model.tiny.audio_layers=1",
    "model.tiny.audio_heads=2", "model.tiny.text_hidden=32", "model.tiny.text_layers=2",
    "model.tiny.mel_bins=16", "model.tiny.n_fft=512",
    "data.train=24", "data.dev=6", "data.test=30", "data.processes=1",
    "sft.steps=4", "sft.batch_size=8", "sft.micro_batch_size=8", "sft.evaluate_every=2",
    "sft.evaluate_from=2", "sampling.max_new_tokens=6",
    "grpo.groups=4", "grpo.group_size=3", "grpo.steps=6", "grpo.chunk=2", "grpo.actors=1",
    "grpo.evaluate_every=3", "grpo.checkpoint_every=2",
)  # fmt: skip
COLUMNS = ["chance", "untrained", "cold start", "GRPO", "other clip", "silence"]


def _metrics(run: Path) -> list[dict[str, Any]]:
    """The lines without what a clock says."""
    clocks = ("seconds", "part_ms", "tokens_per_second")
    lines = read_metrics(run / "metrics.jsonl")
    return [{key: value for key, value in line.items() if key not in clocks} for line in lines]


def _outcome(run: Path) -> dict[str, Any]:
    """What two runs with one seed must share."""
    models = ("start", "cold_start", "model")
    return {
        "results": json.loads((run / "results.json").read_text()),
        "metrics": _metrics(run),
        "answers": {p.name: p.read_bytes() for p in sorted((run / "answers").iterdir())},
        "weights": {name: verify(run / name).files["model.safetensors"].blake2b for name in models},
    }


def _background(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", "quickstart", *arguments],
        env={**os.environ, "PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _wait_for(path: Path, text: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 240
    while not (path.exists() and text in path.read_text()):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, f"no {text} in {path}"
        time.sleep(0.02)


def test_a_run_leaves_the_data_set_of_other_settings_to_the_runs_that_it_belongs_to(
    tmp_path: Path, capsys: Any
) -> None:
    config = QuickstartRun(data_folder=tmp_path / "scores")
    assert placed(config) == config
    build(config.data_folder, CorpusSettings(train=4, dev=2, test=2, processes=1))
    own = placed(config)
    assert own.data_folder.parent == tmp_path
    assert own.data_folder != config.data_folder
    assert str(own.data_folder) in capsys.readouterr().err
    assert placed(own) == own


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("sampling.max_new_tokens=4090", r"\+ 4090 tokens.*expected at most 4096 in all"),
        ("data.test=1", r"no other clip for question 'test-00000/\w+': got one answer"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_cold_start(
    tmp_path: Path, etude: Any, here: None, override: str, said: str
) -> None:
    shared = (*SMALL, f"data_folder={tmp_path / 'scores'}", override)
    done = etude("quickstart", "--out", tmp_path / "run", *shared)
    assert done.exit_code == 1
    assert re.search(said, done.stderr, re.DOTALL)
    assert not (tmp_path / "run" / "trainer").exists()


def test_the_main_job_stopped_twice_ends_as_the_one_that_never_stopped(
    tmp_path: Path, etude: Any, here: None
) -> None:
    shared = (*SMALL, f"data_folder={tmp_path / 'scores'}")
    whole, stopped = tmp_path / "whole" / "run", tmp_path / "stopped" / "run"
    done = etude("quickstart", "--out", whole, *shared)
    assert done.exit_code == 0, done.stderr
    _check_screen(done.stdout, whole)
    expected = _outcome(whole)
    _check_results(expected["results"])
    _check_columns(expected["results"], whole)

    # In the cold start, as Ctrl-C; in GRPO, with real actors, as SIGTERM.
    for number, text in ((signal.SIGINT, '"stage": "sft"'), (signal.SIGTERM, '"stage": "grpo"')):
        # The command that was printed, as it was printed.
        given = ["--resume"] if stopped.exists() else [*shared]
        process = _background("--out", str(stopped), *given)
        _wait_for(stopped / "metrics.jsonl", text, process)
        process.send_signal(number)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 130, said
        assert f"go on with: etude quickstart --out {stopped} --resume" in said
        assert "Traceback" not in said
        assert (f"goes on from {stopped / 'trainer'}" in said) == ("--resume" in given)

    refused = etude("quickstart", "--out", stopped, *shared)
    assert refused.exit_code == 1
    assert "--resume" in refused.stderr
    changed = etude("quickstart", "--out", stopped, *shared, "seed=2", "--resume")
    assert changed.exit_code == 1
    assert "seed: got 2, the run has 1; resume with" in changed.stderr

    resumed = etude("quickstart", "--out", stopped, "--resume")
    assert resumed.exit_code == 0, resumed.stderr
    assert f"goes on from {stopped / 'checkpoints'}" in resumed.stderr
    assert _outcome(stopped) == expected

    finished = etude("quickstart", "--out", stopped, *shared, "--resume")
    assert finished.exit_code == 0, finished.stderr
    assert _outcome(stopped) == expected
    _check_replay(etude, stopped)
    _check_stock(stopped / "model")


def _check_screen(printed: str, run: Path) -> None:
    assert "accuracy on held-out pieces" in printed
    assert "GRPO over cold start" in printed
    assert str(run / "report.html") in printed.replace("\n", "")
    assert (run / "report.html").read_text().startswith("<!doctype html>")


def _check_results(results: dict[str, Any]) -> None:
    assert results["columns"] == COLUMNS
    overall = results["rows"][-1]
    assert overall["n"] == sum(row["n"] for row in results["rows"][:-1])
    assert set(overall["values"]) == set(COLUMNS)
    assert results["gain"]["low"] <= results["gain"]["mean"] <= results["gain"]["high"]


def _check_columns(results: dict[str, Any], run: Path) -> None:
    """Each is what its model answers, hearing what the column says."""
    config = load(QuickstartRun, [run / "config.yaml"], [])
    train, test = (read_questions(config.data_folder / f"{s}.jsonl") for s in ("train", "test"))
    overall = results["rows"][-1]["values"]
    assert overall["chance"] == chance(test, train).overall
    columns: dict[str, tuple[str, Sound]] = {
        "untrained": ("start", "own"), "cold start": ("cold_start", "own"),
        "GRPO": ("model", "own"), "other clip": ("model", "other"),
        "silence": ("model", "silence"),
    }  # fmt: skip
    found = {}
    with ClipReader(config.data_folder) as reader:
        for name, (folder, sound) in columns.items():
            found[name] = evaluate(
                open_policy(run / folder, specs.opening(config.model)), test, reader.read,
                registry.get("accuracy"), specs.greedy(config.sampling), seed=config.seed,
                sound=sound,
            )  # fmt: skip
            kept = load_answers(run / "answers" / f"{name.replace(' ', '_')}.jsonl", test)
            assert kept == found[name], name
            assert overall[name] == accuracy_by_topic(found[name]).overall
    gain = paired_gain(found["cold start"], found["GRPO"])
    assert results["gain"]["mean"] == gain.mean


def _check_replay(etude: Any, run: Path) -> None:
    for step in (0, 5):
        result = etude("replay", run, "--step", step)
        assert result.exit_code == 0, result.stdout + result.stderr
        assert result.stdout.count("equal (") == 6, result.stdout
    missing = etude("replay", run, "--step", 6)
    assert missing.exit_code == 1
    assert "no rollouts of step 6" in missing.stderr


def _check_stock(model: Path) -> None:
    """Transformers alone loads the checkpoint, and answers with it."""
    import numpy as np
    from transformers import AutoProcessor, MusicFlamingoForConditionalGeneration

    loaded, report = MusicFlamingoForConditionalGeneration.from_pretrained(
        model, output_loading_info=True
    )
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    processor = AutoProcessor.from_pretrained(model)
    sound = np.zeros(16_000, np.float32)
    content = [{"type": "text", "text": "Which key?"}, {"type": "audio", "audio": sound}]
    batch = processor.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=True, add_generation_prompt=True,
        return_dict=True,
    )  # fmt: skip
    ids = loaded.generate(**batch, max_new_tokens=3, do_sample=False)
    assert ids.shape[1] > batch["input_ids"].shape[1]


def test_a_rubric_that_fits_no_question_is_said_before_the_cold_start(
    tmp_path: Path, etude: Any, lesson: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = read_questions(lesson.questions)
    data = Data(lesson.data, asked, asked, asked, [Example(asked[0], "It is D major.")])
    monkeypatch.setattr(Quickstart, "data", lambda self: data)
    part = "rubric.parts.length={when: {kind: captoin}}"
    result = etude("quickstart", "--out", tmp_path / "run", f"data_folder={lesson.data}", part)
    assert result.exit_code == 1
    assert "captoin" in result.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("line", ["grpo.goups=3", "data_foldr=x"])
def test_a_wrong_key_is_refused_before_anything_is_made(
    tmp_path: Path, etude: Any, line: str
) -> None:
    result = etude("quickstart", "--out", tmp_path / "run", line)
    assert result.exit_code == 1
    assert line.split("=")[0].split(".")[-1] in result.stderr
    assert not (tmp_path / "run").exists()
