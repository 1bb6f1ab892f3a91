"""Bach's four-part chorales, read from the corpus's compressed MusicXML.

Conventions
-----------
As in ``piece.py``. This reads the little of MusicXML that the chorales use, thirty
times faster than music21's own parser, which is the oracle in the tests: note for note
the same. A chorale is taken if it has four parts, a key with its mode, and one meter.
"""

from __future__ import annotations

import re
import zipfile
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from rewards.errors import DataError, first_line
from rewards.spelling.tables import table
from sft.corpus.damage import UNZIP_ERRORS
from sft.corpus.names import pitch_class, place
from sft.corpus.piece import LENGTH, MIDI, MODES, TICKS, Piece, note_table

_DAMAGE = (*UNZIP_ERRORS, StopIteration, ElementTree.ParseError)
"""What zipfile and the parser raise on bytes that are no score."""


def read_chorale(id_: str, path: Path) -> Piece | None:
    """The piece, or None if it is not a four-part chorale with one key and one meter.

    Raises:
        DataError: the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inner = next(n for n in archive.namelist() if re.fullmatch(r"[^/]+\.(music)?xml", n))
            score = ElementTree.fromstring(archive.read(inner))
    except _DAMAGE as damage:
        raise DataError(
            f"{path}: damaged: got {first_line(damage)}, expected a score in compressed MusicXML; "
            "install music21 anew"
        ) from damage
    parts = score.findall("part")
    meters = {
        f"{time.findtext('beats')}/{time.findtext('beat-type')}" for time in score.iter("time")
    }
    signature = score.find("part/measure/attributes/key")
    mode = signature.findtext("mode") if signature is not None else None
    if len(parts) != 4 or len(meters) != 1 or signature is None or mode not in MODES:
        return None
    rows = [row for number, part in enumerate(parts) for row in _part_rows(part, number)]
    # A fifth up is a sharp more: the tonic is as far from C as the two signatures.
    tonic = int(signature.findtext("fifths", "0")) - table("signatures")[mode]["C"]
    return Piece(id_, "chorale", _title(id_), tonic, mode, meters.pop(), note_table(rows))


def _part_rows(part: ElementTree.Element, number: int) -> list[list[int]]:
    rows: list[list[int]] = []
    now, divisions = 0, 1
    for measure in part.iter("measure"):
        furthest = now
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions", str(divisions)))
            length = int(element.findtext("duration", "0")) * TICKS // divisions
            if element.tag == "backup":
                now -= length
            elif element.tag == "forward":
                now += length
            elif element.tag == "note" and element.find("grace") is None:
                _add_note(rows, element, now, length, number)
                now += length
            furthest = max(furthest, now)
        now = furthest
    return rows


def _add_note(
    rows: list[list[int]], note: ElementTree.Element, onset: int, length: int, number: int
) -> None:
    pitch = note.find("pitch")
    if pitch is None:
        return
    spelled = place(pitch.findtext("step", "C"), int(pitch.findtext("alter", "0")))
    octave = int(pitch.findtext("octave", "4"))
    # The letter decides the octave: B# lies above C of the octave it is written in.
    alter = (spelled + 1) // 7
    midi = 12 * (octave + 1) + pitch_class(spelled - 7 * alter) + alter
    stops = any(tie.get("type") == "stop" for tie in note.iter("tie"))
    if stops and rows and rows[-1][MIDI] == midi:
        rows[-1][LENGTH] += length
    else:
        rows.append([onset, length, midi, spelled, number, 0])
    if note.find("notations/fermata") is not None:
        rows[-1][-1] = 1


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    from music21.corpus.chorales import ChoraleListRKBWV

    return {bwv: entry["title"] for bwv, entry in ChoraleListRKBWV().byBWV.items()}


def _title(id_: str) -> str:
    return _titles().get(id_.removeprefix("bach/bwv"), "")
