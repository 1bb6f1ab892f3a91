"""Registry and rubric: names, weights, gates, outcomes, and rewards that break."""

from __future__ import annotations

import math
import pickle
from collections import UserDict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rewards import Part, Question, Response, Rubric, Verdict, get, names, parse, reward
from rewards.errors import ConfigError, DataError

pytestmark = pytest.mark.usefixtures("own_registry")

# What a reward may hand back by mistake, past any type checker.
WrongVerdict: Any = Verdict
QUESTION = Question(id="q", text="Key?")
RESPONSE = parse("<think>a b c</think><answer>C</answer>")


def returns(name, outcome):
    @reward(name)
    def judge(question: Question, response: Response):
        return outcome() if callable(outcome) else outcome

    return judge


def score(**parts):
    return Rubric.from_config({"parts": parts}).score(QUESTION, RESPONSE)


def test_built_in_rewards_are_registered_on_import():
    assert {"accuracy", "chord", "format", "key", "meter", "note", "tempo"} <= set(names())
    assert names() == sorted(names())


def test_an_unknown_reward_names_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'accuracy'"):
        get("acuracy")


def test_a_name_is_registered_once():
    returns("twice", None)
    with pytest.raises(ConfigError, match="registered twice"):

        @reward("twice")
        def other(question: Question, response: Response) -> None:
            return None

    wrong: Any
    for wrong in ("", " ", "key ", "\tkey", None, returns):
        with pytest.raises(ConfigError, match="a reward needs a name: got "):
            reward(wrong)


def test_a_function_whose_name_begins_like_that_of_another_does_not_take_its_place():
    @reward("brief")
    def brief(answer) -> float:
        return 1.0

    with pytest.raises(ConfigError, match="'brief' is registered twice"):

        @reward("brief")
        def brief_too(answer) -> float:
            return 0.0

    assert get("brief").function is brief


def test_a_text_that_nobody_parsed_is_no_fault_of_a_reward():
    text: Any = "<think>a b c</think><answer>C</answer>"
    rubric = Rubric.of(["format", "accuracy"])
    for judged in (
        lambda: rubric.score(QUESTION, text),
        lambda: rubric.score_group(QUESTION, [RESPONSE, text]),
    ):
        with pytest.raises(DataError, match=r"got '<think>.*, expected a Response; parse\(text\)"):
            judged()
    asked: Any = "Key?"
    with pytest.raises(DataError, match="a question to score: got 'Key\\?', expected a Question"):
        rubric.score(asked, RESPONSE)


def test_total_is_the_weighted_mean_of_the_scored_parts():
    returns("good", Verdict(1.0, "good"))
    returns("poor", Verdict(0.25, "poor"))
    returns("silent", None)
    result = score(good={"weight": 3.0}, poor={"weight": 1.0}, silent={"weight": 96.0})
    assert result.total == pytest.approx((3 * 1.0 + 0.25) / 4)
    assert result.parts["silent"].status == "not_applicable"
    assert score(silent={}).total is None


def test_a_failed_gate_makes_the_part_zero_and_says_so():
    returns("gate", Verdict(0.99, "almost"))
    returns("good", Verdict(1.0, "good"))
    result = score(good={"requires": ["gate"]}, gate={"weight": 0.0})
    assert result.parts["good"].value == 0.0
    assert "gate" in result.parts["good"].why
    assert "almost" in result.parts["good"].why
    assert result.total == 0.0


def test_an_open_gate_changes_nothing():
    returns("gate", Verdict(1.0, "held"))
    returns("good", Verdict(0.5, "half"))
    assert score(good={"requires": "gate"}, gate={"weight": 0}).parts["good"].value == 0.5


def test_gates_follow_gates_and_an_unscored_gate_is_closed():
    returns("first", None)
    returns("second", Verdict(1.0))
    returns("third", Verdict(1.0))
    result = score(third={"requires": ["second"]}, second={"requires": ["first"]}, first={})
    assert [result.parts[name].value for name in ("first", "second", "third")] == [None, 0.0, 0.0]


