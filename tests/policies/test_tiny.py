from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoProcessor, MusicFlamingoForConditionalGeneration

from policies.audio_policy import AudioPolicy
from policies.families import family_of
from policies.tiny import build_tiny, sinusoids
from rewards.errors import CheckpointError, ConfigError

TEXTS = ("What is the key?", "<think>Two sharps.</think> <answer>D major</answer>")


def test_stock_transformers_load_the_checkpoint_and_answer_about_a_clip(
    tiny_folder: Path, sound: Callable[..., Any]
) -> None:
    processor = AutoProcessor.from_pretrained(tiny_folder)
    stock: Any = MusicFlamingoForConditionalGeneration
    model, report = stock.from_pretrained(tiny_folder, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    inputs = processor(text="<sound>What is the key?", audio=sound(0, 2.5).samples_S)
    assert int((inputs["input_ids"] == model.config.audio_token_id).sum()) == 25
    with torch.no_grad():
        logits = model(**inputs).logits
    assert logits.shape == (1, inputs["input_ids"].shape[1], model.config.text_config.vocab_size)
    assert torch.isfinite(logits).all()


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(
    tmp_path: Path, smaller_sizes: Any
) -> None:
    torch.manual_seed(1)
    first = build_tiny(tmp_path / "a", TEXTS, sizes=smaller_sizes, seed=1)
    drawn = torch.rand(1)
    torch.manual_seed(2)
    second = build_tiny(tmp_path / "b", TEXTS, sizes=smaller_sizes, seed=1)
    other = build_tiny(tmp_path / "c", TEXTS, sizes=smaller_sizes, seed=2)
    names = sorted(p.name for p in first.iterdir())
    assert names == sorted(p.name for p in second.iterdir())
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    weights = "model.safetensors"
    assert (first / weights).read_bytes() != (other / weights).read_bytes()
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), drawn), "building must leave the global generator alone"


def test_positions_of_the_encoder_are_whispers_sinusoids(tiny_folder: Path) -> None:
    weights = load_file(tiny_folder / "model.safetensors")
    (name,) = [n for n in weights if "embed_positions" in n]
    length, channels = weights[name].shape
    half = channels // 2
    for place in (0, 1, 7, length - 1):
        for i in (0, 1, half - 1):
            angle = place * math.exp(-math.log(10_000) * i / (half - 1))
            assert weights[name][place, i].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert weights[name][place, half + i].item() == pytest.approx(math.cos(angle), abs=1e-5)
    assert torch.equal(sinusoids(length, channels), weights[name])


def test_weights_go_round_through_save_and_load_bit_for_bit(
    tmp_path: Path, open_tiny: Callable[..., AudioPolicy]
) -> None:
    policy = open_tiny()
    policy.save(tmp_path)
    again = AudioPolicy.load(tmp_path)
    theirs = dict(again.model.named_parameters())
    for name, parameter in policy.model.named_parameters():
        assert torch.equal(parameter, theirs[name]), name
    assert "etude" not in (tmp_path / "config.json").read_text()
    assert again.end_ids == policy.end_ids
    assert again.processor.chat_template == policy.processor.chat_template


def test_a_window_that_does_not_divide_into_audio_tokens_is_refused(
    tmp_path: Path, smaller_sizes: Any
) -> None:
    with pytest.raises(ConfigError, match=r"multiple of 4.*hop 640"):
        build_tiny(tmp_path, TEXTS, sizes=replace(smaller_sizes, hop=640), seed=0)
    with pytest.raises(ConfigError, match=r"multiple of 4.*hop 333"):
        build_tiny(tmp_path, TEXTS, sizes=replace(smaller_sizes, hop=333), seed=0)


def test_an_unknown_family_is_refused_with_the_known_ones_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(CheckpointError, match=r"'llama', expected one of .*musicflamingo"):
        family_of(tmp_path)
    with pytest.raises(CheckpointError, match=r"'llama'"):
        AudioPolicy.load(tmp_path)


@pytest.mark.parametrize("content", [None, "", "{", "[]", "3", '{"a": 1}', b"\xff\xfe\x00"])
def test_a_folder_without_a_readable_config_is_refused(tmp_path: Path, content: Any) -> None:
    if content is not None:
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "config.json").write_bytes(raw)
    with pytest.raises(CheckpointError, match=r"config\.json|model_type None"):
        AudioPolicy.load(tmp_path)


def _copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


def test_a_checkpoint_without_some_weights_is_refused_and_not_drawn_at_random(
    tmp_path: Path, tiny_folder: Path
) -> None:
    folder = _copy(tiny_folder, tmp_path / "copy")
    weights = load_file(folder / "model.safetensors")
    gone = next(name for name in weights if "lm_head" in name)
    del weights[gone]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"1 parameters \('lm_head.weight' first\)"):
        AudioPolicy.load(folder)


@pytest.mark.parametrize("damage", ["truncated", "gone", "pickle only", "no processor"])
def test_a_damaged_checkpoint_is_one_sentence(
    tmp_path: Path, tiny_folder: Path, damage: str
) -> None:
    folder = _copy(tiny_folder, tmp_path / "copy")
    weights = folder / "model.safetensors"
    if damage == "truncated":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "gone":
        weights.unlink()
    elif damage == "pickle only":
        torch.save(load_file(weights), folder / "pytorch_model.bin")
        weights.unlink()
    else:
        for file in folder.glob("*token*"):
            file.unlink()
    with pytest.raises(CheckpointError, match=r"^[^\n]+ got .+, expected .+; "):
        AudioPolicy.load(folder)
