"""The tables are those that music21 generates, and what is read agrees with every entry."""

from __future__ import annotations

import itertools
import json

import pytest
from music21.harmony import CHORD_TYPES, ChordSymbol
from music21.interval import Interval as TheirInterval
from music21.key import Key as TheirKey
from music21.roman import RomanNumeral
from music21.scale import Direction, MelodicMinorScale

from rewards.spelling import make_tables
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import mask_of, parse_harte
from rewards.spelling.intervals import interval_of, parse_interval
from rewards.spelling.keys import parse_key
from rewards.spelling.lead_sheet import parse_suffix
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note
from rewards.spelling.numerals import chord_of, parse_numeral
from rewards.spelling.scales import STEPS
from rewards.spelling.signatures import find_signatures, of_key
from rewards.spelling.tables import FILE, table

MODES = ("major", "minor")
DEGREES = ("I", "II", "III", "IV", "V", "VI", "VII")
TONICS = [Note(fifths) for fifths in range(-7, 8)]


def masks(tones: list[int]) -> tuple[int, int]:
    """Of the tones within the octave, and of those past it."""
    return mask_of(*(t for t in tones if t < 12)), mask_of(*(t - 12 for t in tones if t >= 12))


def test_the_file_is_what_music21_generates():
    made = make_tables.make()
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    for name, entries in made.items():
        assert kept[name] == entries, f"stale: python -m {make_tables.__name__}"
    assert FILE.read_text(encoding="utf-8") == make_tables.text(made)


@pytest.mark.parametrize("name", STEPS)
def test_a_scale_is_read_to_its_steps_on_every_tonic(name):
    for tonic in TONICS:
        scale = parse_mode(f"{tonic.name} {name} scale")
        assert scale is not None
        assert (scale.tonic, scale.steps) == (tonic, frozenset(STEPS[name]))
    if name in table("scales"):
        assert list(STEPS[name]) == table("scales")[name]


@pytest.mark.parametrize("mode", table("signatures"))
def test_a_key_has_its_signature_and_its_relatives_share_it(mode):
    for tonic, count in table("signatures")[mode].items():
        key = parse_key(f"{tonic} {mode}")
        assert key is not None
        assert of_key(key) == count
        assert find_signatures(f"{tonic} {mode}") == (count,)
        # The rule of the circle of fifths: a fifth up is one sharp more.
        assert count == key.tonic.fifths + table("signatures")[mode]["C"]
    for fifths in (-20, 20):
        assert of_key(type(key)(Note(fifths), mode)) is None


def test_relative_keys_are_the_two_of_one_signature():
    majors, minors = (table("signatures")[mode] for mode in MODES)
    for major, minor in zip(majors, minors, strict=True):
        assert parse_key(f"the relative minor of {major} major") == parse_key(f"{minor} minor")
        assert parse_key(f"the relative major of {minor} minor") == parse_key(f"{major} major")


@pytest.mark.parametrize("number", table("intervals"))
def test_an_interval_is_as_wide_as_the_table_and_there_is_no_other(number):
    widths = table("intervals")[number]
    for quality in ("ddd", "dd", "d", "m", "mm", "P", "PP", "M", "MM", "A", "AA", "AAA", "AAAA"):
        interval = interval_of(quality, int(number))
        assert (interval.semitones if interval else None) == widths.get(quality)
        assert parse_interval(f"{quality}{number}") == interval
    natural = widths.get("P", widths.get("M"))
    # The rule: as wide as in a major scale, changed by the quality.
    octaves, step = divmod(int(number) - 1, 7)
    assert natural == 12 * octaves + STEPS["major"][step]


@pytest.mark.parametrize("name", table("chords"))
def test_a_shorthand_has_its_tones_on_every_root(name):
    within, past = masks(table("chords")[name])
    for root in TONICS:
        chord = parse_harte(f"{root.name}:{name}")
        assert chord is not None
        assert (chord.root, chord.intervals, chord.upper) == (root, within, past)


