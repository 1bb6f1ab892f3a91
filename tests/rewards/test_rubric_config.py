"""A rubric's configuration: every problem at once, there and back, and as a tree."""

from __future__ import annotations

import pickle
import time

import pytest
import yaml

from rewards import Rubric, parse, reward
from rewards.errors import ConfigError
from rewards.records import Facts, Question
from rewards.rubric import DEFAULT

pytestmark = pytest.mark.usefixtures("own_registry")

FULL = {
    "parts": {
        "format": {"weight": 0.0, "mode": "strict"},
        "accuracy": {"weight": {0: 0.5, 100: 1.0}, "requires": ["format"]},
        "fifths": {
            "reward": "key", "weight": 0.25, "requires": ["format"], "times": {"accuracy": 0.5},
            "clip": [0.0, 0.9], "when": {"kind": ["qa", "open"], "facet": ["key"]}, "fifth": "both",
        },
        "diversity": {"weight": 0.05, "times": "accuracy"},
    },
    "combine": "gdpo",
    "renormalise": False,
    "failure_budget": 0.1,
}  # fmt: skip


@pytest.mark.parametrize("config", [FULL, DEFAULT, {"parts": {"key": None, "format": {}}}])
def test_a_rubric_is_the_same_after_a_way_through_yaml(config) -> None:
    rubric = Rubric.from_config(config)
    again = Rubric.from_config(yaml.safe_load(yaml.safe_dump(rubric.config, sort_keys=False)))
    assert again == rubric
    assert again.config == rubric.config
    assert str(again) == str(rubric)
    assert pickle.loads(pickle.dumps(rubric)) == rubric


def test_it_prints_all_it_holds() -> None:
    assert str(Rubric.from_config(FULL)).splitlines() == [
        "rubric  combine gdpo  a part that does not apply counts as 0  failure budget 0.1",
        "├─ format  weight 0  mode=strict",
        "├─ accuracy  weight 0.5 at 0 -> 1 at 100  requires format",
        "├─ fifths = key  weight 0.25  fifth=both  clip 0 to 0.9  times 0.5 + 0.5 accuracy  "
        "requires format  when kind is qa or open and facet is key",
        "└─ diversity  weight 0.05  over the group  times accuracy",
    ]


def test_the_default_rubric_is_its_formula() -> None:
    assert str(Rubric.default()).splitlines() == [
        "rubric",
        "├─ format  weight 0.1",
        "├─ answer  weight 0.6",
        "├─ theory  weight 0.25  times 0.5 + 0.5 answer  requires format",
        "└─ consistency  weight 0.05",
    ]
    facts = Facts(key="D major", meter="3/4")
    question = Question("q", "Which key?", facet="key", answer="D major", facts=facts)
    think = "The key signature has two sharps, so this is D major, in 3/4."
    for text, lost in (
        (f"<think>{think}</think><answer>D major</answer>", False),
        (f"<think>{think}</think> and so <answer>D minor</answer>", False),
        (f"{think} <answer>D major</answer>", True),
    ):
        score = Rubric.default().score(question, parse(text))
        assert score.valid
        v = {name: part.value for name, part in score.parts.items() if part.value is not None}
        assert (v["theory"] == 0) == lost, score.parts["theory"]
        weights = {"format": 0.1, "answer": 0.6, "theory": 0.25, "consistency": 0.05}
        there = {name: w for name, w in weights.items() if name in v}
        mean = sum(w * v[name] for name, w in there.items()) / sum(there.values())
        assert score.total == pytest.approx(mean, abs=1e-15)


