"""From traces to a batch that TRL can train on, with the clip in it.

TRL's trainer has no audio: left to itself it would drop the features and train
deaf without a word. This collator makes the whole batch, and refuses one whose
placeholders and features do not agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from policies.audio import Waveform
from policies.audio_policy import AudioPolicy
from policies.records import Prompt
from rewards.errors import DeafError
from rewards.records import Clip, Question

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Example:
    """One row of the cold start: the question and the whole target text."""

    question: Question
    target: str


class Collator:
    """Indices of examples to a batch of the model's own forward.

    ``input_ids``, ``labels`` and ``attention_mask`` are (B, L) int64, padded
    right; labels are -100 everywhere but on the completion and its end token.
    ``input_features`` (W, mel, F) and ``input_features_mask`` (W, F) hold the
    windows of all clips in the order of the rows.

    Args:
        policy: whose processor and template are used.
        examples: what the indices point to.
        read: decodes a clip.
    """

    def __init__(
        self,
        policy: AudioPolicy,
        examples: Sequence[Example],
        read: Callable[[Clip], Waveform],
    ):
        self.policy = policy
        self.examples = examples
        self.read = read

    def __call__(self, rows: Sequence[dict[str, int]]) -> dict[str, Tensor]:
        """Make the batch of ``[{"row": index}, ...]``.

        Raises:
            DeafError: if placeholders and features of the batch disagree.
        """
        examples = [self.examples[row["row"]] for row in rows]
        prompts = [self._prompt(example) for example in examples]
        targets = [self._target(example) for example in examples]
        ids = [torch.tensor((*p.ids, *t)) for p, t in zip(prompts, targets, strict=True)]
        labels = [
            torch.tensor((*[IGNORED] * len(p.ids), *t)) for p, t in zip(prompts, targets, strict=True)
        ]
        pad = self.policy.processor.tokenizer.pad_token_id
        batch = {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
            "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORED),
            "attention_mask": pad_sequence([torch.ones_like(i) for i in ids], batch_first=True),
        }
        batch |= self._features(prompts)
        self._check_heard(batch, sum(p.samples_S is not None for p in prompts))
        return batch

    def _prompt(self, example: Example) -> Prompt:
        clip = example.question.clip
        return self.policy.prompt(example.question, None if clip is None else self.read(clip))

    def _target(self, example: Example) -> list[int]:
        ids = self.policy.processor.tokenizer(example.target, add_special_tokens=False)["input_ids"]
        return [*ids, self.policy.end_ids[0]]

    def _features(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        heard = [
            self.policy.hear(p.samples_S, p.clip_sha256)
            for p in prompts
            if p.samples_S is not None and p.clip_sha256 is not None
        ]
        if not heard:
            return {}
        return {
            "input_features": torch.cat([h.features for h in heard]).to(self.policy.base.dtype),
            "input_features_mask": torch.cat([h.mask for h in heard]),
        }

    def _check_heard(self, batch: dict[str, Tensor], clips: int) -> None:
        placeholders = int((batch["input_ids"] == self.policy.audio_id).sum())
        if (placeholders > 0) != ("input_features" in batch):
            raise DeafError(
                f"a batch would be trained deaf: got {placeholders} audio placeholders and "
                f"{clips} clips, expected both or neither; check the questions' clips"
            )
