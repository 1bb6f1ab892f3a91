"""TRL's trainer really trains with our batches: it hears, it learns, it repeats, it ends."""

from __future__ import annotations

import math
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

import rollouts.metrics
from policies.accuracy import Accuracy
from policies.checkpoint_folder import published
from policies.lora import LoraSettings, open_policy
from policies.tensors import load_tensors
from rewards.errors import ConfigError, DeafError, DivergenceError
from rewards.records import Clip
from sft.collate import IGNORED, Collator, Example
from sft.train import SftSettings


def test_the_loss_falls_and_every_step_is_logged(begin: Any) -> None:
    one = begin()
    done: list[int] = []
    ended = one.run(steps=25, learning_rate=1e-2, tell=lambda step, loss: done.append(step))
    assert ended is True
    losses = [line["loss"] for line in one.of("sft")]
    assert losses[-1] < losses[0] - 1
    assert [line["step"] for line in one.of("sft")] == list(range(25))
    assert done == list(range(1, 26))
    assert all(line["learning_rate"] > 0 and line["grad_norm"] > 0 for line in one.of("sft")[1:])


def test_the_columns_of_the_metrics_are_those_that_are_documented(begin: Any) -> None:
    one = begin()
    one.run(steps=1, evaluate_every=1, evaluate=lambda: Accuracy(0.5, {"key": 0.5}))
    table = dict(re.findall(r"\| (\w+) +\| (.+) \|", rollouts.metrics.__doc__ or ""))
    for stage in ("sft", "sft_eval"):
        named = re.findall(r"\w+", re.sub(r"\(.*?\)|\{.*?\}", "", table[stage]))
        assert {*one.of(stage)[0]} == {"stage", "step", *named}


