"""A real audio language model, very small: transformers' own classes, trained from scratch.

``build_tiny`` writes an ordinary checkpoint folder (config, safetensors,
tokenizer, processor) that stock ``from_pretrained`` loads. Nothing about it is
special but its size, so whatever runs on it runs on the 8B checkpoint.

Conventions
-----------
A clip is 16 kHz mono. ``chunk_seconds`` is the encoder's window: one row of
mel features per window. The encoder shortens mel frames by four, so a window of
``F`` frames gives ``F / 4`` audio tokens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AudioFlamingo3Config,
    AudioFlamingo3EncoderConfig,
    AudioFlamingo3Processor,
    MusicFlamingoConfig,
    MusicFlamingoProcessor,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
    Qwen2AudioConfig,
    Qwen2AudioEncoderConfig,
    Qwen2AudioProcessor,
    Qwen2Config,
    WhisperFeatureExtractor,
)

from policies.decoder import RATE
from policies.families import FAMILIES
from policies.seeds import derive_seed
from rewards.errors import ConfigError

AUDIO, AUDIO_BOS, AUDIO_EOS = "<sound>", "<|sound_bos|>", "<|sound_eos|>"
PAD, TURN, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
# One token each: split into characters they would be a third of a short answer.
TAGS = ("<think>", "</think>", "<answer>", "</answer>")

# The turns of Qwen2.5, which the full-size checkpoint speaks too; audio comes first.
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'audio' %}{{ '<sound>' }}"
    "{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "{{ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class TinySizes:
    """The dimensions of the tiny model; lengths in seconds and samples at 16 kHz."""

    audio_hidden: int = 64
    audio_layers: int = 2
    audio_heads: int = 4
    text_hidden: int = 128
    text_layers: int = 3
    text_heads: int = 4
    text_kv_heads: int = 2
    vocabulary: int = 512
    mel_bins: int = 128
    hop: int = 400
    n_fft: int = 2048
    chunk_seconds: int = 3

    @property
    def frames(self) -> int:
        """Mel frames of one window."""
        return self.chunk_seconds * RATE // self.hop


@dataclass(frozen=True, slots=True)
class _Member:
    """What a family's tiny model is made of.

    Attributes:
        audio: its tokens for sound, the placeholder first.
        configs: of the whole model and of its encoder.
        processor: its class.
        template: the chat template, None for the processor's own.
    """

    audio: tuple[str, ...]
    configs: tuple[Callable[..., Any], Callable[..., Any]]
    processor: Callable[..., Any]
    template: str | None


_MEMBERS = {
    "musicflamingo": _Member(
        audio=(AUDIO, AUDIO_BOS, AUDIO_EOS),
        configs=(MusicFlamingoConfig, AudioFlamingo3EncoderConfig),
        processor=MusicFlamingoProcessor,
        template=CHAT_TEMPLATE,
    ),
    "audioflamingo3": _Member(
        audio=(AUDIO,),
        configs=(AudioFlamingo3Config, AudioFlamingo3EncoderConfig),
        processor=AudioFlamingo3Processor,
        template=CHAT_TEMPLATE,
    ),
    "qwen2_audio": _Member(
        audio=("<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>"),
        configs=(Qwen2AudioConfig, Qwen2AudioEncoderConfig),
        processor=Qwen2AudioProcessor,
        template=None,
    ),
}


def train_tokenizer(
    texts: Iterable[str],
    vocabulary: int,
    audio: tuple[str, ...] = (AUDIO, AUDIO_BOS, AUDIO_EOS),
) -> PreTrainedTokenizerFast:
    """A byte-level BPE of at most ``vocabulary`` entries from ``texts``, and ``TAGS``.

    ``audio`` are the family's tokens for sound, which are never text.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [PAD, TURN, END, *audio]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens(list(TAGS))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[TURN, *audio],
        clean_up_tokenization_spaces=False,
    )


def sinusoids(length: int, channels: int) -> torch.Tensor:
    """Whisper's encoder positions, (length, channels); built from a config they are noise."""
    scales = torch.exp(
        -math.log(10_000) / (channels // 2 - 1) * torch.arange(channels // 2, dtype=torch.float32)
    )
    angles = torch.arange(length, dtype=torch.float32)[:, None] * scales[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def tiny_config(
    sizes: TinySizes, tokenizer: PreTrainedTokenizerFast, family: str = "musicflamingo"
) -> PreTrainedConfig:
    """The configuration of the tiny model over this tokenizer."""
    if sizes.frames % 4 or sizes.chunk_seconds * RATE % sizes.hop:
        raise ConfigError(
            f"mel frames per window must be a whole multiple of 4: got {sizes.chunk_seconds} s at "
            f"hop {sizes.hop}, expected chunk_seconds * 16000 / hop divisible by 4; change the hop"
        )
    member = _MEMBERS[family]
    whole, encoder = member.configs

    def ids(token: str) -> Any:
        return tokenizer.convert_tokens_to_ids(token)

    own: dict[str, Any] = {"audio_token_id": ids(member.audio[0])}
    if family == "musicflamingo":
        own["audio_bos_token_id"], own["audio_eos_token_id"] = map(ids, member.audio[1:])
        own["audio_frame_step"] = sizes.hop / RATE
    return whole(
        audio_config=encoder(
            num_mel_bins=sizes.mel_bins,
            hidden_size=sizes.audio_hidden,
            num_hidden_layers=sizes.audio_layers,
            num_attention_heads=sizes.audio_heads,
            intermediate_size=2 * sizes.audio_hidden,
            max_source_positions=sizes.frames // 2,
        ),
        text_config=Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=sizes.text_hidden,
            num_hidden_layers=sizes.text_layers,
            num_attention_heads=sizes.text_heads,
            num_key_value_heads=sizes.text_kv_heads,
            intermediate_size=2 * sizes.text_hidden,
            max_position_embeddings=4096,
            initializer_range=0.05,
            tie_word_embeddings=False,
            bos_token_id=None,
            eos_token_id=ids(END),
            pad_token_id=ids(PAD),
        ),
        **own,
    )


def build_tiny(
    folder: Path,
    texts: Iterable[str],
    *,
    sizes: TinySizes,
    seed: int,
    family: str = "musicflamingo",
) -> Path:
    """Write a tiny model with random weights to ``folder``.

    Args:
        folder: is made, with its parents; an existing checkpoint is replaced.
        texts: what the tokenizer is trained on (questions and traces).
        sizes: the dimensions.
        seed: of the weights; the same seed and texts give the same bytes.
        family: a row of ``policies.families.FAMILIES``.

    Raises:
        ConfigError: if the window does not divide into whole audio tokens.
    """
    member = _MEMBERS[family]
    tokenizer = train_tokenizer(texts, sizes.vocabulary, member.audio)
    config = tiny_config(sizes, tokenizer, family)
    model_class: Any = FAMILIES[family].model_class
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(seed, "weights") % 2**63)
        model = model_class(config)
    tower = model.model.audio_tower
    with torch.no_grad():
        tower.embed_positions.weight.copy_(sinusoids(*tower.embed_positions.weight.shape))
    model.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids(END)
    model.generation_config.pad_token_id = tokenizer.convert_tokens_to_ids(PAD)
    extractor = WhisperFeatureExtractor(
        feature_size=sizes.mel_bins,
        sampling_rate=RATE,
        hop_length=sizes.hop,
        n_fft=sizes.n_fft,
        chunk_length=sizes.chunk_seconds,
        return_attention_mask=True,
    )
    processor = member.processor(extractor, tokenizer, chat_template=member.template)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
