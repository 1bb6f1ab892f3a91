"""What the policy is: section ``model``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from experiments.config_values import number
from rewards.errors import ConfigError


@dataclass(frozen=True, slots=True)
class TinyConfig:
    """The dimensions of the tiny model, as ``policies.tiny.TinySizes`` has them."""

    audio_hidden: int = number(64, least=8)
    audio_layers: int = number(2, least=1)
    audio_heads: int = number(4, least=1)
    text_hidden: int = number(128, least=8)
    text_layers: int = number(3, least=1)
    text_heads: int = number(4, least=1)
    text_kv_heads: int = number(2, least=1)
    vocabulary: int = number(512, least=300)
    mel_bins: int = number(128, least=16)
    hop: int = number(400, least=80)
    n_fft: int = number(2048, least=256)
    chunk_seconds: int = number(3, least=1, most=30)


@dataclass(frozen=True, slots=True)
class LoraConfig:
    """A low-rank adapter in place of full weights.

    Attributes:
        rank, alpha: the update is alpha / rank times a product of rank ``rank``.
        dropout: on the adapter's input.
        targets: module names within the language model.
    """

    rank: int = number(16, least=1)
    alpha: float = number(32.0, above=0)
    dropout: float = number(0.0, least=0, below=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The policy.

    Attributes:
        path: a checkpoint folder, a name on the Hugging Face hub, or "tiny":
            then a tiny model is built, of ``family`` and with the sizes in ``tiny``. A run
            folder stands for its checkpoint.
        family: of the tiny model; a checkpoint has its own.
        dtype: of the weights while training. Of bfloat16 ones that learn the optimizer keeps
            float32 copies, for a step of 1e-6 is less than they can hold.
        fine_head: logits of bfloat16 weights are summed in float32; false: in bfloat16, where
            a logit of 20 is right to 0.06 only. No difference to float32 weights.
        base_8bit: the decoder's linear layers in 8 bits, as the frozen base of ``lora``; needs
            the extra ``int8`` (bitsandbytes).
        device: "auto" takes a GPU where there is one.
        lora: an adapter, or null for full weights.
        freeze_encoder: leave the audio encoder and projector as they are.
        suffix: appended to every question, to ask for the two blocks.
    """

    path: str = "tiny"
    family: Literal["musicflamingo", "audioflamingo3", "qwen2_audio"] = "musicflamingo"
    dtype: Literal["float32", "bfloat16"] = "float32"
    fine_head: bool = True
    base_8bit: bool = False
    device: Literal["auto", "cpu", "cuda"] = "auto"
    lora: LoraConfig | None = None
    freeze_encoder: bool = False
    suffix: str = ""
    tiny: TinyConfig = field(default_factory=TinyConfig)

    def __post_init__(self) -> None:
        if self.path != "tiny" and self.family != "musicflamingo":
            raise ConfigError(
                f"family is of the tiny model that is built: got {self.family} with path "
                f"{self.path}, whose family is its own; leave it out, or set path=tiny"
            )
        if self.base_8bit and self.lora is None:
            raise ConfigError(
                "base_8bit needs an adapter: got lora null, expected its settings, for weights in "
                "8 bits cannot learn; set model.lora, or base_8bit=false"
            )
