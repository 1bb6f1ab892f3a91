"""Frames on a pipe: four bytes of length, little-endian, and as many bytes.

Down to the child goes pickle, for the parent may be believed. Up comes JSON,
and no frame of more than ``MAX_ANSWER`` bytes.
"""

from __future__ import annotations

import os
import struct

MAX_ANSWER = 2**23
_HEAD = struct.Struct("<I")
# The user's code may put something else in their place.
_read, _write = os.read, os.write


def pack(payload: bytes) -> bytes:
    """A frame around a payload of at most 4 GiB."""
    return _HEAD.pack(len(payload)) + payload


def send(fd: int, payload: bytes) -> None:
    """Write one frame whole; blocks."""
    rest = memoryview(pack(payload))
    while rest:
        rest = rest[_write(fd, rest) :]


def receive(fd: int) -> bytes | None:
    """Read one frame; blocks. None where the other side has closed."""
    head = _exactly(fd, _HEAD.size)
    return None if head is None else _exactly(fd, _HEAD.unpack(head)[0])


def _exactly(fd: int, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        piece = _read(fd, min(size - len(data), 2**20))
        if not piece:
            return None
        data += piece
    return bytes(data)


class Frames:
    """Frames out of bytes as they come, from a side that is not believed."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes that were read."""
        self._data += data

    def next(self) -> bytes | None:
        """The next whole frame, or None until there is one.

        Raises:
            ValueError: a frame says that it is longer than ``MAX_ANSWER``.
        """
        if len(self._data) < _HEAD.size:
            return None
        (size,) = _HEAD.unpack_from(self._data)
        if size > MAX_ANSWER:
            raise ValueError(f"a frame of {size} bytes")
        end = _HEAD.size + size
        if len(self._data) < end:
            return None
        frame = bytes(self._data[_HEAD.size : end])
        del self._data[:end]
        return frame
