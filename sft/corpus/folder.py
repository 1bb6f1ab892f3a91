"""The folder of a data set: what it depends on, what its manifest says, whether it is whole."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from rewards.errors import ConfigError, few
from sft.corpus.ask import FACETS
from sft.corpus.excerpts import excerpt_id
from sft.corpus.scores import FORMAT
from sft.corpus.split import SPLITS

FILES = (*(f"{split}.jsonl" for split in SPLITS), "traces.jsonl", "priors.json")
MANIFEST = "manifest.json"
CLIPS = "clips"
_ABANDONED = 3600  # seconds in which a build that lives has long written a clip


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    """What the data set depends on.

    Attributes:
        seed: of everything random; the split has none.
        tunes: how many tunes to read.
        train, dev, test: clips of each split.
        chorales: share of clips that come from chorales, 0 to 1.
        facets: names of ``FACETS`` to ask.
        per_clip: questions about one clip, of different facets.
        choice_share: share of multiple choice where a facet may also be open.
        processes: workers for reading and rendering; changes no byte.
    """

    seed: int = 0
    tunes: int = 1100
    train: int = 3000
    dev: int = 150
    test: int = 250
    chorales: float = 0.6
    facets: tuple[str, ...] = tuple(FACETS)
    per_clip: int = 2
    choice_share: float = 0.4
    processes: int = 2


@dataclass(frozen=True, slots=True)
class DataSummary:
    """What was built.

    Attributes:
        folder: where it lies.
        reused: True if it was there already.
        questions: split -> facet -> count.
        clips: split -> count.
        majority: split -> facet -> share of the most frequent answer.
    """

    folder: Path
    reused: bool
    questions: dict[str, dict[str, int]]
    clips: dict[str, int]
    majority: dict[str, dict[str, float]]


def folder_for(out: Path, settings: CorpusSettings) -> Path:
    """``out``, or a folder beside it where it holds a data set of other settings.

    The name beside it follows from the settings, so that it is found again.
    """
    try:
        held = _held(out)
    except ConfigError:  # ``build`` says what is there
        return out
    chosen = identity(settings)["settings"]
    if held is None or held["identity"]["settings"] == chosen:
        return out
    digest = sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
    named = out.resolve() if out.name in ("", "..") else out
    return named.with_name(f"{named.name}-{digest[:8]}")


def check_settings(settings: CorpusSettings) -> None:
    """Refuse settings that make no data set.

    Raises:
        ConfigError: names the first that is out of its range.
    """
    if unknown := [facet for facet in settings.facets if facet not in FACETS]:
        raise ConfigError(f"unknown facet '{unknown[0]}', expected some of {', '.join(FACETS)}")
    if again := [facet for facet, count in Counter(settings.facets).items() if count > 1]:
        raise ConfigError(f"facets: got '{again[0]}' twice, expected each once; leave one out")
    if not settings.facets:
        raise ConfigError(f"facets: got none, expected at least one of {', '.join(FACETS)}")
    for field, low in (("train", 1), ("dev", 1), ("test", 1), ("per_clip", 1), ("processes", 1)):
        if getattr(settings, field) < low:
            got = getattr(settings, field)
            raise ConfigError(f"{field}: got {got}, expected at least {low}")
    for field in ("chorales", "choice_share"):
        if not 0.0 <= getattr(settings, field) <= 1.0:
            got = getattr(settings, field)
            raise ConfigError(f"{field}: got {got}, expected a number in [0, 1]")


def identity(settings: CorpusSettings) -> dict[str, Any]:
    """What decides the bytes: all settings but ``processes``, and the versions."""
    chosen = {key: value for key, value in asdict(settings).items() if key != "processes"}
    return {
        "settings": chosen | {"facets": list(settings.facets)},
        "music21": version("music21"),
        "format": FORMAT,
    }


def existing(out: Path, settings: CorpusSettings) -> DataSummary | None:
    """The data set of these settings that a folder holds; None where it is to be built.

    Raises:
        ConfigError: the folder holds a data set of other settings, or something else.
    """
    manifest = _held(out)
    if manifest is None:
        return None
    wanted, files = identity(settings), manifest["files"]
    theirs, ours = manifest["identity"]["settings"], wanted["settings"]
    if theirs != ours:
        other = (key for key in ours if theirs.get(key) != ours[key])
        named = ", ".join(f"{key} {theirs.get(key)}, not {ours[key]}" for key in other)
        raise ConfigError(
            f"{out} holds a data set of other settings, which runs may refer to: got {named}; "
            "name another folder or remove it"
        )
    if manifest["identity"] != wanted or set(files) != set(FILES):
        return None
    whole = all((out / f).is_file() and hash_of(out / f) == digest for f, digest in files.items())
    if not whole or not all((out / clip).is_file() for clip in _clips(manifest)):
        return None
    return summary(out, manifest, reused=True)


def check_replaceable(out: Path) -> None:
    """Refuse to build anew where a folder holds more than the data set that is replaced.

    Raises:
        ConfigError: it holds something else, or no data set, or this process works in it, and
            would be left in a folder that is gone.
    """
    if Path.cwd().is_relative_to(out.resolve()):
        raise ConfigError(
            f"{out}: got the folder one works in, or one around it, expected a place that a whole "
            "folder can be put in; name another"
        )
    manifest = _held(out)
    if manifest is None:
        return
    own = {MANIFEST, *FILES, *_clips(manifest)}
    files = (path for path in out.rglob("*") if path.is_symlink() or not path.is_dir())
    others = sorted({path.relative_to(out).as_posix() for path in files} - own)
    if others:
        raise ConfigError(
            f"{out} holds a data set that is damaged or of another version, and is to be built "
            f"anew: got {few(others, 5)} in it, too, expected nothing else; move it elsewhere, or "
            "name another folder"
        )


def work_folder(out: Path) -> Path:
    """A new folder beside ``out`` to build in; those of builds that were killed are removed."""
    with suppress(OSError):  # there is no such folder yet, or another process removed one first
        for place in out.parent.iterdir():
            if re.fullmatch(rf"\.{re.escape(out.name)}-[0-9a-f]{{8}}", place.name):
                _remove_abandoned(place)
    return out.with_name(f".{out.name}-{uuid4().hex[:8]}")


def _remove_abandoned(work: Path) -> None:
    clips = work / CLIPS
    ours = not work.is_symlink() and clips.is_dir()
    if ours and time.time() - max(work.stat().st_mtime, clips.stat().st_mtime) > _ABANDONED:
        shutil.rmtree(work, ignore_errors=True)


def _clips(manifest: dict[str, Any]) -> set[str]:
    """The clips of a data set, by their places in its folder."""
    return {
        f"{CLIPS}/{excerpt_id(split, number)}.wav"
        for split, count in manifest["clips"].items()
        for number in range(count)
    }


def _held(out: Path) -> dict[str, Any] | None:
    """The manifest of the data set in a folder; None if there is no folder, or nothing in it."""
    try:
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            return None
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        tables = (manifest[key] for key in ("files", "clips", "questions", "majority"))
        if not all(isinstance(one, dict) for one in (*tables, manifest["identity"]["settings"])):
            raise TypeError("its files, clips, counts or settings are no tables")
        if not all(type(count) is int for count in manifest["clips"].values()):
            raise TypeError("the numbers of its clips are none")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{out} is no data set of ours ({error}); name another folder or remove it"
        ) from error
    return manifest


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    return sha256(path.read_bytes()).hexdigest()


def summary(folder: Path, manifest: dict[str, Any], *, reused: bool) -> DataSummary:
    """What a manifest says of its data set."""
    return DataSummary(
        folder=folder,
        reused=reused,
        questions=manifest["questions"],
        clips=manifest["clips"],
        majority=manifest["majority"],
    )
