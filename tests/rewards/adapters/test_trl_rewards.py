"""TRL's rewards count in a rubric."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from rewards import Facts, Question, Rubric, parse, registry
from rewards.adapters.trl import as_reward
from rewards.errors import ConfigError, RewardError

GOOD = "<think>It rests on D, and F is sharp.</think><answer>D major</answer>"
BAD = "<think>It rests on D, and F is sharp.</think><answer>E major</answer>"


def test_rewards_of_trl_count_in_a_rubric(registered):
    from trl.rewards import (
        get_repetition_penalty_reward,
        get_soft_overlong_punishment,
        think_format_reward,
    )

    def encode(text: str) -> list[int]:
        return [ord(letter) for letter in text]

    form = as_reward(think_format_reward)
    overlong = as_reward(get_soft_overlong_punishment(100, 50), -1, 0, tokenize=encode)
    loops = as_reward(get_repetition_penalty_reward(2), low=-1, high=0, tokenize=encode)
    for name, function in (("shape", form), ("overlong", overlong), ("loops", loops)):
        registered(name, function)
    rubric = Rubric.of(["shape", "overlong", "loops"])
    parts = rubric.score(Question("q", "Key?"), parse(GOOD)).parts
    assert all(part.status == "scored" for part in parts.values()), parts
    assert parts["shape"].value == 1.0
    assert parts["overlong"].value == pytest.approx(1 - (len(GOOD) - 50) / 50)
    pairs = [GOOD[i : i + 2] for i in range(len(GOOD) - 1)]
    assert parts["loops"].value == pytest.approx(len(set(pairs)) / len(pairs))
    assert rubric.score(Question("q", "Key?"), parse("aaaa")).parts["shape"].value == 0.0


def test_a_reward_of_trl_runs_from_a_file(tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from rewards.adapters.trl import as_reward\n"
        "def right(completions, solution, **kwargs):\n"
        "    return [float(s in c) for c, s in zip(completions, solution)]\n"
        "mine = as_reward(right)\n"
    )
    with Rubric.from_config({"parts": {"mine": {"reward": f"{file}:mine"}}}) as rubric:
        question = Question("q", "Key?", answer="D major")
        scores = rubric.score_group(question, [parse(GOOD), parse(BAD)])
        assert [score.total for score in scores] == [1.0, 0.0]
        without = rubric.score(Question("q", "Key?"), parse(GOOD)).parts["mine"]
        assert without.status == "not_applicable"


@pytest.mark.filterwarnings("error")
def test_an_async_reward_of_trl_is_run_to_its_end_also_where_a_loop_runs(tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import asyncio\n"
        "from rewards.adapters.trl import as_reward\n"
        "async def right(completions, solution, **kwargs):\n"
        "    await asyncio.sleep(0.01)\n"
        "    return [float(s in c) for c, s in zip(completions, solution)]\n"
        "async def broken(completions, **kwargs):\n"
        "    await asyncio.sleep(0.01)\n"
        "    return [completions[0]['content']]\n"
        "class Asked:\n"
        "    async def __call__(self, completions, **kwargs):\n"
        "        return [0.5]\n"
        "mine, wrong, asked = as_reward(right), as_reward(broken), as_reward(Asked())\n"
    )
    question = Question("q", "Key?", answer="D major")
    parts = {name: {"reward": f"{file}:{name}"} for name in ("mine", "wrong", "asked")}
    with Rubric.from_config({"parts": parts}) as rubric:
        found = rubric.score(question, parse(GOOD)).parts
    assert (found["mine"].value, found["asked"].value) == (1.0, 0.5)
    assert found["wrong"].status == "error"
    assert "TypeError" in found["wrong"].why
    assert found["wrong"].why.endswith("at mine.py line 8")

    async def right(completions: Any, solution: Any, **kwargs: Any) -> list[float]:
        await asyncio.sleep(0.01)
        return [float(solution[0] in completions[0])]

    async def notebook() -> Any:
        return as_reward(right)(question, parse(BAD))

    assert asyncio.run(notebook()).value == 0.0


def test_a_function_gets_texts_as_a_plain_data_set_has_them(registered):
    def two(prompts: Any, completions: Any, answer: Any, **kwargs: Any) -> list[float]:
        assert prompts == ["Key?"]
        return [float(a in c) for a, c in zip(answer, completions, strict=True)]

    registered("two", as_reward(two))
    question = Question("q", "Key?", answer="D major")
    scores = Rubric.of(["two"]).score_group(question, [parse(GOOD), parse(BAD)])
    assert [score.total for score in scores] == [1.0, 0.0]


def test_a_function_gets_the_question_whole_and_by_its_fields(registered):
    def asks(completions: Any, question: Any, facts: Any, choices: Any) -> list[float]:
        assert question[0]["facts"] == facts[0] == {"key": "D major"}
        assert question[0]["text"] == "Key?"
        return [float(len(choices[0]) == 2)]

    registered("asks", as_reward(asks))
    question = Question("q", "Key?", choices=("D major", "E major"), facts=Facts(key="D major"))
    assert Rubric.of(["asks"]).score(question, parse(GOOD)).parts["asks"].value == 1.0


def test_a_function_that_reads_the_other_form_is_told_and_named_with_its_line(tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from rewards.adapters.trl import as_reward\n"
        "def turns(prompts, completions, **kwargs):\n"
        "    return [float('D' in c[0]['content'] and p[-1]['role'] == 'user')\n"
        "            for p, c in zip(prompts, completions)]\n"
        "def texts(completions, **kwargs):\n"
        "    return [float(c.startswith('<'))for c in completions]\n"
        "wrong, mended = as_reward(turns), as_reward(turns, conversational=True)\n"
        "other = as_reward(texts, conversational=True)\n"
    )
    names = ("wrong", "mended", "other")
    parts = {name: {"reward": f"{file}:{name}"} for name in names}
    with Rubric.from_config({"parts": parts}) as rubric:
        found = rubric.score(Question("q", "Key?"), parse(GOOD)).parts
    assert found["mended"].value == 1.0
    assert found["wrong"].status == found["other"].status == "error"
    assert (
        "as texts; if it expects lists of turns: as_reward(function, conversational=True), at "
        "mine.py line 3" in found["wrong"].why
    )
    assert "conversational=False), at mine.py line 6" in found["other"].why


@pytest.mark.parametrize("scope", ["completion", "group"])
def test_a_function_of_trl_named_as_a_reward_is_told_where_to_go(scope):
    def raw(prompts: Any, completions: Any, **kwargs: Any) -> list[float]:
        return [1.0]

    with pytest.raises(ConfigError, match=r"goes through rewards\.adapters\.trl\.as_reward"):
        registry.reward("raw", scope=scope)(raw)


def test_what_has_a_default_is_no_column_that_a_question_must_have():
    def mine(completions: Any, solution: Any = ("none",), share: float = 0.5) -> list[float]:
        return [share * (solution[0] in ("none", None))]

    part = as_reward(mine)(Question("q", "?"), parse(GOOD))
    assert part is not None
    assert part.value == 0.5


@pytest.mark.parametrize("outcome", [0.5, "1", {0.5: 1}, None])
def test_what_is_no_list_of_one_number_is_an_error_that_shows_it(outcome):
    def mine(completions: Any) -> Any:
        return outcome

    with pytest.raises(RewardError, match="for one completion: expected a list of one number"):
        as_reward(mine)(Question("q", "?"), parse(GOOD))


@pytest.mark.parametrize("value", [1.01, -0.01, math.nan, True, "1", [1.0, 1.0], []])
def test_a_value_outside_of_the_range_is_an_error_part(value, registered):
    def mine(completions: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, list) else [value]

    registered("mine", as_reward(mine))
    part = Rubric.of(["mine"]).score(Question("q", "?"), parse(GOOD)).parts["mine"]
    assert part.status == "error"
    assert "TRL reward 'mine' returned" in part.why


def test_a_value_of_another_type_is_told_by_its_type_not_by_its_range(registered):
    registered("mine", as_reward(lambda completions, **kwargs: [completions[0] != ""]))
    part = Rubric.of(["mine"]).score(Question("q", "?"), parse(GOOD)).parts["mine"]
    assert part.why.endswith("returned True of type bool: expected a number; return a list of one "
                              "float(...)")  # fmt: skip


def test_a_function_that_asks_for_what_is_not_there_is_refused_at_once():
    from trl.rewards import get_soft_overlong_punishment

    def wants(completions: Any, difficulty: Any) -> list[float]:
        return [1.0]

    with pytest.raises(ConfigError, match="counts tokens"):
        as_reward(get_soft_overlong_punishment(100, 50), low=-1, high=0)
    with pytest.raises(ConfigError, match="'difficulty'"):
        as_reward(wants)
    for low, high in ((1.0, 1.0), (-math.inf, 1.0), (0.0, math.inf), (math.nan, 1.0)):
        with pytest.raises(ConfigError, match="low below high"):
            as_reward(wants, low, high)