def test_a_gate_hides_neither_an_error_nor_that_a_part_does_not_apply():
    returns("gate", Verdict(0.0, "shut"))
    returns("silent", None)
    returns("broken", lambda: 1 / 0)
    result = score(gate={}, silent={"requires": ["gate"]}, broken={"requires": ["gate"]})
    assert result.parts["silent"].status == "not_applicable"
    assert result.parts["broken"].status == "error"
    assert not result.valid


def raises(kind):
    def fail():
        raise kind

    return fail


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Exits(Exception):
    def __str__(self) -> str:
        raise SystemExit(7)


class Leaves(UserDict):
    def __iter__(self):
        raise SystemExit(4)


def endless(n: int = 0) -> int:
    return endless(n + 1)


@pytest.mark.parametrize(
    "failure",
    [ValueError("v"), KeyError("k"), SystemExit(3), MemoryError(), RecursionError("r"),
    Unprintable(), Exits(), ValueError("\ud800"),
     StopIteration(), GeneratorExit(), OSError(28, "full"), UnicodeDecodeError("utf-8", b"x", 0,
     1, "?"),
     ExceptionGroup("g", [ValueError("inner")]), AssertionError("a"), ArithmeticError("x" * 9999)],
)  # fmt: skip
def test_any_exception_becomes_an_error_part_with_type_and_text(failure):
    returns("broken", raises(failure))
    returns("good", Verdict(1.0))
    result = score(broken={"weight": 5.0}, good={})
    part = result.parts["broken"]
    assert (part.status, part.value) == ("error", None)
    assert type(failure).__name__ in part.why
    assert len(part.why) <= 500
    part.why.encode()  # a journal can hold it
    assert result.parts["good"].value == 1.0
    assert result.total is None, "what the broken part would have been worth is not known"
    assert not result.valid


def test_a_real_recursion_is_survived():
    returns("deep", endless)
    assert score(deep={}).parts["deep"].status == "error"


def test_details_that_exit_when_they_are_looked_at_are_an_error():
    returns("leaving", Verdict(1.0, "", Leaves(a=1)))
    part = score(leaving={}).parts["leaving"]
    assert (part.status, part.why) == ("error", "SystemExit: 4")


