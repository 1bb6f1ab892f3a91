"""Clips out of files that nobody vouches for.

Conventions
-----------
A clip becomes mono float32 at 16 kHz in [-1, 1]. Channels are averaged;
resampling is soxr's "HQ". Decoded values a little over full scale (lossy codecs
and resampling overshoot) are clipped to 1; values over ``MAX_PEAK`` are refused,
because such a file was not scaled to [-1, 1]. The hash of a clip is the sha256
of its samples as little-endian bytes, after ``start`` and ``duration``.

What is never trusted: the path (confined to a root), the header (bounds come
first), the decoder (C code; it runs in a child process with limits on memory
and time, and when it dies it is started again), the decoder's answer (counted
and checked here). Only 16-bit mono WAV at 16 kHz is read in this process: its
samples need no decoder, and a data set has thousands of them.
"""

from __future__ import annotations

import hashlib
import math
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from policies.containers import check_container
from policies.decoder import RATE, Refusal, check_header, frame_range
from policies.decoder_process import AudioLimits, Decoder, DecoderDied, DecoderStopped
from policies.files import regular_file
from policies.wav import HEADER_BYTES, WavHeader, is_plain, parse_header, read_plain
from rewards.clips import resolve_clip
from rewards.errors import AudioError, DataError
from rewards.records import Clip

MAX_PEAK = 16.0
_HOP = 160


def least_samples(hop: int = _HOP) -> int:
    """How many samples the shortest clip with one audio embedding has: it reaches a third frame.

    Args:
        hop: from one frame to the next; without it, that of the full-size models.
    """
    return 2 * hop + 1


@dataclass(frozen=True, slots=True)
class Waveform:
    """What is heard of a clip.

    Attributes:
        samples_S: mono float32 at 16 kHz in [-1, 1].
        sha256: of ``samples_S`` as bytes, in hexadecimal.
    """

    samples_S: np.ndarray
    sha256: str

    @property
    def seconds(self) -> float:
        """Its length [s]."""
        return len(self.samples_S) / RATE


def sha256_of(samples_S: np.ndarray) -> str:
    """The hash that names a clip's samples: of little-endian float32 bytes."""
    return hashlib.sha256(np.ascontiguousarray(samples_S, dtype="<f4").data).hexdigest()


