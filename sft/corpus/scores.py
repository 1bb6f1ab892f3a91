"""The scores of the installed music21 corpus, read once into a compact form.

Conventions
-----------
Onsets and lengths are ticks, ``TICKS`` to a quarter note. Pitches carry their MIDI
number and their place on the line of fifths (``names.py``). Parts count from the
top: 0 is the melody, 3 the bass of a chorale. Ties are merged, grace notes left out,
first endings skipped so that a tune runs to its last ending.

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
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from rewards.errors import DataError
from sft.corpus.names import place

TICKS = 960
FORMAT = 3
"""Raised whenever the reading of a score changes: older caches are then not used."""

ONSET, LENGTH, MIDI, PLACE, PART, FERMATA = range(6)
"""Columns of ``Piece.notes``."""

TUNE_BOOKS = ("airdsAirs", "oneills1850", "ryansMammoth")
MODES = ("major", "minor", "dorian", "mixolydian")
METERS = {"C": "4/4", "C|": "2/2"}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """A score.

    Attributes:
        id: "bach/bwv10.7", "airdsAirs/book1#12".
        source: "chorale" or "tune".
        title: as printed, or "".
        tonic: place on the line of fifths.
        mode: one of ``MODES``.
        meter: "6/8".
        notes: (N, 6) int32, columns ``ONSET`` to ``FERMATA``, by onset and part.
    """

    id: str
    source: str
    title: str
    tonic: int
    mode: str
    meter: str
    notes: np.ndarray


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
    # Spawned, not forked: the caller may already run torch's or Ray's threads.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_parse_batch, jobs[i : i + 12]) for i in range(0, len(jobs), 12)]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                found.extend(future.result())
                if progress is not None:
                    progress("reading scores", min(done * 12, len(jobs)), len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)  # else Ctrl-C would wait for all the others
            raise
    return tuple(sorted(found, key=lambda piece: piece.id))


def _jobs(tunes: int) -> list[tuple[str, str]]:
    """(piece id, ABC text) of the chosen tunes and (piece id, path) of the chorales."""
    root = _corpus_root()
    chorales = [
        (f"bach/{path.stem}", str(path)) for path in sorted((root / "bach").glob("bwv*.mxl"))
    ]
    return chorales + _choose_tunes(dict(_tune_texts(root)), tunes)


def _corpus_root() -> Path:
    from importlib.util import find_spec

    spec = find_spec("music21")
    root = Path(spec.origin).parent / "corpus" if spec and spec.origin else Path("music21/corpus")
    if not (root / "bach").is_dir():
        raise DataError(
            f"the music21 corpus is missing: got no folder {root / 'bach'}, expected the corpus "
            "that comes with music21; install music21 from PyPI"
        )
    return root


def _tune_texts(root: Path) -> Iterator[tuple[str, str]]:
    for book in TUNE_BOOKS:
        for path in sorted((root / book).glob("*.abc")):
            text = path.read_text(encoding="utf-8", errors="replace")
            for tune in re.split(r"(?m)^(?=\s*X:)", text)[1:]:
                number = re.match(r"\s*X:\s*(\d*)", tune)
                yield f"{book}/{path.stem}#{number.group(1) if number else ''}", tune


def _choose_tunes(texts: dict[str, str], count: int) -> list[tuple[str, str]]:
    """All minor tunes first, since most tunes are major; then by hash, so by no one's taste."""

    def rank(item: tuple[str, str]) -> tuple[bool, bytes]:
        minor = re.search(r"(?mi)^K:\s*[A-G][#b]?\s*m(in|inor)?\s*$", item[1]) is not None
        return not minor, blake2b(item[0].encode(), digest_size=8).digest()

    plain = {
        key: text
        for key, text in texts.items()
        if not re.search(r"(?i)\b(D\.?\s?[CS]\.?|da capo|dal segno|fine)\b", text)
    }
    return sorted(plain.items(), key=rank)[:count]


