"""The rules of voice-leading, against music21 and by hand."""

from __future__ import annotations

import random
from collections import Counter
from importlib import import_module
from itertools import combinations, pairwise

import pytest

from rewards.spelling.scores import QUARTER, Tone, Voice, midi_pitch, voices_of
from rewards.voice_leading import (
    CROSSING,
    DIRECT_FIFTHS,
    DIRECT_OCTAVES,
    DISSONANCE,
    LEADING_TONE,
    PARALLEL_FIFTHS,
    PARALLEL_OCTAVES,
    RANGE,
    SPACING,
    clashes,
    examine,
    ordered,
    overlaps,
    roles_of,
    sonorities,
    unprepared,
)


def voices(**parts: str) -> tuple[Voice, ...]:
    """Parts by name, one note a quarter; "-" holds the note before it."""
    rows = []
    for name, names in parts.items():
        for onset, pitch in enumerate(names.split()):
            if pitch != "-":
                number = midi_pitch(pitch)
                assert number is not None
                rows.append((float(onset), number, name))
    return ordered(voices_of(rows))


def kinds(*, tonic: int | None = None, **parts: str) -> list[str]:
    return [fault.kind for fault in examine(voices(**parts), tonic=tonic)]


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ("G4 A4", "C4 D4", [PARALLEL_FIFTHS]),
        ("G4 A5", "C4 D4", [PARALLEL_FIFTHS]),
        ("G4 A4", "C4 D3", [PARALLEL_FIFTHS]),
        ("C5 D5", "C4 D4", [PARALLEL_OCTAVES]),
        ("C4 D4", "C4 D4", [PARALLEL_OCTAVES]),
        ("C4 D5", "C4 D4", [PARALLEL_OCTAVES]),
        ("G4 G4", "C4 C4", []),
        ("G4 Ab4", "C4 Db4", [PARALLEL_FIFTHS]),
        ("E4 A4", "C4 D4", [DIRECT_FIFTHS]),
        ("E4 C5", "A3 C4", [DIRECT_OCTAVES]),
        ("G4 A4", "B3 D4", []),
        ("E4 F4", "C4 D4", []),
        ("F4 E4", "G4 C4", [DISSONANCE, CROSSING]),
        ("F4 E4", "C4 C4", [DISSONANCE]),
        ("E4 F#4", "C4 C4", [DISSONANCE]),
        ("E5 F4", "C2 A1", [RANGE]),
    ],
)
def test_two_voices(upper, lower, expected):
    assert sorted(kinds(upper=upper, lower=lower)) == sorted(expected)


CHOIR = {"soprano": "G4 A4", "alto": "E4 F4", "tenor": "C4 C4", "bass": "C3 F3"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"bass": "C4 D4", "tenor": "E4 F4", "alto": "G4 A4"},
         [PARALLEL_FIFTHS, PARALLEL_OCTAVES, RANGE]),
        ({"alto": "C5 C5"}, [CROSSING]),
        ({"soprano": "G5 A5"}, [SPACING]),
        ({"tenor": "C4 A4"}, [RANGE, CROSSING]),
        ({"bass": "C2 F3"}, [RANGE]),
        ({"soprano": "C5 A4", "alto": "C4 F4"}, [PARALLEL_OCTAVES]),
    ],
)  # fmt: skip
def test_four_voices(changed, expected):
    assert set(expected) <= set(kinds(tonic=None, **(CHOIR | changed)))
    if not expected:
        assert kinds(tonic=None, **CHOIR) == []


def test_tenor_and_bass_may_be_more_than_an_octave_apart_but_no_others():
    assert SPACING not in kinds(soprano="G4", alto="E4", tenor="C4", bass="E2")
    assert SPACING in kinds(soprano="G4", alto="E4", tenor="D3", bass="E2")


def test_leading_tone_rises_before_a_tonic_bass():
    lower = {"alto": "G4 G4", "tenor": "D4 E4", "bass": "G3 C4"}
    assert LEADING_TONE not in kinds(tonic=0, soprano="B4 C5", **lower)
    assert LEADING_TONE in kinds(tonic=0, soprano="B4 G4", **lower)
    assert LEADING_TONE not in kinds(tonic=None, soprano="B4 G4", **lower)
    assert LEADING_TONE not in kinds(tonic=2, soprano="B4 G4", **lower)


