"""`etude eval` and `etude ask` ask a checkpoint as its run did, and say so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.asked_as import asked_as
from experiments.config import load
from experiments.runfolder import open_run
from experiments.schemas import GrpoRun, ModelConfig, SamplingConfig, SftRun
from rewards.errors import ConfigError

Etude = Callable[..., Any]


@pytest.fixture
def run(lesson: Any) -> Callable[..., Path]:
    """``run("sampling.stop=[x]", ...)``: a GRPO run's folder with a model in it."""

    def make(*settings: str) -> Path:
        config = load(GrpoRun, [lesson.config()], settings)
        open_run(config.out, config, resume=False)
        for place in ("model", "checkpoints/step_000002"):
            shutil.copytree(lesson.model, config.out / place)
        return config.out

    return make


def answer_of(etude: Etude, lesson: Any, model: Path, *more: object) -> str:
    out = lesson.home / "answers.jsonl"
    done = etude(
        "eval", "--model", model, "--questions", lesson.questions, "--device", "cpu",
        "-o", out, *more,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return json.loads(out.read_text().splitlines()[1])["completion"]


def asked(etude: Etude, lesson: Any, model: Path, *more: object) -> Any:
    row = lesson.rows[1]
    clip = lesson.data / row["clip"]["path"]
    return etude("ask", "--model", model, "--clip", clip, "--device", "cpu", *more, row["text"])


def test_the_stop_texts_of_the_run_end_an_answer_of_eval_and_of_ask(
    etude: Etude, lesson: Any, run: Callable[..., Path]
) -> None:
    whole = answer_of(etude, lesson, lesson.model, "--max-new-tokens", 12)
    end = next(letter for letter in whole[1:] if letter.isascii() and letter.isalnum())
    folder = run(f"sampling.stop=[{json.dumps(end)}]", "sampling.max_new_tokens=12")
    for model in (folder / "model", folder / "checkpoints" / "step_000002"):
        cut = answer_of(etude, lesson, model)
        assert whole.startswith(cut)
        assert end in cut
        assert len(cut) < len(whole)
        done = asked(etude, lesson, model)
        assert done.stdout.removesuffix("\n") == cut.rstrip("\ufffd"), (
            "half a character is not shown"
        )
        assert f"asked as {folder / 'config.yaml'} says: max_new_tokens=12" in done.stderr
        assert f"stop=[{end!r}]" in done.stderr
    assert answer_of(etude, lesson, lesson.model, "--max-new-tokens", 12, "--stop", end) == cut


def test_what_is_typed_comes_before_what_the_run_says(
    etude: Etude, lesson: Any, run: Callable[..., Path]
) -> None:
    model = run("sampling.max_new_tokens=12", 'sampling.stop=["e","a","i","o"]') / "model"
    assert answer_of(etude, lesson, model, "--max-new-tokens", 1, "--stop", "\u2603") == answer_of(
        etude, lesson, lesson.model, "--max-new-tokens", 1
    )


def test_what_is_typed_is_not_told_as_what_the_run_says(run: Callable[..., Path]) -> None:
    model = run("sampling.max_new_tokens=12", "model.suffix=Say it.") / "model"
    how = asked_as(str(model), None, 64).told(
        suffix=None, temperature=None, max_new_tokens=3, stop=["x"]
    )
    said = f"asked as {model.parent / 'config.yaml'} says, but for max_new_tokens and stop"
    assert str(how).startswith(f"{said}: suffix=Say it.")
    assert "=3" not in str(how)
    assert "'x'" not in str(how)


def test_how_the_run_held_its_weights_counts_too(lesson: Any, run: Callable[..., Path]) -> None:
    given = ("model.dtype=bfloat16", "model.fine_head=false", "model.suffix=Say it.")
    how = asked_as(str(run(*given) / "model"), None, 64)
    assert (how.model.dtype, how.model.fine_head, how.model.suffix) == (
        "bfloat16", False, "Say it.",
    )  # fmt: skip
    assert "suffix=Say it., dtype=bfloat16, fine_head=False, max_new_tokens=4" in str(how)


def test_a_configuration_can_be_named_of_a_cold_start_too(lesson: Any, tmp_path: Path) -> None:
    file = tmp_path / "sft.yaml"
    file.write_text(json.dumps({"data": {"questions": "q"}, "sft": {}, "sampling": {"top_k": 3}}))
    how = asked_as(str(lesson.model), file, 64)
    assert how.sampling == load(SftRun, [file], []).sampling == SamplingConfig(top_k=3)


def test_a_checkpoint_outside_of_a_run_is_asked_by_the_defaults(
    lesson: Any, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text("a: page of somebody's\n")  # without env.json: no run
    model = tmp_path / "model"
    shutil.copytree(lesson.model, model)
    for name in (str(model), "nvidia/music-flamingo-2601-hf"):
        how = asked_as(name, None, 99)
        assert (how.model, how.sampling) == (ModelConfig(), SamplingConfig(max_new_tokens=99))
        assert str(how) == ""


def test_a_run_whose_configuration_cannot_be_read_is_refused(
    lesson: Any, run: Callable[..., Path]
) -> None:
    folder = run()
    for text in ("model: {dtpye: float32}", "just a text", "[1, 2]"):
        (folder / "config.yaml").write_text(text)
        with pytest.raises(ConfigError, match=r"config\.yaml.*name another with --config|dtpye"):
            asked_as(str(folder / "model"), None, 64)
