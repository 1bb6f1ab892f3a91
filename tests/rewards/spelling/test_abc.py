"""ABC as music21 reads it, and as it comes out of a model."""

from __future__ import annotations

import random
import time
from importlib import import_module

import pytest

from rewards.spelling.abc import parse_abc
from rewards.spelling.scores import QUARTER, listed, midi_pitch, sung, ticks, voices_of


def notes(text: str, header: str = "") -> list[list[tuple[float, float, int]]]:
    """(onset, length [quarters], pitch) of each voice."""
    tune = parse_abc(text, header)
    if tune is None:
        return []
    return [
        [(t.onset / QUARTER, (t.end - t.onset) / QUARTER, t.pitch) for t in voice.tones]
        for voice in tune.piece.voices
    ]


def pitches(text: str) -> list[int]:
    return [pitch for voice in notes(f"L:1/4\n{text}") for _, _, pitch in voice]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C D c c' C,", [60, 62, 72, 84, 48]),
        ("^F _B =F ^^C __D", [66, 70, 65, 62, 60]),
        ("^F F | F", [66, 66, 65]),
        ("^F f | f", [66, 78, 77]),
        ("K:D\nF C | =F F | F", [66, 61, 65, 65, 66]),
        ("K:Bbm\nB E A D G", [70, 63, 68, 61, 66]),
        ("K:A dor\nF C G", [66, 60, 67]),
        ("K:F#m\nF C G", [66, 61, 68]),
        ("K:D =c\nF c", [66, 72]),
        ("K:HP\nF C", [66, 61]),
        ("K:none\nF", [65]),
        ("C [K:D] F", [60, 66]),
        ('"Am"C !trill!D {ef}E (F G) .A ~B', [60, 62, 64, 65, 67, 69, 71]),
        ("C z D x E", [60, 62, 64]),
        ("|: C D :|1 E :|2 F |]", [60, 62, 64, 65]),
        ("C D % a comment: E F", [60, 62]),
        ("C & E F | D", [60, 62]),
    ],
)
def test_pitches(text, expected):
    assert pitches(text) == expected


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("C C2 C/ C/2 C3/2 C//", [1, 2, 0.5, 0.5, 1.5, 0.25]),
        ("(3CDE F", [2 / 3, 2 / 3, 2 / 3, 1]),
        ("(3:2:2C2D E", [4 / 3, 2 / 3, 1]),
        ("C>D E<F", [1.5, 0.5, 0.5, 1.5]),
        ("C-C D", [2, 1]),
        ("C-|C D", [2, 1]),
        ("C- D", [1, 1]),
    ],
)
def test_lengths(text, lengths):
    (voice,) = notes(f"L:1/4\n{text}")
    assert [length for _, length, _ in voice] == pytest.approx(lengths, abs=0.01)


def test_unit_length_follows_the_meter_where_it_is_not_given():
    assert notes("C")[0][0][1] == 0.5
    assert notes("M:2/4\nC")[0][0][1] == 0.25
    assert notes("M:6/8\nC")[0][0][1] == 0.5
    assert notes("M:2/4\nL:1/2\nC")[0][0][1] == 2


def test_voices_have_names_octaves_and_their_own_time():
    tune = parse_abc(
        'X:1\nL:1/4\nV:1 name="Soprano"\nV:2 nm=Bass octave=-1\nK:G\nV:1\nB c|\nV:2\nG F|\nV:1\nd2|'
    )
    assert tune is not None
    first, second = tune.piece.voices
    assert (first.name, second.name) == ("Soprano", "Bass")
    assert [(t.onset, t.pitch) for t in first.tones] == [(0, 71), (480, 72), (960, 74)]
    assert [t.pitch for t in second.tones] == [55, 54]


def test_inline_voices_and_labels_of_lines_are_voices():
    assert [v[0][2] for v in notes("[V:1] C D|\n[V:2] E F|")] == [60, 64]
    assert [v[0][2] for v in notes("Soprano: c d\nBass: C, D,")] == [72, 48]


def test_a_chord_is_one_voice_a_note_the_highest_first():
    assert [[p for _, _, p in v] for v in notes("[CEG] [Bdf]2")] == [[67, 77], [64, 74], [60, 71]]


def test_an_incomplete_first_bar_has_number_0():
    upbeat, whole = parse_abc("M:3/4\nL:1/4\nG|c2 e|g3|"), parse_abc("M:3/4\nL:1/4\nc2 e|g3|")
    assert upbeat is not None
    assert whole is not None
    assert (upbeat.piece.first_bar, upbeat.piece.bars) == (0, (0, 480, 1920))
    assert (whole.piece.first_bar, whole.piece.bars) == (1, (0, 1440))


