"""What a GRPO step needs in memory, before a weight is loaded.

Parameters are counted exactly, on a model without storage; what a step keeps is
counted from the shapes of a Qwen2 decoder, in bytes for each token and layer:

==================  =======================================================
kept until the      the input of the two norms; queries, keys and values after the
backward pass       rotation and what attention read; gate and up. An adapter on the
                    attention's layers or a base in 8 bits adds nothing
with checkpointing  the layer's input alone, and one layer as above
one layer's         gradients of gate and up, and of their product
backward pass
the head            two slices of logits in float32 (``policies/head.py``)
the sampler         keys and values of the prompt once and of each row
the encoder         while it listens: one layer's widest tensors over all windows;
                    where it learns, every layer's
the optimizer       two moments in float32, and a float32 copy of weights in bfloat16;
                    offloaded, both in the machine's memory, with a copy of every weight
==================  =======================================================

All figures are bytes. A step holds weights, gradients and optimizer, and the
larger of what its sampling and its update need. The allocator's own waste, some
5 to 10 %, and kernels' workspaces come on top: ``MARGIN``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policies.families import family_of
from policies.logprobs import HEAD_CHUNK
from policies.lora import LoraSettings
from policies.outline import outline
from policies.untrusted import opened

MARGIN = 1.1
GB = 1e9
WIDTHS = {"float32": 4, "bfloat16": 2}


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of a step.

    Attributes:
        seconds: length of the clip.
        rows: G. tokens: T, of each completion. prompt: text tokens before them.
        groups: that are computed at once.
        lora: rank of the adapter, 0 for full weights.
        checkpointing: activations are computed again in the backward pass.
        dtype: of the weights.
        base_8bit: the decoder's linear layers in 8 bits, under an adapter.
        encoder_learns: full weights of the encoder, too.
        head_chunk: tokens whose logits stand in memory at once.
        offload: the optimizer lies in the machine's memory.
    """

    seconds: float = 30.0
    rows: int = 8
    tokens: int = 512
    prompt: int = 64
    groups: int = 1
    lora: int = 16
    checkpointing: bool = False
    dtype: str = "bfloat16"
    base_8bit: bool = False
    encoder_learns: bool = False
    head_chunk: int = HEAD_CHUNK
    offload: bool = False


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes by purpose; ``host`` in the machine's memory, the others where the model computes."""

    weights: float
    gradients: float
    optimizer: float
    activations: float
    backward: float
    head: float
    encoder: float
    cache: float
    host: float = 0.0

    @property
    def total(self) -> float:
        """The peak of a step."""
        return self.weights + self.gradients + self.optimizer + self.working

    @property
    def working(self) -> float:
        """The larger of what update and sampling need beside what stands."""
        update = self.activations + self.backward + self.head
        return max(update, self.encoder, self.cache)

    @property
    def sampling(self) -> float:
        """The peak of a process that only samples."""
        return self.weights + max(self.encoder, self.cache)

    @property
    def published(self) -> float:
        """The weights that learn, which travel after each update: as large as their gradients."""
        return self.gradients

    def fits(self, memory: float) -> bool:
        """Whether so many bytes hold it, with ``MARGIN``."""
        return self.total * MARGIN <= memory


@dataclass(frozen=True, slots=True)
class Sizes:
    """A checkpoint's shapes.

    Attributes:
        encoder, decoder, head: numbers of parameters; embeddings count to the decoder,
            the projector to the encoder.
        hidden, layers, intermediate, kv, vocabulary: of the decoder; ``kv`` is the width
            of the keys of a layer.
        audio_hidden, audio_layers, audio_intermediate: of the encoder.
        window: seconds of one window of the encoder.
        frames: mel frames a second.
    """

    encoder: int
    decoder: int
    head: int
    hidden: int
    layers: int
    intermediate: int
    kv: int
    vocabulary: int
    audio_hidden: int
    audio_layers: int
    audio_intermediate: int
    window: float
    frames: float

    def audio_tokens(self, seconds: float) -> int:
        """What a clip of this length becomes in the prompt."""
        return int(seconds * self.frames) // 4


def sizes_of(folder: Path) -> Sizes:
    """The shapes of a checkpoint folder, from its configurations alone.

    Raises:
        CheckpointError: the family is unknown, or a configuration cannot be read.
    """
    family = family_of(folder)
    with opened(
        f"the shapes of '{folder}' cannot be read",
        "expected config.json and the processor's configuration; write the checkpoint anew",
    ):
        extractor = _extractor(folder)
        model = outline(folder, family)
        text, audio = model.config.text_config, model.config.audio_config
        head_size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        decoder = sum(p.numel() for p in family.language_model(model).parameters())
        tied = model.lm_head.weight is model.get_input_embeddings().weight
        whole = sum(p.numel() for p in model.parameters())
        head = 0 if tied else sum(p.numel() for p in model.lm_head.parameters())
        return Sizes(
            encoder=whole - decoder - head,
            decoder=decoder,
            head=head,
            hidden=text.hidden_size,
            layers=text.num_hidden_layers,
            intermediate=text.intermediate_size,
            kv=head_size * text.num_key_value_heads,
            vocabulary=text.vocab_size,
            audio_hidden=getattr(audio, "hidden_size", None) or audio.d_model,
            audio_layers=getattr(audio, "num_hidden_layers", None) or audio.encoder_layers,
            audio_intermediate=getattr(audio, "intermediate_size", None) or audio.encoder_ffn_dim,
            window=extractor["chunk_length"],
            frames=extractor["sampling_rate"] / extractor["hop_length"],
        )


