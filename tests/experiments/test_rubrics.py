"""A run folder that was passed on runs no code and sends no key of whoever looks at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.rubrics import check_stranger
from experiments.runfolder import read_run
from rewards.errors import ConfigError

Etude = Callable[..., Any]
EVIL = "import os\nopen({proof!r}, 'w').close()\ndef pwn(text):\n    return 0.5\n"
ROW = {"id": "a", "question": {"text": "Which key?", "answer": "D major"}, "completion": "D major"}


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """What stands here once the stranger's code has run."""
    return tmp_path / "it ran"


@pytest.fixture
def received(full_run: Path, lesson: Any, proof: Path) -> Path:
    """A run folder whose rubric names a file in it."""
    (full_run / "evil.py").write_text(EVIL.format(proof=str(proof)))
    return with_rubric(full_run, lesson, {"x": {"reward": f"{full_run}/evil.py:pwn"}})


def with_rubric(run: Path, lesson: Any, parts: dict[str, Any]) -> Path:
    config = json.loads(lesson.config(rubric={"parts": parts}).read_text())
    (run / "config.yaml").write_text(json.dumps({**config, "out": str(run)}))
    return run


def commands(run: Path, lesson: Any) -> list[tuple[object, ...]]:
    """Every command that judges by the rubric of a run folder."""
    stored = lesson.home / "stored.jsonl"
    stored.write_text(json.dumps(ROW) + "\n")
    asks = ("--questions", lesson.questions, "--max-new-tokens", 1, "--device", "cpu")
    return [
        ("replay", run, "--step", 0),
        ("replay", run, "--step", 0, "--rubric", run),
        ("score", stored, "--rubric", run),
        ("eval", "--model", lesson.model, *asks, "--rubric", run),
        ("reward", "tree", run),
        ("reward", "serve", "--rubric", run),
    ]


def test_a_mapping_that_is_no_rubric_is_one_sentence(lesson: Any, etude: Etude) -> None:
    file = lesson.home / "a.yaml"
    for text, said in (("steps: 3", "steps"), ("rubric: 3", "must be a mapping: got int")):
        file.write_text(text)
        done = etude("reward", "tree", file)
        assert (done.exit_code, type(done.exception)) == (1, SystemExit)
        assert f"{file}: the rubric cannot be used" in done.stderr
        assert said in done.stderr


def test_no_command_runs_a_strangers_code(
    received: Path, lesson: Any, etude: Etude, proof: Path
) -> None:
    for command in commands(received, lesson):
        done = etude(*command)
        assert done.exit_code == 1, command
        assert f"the code of '{received}/evil.py:pwn' in parts.x" in done.stderr
        assert "--trust-code" in done.stderr
        assert "--rubric" in done.stderr
        assert not proof.exists(), command


def test_a_strangers_code_runs_for_whoever_says_so(
    received: Path, lesson: Any, etude: Etude, proof: Path
) -> None:
    for command in commands(received, lesson)[1:-1]:  # the first has more to say, the last stays
        done = etude(*command, "--trust-code")
        assert done.exit_code == 0, done.stderr
        proof.unlink()
    done = etude("replay", received, "--step", 0, "--trust-code")
    assert "a whole part-learner.parquet" in done.stderr
    assert proof.exists(), "the rubric was read"


def test_a_rubric_of_ones_own_judges_a_strangers_run_and_a_named_file_is_ones_own(
    received: Path, lesson: Any, etude: Etude, proof: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("parts: {format: {}}")
    done = etude("replay", received, "--step", 0, "--rubric", mine)
    assert done.exit_code == 0, done.stderr
    assert not proof.exists()
    done = etude("reward", "tree", received / "config.yaml")
    assert done.exit_code == 0, done.stderr
    assert proof.exists()


def test_nothing_else_of_a_strangers_run_runs_its_code(
    received: Path, etude: Etude, proof: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.py"
    own.write_text("def words(text):\n    return min(1.0, len(text) / 99)\n")
    done = etude("replay", received, "--step", 0, "--rollout", "0/0")
    assert done.exit_code == 0, done.stderr
    done = etude("reward", "test", f"{own}:words", "--on", received)
    assert "completions" in done.stdout
    assert not proof.exists()


def test_no_command_sends_a_key_where_a_stranger_says(
    full_run: Path, lesson: Any, etude: Etude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "s3cr3t-value")
    judge = {"reward": "judge", "first": "tempo", "url": "http://127.0.0.1:9/v1", "model": "m"}
    run = with_rubric(full_run, lesson, {"y": {**judge, "key_env": "MY_SECRET"}, "tempo": {}})
    for command in commands(run, lesson):
        done = etude(*command)
        assert done.exit_code == 1, command
        assert "the key in 'MY_SECRET' for 'http://127.0.0.1:9/v1' in parts.y" in done.stderr
        assert "s3cr3t" not in done.stderr + done.stdout
    without = with_rubric(full_run, lesson, {"y": judge, "tempo": {}})
    assert etude("reward", "tree", without).exit_code == 0


@pytest.mark.parametrize(
    ("rubric", "named"),
    [
        ({"parts": {"a.py:b": None}}, "'a.py:b' in parts.a.py:b"),
        ({"parts": {"a.py:b": 3}}, "'a.py:b' in parts.a.py:b"),
        ({"parts": {"x": {"reward": "~/a.py:b", "weight": 0}}}, "'~/a.py:b' in parts.x"),
        ({"parts": {"x": {"reward": "a\n.py:b"}, "k": {"key_env": "K"}}}, r"'a\n.py:b' in parts.x"),
        ({"parts": {"k": {"key_env": "K"}}}, "the key in 'K' for 'None' in parts.k"),
    ],
)
def test_whatever_the_rubrics_reader_would_run_is_named(rubric: Any, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_stranger(rubric)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "rubric",
    [None, [], {}, {"parts": []}, {"parts": {"x": None}}, {"parts": {"x": {"reward": "a.py"}}},
     {"parts": {"format": {"key_env": ""}}}],
)  # fmt: skip
def test_what_runs_nothing_is_left_to_the_rubrics_reader(rubric: Any) -> None:
    check_stranger(rubric)


def test_an_own_configuration_is_trusted_as_before(
    received: Path, lesson: Any, etude: Etude, proof: Path, here: None
) -> None:
    """`etude grpo` runs what the user typed, also where it goes on."""
    with pytest.raises(ConfigError, match="evil"):
        read_run(received)
    lesson.config(
        grpo={"groups": 1, "group_size": 2, "steps": 1, "chunk": 1, "evaluate_every": 0},
        rubric={"parts": {"x": {"reward": f"{received}/evil.py:pwn"}}},
    )
    done = etude("grpo", lesson.home / "config.yaml")
    assert done.exit_code == 0, done.stderr
    assert proof.exists()
    run = lesson.home / "run"
    assert etude("grpo", run / "config.yaml", "--resume").exit_code == 0
    assert "--trust-code" in etude("replay", run, "--step", 0).stderr
    done = etude("replay", run, "--step", 0, "--trust-code")
    assert done.exit_code == 0, done.stderr