PROBLEMS = [
    ({"weight": "much"}, "parts.key.weight: got 'much', expected a number from 0 to 1000000"),
    ({"weight": 1e308}, "parts.key.weight: got 1e+308, expected a number from 0 to 1000000"),
    ({"weight": 10**400}, "parts.key.weight: got 1000"),
    ({"weight": {10**400: 0.5}}, "parts.key.weight: got 1000"),
    ({"weight": {10**9 + 1: 0.5}}, "parts.key.weight: got 1000000001: 0.5"),
    ({"weight": {"9" * 5000: 0.5}}, "parts.key.weight: got '999"),
    ({"weight": {0: 10**400}}, "parts.key.weight: got 0: 1000"),
    ({"weight": {True: 0.5}}, "parts.key.weight: got True: 0.5"),
    ({"times": {"format": 10**400}}, "parts.key.times.format: got 1000"),
    ({"clip": [0, 10**400]}, "parts.key.clip: got [0, 1000"),
    ({"weight": {}}, "parts.key.weight: got no steps"),
    ({"weight": {-1: 0.5}}, "parts.key.weight: got -1: 0.5, expected a step from 0 to 1000000000"),
    ({"weight": {"soon": 0.5}}, "parts.key.weight: got 'soon': 0.5"),
    ({"weight": {0: -0.5}}, "parts.key.weight: got 0: -0.5"),
    ({"weight": {0: 0.2, "0": 0.9}}, "parts.key.weight: got two weights for step 0, expected one"),
    ({"weight": {0: True}}, "parts.key.weight: got 0: True"),
    ({"requires": "key"}, "parts.key.requires: part 'key' cannot depend on itself"),
    ({"requires": [1]}, "parts.key.requires: got [1], expected a list of part names"),
    ({"times": {"fromat": 0.5}}, "parts.key.times: there is no part 'fromat', did you mean 'form"),
    ({"times": {"format": 0}}, "parts.key.times.format: got 0, expected a share above 0"),
    ({"times": {"format": 1.5}}, "parts.key.times.format: got 1.5, expected a share"),
    ({"times": ["format"]}, "parts.key.times: got ['format'], expected a part, or parts with sh"),
    ({"clip": [0.5, 0.5]}, "parts.key.clip: got [0.5, 0.5], expected [least, greatest] within"),
    ({"clip": [0, 2]}, "parts.key.clip: got [0, 2]"),
    ({"clip": 0.5}, "parts.key.clip: got 0.5"),
    ({"clip": [0, None]}, "parts.key.clip: got [0, None]"),
    ({"when": "qa"}, "parts.key.when: got 'qa'"),
    ({"when": {"kid": "qa"}}, "parts.key.when: unknown key 'kid', did you mean 'kind'?"),
    ({"when": {"kind": []}}, "parts.key.when.kind: got [], expected a list of names"),
    ({"when": {"facet": ["kee"]}}, "parts.key.when.facet: there is no facet 'kee', did you mean"),
    ({"fifth": "down"}, "parts.key.fifth: got 'down'; expected one of up, both"),
    ({"fith": "up"}, "parts.key: unknown key 'fith', did you mean 'fifth'?"),
    ({"deadline": 5}, "parts.key: unknown key 'deadline'"),
    ({"reward": "kee"}, "parts.key: unknown reward 'kee', did you mean 'key'?"),
]


@pytest.mark.parametrize(("body", "said"), PROBLEMS)
def test_each_problem_has_its_sentence(body, said) -> None:
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config({"parts": {"key": body, "format": {}}})
    assert f"\n  - {said}" in str(caught.value)
    assert ", 1 problem:" in str(caught.value)


def test_no_part_is_called_what_all_parts_come_to() -> None:
    with pytest.raises(ConfigError, match=r"parts\.total: .* say reward: total if that is its"):
        Rubric.from_config({"parts": {"total": {"reward": "format"}, "answer": {}}})


def test_all_problems_come_at_once() -> None:
    bodies = {f"part {n}": {"reward": "key", **body} for n, (body, _) in enumerate(PROBLEMS)}
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config(
            {"parts": {**bodies, "format": {}}, "combine": "gpdo", "renormalise": 1,
             "failure_budget": 5, "budget": 1}
        )  # fmt: skip
    message = str(caught.value)
    assert message.count("\n  - ") >= len(PROBLEMS) + 3
    for said in (
        "combine: got 'gpdo', did you mean 'gdpo'?", "renormalise: got 1, expected true or false",
        "failure_budget: got 5, expected a share", "unknown key 'budget'",
    ):  # fmt: skip
        assert said in message


CAPPED = {"clip": [0, 0.9]}


@pytest.mark.parametrize(
    ("gate", "part", "said"),
    [
        (CAPPED, {}, "it must be 1, and its clip ends at 0.9; let the clip end at 1"),
        ({"when": {"kind": "caption"}}, {"when": {"kind": "qa"}}, "whose kind is caption"),
        ({"when": {"facet": ["mode"]}}, {"when": {"facet": "key"}}, "let their when meet"),
    ],
)
def test_a_gate_that_can_never_open_is_refused_with_the_way_out(gate, part, said) -> None:
    parts = {"format": gate, "key": {**part, "requires": ["format"]}}
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config({"parts": parts})
    assert "parts.key.requires: the gate 'format' can never open: it " in str(caught.value)
    assert said in str(caught.value)


