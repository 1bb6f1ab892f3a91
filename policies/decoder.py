"""The child process that decodes untrusted audio. Started by ``policies/audio.py``.

Run as a script, it imports numpy, soundfile and soxr and nothing of this
repository: a new one starts in a third of a second and holds 30 MB. The bounds
(``check_header``, ``frame_range``) serve the parent as well, for the files that
need no decoder; soundfile and soxr are therefore imported late.

Requests are JSON lines on standard input::

    {"path", "start", "duration", "max_seconds", "min_rate", "max_rate",
     "max_channels", "cpu_seconds", "cpu_per_second"}

Answers are frames on standard output: one letter, a 32-bit length, that many
bytes. ``S`` carries float32 mono samples at 16 kHz, ``E`` an error
sentence (the last frame of a clip), ``D`` ends a clip that was decoded and also
says, once, that the child is ready. Samples go out block by block, so the memory needed
does not grow with the clip.

The address space is limited to what the imports took plus ``ROOM_BYTES``. CPU
time is limited per clip, which a busy machine does not shorten; the parent
holds the wall clock. Standard input closes when the parent ends, however it
ends, and the child ends with it.
"""

from __future__ import annotations

import json
import math
import os
import resource
import struct
import sys
import time
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    import soundfile

RATE = 16_000
"""Samples a second of what a policy hears [Hz]."""
ROOM_BYTES = 64 * 2**20
BLOCK_VALUES = 2**17
# Rows state times to the millisecond or so, files hold whole frames.
SLACK_SECONDS = 0.01


class Refusal(Exception):
    """A clip that is not decoded; its text ends up in the parent's AudioError."""


def check_header(rate: int, channels: int, frames: int, ask: dict[str, Any]) -> None:
    """Bounds on what the header promises, before a sample is decoded."""
    if not ask["min_rate"] <= rate <= ask["max_rate"]:
        raise Refusal(
            f"of an unusable sample rate: got {rate} Hz, expected {ask['min_rate']} to "
            f"{ask['max_rate']} Hz; convert it, for example with ffmpeg -ar 44100"
        )
    if not 1 <= channels <= ask["max_channels"]:
        raise Refusal(
            f"of too many channels: got {channels}, expected 1 to {ask['max_channels']}; "
            "mix it down first"
        )
    if frames <= 0:
        raise Refusal("empty: got 0 frames, expected at least one; leave the row out")
    if frames >= 2**62:
        raise Refusal(
            "of unknown length: got a header without a frame count, expected one; "
            "convert it to a plain WAV or FLAC file"
        )


def frame_range(rate: int, frames: int, ask: dict[str, Any]) -> tuple[int, int]:
    """First frame and number of frames asked for, inside the file.

    The end may be missed by ``SLACK_SECONDS``, then the file's end is taken.
    """
    seconds = frames / rate
    start = ask["start"]
    end = seconds if ask["duration"] is None else start + ask["duration"]
    # No file reaches as far as a row may ask: 1e308 s are no number of frames.
    first = round(min(start, seconds) * rate)
    last = min(frames, round(min(end, seconds) * rate))
    if first >= frames:
        raise Refusal(
            f"too short for its row: got a start at {start:g} s, expected one before its end at "
            f"{seconds:g} s; correct start and duration"
        )
    if end > seconds + SLACK_SECONDS or first >= last:
        raise Refusal(
            f"too short for its row: got {start:g} s to {end:g} s, expected a stretch within "
            f"0 s to {seconds:g} s; correct start and duration"
        )
    if last - first > ask["max_seconds"] * rate:
        raise Refusal(
            f"too long: got {(last - first) / rate:g} s, expected at most "
            f"{ask['max_seconds']:g} s; choose a stretch of it with start and duration"
        )
    return first, last - first


def limit_cpu(seconds: float) -> None:
    """The kernel ends this process ``seconds`` of CPU time from now."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + seconds)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def send(out: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    out.write(kind + struct.pack("<I", len(payload)) + payload)
    out.flush()


def send_samples(sound: soundfile.SoundFile, ask: dict[str, Any], out: BinaryIO) -> None:
    """Decodes, mixes down and resamples the stretch, block by block."""
    import soxr

    first, frames = frame_range(sound.samplerate, sound.frames, ask)
    limit_cpu(ask["cpu_seconds"] + ask["cpu_per_second"] * frames / sound.samplerate)
    if first:
        sound.seek(first)
    # soxr's "HQ" is the quality that librosa and torchaudio users are used to.
    stream = None
    if sound.samplerate != RATE:
        stream = soxr.ResampleStream(sound.samplerate, RATE, 1, "float32", "HQ")
    block = max(1, BLOCK_VALUES // sound.channels)
    left = frames
    while left:
        part_SC = sound.read(min(block, left), dtype="float32", always_2d=True)
        if len(part_SC) == 0:
            raise Refusal(
                f"truncated or damaged: got {frames - left} frames, expected {frames} "
                "by its header; fetch or render it again"
            )
        left -= len(part_SC)
        part_S = part_SC.mean(axis=1) if sound.channels > 1 else part_SC[:, 0]
        if not np.isfinite(part_S).all():
            raise Refusal(
                "not a recording: got NaN or infinite samples, expected finite ones; "
                "render it again"
            )
        if stream is not None:
            part_S = stream.resample_chunk(part_S, last=False)
        if len(part_S):
            send(out, b"S", np.ascontiguousarray(part_S, dtype="<f4").tobytes())
    if stream is not None:
        rest_S = stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
        send(out, b"S", np.ascontiguousarray(rest_S, dtype="<f4").tobytes())


def answer(ask: dict[str, Any], out: BinaryIO) -> None:
    import soundfile

    limit_cpu(ask["cpu_seconds"])
    try:
        with soundfile.SoundFile(ask["path"]) as sound:
            check_header(sound.samplerate, sound.channels, sound.frames, ask)
            send_samples(sound, ask, out)
    except Refusal as refusal:
        send(out, b"E", str(refusal).encode("utf-8", "replace"))
    except MemoryError:
        # What the allocator was doing is unknown now: a new process is safer.
        sentence = "too large to decode: got a file that needs more memory than the "
        sentence += f"decoder may take, expected under {ROOM_BYTES >> 20} MiB; convert it"
        send(out, b"E", sentence.encode())
        sys.exit(1)
    except (soundfile.SoundFileError, ValueError, TypeError, OSError) as error:
        sentence = f"damaged or not audio: got {str(error)!r} from its decoder, expected an intact "
        sentence += "WAV, FLAC, Ogg, AIFF or MP3 file; fetch it again or convert it"
        send(out, b"E", sentence.encode("utf-8", "replace"))
    else:
        send(out, b"D")


def close_doors() -> BinaryIO:
    """Keeps the answers' pipe private, mutes C libraries and limits memory."""
    out = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS refuses limits on address space; CPU time and the parent's clock remain.
    if sys.platform == "linux":
        with open("/proc/self/statm") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        room = size + ROOM_BYTES
        if hard != resource.RLIM_INFINITY:
            room = min(room, hard)
        resource.setrlimit(resource.RLIMIT_AS, (room, hard))
    return out


def main() -> None:
    # Before memory is limited, and while their errors still reach the terminal.
    import soundfile
    import soxr

    del soundfile, soxr
    out = close_doors()
    send(out, b"D")
    for line in sys.stdin.buffer:
        answer(json.loads(line), out)


if __name__ == "__main__":
    main()
