from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from policies import attention
from policies.attention import Decode, Prefill, SharedRow
from policies.audio_policy import AudioPolicy

HEADS, KV, SIZE, SCALE = 4, 2, 8, 8**-0.5


def _qkv(batch: int, tokens: int, seed: int, dtype: torch.dtype = torch.float64) -> Any:
    noise = torch.Generator().manual_seed(seed)
    return [
        torch.randn(batch, heads, tokens, SIZE, generator=noise, dtype=torch.float64).to(dtype)
        for heads in (HEADS, KV, KV)
    ]


def _causal(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Attention over one unpadded sequence, by the textbook."""
    k, v = (x.repeat_interleave(HEADS // KV, dim=1) for x in (k, v))
    scores = q @ k.transpose(-1, -2) * SCALE
    hidden = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(hidden, -torch.inf).softmax(dim=-1) @ v


@pytest.mark.parametrize(("rows", "tokens"), [(1, 1), (3, 4), (4, 1)])
def test_a_shared_row_is_each_completion_after_its_own_copy_of_the_prefix(
    rows: int, tokens: int
) -> None:
    lengths, prefix = torch.tensor([5, 3, 1]), 5
    q, k, v = _qkv(3, prefix + rows * tokens, seed=1)
    plan = SharedRow.of(lengths, prefix, rows, tokens)
    out = plan.attend(0, q, k, v, SCALE)
    assert out.shape == q.shape
    for n, length in enumerate(lengths.tolist()):
        for g in range(rows):
            start = prefix + g * tokens
            places = [*range(length), *range(start, start + tokens)]
            expected = _causal(*(x[n : n + 1, :, places] for x in (q, k, v)))
            assert torch.allclose(out[n, :, places], expected[0], atol=1e-12)


def test_prefill_and_decode_continue_each_row_as_one_sequence() -> None:
    lengths, prefix, rows, steps = torch.tensor([5, 2, 4]), 5, 3, 4
    groups = len(lengths)
    prefill = Prefill()
    pq, pk, pv = _qkv(groups, prefix, seed=2)
    prefill.attend(0, pq, pk, pv, SCALE)
    beyond = torch.arange(prefix)[None] >= lengths[:, None]
    padding = torch.zeros(groups, prefix, dtype=torch.float64).masked_fill(beyond, -torch.inf)
    plan = Decode(prefill, padding[:, None, None], rows, steps)
    new = [_qkv(groups * rows, 1, seed=10 + step) for step in range(steps)]
    kept = torch.arange(groups)
    for step in range(steps):
        if step == 2:  # the middle prompt is done
            kept = torch.tensor([0, 2])
            plan.keep(kept)
        batch = (kept[:, None] * rows + torch.arange(rows)).flatten()
        plan.step = step
        q, k, v = (x[batch] for x in new[step])
        out = plan.attend(0, q, k, v, SCALE)
        for place, row in enumerate(batch.tolist()):
            n, length = row // rows, int(lengths[row // rows])
            q, k, v = (
                torch.cat([p[n, :, :length], *(one[i][row] for one in new[: step + 1])], dim=1)
                for i, p in enumerate((pq, pk, pv))
            )
            expected = _causal(q[None], k[None], v[None])[0, :, -1:]
            assert torch.allclose(out[place], expected, atol=1e-12)


def test_decode_in_bfloat16_keeps_its_precision_and_type() -> None:
    prefill = Prefill()
    q, k, v = _qkv(2, 300, seed=3, dtype=torch.bfloat16)
    prefill.attend(0, q, k, v, SCALE)
    padding = torch.zeros(2, 1, 1, 300, dtype=torch.bfloat16)
    plan = Decode(prefill, padding, 1, 1)
    new_q, new_k, new_v = _qkv(2, 1, seed=4, dtype=torch.bfloat16)
    out = plan.attend(0, new_q, new_k, new_v, SCALE)
    assert out.dtype == torch.bfloat16
    full_k, full_v = torch.cat([k, new_k], dim=2), torch.cat([v, new_v], dim=2)
    fine = scaled_dot_product_attention(
        new_q.double(), full_k.double(), full_v.double(), scale=SCALE, enable_gqa=True
    )
    assert float((out.double() - fine).abs().max()) < 6e-3


def test_plans_make_their_tensors_where_they_are_used() -> None:
    """On "meta" as on a GPU: an index made on the CPU by mistake is an error."""
    groups = torch.tensor([0], device="meta")
    prefill = Prefill({0: torch.empty(2, KV, 5, SIZE, device="meta")}, {})
    prefill.values = dict(prefill.keys)
    own = torch.empty(6, KV, 4, SIZE, device="meta")
    plan = Decode(prefill, torch.empty(2, 1, 1, 5, device="meta"), 3, 4, 0, {0: own}, {0: own})
    plan.keep(groups)
    assert plan.keys[0].shape[0] == 3
    shared = SharedRow.of(torch.empty(2, dtype=torch.long, device="meta"), 5, 3, 4)
    assert shared.visible.device.type == "meta"


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
    attention.register()
