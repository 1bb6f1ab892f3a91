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
from policies.hearing import Heard
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
    ``input_features`` (W, mel, F) and their mask (W, F), named as the family has it, hold the
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
            torch.tensor((*[IGNORED] * len(p.ids), *t))
            for p, t in zip(prompts, targets, strict=True)
        ]
        pad = self.policy.processor.tokenizer.pad_token_id
        batch = {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
            "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORED),
            "attention_mask": pad_sequence([torch.ones_like(i) for i in ids], batch_first=True),
        }
        heard = [self._heard(prompt) for prompt in prompts]
        self._check_heard(examples, ids, heard)
        return batch | self._features([clip for clip in heard if clip is not None])

    def _prompt(self, example: Example) -> Prompt:
        clip = example.question.clip
        return self.policy.prompt(example.question, None if clip is None else self.read(clip))

    def _target(self, example: Example) -> list[int]:
        ids = self.policy.processor.tokenizer(example.target, add_special_tokens=False)["input_ids"]
        return [*ids, self.policy.end_ids[0]]

    def _heard(self, prompt: Prompt) -> Heard | None:
        if not prompt.clips:
            return None
        (clip,) = prompt.clips
        return self.policy.hear(clip.samples_S, clip.sha256)

    def _features(self, heard: Sequence[Heard]) -> dict[str, Tensor]:
        if not heard:
            return {}
        return {
            "input_features": torch.cat([clip.features for clip in heard]).to(
                self.policy.base.dtype
            ),
            self.policy.family.mask_name: torch.cat([clip.mask for clip in heard]),
        }

    def _check_heard(
        self, examples: Sequence[Example], ids: Sequence[Tensor], heard: Sequence[Heard | None]
    ) -> None:
        # Row by row: features lie end to end, and a surplus in one row would be paid by the next.
        audio = self.policy.audio_id
        for example, row, clip in zip(examples, ids, heard, strict=True):
            placeholders = int((row == audio).sum())
            expected = 0 if clip is None else clip.ids.count(audio)
            if placeholders != expected:
                raise DeafError(
                    f"question '{example.question.id}' would be trained deaf: got {placeholders} "
                    f"audio placeholders in prompt and target, expected {expected} for its clip; "
                    "check the question's clip and the target text"
                )
