"""The one audio format that needs no decoder: 16-bit PCM mono WAV.

Conventions
-----------
Samples are float32 in [-1, 1]; an int16 value v is v / 32768, as libsndfile
has it, so that a file gives the same bits whichever of the two reads it.

A RIFF file is a list of chunks, each a four-letter name, a 32-bit little-endian
size and its bytes, padded to an even length (Microsoft, Multimedia Programming
Interface and Data Specifications 1.0, 1991). Only the first ``HEADER_BYTES`` are
searched: music files keep their samples after a few hundred bytes.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policies.decoder import RATE
from rewards.errors import AudioError, StorageError
from rewards.whole_file import replacing

HEADER_BYTES = 4096
PCM = 1
# PCM, float, A-law, mu-law, and what Microsoft's longer header describes.
_FIXED_WIDTH = (PCM, 3, 6, 7, 0xFFFE)


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a WAV file says of itself.

    Attributes:
        tag: format tag, 1 is PCM.
        channels, rate [Hz], bits: per sample.
        data_start: where the samples begin [bytes].
        data_bytes: how many bytes of samples the header promises.
    """

    tag: int
    channels: int
    rate: int
    bits: int
    data_start: int
    data_bytes: int

    @property
    def frames(self) -> int | None:
        """How many frames the header promises; None where its bytes do not tell.

        Compressed samples have no fixed width, and a length of 0 also means one that was never
        filled in.
        """
        width = self.channels * self.bits // 8
        if self.tag not in _FIXED_WIDTH or not width or not self.data_bytes:
            return None
        return self.data_bytes // width


def parse_header(head: bytes) -> WavHeader | None:
    """Reads a RIFF header, or None where the decoder must judge.

    None is returned for other formats, for a header that does not reach its
    samples within ``head`` and for chunks too short for what they should hold.
    Never reads outside ``head`` and never raises.
    """
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    form: tuple[int, int, int, int] | None = None
    at = 12
    while at + 8 <= len(head):
        name = head[at : at + 4]
        (size,) = struct.unpack_from("<I", head, at + 4)
        at += 8
        if name == b"fmt " and size >= 16 and at + 16 <= len(head):
            tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, at)
            form = (tag, channels, rate, bits)
        if name == b"data":
            return None if form is None else WavHeader(*form, data_start=at, data_bytes=size)
        at += size + size % 2
    return None


def is_plain(header: WavHeader, rate: int) -> bool:
    """True for 16-bit PCM mono at ``rate`` [Hz]: samples that need no decoder."""
    return (header.tag, header.channels, header.rate, header.bits) == (PCM, 1, rate, 16)


def read_plain(fd: int, header: WavHeader, first: int, frames: int) -> np.ndarray:
    """Samples ``first`` to ``first + frames`` of a plain file, float32 (S,).

    The caller has checked that they lie within the file.
    """
    raw = os.pread(fd, 2 * frames, header.data_start + 2 * first)
    samples_S = np.frombuffer(raw, dtype="<i2", count=len(raw) // 2).astype(np.float32)
    samples_S *= np.float32(1 / 32768)
    return samples_S


def write_wav(path: Path, samples_S: np.ndarray, rate: int = RATE) -> None:
    """Writes mono samples as 16-bit PCM WAV, whole or not at all.

    Args:
        path: the file; replaced if it exists.
        samples_S: float (S,) in [-1, 1]. Rounded to the nearest of 65,536 steps;
            +1 becomes the largest of them, 32767 / 32768.
        rate: frames a second [Hz].

    Raises:
        AudioError: not one-dimensional, empty, not finite or outside [-1, 1].
        StorageError: the file cannot be written; an older one is left as it was.
    """
    samples_S = np.asarray(samples_S)
    if samples_S.ndim != 1 or samples_S.size == 0:
        raise AudioError(
            f"cannot write {str(path)!r}: got samples of shape {samples_S.shape}, expected a "
            "non-empty (S,) array; mix down to one channel first"
        )
    peak = float(np.max(np.abs(samples_S)))
    if not peak <= 1.0:
        raise AudioError(
            f"cannot write {str(path)!r}: got a peak of {peak:g}, expected finite samples in "
            "[-1, 1]; scale them first"
        )
    data = wav_bytes(samples_S, rate)
    try:
        with replacing(Path(path)) as file:
            file.write(data)
    except OSError as error:
        raise StorageError(
            f"cannot write {str(path)!r}: got {error.strerror or error}, expected room for "
            f"{len(data)} bytes; free some space or choose another folder"
        ) from error


def wav_bytes(samples_S: np.ndarray, rate: int = RATE) -> bytes:
    """What ``write_wav`` writes of these samples, which the caller has checked."""
    pcm = np.clip(np.rint(samples_S * 32768.0), -32768, 32767).astype("<i2").tobytes()
    head = struct.pack("<4sI4s", b"RIFF", 36 + len(pcm), b"WAVE")
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, PCM, 1, rate, 2 * rate, 2, 16)
    return head + form + struct.pack("<4sI", b"data", len(pcm)) + pcm
