from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from policies.audio_policy import AudioPolicy
from policies.logprobs import group_logprobs
from rewards.errors import DeafError
from rewards.records import Clip, Question
from sft.collate import IGNORED, Collator, Example

TARGET = "<think>Two sharps and a close on D.</think> <answer>D major</answer>"
SECONDS = {"a.wav": 2.6, "b.wav": 0.4, "c.wav": 1.0}


@pytest.fixture
def read(sound: Any) -> Callable[[Clip], Any]:
    return lambda clip: sound(ord(clip.path[0]), SECONDS[clip.path])


@pytest.fixture
def examples() -> list[Example]:
    return [
        Example(Question("1", "What is the key?", Clip("a.wav")), TARGET),
        Example(Question("2", "Which chord ends the phrase?", Clip("b.wav")), "<answer>A</answer>"),
        Example(Question("3", "How many sharps has D major?"), "<answer>2</answer>"),
        Example(Question("4", "And the key?", Clip("a.wav")), "<answer>D major</answer>"),
        Example(Question("5", "And this?", Clip("c.wav")), TARGET),
    ]


def _rows(*places: int) -> list[dict[str, int]]:
    return [{"row": place} for place in places]


def test_the_loss_stands_on_the_completion_and_its_end_token_only(
    policy: AudioPolicy, examples: list[Example], read: Any
) -> None:
    batch = Collator(policy, examples, read)(_rows(0, 1, 2, 4))
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape
    for i, place in enumerate((0, 1, 2, 4)):
        example = examples[place]
        clip = example.question.clip
        prompt = policy.prompt(example.question, None if clip is None else read(clip)).ids
        target = policy.processor.tokenizer(example.target)["input_ids"]
        whole = [*prompt, *target, policy.end_ids[0]]
        assert batch["input_ids"][i, : len(whole)].tolist() == whole
        labels = [IGNORED] * len(prompt) + [*target, policy.end_ids[0]]
        assert batch["labels"][i, : len(whole)].tolist() == labels
        assert (batch["labels"][i, len(whole) :] == IGNORED).all()
        assert batch["attention_mask"][i].tolist() == [1] * len(whole) + [0] * (
            batch["input_ids"].shape[1] - len(whole)
        )


def test_windows_of_all_clips_stand_in_the_order_of_the_rows(
    policy: AudioPolicy, examples: list[Example], read: Any
) -> None:
    batch = Collator(policy, examples, read)(_rows(4, 2, 0, 1))
    expected = [
        policy.processor(text="<sound>", audio=read(Clip(path)).samples_S)
        for path in ("c.wav", "a.wav", "b.wav")
    ]
    assert batch["input_features"].shape[0] == 1 + 3 + 1
    assert torch.equal(
        batch["input_features"], torch.cat([inputs["input_features"] for inputs in expected])
    )
    assert torch.equal(
        batch["input_features_mask"],
        torch.cat([inputs["input_features_mask"] for inputs in expected]),
    )


def test_stock_forward_learns_from_the_batch_what_the_policy_says_of_each_row(
    policy: AudioPolicy, examples: list[Example], read: Any
) -> None:
    """The mean over completion tokens of -log p, each row alone in the policy."""
    places = (0, 1, 2, 3, 4)
    batch = Collator(policy, examples, read)(_rows(*places))
    logprobs = []
    with torch.no_grad():
        loss = policy.base(**batch).loss
        for i, place in enumerate(places):
            question = examples[place].question
            prompt = policy.prompt(question, read(question.clip) if question.clip else None)
            ids = [x for x in batch["labels"][i].tolist() if x != IGNORED]
            logprobs.append(group_logprobs(policy, [prompt], [[ids]])[0][0])
    # The policy's distribution leaves the audio ids out; their mass here is a few per mille.
    assert float(loss) == pytest.approx(-float(torch.cat(logprobs).mean()), abs=0.05)


def test_labels_shift_no_token_into_the_prompt(
    policy: AudioPolicy, examples: list[Example], read: Any
) -> None:
    """The loss answers to the target and to the clip: both are in the batch."""
    collate = Collator(policy, examples, read)
    with torch.no_grad():
        batch = collate(_rows(0))
        heard = float(policy.base(**batch).loss)
        batch["input_features"] = torch.zeros_like(batch["input_features"])
        assert abs(float(policy.base(**batch).loss) - heard) > 1e-3


def test_a_batch_without_clips_has_no_features(
    policy: AudioPolicy, examples: list[Example], read: Any
) -> None:
    batch = Collator(policy, examples, read)(_rows(2))
    assert batch.keys() == {"input_ids", "labels", "attention_mask"}


def test_features_have_the_models_precision(
    open_tiny: Callable[..., AudioPolicy], examples: list[Example], read: Any
) -> None:
    batch = Collator(open_tiny(torch.bfloat16), examples, read)(_rows(0))
    assert batch["input_features"].dtype == torch.bfloat16


def test_a_placeholder_in_a_target_is_refused(
    policy: AudioPolicy, examples: list[Example], read: Any
) -> None:
    forged = [Example(examples[2].question, "<answer><sound></answer>")]
    with pytest.raises(DeafError, match=r"question '3' .*got 1 audio placeholders .*expected 0"):
        Collator(policy, forged, read)(_rows(0))


def test_counts_that_cancel_between_rows_are_refused(
    policy: AudioPolicy, examples: list[Example], read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [policy.prompt(examples[i].question, read(Clip(p))) for i, p in ((0, "c.wav"),)]
    monkeypatch.setattr(policy, "hear", lambda samples, digest: AudioPolicy.hear(
        policy, read(Clip("a.wav")).samples_S, read(Clip("a.wav")).sha256
    ))  # fmt: skip
    monkeypatch.setattr(policy, "prompt", lambda question, sound: prompts[0])
    with pytest.raises(DeafError, match=r"got 10 audio placeholders .*expected 26"):
        Collator(policy, examples, read)(_rows(0))


def test_a_question_whose_clip_is_not_read_is_refused(
    policy: AudioPolicy, examples: list[Example]
) -> None:
    with pytest.raises(DeafError, match="got no sound"):
        Collator(policy, examples, lambda clip: None)(_rows(0))  # type: ignore[arg-type, return-value]
