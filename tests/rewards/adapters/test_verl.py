"""A rubric as verl calls it: the signature, the types, and nothing silent."""

from __future__ import annotations

import importlib.util
import json
import math
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from rewards import Question, Rubric, registry
from rewards.errors import ConfigError, DataError, RewardError
from rewards.questions import question_to_json
from rewards.records import Facts

GOOD = "<think>It rests on D, and F is sharp.</think><answer>D major</answer>"
BAD = "<think>It rests on D, and F is sharp.</think><answer>E major</answer>"
ADDED = {"num_turns": 2, "rollout_reward_scores": {}, "split": "train", "index": 4}
"""What verl and its data sets put into ``extra_info`` beside what is ours."""


def test_every_row_has_the_same_names_and_floats():
    score = Rubric.of(["format", "accuracy", "key"]).as_verl()
    right = score("mine", GOOD, "D major", {"facts": {"key": "D major"}, **ADDED})
    other = score(data_source="mine", solution_str=BAD, ground_truth="D major", extra_info=None)
    assert list(right) == list(other)
    assert all(type(value) is float for value in (*right.values(), *other.values()))
    assert right["score"] == 1.0
    assert (right["key"], right["key_scored"]) == (1.0, 1.0)
    assert (other["key"], other["key_scored"]) == (0.0, 0.0)
    assert other["score"] == 0.5


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_the_ground_truth_may_be_a_question(form):
    question = Question("a", "Which?", facet="key", facts=Facts(key="D major"))
    score = Rubric.of(["key"]).as_verl()
    assert score("mine", GOOD, form(question_to_json(question)), dict(ADDED))["score"] == 1.0
    assert score("mine", BAD, form(question_to_json(question)), {"facet": "tempo"})["score"] < 1.0


def test_the_ground_truth_wins_over_what_extra_info_says():
    score = Rubric.of(["accuracy"]).as_verl()
    info = {"question": "Which key?", "answer": "a long derivation #### E major"}
    assert score("mine", GOOD, "D major", info)["score"] == 1.0
    for none in (None, "", " "):
        assert score("mine", GOOD, none, {"answer": "D major"})["score"] == 1.0
    with pytest.raises(DataError, match="expected one gold answer"):
        score("mine", GOOD, "D major", {"question": {"answer": "E major"}})


def test_an_extra_info_that_is_no_object_is_refused_by_the_name_of_its_row():
    with pytest.raises(DataError, match=r"a row of 'mine': extra_info: got 'key', expected an obj"):
        Rubric.of(["accuracy"]).as_verl()("mine", GOOD, "D major", "key")  # type: ignore[arg-type]


def test_a_completion_without_a_total_raises_unless_missing_says_what_it_counts_as():
    rubric = Rubric.of(["tempo"])
    with pytest.raises(RewardError, match=r"no part .* applies.*as_verl\(missing=0\.0\)"):
        rubric.as_verl()("mine", GOOD, "D major")
    assert rubric.as_verl(missing=-1.0)("mine", GOOD, "D major")["score"] == -1.0
    with pytest.raises(ConfigError, match="missing: got nan, expected a finite number"):
        rubric.as_verl(missing=math.nan)


def test_a_failed_reward_raises_its_reason():
    def broken(text: str) -> float:
        raise ZeroDivisionError("nothing by nothing")

    registry.reward("broken")(broken)
    try:
        rubric = Rubric.of(["broken", "format"])
        with pytest.raises(RewardError, match="nothing by nothing"):
            rubric.as_verl()("mine", GOOD, "D major")
        assert rubric.as_verl(missing=0.0)("mine", GOOD, "D major")["format"] == 1.0
    finally:
        del registry._REWARDS["broken"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"parts": {"diversity": {}, "format": {}}}, "'diversity' of the rubric compares the c"),
        ({"parts": {"score": {"reward": "format"}}}, "another name"),
        ({"parts": {"format": {}, "format_scored": {"reward": "key"}}}, "name of the column that"),
        ({"parts": {"format": {}}, "combine": "gdpo"}, "combine: sum"),
    ],
)
def test_what_verl_cannot_do_is_refused_at_once(config, said):
    with pytest.raises(ConfigError, match=said):
        Rubric.from_config(config).as_verl()


def test_a_wrong_row_names_its_data_source():
    with pytest.raises(DataError, match="a row of 'mine': facet"):
        Rubric.of(["format"]).as_verl()("mine", GOOD, '{"facet": "kye"}')
    with pytest.raises(DataError, match="a row of 'mine': is not JSON"):
        Rubric.of(["format"]).as_verl()("mine", GOOD, "{facet")


@pytest.mark.parametrize("said", [None, b"D major", []])
def test_a_completion_that_is_none_names_its_data_source(said):
    score = Rubric.of(["format"]).as_verl()
    with pytest.raises(DataError, match=r"a row of 'keys': solution_str: got .*, expected a text"):
        score("keys", said, "D major")


def test_the_documented_file_is_loaded_as_verl_loads_it(tmp_path: Path):
    import rewards.adapters.verl as adapter

    lines = (adapter.__doc__ or "").splitlines()
    first = next(i for i, line in enumerate(lines) if line.strip() == "from rewards import Rubric")
    file = tmp_path / "mine.py"
    file.write_text("\n".join(line.strip() for line in lines[first : first + 2]))
    spec = importlib.util.spec_from_file_location("custom_module", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["custom_module"] = module
    try:
        spec.loader.exec_module(module)
        # verl binds its reward_kwargs, sends the function to a Ray worker, calls from threads.
        function = pickle.loads(pickle.dumps(partial(module.compute_score)))
    finally:
        del sys.modules["custom_module"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: function("mine", text, "D major"), [GOOD, BAD] * 20))
    assert found[0]["score"] > found[1]["score"]
    assert found == found[:2] * 20


def test_a_reward_in_a_file_takes_turns_between_threads(tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import time\n"
        "def mine(text):\n"
        "    time.sleep(0.01)  # so that calls would meet\n"
        "    return float('D major' in text)\n"
    )
    rubric = Rubric.from_config({"parts": {"mine": {"reward": f"{file}:mine"}}})
    score = rubric.as_verl()
    with rubric, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: score("mine", text, "x")["score"], [GOOD, BAD] * 8))
    assert found == [1.0, 0.0] * 8
