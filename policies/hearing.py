"""From samples to what the decoder reads: features, placeholders, embeddings.

Two caches, both keyed by the hash of a clip's samples and bounded in bytes:
features, which depend on the processor alone, and the encoder's output, which is
kept only while none of its weights learns or changes.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from policies.audio import Waveform, sha256_of
from policies.decoder import RATE
from policies.families import Family
from rewards.errors import DeafError

_FEATURE_CACHE = 1 << 30  # bytes; a 3 s clip of the tiny model takes 61 kB, a song 9 MB
_SPOKEN_CACHE = 1 << 30  # a song of three minutes takes 32 MB at the full size in bfloat16
_PLACEHOLDERS = ("audio_token", "audio_bos_token", "audio_eos_token")


@dataclass(frozen=True, slots=True)
class Heard:
    """One clip as the encoder takes it.

    Attributes:
        ids: what stands for it in a prompt: one placeholder per audio embedding,
            and the tokens that the processor sets around them.
        features: (windows, mel bins, frames) float32 log-mel.
        mask: (windows, frames) int, 1 where there is sound.
    """

    ids: tuple[int, ...]
    features: Tensor
    mask: Tensor

    @property
    def nbytes(self) -> int:
        """Of the features; the mask is small beside them."""
        return self.features.nbytes


class Hearing:
    """The ear of a policy: its processor's features and its encoder's embeddings.

    Attributes:
        key: a hash of the processor's settings; equal keys hear alike.
    """

    def __init__(self, processor: Any, family: Family, audio_id: int):
        self.processor, self.family, self.audio_id = processor, family, audio_id
        self.key = _settings_key(processor)
        self._heard: _Cache[Heard] = _Cache()
        self._spoken: _Cache[Tensor] = _Cache()
        self._weights: object = None

    def hear(self, samples_S: np.ndarray, digest: str) -> Heard:
        """The features of a clip and the ids that stand for it.

        Raises:
            DeafError: if the hash is not that of the samples, or the clip is too
                short for a single audio token or longer than the model hears.
        """
        known = self._heard.get(digest)
        if known is not None:
            return known
        if sha256_of(samples_S) != digest:
            raise DeafError(
                f"the clip is not the one that its hash names: got {len(samples_S)} samples of "
                f"hash {sha256_of(samples_S)[:12]}, expected {digest[:12]}; read the clip again"
            )
        heard = self._features(samples_S)
        self._heard.put(digest, heard, _FEATURE_CACHE)
        return heard

    def _features(self, samples_S: np.ndarray) -> Heard:
        longest = self.family.longest(self.processor)
        if len(samples_S) > longest * RATE:  # the processor would cut it, with a warning at most
            raise DeafError(
                f"a clip is longer than this model hears: got {len(samples_S) / RATE:.1f} s, "
                f"expected at most {longest:g} s; take a shorter stretch of the recording"
            )
        inputs = self.processor(
            text=self.processor.audio_token, audio=samples_S, sampling_rate=RATE,
            return_tensors="pt",
        )  # fmt: skip
        ids = tuple(inputs["input_ids"][0].tolist())
        if self.audio_id not in ids:
            raise DeafError(
                f"a clip is too short to be heard: got {len(samples_S)} samples, expected enough "
                "for one audio token; take a longer stretch of the recording"
            )
        # A last window of a few samples has no token, and the model's own time stamps would
        # count it to the next clip.
        mask = inputs[self.family.mask_name]
        audible = self.family.tokens(mask) > 0
        return Heard(ids, inputs["input_features"][audible], mask[audible])

    def embeddings(self, base: Any, clips: Sequence[Waveform]) -> dict[str, Tensor]:
        """Each distinct clip's embeddings (audio tokens, hidden), by its hash.

        Args:
            base: the transformers model whose encoder hears them, each once.
        """
        distinct = {clip.sha256: clip for clip in clips}
        heard = {name: self.hear(clip.samples_S, name) for name, clip in distinct.items()}
        weights = _frozen_weights(base)
        if weights is None:
            return self._encode(base, heard)
        if weights != self._weights:
            self._weights = weights
            self._spoken = _Cache()
        found = {name: known for name in heard if (known := self._spoken.get(name)) is not None}
        # One by one: what is kept must not depend on the clips beside it, by no bit, or a
        # resumed run, which starts with nothing kept, would not repeat.
        fresh: dict[str, Tensor] = {}
        # Without a graph, and as ordinary tensors: with checkpointing under an adapter the
        # encoder's output carries a graph of its own, in the sampler none could begin at it.
        with torch.inference_mode(False), torch.no_grad():
            for name, one in heard.items():
                if name not in found:
                    fresh |= self._encode(base, {name: one})
        for name, spoken in fresh.items():
            self._spoken.put(name, spoken.to("cpu", copy=True), _SPOKEN_CACHE)
        device = base.get_input_embeddings().weight.device
        return {name: spoken.to(device) for name, spoken in (found | fresh).items()}

    def _encode(self, base: Any, heard: dict[str, Heard]) -> dict[str, Tensor]:
        if not heard:
            return {}
        device = base.get_input_embeddings().weight.device
        rows = list(heard.values())
        encoded = self.family.encode(
            base,
            torch.cat([h.features for h in rows]).to(device, base.dtype),
            torch.cat([h.mask for h in rows]).to(device),
            pad_sequence([torch.tensor(h.ids, device=device) for h in rows], batch_first=True),
        )
        counts = [h.ids.count(self.audio_id) for h in rows]
        return dict(zip(heard, encoded.split(counts), strict=True))


def placeholder_ids(processor: Any) -> tuple[int, ...]:
    """Ids that stand for sound; none of them is text."""
    names = [getattr(processor, name) for name in _PLACEHOLDERS if hasattr(processor, name)]
    return tuple(processor.tokenizer.convert_tokens_to_ids(names))


def _settings_key(processor: Any) -> str:
    settings = [
        processor.feature_extractor.to_dict(),
        [getattr(processor, name, None) for name in (*_PLACEHOLDERS, "max_audio_len")],
    ]
    text = json.dumps(settings, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _frozen_weights(base: Any) -> object:
    """A value that changes whenever the encoder does; None while any of it learns."""
    parameters = [
        *base.model.audio_tower.parameters(),
        *base.model.multi_modal_projector.parameters(),
    ]
    if any(p.requires_grad for p in parameters):
        return None
    places = tuple(p.data_ptr() for p in parameters)
    # torch counts the changes in place of each tensor.
    return places, sum(p._version for p in parameters), base.dtype


Held = TypeVar("Held", Heard, Tensor)


class _Cache(Generic[Held]):
    """The least lately used goes first; the newest stays, whatever its size."""

    def __init__(self) -> None:
        self.held: OrderedDict[str, Held] = OrderedDict()
        self.nbytes = 0
        self._counting = Lock()

    def get(self, name: str) -> Held | None:
        """What is kept under a name, lately used from now on; None where nothing is."""
        try:
            self.held.move_to_end(name)
            return self.held[name]
        except KeyError:  # never there, or let go by another thread meanwhile
            return None

    def put(self, name: str, value: Held, limit: int) -> None:
        """Keep a value, and of the others no more than ``limit`` bytes allow."""
        with self._counting:  # two threads may have heard one clip at once
            if name in self.held:
                return
            self.held[name] = value
            self.nbytes += value.nbytes
            while self.nbytes > limit and len(self.held) > 1:
                self.nbytes -= self.held.popitem(last=False)[1].nbytes
