"""No piece and no recurring line stands in two splits; what is said of phrases is so."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from sft.corpus.names import pitch_class, triad
from sft.corpus.phrases import ENDING, Phrase, melody_endings, phrases
from sft.corpus.piece import FERMATA, LENGTH, MIDI, ONSET, PART, PLACE, TICKS, Piece, note_table
from sft.corpus.scores import load_pieces
from sft.corpus.split import (
    LARGE,
    SPLITS,
    families,
    plain_title,
    split_phrases,
    split_pieces,
)


@pytest.fixture(scope="module")
def pieces() -> tuple[Piece, ...]:
    return load_pieces()


@pytest.fixture(scope="module")
def splits(pieces: tuple[Piece, ...]) -> dict[str, tuple[Phrase, ...]]:
    return split_phrases(pieces, phrases(pieces))


def _last_melody_steps(phrase: Phrase) -> tuple[int, ...]:
    melody = sorted((r[ONSET], r[MIDI]) for r in phrase.notes.tolist() if r[PART] == 0)
    heights = [height for _, height in melody][-8:]
    return tuple(b - a for a, b in pairwise(heights))


def test_no_piece_and_no_title_stands_in_two_splits(
    splits: dict[str, tuple[Phrase, ...]],
) -> None:
    for one, other in combinations(SPLITS, 2):
        assert not {p.piece for p in splits[one]} & {p.piece for p in splits[other]}
        titles = [{plain_title(p.title) for p in splits[s]} - {""} for s in (one, other)]
        assert not titles[0] & titles[1]


def test_no_recurring_line_stands_in_two_splits_in_any_transposition(
    splits: dict[str, tuple[Phrase, ...]],
) -> None:
    for one, other in combinations(SPLITS, 2):
        lines = [{_last_melody_steps(p) for p in splits[s]} for s in (one, other)]
        assert not lines[0] & lines[1]


def test_each_split_has_enough_of_both_sources(splits: dict[str, tuple[Phrase, ...]]) -> None:
    counts = {
        (split, source): sum(p.source == source for p in splits[split])
        for split in SPLITS
        for source in ("chorale", "tune")
    }
    assert counts["train", "chorale"] > 1000
    assert counts["train", "tune"] > 500
    assert min(counts["test", s] for s in ("chorale", "tune")) > 150
    assert min(counts["dev", s] for s in ("chorale", "tune")) > 60


def test_the_split_does_not_depend_on_the_order_of_the_pieces(
    pieces: tuple[Piece, ...], splits: dict[str, tuple[Phrase, ...]]
) -> None:
    backwards = pieces[::-1]
    again = split_phrases(backwards, phrases(backwards))
    for split in SPLITS:
        assert {p.id for p in again[split]} == {p.id for p in splits[split]}


def _tune(id_: str, heights: list[int], title: str = "") -> Piece:
    rows = [[i * TICKS, TICKS, height, 0, 0, 0] for i, height in enumerate(heights)]
    return Piece(id_, "tune", title, 0, "major", "4/4", note_table(rows))


def test_a_transposed_copy_and_a_namesake_are_kin_and_kin_of_kin() -> None:
    tune = [60, 62, 64, 65, 67, 64, 62, 67, 60]
    pieces = [
        _tune("a", tune, "THE BANJO -- REEL"),
        _tune("b", [h + 5 for h in tune]),
        _tune("c", [72, 71, 69, 67, 65, 64, 62, 61, 60], "Banjo"),
        _tune("d", [60, 60, 67, 67, 69, 69, 67, 65, 64], "Another"),
    ]
    assert families(pieces) == [("a", "b", "c"), ("d",)]


# --- phrases ---------------------------------------------------------------------------------


def test_a_family_so_large_that_it_would_decide_a_split_goes_to_train() -> None:
    kin = [_tune(f"tune/{n:03d}", [60 + n, 62 + n, 65 + n], "One Title") for n in range(LARGE + 1)]
    for share in ({"dev": 1.0, "test": 0.0}, {"dev": 0.0, "test": 1.0}):
        assert set(split_pieces(kin, **share).values()) == {"train"}
        (where,) = {*split_pieces(kin[:LARGE], **share).values()}
        assert share[where] == 1.0


def test_every_final_chord_is_what_the_four_parts_sound(
    splits: dict[str, tuple[Phrase, ...]],
) -> None:
    chorales = [p for p in splits["train"] if p.source == "chorale"]
    assert chorales
    for phrase in chorales:
        rows = phrase.notes
        last = rows[rows[:, ONSET] + rows[:, LENGTH] > phrase.final_onset]
        assert sorted(last[:, PART].tolist()) == [0, 1, 2, 3]
        assert last[last[:, PART] == 0][0, FERMATA] == 1
        assert triad(frozenset(last[:, PLACE].tolist())) == (phrase.root, phrase.quality)
        assert pitch_class(phrase.bass) == last[:, MIDI].min() % 12
        assert pitch_class(phrase.top) == last[:, MIDI].max() % 12


def test_a_key_is_confirmed_only_by_its_tonic_at_the_end(
    splits: dict[str, tuple[Phrase, ...]],
) -> None:
    confirmed = [p for s in SPLITS for p in splits[s] if p.confirmed]
    assert all(p.bass == p.tonic and p.mode in ("major", "minor") for p in confirmed)
    chorale_ends = {p.piece for p in confirmed if p.source == "chorale"}
    assert len(chorale_ends) == sum(p.source == "chorale" for p in confirmed)
    # The trap: most minor chorales end in major, so the last chord does not name the key.
    minor = [p for p in confirmed if p.mode == "minor" and p.source == "chorale"]
    assert sum(p.quality == "maj" for p in minor) > len(minor) / 2


def _chorale(*extra: list[int]) -> Piece:
    start = [[0, 3 * TICKS, 67, 1, 0, 0], [0, 3 * TICKS, 48, 0, 3, 0]]
    end = 3 * TICKS
    chord = [(72, 0, 0, 1), (67, 1, 1, 0), (64, 4, 2, 0), (48, 0, 3, 0)]
    final = [[end, 2 * TICKS, midi, spelled, part, f] for midi, spelled, part, f in chord]
    return Piece("x", "chorale", "", 0, "major", "4/4", note_table(start + final + list(extra)))


def test_a_chord_that_moves_under_the_fermata_is_no_final_chord() -> None:
    (phrase,) = phrases([_chorale()])
    assert (phrase.root, phrase.quality, phrase.confirmed) == (0, "maj", True)
    passing = [4 * TICKS, TICKS, 47, 5, 3, 0]
    assert phrases([_chorale(passing)]) == ()


def test_a_piece_whose_last_chord_is_not_its_tonic_confirms_no_key() -> None:
    (phrase,) = phrases([replace(_chorale(), tonic=-1)])
    assert not phrase.confirmed


def test_endings_are_the_last_eight_notes_before_each_fermata() -> None:
    rows = [[i * TICKS, TICKS, 60 + i % 5, 0, 0, int(i in (9, 19))] for i in range(20)]
    piece = Piece("x", "chorale", "", 0, "major", "4/4", note_table(rows))
    endings = melody_endings(piece)
    assert {len(e) for e in endings} == {ENDING - 1}
    assert endings == {tuple(np.diff([60 + i % 5 for i in range(2, 10)]).tolist())}