def test_an_inner_leading_tone_may_fall_a_third():
    parts = {"soprano": "D5 C5", "tenor": "G4 E4", "bass": "G3 C4"}
    assert LEADING_TONE not in kinds(tonic=0, alto="B4 G4", **parts)
    assert LEADING_TONE in kinds(tonic=0, alto="B4 E4", **parts)


def test_a_rest_interrupts_parallels():
    upper = Voice("upper", (Tone(0, 480, 67), Tone(960, 1440, 69)))
    lower = Voice("lower", (Tone(0, 480, 60), Tone(960, 1440, 62)))
    assert [f.kind for f in examine((upper, lower))] == [PARALLEL_FIFTHS]
    silence = Voice("middle", (Tone(480, 960, 64),))
    assert PARALLEL_FIFTHS not in [f.kind for f in examine((upper, silence, lower))]


def test_voices_are_ordered_by_name_else_by_height():
    crossed = voices(bass="C5 C5", soprano="C4 C4")
    assert [voice.name for voice in crossed] == ["soprano", "bass"]
    unnamed = voices(two="C5 C5", one="C4 C4")
    assert [voice.name for voice in unnamed] == ["two", "one"]
    four = voices(a1="C3 C3", b1="C4 C4", c1="C5 C5", d1="G4 G4")
    assert roles_of(four) == ("soprano", "alto", "tenor", "bass")
    assert [voice.name for voice in four] == ["c1", "d1", "b1", "a1"]


def test_only_faults_of_judged_parts_are_listed():
    parts = voices(soprano="G4 A4", alto="C4 D4", bass="E3 C3")
    assert examine(parts, judged=frozenset({"bass"})) == []
    assert examine(parts, judged=frozenset({"alto"}))


def test_overlap_is_motion_past_a_neighbour():
    assert overlaps(voices(upper="E4 A4", lower="C4 F4"))
    assert not overlaps(voices(upper="E4 F4", lower="C4 D4"))


def test_a_rest_is_no_motion_past_a_neighbour():
    late = voices_of([(1.0, 72, "upper"), (0.0, 60, "lower"), (1.0, 79, "lower")])
    assert not overlaps(ordered(late))


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ("G4 C4 -", "E4 - E4", [CROSSING] * 2),  # the upper voice alone moves, then the lower
        ("G4 - -", "E4 A4 -", [CROSSING]),
    ],
)
def test_one_voice_that_moves_alone_may_cross(upper, lower, expected):
    found = examine(voices(upper=upper, lower=lower))
    assert [fault.kind for fault in found if fault.kind == CROSSING] == expected


def test_what_two_voices_hold_while_a_third_moves_is_one_fault():
    assert kinds(alto="C4 - -", tenor="E4 - -", bass="G3 F3 G3").count(CROSSING) == 1


@pytest.mark.parametrize(
    ("alto", "tenor", "bass", "expected"),
    [
        ("G4 G4", "E4 E4", "C4 C4", []),
        ("Bb4 Bb4", "E4 E4", "C4 C4", []),
        ("G4 E4", "E4 D4", "C4 C4", [QUARTER]),  # C D E is no part of a seventh chord
        ("G4 -", "E4 D4", "C4 E4", []),  # one voice held over is allowed to be foreign
        ("E4 E4", "D4 F4", "C4 C4", [0]),  # C E F is: F major with its seventh
    ],
)
def test_three_voices_clash_where_they_sound_no_triad_or_seventh(alto, tenor, bass, expected):
    found = clashes(voices(alto=alto, tenor=tenor, bass=bass), (0, QUARTER))
    assert found == expected
    assert clashes(voices(alto=alto, tenor=tenor, bass=bass), ()) == []


