"""Clips in which nothing can be heard, found at a run's start without decoding.

All samples of a silent clip are 0, as for `etude data check`. Where they stand in the file as
numbers that is 0 in each of their bytes, and the first byte of a sound ends the search: a tenth of
a millisecond a clip. What is compressed is heard only by a decoder, and not looked at here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from policies.audio import request
from policies.decoder import frame_range
from policies.decoder_process import AudioLimits
from policies.files import regular_file
from policies.wav import HEADER_BYTES, WavHeader, parse_header
from rewards.clips import resolve_clip
from rewards.errors import DataError
from rewards.json_line import Progress
from rewards.records import Clip, Question

_BLOCK = 2**16
_FIRST = 2**10  # bytes, in which nearly every sound shows itself


def silent(file: Path, questions: Sequence[Question], progress: Progress | None = None) -> str:
    """A sentence on the questions of a file whose clip is silent; "" where there is none.

    Args:
        file: that the questions were read from; its clips' files are as long as rows ask for.
        progress: told of files done and files in all.

    Raises:
        DataError: a clip cannot be read.
    """
    stretches: dict[str, dict[Clip, bool]] = defaultdict(dict)
    for question in questions:
        if (clip := question.clip) is not None:
            stretches[clip.path][clip] = False
    for done, clips in enumerate(stretches.values(), 1):
        _look(clips, file.parent)
        if progress is not None:
            progress(done, len(stretches))
    found = [one.id for one in questions if (c := one.clip) and stretches[c.path][c]]
    if not found:
        return ""
    return (
        f"{len(found)} of {len(questions)} questions that are asked of {file} have a silent "
        f"clip, {found[0]!r} first: `etude data check {file}` names them"
    )


def _look(clips: dict[Clip, bool], root: Path) -> None:
    """Note which of the stretches of one file are silent; it is opened once."""
    one = next(iter(clips))
    path = resolve_clip(one, root, where="clip.path")
    try:
        with regular_file(path) as stream:
            header = parse_header(stream.read(HEADER_BYTES))
            if header is None or header.frames is None:
                return
            if header.bits < 16:  # which rest at 128, or are logarithms
                return
            for clip in clips:
                clips[clip] = _is_silent(stream, header, header.frames, clip, path)
    except OSError as error:
        raise DataError(
            f"clip.path: got {one.path!r} ({error.strerror or error}), expected a file that can "
            "be read"
        ) from error


def _is_silent(stream: BinaryIO, header: WavHeader, frames: int, clip: Clip, path: Path) -> bool:
    ask = request(clip, path, AudioLimits(max_seconds=math.inf))
    first, count = frame_range(header.rate, frames, ask)
    width = header.data_bytes // frames
    stream.seek(header.data_start + first * width)
    left, size = count * width, _FIRST
    while left and (block := stream.read(min(size, left))):
        if block.count(0) < len(block):
            return False
        left, size = left - len(block), _BLOCK
    return True
