from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from policies import attention
from policies.audio_policy import AudioPolicy


def test_without_a_plan_forward_and_generate_are_stock(
    open_tiny: Callable[..., AudioPolicy], prompt_of: Any
) -> None:
    policy = open_tiny()
    assert policy.language_model.config._attn_implementation == attention.NAME
    ids = torch.tensor([prompt_of(seed=None).ids] * 2)
    mask = torch.ones_like(ids)
    mask[1, :5] = 0
    settings: dict[str, Any] = {"attention_mask": mask, "max_new_tokens": 8, "do_sample": False}
    with torch.no_grad():
        logits = policy.base(input_ids=ids, attention_mask=mask).logits
        answer = policy.base.generate(ids, **settings)
        policy.base.set_attn_implementation("eager")
        expected = policy.base(input_ids=ids, attention_mask=mask).logits
        assert torch.allclose(logits[0], expected[0], atol=1e-5)
        assert torch.allclose(logits[1, 5:], expected[1, 5:], atol=1e-5)
        assert torch.equal(answer, policy.base.generate(ids, **settings))


def test_registering_again_changes_nothing() -> None:
    attention.register()
    known = (ALL_ATTENTION_FUNCTIONS, ALL_MASK_ATTENTION_FUNCTIONS)
    before = [dict(functions) for functions in known]
    assert all(attention.NAME in functions for functions in before)
    attention.register()
    assert [dict(functions) for functions in known] == before