@pytest.mark.parametrize(
    ("upper", "lower", "bad"),
    [
        ("E4 F4 G4", "C4 - -", 0),  # passing
        ("E4 F4 E4", "C4 - -", 0),  # neighbour
        ("E4 F4 C5", "C4 - -", 1),  # left by leap
        ("C5 F4 G4", "C4 - -", 1),  # reached by leap
        ("C5 - B4", "E4 D4 D4", 0),  # suspension, seventh to sixth
        ("C5 - A4", "E4 D4 C4", 0),  # the lower one passes
        ("C5 - G4", "E4 B3 E4", 1),
    ],
)
def test_held_dissonances_are_excused_as_passing_or_suspended(upper, lower, bad):
    assert len(unprepared(voices(upper=upper, lower=lower))) == bad


def test_sonorities_hold_what_sounds_at_each_beginning():
    held = sonorities(voices(upper="C5 D5", lower="C4 -"))
    assert [now for now, _ in held] == [0, QUARTER]
    assert [[t.pitch if t else None for t in tones] for _, tones in held] == [[72, 60], [74, 60]]


WHITE = [p for p in range(48, 84) if p % 12 in (0, 2, 4, 5, 7, 9, 11)]
NAMES = ["C", "C#", "D", "E-", "E", "F", "F#", "G", "A-", "A", "B-", "B"]


def quartet(a: int, c: int, b: int, d: int):
    leading = import_module("music21.voiceLeading")
    named = [f"{NAMES[p % 12]}{p // 12 - 1}" for p in (a, c, b, d)]
    return leading.VoiceLeadingQuartet(*named)


def test_random_quartets_are_judged_as_music21_does():
    rng = random.Random(7)
    seen: Counter[str] = Counter()
    for _ in range(600):
        a, c = rng.choices(WHITE, k=2)
        b = a - rng.choice((0, 7, 12, 4, 19))
        d = c - rng.choice((0, 7, 12, 3, 19, -2))
        if b % 12 in (1, 3, 6, 8, 10) or d % 12 in (1, 3, 6, 8, 10):
            continue
        upper = Voice("upper", (Tone(0, 480, a), Tone(480, 960, c)))
        lower = Voice("lower", (Tone(0, 480, b), Tone(480, 960, d)))
        got = {f.kind for f in examine((upper, lower))}
        vlq = quartet(a, c, b, d)
        assert (PARALLEL_FIFTHS in got) == vlq.parallelFifth(), (a, c, b, d)
        if abs(a - b) % 12 or abs(c - d) % 12 or (a == b) == (c == d):
            octaves = vlq.parallelOctave() or vlq.parallelUnison()
            assert (PARALLEL_OCTAVES in got) == octaves, (a, c, b, d)
            leap = abs(a - c) > 2
            assert (DIRECT_FIFTHS in got) == (vlq.hiddenFifth() and leap), (a, c, b, d)
        if a >= b and c >= d:
            assert CROSSING not in got
        else:
            assert CROSSING in got
            assert vlq.voiceCrossing()
        seen.update(got)
    assert seen[PARALLEL_FIFTHS] > 20
    assert seen[PARALLEL_OCTAVES] > 20
    assert seen[DIRECT_FIFTHS] > 5


@pytest.mark.parametrize("piece", ["bach/bwv66.6", "bach/bwv269"])
def test_parallels_in_a_chorale_are_those_that_music21_finds(piece):
    corpus = import_module("music21.corpus")
    score = corpus.parse(piece)
    parts = []
    for part in score.parts:
        tones = [
            Tone(round(n.offset * QUARTER), round((n.offset + n.quarterLength) * QUARTER),
                 n.pitch.midi)
            for n in part.flatten().notes
        ]  # fmt: skip
        parts.append(Voice(part.partName, tuple(tones)))
    choir = ordered(parts)
    found = Counter(f.kind for f in examine(choir) if f.kind.startswith("parallel"))
    expected: Counter[str] = Counter()
    for (_, old), (now, new) in pairwise(sonorities(choir)):
        for i, j in combinations(range(4), 2):
            a, b, c, d = old[i], old[j], new[i], new[j]
            if a is None or b is None or c is None or d is None or c.onset < now or d.onset < now:
                continue
            vlq = quartet(a.pitch, c.pitch, b.pitch, d.pitch)
            if a.pitch != c.pitch and b.pitch != d.pitch:
                expected[PARALLEL_FIFTHS] += vlq.parallelFifth()
                expected[PARALLEL_OCTAVES] += vlq.parallelOctave() or vlq.parallelUnison()
    assert found == +expected
