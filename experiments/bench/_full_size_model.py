"""Music Flamingo in the dimensions of the 8B checkpoint, with random weights, for the bench."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    AudioFlamingo3EncoderConfig,
    MusicFlamingoConfig,
    MusicFlamingoForConditionalGeneration,
    MusicFlamingoProcessor,
    Qwen2Config,
    WhisperFeatureExtractor,
)

from policies.audio import Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.decoder import RATE
from policies.families import FAMILIES
from policies.lora import LoraSettings, Opening, open_policy, wrap
from policies.records import Prompt
from policies.tiny import AUDIO, AUDIO_BOS, AUDIO_EOS, CHAT_TEMPLATE, END, PAD, train_tokenizer
from rewards.records import Clip, Question

FRAMES_A_SECOND, WINDOW = 100, 30
QUESTION = "Which key does the piece close in, and by which cadence?"


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of encoder and decoder; ``full`` is nvidia/music-flamingo-2601-hf."""

    audio_hidden: int
    audio_layers: int
    audio_heads: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int


SIZES = {
    "full": Size(1280, 32, 20, 3584, 28, 28, 4, 18944, 152_064),
    "tiny": Size(64, 2, 4, 128, 2, 4, 2, 256, 1_024),
}


def opened(size: Size, device: str, *, eight_bits: bool = False) -> AudioPolicy:
    """The policy under an adapter, bfloat16 on a GPU and float32 elsewhere.

    Args:
        eight_bits: it is written to a folder and opened again as a user's checkpoint is.
    """
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    policy, adapter = build(size, device, dtype), LoraSettings(rank=16)
    if not eight_bits:
        wrap(policy, adapter)
        return policy
    with tempfile.TemporaryDirectory() as folder:
        policy.save(Path(folder))
        del policy
        if device == "cuda":
            torch.cuda.empty_cache()
        opening = Opening(dtype=str(dtype).removeprefix("torch."), device=device, base_8bit=True)
        return open_policy(Path(folder), opening, lora=adapter)


def build(size: Size, device: str, dtype: torch.dtype) -> AudioPolicy:
    """The policy with random weights, on the device."""
    tokenizer = train_tokenizer([QUESTION], 400)

    def ids(token: str) -> Any:
        return tokenizer.convert_tokens_to_ids(token)

    config = MusicFlamingoConfig(
        audio_config=AudioFlamingo3EncoderConfig(
            num_mel_bins=128,
            hidden_size=size.audio_hidden,
            num_hidden_layers=size.audio_layers,
            num_attention_heads=size.audio_heads,
            intermediate_size=4 * size.audio_hidden,
            max_source_positions=WINDOW * FRAMES_A_SECOND // 2,
        ),
        text_config=Qwen2Config(
            vocab_size=size.vocabulary,
            hidden_size=size.hidden,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            num_key_value_heads=size.kv_heads,
            intermediate_size=size.intermediate,
            max_position_embeddings=32_768,
            tie_word_embeddings=False,
            bos_token_id=None,
            eos_token_id=ids(END),
            pad_token_id=ids(PAD),
        ),
        audio_token_id=ids(AUDIO),
        audio_bos_token_id=ids(AUDIO_BOS),
        audio_eos_token_id=ids(AUDIO_EOS),
    )
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    with torch.device(device):
        model = MusicFlamingoForConditionalGeneration(config)
    torch.set_default_dtype(torch.float32)
    model.generation_config.eos_token_id = ids(END)
    model.generation_config.pad_token_id = ids(PAD)
    extractor = WhisperFeatureExtractor(
        feature_size=128, sampling_rate=RATE, chunk_length=WINDOW, return_attention_mask=True
    )
    processor = MusicFlamingoProcessor(extractor, tokenizer, chat_template=CHAT_TEMPLATE)
    return AudioPolicy(model, processor, FAMILIES["musicflamingo"])


def noise(policy: AudioPolicy, seconds: int) -> Prompt:
    """A prompt about this much noise."""
    samples_S = np.random.default_rng(1).standard_normal(seconds * RATE).astype(np.float32) * 0.1
    question = Question("bench", QUESTION, Clip("noise"))
    return policy.prompt(question, Waveform(samples_S, sha256_of(samples_S)))
