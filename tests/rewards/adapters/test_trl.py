"""A rubric trains under TRL's own GRPO trainer, and TRL's rewards count in a rubric."""

from __future__ import annotations

import asyncio
import math
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rewards import Facts, Question, Rubric, parse, registry
from rewards.adapters.trl import as_reward
from rewards.errors import ConfigError, DataError, RewardError

GOOD = "<think>It rests on D, and F is sharp.</think><answer>D major</answer>"
BAD = "<think>It rests on D, and F is sharp.</think><answer>E major</answer>"


@pytest.fixture
def registered():
    """Registers a reward for one test."""
    added = []

    def add(name: str, function: Any, **settings: Any) -> None:
        registry.reward(name, **settings)(function)
        added.append(name)

    yield add
    for name in added:
        del registry._REWARDS[name]


def run(rubric: Rubric, completions: list[Any], **columns: Any) -> list[float | None]:
    count = len(completions)
    columns = {name: [value] * count for name, value in columns.items()}
    return rubric.as_trl()(["Key?"] * count, completions, [[1]] * count, **columns)


def test_texts_and_turns_earn_what_the_rubric_gives():
    rubric = Rubric.of(["accuracy"])
    assert run(rubric, [GOOD, BAD], answer="D major") == [1.0, 0.0]
    turns = [[{"role": "assistant", "content": text}] for text in (GOOD, BAD)]
    assert run(rubric, turns, answer="D major") == [1.0, 0.0]


def test_what_nothing_applies_to_is_none_and_never_zero():
    assert run(Rubric.of(["accuracy"]), [GOOD, BAD]) == [None, None]


def test_the_column_solution_is_the_gold_answer():
    rubric = Rubric.of(["accuracy"])
    assert run(rubric, [GOOD, BAD], solution="D major") == [1.0, 0.0]
    with pytest.raises(DataError, match="answer is 'E major' and solution is 'D major'"):
        run(rubric, [GOOD], solution="D major", answer="E major")


def test_that_no_row_had_any_truth_is_said_once_with_the_columns_there_are(caplog):
    function = Rubric.of(["format", "accuracy"]).as_trl()
    for _ in range(2):
        assert function(["Key?"], [GOOD], [[1]], gold=["D major"]) == [1.0]
    (said,) = [row.getMessage() for row in caplog.records]
    assert "accuracy did not apply" in said
    assert "answer" in said
    assert said.endswith("there are the columns gold")


@pytest.mark.parametrize("names", [["format"], ["format", "diversity"]])
def test_nothing_is_said_where_no_reward_lacks_truth(caplog, names):
    assert run(Rubric.of(names), [GOOD]) == [1.0]
    run(Rubric.of(["accuracy"]), [GOOD], answer="D major")
    assert not caplog.records


def test_a_failed_reward_makes_none_until_the_budget_is_spent(registered):
    def sometimes(text: str) -> float:
        if "E major" in text:
            raise ZeroDivisionError("nothing by nothing")
        return 1.0

    registered("sometimes", sometimes)
    parts = {"sometimes": {}, "format": {}}
    lenient = Rubric.from_config({"parts": parts, "failure_budget": 0.5})
    metrics: dict[str, float] = {}
    found = lenient.as_trl()(
        ["Key?"] * 2, [GOOD, BAD], None, log_metric=lambda n, v: metrics.update({n: v})
    )
    assert found[1] is None
    assert found[0] is not None
    assert metrics["parts/failed"] == 0.5
    with pytest.raises(RewardError) as failure:
        run(Rubric.from_config({"parts": parts}), [GOOD, BAD])
    said = str(failure.value)
    assert "1 of 2 completions" in said
    assert "'sometimes' 1 times" in said
    assert "nothing by nothing" in said


def test_each_part_is_logged_as_a_metric_and_as_a_column():
    metrics, columns = {}, {}
    Rubric.of(["format", "accuracy", "tempo"]).as_trl()(
        ["Key?"] * 2, [GOOD, BAD], None, answer=["D major"] * 2,
        log_metric=lambda name, value: metrics.update({name: value}),
        log_extra=lambda name, values: columns.update({name: values}),
    )  # fmt: skip
    assert metrics == {"parts/format": 1.0, "parts/accuracy": 0.5, "parts/failed": 0.0}
    assert columns == {"format": [1.0, 1.0], "accuracy": [1.0, 0.0], "tempo": [None, None]}


