"""``AudioPolicy``: an audio language model as reinforcement learning sees it.

It turns questions into prompts, hears each clip once, and gives hidden states,
log-probs and a checkpoint. Sampling is in ``policies/sampler.py``, learning in
``policies/learner.py``.

The guard that the policy *heard*: placeholders in a prompt without a clip, a
clip without placeholders, counts that differ, or a clip that is not the one the
prompt was made with raise ``DeafError``. transformers raises for none of the
first two: it embeds the placeholder tokens and trains on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoProcessor

from policies import attention
from policies.audio import Waveform, sha256_of
from policies.families import FAMILIES, Family, family_of
from policies.head import Head
from policies.records import Prompt
from policies.untrusted import inspect_untrusted
from rewards.errors import CheckpointError, DeafError, first_line
from rewards.records import Question

_FEATURE_CACHE = 1 << 30  # bytes; a 3 s clip of the tiny model takes 61 kB, a song 9 MB


@dataclass(frozen=True, slots=True)
class Heard:
    """One clip as the encoder takes it.

    Attributes:
        ids: begin token, one placeholder per audio embedding, end token.
        features: (windows, mel bins, frames) float32 log-mel.
        mask: (windows, frames) int, 1 where there is sound.
    """

    ids: tuple[int, ...]
    features: Tensor
    mask: Tensor


class AudioPolicy:
    """A model of a known family with its processor.

    Attributes:
        model: the transformers model, or PEFT's wrapper around it.
        processor: the family's processor.
        suffix: appended to every question, "" for none.
        fine_head: logits of half-precision weights are summed in float32.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        family: Family,
        *,
        suffix: str = "",
        fine_head: bool = True,
    ):
        self.model = model
        self.processor = processor
        self.family = family
        self.suffix = suffix
        self.fine_head = fine_head
        attention.register()
        self.language_model.config._attn_implementation = attention.NAME
        self._heard: OrderedDict[str, Heard] = OrderedDict()
        self._lock = Lock()
        self._heard_bytes = 0

    @classmethod
    def load(
        cls,
        folder: Path | str,
        *,
        dtype: torch.dtype = torch.float32,
        device: str = "cpu",
        suffix: str = "",
        fine_head: bool = True,
    ) -> AudioPolicy:
        """Read a checkpoint folder of a known family; safetensors only, no remote code.

        Raises:
            CheckpointError: for an unknown family or an unreadable folder.
        """
        folder = Path(folder)
        family = family_of(folder)
        inspect_untrusted(folder, model_types=FAMILIES)
        model_class: Any = family.model_class
        try:
            processor = AutoProcessor.from_pretrained(folder, trust_remote_code=False)
            model, report = model_class.from_pretrained(
                folder,
                dtype=dtype,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise CheckpointError(
                f"the checkpoint '{folder}' cannot be loaded: got {type(error).__name__} "
                f"({first_line(error)}), expected config, processor and safetensors of one model; "
                "take another checkpoint or write it anew"
            ) from error
        if report["missing_keys"]:  # transformers warns and draws them at random
            raise CheckpointError(
                f"the checkpoint '{folder}' is incomplete: got no weights for "
                f"{len(report['missing_keys'])} parameters ('{min(report['missing_keys'])}' "
                "first), expected all; take another checkpoint or write it anew"
            )
        return cls(model.to(device), processor, family, suffix=suffix, fine_head=fine_head)

    def save(self, folder: Path) -> None:
        """Write a checkpoint that stock ``from_pretrained`` loads (an adapter is PEFT's own)."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(folder)
        self.processor.save_pretrained(folder)

    # -- parts of the model ---------------------------------------------------------

    @property
    def base(self) -> Any:
        """The transformers model, without PEFT's wrapper."""
        return self.model.get_base_model() if hasattr(self.model, "peft_config") else self.model

    @property
    def language_model(self) -> Any:
        """The decoder without its head."""
        return self.family.language_model(self.base)

    @property
    def head(self) -> Head:
        """What turns the decoder's hidden states into a distribution.

        Raises:
            CheckpointError: if it is more than a weight, such as an adapted layer.
        """
        layer = self.base.lm_head
        if type(layer) is not torch.nn.Linear:
            raise CheckpointError(
                f"the language-model head cannot be used: got {type(layer).__name__}, expected a "
                "plain linear layer; merge the adapter that changes it"
            )
        return Head(layer.weight, layer.bias, self.suppressed_ids, self.fine_head)

    @property
    def device(self) -> torch.device:
        """Where the embeddings live."""
        return self.base.get_input_embeddings().weight.device

    @property
    def audio_id(self) -> int:
        """Id of the placeholder that one audio embedding replaces."""
        return self.base.config.audio_token_id

    @property
    def end_ids(self) -> tuple[int, ...]:
        """Ids that end a completion."""
        end = self.base.generation_config.eos_token_id
        return tuple(end) if isinstance(end, list) else (end,)

    @property
    def suppressed_ids(self) -> tuple[int, ...]:
        """Ids that are never sampled: a sampled placeholder would break the next forward."""
        return tuple(self.processor.audio_token_ids)

    # -- from a question to a prompt ------------------------------------------------

    def prompt(self, question: Question, sound: Waveform | None) -> Prompt:
        """The question in the family's chat form, placeholders expanded.

        Args:
            question: whose text (and suffix) is put.
            sound: its clip, decoded, or None.

        Raises:
            DeafError: if the question names a clip and no sound is given.
        """
        if question.clip is not None and sound is None:
            raise DeafError(
                f"question '{question.id}' is about the clip '{question.clip.path}': got no "
                "sound, expected its samples at 16 kHz; read the clip before prompting"
            )
        text = f"{question.text}\n{self.suffix}" if self.suffix else question.text
        content: list[dict[str, str]] = [{"type": "text", "text": self._plain(text)}]
        if sound is not None:
            content.insert(0, {"type": "audio", "path": ""})
        template = self.processor.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        tokenize = self.processor.tokenizer
        if sound is None:
            return Prompt(question.id, tuple(tokenize(template)["input_ids"]), None, None)
        before, after = template.split(self.processor.audio_token)
        ids = (
            *tokenize(before)["input_ids"],
            *self.hear(sound.samples_S, sound.sha256).ids,
            *tokenize(after, add_special_tokens=False)["input_ids"],
        )
        return Prompt(question.id, ids, sound.samples_S, sound.sha256)

    def _plain(self, text: str) -> str:
        """Question text without special tokens: a row must not forge turns or clips.

        Each leaves a blank: what stood around it must not join into another one.
        """
        tokenizer = self.processor.tokenizer
        added = (str(t) for t in tokenizer.added_tokens_decoder.values() if t.special)
        for token in {*added, *tokenizer.all_special_tokens, self.processor.audio_token}:
            text = text.replace(token, " ")
        return text

    def hear(self, samples_S: np.ndarray, digest: str) -> Heard:
        """The features of a clip and the ids that stand for it, cached by the clip's hash.

        Raises:
            DeafError: if the hash is not that of the samples, or the clip is too
                short for a single audio token.
        """
        with self._lock:  # the learner's workers share this cache
            if digest in self._heard:
                self._heard.move_to_end(digest)
                return self._heard[digest]
            if sha256_of(samples_S) != digest:
                raise DeafError(
                    f"the clip is not the one that its hash names: got {len(samples_S)} samples of "
                    f"hash {sha256_of(samples_S)[:12]}, expected {digest[:12]}; read the clip again"
                )
            heard = self._features(samples_S)
            self._heard[digest] = heard
            self._heard_bytes += heard.features.nbytes
            while self._heard_bytes > _FEATURE_CACHE and len(self._heard) > 1:
                self._heard_bytes -= self._heard.popitem(last=False)[1].features.nbytes
            return heard

    def _features(self, samples_S: np.ndarray) -> Heard:
        inputs = self.processor(text=self.processor.audio_token, audio=samples_S)
        ids = tuple(inputs["input_ids"][0].tolist())
        if self.audio_id not in ids:
            raise DeafError(
                f"a clip is too short to be heard: got {len(samples_S)} samples, expected enough "
                "for one audio token; take a longer stretch of the recording"
            )
        # A last window of a few samples has no token, and the model's own time stamps would
        # count it to the next clip.
        mask = inputs["input_features_mask"]
        audible = self.family.tokens(self.processor, mask) > 0
        return Heard(ids, inputs["input_features"][audible], mask[audible])

    # -- embeddings -----------------------------------------------------------------

    def embed(self, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Embed N prompts, each distinct clip through the encoder once.

        Returns:
            embeddings (N, P, hidden), padded right, and lengths (N,) int64.

        Raises:
            DeafError: if a prompt's placeholders and clip do not agree.
        """
        lengths = torch.tensor([len(p.ids) for p in prompts], device=self.device)
        ids = pad_sequence(
            [torch.tensor(p.ids, device=self.device) for p in prompts],
            batch_first=True,
            padding_value=self.processor.tokenizer.pad_token_id,
        )
        embedded = self.base.get_input_embeddings()(ids)
        clips, row_of = self._distinct_clips(prompts)
        if not clips:
            return embedded, lengths
        heard = [self.hear(p.samples_S, p.clip_sha256) for p in clips]  # type: ignore[arg-type]
        spoken = self._encode(heard)
        rows = [spoken[row_of[p.clip_sha256]] for p in prompts if p.clip_sha256 is not None]
        where = (ids == self.audio_id).unsqueeze(-1).expand_as(embedded)
        return embedded.masked_scatter(where, torch.cat(rows).to(embedded.dtype)), lengths

    def _encode(self, heard: Sequence[Heard]) -> list[Tensor]:
        """Embeddings of each clip, (audio tokens, hidden)."""
        counts = [h.ids.count(self.audio_id) for h in heard]
        ids = pad_sequence(
            [torch.tensor(h.ids, device=self.device) for h in heard], batch_first=True
        )
        encoded = self.family.encode(
            self.base,
            torch.cat([h.features for h in heard]).to(self.device, self.base.dtype),
            torch.cat([h.mask for h in heard]).to(self.device),
            ids,
        )
        return list(encoded.split(counts))

    def _distinct_clips(self, prompts: Sequence[Prompt]) -> tuple[list[Prompt], dict[str, int]]:
        """One prompt per distinct clip, and the index of each clip's hash among them."""
        clips: list[Prompt] = []
        row_of: dict[str, int] = {}
        for prompt in prompts:
            self._check_heard(prompt)
            if prompt.clip_sha256 is not None and prompt.clip_sha256 not in row_of:
                row_of[prompt.clip_sha256] = len(clips)
                clips.append(prompt)
        return clips, row_of

    def _check_heard(self, prompt: Prompt) -> None:
        placeholders = prompt.ids.count(self.audio_id)
        if prompt.samples_S is None or prompt.clip_sha256 is None:
            if placeholders:
                raise DeafError(
                    f"prompt '{prompt.question_id}' would be read deaf: got {placeholders} audio "
                    "placeholders and no clip, expected both or neither; attach the samples"
                )
            return
        expected = self.hear(prompt.samples_S, prompt.clip_sha256).ids.count(self.audio_id)
        if placeholders != expected:
            raise DeafError(
                f"prompt '{prompt.question_id}' does not fit its clip: got {placeholders} "
                f"placeholders, expected {expected} for {len(prompt.samples_S)} samples; make "
                "the prompt from this clip"
            )

    # -- the decoder ------------------------------------------------------------------

    def decode(self, embeddings: Tensor, positions: Tensor, plan: attention.Plan) -> Tensor:
        """Hidden states (N, L, hidden) of the decoder under an attention plan."""
        kinds = set(self.language_model.config.layer_types)
        return self.language_model(
            inputs_embeds=embeddings,
            position_ids=positions,
            attention_mask=dict.fromkeys(kinds),  # prepared: the plan says who sees whom
            use_cache=False,
            plan=plan,
        ).last_hidden_state

    def logprobs(self, hidden: Tensor, temperature: float) -> Tensor:
        """Log-probs over the vocabulary (N, V), float32 or finer, suppressed ids at -inf.

        The sampler draws from them; the learner asks the same head for the chosen ids.
        """
        return self.head.logprobs(hidden, temperature)
