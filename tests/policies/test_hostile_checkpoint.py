"""Checkpoints made to harm, opened: one sentence that names the folder, and no library's error."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import PreTrainedModel

from policies.footprint import sizes_of
from policies.lora import LoraSettings, open_policy
from rewards.errors import CheckpointError


@pytest.fixture
def model(tiny_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_folder, tmp_path / "model")


@pytest.fixture
def adapter(tiny_folder: Path, tmp_path: Path) -> Path:
    open_policy(tiny_folder, lora=LoraSettings(rank=2)).save(tmp_path / "adapter")
    return tmp_path / "adapter"


def rewrite(path: Path, changes: dict[str, Any]) -> None:
    """Change a JSON file; a mapping changes the one within."""
    content = json.loads(path.read_text())
    for key, value in changes.items():
        if isinstance(content.get(key), dict) and isinstance(value, dict):
            content[key].update(value)
        else:
            content[key] = value
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("changes", "got"),
    [
        ({"text_config": {"hidden_act": "evil"}}, r"KeyError \('evil'\)"),
        ({"text_config": {"num_attention_heads": 0}}, "ZeroDivisionError"),
        ({"text_config": {"hidden_size": "x"}}, "Error .*'hidden_size'"),
        ({"text_config": {"rope_parameters": {"rope_type": "evil"}}}, "KeyError"),
        ({"text_config": 5}, "text_config 5"),
        ({"text_config": None}, "text_config None"),
        ({"audio_config": None}, "audio_config None"),
        ({"dtype": "x.y"}, r"AttributeError .*'x\.y'"),
        ({"model_type": ["musicflamingo"]}, r"model_type \['musicflamingo'\]"),
        ({"model_type": {}}, "model_type {}"),
        ({"model_type": None}, "model_type None"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
@pytest.mark.parametrize("read", [open_policy, sizes_of])
def test_a_config_that_no_model_can_be_built_from_is_refused(
    model: Path, changes: dict[str, Any], got: str, read: Callable[[Path], object]
) -> None:
    rewrite(model / "config.json", changes)
    with pytest.raises(CheckpointError, match=rf"'.*/model'.* got .*{got}.* expected .*; "):
        read(model)


def rewritten(name: str, **changes: Any) -> Callable[[Path], None]:
    return lambda model: rewrite(model / name, changes)


def without_end(model: Path) -> None:
    rewrite(model / "config.json", {"eos_token_id": None, "text_config": {"eos_token_id": None}})
    (model / "generation_config.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "got"),
    [
        (without_end, "no eos_token_id"),
        (rewritten("tokenizer_config.json", pad_token=None), "no pad_token"),
        (rewritten("config.json", audio_token_id=5), "audio_token_id 5"),
        (lambda model: (model / "chat_template.jinja").unlink(), "ValueError .*chat template"),
        (
            lambda model: (model / "chat_template.jinja").write_text("{% for %}"),
            "TemplateSyntaxError",
        ),
    ],
    ids=["no end", "no padding", "another placeholder", "no template", "no working template"],
)
def test_a_checkpoint_that_cannot_be_asked_is_refused_as_it_is_opened(
    model: Path, spoil: Callable[[Path], object], got: str
) -> None:
    spoil(model)
    with pytest.raises(CheckpointError, match=rf"'.*/model'.* got {got}.* expected .*; take "):
        open_policy(model)


@pytest.mark.parametrize(
    "changes",
    [
        {"text_config": {"intermediate_size": 2_000_000}},
        {"text_config": {"num_hidden_layers": 50, "layer_types": None}},
        {"audio_config": {"hidden_size": 4096}},
    ],
    ids=json.dumps,
)
def test_a_model_far_larger_than_its_weights_is_refused_before_it_is_made(
    model: Path, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(model / "config.json", changes)
    monkeypatch.setattr(PreTrainedModel, "from_pretrained", None)
    with pytest.raises(CheckpointError, match=r"'.*/model' is not .*: got [\d,]{6} numbers in its"):
        open_policy(model)


@pytest.mark.parametrize("read", [open_policy, sizes_of])
def test_a_folder_is_looked_at_before_its_config_is_believed(
    model: Path, read: Callable[[Path], object]
) -> None:
    (model / "config.json").write_text("[" * 200_000)
    with pytest.raises(CheckpointError, match=r"got 'config\.json' that is not JSON"):
        read(model)
    (model / "a.pkl").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"'a\.pkl', which may hold a pickle"):
        read(model)


def test_an_adapter_of_pickled_weights_is_refused(adapter: Path) -> None:
    weights = load_file(adapter / "adapter_model.safetensors")
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"got no 'adapter_model\.safetensors'"):
        open_policy(adapter)
    torch.save(weights, adapter / "adapter_model.bin")
    with pytest.raises(CheckpointError, match=r"'adapter_model\.bin', which may hold a pickle"):
        open_policy(adapter)


@pytest.mark.parametrize("name", ["modeling_evil.py", "optimizer.pt", "fast.so"])
def test_an_adapters_folder_is_looked_at_like_a_models(adapter: Path, name: str) -> None:
    (adapter / name).write_bytes(b"x")
    with pytest.raises(CheckpointError, match=rf"'.*/adapter': got .*'{name}'"):
        open_policy(adapter)


@pytest.mark.parametrize(
    ("changes", "got"),
    [
        ({"base_model_name_or_path": ["a"]}, r"\['a'\] in its 'base_model_name_or_path'"),
        ({"base_model_name_or_path": None}, "None in its"),
        ({"base_model_name_or_path": "a" * 999}, "Error"),
        ({"base_model_name_or_path": "a\0b"}, "in its"),
        ({"megatron_core": "evil", "megatron_config": [1]}, "ValueError .*megatron_core='evil'"),
        ({"peft_type": "PROMPT_TUNING"}, "peft_type 'PROMPT_TUNING'"),
        ({"peft_type": ["LORA"]}, r"peft_type \['LORA'\]"),
        ({"target_modules": 5}, "Error"),
        ({"r": "x"}, "Error"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_an_adapter_that_does_not_fit_is_refused(
    adapter: Path, changes: dict[str, Any], got: str
) -> None:
    rewrite(adapter / "adapter_config.json", changes)
    with pytest.raises(CheckpointError, match=rf"'.*/adapter'.* got .*{got}.* expected .*; "):
        open_policy(adapter)


def test_an_adapters_config_that_is_no_object_is_refused(adapter: Path) -> None:
    for text, got in (("[]", "without an object"), ("[" * 200_000, "that is not JSON")):
        (adapter / "adapter_config.json").write_text(text)
        with pytest.raises(CheckpointError, match=rf"'adapter_config\.json' {got}"):
            open_policy(adapter)
