"""``AudioPolicy``: an audio language model as reinforcement learning sees it.

It turns questions into prompts, hears each clip once, and gives hidden states,
log-probs and a checkpoint. Prompts and the guard that they are heard are in
``policies/prompts.py``, sampling in ``policies/sampler.py``, learning in ``policies/learner.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoProcessor

from policies import attention, eight_bits, layers
from policies.adapter_base import write_digest
from policies.audio import Waveform
from policies.families import Family, family_of
from policies.head import Head
from policies.hearing import Heard, Hearing, placeholder_ids
from policies.outline import check_held, outline
from policies.prompts import check_form, check_heard, put, written
from policies.records import Prompt
from policies.untrusted import opened
from rewards.errors import CheckpointError
from rewards.records import Question


class AudioPolicy:
    """A model of a known family with its processor.

    Attributes:
        model: the transformers model, or PEFT's wrapper around it.
        processor: the family's processor.
        suffix: appended to every question, "" for none.
        fine_head: logits of half-precision weights are summed in float32.
        base_digest: of the weights below an adapter (``policies/adapter_base.py``), or None.
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
        self.base_digest: str | None = None
        attention.register()
        self.language_model.config._attn_implementation = attention.NAME
        self.hearing = Hearing(processor, family, self.audio_id)

    @classmethod
    def load(
        cls,
        folder: Path | str,
        *,
        dtype: torch.dtype = torch.float32,
        device: str = "cpu",
        suffix: str = "",
        fine_head: bool = True,
        base_8bit: bool = False,
    ) -> AudioPolicy:
        """Read a checkpoint folder of a known family; safetensors only, no remote code.

        Args:
            base_8bit: the decoder's linear layers in 8 bits, for an adapter to stand on; see
                ``policies/eight_bits.py``.

        Raises:
            CheckpointError: for an unknown family, an unreadable folder, or one without what a
                question and its answer are written with.
            ConfigError: 8 bits without bitsandbytes.
        """
        folder = Path(folder)
        family = family_of(folder)
        model_class: Any = family.model_class
        with opened(
            f"the checkpoint '{folder}' cannot be loaded",
            "expected a config.json that describes a model, its processor and its safetensors; "
            "take another checkpoint or write it anew",
        ):
            planned = outline(folder, family)
            check_held(folder, planned)
            more = eight_bits.arguments(planned, family, device) if base_8bit else {}
            processor = AutoProcessor.from_pretrained(folder, trust_remote_code=False)
            model, report = model_class.from_pretrained(
                folder,
                dtype=dtype,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
                **more,
            )
            check_form(folder, model, processor)
        if report["missing_keys"]:  # transformers warns and draws them at random
            raise CheckpointError(
                f"the checkpoint '{folder}' is incomplete: got no weights for "
                f"{len(report['missing_keys'])} parameters ('{min(report['missing_keys'])}' "
                "first), expected all; take another checkpoint or write it anew"
            )
        if not base_8bit:  # which was read onto its device
            model = model.to(device)
        return cls(model, processor, family, suffix=suffix, fine_head=fine_head)

    def save(self, folder: Path) -> None:
        """Write a checkpoint that stock ``from_pretrained`` loads (an adapter is PEFT's own)."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(folder)
        # The processor pads, and the tokenizer would keep that: a checkpoint is the same
        # whatever was asked last.
        self.processor.tokenizer.backend_tokenizer.no_padding()
        self.processor.save_pretrained(folder)
        if self.base_digest is not None and hasattr(self.model, "peft_config"):
            write_digest(folder, self.base_digest)

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
        return placeholder_ids(self.processor)

    # -- from a question to a prompt ------------------------------------------------

    def prompt(self, question: Question, sound: Waveform | Sequence[Waveform] | None) -> Prompt:
        """The question in the family's chat form, placeholders expanded.

        Args:
            question: whose text (and suffix) is put.
            sound: its clip, decoded; several, which are heard in this order before
                the text; or None.

        Raises:
            DeafError: if the question names a clip and no sound is given, or the
                chat template does not show each clip once.
        """
        clips = (sound,) if isinstance(sound, Waveform) else tuple(sound or ())
        return written(question, put(question, self.suffix), clips, self.hearing)

    def hear(self, samples_S: np.ndarray, digest: str) -> Heard:
        """The features of a clip and the ids that stand for it; see ``Hearing.hear``."""
        return self.hearing.hear(samples_S, digest)

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
        for prompt in prompts:
            check_heard(prompt, self.hearing)
        clips = [clip for prompt in prompts for clip in prompt.clips]
        if not clips:
            return embedded, lengths
        spoken = self.hearing.embeddings(self.base, clips)
        rows = torch.cat([spoken[clip.sha256] for clip in clips])
        where = (ids == self.audio_id).unsqueeze(-1).expand_as(embedded)
        return embedded.masked_scatter(where, rows.to(embedded.dtype)), lengths

    # -- the decoder ------------------------------------------------------------------

    def decode(
        self,
        embeddings: Tensor,
        positions: Tensor,
        plan: attention.Plan,
        wanted: Tensor | None = None,
    ) -> Tensor:
        """Hidden states (N, L, hidden) of the decoder under an attention plan.

        Args:
            embeddings: (N, L, hidden), at ``positions`` (N, L) or (1, L).
            plan: who attends to whom.
            wanted: (N, W), the places whose states are asked for; then (N, W, hidden).
        """
        if layers.knows(self.language_model):
            return layers.run(self.language_model, embeddings, positions, plan, wanted)
        kinds = set(self.language_model.config.layer_types)
        hidden = self.language_model(
            inputs_embeds=embeddings,
            position_ids=positions,
            attention_mask=dict.fromkeys(kinds),  # prepared: the plan says who sees whom
            use_cache=False,
            plan=plan,
        ).last_hidden_state
        return hidden if wanted is None else layers.take(hidden, wanted)

    def logprobs(self, hidden: Tensor, temperature: float) -> Tensor:
        """Log-probs over the vocabulary (N, V), float32 or finer, suppressed ids at -inf.

        The sampler draws from them; the learner asks the same head for the chosen ids.
        """
        return self.head.logprobs(hidden, temperature)
