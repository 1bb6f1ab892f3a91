"""AdamW that moves weights in bfloat16.

A bfloat16 number has 8 significant bits: 0.02 and the next one above are 1.2e-4 apart, and a
step of 1e-6 rounds to nothing. So what learns in half precision has a float32 copy, with its
moments, in the state of the optimizer. Steps move the copy; the weights are its rounding
(Micikevicius et al., arXiv 1710.03740, section 3.1).

Copies and moments may lie elsewhere than the weights, in the machine's memory: gradients go
there, rounded weights come back (Ren et al., arXiv 2101.06840).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim.adamw import adamw

from rewards.errors import CheckpointError

HALF = (torch.bfloat16, torch.float16)
FINE = "fine"
"""The float32 copy of a weight, in the state of the optimizer."""
MOMENTS = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
"""What torch's AdamW keeps that has the shape of the weight; the last with ``amsgrad`` alone."""


def adamw_of(
    parameters: Iterable[Tensor], *, home: torch.device | None = None, **settings: Any
) -> torch.optim.AdamW:
    """torch's AdamW, or ``FineAdamW`` where one of these needs a copy.

    Args:
        home: where copies and moments lie; None: with their weights.
    """
    held = list(parameters)
    if any(_apart(parameter, home) for parameter in held):
        return FineAdamW(held, home=home, **settings)
    return torch.optim.AdamW(held, **settings)


class FineAdamW(torch.optim.AdamW):
    """AdamW over weights of which some are in half precision, or away from ``home``.

    Of those, copy and moments take 12 bytes a number; a gradient is widened only while its
    own weight moves. The others are moved as by torch's.
    """

    def __init__(self, parameters: Any, *, home: torch.device | None = None, **settings: Any):
        """
        Args:
            parameters: tensors, or groups of them.
            home: see ``adamw_of``.
        """
        self.home = home
        super().__init__(parameters, **settings)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """Move every weight that has a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group)
        return loss

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:  # type: ignore[override]
        """See torch's, which would round copies and moments to the precision of the weights.

        Of a weight in float32 no copy is taken over: it is the weight itself, and one that was
        kept while the optimizer lay beside the weights has stood still since.

        Raises:
            CheckpointError: a weight comes without the copy that it needs.
        """
        parameters = [p for group in self.param_groups for p in group["params"]]
        for number, kept in state_dict["state"].items():
            if parameters[number].dtype in HALF and FINE not in kept:
                raise CheckpointError(
                    f"optimizer state: got {sorted(kept)} for weights in "
                    f"{parameters[number].dtype}, expected their float32 copy, '{FINE}', too; take "
                    "a checkpoint that this version wrote"
                )
        # Without the state: torch would put all of it beside the weights, where it may not fit.
        super().load_state_dict({**state_dict, "state": {}})
        for number, kept in state_dict["state"].items():
            parameter = parameters[number]
            place = self.home or parameter.device
            self.state[parameter] = {
                name: value if name == "step" else value.to(place)
                for name, value in kept.items()
                if name != FINE or parameter.dtype in HALF
            }

    def _move(self, parameter: Tensor, group: Mapping[str, Any]) -> None:
        state = self.state[parameter]
        if _apart(parameter, self.home) and FINE not in state:
            place, dtype = self.home or parameter.device, kept_as(self, parameter)
            state[FINE] = parameter.detach().to(place, dtype, copy=True)
        if "step" not in state:
            self._begin(parameter, state)
        fine = state.get(FINE, parameter)
        beta1, beta2 = group["betas"]
        assert parameter.grad is not None
        adamw(
            [fine],
            [parameter.grad.to(fine.device, fine.dtype)],
            [state["exp_avg"]],
            [state["exp_avg_sq"]],
            [],
            [state["step"]],
            foreach=False,
            amsgrad=False,
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=False,
        )
        if fine is not parameter:
            parameter.copy_(fine)

    def _begin(self, parameter: Tensor, state: dict[str, Any]) -> None:
        like = state.get(FINE, parameter)
        state["step"] = torch.tensor(0.0)
        state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(like), torch.zeros_like(like)


def _apart(parameter: Tensor, home: torch.device | None) -> bool:
    """Whether a weight needs a copy: it is coarse, or elsewhere."""
    return parameter.dtype in HALF or (home is not None and home != parameter.device)


def kept_as(optimizer: torch.optim.Optimizer, parameter: Tensor) -> torch.dtype:
    """The precision in which an optimizer keeps what belongs to a weight."""
    fine = isinstance(optimizer, FineAdamW) and parameter.dtype in HALF
    return torch.float32 if fine else parameter.dtype


def kept_names(optimizer: torch.optim.Optimizer, settings: Mapping[str, Any]) -> set[str] | None:
    """What AdamW keeps of a weight that has moved, but for its copy; None of another optimizer."""
    if not isinstance(optimizer, torch.optim.AdamW):
        return None
    return {"step", *(MOMENTS if settings.get("amsgrad") else MOMENTS[:2])}
