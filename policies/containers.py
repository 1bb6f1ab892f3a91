"""What a file's container says of its length, before any decoder sees it.

==========  =================================================  ====================
container   known by                                           whole if
==========  =================================================  ====================
WAV, AIFF   ``RIFF``, ``FORM``                                 the outer chunk fits
FLAC        ``fLaC``                                           (its decoder counts)
Ogg         ``OggS``                                           its last page says so
MP3         ``ID3``, or eleven ones                            it states its length
==========  =================================================  ====================

libsndfile plays what there is of a file that was cut; here that is refused. It
reads some twenty other formats too, which nobody has music in.
"""

from __future__ import annotations

import os

from policies.decoder import Refusal
from policies.wav import HEADER_BYTES

_MAGIC = (b"RIFF", b"fLaC", b"OggS", b"FORM", b"ID3")
_PAGE_BYTES = 65_307


def check_container(fd: int, head: bytes, size: int) -> None:
    """Refuses other formats, and files that were cut.

    Args:
        fd: the open file, read by offset.
        head: its first ``HEADER_BYTES``.
        size: of the file [bytes].

    Raises:
        Refusal: with the reason.
    """
    _check_magic(head)
    if head[:4] in (b"RIFF", b"FORM"):
        _check_outer_chunk(head, size)
    elif head.startswith(b"OggS"):
        _check_last_page(fd, size)
    elif head.startswith(b"ID3") or _is_mpeg(head):
        _check_table(fd, head)


def _is_mpeg(head: bytes) -> bool:
    """An MPEG audio frame begins with eleven ones."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0


def _check_magic(head: bytes) -> None:
    """Lets five formats through to the decoder, of the thirty that it knows."""
    if not head:
        raise Refusal("empty: got 0 bytes, expected a recording; leave the row out")
    if not (_is_mpeg(head) or head.startswith(_MAGIC)):
        raise Refusal(
            f"of an unknown format: got a file that begins with {head[:4]!r}, expected WAV, "
            "FLAC, Ogg, AIFF or MP3; convert it, for example with ffmpeg",
        )


def _check_outer_chunk(head: bytes, size: int) -> None:
    promised = 8 + int.from_bytes(head[4:8], "little" if head[:4] == b"RIFF" else "big")
    if promised > size:
        raise Refusal(
            f"truncated: got {size} bytes, expected {promised} by its header; "
            "fetch or render it again"
        )


def _check_last_page(fd: int, size: int) -> None:
    """The decoder takes an Ogg file's last page for its end, wherever it was cut.

    The last page of a stream says that it is (RFC 3533, header type bit 4). A
    page is at most ``_PAGE_BYTES`` long.
    """
    tail = os.pread(fd, _PAGE_BYTES, max(0, size - _PAGE_BYTES))
    page = tail.rfind(b"OggS")
    if page < 0 or page + 6 > len(tail) or not tail[page + 5] & 4:
        raise Refusal(
            "truncated: got an Ogg file without its last page, expected one that ends its "
            "stream; fetch or encode it again",
        )


def _check_table(fd: int, head: bytes) -> None:
    """The decoder guesses the length of an MP3 file that does not state it.

    Of one with a variable bit rate it then plays a third and says nothing. The
    first frame states the length under one of three names, after an ID3v2 tag
    whose size is four times seven bits (id3.org, ID3v2.3, section 3.1).
    """
    at = 0
    if head.startswith(b"ID3") and len(head) >= 10:
        sizes = zip(head[6:10], (21, 14, 7, 0), strict=True)
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in sizes)
    frame = os.pread(fd, HEADER_BYTES, at)
    if not any(name in frame for name in (b"Xing", b"Info", b"VBRI")):
        raise Refusal(
            "of unknown length: got an MP3 file without a table of contents, expected one; "
            "convert it to FLAC, for example with ffmpeg",
        )
