"""`etude reward test --rubric`: a reward tried as a part of a rubric has it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

GOOD = {"question": {"text": "Key?", "answer": "D major"}, "completion": "<answer>D major</answer>"}
SHORT = """
import time

def short(answer, *, words: int):
    return min(1.0, words / len(answer.split()))

def slow(answer):
    time.sleep(0.4)
    return len(answer) % 5 / 5
"""


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    """A rubric with two parts of one file beside it."""
    (tmp_path / "mine.py").write_text(SHORT)
    spec = f"{tmp_path}/mine.py"
    parts = {
        "brief": {"reward": f"{spec}:short", "words": 1, "when": {"facet": "key"}},
        "hasty": {"reward": f"{spec}:slow", "deadline": 0.2, "memory_gb": 1},
        "format": {"weight": 0.1},
    }
    path = tmp_path / "rubric.yaml"
    path.write_text(json.dumps({"parts": parts}))
    return path


@pytest.mark.parametrize("named", ["brief", "mine.py:short"])
def test_a_part_is_tried_with_its_parameters_on_the_questions_it_is_for(
    etude, rubric: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(rubric.parent)
    alone = etude("reward", "test", "mine.py:short")
    assert alone.exit_code == 1
    assert "short.words is not set" in alone.stderr
    done = etude("reward", "test", named, "--rubric", "rubric.yaml")
    head = done.stdout.splitlines()[0]
    assert head.endswith("part brief of rubric.yaml: words=1, deadline 10 s each, 2 GiB")
    assert re.match(r"(\d+) completions of 1 question:", head), "of the sample, one is about a key"
    other = etude("reward", "test", named, "--rubric", "rubric.yaml", "words=3", "--deadline", 2)
    assert "words=3, deadline 2 s each" in other.stdout


def test_a_part_is_held_to_the_limits_of_the_rubric(etude, rubric: Path) -> None:
    done = etude("reward", "test", "hasty", "--rubric", rubric)
    assert done.exit_code == 1
    assert "deadline 0.2 s each, 1 GiB" in done.stdout
    assert "0.2 s" in done.stderr
    assert "fault: " in done.stderr


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("format", "got 'format', whose reward is one of the library, expected one of brief ("),
        ("hasti", "got no part 'hasti', expected one of brief ("),
        ("hasti", "did you mean 'hasty'?"),
        ("other.py:short", "got no part 'other.py:short'"),
    ],
)
def test_a_part_that_cannot_be_tried_is_refused_with_those_that_can(
    etude, rubric: Path, named: str, said: str
) -> None:
    done = etude("reward", "test", named, "--rubric", rubric)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_reward_of_two_parts_is_named_by_its_part(etude, rubric: Path) -> None:
    tree = json.loads(rubric.read_text())
    tree["parts"]["briefer"] = {**tree["parts"]["brief"], "words": 2}
    rubric.write_text(json.dumps(tree))
    done = etude("reward", "test", f"{rubric.parent}/mine.py:short", "--rubric", rubric)
    assert "the reward of several parts: got brief, briefer, expected one" in done.stderr
    done = etude("reward", "test", "briefer", "--rubric", rubric)
    assert "part briefer of" in done.stdout


def test_a_part_for_none_of_the_completions_says_for_which_it_is(
    etude, rubric: Path, stored
) -> None:
    done = etude("reward", "test", "brief", "--rubric", rubric, "--on", stored(GOOD | {"id": "q"}))
    assert done.exit_code == 1
    assert "judges none of these 1 completions" in done.stderr
    assert "expected some whose facet is key" in done.stderr


def test_the_code_of_a_run_folders_rubric_is_not_run_unasked(etude, rubric: Path) -> None:
    run = rubric.parent / "run"
    run.mkdir()
    (run / "config.yaml").write_text(json.dumps({"rubric": json.loads(rubric.read_text())}))
    (run / "env.json").write_text("{}")
    refused = etude("reward", "test", "brief", "--rubric", run)
    assert refused.exit_code == 1
    assert "--trust-code" in refused.stderr
    done = etude("reward", "test", "brief", "--rubric", run, "--trust-code")
    assert "part brief of" in done.stdout