def test_the_trainer_hands_the_clips_to_the_model(
    begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trl.trainer.sft_trainer import SFTTrainer

    seen: list[dict[str, Any]] = []
    compute_loss = SFTTrainer.compute_loss

    def watch(self: Any, model: Any, inputs: Any, *args: Any, **given: Any) -> Any:
        seen.append(dict(inputs))
        return compute_loss(self, model, inputs, *args, **given)

    monkeypatch.setattr(SFTTrainer, "compute_loss", watch)
    one = begin()
    assert one.run(steps=1)
    assert len(seen) == 2, "two micro-batches make a step"
    for batch in seen:
        assert batch["input_features"].shape[0] == 2
        placeholders = (batch["input_ids"] == one.policy.audio_id).sum(1)
        assert (placeholders > 0).all()
        trained = batch["labels"] != IGNORED
        assert (batch["labels"][trained] == batch["input_ids"][trained]).all()
        for ids, mask in zip(batch["input_ids"], trained, strict=True):
            text = one.policy.processor.tokenizer.decode(ids[mask])
            assert text.startswith("<think>")
            assert ids[mask][-1] in one.policy.end_ids
            first = int(mask.nonzero()[0])
            assert not mask[:first].any(), "nothing of the prompt is learned"


def test_the_sound_matters_to_what_is_learned(begin: Any, sound: Any) -> None:
    heard, muted = begin(), begin()
    heard.run(steps=2)
    muted.read = lambda clip: sound(99, 1.0)
    muted.run(steps=2)
    assert heard.of("sft")[0]["loss"] != muted.of("sft")[0]["loss"]
    tower = next(name for name in heard.weights() if "conv1" in name)
    assert heard.weights()[tower] != muted.weights()[tower]


def test_a_target_that_speaks_of_sound_without_a_clip_is_refused(
    begin: Any, examples: list[Example]
) -> None:
    one = begin()
    deaf = replace(examples[0].question, clip=None)
    wrong = [Example(deaf, "<sound><sound> is heard"), *examples[1:2]] * 2
    one.examples = wrong
    with pytest.raises(DeafError, match="would be trained deaf"):
        one.run(steps=1)


def test_equal_seeds_give_equal_weights_and_others_do_not(begin: Any) -> None:
    one, two, three = begin(), begin(), begin()
    for run, seed in ((one, 7), (two, 7), (three, 8)):
        run.run(seed=seed)
    assert one.weights() == two.weights()
    assert one.lines == two.lines
    assert one.weights() != three.weights()


def test_micro_batches_do_not_change_the_result(begin: Any) -> None:
    one, two = begin(), begin()
    one.run(steps=1, micro_batch_size=4)
    two.run(steps=1, micro_batch_size=1)
    loss = [run.of("sft")[0] for run in (one, two)]
    assert loss[0]["loss"] == pytest.approx(loss[1]["loss"], rel=1e-4)
    assert loss[0]["grad_norm"] == pytest.approx(loss[1]["grad_norm"], rel=1e-3)


@pytest.mark.parametrize("lora", [None, LoraSettings(rank=2, dropout=0.5)])
def test_checkpointing_costs_time_alone(begin: Any, lora: Any, monkeypatch: Any) -> None:
    again = []
    gated = type(open_policy(begin().tiny).language_model.layers[0].mlp)
    forward = gated.forward
    monkeypatch.setattr(gated, "forward", lambda *a, **k: again.append(0) or forward(*a, **k))
    one, two = begin(), begin()
    one.run(steps=2, lora=lora)
    once = len(again)
    two.run(steps=2, lora=lora, checkpointing=True)
    assert len(again) == 3 * once, "once more in every backward pass"
    assert one.weights() == two.weights()
    assert not two.policy.base.is_activation_checkpointing


def test_an_optimizer_that_is_offloaded_learns_the_same(begin: Any) -> None:
    one, two = begin(), begin()
    one.run(steps=3, dtype="bfloat16")
    two.run(steps=3, dtype="bfloat16", offload=True)
    assert one.weights() == two.weights()


@pytest.mark.parametrize("sizes", [(32, 24), (2, 4), (4, 0), (0, 2)])
def test_a_batch_that_micro_batches_do_not_fill_is_refused(sizes: tuple[int, int]) -> None:
    with pytest.raises(ConfigError, match=f"multiple of .* got {sizes[0]} and {sizes[1]};"):
        SftSettings(batch_size=sizes[0], micro_batch_size=sizes[1])


def test_it_ends_at_its_accuracy_goal(begin: Any) -> None:
    found = iter([0.2, 0.4, 0.6, 0.9])
    one = begin()
    ended = one.run(
        steps=40, evaluate_every=2, evaluate_from=4, stop_at_accuracy=0.5,
        evaluate=lambda: Accuracy(next(found), {"key": 0.1}),
    )  # fmt: skip
    assert ended is True
    assert [(x["step"], x["accuracy"], x["topics"]) for x in one.of("sft_eval")] == [
        (4, 0.2, {"key": 0.1}),
        (6, 0.4, {"key": 0.1}),
        (8, 0.6, {"key": 0.1}),
    ]
    assert one.of("sft")[-1]["step"] == 7


def test_an_update_that_is_not_finite_changes_nothing_and_is_shown_as_what_it_is(
    begin: Any,
) -> None:
    one = begin()
    seen: list[dict[str, bytes]] = []

    def poison_every_second(step: int, loss: float) -> None:
        seen.append(one.weights())
        if step % 2:
            words = one.policy.base.get_input_embeddings()
            hook = words.register_forward_hook(lambda *way: [hook.remove(), way[-1] * math.nan][1])

    assert one.run(steps=7, micro_batch_size=4, tell=poison_every_second)
    assert [before == after for before, after in pairwise(seen)] == [True, False] * 3
    for name in ("loss", "grad_norm"):
        assert [math.isfinite(line[name]) for line in one.of("sft")] == [1, 0, 1, 0, 1, 0, 1]


def test_a_cold_start_that_diverges_ends_with_what_to_change_and_keeps_numbers(
    begin: Any,
) -> None:
    one = begin()
    with pytest.raises(
        DivergenceError, match=r"3 updates .* got loss nan .*; lower sft\.learning_rate"
    ):
        one.run(learning_rate=1e30, warmup_steps=0, checkpoint_every=1)
    losses = [line["loss"] for line in one.of("sft")]
    assert math.isfinite(losses[0])
    assert all(math.isnan(loss) for loss in losses[1:])
    weights = load_tensors(published(one.folder)[-1] / "model.safetensors")
    assert all(weight.isfinite().all() for weight in weights.values())


def test_only_an_adapter_is_trained_where_there_is_one(begin: Any) -> None:
    one = begin()
    before = open_policy(one.tiny)
    one.run(lora=LoraSettings(rank=2))
    base = dict(one.policy.base.named_parameters())
    for name, parameter in before.model.named_parameters():
        stem, _, kind = name.rpartition(".")
        found = base.get(name, base.get(f"{stem}.base_layer.{kind}"))
        assert found is not None
        assert torch.equal(found, parameter), name
    adapter = [p for n, p in one.policy.model.named_parameters() if "lora_B" in n]
    assert adapter
    assert all(p.abs().sum() > 0 for p in adapter)


def test_the_model_is_a_plain_one_afterwards(begin: Any, tmp_path: Path) -> None:
    one = begin()
    one.run(steps=1)
    one.policy.save(tmp_path / "saved")
    again = open_policy(tmp_path / "saved")
    for name, parameter in again.model.named_parameters():
        assert torch.equal(parameter, dict(one.policy.model.named_parameters())[name])
    batch = Collator(again, one.examples, one.read)([{"row": 0}])
    assert torch.equal(one.policy.model.eval()(**batch).loss, again.model.eval()(**batch).loss)


def test_what_is_sent_to_our_process_group_does_not_reach_who_hears_the_next_batch(
    begin: Any, sound: Any, tmp_path: Path
) -> None:
    groups = tmp_path / "groups"

    def read(clip: Clip) -> Any:
        with groups.open("a") as said:
            said.write(f"{os.getpgrp()}\n")
        return sound(int(clip.path[0]), 1.0)

    one = begin()
    one.read = read
    assert one.run(steps=1)
    assert str(os.getpgrp()) not in groups.read_text().split()
