"""The command line: one sentence for what went wrong, and the right exit status."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import build

HOME = Path(__file__).resolve().parents[2]
GOOD = {
    "question": {"text": "2 + 2?", "answer": "4"},
    "completion": "<think>Two and two make four.</think><answer>4</answer>",
}


def etude(*arguments: str):
    return CliRunner().invoke(build(), list(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["score"],
        ["score", "a.jsonl", "--colour"],
        ["score", "a.jsonl", "--rewards", "key", "--rubric", "r.yaml"],
        ["score", "a.jsonl", "--rewards", "key", "--step", "3"],
        ["data", "scores"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str]):
    assert etude(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--temperature", "-1"), ("--temperature", "0.0001"), ("--temperature", "inf"),
        ("--temperature", "nan"), ("--duration", "0"), ("--duration", "inf"), ("--start", "-1"),
        ("--start", "inf"), ("--stop", ""), ("--device", "tpu"), ("--max-new-tokens", "0"),
        ("--seed", "-1"), ("--samples", "0"), ("--sound", "loud"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_by_the_name_that_was_typed(option: str, value: str):
    commands = {"ask": ["--clip", "a.wav", "What?"], "eval": ["--questions", "q.jsonl"]}
    if option in ("--duration", "--start"):
        del commands["eval"]
    elif option in ("--samples", "--sound"):
        del commands["ask"]
    for command, more in commands.items():
        done = etude(command, "--model", "nowhere", f"{option}={value}", *more)
        assert done.exit_code == 2, (command, done.output)
        assert option in done.stderr
        assert "sampling." not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "--model", "m", "--questions", "a.jsonl", "--questions", "b.jsonl"],
        ["score", "a.jsonl", "-o", "b.jsonl", "--out", "c.jsonl"],
        ["reward", "test", "mine.py:mine", "--on", "a.jsonl", "--on", "b.jsonl"],
        ["data", "scores", "--out", "a", "--out", "a"],
    ],
)
def test_no_option_is_given_twice_and_one_of_them_dropped(arguments: list[str]):
    done = etude(*arguments)
    assert done.exit_code == 2
    assert "2 times" in done.stderr


def test_what_may_be_given_several_times_may():
    done = etude("eval", "--model=nowhere", "--questions=none.jsonl", "--stop=a", "--stop=b")
    assert "times" not in done.stderr
    assert "none.jsonl" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["quickstart", "--out", ""],
        ["eval", "--model=m", "--questions="],
        ["grpo", ""],
        ["view", ""],
    ],
)
def test_an_empty_place_is_not_the_folder_one_works_in(arguments: list[str]):
    done = etude(*arguments)
    assert done.exit_code == 2
    assert "empty name" in done.stderr


@pytest.mark.parametrize("command", [["score"], ["reward", "tree"], ["view"]])
def test_a_name_that_is_too_long_for_the_system_is_one_sentence(command: list[str]):
    done = etude(*command, "x" * 300)
    assert done.exit_code == 1
    # Until Python 3.13 merely to look raises; later ones see nothing there.
    got = "File name too long, expected a path that the system takes"
    assert got in done.stderr or sys.version_info >= (3, 14)
    assert re.match("etude: (cannot use '|')?x{300}", done.stderr)
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_is_closed_to_the_user_is_one_sentence(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", "audit", closed / "run"],
        cwd=HOME, capture_output=True, text=True, check=False, preexec_fn=be_like_anybody,
    )  # fmt: skip
    closed.chmod(0o700)
    # Until Python 3.12 merely to look raises; later ones see nothing there.
    refused = f"etude: cannot use '{closed / 'run'}"
    assert done.stderr.startswith(refused) or "holds no rollouts" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)


def be_like_anybody() -> None:
    """In the child: root passes over permissions, but for these two capabilities."""
    if sys.platform == "linux":
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.parametrize("option", ["--start", "--duration"])
def test_a_stretch_of_no_clip_is_refused(option: str):
    done = etude("ask", "--model", "nowhere", "What?", option, "3")
    assert done.exit_code == 2
    assert "--clip" in done.stderr


def test_ctrl_c_ends_calmly_with_130(tmp_path: Path):
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    program = [sys.executable, "-m", "experiments.cli", "score", str(pipe)]
    child = subprocess.Popen(
        program, cwd=HOME, stderr=subprocess.PIPE, text=True, preexec_fn=take_interrupts
    )
    try:
        # Once the command reads the pipe it can be written to: it is at work then.
        writer = opened(pipe, child)
        child.send_signal(signal.SIGINT)
        # A signal that comes just before a read is seen only once the read returns.
        os.close(writer)
        _, stderr = child.communicate(timeout=30)
    finally:
        child.kill()
    assert child.returncode == 130
    assert stderr.strip() == "etude: stopped"


def take_interrupts() -> None:
    """In the child: a shell that runs the tests in the background has them ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def opened(pipe: Path, child: subprocess.Popen[str]) -> int:
    """The writing end, as soon as somebody reads."""
    for _ in range(300):
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert child.poll() is None, child.communicate()[1]
            time.sleep(0.05)
    raise AssertionError("nobody read the pipe within 15 s")


def test_a_bug_is_not_swallowed(stored, monkeypatch):
    import rewards.score_file

    def bug(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(rewards.score_file, "score_file", bug)
    done = etude("score", str(stored({"id": "a", **GOOD})))
    assert isinstance(done.exception, ZeroDivisionError)


@pytest.mark.parametrize("kind", ["module", "package", "folder"])
def test_a_users_own_rewards_that_hides_ours_is_named(kind: str, tmp_path: Path):
    if kind == "module":
        (tmp_path / "rewards.py").write_text("print('mine')")
    else:
        (tmp_path / "rewards").mkdir()
        if kind == "package":
            (tmp_path / "rewards" / "__init__.py").write_text("")
    program = (
        f"import sys; sys.path[:0] = [{str(HOME)!r}]; import experiments.cli as cli; "
        f"sys.path[:0] = [{str(tmp_path)!r}]; sys.argv = ['etude', '--help']; cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    if kind == "folder":
        # Without __init__.py it gives way to a real package further down the path.
        assert done.returncode == 0
        return
    assert done.returncode == 1
    assert done.stderr.startswith("etude: another module hides the package 'rewards'")
    assert str(tmp_path) in done.stderr
    assert "mine" not in done.stdout


def test_the_version_is_told():
    done = etude("--version")
    assert (done.exit_code, done.stdout) == (0, f"etude {metadata.version('etude')}\n")
    assert "--version" in etude("--help").stdout


@pytest.mark.parametrize("command", ["eval", "grpo", "replay", "score"])
def test_help_flows_to_the_width_of_the_terminal(command: str):
    shown = CliRunner().invoke(build(), [command, "--help"], env={"COLUMNS": "60"}).stdout
    told = [line.strip() for line in shown.split("╭")[0].splitlines()]
    for line, following in pairwise(told):
        if line and following:  # the next word would not have fitted
            assert len(line) + 1 + len(following.split()[0]) > 58
