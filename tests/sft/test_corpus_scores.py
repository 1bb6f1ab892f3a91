"""Scores: what is read is what is printed, and a bad cache costs only time."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewards.errors import DataError, StorageError
from sft.corpus import scores
from sft.corpus.abc_tunes import read_tune
from sft.corpus.musicxml import read_chorale
from sft.corpus.names import name, pitch_class, place, signature, steps_for, triad
from sft.corpus.piece import FERMATA, LENGTH, MIDI, ONSET, PART, PLACE, TICKS, Piece, note_table

TUNE = """X:1
T:The Test
M:2/4
L:1/8
K:D
|:DE FG|AB cd|(3efg fe|dc BA|G2- G2|{A}G>F ED|1 C2 D2:|2 E2 D2|]
"""


def test_transposing_moves_every_pitch_by_the_same_semitones() -> None:
    for current in range(-7, 8):
        for semitones in range(-11, 12):
            steps = steps_for(semitones, current)
            assert -5 <= current + steps <= 6
            assert (pitch_class(3 + steps) - pitch_class(3)) % 12 == semitones % 12


def test_names_and_places_agree_with_music21() -> None:
    pitch = import_module("music21.pitch")
    for number in range(-15, 20):
        theirs = pitch.Pitch(name(number).replace("b", "-"))
        assert theirs.pitchClass == pitch_class(number)
        assert place(theirs.step, int(theirs.alter)) == number


def test_a_triad_is_known_by_its_spelling() -> None:
    c, e, g, e_flat, d_sharp = (place(*n) for n in zip("CEGED", (0, 0, 0, -1, 1), strict=True))
    assert triad(frozenset({c, e, g})) == (c, "maj")
    assert triad(frozenset({c, e_flat, g})) == (c, "min")
    assert triad(frozenset({c, d_sharp, g})) is None
    assert triad(frozenset({c, e})) is None
    assert signature(place("F", 1), "minor") == 3


@pytest.mark.parametrize("bwv", ["bwv66.6", "bwv248.64-s", "bwv10.7", "bwv430"])
def test_a_chorale_is_read_note_for_note_as_music21_reads_it(bwv: str) -> None:
    from music21 import converter, key

    root = scores._corpus_root() / "bach"
    path = root / f"{bwv}.mxl"
    piece = read_chorale(f"bach/{bwv}", path)
    score: Any = converter.parse(path, forceSource=True, storePickle=False)
    if piece is None:
        assert len(score.parts) != 4
        return
    assert len(score.parts) == 4
    encoded = score.parts[0].recurse().getElementsByClass(key.Key)[0]
    assert (name(piece.tonic).replace("b", "-"), piece.mode) == (encoded.tonic.name, encoded.mode)
    for number, part in enumerate(score.parts):
        theirs = [
            (round(float(n.offset) * TICKS), round(float(n.quarterLength) * TICKS), n.pitch.midi)
            for n in part.stripTies().flatten().notes
        ]
        ours = piece.notes[piece.notes[:, PART] == number]
        assert ours[:, [ONSET, LENGTH, MIDI]].tolist() == [list(row) for row in theirs]
        assert [pitch_class(p) for p in ours[:, PLACE]] == (ours[:, MIDI] % 12).tolist()


def test_a_damaged_score_is_named_and_never_read_as_another(tmp_path: Path) -> None:
    path = tmp_path / "bwv66.6.mxl"
    whole = (scores._corpus_root() / "bach" / path.name).read_bytes()
    path.write_bytes(whole)
    notes = read_chorale("bach/bwv66.6", path)
    assert notes is not None
    flips = range(0, len(whole), 29)
    damaged = [b"", b"garbage", whole[: len(whole) // 2], whole[:-30]]
    damaged += [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in flips]
    told: list[str] = []
    for content in damaged:
        path.write_bytes(content)
        try:
            read = read_chorale("bach/bwv66.6", path)
        except DataError as error:
            told.append(str(error))
            continue
        assert read is not None
        assert np.array_equal(read.notes, notes.notes)
    assert len(told) > len(damaged) // 2
    sentence = re.compile(r".*bwv66.6.mxl: damaged: got .*; install music21 anew")
    assert all(map(sentence.fullmatch, told))


def test_a_tune_runs_to_its_last_ending_with_ties_and_triplets_merged() -> None:
    piece = read_tune("toy#1", TUNE)
    assert piece is not None
    assert (name(piece.tonic), piece.mode, piece.meter) == ("D", "major", "2/4")
    # The first ending (C sharp, D) is gone, the grace note too, the tied G is one note.
    assert piece.notes[-7:, MIDI].tolist() == [67, 67, 66, 64, 62, 64, 62]
    quarters = (piece.notes[:, LENGTH] / TICKS).tolist()
    assert quarters[8:11] == pytest.approx([1 / 3] * 3, abs=1e-3)
    assert quarters[-7:] == [2.0, 0.75, 0.25, 0.5, 0.5, 1.0, 1.0]
    ends = piece.notes[:, ONSET] + piece.notes[:, LENGTH]
    assert np.abs(ends[:-1] - piece.notes[1:, ONSET]).max() <= 1


def test_a_tune_has_sixteen_notes_and_one_that_is_tied_on_and_on_is_one() -> None:
    for notes, count in (("D" * 16, 16), ("D" * 15, None), ("D" * 15 + "E-E-E", 16)):
        piece = read_tune("toy#2", TUNE[: TUNE.index("|:")] + notes + "|]")
        assert (piece and len(piece.notes)) == count
        if piece and "-" in notes:
            assert piece.notes[-1, LENGTH] == 3 * TICKS // 2


@pytest.mark.parametrize(
    ("old", "new"),
    [("K:D", "K:none"), ("|1 C2", "[CE]2"), ("dc BA", "dc\nM:6/8\nBA"), ("dc BA", "dc\nK:G\nBA")],
)
def test_a_tune_whose_truth_is_in_doubt_is_left_out(old: str, new: str) -> None:
    assert read_tune("toy#1", TUNE.replace(old, new)) is None


def test_what_is_read_of_the_scores_changes_only_with_the_format() -> None:
    """Else a cache of before would be taken for what is read now, and data sets would differ."""
    jobs = scores._jobs(1100)
    chosen = sha256(repr([id_ for id_, _ in jobs]).encode())
    notes = sha256()
    for piece in scores._parse_batch(jobs[::30]):
        notes.update(repr((replace(piece, notes=()), piece.notes.tolist())).encode())
    digests = (chosen.hexdigest()[:16], notes.hexdigest()[:16])
    assert (scores.FORMAT, *digests) == (6, "4cb09471596164c7", "ab6dc475d374ad2f")


# --- the cache -------------------------------------------------------------------------------


@pytest.fixture
def toy_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A cache in a fresh folder over a parser that counts its calls."""
    calls: list[int] = []
    notes = note_table([[0, TICKS, 60, 0, 0, 0], [TICKS, TICKS, 62, 2, 0, 1]])
    piece = Piece("toy/1", "tune", "Ein Stück", 0, "major", "4/4", notes)

    def parse(tunes: int, processes: int, progress: object) -> tuple[Piece, ...]:
        calls.append(tunes)
        return (piece, piece)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(scores, "_parse_all", parse)
    return calls


