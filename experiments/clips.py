"""The files of clips, looked at before a model is loaded.

A clip that is missing, or shorter than its row says, would end a run at the step that asks for it.
Here every file is opened once and its header read, nothing is decoded: some microseconds a file.
`etude data check` decodes them all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.audio import check_stretch
from policies.decoder import RATE
from policies.files import regular_file
from policies.wav import HEADER_BYTES, WavHeader, parse_header
from rewards.clips import resolve_clip
from rewards.errors import AudioError, DataError, DeafError
from rewards.json_line import Progress
from rewards.questions import listed
from rewards.records import Clip, Question

_LISTED = 5


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest clip that a model hears at all, and the longest that it hears to its end [s]."""

    shortest: float
    longest: float


@dataclass(frozen=True, slots=True)
class Length:
    """How long the clip of a question is, as far as its row or its header tells.

    Attributes:
        question: its id.
        seconds: of the clip.
    """

    question: str
    seconds: float


def lengths(
    file: Path, questions: Sequence[Question], progress: Progress | None = None
) -> list[Length]:
    """The clips' lengths, where they are known; all files are there, and as long as rows ask for.

    Args:
        file: that the questions were read from; clips lie below its folder.
        progress: told of questions done and questions in all.

    Raises:
        DataError: names every question whose clip has no file, or an empty one, or one that by
            its header would not be read.
    """
    known: dict[str, tuple[WavHeader | None, int]] = {}
    faults: dict[str, str] = {}
    wrong: list[str] = []
    found: list[Length] = []
    for done, question in enumerate(questions, 1):
        if progress is not None:
            progress(done, len(questions))
        clip = question.clip
        if clip is None:
            continue
        if clip.path not in known and clip.path not in faults:
            try:
                known[clip.path] = _header(clip, file.parent)
            except DataError as error:
                faults[clip.path] = str(error)
        if clip.path in faults:
            wrong.append(f"{question.id!r}: {faults[clip.path]}")
            continue
        header, size = known[clip.path]
        try:
            whole = None if header is None else check_stretch(clip, header, size)
        except AudioError as error:
            wrong.append(f"{question.id!r}: {error}")
            continue
        if clip.duration is not None:
            found.append(Length(question.id, clip.duration))
        elif whole is not None:
            found.append(Length(question.id, whole - clip.start))
    if wrong:
        raise DataError(listed(file, wrong))
    return found


def check_heard(found: Sequence[Length], bounds: Bounds) -> None:
    """Refuse clips that a model does not hear to their end, or not at all.

    Args:
        bounds: of the clips that the model hears.

    Raises:
        DeafError: names the longest of them, or the shortest.
    """
    under = sorted(
        (one for one in found if round(one.seconds * RATE) < round(bounds.shortest * RATE) - 1),
        key=lambda one: one.seconds,
    )
    if under:
        raise DeafError(
            f"clips are too short for this model to hear: got {_shown(under)}, expected at least "
            f"{bounds.shortest:g} s, one audio token; take longer stretches of them, or leave them "
            "out"
        )
    longest = bounds.longest
    samples = longest * RATE + 1  # resampling may add one
    over = sorted(
        (one for one in found if round(one.seconds * RATE) > samples),
        key=lambda one: -one.seconds,
    )
    if over:
        raise DeafError(
            f"clips are longer than this model hears: got {_shown(over)}, expected at most "
            f"{longest:g} s; take shorter stretches of them (clip.start, clip.duration)"
        )


def _shown(clips: Sequence[Length]) -> str:
    named = ", ".join(f"{one.question!r} of {one.seconds:g} s" for one in clips[:_LISTED])
    return named + (f" and {len(clips) - _LISTED} more" if len(clips) > _LISTED else "")


def _header(clip: Clip, root: Path) -> tuple[WavHeader | None, int]:
    """What a clip's file says of itself, None where its first bytes do not; and its size [bytes].

    Raises:
        DataError: there is no such file, it cannot be read, or it has no sample.
    """
    got = f"clip.path: got {clip.path!r}"
    path = resolve_clip(clip, root, where="clip.path")
    try:
        with regular_file(path) as file:
            size, head = os.fstat(file.fileno()).st_size, file.read(HEADER_BYTES)
    except OSError as error:
        why = error.strerror or error
        raise DataError(f"{got} ({why}), expected a file that can be read") from error
    header = parse_header(head)
    if size == (0 if header is None else header.data_start):
        raise DataError(f"{got}, a file without a sample, expected a recording")
    return header, size