def test_a_gate_that_opens_for_some_questions_is_none_that_never_does() -> None:
    gate = {"clip": [0.5, 1], "when": {"kind": ["qa", "caption"]}}
    part = {"requires": ["format"], "when": {"kind": "caption", "facet": "key"}, **CAPPED}
    assert Rubric.from_config({"parts": {"format": gate, "key": part}}).parts


@pytest.mark.parametrize("weight", [0, {0: 0}, {0: 0.0, 100: 0}])
def test_a_rubric_in_which_nothing_ever_weighs_is_refused(weight) -> None:
    with pytest.raises(ConfigError, match="no part has a weight above 0 at any step"):
        Rubric.from_config({"parts": {"format": {"weight": 0}, "key": {"weight": weight}}})
    assert Rubric.from_config({"parts": {"format": {"weight": 0}, "key": {"weight": {0: 0, 9: 1}}}})


def test_parts_that_lean_on_each_other_in_a_circle_are_named() -> None:
    config = {"key": {"times": "mode"}, "mode": {"requires": ["chord"]}, "chord": {"times": "key"}}
    with pytest.raises(ConfigError, match=r"depend on each other in a circle: \w+ -> \w+ -> "):
        Rubric.from_config({"parts": config})


def test_parts_keep_their_order_but_come_after_what_they_depend_on() -> None:
    config = {"key": {"requires": ["mode"]}, "tempo": {}, "mode": {"times": "note"}, "note": {}}
    rubric = Rubric.from_config({"parts": config})
    assert [part.name for part in rubric.parts] == ["note", "mode", "key", "tempo"]
    assert [part.name for part in Rubric.from_config(rubric.config).parts] == [
        "note", "mode", "key", "tempo",
    ]  # fmt: skip


def test_a_long_chain_of_parts_and_many_ways_to_one_part_are_put_in_order() -> None:
    chain = {f"p{i}": {"reward": "format", "requires": [f"p{i + 1}"]} for i in range(2000)}
    rubric = Rubric.from_config({"parts": {**chain, "p2000": {"reward": "format"}}})
    assert [part.name for part in rubric.parts] == [f"p{i}" for i in range(2000, -1, -1)]
    pairs = {
        f"{side}{i}": {"reward": "format", "requires": [f"a{i + 1}", f"b{i + 1}"] if i < 59 else []}
        for i in range(60)  # 2 ** 60 ways from a0 to a59
        for side in "ab"
    }
    rubric = Rubric.from_config({"parts": pairs})
    assert [part.name for part in rubric.parts[:4]] == ["a59", "b59", "a58", "b58"]


@pytest.mark.parametrize(
    "body",
    [
        {f"weighx{i}": 1 for i in range(9000)},
        {"requires": [f"forma{i}" for i in range(9000)]},
        {"when": {"facet": [f"key{i}" for i in range(9000)]}},
    ],
)
def test_reading_ends_at_fifty_problems(body) -> None:
    siblings = {f"format{i}x": {"reward": "format"} for i in range(3000)}
    start = time.process_time()
    with pytest.raises(ConfigError, match="50 problems or more") as caught:
        Rubric.from_config({"parts": {"key": body, **siblings}})
    assert time.process_time() - start < 2.0
    assert str(caught.value).count("\n  - ") == 50


def test_parameters_are_checked_against_their_annotations() -> None:
    @reward("picky")
    def picky(answer, *, words: int, ratio: float = 0.5, names: list[str] | None = None):
        return 1.0

    for body, said in (
        ({"words": 1.5}, "parts.picky.words: got 1.5; expected a whole number"),
        ({"words": True}, "parts.picky.words: got True"),
        ({}, "parts.picky.words: is missing; expected a whole number"),
        ({"words": 1, "ratio": "x"}, "parts.picky.ratio: got 'x'; expected a number"),
        ({"words": 1, "names": "a"}, "parts.picky.names: got 'a'; expected a list of text or null"),
    ):
        with pytest.raises(ConfigError) as caught:
            Rubric.from_config({"parts": {"picky": body}})
        assert said in str(caught.value)
    assert Rubric.from_config({"parts": {"picky": {"words": 3, "ratio": 1}}}).parts


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda *, low: [], "failed: TypeError: .* 'high'; expected .* by keyword: low, high"),
        (lambda **given: 1 / 0, "failed: ZeroDivisionError"),
        (lambda **given: ("low", "got 5, above high"), 'gave str: expected pairs .* yield "words"'),
        (lambda **given: [("low", 5)], "gave tuple: expected pairs of texts"),
    ],
)
def test_a_check_that_fails_itself_is_told_as_such(check, said: str) -> None:
    @reward("bounded", check=check)
    def bounded(answer, *, low: int = 5, high: int = 9):
        return 1.0

    with pytest.raises(ConfigError, match=rf"parts.bounded: the check of reward 'bounded' {said}"):
        Rubric.from_config({"parts": {"bounded": {"high": 3}, "key": {}}})


