"""A rubric trains under TRL's own GRPO trainer."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rewards import Rubric
from rewards.errors import ConfigError, DataError, RewardError

GOOD = "<think>It rests on D, and F is sharp.</think><answer>D major</answer>"
BAD = "<think>It rests on D, and F is sharp.</think><answer>E major</answer>"


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
    assert metrics["parts_failed"] == 0.5
    with pytest.raises(RewardError) as failure:
        run(Rubric.from_config({"parts": parts}), [GOOD, BAD, BAD])
    said = str(failure.value)
    assert "2 of 3 completions" in said
    assert "'sometimes' 2 times" in said
    assert "nothing by nothing" in said


def test_each_part_is_logged_as_a_metric_and_as_a_column():
    metrics, columns = {}, {}
    Rubric.of(["format", "accuracy", "tempo"]).as_trl()(
        ["Key?"] * 2, [GOOD, BAD], None, answer=["D major"] * 2,
        log_metric=lambda name, value: metrics.update({name: value}),
        log_extra=lambda name, values: columns.update({name: values}),
    )  # fmt: skip
    assert metrics == {"parts/format": 1.0, "parts/accuracy": 0.5, "parts_failed": 0.0}
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
    assert logged["parts_failed"] == 0.0
    after = dict(model.named_parameters())
    moved = [name for name in before if not torch.equal(before[name], after[name])]
    assert len(moved) > len(before) / 2