def test_prose_among_the_music_is_skipped_and_counted():
    tune = parse_abc("Here is a bass for you:\nL:1/4\nC, D, E,\nI hope that you like it")
    assert tune is not None
    assert tune.skipped == 2
    assert [t.pitch for t in tune.piece.voices[0].tones] == [48, 50, 52]


def test_a_header_holds_until_the_text_has_its_own():
    assert notes("F", "L:1/4\nK:D") == [[(0, 1, 66)]]
    assert notes("L:1/2\nK:C\nF", "L:1/4\nK:D") == [[(0, 2, 65)]]


@pytest.mark.parametrize(
    "text", ["", "z4", "X:1\nK:C", "prose only", "C" * 70_000, "|||", "[", "]"]
)
def test_texts_without_notes_or_of_too_many_are_none(text):
    assert parse_abc(text) is None


PIECES = ["[", "]", "(", "(3", "{", "!", '"', "|", ":", "C", "^", "-", "/", "9", "C-", "[C", ">",
          "V:", "\n", "[V:1]", "[K:D]", "&", "+", "%", "C99", "\nV:a\n", "<", "K:C\n",
          "C>"]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_texts_never_raise_and_stay_linear(piece):
    start = time.process_time()
    parse_abc(piece * (16_000 // len(piece)))
    parse_abc(piece * (4_000 // len(piece)) + "C")
    assert time.process_time() - start < 2.0


def test_random_babble_never_raises():
    rng = random.Random(3)
    for _ in range(300):
        parse_abc("".join(rng.choices(PIECES, k=40)))


KEYS = ["C", "G", "D", "A", "E", "F", "Bb", "Eb", "Am", "Dm", "F#m", "Ddor", "Gmix"]


def test_generated_tunes_are_read_as_music21_reads_them():
    converter = import_module("music21.converter")
    rng = random.Random(11)
    for key in KEYS:
        bars = []
        for _ in range(4):
            beats = []
            for length in rng.choice((["2", "2"], ["", "3"], ["3/2", "/", "2"], ["", "", "", ""])):
                sign = rng.choice(("", "", "", "^", "_", "="))
                letter = rng.choice("CDEFGABcdefgab")
                octave = rng.choice(("", "", "'" if letter.islower() else ","))
                beats.append(f"{sign}{letter}{octave}{length}")
            bars.append(" ".join(beats))
        text = f"%abc-2.1\nX:1\nT:t\nM:4/4\nL:1/4\nK:{key}\n{'|'.join(bars)}|]\n"
        stream = converter.parse(text, format="abc")
        expected = [(float(n.offset), float(n.quarterLength), n.pitch.midi)
                    for n in stream.flatten().notes]  # fmt: skip
        assert notes(text) == [expected], text


def test_midi_pitches():
    given = {"C4": 60, "c4": 60, "F#4": 66, "Bb3": 58, "Cx4": 62, "Dbb4": 60, "66": 66, "B#3": 60}
    assert {name: midi_pitch(name) for name in given} == given
    for nothing in ("", "H4", "C", "128", "C11", "-1", "C#b4"):
        assert midi_pitch(nothing) is None


@pytest.mark.parametrize(
    "text",
    [
        '[[0, "E5", "alto"], [1.5, "D5", "alto"]]',
        "[(0, 'E5', 'alto'), (1.5, 'D5', 'alto')]",
        "0 E5 alto\n1.5 D5 alto",
        "0, 76, alto\n3/2, 74, alto",
        "- 0: E5, alto\n- 1.5: D5, alto",
        "(0, E5, alto) (1.5, D5, alto)",
        '[{"onset": 0, "pitch": "E5", "part": "alto"}, {"onset": 1.5, "pitch": 74, "part":"alto"}]',
        "Here they are:\n0 | E5 | alto\n1.5 | D5 | alto\nDone.",
    ],
)
def test_lists_of_notes(text):
    assert listed(text) == [(0.0, 76, "alto"), (1.5, 74, "alto")]


def test_a_note_of_a_list_lasts_until_the_next():
    (voice,) = voices_of([(0.0, 60, "a"), (2.0, 62, "a")])
    assert [(t.onset, t.end) for t in voice.tones] == [(0, 960), (960, 1440)]


def test_thirds_of_a_quarter_are_equal_however_they_are_rounded():
    assert ticks(0.33) == ticks(0.333) == ticks(1 / 3) == QUARTER // 3


def test_lines_of_names_go_with_the_given_onsets():
    (voice,) = sung("alto: E4, F4 | G4", (0, 480, 960))
    assert (voice.name, [t.pitch for t in voice.tones]) == ("alto", [64, 65, 67])
    assert sung("E4 F4", (0, 480, 960)) == ()
    assert len(sung('["E4", "F4", "G4"]\nC4 D4 E4', (0, 480, 960))) == 2