def test_the_second_reading_comes_from_the_cache_and_is_equal(toy_scores: list[int]) -> None:
    first, second = scores.load_pieces(5), scores.load_pieces(5)
    assert toy_scores == [5]
    assert [p.title for p in second] == ["Ein Stück"] * 2
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.notes, other.notes)
        assert (one.id, one.tonic, one.mode, one.meter) == (
            other.id, other.tonic, other.mode, other.meter,
        )  # fmt: skip
    assert second[1].notes[:, FERMATA].tolist() == [0, 1]


def test_a_damaged_cache_is_built_anew_wherever_it_is_damaged(toy_scores: list[int]) -> None:
    scores.load_pieces(5)
    path = scores.cache_path(5)
    whole = path.read_bytes()
    damaged = [b"", b"garbage", whole[: len(whole) // 2], whole[:-30]]
    flips = range(0, len(whole), 3)
    damaged += [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in flips]
    for content in damaged:
        path.write_bytes(content)
        pieces = scores.load_pieces(5)
        assert [piece.title for piece in pieces] == ["Ein Stück"] * 2
        assert pieces[1].notes[:, [ONSET, MIDI]].tolist() == [[0, 60], [TICKS, 62]]
    assert len(toy_scores) > len(damaged) // 2


def test_the_cache_makes_the_folders_that_a_new_machine_lacks(
    toy_scores: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home" / ".cache"))
    scores.load_pieces(5)
    assert scores.cache_path(5).is_file()
    assert len(scores.load_pieces(5)) == 2
    assert toy_scores == [5]


def test_the_cache_is_no_pickle(toy_scores: list[int]) -> None:
    scores.load_pieces(5)
    with np.load(scores.cache_path(5), allow_pickle=False) as stored:
        assert {stored[field].dtype.kind for field in stored.files} == {"u", "i"}


def test_a_cache_that_cannot_be_written_says_where_and_what_to_do(
    toy_scores: list[int], tmp_path: Path
) -> None:
    (tmp_path / "etude").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=r"scores-.*XDG_CACHE_HOME"):
        scores.load_pieces(5)