def _extractor(folder: Path) -> dict[str, Any]:
    """The feature extractor's settings, which stand in one of two files."""
    for name in ("processor_config.json", "preprocessor_config.json"):
        path = folder / name
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            found = found.get("feature_extractor", found)
            if "hop_length" in found:
                return {"sampling_rate": 16_000, "chunk_length": 30, **found}
    raise KeyError("hop_length")


def footprint(sizes: Sizes, work: Work) -> Footprint:
    """What a step of this checkpoint needs for this work."""
    each = WIDTHS[work.dtype]
    whole = sizes.encoder + sizes.decoder + sizes.head
    if work.lora:
        # Adapters are kept in float32, whatever the weights are in.
        learning, width = _adapter(sizes, work.lora), 4
        linear = _linear(sizes) if work.base_8bit else 0
        weights = each * (whole - linear) + linear + width * learning
    else:
        learning = whole - (0 if work.encoder_learns else sizes.encoder)
        width, weights = each, each * whole
    audio = sizes.audio_tokens(work.seconds)
    tokens = work.groups * (audio + work.prompt + work.rows * work.tokens)
    layer = _layer(sizes, each) * tokens
    activations = 4 * 3 * sizes.hidden * tokens  # embeddings, last norm, what the head reads
    if work.checkpointing:
        activations += sizes.layers * each * sizes.hidden * tokens + layer
    else:
        activations += sizes.layers * layer
    optimizer = (12 if work.offload or width == 2 else 8) * learning
    slices = min(work.head_chunk, work.groups * work.rows * work.tokens)
    return Footprint(
        weights=weights,
        gradients=width * learning,
        optimizer=0.0 if work.offload else optimizer,
        activations=activations,
        backward=3 * each * sizes.intermediate * tokens,
        head=2 * 4 * slices * sizes.vocabulary,
        encoder=_encoder(sizes, work, each),
        cache=2 * sizes.layers * sizes.kv * each * tokens,
        host=optimizer if work.offload else 0.0,
    )


def _layer(sizes: Sizes, each: int) -> int:
    """Bytes that one decoder layer keeps for each token; see the top of this module."""
    hidden, kv, wide = sizes.hidden, sizes.kv, sizes.intermediate
    return each * (4 * hidden + 2 * kv + 2 * wide)


def _encoder(sizes: Sizes, work: Work, each: int) -> float:
    windows = work.groups * max(1, -(-work.seconds // sizes.window))
    positions = windows * sizes.window * sizes.frames / 2
    widest = each * (6 * sizes.audio_hidden + 2 * sizes.audio_intermediate)
    layers = sizes.audio_layers if work.encoder_learns and not work.lora else 1
    return positions * widest * layers


def _linear(sizes: Sizes) -> int:
    """Parameters of the decoder's linear layers, without biases."""
    attention = 2 * sizes.hidden * (sizes.hidden + sizes.kv)
    return sizes.layers * (attention + 3 * sizes.hidden * sizes.intermediate)


def _adapter(sizes: Sizes, rank: int) -> int:
    """Parameters of an adapter on queries, keys, values and output of each layer."""
    assert LoraSettings().targets == ("q_proj", "k_proj", "v_proj", "o_proj")
    return sizes.layers * rank * (2 * 2 * sizes.hidden + 2 * (sizes.hidden + sizes.kv))


def plans(work: Work) -> list[tuple[str, Work]]:
    """Ways to do the work, the dearest first."""
    full = replace(work, lora=0, checkpointing=False, base_8bit=False, offload=False)
    adapted = replace(full, lora=work.lora or 16)
    return [
        ("full weights", full),
        ("full weights, checkpointing", replace(full, checkpointing=True)),
        ("full weights, checkpointing, offload", replace(full, checkpointing=True, offload=True)),
        ("LoRA", adapted),
        ("LoRA, checkpointing", replace(adapted, checkpointing=True)),
        ("LoRA, checkpointing, 8-bit base", replace(adapted, checkpointing=True, base_8bit=True)),
    ]


def longest_clip(sizes: Sizes, work: Work, holds: Callable[[Footprint], bool]) -> float:
    """Seconds of the longest clip whose step is held, to the second; 0 if none is.

    Args:
        holds: such as ``lambda step: step.fits(80 * GB)``.
    """
    if not holds(footprint(sizes, replace(work, seconds=1.0))):
        return 0.0
    low, high = 1, 36_000
    while low < high:
        middle = (low + high + 1) // 2
        if holds(footprint(sizes, replace(work, seconds=float(middle)))):
            low = middle
        else:
            high = middle - 1
    return float(low)
