"""A reward of FILE.py:NAME in a rubric: children judge, the rubric composes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from rewards import Question, Rubric, parse
from rewards.errors import ConfigError

QUESTION = Question("q", "Key?", answer="D")
SOURCE = """
from rewards import reward

def shout(answer, *, sign: str = "!"):
    if "boom" in answer:
        raise ValueError("boom it is")
    while "hang" in answer:
        pass
    return float(answer.endswith(sign))

@reward("rank", scope="group")
def rank(answers):
    return [sorted(answers).index(answer) / len(answers) for answer in answers]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    return path


def responses(*answers):
    return [parse(f"<think>a b c</think><answer>{answer}</answer>") for answer in answers]


def test_why_a_reward_in_a_file_gives_no_value_comes_through(tmp_path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from rewards import Abstention\n"
        "def far(answer):\n"
        "    return Abstention('too far to hear' * 900) if answer == 'far' else None\n"
    )
    with Rubric.from_config({"parts": {"far": {"reward": f"{file}:far"}}}) as rubric:
        scores = rubric.score_group(QUESTION, responses("far", "near"))
    parts = [score.parts["far"] for score in scores]
    assert [part.status for part in parts] == ["not_applicable"] * 2
    assert parts[0].why.startswith("too far to hear")
    assert len(parts[0].why) == 2000
    assert parts[1].why == "reward 'far' does not apply to this question or completion"


def test_a_wrong_key_gets_one_guess_the_rewards_own_parameter_first(tmp_path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def terse(answer, *, wards: int = 3):\n    return 1.0\n")
    with pytest.raises(ConfigError, match="did you mean 'wards'") as caught:
        Rubric.from_config({"parts": {"own": {"reward": f"{file}:terse", "wward": 3}}})
    assert str(caught.value).count("did you mean") == 1, "'reward' is near as well"


def test_a_reward_in_a_file_is_composed_like_any_other(file) -> None:
    config = {
        "parts": {
            "format": {"weight": 0.5},
            "shout": {
                "reward": f"{file}:shout", "weight": 2, "requires": ["format"], "sign": "?",
                "deadline": 0.5, "memory_gb": 1,
            },
            "rank": {"reward": f"{file}:rank", "times": {"shout": 0.5}},
        }
    }  # fmt: skip
    with Rubric.from_config(config) as rubric:
        assert rubric.in_batches
        assert rubric.over_groups
        found = rubric.score_group(QUESTION, responses("c?", "boom", "a!", "hang", "b?"))
        parts = [score.parts for score in found]
        assert [p["shout"].status for p in parts] == [
            "scored", "error", "scored", "timeout", "scored",
        ]  # fmt: skip
        assert [p["shout"].value for p in parts] == [1.0, None, 0.0, None, 1.0]
        assert [score.valid for score in found] == [True, False, True, False, True]
        assert "ValueError: boom it is" in parts[1]["shout"].why
        # Ranks a! b? boom c? hang; half of it where nobody shouts, none where that is unknown.
        ranks = [0.6, None, 0.0, None, 0.2]
        assert [p["rank"].value for p in parts] == pytest.approx(ranks)
        assert {p["shout"].weight for p in parts} == {2.0}
        assert found[0].total == pytest.approx((0.5 + 2 + 0.6) / 3.5)
        again = pickle.loads(pickle.dumps(rubric))
        assert again == rubric
        with again:
            assert again.score(QUESTION, responses("c?")[0]).parts["shout"].value == 1.0
        assert Rubric.from_config(rubric.config) == rubric
        assert f"shout = {file}:shout  weight 2  sign=?  deadline=0.5  memory_gb=1" in str(rubric)


def test_a_tree_shows_a_file_by_the_path_that_is_typed_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    below = tmp_path / "below"
    below.mkdir()
    for folder in (tmp_path, below):
        (folder / "mine.py").write_text("def shout(text):\n    return 1.0\n")
    monkeypatch.chdir(below)
    far = f"{tmp_path}/mine.py:shout"
    parts = {"here": "mine.py:shout", "above": "../mine.py:shout", "far": far}
    with Rubric.from_config({"parts": {k: {"reward": v} for k, v in parts.items()}}) as rubric:
        shown = [line.split("  ")[0].split(" = ")[1] for line in str(rubric).splitlines()[1:]]
        assert shown == list(parts.values())
        assert Path(rubric.parts[0].reward.rpartition(":")[0]).is_absolute()


@pytest.mark.parametrize(
    ("reward", "body", "said"),
    [
        ("none.py:shout", {}, "none.py"),
        ("mine.py:shuot", {}, "did you mean 'shout'"),
        ("mine.py:shout", {"sing": "?"}, "did you mean 'sign'"),
        ("mine.py:shout", {"sign": 3}, "sign"),
        ("mine.py:shout", {"tiems": "format"}, "no parameter 'tiems'.*did you mean 'times'"),
        ("mine.py:shout", {"sing": "?", "clip": 3}, "(?s)clip: got 3.*did you mean 'sign'"),
        ("mine.py:shout", {"deadline": -1}, "deadline: got -1, expected a number above 0"),
        ("mine.py:shout", {"processes": 1.5}, "processes: got 1.5, expected a whole number above"),
        ("shout.py", {}, "unknown reward 'shout.py'.*FILE.py:NAME"),
    ],
)
def test_what_is_wrong_with_it_is_a_problem_of_the_rubric(file, reward, body, said) -> None:
    spec = {"reward": str(file.parent / reward) if ":" in reward else reward, **body}
    with pytest.raises(ConfigError, match=said) as caught:
        Rubric.from_config({"parts": {"own": spec, "format": {"mode": "stric"}}})
    assert "\n  - parts.format.mode: got 'stric', did you mean 'strict'?" in str(caught.value)
    assert "\n  - parts.own" in str(caught.value)


def test_a_file_is_found_from_where_the_rubric_was_read(file, monkeypatch) -> None:
    monkeypatch.chdir(file.parent)
    with Rubric.from_config({"parts": {"own": {"reward": "mine.py:shout"}}}) as rubric:
        monkeypatch.chdir("/")
        assert rubric.config["parts"]["own"]["reward"] == f"{file}:shout"
        assert rubric.score(QUESTION, responses("a!")[0]).total == 1.0


def test_a_child_that_does_not_escape_its_reason_breaks_no_file(tmp_path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from rewards import Verdict, contract\n"
        "contract.escaped = str\n"
        "def odd(answer):\n"
        "    return Verdict(1.0, chr(0xD800))\n"
    )
    with Rubric.from_config({"parts": {"odd": {"reward": f"{file}:odd"}}}) as rubric:
        (score,) = rubric.score_group(QUESTION, responses("D"))
    assert (score.parts["odd"].status, score.parts["odd"].why) == ("scored", "\\ud800")
