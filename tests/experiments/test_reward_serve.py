"""`etude reward serve`, as a person and a trainer meet it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
SAMPLE = {
    "prompt": "Key?", "label": "D major",
    "response": "<think>F and C are sharp, it rests on D.</think><answer>D major</answer>",
}  # fmt: skip


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as it runs, and what it said until it listened."""
    command = [sys.executable, "-m", "experiments.cli", "reward", "serve", *options]
    with subprocess.Popen(
        command, cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as serving:
        try:
            assert serving.stdout is not None
            said = ""
            while "slime" not in said:
                line = serving.stdout.readline()
                assert line, serving.stderr and serving.stderr.read()
                said += line
            yield serving, said
        finally:
            serving.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_printed_url_answers_and_a_signal_ends_it_well(number, tmp_path: Path):
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text("parts: {format: {weight: 0.5}, accuracy: {weight: {0: 0, 9: 0.5}}}")
    with served("--rubric", str(rubric)) as (serving, said):
        url = said.rpartition("--rm-url '")[2].partition("'")[0]
        assert _asked(url, SAMPLE) == 1.0
        serving.send_signal(number)
        rest, errors = serving.communicate(timeout=30)
    assert serving.returncode == 0, errors
    assert "1 request answered, 0 refused" in rest
    assert "Traceback" not in errors


def test_a_request_without_a_label_and_one_with_a_slip_are_told_on_standard_error():
    bare = {name: SAMPLE[name] for name in ("prompt", "response")}
    token = "0123456789abcdef"
    with served("--rewards", "format,accuracy", "--token", token) as (serving, said):
        url = f"{said.partition('listening')[2].split()[0]}?token={token}"
        assert _asked(url, bare) == _asked(url, bare) == 1.0
        with pytest.raises(urllib.error.HTTPError) as refused:
            _asked(url, {**bare, "lable": "D major"})
        assert refused.value.code == 400
        refused.value.close()
        serving.send_signal(signal.SIGTERM)
        rest, errors = serving.communicate(timeout=30)
    assert errors.count("no request so far had a label") == 1
    assert "accuracy did not apply" in errors
    assert errors.count("unknown field 'lable', did you mean 'label'?") == 1
    assert "2 requests answered, 1 refused" in rest


def test_a_token_that_was_given_is_not_printed(etude, monkeypatch):
    from experiments import stopping

    monkeypatch.setenv("ETUDE_REWARD_TOKEN", "a-secret-of-twenty-letters")
    monkeypatch.setattr(stopping, "graceful_stop", _stopped_at_once)
    done = etude("reward", "serve", "--rewards", "format")
    assert done.exit_code == 0, done.stderr
    assert "token=TOKEN" in done.stdout
    assert "a-secret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rewards", "fromat"), "did you mean 'format'"),
        (("--rewards", "format", "--token", "short"), "16 to 256"),
        (("--rewards", "format", "--missing", "nan"), "expected a finite number"),
        (("--rewards", "format", "--port", "70000"), "65535"),
        (("--rewards", "format", "--rubric", "x.yaml"), "leave one out"),
    ],
)
def test_what_cannot_be_served_is_said_before_it_listens(etude, arguments, said):
    done = etude("reward", "serve", *arguments)
    assert done.exit_code in (1, 2)
    assert said in done.stderr


def _asked(url: str, sample: dict[str, str]) -> float:
    request = urllib.request.Request(
        url, json.dumps(sample).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


class _stopped_at_once:
    def __init__(self, say: str) -> None:
        pass

    def __enter__(self):
        return lambda: True

    def __exit__(self, *_: object) -> None:
        pass
