"""The files of clips, looked at before a model is loaded.

A clip that is missing would end a run at the step that asks for it. Here every file is opened
once and its header read, nothing is decoded: some microseconds a file. `etude data check`
decodes them all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.decoder import RATE
from policies.files import regular_file
from policies.wav import HEADER_BYTES, parse_header
from rewards.clips import resolve_clip
from rewards.errors import DataError, DeafError
from rewards.questions import listed
from rewards.records import Clip, Question

_LISTED = 5


@dataclass(frozen=True, slots=True)
class Length:
    """How long the clip of a question is, as far as its row or its header tells.

    Attributes:
        question: its id.
        seconds: of the clip.
    """

    question: str
    seconds: float


def lengths(file: Path, questions: Sequence[Question]) -> list[Length]:
    """The clips' lengths, where they are known; all files are there and not empty.

    Args:
        file: that the questions were read from; clips lie below its folder.

    Raises:
        DataError: names every question whose clip has no file, or an empty one.
    """
    known: dict[str, float | None] = {}
    faults: dict[str, str] = {}
    wrong: list[str] = []
    found: list[Length] = []
    for question in questions:
        clip = question.clip
        if clip is None:
            continue
        if clip.path not in known and clip.path not in faults:
            try:
                known[clip.path] = _seconds(clip, file.parent)
            except DataError as error:
                faults[clip.path] = str(error)
        if clip.path in faults:
            wrong.append(f"{question.id!r}: {faults[clip.path]}")
        elif clip.duration is not None:
            found.append(Length(question.id, clip.duration))
        elif (whole := known[clip.path]) is not None:
            found.append(Length(question.id, max(0.0, whole - clip.start)))
    if wrong:
        raise DataError(listed(file, wrong))
    return found


def check_heard(found: Iterable[Length], longest: float) -> None:
    """Refuse clips that a model does not hear to their end.

    Args:
        longest: clip that the model hears [s].

    Raises:
        DeafError: names the longest of them.
    """
    samples = longest * RATE + 1  # resampling may add one
    over = sorted(
        (one for one in found if round(one.seconds * RATE) > samples),
        key=lambda one: -one.seconds,
    )
    if over:
        shown = ", ".join(f"{one.question!r} of {one.seconds:g} s" for one in over[:_LISTED])
        more = f" and {len(over) - _LISTED} more" if len(over) > _LISTED else ""
        raise DeafError(
            f"clips are longer than this model hears: got {shown}{more}, expected at most "
            f"{longest:g} s; take shorter stretches of them (clip.start, clip.duration)"
        )


def _seconds(clip: Clip, root: Path) -> float | None:
    """How long a clip's file is; None where its first bytes do not tell.

    Raises:
        DataError: there is no such file, it cannot be read, or is empty.
    """
    got = f"clip.path: got {clip.path!r}"
    path = resolve_clip(clip, root, where="clip.path")
    try:
        with regular_file(path) as file:
            size, head = os.fstat(file.fileno()).st_size, file.read(HEADER_BYTES)
    except OSError as error:
        why = error.strerror or error
        raise DataError(f"{got} ({why}), expected a file that can be read") from error
    if size == 0:
        raise DataError(f"{got}, an empty file, expected a recording")
    header = parse_header(head)
    if header is None or not (width := header.rate * header.channels * header.bits // 8):
        return None
    return min(header.data_bytes, size - header.data_start) / width