class ClipReader:
    """Reads clips, one at a time, through one decoder process that it owns.

    The decoder is started by the first clip that needs it and again after it
    died. It ends with ``close``, with the reader's last reference, and with
    this process, even when that is killed. Readers may be pickled (a Ray actor
    gets its own decoder), shared by threads (they take turns) and used after a
    fork (the new process starts its own).

    Args:
        root: folder that clips must lie in, symbolic links resolved; relative
            paths start there. None reads any path, relative to the working
            folder: for paths typed by the user only.
        limits: what a clip may be at most.
    """

    def __init__(self, root: Path | None, limits: AudioLimits | None = None) -> None:
        self._root = root
        self._limits = limits or AudioLimits()
        self._child: Decoder | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> ClipReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[type[ClipReader], tuple[Path | None, AudioLimits]]:
        return ClipReader, (self._root, self._limits)

    def close(self) -> None:
        """Ends the decoder; the next clip would start another."""
        with self._lock:
            self._drop_child()

    def read(self, clip: Clip) -> Waveform:
        """The samples of a clip.

        Raises:
            AudioError: the file is missing, outside the root, hostile, damaged,
                out of bounds or does not contain the stretch; or its samples do
                not have the hash that the clip states.
        """
        path = _locate(clip, self._root)
        _check_stretch(clip)
        ask = request(clip, path, self._limits)
        try:
            samples_S = self._read_plain(clip, path, ask)
            if samples_S is None:
                samples_S = self._decode(clip, ask)
        except Refusal as refusal:
            _refuse(clip, str(refusal))
        sha256 = sha256_of(samples_S)
        if clip.sha256 is not None and clip.sha256 != sha256:
            _refuse(
                clip,
                f"other samples than its row speaks of: got sha256 {sha256}, expected "
                f"{clip.sha256}; restore the file or prepare the data again",
            )
        return Waveform(samples_S, sha256)

    def _read_plain(self, clip: Clip, path: Path, ask: dict[str, Any]) -> np.ndarray | None:
        """The samples of a plain 16 kHz file, or None where the decoder is needed."""
        try:
            with regular_file(path) as file:
                fd = file.fileno()
                size, head = os.fstat(fd).st_size, os.pread(fd, HEADER_BYTES, 0)
                check_container(fd, head, size)
                header = parse_header(head)
                if header is None:
                    return None
                check_whole(header, size)
                if not is_plain(header, RATE):
                    return None
                check_header(RATE, 1, header.data_bytes // 2, ask)
                first, frames = frame_range(RATE, header.data_bytes // 2, ask)
                samples_S = read_plain(fd, header, first, frames)
        except OSError as error:
            _refuse(
                clip,
                f"not readable: got {error.strerror or error} at {str(path)!r}, expected a file; "
                "check the path",
            )
        if len(samples_S) != frames:
            _refuse(clip, f"changed while read: got {len(samples_S)} frames, expected {frames}")
        return samples_S

    def _decode(self, clip: Clip, ask: dict[str, Any]) -> np.ndarray:
        with self._lock:
            try:
                try:
                    raw = self._ask_child(ask)
                except DecoderStopped:  # it says nothing about the clip: another one is asked
                    raw = self._ask_child(ask)
            except DecoderStopped as stopped:
                raise AudioError(
                    f"clip {clip.path!r} was not decoded: got {stopped} twice, expected nobody to "
                    "stop it; the clip is not to blame, run again"
                ) from stopped
            except DecoderDied as died:
                _refuse(clip, f"not decodable: got {died}, expected samples; convert or drop it")
        return _checked(clip, np.frombuffer(raw, dtype="<f4"))

    def _ask_child(self, ask: dict[str, Any]) -> bytearray:
        done = False
        try:
            if self._child is None or not self._child.usable():
                self._drop_child()
                self._child = Decoder(self._limits)
            raw = self._child.decode(ask)
            done = True
        except Refusal:
            done = True
            raise
        finally:
            # Whatever interrupts us (Ctrl-C too), the rest of an answer must
            # not be taken for the beginning of the next.
            if not done:
                self._drop_child()
        return raw

    def _drop_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def request(clip: Clip, path: Path, limits: AudioLimits) -> dict[str, Any]:
    """What the decoder is asked for, see ``policies/decoder.py``."""
    return {
        "path": str(path),
        "start": clip.start,
        "duration": clip.duration,
        "max_seconds": limits.max_seconds,
        "min_rate": limits.min_rate,
        "max_rate": limits.max_rate,
        "max_channels": limits.max_channels,
        "cpu_seconds": limits.cpu_seconds,
        "cpu_per_second": limits.cpu_per_second,
    }


def check_stretch(clip: Clip, header: WavHeader, size: int) -> float | None:
    """How long a clip's file is [s], by its header; None where that does not tell.

    Args:
        size: of the file [bytes].

    Raises:
        AudioError: what the header promises, or the row asks of it, would be refused by a reader.
    """
    try:
        check_whole(header, size)
        if (frames := header.frames) is None:
            return None
        # How long a clip may be is the model's to say, before a reader would.
        ask = request(clip, Path(clip.path), AudioLimits(max_seconds=math.inf))
        check_header(header.rate, header.channels, frames, ask)
        frame_range(header.rate, frames, ask)
    except Refusal as refusal:
        _refuse(clip, str(refusal))
    return frames / header.rate


def check_whole(header: WavHeader, size: int) -> None:
    """Refuses a file with fewer bytes of samples than its header promises."""
    present = size - header.data_start
    if header.data_bytes > present:
        raise Refusal(
            f"truncated: got {present} bytes of samples, expected {header.data_bytes} by its "
            "header; fetch or render it again"
        )


def _refuse(clip: Clip, sentence: str) -> NoReturn:
    raise AudioError(f"clip {clip.path!r} is {sentence}")


def _check_stretch(clip: Clip) -> None:
    """Numbers from a row may be anything; from here on they are finite."""
    if not (math.isfinite(clip.start) and clip.start >= 0):
        _refuse(clip, f"badly cut: got start {clip.start}, expected a number of seconds from 0 on")
    if clip.duration is not None and not (math.isfinite(clip.duration) and clip.duration > 0):
        _refuse(clip, f"badly cut: got duration {clip.duration}, expected seconds over 0, or none")


def _checked(clip: Clip, samples_S: np.ndarray) -> np.ndarray:
    """Decoded samples in [-1, 1]; a process that met a hostile file may send anything."""
    peak = float(np.max(np.abs(samples_S)))
    if not peak <= MAX_PEAK:
        _refuse(
            clip,
            f"not scaled: got a peak of {peak:g}, expected samples in [-1, 1]; "
            "divide them by their full scale",
        )
    return samples_S if peak <= 1.0 else np.clip(samples_S, -1.0, 1.0)


def _locate(clip: Clip, root: Path | None) -> Path:
    if root is None:
        return Path(clip.path)
    try:
        return resolve_clip(clip, root)
    except DataError as error:
        raise AudioError(str(error)) from error
