"""The parent's side of the decoder process: start it, ask it, outlive it.

Every wait has a deadline, every answer is bounded, and what the decoder sends is
bytes to be checked, nothing more: a hostile file may have taken it over.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import struct
import subprocess
import sys
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.decoder import RATE, Refusal

MAX_FRAME_BYTES = 2**22
# No tokens and keys: whoever takes the decoder over finds none.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # no fault of a decoder's sends these
_SCRIPT = Path(__file__).with_name("decoder.py")


@dataclass(frozen=True, slots=True)
class AudioLimits:
    """What a clip may be at most.

    Attributes:
        max_seconds: length of the stretch that is decoded [s]; Music Flamingo
            hears 20 minutes.
        min_rate, max_rate: of the file [Hz].
        max_channels: of the file.
        cpu_seconds: CPU time of the decoder for a clip [s], plus
            ``cpu_per_second`` for each second of sound that is asked for.
        wall_seconds: by the clock, between two signs of life; wide, because
            machines get busy.
        start_seconds: for the decoder to start [s].
    """

    max_seconds: float = 1200.0
    min_rate: int = 8_000
    max_rate: int = 192_000
    max_channels: int = 64
    cpu_seconds: float = 1.0
    cpu_per_second: float = 0.05
    wall_seconds: float = 30.0
    start_seconds: float = 60.0


class DecoderDied(Exception):
    """The decoder ended, hung or talked nonsense."""


class DecoderStopped(DecoderDied):
    """It was ended from outside, by a signal that stops what runs: no clip is to blame."""


class Decoder:
    """One decoder process and its two pipes."""

    def __init__(self, limits: AudioLimits) -> None:
        self._limits = limits
        self._owner = os.getpid()
        # One thread each: OpenBLAS reserves address space per thread.
        environment = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        environment |= {name: os.environ[name] for name in _PASSED if name in os.environ}
        its_input, self._asks = os.pipe()
        self._answers, its_output = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_SCRIPT)],
                stdin=its_input,
                stdout=its_output,
                env=environment,
                # What is sent to our group (Ctrl-C, a job's end) is ours to obey.
                start_new_session=True,
            )
        except OSError:
            os.close(self._asks)
            os.close(self._answers)
            raise
        finally:
            os.close(its_input)
            os.close(its_output)
        pipes = (self._asks, self._answers)
        self.end = weakref.finalize(self, _end_process, self._process, pipes, self._owner)
        try:
            self._frame(time.monotonic() + limits.start_seconds)
        except DecoderDied:
            self.end()
            raise

    def usable(self) -> bool:
        """False after a death, and in a process forked from the owner."""
        return self._owner == os.getpid() and self._process.poll() is None

    def decode(self, ask: dict[str, Any]) -> bytearray:
        """float32 bytes of the stretch asked for; raises Refusal or DecoderDied."""
        limits = self._limits
        try:
            os.write(self._asks, json.dumps(ask).encode() + b"\n")
        except BrokenPipeError:
            raise self._obituary() from None
        seconds = limits.max_seconds if ask["duration"] is None else ask["duration"]
        last = time.monotonic() + limits.wall_seconds + limits.cpu_per_second * seconds
        most = 4 * math.ceil((limits.max_seconds + 1) * RATE)
        samples = bytearray()
        while True:
            kind, payload = self._frame(min(last, time.monotonic() + limits.wall_seconds))
            if kind == b"E":
                raise Refusal(payload.decode("utf-8", "replace")[:1000])
            if kind == b"D":
                break
            samples += payload
            if len(samples) > most:
                raise DecoderDied(f"more than {most} bytes of samples")
        if not samples or len(samples) % 4:
            raise DecoderDied(f"{len(samples)} bytes of samples")
        return samples

    def _frame(self, deadline: float) -> tuple[bytes, bytes]:
        head = self._exactly(5, deadline)
        kind, (size,) = head[:1], struct.unpack("<I", head[1:])
        if kind not in (b"S", b"E", b"D") or size > MAX_FRAME_BYTES:
            raise DecoderDied("an answer of the wrong form")
        return kind, self._exactly(size, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        data = bytearray()
        while len(data) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(1000 * left):
                raise DecoderDied("no answer in time")
            piece = os.read(self._answers, min(size - len(data), 2**20))
            if not piece:
                raise self._obituary()
            data += piece
        return bytes(data)

    def _obituary(self) -> DecoderDied:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return DecoderDied("a decoder that closed its pipe")
        if code < 0:
            kind = DecoderStopped if -code in _STOPS else DecoderDied
            return kind(f"a decoder that was ended by {signal.Signals(-code).name}")
        return DecoderDied(f"a decoder that ended with exit status {code}")


def _end_process(process: subprocess.Popen[bytes], pipes: tuple[int, int], owner: int) -> None:
    """Kills the decoder and takes its exit status; a forked copy only lets go."""
    for fd in pipes:
        os.close(fd)
    if os.getpid() == owner:
        process.kill()
        process.wait()
