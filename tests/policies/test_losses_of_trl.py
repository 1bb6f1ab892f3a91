"""The objectives against TRL's own loss on the same numbers."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from policies.losses import LOSSES, Sizes, Tokens, evaluate
from policies.objective import Objective

LENGTHS = torch.tensor([5, 1, 7, 3, 7, 2])
MASK = torch.arange(7) < LENGTHS[:, None]


class _Accelerator:
    num_processes = 1

    def gather(self, x: Tensor) -> Tensor:
        return x

    def reduce(self, x: Tensor, reduction: str) -> Tensor:
        return x


def _trl_loss(objective: Objective, rows: dict[str, Any], mask: Tensor) -> Tensor:
    """``GRPOTrainer._compute_loss`` itself, on a stand-in that has its settings."""
    from trl.trainer.grpo_trainer import GRPOTrainer

    loss = {"gspo": "grpo"}.get(objective.loss, objective.loss)
    high = 1 + objective.clip_high if loss == "cispo" else objective.clip_high
    logprobs = rows["logprobs"]
    trainer = SimpleNamespace(
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level="sequence" if objective.loss == "gspo" else "token",
        beta=objective.kl_weight,
        loss_type=loss,
        epsilon_low=objective.clip_low,
        epsilon_high=high,
        use_vllm=objective.importance != "none",
        vllm_importance_sampling_correction=True,
        max_completion_length=objective.max_tokens,
        _entropy_bonus_enabled=False,
        current_gradient_accumulation_steps=1,
        accelerator=_Accelerator(),
        model=SimpleNamespace(training=True),
        args=SimpleNamespace(
            delta=objective.dual_clip, use_bias_correction_kl=False, steps_per_generation=1
        ),
        _metrics={"train": defaultdict(list)},
        _get_per_token_logps_and_entropies=lambda *_, **__: (logprobs, -logprobs.detach(), None),
    )
    batch = {
        "prompt_ids": torch.zeros(len(mask), 1, dtype=torch.long),
        "prompt_mask": torch.ones(len(mask), 1, dtype=torch.long),
        "completion_ids": torch.zeros_like(mask, dtype=torch.long),
        "completion_mask": mask.long(),
        "advantages": rows["advantages"],
        "old_per_token_logps": rows["old"],
        "ref_per_token_logps": rows["reference"],
        "num_items_in_batch": mask.sum(),
        "importance_sampling_ratio": rows.get("importance"),
    }
    compute: Any = GRPOTrainer._compute_loss
    return compute(trainer, None, batch)


def _trl_importance(objective: Objective, old: Tensor, sampler: Tensor, mask: Tensor) -> Tensor:
    """As ``_generate_and_score_completions`` has it, lines that cannot be called alone."""
    level, _, rule = objective.importance.partition("_")
    gap = (old - sampler) * mask
    ratio = (gap.sum(dim=-1, keepdim=True) if level == "sequence" else gap).exp()
    low, high = objective.importance_low, objective.importance_high
    if rule == "truncate":
        return ratio.clamp(min=low, max=high)
    return ratio.masked_fill((ratio < low) | (ratio > high), value=0.0)


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("kl_weight", [0.0, 0.04])
@pytest.mark.parametrize(("low", "high"), [(0.2, 0.28), (0.1, 0.1)])
@pytest.mark.parametrize(
    ("importance", "dual", "truncated"),
    [
        ("none", None, ()),
        ("none", 1.5, ()),
        ("none", None, (2, 5)),
        ("token_truncate", None, ()),
        ("token_mask", None, (0,)),
        ("sequence_truncate", 1.5, ()),
        ("sequence_mask", None, ()),
    ],
)
def test_losses_and_their_gradients_are_trls(
    loss: str, kl_weight: float, low: float, high: float, importance: Any, dual: Any, truncated: Any
) -> None:
    if loss == "cispo":
        dual = None
    objective = Objective(
        loss, clip_low=low, clip_high=high, dual_clip=dual, kl_weight=kl_weight,
        importance=importance, importance_low=0.7, importance_high=1.4, max_tokens=9,
    )  # fmt: skip
    noise = torch.Generator().manual_seed(3)

    def drawn(scale: float) -> Tensor:
        return scale * torch.randn(6, 7, generator=noise, dtype=torch.float64)

    old, reference = -2 + drawn(0.5), -2 + drawn(0.5)
    sampler = old + drawn(0.3)
    padded = (old + drawn(0.4)).requires_grad_()
    advantages = torch.tensor([1.2, -0.7, 0.0, 0.4, -1.1, 0.9], dtype=torch.float64)
    mask = MASK.clone()
    mask[list(truncated)] = False
    rows = {
        "logprobs": padded,
        "old": old,
        "reference": reference if kl_weight else None,
        "advantages": advantages,
    }
    if importance != "none":
        rows["importance"] = _trl_importance(objective, old, sampler, mask)
    theirs = _trl_loss(objective, rows, mask)
    theirs.backward()

    flat = padded.detach()[MASK].requires_grad_()
    row_N = torch.arange(6).repeat_interleave(LENGTHS)
    tokens = Tokens(
        logprobs_N=flat,
        old_N=old[MASK],
        sampler_N=sampler[MASK],
        advantages_N=advantages[row_N],
        row_N=row_N,
        mask_N=mask[MASK],
        reference_N=reference[MASK] if kl_weight else None,
    )
    ours = evaluate(objective, tokens, Sizes(rows=6, tokens=int(mask.sum())))
    ours.loss.backward()
    assert ours.loss.item() == pytest.approx(theirs.item(), abs=1e-12)
    assert padded.grad is not None
    assert flat.grad is not None
    assert torch.allclose(flat.grad, padded.grad[MASK], rtol=0, atol=1e-12)