@pytest.mark.parametrize("suffix", [s for s in table("suffixes") if s != "+11"])
def test_a_lead_sheet_suffix_has_its_tones(suffix):
    assert parse_suffix(suffix) == masks(table("suffixes")[suffix])
    chord = parse_chord(f"F#{suffix}")
    assert chord is not None
    assert (chord.intervals, chord.upper) == masks(table("suffixes")[suffix])


@pytest.mark.parametrize("mode", MODES)
def test_a_numeral_of_the_key_has_its_notes_in_every_key(mode):
    for name, notes in (table(f"{mode} numerals") | table("augmented sixths")).items():
        numeral = parse_numeral(name, mode == "minor")
        assert numeral is not None
        for tonic in TONICS:
            key = parse_key(f"{tonic.name} {mode}")
            assert key is not None
            root, mask, bass = chord_of(numeral, key)
            assert root == (tonic.pitch_class + notes[0]) % 12, name
            assert (mask, bass) == (mask_of(*(note - notes[0] for note in notes)), 0), name


# What follows are the differences from music21 that tables.py lists.


def theirs(figure: str, mode: str) -> tuple[int, list[int]]:
    """Lowest note above the tonic and the others above that, as music21 has them."""
    low, *others = RomanNumeral(figure, TheirKey("C", mode)).closedPosition().pitches
    return low.pitchClass, sorted(round(other.ps - low.ps) % 12 for other in others)


def ours(figure: str, mode: str) -> tuple[int, list[int]]:
    numeral, key = parse_numeral(figure, mode == "minor"), parse_key(f"C {mode}")
    assert numeral is not None
    assert key is not None
    root, mask, _ = chord_of(numeral, key)
    return root, [step for step in range(1, 12) if mask >> step & 1]


def figures(mode: str) -> list[tuple[str, str]]:
    """Triads and sevenths on raised, natural and lowered degrees, each with the figure that
    music21 writes for it: in minor without a sign that only says what the scale has.
    """
    found = []
    for sign, (place, degree) in itertools.product(("", "b", "#"), enumerate(DEGREES, 1)):
        small = degree.lower()
        for name in (degree, f"{degree}+", small, f"{small}°"):
            low = place in (6, 7) and name.startswith(small)  # these stand on raised degrees
            idle = (sign == "#" and low) or (sign == "b" and place in (3, 6, 7) and not low)
            plain = name if idle and mode == "minor" else sign + name
            found += [(sign + name, plain), (f"{sign}{name}7", f"{plain}7")]
        found.append((f"{sign}{small}ø7", found[-1][1].replace("°", "ø")))
    return found


@pytest.mark.parametrize("mode", MODES)
def test_numerals_differ_by_an_idle_sign_and_by_sevenths_of_chords_outside_the_key(mode):
    differing = set()
    for figure, plain in figures(mode):
        (low, found), (their_low, their_notes) = ours(figure, mode), theirs(plain, mode)
        assert low == their_low, figure
        if figure != plain:
            assert theirs(figure, mode)[0] != low
        if found != their_notes:
            differing.add(figure)
            assert plain not in table(f"{mode} numerals")
            assert set(found) == {*theirs(plain[:-1], mode)[1], 10}, figure
    expected = {"major": {"I+7", "bVI7", "bVII7", "#ii7"}, "minor": {"III+7", "vii7", "#iv7"}}
    assert expected[mode] <= differing


def test_melodic_minor_is_the_same_up_and_down():
    down = MelodicMinorScale("C").getPitches(direction=Direction.DESCENDING)
    assert {pitch.pitchClass for pitch in down} == set(STEPS["minor"])
    assert parse_mode("C melodic minor") != parse_mode("C minor")


def test_a_plus_before_eleven_raises_the_eleventh():
    assert masks(table("suffixes")["+11"]) == parse_suffix("aug11")
    assert parse_suffix("+11") == parse_suffix("7#11")


@pytest.mark.parametrize("kind", make_tables.NO_SUFFIX)
def test_chords_with_names_of_their_own_are_no_suffixes(kind):
    for suffix in CHORD_TYPES[kind][1]:
        assert ChordSymbol(f"C{suffix}").chordKind == kind
        assert parse_suffix(suffix) is None


def test_there_is_no_diminished_unison():
    assert TheirInterval("d1").semitones == -1
    assert interval_of("d", 1) is None
