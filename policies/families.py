"""One row per model family: how a clip becomes embeddings in the language model.

=================  ==================  ============================  ==============
model_type         windows of a clip   around its placeholders       longest clip
=================  ==================  ============================  ==============
musicflamingo      one each 30 s       begin and end tokens          20 min
audioflamingo3     one each 30 s       nothing                       10 min
qwen2_audio        one                 begin and end tokens, by its  30 s
                                       chat template
=================  ==================  ============================  ==============

A family is whatever differs between audio-LLMs; all else in ``policies`` is
common: the chat template and what a clip's placeholder is expanded to are the
processor's own. To add one, write a row: its ``model_type`` in transformers, its
class, and how its encoder turns the windows of several clips into embeddings, one
per placeholder, in the order of the placeholders. A row in ``policies/tiny.py``
makes a small one for the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import (
    AudioFlamingo3ForConditionalGeneration,
    MusicFlamingoForConditionalGeneration,
    PreTrainedModel,
    Qwen2AudioForConditionalGeneration,
)
from transformers.masking_utils import create_bidirectional_mask

from policies.audio import least_samples
from policies.untrusted import ADAPTER, inspect_untrusted
from rewards.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class Family:
    """What ``AudioPolicy`` must know of a model class.

    Attributes:
        model_class: the transformers class; its ``lm_head`` is a linear layer.
        encode: ``(model, input_features (W, mel, F), mask (W, F), ids (N, L))``
            to embeddings (placeholders in ``ids``, hidden). ``W`` counts the
            windows of all clips: features have one row per window, not per clip.
        mask_name: what processor and model call the mask of the features.
        longest: of a processor, the longest clip that it does not cut [s].
        language_model: the decoder without its head.
        prefix: where the decoder's parameters live, for LoRA targets.
    """

    model_class: type[PreTrainedModel]
    encode: Callable[..., Tensor]
    mask_name: str
    longest: Callable[[Any], float]
    language_model: Callable[[Any], PreTrainedModel] = lambda model: model.model.language_model
    prefix: str = "model.language_model"

    @staticmethod
    def tokens(mask: Tensor) -> Tensor:
        """Audio embeddings of each window, (W,), for a mask (W, F).

        All families halve the frames twice: by a convolution, then by pooling.
        """
        return ((mask.sum(-1) - 1) // 2 + 1 - 2) // 2 + 1

    @staticmethod
    def shortest(processor: Any) -> float:
        """The shortest clip with one audio embedding [s]."""
        extractor = processor.feature_extractor
        return least_samples(extractor.hop_length) / extractor.sampling_rate


def _encode_music_flamingo(model: Any, features: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
    # The ids carry the runs of placeholders from which the rotary time stamps are rebuilt.
    return model.get_audio_features(features, mask, input_ids=ids).pooler_output


def _encode_audio_flamingo(model: Any, features: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
    return model.get_audio_features(features, mask).pooler_output


def _encode_qwen2_audio(model: Any, features: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
    # The class has these lines within its forward only (modeling_qwen2_audio.py).
    tower = model.model.audio_tower
    frames, tokens = tower._get_feat_extract_output_lengths(mask.sum(-1))
    width = (features.shape[-1] - 2) // 2 + 1
    sounding = torch.arange(width, device=frames.device) < frames[:, None]
    attention = create_bidirectional_mask(
        config=tower.config,
        inputs_embeds=features.new_zeros(len(features), width, 1),
        attention_mask=sounding.long(),
    )
    hidden = tower(features, attention_mask=attention).last_hidden_state
    spoken = model.model.multi_modal_projector(hidden)
    return spoken[torch.arange(spoken.shape[1], device=tokens.device) < tokens[:, None]]


def _longest_in_windows(processor: Any) -> float:
    window = processor.feature_extractor.chunk_length
    return processor.max_audio_len // window * window


def _longest_window(processor: Any) -> float:
    return processor.feature_extractor.chunk_length


FAMILIES: dict[str, Family] = {
    "musicflamingo": Family(
        model_class=MusicFlamingoForConditionalGeneration,
        encode=_encode_music_flamingo,
        mask_name="input_features_mask",
        longest=_longest_in_windows,
    ),
    "audioflamingo3": Family(
        model_class=AudioFlamingo3ForConditionalGeneration,
        encode=_encode_audio_flamingo,
        mask_name="input_features_mask",
        longest=_longest_in_windows,
    ),
    "qwen2_audio": Family(
        model_class=Qwen2AudioForConditionalGeneration,
        encode=_encode_qwen2_audio,
        mask_name="feature_attention_mask",
        longest=_longest_window,
    ),
}


def family_of(folder: Path) -> Family:
    """The family of a checkpoint folder, by its config, once all of it was found harmless.

    Raises:
        CheckpointError: if there is no config, the family is not in the table, the encoder
            or decoder is not described, or as ``inspect_untrusted``.
    """
    if not (folder / "config.json").exists():
        raise _no_checkpoint(folder)
    config = inspect_untrusted(folder)
    model_type = config.get("model_type")
    if not isinstance(model_type, str) or model_type not in FAMILIES:
        raise CheckpointError(
            f"no family for the checkpoint '{folder}': got model_type {model_type!r:.80}, "
            f"expected one of {', '.join(sorted(FAMILIES))}; to add one, write its "
            "row in policies/families.py: the model class and how clips become embeddings"
        )
    for part in ("audio_config", "text_config"):
        if not isinstance(said := config.get(part), dict) or "model_type" not in said:
            # transformers would take the sizes of a model of billions that it has for such a case.
            raise CheckpointError(
                f"the checkpoint '{folder}' does not say what it is: got {part} {said!r:.80} in "
                "config.json, expected a mapping with a model_type; take another checkpoint or "
                "write it anew"
            )
    return FAMILIES[model_type]


def _no_checkpoint(folder: Path) -> CheckpointError:
    """What a folder without a config is instead, and which to name."""
    if (folder / ADAPTER).exists():
        return CheckpointError(
            f"'{folder}' is an adapter: got {ADAPTER} and no config.json, expected full "
            f"weights; give its base, which {ADAPTER} names"
        )
    within = sorted(path.parent for path in folder.glob("*/config.json"))
    remedy = f"give {' or '.join(map(str, within[:3]))}" if within else "check the path"
    return CheckpointError(
        f"'{folder}' is no checkpoint: got no config.json in it, expected one with a model_type, "
        f"as save_pretrained writes it; {remedy}"
    )
