"""The manifest of a checkpoint: every file, its size, its hash.

MANIFEST.json is written last and carries a digest of itself, so that a flipped
bit anywhere in the folder is found. Pickle, which runs code when it is read, is
refused on the way in and on the way out.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.files import regular_file, write_all
from rewards.errors import CheckpointError
from rewards.whole_file import sync

FORMAT = 1
MANIFEST = "MANIFEST.json"
_REMEDY = "take another checkpoint"
PICKLE_SUFFIXES = (".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth")
MAX_MANIFEST_BYTES = 2**24


@dataclass(frozen=True, slots=True)
class File:
    """Size [bytes] and blake2b-256 (hexadecimal) of one file of a checkpoint."""

    size: int
    blake2b: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a checkpoint says of itself.

    Attributes:
        name: of its folder when it was published.
        files: by path relative to the folder, with forward slashes.
        metadata: the publisher's own, JSON.
    """

    name: str
    files: Mapping[str, File]
    metadata: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone, itself verified, the files not.

    Raises:
        CheckpointError: it is missing, damaged or of another format version.
    """
    path = Path(folder) / MANIFEST
    try:
        with regular_file(path, follow_link=False) as file:
            raw = file.read(MAX_MANIFEST_BYTES + 1)
        content = json.loads(raw)
        digest, found = content.pop("blake2b"), _digest_of(content)
    except FileNotFoundError as error:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got no {MANIFEST}, expected one; it was not published"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got a {MANIFEST} that cannot be read ({error}), "
            f"expected JSON with a digest; {_REMEDY}"
        ) from error
    if digest != found:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got a {MANIFEST} that was altered, expected the one "
            f"that its digest names; {_REMEDY}"
        )
    if content.get("format") != FORMAT:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got manifest format {content.get('format')!r}, "
            f"expected {FORMAT}; use the version of Etude that wrote it"
        )
    name, files, metadata = (content.get(key) for key in ("name", "files", "metadata"))
    if not (
        isinstance(name, str)
        and isinstance(files, dict)
        and all(map(_is_size_and_hash, files.values()))
        and isinstance(metadata, dict)
    ):
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got a {MANIFEST} of another form, expected a name, files "
            f"with size and hash, and metadata; {_REMEDY}"
        )
    return Manifest(name, {path: File(*entry) for path, entry in files.items()}, metadata)


def _is_size_and_hash(entry: Any) -> bool:
    """A digest says that nothing was altered since it was made, not who made it."""
    return isinstance(entry, list) and [type(value) for value in entry] == [int, str]


def verify(folder: Path) -> Manifest:
    """The manifest, after every byte was compared with it.

    Raises:
        CheckpointError: no manifest, another format, a file that is missing,
            surplus, altered, of another size, a link, or a pickle.
    """
    try:
        return _compare(folder, read_manifest(folder))
    except OSError as error:
        # A bad sector, or a publisher that prunes while we read.
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got {error}, expected to read it whole; {_REMEDY}"
        ) from error


def _compare(folder: Path, manifest: Manifest) -> Manifest:
    found = {name for name, _ in walk(folder)} - {MANIFEST}
    for name in sorted(found ^ manifest.files.keys()):
        got, expected = ("no file", "one") if name in manifest.files else ("a file", "none")
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got {got} {name!r}, expected {expected} by its "
            f"manifest; {_REMEDY}"
        )
    for name, file in sorted(manifest.files.items()):
        _check_file(folder, name, file)
    return manifest


def has_its_sizes(folder: Path) -> bool:
    """A cheap look: manifest in order, sizes right. ``verify`` reads every byte."""
    try:
        manifest = read_manifest(folder)
        sizes = {name: status.st_size for name, status in walk(folder) if name != MANIFEST}
    except (CheckpointError, OSError):
        return False
    return sizes == {name: file.size for name, file in manifest.files.items()}


def check_name(folder: Path, name: str) -> None:
    """Refuses pickle by its name, whatever is inside.

    Raises:
        CheckpointError: names the file.
    """
    if name.lower().endswith(PICKLE_SUFFIXES):
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got {name!r}, which may hold a pickle that runs code, "
            "expected safetensors and JSON; convert it or leave it out"
        )


def seal(temporary: Path, name: str, metadata: Mapping[str, Any]) -> None:
    """Syncs what was written and writes the manifest last."""
    files = {}
    for path_name, status in walk(temporary):
        check_name(temporary, path_name)
        path = temporary / path_name
        files[path_name] = [status.st_size, _blake2b(path)]
        sync(path)
    if not files or MANIFEST in files:
        got = "a manifest" if files else "no file"
        raise CheckpointError(
            f"checkpoint {name!r}: got {got} from its writer, expected at least one file and no "
            f"{MANIFEST}; the manifest is written here"
        )
    content = {"format": FORMAT, "name": name, "files": files, "metadata": dict(metadata)}
    try:
        # Once through JSON, so that the digest is of what a reader will see.
        content = json.loads(json.dumps(content, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            f"checkpoint {name!r}: got metadata that is not JSON ({error}), expected strings, "
            "finite numbers, lists and mappings of them"
        ) from error
    content["blake2b"] = _digest_of(content)
    write_synced(temporary / MANIFEST, json.dumps(content, indent=1, sort_keys=True).encode())
    folders = sorted({str(Path(n).parent) for n in files} | {"."}, key=len, reverse=True)
    for inner in folders:
        sync(temporary / inner)


def walk(folder: Path, prefix: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Every file below, by relative name, in order; refuses links and devices."""
    for entry in sorted(os.scandir(folder / prefix), key=lambda entry: entry.name):
        name = prefix + entry.name
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            yield from walk(folder, name + "/")
        elif stat.S_ISREG(status.st_mode):
            yield name, status
        else:
            raise CheckpointError(
                f"checkpoint {str(folder)!r}: got {name!r}, a link or device, expected a "
                "regular file; copy the file itself"
            )


def _check_file(folder: Path, name: str, file: File) -> None:
    check_name(folder, name)
    path = folder / name
    size = os.stat(path).st_size
    if size != file.size:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got {size} bytes in {name!r}, expected {file.size}; "
            f"{_REMEDY}"
        )
    digest = _blake2b(path)
    if digest != file.blake2b:
        raise CheckpointError(
            f"checkpoint {str(folder)!r}: got blake2b {digest[:16]}... of {name!r}, expected "
            f"{file.blake2b[:16]}...; it was altered, {_REMEDY}"
        )


def _blake2b(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _digest_of(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(canonical, digest_size=32).hexdigest()


def write_synced(path: Path, data: bytes) -> None:
    """A new file, on the disk before this returns."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        write_all(fd, data)
        os.fsync(fd)
    finally:
        os.close(fd)
