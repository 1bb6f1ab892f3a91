"""The scores of the installed music21 corpus, read once into a compact form.

Conventions
-----------
Pieces are as ``piece.py`` says, sorted by id.

| source | pieces | truth read from the score |
|---|---|---|
| `chorale` | Bach's four-part chorales (MusicXML) | key and mode as encoded, meter, fermatas |
| `tune` | Ryan's, O'Neill's, Aird's (ABC) | key, mode and meter of the header |

The corpus may not be passed on with this project, so nothing of it is stored in
the repository: it is read where music21 is installed and cached on that machine.
"""

from __future__ import annotations

import gc
import json
import os
from concurrent.futures import as_completed
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from rewards.errors import DataError, StorageError
from rewards.whole_file import replacing
from sft.corpus.abc_tunes import choose_tunes, read_tune, tune_texts
from sft.corpus.damage import UNZIP_ERRORS
from sft.corpus.musicxml import read_chorale
from sft.corpus.piece import Piece
from sft.corpus.workers import workers
from sft.progress import Progress

FORMAT = 6
"""Raised whenever the reading of a score changes: older caches are then not used."""

_DAMAGE = (*UNZIP_ERRORS, TypeError, IndexError, MemoryError)
"""What numpy, zipfile and json raise on bytes that are not what was written."""


def load_pieces(
    tunes: int = 1100, processes: int = 2, progress: Progress | None = None
) -> tuple[Piece, ...]:
    """The chorales and ``tunes`` tunes, from the cache or, the first time, from music21.

    Raises:
        DataError: if music21 is not installed with its corpus.
    """
    path = cache_path(tunes)
    pieces = _read_cache(path)
    if pieces is None:
        pieces = _parse_all(tunes, processes, progress)
        _write_cache(path, pieces)
    return pieces


def cache_path(tunes: int) -> Path:
    """Where the parsed scores of this music21 version are kept."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "etude" / f"scores-{version('music21')}-f{FORMAT}-t{tunes}.npz"


# --- parsing ---------------------------------------------------------------------------------


def _parse_all(tunes: int, processes: int, progress: Progress | None) -> tuple[Piece, ...]:
    jobs = _jobs(tunes)
    found: list[Piece] = []
    with workers(processes) as pool:
        futures = [pool.submit(_parse_batch, jobs[i : i + 12]) for i in range(0, len(jobs), 12)]
        for done, future in enumerate(as_completed(futures), 1):
            found.extend(future.result())
            if progress is not None:
                progress("reading scores", min(done * 12, len(jobs)), len(jobs))
    return tuple(sorted(found, key=lambda piece: piece.id))


def _jobs(tunes: int) -> list[tuple[str, str]]:
    """(piece id, ABC text) of the chosen tunes and (piece id, path) of the chorales."""
    root = _corpus_root()
    chorales = [
        (f"bach/{path.stem}", str(path)) for path in sorted((root / "bach").glob("bwv*.mxl"))
    ]
    return chorales + choose_tunes(dict(tune_texts(root)), tunes)


def _corpus_root() -> Path:
    spec = find_spec("music21")
    root = Path(spec.origin).parent / "corpus" if spec and spec.origin else Path("music21/corpus")
    if not (root / "bach").is_dir():
        raise DataError(
            f"the music21 corpus is missing: got no folder {root / 'bach'}, expected the corpus "
            "that comes with music21; install music21 from PyPI"
        )
    return root


def _parse_batch(jobs: list[tuple[str, str]]) -> list[Piece]:
    gc.disable()  # music21's webs of references make the collector cost a third of the time
    try:
        pieces = [
            read_chorale(id_, Path(text)) if id_.startswith("bach/") else read_tune(id_, text)
            for id_, text in jobs
        ]
    finally:
        gc.enable()
    gc.collect()
    return [piece for piece in pieces if piece is not None]


# --- the cache -------------------------------------------------------------------------------


def _write_cache(path: Path, pieces: tuple[Piece, ...]) -> None:
    heads = [
        {k: v for k, v in asdict(piece).items() if k != "notes"} | {"n": len(piece.notes)}
        for piece in pieces
    ]
    text = np.frombuffer(json.dumps(heads, ensure_ascii=False).encode(), dtype=np.uint8)
    notes = np.concatenate([piece.notes for piece in pieces])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez_compressed(file, heads=text, notes=notes)
    except OSError as failure:
        raise StorageError(
            f"{path}: the parsed scores cannot be kept ({failure.strerror or failure}); expected "
            "a writable cache folder of a few MB; make room or set XDG_CACHE_HOME"
        ) from failure


def _read_cache(path: Path) -> tuple[Piece, ...] | None:
    """The cached pieces; None where there is no cache or it is damaged, to parse afresh."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            heads = json.loads(stored["heads"].tobytes())
            notes = stored["notes"]
        ends = np.cumsum([head.pop("n") for head in heads])
        parts = np.split(notes, ends[:-1])
        return tuple(Piece(notes=rows, **head) for head, rows in zip(heads, parts, strict=True))
    except _DAMAGE:
        return None
