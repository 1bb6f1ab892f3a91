"""From a question to a prompt in the family's chat form, and whether a prompt fits its clips.

The guard that the policy *heard*: placeholders in a prompt without a clip, a clip without
placeholders, counts that differ, or a clip that is not the one the prompt was made with raise
``DeafError``. transformers raises for none of the first two: it embeds the placeholder tokens
and trains on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from policies.audio import Waveform
from policies.hearing import Hearing
from policies.records import Prompt
from rewards.errors import CheckpointError, DeafError
from rewards.records import Question


def written(question: Question, text: str, clips: Sequence[Waveform], hearing: Hearing) -> Prompt:
    """The prompt of a question, placeholders expanded.

    Args:
        text: what is put: the question's own, with whatever stands behind it.
        clips: the question's, decoded, heard in this order before the text.

    Raises:
        DeafError: if the question names a clip and there is none, or the chat template does
            not show each clip once.
    """
    if question.clip is not None and not clips:
        raise DeafError(
            f"question '{question.id}' is about the clip '{question.clip.path}': got no "
            "sound, expected its samples at 16 kHz; read the clip before prompting"
        )
    ids, *pieces = text_ids(text, len(clips), hearing.processor)
    if len(pieces) != len(clips):
        raise DeafError(
            f"the chat template does not fit the clips of question '{question.id}': got "
            f"{len(pieces)} places for sound, expected {len(clips)}; mend the processor's "
            "chat template"
        )
    for clip, piece in zip(clips, pieces, strict=True):
        ids += hearing.hear(clip.samples_S, clip.sha256).ids
        ids += piece
    return Prompt(question.id, tuple(ids), tuple(clips), hearing.key)


def put(question: Question, suffix: str) -> str:
    """The text of a question as it is put, "" for no suffix."""
    return f"{question.text}\n{suffix}" if suffix else question.text


def text_ids(text: str, clips: int, processor: Any) -> list[list[int]]:
    """The ids of a prompt before the first clip, and those behind each.

    Args:
        text: what is put.
        clips: how many are heard before it.
    """
    before, *pieces = _turn(processor, _plain(text, processor), clips).split(processor.audio_token)
    behind = [processor.tokenizer(one, add_special_tokens=False)["input_ids"] for one in pieces]
    return [list(processor.tokenizer(before)["input_ids"]), *map(list, behind)]


def check_form(folder: Path, model: Any, processor: Any) -> None:
    """Refuse a checkpoint that cannot put a question or end an answer.

    The libraries would say so at the first question, each in its own words.

    Raises:
        CheckpointError: an id is missing or another one.
        Exception: what the library raises where there is no chat template, or none that works.
    """
    tokenizer, sound = processor.tokenizer, processor.audio_token
    end, there = model.generation_config.eos_token_id, model.config.audio_token_id
    expected = tokenizer.convert_tokens_to_ids(sound)
    for fine, wrong, remedy in (
        (end is not None, "no eos_token_id", "one in generation_config.json"),
        (tokenizer.pad_token_id is not None, "no pad_token", "one in tokenizer_config.json"),
        (there == expected, f"audio_token_id {there}", f"that of {sound!r:.40}, {expected}"),
    ):
        if not fine:
            raise CheckpointError(
                f"the checkpoint '{folder}' cannot be asked: got {wrong}, expected {remedy}; take "
                "another checkpoint or write it anew"
            )
    _turn(processor, "?", clips=1)


def check_heard(prompt: Prompt, hearing: Hearing) -> None:
    """See that a prompt's placeholders are those of its clips, in their order.

    Raises:
        DeafError: they are not, or another processor made the prompt.
    """
    placeholders = prompt.ids.count(hearing.audio_id)
    if not prompt.clips and not placeholders:
        return
    if not prompt.clips:
        raise DeafError(
            f"prompt '{prompt.question_id}' would be read deaf: got {placeholders} audio "
            "placeholders and no clip, expected both or neither; attach the samples"
        )
    if prompt.processor != hearing.key:
        raise DeafError(
            f"prompt '{prompt.question_id}' was made by another processor: got settings "
            f"{prompt.processor!r}, expected {hearing.key!r}; make it by this policy"
        )
    heard = [hearing.hear(clip.samples_S, clip.sha256).ids for clip in prompt.clips]
    expected = sum(ids.count(hearing.audio_id) for ids in heard)
    if placeholders != expected:
        samples = sum(len(clip.samples_S) for clip in prompt.clips)
        raise DeafError(
            f"prompt '{prompt.question_id}' does not fit its clip: got {placeholders} "
            f"placeholders, expected {expected} for {samples} samples; make "
            "the prompt from this clip"
        )
    after = 0
    for number, ids in enumerate(heard, 1):
        start = prompt.ids.index(ids[0], after) if ids[0] in prompt.ids[after:] else after
        after = start + len(ids)
        if prompt.ids[start:after] != ids:
            raise DeafError(
                f"prompt '{prompt.question_id}' has its clips in another order: got other ids "
                f"than clip {number} of {len(heard)} has, expected {len(ids)} of it; make the "
                "prompt from these clips"
            )


def _turn(processor: Any, text: str, clips: int) -> str:
    """The turn in which a text is put behind so many clips, and the beginning of the answer's."""
    content = [{"type": "audio", "path": ""} for _ in range(clips)]
    content.append({"type": "text", "text": text})
    return processor.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
    )


def _plain(text: str, processor: Any) -> str:
    """Question text without special tokens: a row must not forge turns or clips.

    Each leaves a blank: what stood around it must not join into another one.
    """
    tokenizer = processor.tokenizer
    added = (str(t) for t in tokenizer.added_tokens_decoder.values() if t.special)
    for token in {*added, *tokenizer.all_special_tokens, processor.audio_token}:
        text = text.replace(token, " ")
    return text
