"""Functions that ask for what they need by name."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import Any

import pytest

from rewards import Clip, Facts, Question, Response, Rubric, Verdict, get, parse, reward
from rewards import registry as registry_module
from rewards.errors import ConfigError
from rewards.parameters import LIMITS, PART_KEYS
from rewards.records import Abstention
from rewards.registry import Reward, registered

pytestmark = pytest.mark.usefixtures("own_registry")

QUESTION = Question(
    "q", "Key?", clip=Clip("a.wav"), kind="qa", facet="key", choices=("C", "D"), answer="D",
    facts=Facts(key="D major"),
)  # fmt: skip
BARE = Question("bare", "Describe it.")
TEXT = "<think>two sharps</think><answer>D</answer>"
RESPONSE = parse(TEXT)


def test_each_name_is_what_the_table_says() -> None:
    seen: dict[str, Any] = {}

    def ask(question, response, text, think, answer, facts, choices, kind, gold, facet, clip):
        seen.update(locals())
        return 1.0

    assert Reward.of("ask", ask)(QUESTION, RESPONSE) == 1.0
    assert {name: value for name, value in seen.items() if name != "seen"} == {
        "question": QUESTION, "response": RESPONSE, "text": TEXT, "think": "two sharps",
        "answer": "D", "facts": QUESTION.facts, "choices": ("C", "D"), "kind": "qa", "gold": "D",
        "facet": "key", "clip": Clip("a.wav"),
    }  # fmt: skip


def test_any_order_and_the_full_form() -> None:
    assert Reward.of("r", lambda response, question: (question.id, response.text))(
        QUESTION, RESPONSE
    ) == ("q", TEXT)
    assert Reward.of("r", lambda: 0.5)(QUESTION, RESPONSE) == 0.5


@pytest.mark.parametrize("name", ["think", "answer"])
def test_a_completion_without_the_block_earns_nothing_and_nobody_is_called(name: str) -> None:
    judge = {"answer": lambda answer: 1 / 0, "think": lambda think: 1 / 0}[name]
    outcome = Reward.of("r", judge)(QUESTION, parse("neither block"))
    assert outcome == Verdict(0.0, f"there is no {name} block")


@pytest.mark.parametrize(
    ("judge", "lacking"),
    [
        (lambda gold: 1 / 0, "gold answer"),
        (lambda facet: 1 / 0, "facet"),
        (lambda clip: 1 / 0, "clip"),
        (lambda gold, answer: 1 / 0, "gold answer"),
        (lambda answer, gold: 1 / 0, "gold answer"),
        (lambda think, text, clip: 1 / 0, "clip"),
    ],
)
@pytest.mark.parametrize("response", [RESPONSE, parse("neither block")], ids=["whole", "bare"])
def test_a_question_without_it_is_none_of_the_rewards_business(judge, lacking, response) -> None:
    """What the question rules out comes before what the completion lacks."""
    assert Reward.of("r", judge)(BARE, response) == Abstention(f"the question has no {lacking}")


def test_a_default_takes_the_completion_as_it_is() -> None:
    judge = Reward.of("r", lambda answer=None, gold="none": (answer, gold))
    assert judge(BARE, parse("no block")) == (None, "none")
    assert judge(QUESTION, RESPONSE) == ("D", "D")


def test_a_group_gets_lists_in_its_order() -> None:
    def ask(responses, texts, thinks, answers, gold, question):
        return [responses, texts, thinks, answers, gold, question.id]

    responses = [RESPONSE, parse("plain")]
    judge = Reward.of("ask", ask, "group")
    assert judge.over(QUESTION, responses) == [
        responses, [TEXT, "plain"], ["two sharps", None], ["D", None], "D", "q",
    ]  # fmt: skip
    assert judge.over(BARE, responses) == [Abstention("the question has no gold answer")] * 2


@pytest.mark.parametrize(
    ("function", "scope", "said"),
    [
        (lambda anwser: 1, "completion", "asks for 'anwser', did you mean 'answer'?"),
        (lambda answer, words=50: 1, "completion", r"'words'.*stands behind a \*"),
        (lambda answers: 1, "completion", r'mark the function @reward\("wanting", scope="group"\)'),
        (lambda anwser: 1, "completion", "over a group responses, texts, thinks, answers"),
        (lambda answer: 1, "group", r"did you mean 'answers'\?; expected [^;]*; what a config"),
        (lambda solution: 1, "completion", r"goes through rewards\.adapters\.trl\.as_reward"),
        (lambda *args: 1, "completion", r"takes \*args"),
        (lambda **options: 1, "completion", r"takes \*\*options"),
        (lambda answer: 1, "batch", "scope: got 'batch', expected completion or group"),
        (lambda answer: (yield 1.0), "completion", "plain function"),
        (dict, "completion", "."),
    ],
)
def test_what_no_completion_has_is_refused_at_registration(
    function: Any, scope: Any, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        reward("wanting", scope=scope)(function)
    assert "wanting" not in registry_module._REWARDS


@pytest.mark.parametrize("key", PART_KEYS)
def test_a_parameter_with_the_name_of_a_key_of_a_part_is_refused(key: str) -> None:
    function = eval(f"lambda answer, *, {key}=1: 1.0")
    with pytest.raises(ConfigError, match=f"'wanting' has a parameter '{key}': a part of a rubric"):
        reward("wanting")(function)


@pytest.mark.parametrize("default", ["", "=None"])
def test_what_a_row_tells_is_refused_behind_the_star_where_nobody_would_tell_it(default) -> None:
    for name, scope, own in (("facts", "completion", "think"), ("answers", "group", "texts")):
        function = eval(f"lambda {own}, *, {name}{default}: 1.0")
        with pytest.raises(ConfigError, match=f"put {name} before the \\*, or give the parameter"):
            reward("wanting", scope=scope)(function)


def test_the_keys_of_a_part_are_all_of_them() -> None:
    """What a configuration may say of any part is what is kept from parameters."""
    part = Rubric.of(["format"]).parts[0]
    settings = {entry.name for entry in fields(part)} - {"name", "judge", "params", "limits"}
    assert settings == set(PART_KEYS)
    assert not settings & set(LIMITS)


def test_a_coroutine_is_refused() -> None:
    with pytest.raises(ConfigError, match="async"):

        @reward("later")
        async def later(answer: str) -> float:
            return 1.0


def test_the_function_stays_as_it_is_and_is_found_again() -> None:
    def plain(question: Question, response: Response) -> float:
        return 1.0

    assert reward("plain")(plain) is plain
    found = registered(plain)
    assert found is get("plain")
    assert get("plain").function is plain
    assert registered(lambda: 1) is None


def test_a_built_in_travels_between_processes() -> None:
    for name in ("key", "diversity"):
        assert pickle.loads(pickle.dumps(get(name))) == get(name)
