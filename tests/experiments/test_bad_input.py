"""Bad input: one clear sentence, a failing exit status, and nothing lost that was written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from experiments.stages import goes_on_from
from policies.checkpoint import latest
from rollouts.metrics import read_metrics

GRPO = {"groups": 1, "group_size": 2, "steps": 6, "chunk": 1, "curriculum": False}
RUBRIC = {"parts": {"format": {}, "accuracy": {}}}


def refused(result: Any, *words: str) -> str:
    """What a command that failed said last: one sentence, or a heading and its list."""
    assert result.exit_code == 1, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.stderr
    assert result.stderr.count("etude: ") == 1, result.stderr
    said = result.stderr[result.stderr.index("etude: ") :].rstrip()
    assert all(line.startswith("  ") for line in said.splitlines()[1:]), said
    for word in words:
        assert word in said
    return said


@pytest.fixture
def evaluate(lesson: Any, etude: Any) -> Callable[..., Any]:
    def run(*more: object) -> Any:
        return etude(
            "eval", "--model", lesson.model, "--questions", lesson.questions,
            "--max-new-tokens", 4, "--device", "cpu", *more,
        )  # fmt: skip

    return run


# --- clips ---------------------------------------------------------------------------------


def _missing(path: Path) -> None:
    path.unlink()


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:30])


def _text(path: Path) -> None:
    path.write_text("RIFF this is no sound at all")


def _bomb(path: Path) -> None:
    head = bytearray(path.read_bytes()[:44])
    head[40:44] = struct.pack("<I", 2**32 - 1)
    path.write_bytes(bytes(head))


def _many_channels(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[22:24] = struct.pack("<H", 1024)
    path.write_bytes(bytes(data))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [_missing, _truncated, _text, _bomb, _many_channels, _folder])
def test_a_clip_that_cannot_be_heard_is_named(
    evaluate: Any, lesson: Any, harm: Callable[[Path], None]
) -> None:
    answers = lesson.home / "answers.jsonl"
    assert evaluate("-o", answers).exit_code == 0
    before = answers.read_bytes()
    harm(lesson.data / "clips" / "3.wav")
    refused(evaluate("-o", answers), "3.wav")
    assert answers.read_bytes() == before


@pytest.mark.parametrize(
    "path", ["../secret.wav", "/etc/passwd", "clips/\u0000.wav", "file:///etc/passwd"]
)
def test_a_clip_outside_its_folder_is_refused_with_its_line(
    evaluate: Any, lesson: Any, path: str
) -> None:
    rows = lesson.rows
    rows[2]["clip"]["path"] = path
    lesson.write_rows(rows)
    refused(evaluate(), "questions.jsonl", "line 3")


def test_a_clip_that_vanishes_stops_a_run_which_goes_on_once_it_is_back(
    lesson: Any, etude: Any, here: None
) -> None:
    config = lesson.config(grpo={**GRPO, "checkpoint_every": 1}, rubric=RUBRIC)
    clip = lesson.data / "clips" / "3.wav"
    sound = clip.read_bytes()
    clip.unlink()
    refused(etude("grpo", config), "3.wav")
    run = lesson.home / "run"
    before = _files(run)
    steps = [line["step"] for line in read_metrics(run / "metrics.jsonl")]
    assert steps == list(range(len(steps)))
    assert len(steps) < 6
    refused(etude("grpo", config, "--resume"), "3.wav")
    assert {name: data for name, data in _files(run).items() if name in before} == before
    clip.write_bytes(sound)
    done = etude("grpo", config, "--resume")
    assert done.exit_code == 0, done.stderr
    assert [line["step"] for line in read_metrics(run / "metrics.jsonl")] == list(range(6))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# --- rows, keys ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{", ("line 2",)),
        ('{"id": "a"}', ("line 2", "text")),
        ('{"id": "a", "text": 7}', ("line 2", "text")),
        ('{"id": "q0", "text": "twice"}', ("q0",)),
        ('{"id": "a", "text": "?", "clipp": {}}', ("line 2", "clip")),
        ('{"id": "a", "text": "?", "clip": {"path": "x.wav", "start": -1}}', ("line 2", "start")),
    ],
)
def test_a_wrong_row_is_named_with_file_line_and_field(
    evaluate: Any, lesson: Any, row: str, words: tuple[str, ...]
) -> None:
    lesson.write_rows([lesson.rows[0], row])
    refused(evaluate(), "questions.jsonl", *words)


def test_a_file_that_is_not_there_is_named(
    evaluate: Any, lesson: Any, etude: Any, tmp_path: Path
) -> None:
    lesson.questions.rename(tmp_path / "elsewhere")
    refused(evaluate(), "questions.jsonl")
    refused(etude("grpo", lesson.config(grpo=GRPO, rubric=RUBRIC)), "questions.jsonl")
    (tmp_path / "elsewhere").rename(lesson.questions)
    for data in ({"traces": str(tmp_path / "no.jsonl")}, {}):
        shutil.rmtree(lesson.home / "run", ignore_errors=True)
        refused(etude("sft", lesson.config(data=data)), "traces" if not data else "no.jsonl")


def test_an_unknown_key_is_named_with_its_neighbour_and_nothing_begins(
    lesson: Any, etude: Any
) -> None:
    config = lesson.config(grpo={**GRPO, "goups": 3}, rubric=RUBRIC)
    result = etude("grpo", config)
    assert result.exit_code == 1
    assert "goups" in result.stderr
    assert "groups" in result.stderr
    assert not (lesson.home / "run").exists()


def test_an_unknown_reward_is_named_before_anything_begins(lesson: Any, etude: Any) -> None:
    config = lesson.config(grpo=GRPO, rubric={"parts": {"acuracy": {}}})
    result = etude("grpo", config)
    assert result.exit_code == 1
    assert "did you mean" in result.stderr
    assert "accuracy" in result.stderr


def test_early_stop_without_dev_questions_is_refused(lesson: Any, etude: Any) -> None:
    config = lesson.config(grpo={**GRPO, "early_stop_patience": 2}, rubric=RUBRIC)
    refused(etude("grpo", config), "early_stop_patience", "data.dev")
    config = lesson.config(
        data={"traces": str(lesson.data / "traces.jsonl")}, sft={"stop_at_dev_accuracy": 0.5}
    )
    shutil.rmtree(lesson.home / "run", ignore_errors=True)
    refused(etude("sft", config), "stop_at_dev_accuracy", "data.dev")


def test_without_dev_questions_both_trainings_run_and_do_not_evaluate(
    lesson: Any, etude: Any, here: None
) -> None:
    data = {"traces": str(lesson.data / "traces.jsonl")}
    sft = {"steps": 2, "batch_size": 2, "micro_batch_size": 2, "evaluate_every": 1}
    result = etude("sft", lesson.config(data=data, sft=sft))
    assert result.exit_code == 0, result.stderr
    model = lesson.home / "run" / "model"
    config = lesson.config(
        model={"path": str(model)}, grpo={**GRPO, "steps": 2, "evaluate_every": 1}, rubric=RUBRIC,
        out=str(lesson.home / "second"),
    )  # fmt: skip
    result = etude("grpo", config)
    assert result.exit_code == 0, result.stderr
    stages = {line["stage"] for line in read_metrics(lesson.home / "second" / "metrics.jsonl")}
    assert stages == {"grpo"}


# --- checkpoints -----------------------------------------------------------------------------


def _of_another_family(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "model_type": "llama"}))


def _with_a_pickle(model: Path) -> None:
    (model / "model.safetensors").unlink()
    (model / "pytorch_model.bin").write_bytes(b"\x80\x04.")


def _without_weights(model: Path) -> None:
    (model / "model.safetensors").unlink()


def _cut(model: Path) -> None:
    data = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(data[: len(data) // 2])


def _with_remote_code(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    config["auto_map"] = {"AutoModel": "evil.Model"}
    (model / "config.json").write_text(json.dumps(config))
    (model / "evil.py").write_text("raise SystemExit('ran')")


@pytest.mark.parametrize(
    "harm", [_of_another_family, _with_a_pickle, _without_weights, _cut, _with_remote_code]
)
@pytest.mark.parametrize("command", ["eval", "ask", "grpo"])
def test_a_checkpoint_that_does_not_fit_is_refused(
    lesson: Any, etude: Any, here: None, tmp_path: Path, command: str,
    harm: Callable[[Path], None],
) -> None:  # fmt: skip
    model = shutil.copytree(lesson.model, tmp_path / "model")
    harm(model)
    if command == "eval":
        result = etude("eval", "--model", model, "--questions", lesson.questions)
    elif command == "ask":
        result = etude("ask", "--model", model, "Which key?")
    else:
        result = etude("grpo", lesson.config(model={"path": str(model)}, grpo=GRPO, rubric=RUBRIC))
    refused(result, str(model))


def test_a_checkpoint_that_is_nowhere_is_refused(lesson: Any, etude: Any) -> None:
    nowhere = lesson.home / "no" / "such" / "model"
    refused(etude("ask", "--model", nowhere, "Which key?"), str(nowhere))


# --- deaf ------------------------------------------------------------------------------------


def test_a_batch_that_would_be_trained_deaf_is_refused(lesson: Any, etude: Any) -> None:
    traces = lesson.data / "traces.jsonl"
    traces.write_text(traces.read_text().replace("It ends so.", "I hear <sound>.", 1))
    sft = {"steps": 2, "batch_size": 6, "micro_batch_size": 6}
    result = etude("sft", lesson.config(data={"traces": str(traces)}, sft=sft))
    refused(result, "question 'q0' would be trained deaf")


# --- a full disk -------------------------------------------------------------------------------


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "place",
    [
        "rollouts.files.replacing",
        "rollouts.metrics.write_all",
        "policies.audio_policy.AudioPolicy.save",
    ],
)
def test_a_disk_that_fills_up_in_a_run_loses_nothing(
    lesson: Any, etude: Any, here: None, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    grpo = {**GRPO, "steps": 4, "checkpoint_every": 1}
    config = lesson.config(grpo=grpo, rubric=RUBRIC)
    module, _, name = place.rpartition(".")
    owner: Any = import_module(module) if "AudioPolicy" not in module else None
    if owner is None:
        from policies.audio_policy import AudioPolicy as owner
    real, calls = getattr(owner, name), []

    def fill(*args: Any, **kwargs: Any) -> Any:
        calls.append(place)
        return _full() if len(calls) == 4 else real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fill)
        result = etude("grpo", config)
    refused(result, "No space left on device")
    run = lesson.home / "run"
    whole = {name: data for name, data in _files(run).items() if "metrics" not in name}
    where = goes_on_from(run, latest(run / "checkpoints"))
    done = etude("grpo", config, "--resume")
    assert done.exit_code == 0, done.stderr
    assert where in done.stderr
    assert [line["step"] for line in read_metrics(run / "metrics.jsonl")] == list(range(4))
    for name in whole:
        if "checkpoints" in name and "step_000000" in name:
            assert Path(name).read_bytes() == whole[name]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; only root can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("no leave to mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.parametrize("command", ["sft", "grpo"])
def test_a_really_full_disk_is_said_in_a_sentence(
    lesson: Any, etude: Any, here: None, small_disk: Path, command: str
) -> None:
    sft = {"steps": 9, "batch_size": 2, "micro_batch_size": 2, "checkpoint_every": 1}
    config = lesson.config(
        out=str(small_disk / "run"),
        data={"traces": str(lesson.data / "traces.jsonl")},
        **({"sft": sft} if command == "sft" else {"rubric": RUBRIC}),
        **({} if command == "sft" else {"grpo": {**GRPO, "checkpoint_every": 1}}),
    )
    sentence = refused(etude(command, config))
    assert "bytes" in sentence
    assert (small_disk / "run" / "config.yaml").read_text()