def _parse_batch(jobs: list[tuple[str, str]]) -> list[Piece]:
    from sft.corpus.musicxml import read_chorale

    gc.disable()  # music21's webs of references make the collector cost a third of the time
    try:
        pieces = [
            read_chorale(id_, Path(text)) if id_.startswith("bach/") else _read_tune(id_, text)
            for id_, text in jobs
        ]
    finally:
        gc.enable()
    gc.collect()
    return [piece for piece in pieces if piece is not None]


def _read_tune(id_: str, text: str) -> Piece | None:
    from music21 import abcFormat, exceptions21

    handler = abcFormat.ABCHandler()
    try:
        handler.process(text)
    except (exceptions21.Music21Exception, ValueError, KeyError, IndexError, TypeError):
        return None  # a tune that music21 cannot read is not a tune we can ask about
    headers: list[Any] = [t for t in handler.tokens if isinstance(t, abcFormat.ABCMetadata)]
    titles = [t.data.strip() for t in headers if t.isTitle()]
    keys = [t.getKeySignatureObject() for t in headers if t.isKey()]
    meters = [t.data.strip() for t in headers if t.isMeter()]
    rows = _tune_rows(handler.tokens)
    if len(keys) != 1 or len(meters) != 1 or rows is None or len(rows) < 16:
        return None
    mode = getattr(keys[0], "mode", None)
    meter = METERS.get(meters[0], meters[0])
    if mode not in MODES or not re.fullmatch(r"\d{1,2}/\d{1,2}", meter):
        return None
    tonic = keys[0].tonic
    return Piece(
        id_, "tune", titles[0] if titles else "", place(tonic.step, int(tonic.alter)),
        mode, meter, sorted_rows(rows),
    )  # fmt: skip


def _tune_rows(tokens: Any) -> list[list[int]] | None:
    """The notes of a tune up to its last ending, or None if it is not one line."""
    from music21 import abcFormat
    from music21.pitch import Pitch

    rows: list[list[int]] = []
    now, first_ending, tie_open = 0, None, False
    for token in tokens:
        if isinstance(token, abcFormat.ABCChord):
            return None
        if isinstance(token, abcFormat.ABCBar):
            bracket = token.isRepeatBracket()
            if bracket == 1:
                first_ending = now
            elif bracket and first_ending is not None:
                rows = [row for row in rows if row[ONSET] < first_ending]
                now, first_ending, tie_open = first_ending, None, False
        elif isinstance(token, abcFormat.ABCNote) and not token.inGrace:
            scale = token.activeTuplet.tupletMultiplier() if token.activeTuplet else 1
            length = _ticks(token.quarterLength * scale)
            if not token.isRest:
                pitch = Pitch(token.pitchName)
                if tie_open and rows and rows[-1][MIDI] == pitch.midi:
                    rows[-1][LENGTH] += length
                else:
                    spelled = place(pitch.step, int(pitch.alter))
                    rows.append([now, length, pitch.midi, spelled, 0, 0])
                tie_open = token.tie in ("start", "continue")
            now += length
    return rows


def _ticks(quarters: Any) -> int:
    return round(float(quarters) * TICKS)


def sorted_rows(rows: list[list[int]]) -> np.ndarray:
    return np.array(sorted(rows, key=lambda r: (r[ONSET], r[PART])), dtype=np.int32)


# --- the cache -------------------------------------------------------------------------------


def _write_cache(path: Path, pieces: tuple[Piece, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    heads = [
        {k: v for k, v in asdict(piece).items() if k != "notes"} | {"n": len(piece.notes)}
        for piece in pieces
    ]
    text = json.dumps(heads, ensure_ascii=False).encode()
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        np.savez_compressed(
            file,
            heads=np.frombuffer(text, dtype=np.uint8),
            notes=np.concatenate([piece.notes for piece in pieces]),
        )
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def _read_cache(path: Path) -> tuple[Piece, ...] | None:
    """The cached pieces; None where there is no cache or it is damaged, to parse afresh."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            heads = json.loads(stored["heads"].tobytes())
            notes = stored["notes"]
        ends = np.cumsum([head.pop("n") for head in heads])
        if notes.shape != (ends[-1], 6):
            return None
        parts = np.split(notes, ends[:-1])
        return tuple(Piece(notes=rows, **head) for head, rows in zip(heads, parts, strict=True))
    except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, zipfile.BadZipFile):
        return None