def test_ctrl_c_is_not_swallowed():
    returns("stopped", raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        score(stopped={})


@pytest.mark.parametrize(
    "outcome",
    [True, "1.0", [1.0], {"value": 1.0}, (1.0, "why"), np.float64(1.0),
    SimpleNamespace(value=1.0),
     WrongVerdict(True), WrongVerdict("1"), WrongVerdict(None), WrongVerdict(math.nan),
     WrongVerdict(math.inf),
     WrongVerdict(-0.1),
     WrongVerdict(1.0000001), WrongVerdict(np.float64(0.5)), WrongVerdict(np.float32(0.5)),
     WrongVerdict(np.ones(1)),
     WrongVerdict([1.0]), WrongVerdict(10**400), WrongVerdict(1.0, None), WrongVerdict(1.0,
     b"why"), WrongVerdict(1.0,
     "", [1]),
     WrongVerdict(1.0, "", {"x": object()}), WrongVerdict(1.0, "", {"x": math.nan}),
     WrongVerdict(complex(1))],
)  # fmt: skip
def test_a_broken_contract_is_an_error_with_the_name_of_the_reward(outcome):
    returns("crooked", lambda: outcome)
    part = score(crooked={}).parts["crooked"]
    assert (part.status, part.value) == ("error", None)
    assert "RewardError" in part.why
    assert "'crooked'" in part.why


def test_whole_numbers_in_range_are_values():
    returns("one", Verdict(1))
    assert score(one={}).parts["one"].value == 1.0


def test_parameters_and_two_parts_of_one_reward():
    result = score(
        loose={"reward": "format", "mode": "paper"}, tight={"reward": "format", "mode": "strict"}
    )
    assert (result.parts["loose"].value, result.parts["tight"].value) == (1.0, 1.0)


def test_all_problems_of_a_config_are_listed_with_the_nearest_names():
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config(
            {
                "prats": {},
                "parts": {
                    "acuracy": {"weight": -1},
                    "format": {"mode": "stric", "wieght": 1},
                    "key": {"requires": ["fromat"], "fifth": 3},
                    "chord": {"requires": ["meter"], "weight": True},
                    "meter": {"requires": ["chord"], "weight": math.nan},
                    "tempo": 3,
                },
            }
        )
    message = str(caught.value)
    for words in [
        "'prats', did you mean 'parts'?", "'acuracy', did you mean 'accuracy'?", "got -1",
        "got 'stric', did you mean 'strict'?", "'wieght', did you mean 'weight'?",
        "'fromat', did you mean 'format'?", "got 3; expected one of up, both", "got True",
        "got nan",
        "in a circle: chord -> meter -> chord", "parts.tempo must be a mapping", "11 problems",
    ]:  # fmt: skip
        assert words in message, words


@pytest.mark.parametrize("config", [{}, {"parts": {}}, {"parts": None}, {"parts": []}, [], None])
def test_an_empty_rubric_is_refused(config):
    with pytest.raises(ConfigError):
        Rubric.from_config(config)


def test_rewards_by_name_weigh_the_same():
    rubric = Rubric.of(["format", "accuracy"])
    assert [(part.name, part.weight) for part in rubric.parts] == [
        ("format", 1.0),
        ("accuracy", 1.0),
    ]
    for wrong in ([], ["format", "format"], ["fromat"]):
        with pytest.raises(ConfigError):
            Rubric.of(wrong)
    with pytest.raises(
        ConfigError, match=r"got the text 'accuracy', expected a list: \['accuracy'\]"
    ):
        Rubric.of("accuracy")


def test_parts_that_are_known_are_taken_with_the_weight_of_now_and_nobody_judges():
    returns("asked", Verdict(0.75, "now"))
    returns("good", Verdict(0.5, "half"))
    rubric = Rubric.from_config(
        {"parts": {"asked": {"weight": 3.0, "clip": [0.5, 1]}, "good": {"requires": ["asked"]}}}
    )
    known = [Part(1.0, 0.25, "scored", "then"), Part(0.25, 0.25, "scored", "then")]
    rows = [(QUESTION, RESPONSE), (QUESTION, RESPONSE)]
    one, two = rubric.score_rows(rows, {"asked": known})
    assert one.parts["asked"] == Part(1.0, 3.0, "scored", "then")
    assert one.total == pytest.approx((3 * 1.0 + 0.5) / 4)
    assert two.total == pytest.approx(3 * 0.25 / 4), "the gate is what was known, too"


def test_it_prints_as_a_tree():
    rubric = Rubric.from_config(
        {
            "parts": {
                "accuracy": {"requires": ["format"]},
                "format": {"weight": 0.2, "mode": "strict"},
            }
        }
    )
    assert str(rubric).splitlines() == [
        "rubric", "├─ format  weight 0.2  mode=strict", "└─ accuracy  weight 1  requires format",
    ]  # fmt: skip


def test_it_travels_between_processes():
    rubric = Rubric.of(["format", "accuracy", "key"])
    assert pickle.loads(pickle.dumps(rubric)) == rubric


def test_a_weight_is_at_most_a_million():
    parts = Rubric.from_config({"parts": {"format": {"weight": 10**6}}}).parts
    assert parts[0].weight == 10**6
    with pytest.raises(ConfigError, match="got 1000001, expected a number from 0 to 1000000"):
        Rubric.from_config({"parts": {"format": {"weight": 10**6 + 1}}})


@pytest.mark.parametrize("budget", [-0.1, 1.01, math.nan, "half", True, None])
def test_a_failure_budget_is_a_share(budget):
    with pytest.raises(ConfigError, match=r"failure_budget: got .*, expected a share between 0"):
        Rubric.from_config({"parts": {"format": {}}, "failure_budget": budget})
    for share in (0, 1, 0.5):
        assert Rubric.from_config({"parts": {"format": {}}, "failure_budget": share})
