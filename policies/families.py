"""One row per model family: how a clip becomes embeddings in the language model.

A family is whatever differs between audio-LLMs; all else in ``policies`` is
common. To add one, write a row: its ``model_type`` in transformers, its class,
and how its encoder turns the windows of several clips into embeddings, one per
placeholder, in the order of the placeholders.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import MusicFlamingoForConditionalGeneration, PreTrainedModel

from rewards.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class Family:
    """What ``AudioPolicy`` must know of a model class.

    Attributes:
        model_class: the transformers class with the language-model head.
        encode: ``(model, input_features (W, mel, F), mask (W, F), ids (N, L))``
            to embeddings (placeholders in ``ids``, hidden). ``W`` counts the
            windows of all clips: features have one row per window, not per clip.
        tokens: ``(processor, mask (W, F))`` to the audio embeddings of each
            window, (W,).
        language_model: the decoder without its head.
        prefix: where the decoder's parameters live, for LoRA targets.
    """

    model_class: type[PreTrainedModel]
    encode: Callable[..., torch.Tensor]
    tokens: Callable[[Any, torch.Tensor], torch.Tensor]
    language_model: Callable[[Any], PreTrainedModel]
    prefix: str


def _encode_music_flamingo(
    model: Any, features: torch.Tensor, mask: torch.Tensor, ids: torch.Tensor
) -> torch.Tensor:
    # The ids carry the runs of placeholders from which the rotary time stamps are rebuilt.
    return model.get_audio_features(features, mask, input_ids=ids).pooler_output


def _tokens_music_flamingo(processor: Any, mask: torch.Tensor) -> torch.Tensor:
    return processor._get_audio_token_length(mask.sum(-1))


FAMILIES: dict[str, Family] = {
    "musicflamingo": Family(
        model_class=MusicFlamingoForConditionalGeneration,
        encode=_encode_music_flamingo,
        tokens=_tokens_music_flamingo,
        language_model=lambda model: model.model.language_model,
        prefix="model.language_model",
    ),
}


def family_of(folder: Path) -> Family:
    """The family of a checkpoint folder, read from its config.

    Raises:
        CheckpointError: if there is no config, or the family is not in the table.
    """
    config = folder / "config.json"
    try:
        model_type = json.loads(config.read_text())["model_type"]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"a checkpoint needs a config.json with a model_type: got {type(error).__name__} "
            f"from '{config}', expected a folder written by save_pretrained; check the path"
        ) from error
    if model_type not in FAMILIES:
        raise CheckpointError(
            f"no family for the checkpoint '{folder}': got model_type '{model_type}', expected "
            f"one of {', '.join(sorted(FAMILIES))}; add a row to policies/families.py"
        )
    return FAMILIES[model_type]
