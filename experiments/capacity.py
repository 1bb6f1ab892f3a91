"""Whether a checkpoint can take in what it will be asked, before a weight of it is read.

A prompt with its answer must have room among the places of the decoder. What is counted here
is the least: a clip whose length no header tells counts as nothing, and the sampler, which
counts all, refuses the rest (``policies/places.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from experiments.clips import Length, check_heard
from experiments.models import Ear, ear_of
from policies.places import Need, check_places, places_of
from policies.prompts import put, text_ids
from policies.untrusted import opened
from rewards.records import Question

_NONE: Mapping[str, str] = MappingProxyType({})


def check_capacity(
    folder: Path,
    questions: Sequence[Question],
    known: Sequence[Length],
    *,
    suffix: str,
    tokens: int,
    targets: Mapping[str, str] = _NONE,
) -> None:
    """Refuse clips that a model does not hear, and prompts that it has no places for.

    Args:
        folder: of a whole model or an adapter.
        known: lengths of the questions' clips.
        suffix: behind each question.
        tokens: that an answer may have.
        targets: question's id -> the completion to learn, which takes the place of an answer.

    Raises:
        CheckpointError: it is no checkpoint, or its processor cannot be read.
        DeafError: clips are too long, or too short.
        ConfigError: prompts are too long.
    """
    ear = ear_of(folder)
    check_heard(known, ear.bounds)
    most = places_of(ear.decoder)
    if most is None:
        return
    with opened(
        f"the questions cannot be written for '{folder}'",
        "expected a chat template and a tokenizer; write the checkpoint anew",
    ):
        check_places(_needs(ear, questions, known, suffix, tokens, targets, most), most)


def _needs(
    ear: Ear,
    questions: Sequence[Question],
    known: Sequence[Length],
    suffix: str,
    tokens: int,
    targets: Mapping[str, str],
    most: int,
) -> Iterator[Need]:
    """Of the questions that may be too long; no text has more tokens than bytes."""
    extractor, tokenizer = ear.processor.feature_extractor, ear.processor.tokenizer
    frames = extractor.sampling_rate / extractor.hop_length
    heard: dict[str, int] = {}
    for clip in known:  # of the same id in several files the shortest, for it is the least
        sound = int(clip.seconds * frames) // 4
        heard[clip.question] = min(sound, heard.get(clip.question, sound))
    around = sum(map(len, text_ids("", 1, ear.processor)))
    for question in questions:
        text, target = put(question, suffix), targets.get(question.id)
        sound = heard.get(question.id, 0)
        new = tokens if target is None else len(target.encode())
        if around + len(text.encode()) + sound + new < most:
            continue
        if target is not None:
            new = len(tokenizer(target, add_special_tokens=False)["input_ids"]) + 1  # its end
        written = text_ids(text, int(question.clip is not None), ear.processor)
        yield Need(question.id, sum(map(len, written)) + sound, new)
