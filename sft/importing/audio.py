"""Recordings of a data set, found where they lie and brought below the folder of its questions.

Conventions
-----------
Clips of a questions file lie below its folder (``rewards/clips.py``): only so does a folder that
is passed on carry its sound, and no file can name what lies elsewhere. So a recording

- below the folder already is referred to where it lies;
- below the folder of clips, elsewhere, becomes ``clips/...`` by a hard link, which costs no bytes,
  or by a copy where the file system has none between the two;
- embedded in a row becomes ``clips/<digest of its bytes>.<ending>``, once for all rows with it.

A path of a row begins in the folder of clips. Lists often hold the paths of another machine: where
files are not found, leading folders are left off, the same for all rows: those with which the most
files are found. No path may climb or lead out of the folder, also not by a link, and what does not
begin like a recording is refused: a list of strangers could name any file otherwise.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from policies.containers import check_container
from policies.decoder import Refusal
from policies.files import regular_file
from policies.wav import HEADER_BYTES
from rewards.clips import fault, resolve_clip
from rewards.errors import DataError
from rewards.fields import show
from rewards.records import Clip
from sft.importing.records import Unusable

FOLDER = "clips"
LARGEST = 2**30
"""Bytes of an embedded recording."""
_ENDINGS = ((b"RIFF", "wav"), (b"fLaC", "flac"), (b"OggS", "ogg"), (b"FORM", "aiff"))
_MOST_FOLDERS = 32
_SAMPLE = 2_000
"""Paths by which the leading folders are found."""


class Recordings:
    """The recordings that rows name, and where each is to lie.

    Args:
        root: the folder of clips.
        out: the folder that is written; it need not exist.
        stage: an empty folder for embedded recordings; made when it is needed.

    Attributes:
        elsewhere: place below ``out`` -> the file that is to be brought there.
        embedded: place below ``out`` -> the file in ``stage`` that is to be moved there.
    """

    def __init__(self, root: Path, out: Path, stage: Path) -> None:
        self._root, self._out, self._stage = root.resolve(), out.resolve(), stage
        self._left_off = ""
        self._known: dict[str, str | Unusable] = {}
        self.elsewhere: dict[str, Path] = {}
        self.embedded: dict[str, Path] = {}

    def look_at(self, paths: Iterable[str]) -> str:
        """Find the leading folders to leave off; a sentence on them, "" for none.

        The most frequent wins, of equals the shortest: the order of rows tells nothing.
        """
        hits: Counter[str] = Counter()
        for path in sorted(set(paths))[:_SAMPLE]:
            if fault(path) is None and self._file(path) is None:
                hits.update(self._prefixes(path))
        if not hits:
            return ""
        self._left_off = min(hits, key=lambda prefix: (-hits[prefix], len(prefix), prefix))
        return (
            f"clips that do not lie below {self._root} are looked for without the leading "
            f"{self._left_off!r} of their paths"
        )

    def place(self, clip: str | bytes) -> str:
        """Where the recording will lie, as a path below ``out``.

        Raises:
            Unusable: it is missing, elsewhere or no recording.
        """
        if isinstance(clip, bytes):
            return self._embed(clip)
        if clip not in self._known:
            try:
                self._known[clip] = self._found(clip)
            except Unusable as failure:
                self._known[clip] = failure
        found = self._known[clip]
        if isinstance(found, Unusable):
            raise found
        return found

    def _found(self, clip: str) -> str:
        if (wrong := fault(clip)) is not None:
            raise Unusable(f"clip: got {show(clip)}, expected a path: it {wrong}", "clip")
        short = clip
        if self._left_off and self._file(clip) is None:
            short = clip.removeprefix(self._left_off)
        try:
            file = resolve_clip(Clip(short), self._root, where="clip")
        except DataError as failure:
            raise Unusable(
                f"clip: got {show(clip)}, expected a file below {self._root}; name its folder by "
                "--clips",
                "clip",
            ) from failure
        _check(file, clip)
        if file.is_relative_to(self._out):
            return file.relative_to(self._out).as_posix()
        place = f"{FOLDER}/{file.relative_to(self._root).as_posix()}"
        self.elsewhere[place] = file
        return place

    def _file(self, path: str) -> Path | None:
        """The file at a path below the folder of clips, None where there is none."""
        try:
            file = resolve_clip(Clip(path), self._root)
            return file if file.is_file() else None
        except (DataError, OSError, ValueError):
            return None

    def _prefixes(self, path: str) -> list[str]:
        """What may be left off at the front of a path so that a file is found; the shortest."""
        at = 0
        for _ in range(_MOST_FOLDERS):
            at = path.find("/", at) + 1
            if at == 0:
                return []
            rest = path[at:]
            if rest and PurePosixPath(rest).parts[0] != "/" and self._file(rest) is not None:
                return [path[:at]]
        return []

    def _embed(self, data: bytes) -> str:
        if len(data) > LARGEST:
            raise Unusable(f"clip: got {len(data):,} bytes, expected at most {LARGEST:,}", "clip")
        name = f"{blake2b(data, digest_size=16).hexdigest()}.{_ending(data)}"
        place = f"{FOLDER}/{name}"
        if place not in self.embedded:
            self._stage.mkdir(parents=True, exist_ok=True)
            file = self._stage / name
            with file.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            try:
                _check(file, name)
            except Unusable:
                file.unlink()
                raise
            self.embedded[place] = file
        return place


def _ending(data: bytes) -> str:
    return next((ending for magic, ending in _ENDINGS if data.startswith(magic)), "mp3")


def _check(file: Path, named: str) -> None:
    """Refuse a file that is not there, or no whole recording by its first bytes."""
    try:
        with regular_file(file) as stream:
            size = os.fstat(stream.fileno()).st_size
            check_container(stream.fileno(), stream.read(HEADER_BYTES), size)
    except OSError as failure:
        why = failure.strerror or failure
        raise Unusable(
            f"clip: got {show(named)} ({why}), expected a recording", "clip"
        ) from failure
    except Refusal as refusal:
        raise Unusable(f"clip {show(named)} is {refusal}", "clip") from refusal