def test_weights_follow_the_steps_of_the_trainer():
    rubric = Rubric.from_config({"parts": {"format": {"weight": {0: 0, 10: 1}}, "accuracy": {}}})
    function = rubric.as_trl()
    for step, total in ((0, 0.0), (10, 0.5)):
        state = SimpleNamespace(global_step=step)
        assert function(["?"], [BAD], None, answer=["D major"], trainer_state=state) == [total]
    assert function(["?"], [BAD], None, answer=["D major"]) == [0.5]


def test_completions_of_one_question_are_one_group_wherever_they_stand():
    found = Rubric.of(["diversity"]).as_trl()(
        ["Key?", "Meter?", "Key?"], ["a b c d", "e f g h", "a b c d"]
    )
    assert found == [0.0, None, 0.0]


def test_a_wrong_row_is_named_and_a_gdpo_rubric_refused():
    with pytest.raises(DataError, match="row 1: facet"):
        Rubric.of(["format"]).as_trl()(["?", "?"], [GOOD, BAD], None, facet=["key", "kye"])
    with pytest.raises(ConfigError, match="combine: sum"):
        Rubric.from_config({"parts": {"format": {}}, "combine": "gdpo"}).as_trl()


@pytest.mark.parametrize("values", [["D major"], ["D major"] * 3])
def test_a_column_that_lacks_a_value_for_a_completion_is_named(values):
    with pytest.raises(DataError, match=f"'answer' .* got {len(values)}, expected 2; repeat"):
        Rubric.of(["accuracy"]).as_trl()(["?"] * 2, [GOOD, BAD], None, answer=values)


def test_it_travels_to_other_processes_under_its_name():
    copy = pickle.loads(pickle.dumps(Rubric.of(["format"]).as_trl("form")))
    assert copy.__name__ == "form"
    assert copy(["?"], [GOOD]) == [1.0]


def test_a_real_trl_trainer_moves_the_weights_of_a_model(tmp_path: Path, monkeypatch, registered):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import torch
    from datasets import Dataset
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
    from trl import GRPOConfig, GRPOTrainer

    words = Tokenizer(models.WordLevel(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    names = ["<unk>", "<pad>", "<eos>"]
    words.train_from_iterator(
        ["what is the key D major E minor sharp"], trainers.WordLevelTrainer(special_tokens=names)
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", pad_token="<pad>", eos_token="<eos>"
    )
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
            num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=64,
            pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
        )
    )  # fmt: skip

    def sharps(text: str) -> float:
        return text.split().count("sharp") / max(1, len(text.split()))

    registered("sharps", sharps)
    rows = [
        {"prompt": "what is the key", "answer": None, "question": {"id": "a", "text": "Key?"}},
        {"prompt": "what is the key", "answer": "D", "question": {"id": "b", "text": "Key?"}},
    ]
    before = {name: value.clone() for name, value in model.named_parameters()}
    trainer = GRPOTrainer(
        model,
        reward_funcs=Rubric.of(["sharps", "accuracy"]).as_trl(),
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(rows),
        args=GRPOConfig(
            output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=8,
            num_generations=4, max_completion_length=8, learning_rate=1e-2, use_cpu=True,
            bf16=False,
            report_to=[], save_strategy="no", logging_steps=1, disable_tqdm=True, seed=1,
        ),
    )  # fmt: skip
    trainer.train()
    logged = trainer.state.log_history[0]
    assert 0 < logged["rewards/rubric/mean"] < 1
    assert 0 < logged["parts/sharps"] < 1
    assert logged["parts/accuracy"] == 0.0
    assert logged["parts/failed"] == 0.0
    after = dict(model.named_parameters())
    moved = [name for name in before if not torch.equal(before[name], after[name])]
    assert len(moved) > len(before) / 2


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


@pytest.mark.parametrize("value", [1.01, -0.01, math.nan, True, "1", [1.0, 1.0], []])
def test_a_value_outside_of_the_range_is_an_error_part(value, registered):
    def mine(completions: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, list) else [value]

    registered("mine", as_reward(mine))
    part = Rubric.of(["mine"]).score(Question("q", "?"), parse(GOOD)).parts["mine"]
    assert part.status == "error"
    assert "TRL reward 'mine' returned" in part.why


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
