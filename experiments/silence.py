"""Clips in which nothing can be heard, found at a run's start without decoding.

All samples of a silent clip are 0, as for `etude data check`. Where they stand in the file as
numbers that is 0 in each of their bytes, and the first byte of a sound ends the search: a tenth of
a millisecond a clip. What is compressed is heard only by a decoder, and not looked at here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from policies.audio import AudioLimits, request
from policies.decoder import frame_range
from policies.files import regular_file
from policies.wav import HEADER_BYTES, PCM, parse_header
from rewards.clips import resolve_clip
from rewards.errors import DataError
from rewards.records import Clip, Question

_NUMBERS = (PCM, 3, 0xFFFE)  # integers, floats, and what Microsoft's longer header describes
_BLOCK = 2**16


def silent(file: Path, questions: Sequence[Question]) -> str:
    """A sentence on the questions of a file whose clip is silent; "" where there is none.

    Args:
        file: that the questions were read from; its clips' files are as long as rows ask for.

    Raises:
        DataError: a clip cannot be read.
    """
    known: dict[Clip, bool] = {}
    found = []
    for question in questions:
        clip = question.clip
        if clip is None:
            continue
        if clip not in known:
            known[clip] = _is_silent(clip, file.parent)
        if known[clip]:
            found.append(question.id)
    if not found:
        return ""
    return (
        f"{len(found)} of {len(questions)} questions that are asked of {file} have a silent "
        f"clip, {found[0]!r} first: `etude data check {file}` names them"
    )


def _is_silent(clip: Clip, root: Path) -> bool:
    path = resolve_clip(clip, root, where="clip.path")
    try:
        with regular_file(path) as stream:
            header = parse_header(stream.read(HEADER_BYTES))
            if header is None or header.tag not in _NUMBERS or (frames := header.frames) is None:
                return False
            if header.bits < 16:  # which rest at 128
                return False
            ask = request(clip, path, AudioLimits(max_seconds=math.inf))
            first, count = frame_range(header.rate, frames, ask)
            width = header.data_bytes // frames
            stream.seek(header.data_start + first * width)
            left = count * width
            while left and (block := stream.read(min(_BLOCK, left))):
                if block.count(0) < len(block):
                    return False
                left -= len(block)
    except OSError as error:
        raise DataError(
            f"clip.path: got {clip.path!r} ({error.strerror or error}), expected a file that can "
            "be read"
        ) from error
    return True
