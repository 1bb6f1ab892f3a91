"""What of the last layer a prompt needs: keys and values, and of its last token all."""

from __future__ import annotations

from typing import Any


def unread(decoder: Any) -> int:
    """Weights of matrices that the tokens of a prompt need not meet."""
    own = decoder.layers[-1].self_attn
    return _matrices(decoder.layers[-1]) - _matrices(own.k_proj) - _matrices(own.v_proj)


def _matrices(module: Any) -> int:
    return sum(p.numel() for p in module.parameters() if p.dim() == 2)
