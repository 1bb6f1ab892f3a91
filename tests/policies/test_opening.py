"""How a checkpoint is opened arrives in the policy, for whole models and for adapters."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from policies.lora import LoraSettings, Opening, open_policy


@pytest.mark.parametrize("fine", [True, False])
def test_an_opening_holds_for_a_model_and_for_an_adapter_over_it(
    tiny_folder: Path, tmp_path: Path, fine: bool
) -> None:
    opening = Opening(suffix="Think.", dtype="bfloat16", fine_head=fine)
    whole = open_policy(tiny_folder, opening, lora=LoraSettings(rank=2))
    whole.save(tmp_path)
    for policy in (whole, open_policy(tmp_path, opening)):
        assert policy.suffix == "Think."
        assert policy.head.weight.dtype == torch.bfloat16
        assert policy.head.fine is fine


def test_a_fine_head_tells_logits_apart_that_half_precision_rounds_together(
    tiny_folder: Path,
) -> None:
    fine, coarse = (
        open_policy(tiny_folder, Opening(dtype="bfloat16", fine_head=fine))
        for fine in (True, False)
    )
    hidden = torch.randn(8, fine.head.weight.shape[1], generator=torch.manual_seed(1))
    hidden = (9 * hidden).bfloat16()
    different = [len(p.logprobs(hidden, 1.0)[0].unique()) for p in (fine, coarse)]
    assert different[0] > different[1]