def test_what_the_checks_of_rewards_find_comes_at_once_with_all_else() -> None:
    def problems(*, low: int, high: int):
        if low > high:
            yield "low", f"got {low}, above high {high}"

    @reward("bounded", check=problems)
    def bounded(answer, *, low: int = 5, high: int = 9):
        return 1.0

    judge = {"first": "answre", "url": "ftp://x", "model": "m", "attempts": 0, "deadline": -1}
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config(
            {
                "parts": {
                    "judge": judge, "length": {"least": 10, "most": 2}, "repetition": {"n": 0},
                    "diversity": {"n": -1}, "theory": {"priors": "nofile.json"},
                    "bounded": {"high": 3}, "mistyped": {"reward": "bounded", "high": "3"},
                },
                "combine": "gpdo",
            }
        )  # fmt: skip
    said = str(caught.value)
    for key, what in (
        ("judge.first", "unknown reward 'answre', did you mean 'answer'?"),
        ("judge.url", "got 'ftp://x', expected an address"),
        ("judge.attempts", "got 0, expected at least 1"),
        ("judge.deadline", "got -1, expected seconds above 0"),
        ("length.least", "got 10, with most 2, expected 0 <= least <= most"),
        ("repetition.n", "got 0, expected at least 1"),
        ("diversity.n", "got -1, expected at least 1"),
        ("theory.priors", "'nofile.json' cannot be read"),
        ("bounded.low", "got 5, above high 3"),
        ("mistyped.high", "got '3'; expected a whole number"),
    ):
        assert f"\n  - parts.{key}: {what}" in said
    assert "11 problems" in said


@pytest.mark.parametrize("body", [{"rewards": "x.py:y"}, {"rewrad": "key"}, {"file": "x.py:y"}])
def test_a_misnamed_key_reward_is_told_and_not_taken_for_an_unknown_part(body) -> None:
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config({"parts": {"notenames": body}})
    (key,) = body
    assert f"parts.notenames: unknown key {key!r}, did you mean 'reward'?" in str(caught.value)
    assert "'notes'" not in str(caught.value)


def test_a_file_without_a_name_is_told_how_it_is_named_before_anything_else() -> None:
    with pytest.raises(ConfigError) as caught:
        Rubric.of(["folder/notenames.py"])
    said = str(caught.value).partition("unknown reward ")[2]
    assert said == (
        "'folder/notenames.py': a reward of your own is FILE.py:NAME, such as "
        "folder/notenames.py:notenames"
    )


def test_a_file_that_lies_beside_the_rubric_only_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "one.py").write_text("def x(answer):\n    return 1.0\n")
    (tmp_path / "here" / "ones.py").write_text("")
    monkeypatch.chdir(tmp_path / "here")
    tree = {"parts": {"x": {"reward": "one.py:x"}, "format": {"mode": "stric"}}}
    with pytest.raises(ConfigError) as caught:
        Rubric.from_config(tree, tmp_path / "rubrics")
    said = str(caught.value)
    assert f"looked for where the command runs, in {tmp_path / 'here'}; it lies beside" in said
    assert f"write {tmp_path / 'rubrics' / 'one.py'}:x, or run the command in" in said
    assert "ones.py" not in said
    assert "did you mean 'strict'" in said, "with all else that is wrong"
    (tmp_path / "here" / "one.py").write_text("def x(answer):\n    return 0.5\n")
    with Rubric.from_config({"parts": tree["parts"] | {"format": {}}}, tmp_path / "rubrics") as own:
        assert own.config["parts"]["x"]["reward"] == f"{tmp_path / 'here' / 'one.py'}:x"


@pytest.mark.parametrize(
    ("key", "meant"), [("weigth", "weight"), ("hihg", "high"), ("dedline", "deadline")]
)
def test_a_misspelt_key_of_a_reward_in_a_file_may_be_one_of_the_part(tmp_path, key, meant) -> None:
    own = tmp_path / "one.py"
    own.write_text("def x(answer, *, high=1):\n    return 0.5\n")
    with pytest.raises(ConfigError, match=f"no parameter '{key}'.*, did you mean '{meant}'"):
        Rubric.from_config({"parts": {"x": {"reward": f"{own}:x", key: 1}, "format": {}}})
