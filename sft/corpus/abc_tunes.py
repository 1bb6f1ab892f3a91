"""Tunes of the corpus's ABC books, read through music21's ABC tokens.

Conventions
-----------
As in ``piece.py``. First endings are skipped, so that a tune runs to its last ending;
a tune that goes back to its beginning (da capo, dal segno, fine) does not end where its
text does and is left out, as is one with chords, two keys or two meters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sft.corpus.names import place
from sft.corpus.piece import LENGTH, MIDI, MODES, ONSET, TICKS, Piece, note_table

BOOKS = ("airdsAirs", "oneills1850", "ryansMammoth")
METERS: dict[str, str] = {"C": "4/4", "C|": "2/2"}
KEY = re.compile(r"[A-G][#b]?\s*(m|(maj|min|dor|mix)[a-z]*)?", re.IGNORECASE)
"""Other keys ("none", "Hp", explicit accidentals) music21 reads as C major."""

SHORTEST = 16
"""A tune has at least so many notes."""


def tune_texts(root: Path) -> Iterator[tuple[str, str]]:
    for book in BOOKS:
        for path in sorted((root / book).glob("*.abc")):
            text = path.read_text(encoding="utf-8", errors="replace")
            for tune in re.split(r"(?m)^(?=\s*X:)", text)[1:]:
                number = re.match(r"\s*X:\s*(\d*)", tune)
                yield f"{book}/{path.stem}#{number.group(1) if number else ''}", tune


def choose_tunes(texts: dict[str, str], count: int) -> list[tuple[str, str]]:
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


def read_tune(id_: str, text: str) -> Piece | None:
    """The piece, or None if it is not a single line with one key and one meter."""
    from music21 import abcFormat, exceptions21

    handler = abcFormat.ABCHandler()
    try:
        handler.process(text)
    except (exceptions21.Music21Exception, ValueError, KeyError, IndexError, TypeError):
        return None  # a tune that music21 cannot read is not a tune we can ask about
    headers = [t for t in handler.tokens if isinstance(t, abcFormat.ABCMetadata)]
    titles = [(t.data or "").strip() for t in headers if t.isTitle()]
    keys = [t for t in headers if t.isKey()]
    meters = [(t.data or "").strip() for t in headers if t.isMeter()]
    rows = _tune_rows(handler.tokens)
    if len(keys) != 1 or len(meters) != 1 or rows is None or len(rows) < SHORTEST:
        return None
    if KEY.fullmatch((keys[0].data or "").strip()) is None:
        return None
    key: Any = keys[0].getKeySignatureObject()
    mode = getattr(key, "mode", None)
    meter = METERS.get(meters[0]) or meters[0]
    if mode not in MODES or not re.fullmatch(r"\d{1,2}/\d{1,2}", meter):
        return None
    tonic = key.tonic
    return Piece(
        id_, "tune", titles[0] if titles else "", place(tonic.step, int(tonic.alter)),
        mode, meter, note_table(rows),
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
