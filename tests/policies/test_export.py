"""An export opens with the stock libraries alone and computes what the policy computes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from peft import PeftConfig, PeftModel
from safetensors.torch import load_file
from transformers import AutoProcessor, MusicFlamingoForConditionalGeneration

from policies.checkpoint import publish
from policies.export import CARD, export
from policies.lora import LoraSettings, Opening, open_policy
from rewards.errors import CheckpointError, ConfigError


@pytest.fixture
def adapter(tiny_folder: Path, tmp_path: Path) -> Path:
    policy = open_policy(tiny_folder, lora=LoraSettings(rank=2))
    noise = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in policy.model.parameters():
            if parameter.requires_grad:
                parameter += 0.2 * torch.randn(parameter.shape, generator=noise)
    policy.save(tmp_path / "step_000007")
    (tmp_path / "step_000007" / "state.json").write_text("{}")
    return tmp_path / "step_000007"


def _logits(model: Any, processor: Any) -> torch.Tensor:
    samples = torch.sin(torch.arange(16_000) * 0.05).numpy()
    inputs = processor(text="<sound> Which key?", audio=samples, return_tensors="pt")
    with torch.no_grad():
        return model.eval()(**inputs).logits


def _card(folder: Path) -> dict[str, Any]:
    head = (folder / CARD).read_text().split("---")[1]
    return yaml.safe_load(head)


def test_full_weights_open_with_from_pretrained(tiny_folder: Path, tmp_path: Path) -> None:
    out = export(tiny_folder, tmp_path / "model", facts={"GRPO steps": 7, "a|b": "<b>"})
    model = MusicFlamingoForConditionalGeneration.from_pretrained(out)
    processor = AutoProcessor.from_pretrained(out)
    theirs = open_policy(tiny_folder)
    assert torch.equal(_logits(model, processor), _logits(theirs.model, theirs.processor))
    assert processor.chat_template, "a model without its template cannot be asked"
    assert _card(out)["library_name"] == "transformers"
    text = (out / CARD).read_text()
    assert "| GRPO steps | 7 |" in text
    assert "<b>" not in text, "a fact is shown as text"
    assert not (out / "state.json").exists(), "what belongs to a run stays there"


def test_an_adapter_opens_with_peft_over_the_base_it_names(
    adapter: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    out = export(adapter, tmp_path / "adapter")
    named = PeftConfig.from_pretrained(str(out)).base_model_name_or_path
    assert named == str(tiny_folder)
    base = MusicFlamingoForConditionalGeneration.from_pretrained(named)
    model = PeftModel.from_pretrained(base, str(out))
    theirs = open_policy(adapter)
    processor = AutoProcessor.from_pretrained(out)
    assert torch.equal(_logits(model, processor), _logits(theirs.model, processor))
    assert not list(out.glob("model*.safetensors")), "the base is not written again"


def test_a_base_in_a_folder_is_found_from_elsewhere_and_is_no_name_of_the_hub(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_folder.parent)
    policy = open_policy(tiny_folder.name, lora=LoraSettings(rank=2))
    policy.save(tmp_path / "relative")
    for merge in (False, True):
        out = export(tmp_path / "relative", tmp_path / f"out{merge}", merge=merge)
        assert "base_model" not in _card(out)
        assert (
            f"| base | {tiny_folder}, a folder where it was trained |" in (out / CARD).read_text()
        )
    monkeypatch.chdir(tmp_path)
    assert open_policy(tmp_path / "outFalse").model.peft_config


def test_weights_keep_their_precision_and_an_update_that_is_merged_its_own(
    tiny_folder: Path, tmp_path: Path
) -> None:
    half = Opening(dtype="bfloat16")
    open_policy(tiny_folder, half).save(tmp_path / "half")
    out = export(tmp_path / "half", tmp_path / "out")
    stored, again = (load_file(each / "model.safetensors") for each in (tmp_path / "half", out))
    assert {tensor.dtype for tensor in again.values()} == {torch.bfloat16}
    assert all(torch.equal(again[name], tensor) for name, tensor in stored.items())
    open_policy(tmp_path / "half", half, lora=LoraSettings(rank=2)).save(tmp_path / "adapter")
    merged = export(tmp_path / "adapter", tmp_path / "merged", merge=True)
    whole = load_file(merged / "model.safetensors")
    assert {tensor.dtype for tensor in whole.values()} == {torch.float32}


def test_a_base_can_be_named_as_others_know_it(adapter: Path, tmp_path: Path) -> None:
    out = export(adapter, tmp_path / "named", base="nvidia/music-flamingo-2601-hf")
    config = json.loads((out / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "nvidia/music-flamingo-2601-hf"
    assert _card(out)["base_model"] == "nvidia/music-flamingo-2601-hf"
    assert not (out / "base.json").exists(), "its weights may be cut into other files there"
    assert (export(adapter, tmp_path / "unnamed") / "base.json").exists()


def test_a_merged_adapter_is_a_whole_model_that_answers_the_same(
    adapter: Path, tmp_path: Path
) -> None:
    out = export(adapter, tmp_path / "merged", merge=True)
    model = MusicFlamingoForConditionalGeneration.from_pretrained(out)
    processor = AutoProcessor.from_pretrained(out)
    theirs = open_policy(adapter)
    ours = _logits(theirs.model, processor)
    torch.testing.assert_close(_logits(model, processor), ours, atol=1e-4, rtol=1e-4)
    with theirs.model.disable_adapter():
        assert (_logits(theirs.model, processor) - ours).abs().max() > 1e-2
    assert not (out / "adapter_config.json").exists()


def test_exports_side_by_side_all_stay(tiny_folder: Path, tmp_path: Path) -> None:
    names = [f"step_{step:06d}" for step in (100, 200, 300, 400)]
    for name in names:
        export(tiny_folder, tmp_path / "exports" / name)
    assert sorted(path.name for path in (tmp_path / "exports").iterdir()) == names


def test_an_export_among_checkpoints_neither_prunes_nor_sweeps_them(
    tiny_folder: Path, parent: Path, put: Callable[..., Path]
) -> None:
    put(parent, 30, keep=3)
    (parent / ("tmp-" + "a" * 32)).mkdir()  # a run may be writing there
    os.truncate(parent / "step_000010" / "model.safetensors", 3)
    before = {path.name for path in parent.iterdir()}
    assert len(before) == 5
    with pytest.raises(CheckpointError, match="already, expected none"):
        publish(parent / "step_000010", open_policy(tiny_folder).save, keep=None)
    export(tiny_folder, parent / "best")
    assert {path.name for path in parent.iterdir()} == {*before, "best"}


def test_the_code_on_the_card_runs(adapter: Path, tiny_folder: Path, tmp_path: Path) -> None:
    for source, name in ((tiny_folder, "whole"), (adapter, "part")):
        out = export(source, tmp_path / name)
        code = (out / CARD).read_text().split("```python\n")[1].split("```")[0]
        there: dict[str, Any] = {}
        exec(code.replace(f'"{name}"', repr(str(out))), there)
        assert _logits(there["model"], there["processor"]).isfinite().all()


def test_what_cannot_be_done_is_said_before_anything_is_written(
    tiny_folder: Path, adapter: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="there is no adapter"):
        export(tiny_folder, tmp_path / "x", merge=True)
    with pytest.raises(CheckpointError, match="got nothing at this path, expected a folder"):
        export(tmp_path / "nowhere", tmp_path / "x", merge=True)
    with pytest.raises(ConfigError, match="has no base"):
        export(adapter, tmp_path / "x", merge=True, base="someone/else")
    (tmp_path / "taken").mkdir()
    with pytest.raises(CheckpointError, match="in the way"):
        export(tiny_folder, tmp_path / "taken")
    assert not (tmp_path / "x").exists()
    assert not list((tmp_path / "taken").iterdir())
