"""The form of a decoding step that a policy's decoder gets.

================  ==========================================================  ===============
form              is for                                                      reads weights
================  ==========================================================  ===============
``PackedStep``    a CPU, float32, up to 4 GiB; whole or LoRA                  a packed copy
``DecodeStep``    everything else: GPUs (as one CUDA graph), half precision,  where they lie
                  other adapters
================  ==========================================================  ===============

Both know the layers of Qwen2 alone; a layer with any other part is refused. The packed form
must also have agreed with the library's own layers on a few tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from torch import Tensor, nn
from transformers.activations import SiLUActivation
from transformers.models.qwen2.modeling_qwen2 import (
    Qwen2Attention,
    Qwen2DecoderLayer,
    Qwen2MLP,
    Qwen2RMSNorm,
)

from policies.attention import Prefill
from policies.audio_policy import AudioPolicy
from policies.decode_step import DecodeStep
from rewards.errors import ConfigError


class NextToken(Protocol):
    """The rows of N prompts, one token further with each call.

    Attributes:
        rows: G, rows of each prompt that still decode.
        torch_threads: for what torch does between the steps.
    """

    rows: int
    torch_threads: int

    def logprobs(self, step: int, ids: Tensor) -> Tensor:
        """(B, V) after the rows' token number ``step``, from their ids (B,)."""
        ...

    def keep(self, groups: Tensor, rows: Tensor) -> None:
        """Go on with fewer rows: these (N',) groups, and of each these (N', G') rows."""
        ...


def next_token(
    policy: AudioPolicy,
    prefill: Prefill,
    lengths: Tensor,
    rows: int,
    tokens: int,
    temperature: float,
) -> NextToken:
    """Begin after the prompts.

    Args:
        policy: in evaluation mode; its weights must stay as they are meanwhile.
        prefill: has read the prompts, padded right.
        lengths: (N,) tokens of each prompt.
        rows: G.
        tokens: T.
        temperature: of the log-probs, above 0.

    Raises:
        ConfigError: the decoder is no Qwen2.
    """
    decoder = policy.language_model
    _check(decoder)
    if policy.device.type == "cpu":
        from policies.packed import pack  # and numba, which a GPU's machine can do without
        from policies.packed_step import PackedStep, proven

        weights = pack(policy, temperature)
        if weights is not None and proven(policy, weights, temperature):
            return PackedStep(weights, decoder.rotary_emb, prefill, lengths, rows, tokens)
    return DecodeStep(policy, prefill, lengths, rows, tokens, temperature)


def _check(decoder: Any) -> None:
    parts = [part for layer in decoder.layers for part in _parts(layer)]
    parts.append((decoder.norm, (Qwen2RMSNorm,)))
    other = next((one for one, known in parts if type(one) not in known), None)
    if other is not None:
        raise ConfigError(
            f"the sampler does not know this decoder: got a {type(other).__name__} in its layers, "
            "expected those of Qwen2 with SiLU; add its arithmetic to policies/decode_step.py"
        )


def _parts(layer: Any) -> Iterator[tuple[Any, tuple[type, ...]]]:
    """What a layer is made of, each with the classes whose arithmetic is known."""
    yield layer, (Qwen2DecoderLayer,)
    yield layer.self_attn, (Qwen2Attention,)
    yield layer.mlp, (Qwen2MLP,)
    yield layer.mlp.act_fn, (SiLUActivation, nn.SiLU)
    yield layer.input_layernorm, (Qwen2RMSNorm,)
    yield layer.post_attention_layernorm, (Qwen2RMSNorm,)
