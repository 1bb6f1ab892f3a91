"""Claims of tempo: the frames in which a number without "bpm" is one, and those in which not."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def tempi(told):
    """What is claimed of tempo alone."""
    return lambda text: [claim[6:] for claim in told(text) if claim.startswith("tempo ")]


@pytest.mark.parametrize(("text", "expected"), [
    ("Drum and bass at 174.", ["174"]),
    ("A shuffle at 118, in four.", ["118"]),
    ("Everything loops at 110.", ["110"]),
    ("It moves along at a brisk 140.", ["140"]),
    ("I'd put it at one-fifty, give or take.", ["150"]),
    ("Not a funeral, but at 132 that idea evaporates.", ["132"]),
    ("Tempo 116 on my phone.", ["116"]),
    ("The speed remains 70.", ["70"]),
    ("The beat might be 76.", ["76 hedged"]),
    ("Half note equals 112.", ["112"]),
    ("The dotted pulse at 60 rocks.", ["60"]),
    ("Crotchet near 50.", ["50"]),
    ("A trio, 126 to the quarter.", ["126"]),
    ("Around 138 per quarter.", ["138"]),
    ("98 of them per minute.", ["98"]),
    ("Fifty-four on the metronome.", ["54"]),
    ("One hundred twenty steps, like every parade.", ["120"]),
    ("I'd say 112.", ["112"]),
    ("I'd call it 88.", ["88"]),
    ("It feels more like 78 to me.", ["78"]),
    ("Organ and guitar, around 150.", ["150"]),
    ("It's a ballad, 68 or so.", ["68"]),
    ("Sixty-four-ish, a slow soul burner.", ["64"]),
    ("The tempo hovers near 110, maybe 112.", ["110", "112 hedged"]),
    ("I'd beatmatch this at 134, maybe 133.", ["134", "133 hedged"]),
    ("I'd tag it at 140 and not 70.", ["140", "70 denied"]),
    ("Doubling gives 256 bpm, too fast.", ["256 denied"]),
    ("It is 90 bpm, not too fast.", ["90"]),
    ("It's 160 bpm, far too fast for a ballad.", ["160"]),
    ("A tempo of 140 in half-time, felt at 70.", ["140", "70"]),
    ("It starts at 80 and ends at 100 bpm.", ["80", "100"]),
])  # fmt: skip
def test_a_number_is_a_tempo_by_its_frame(tempi, text, expected):
    assert tempi(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Tempo 140, or 70 if you nod in half time.", ["140", "70 hypothetical"]),
    ("It runs at 98, or 196 if you follow the banjo.", ["98", "196 hypothetical"]),
    ("The pulse is at 60 or, if someone prefers, 180.", ["60", "180 hypothetical"]),
    ("That is 58 bpm; counting the triplets one would say 174.", ["58", "174 hypothetical"]),
    ("It runs at 190. If you step on half the beats you get ninety-five.",
         ["190", "95 hypothetical"]),
])  # fmt: skip
def test_another_count_of_the_same_beat_is_only_supposed(tempi, text, expected):
    assert tempi(text) == expected


@pytest.mark.parametrize("text", [
    "The chorus begins at 45.",
    "The solo enters at 90 and lasts 30 seconds.",
    "There are 32 bars in the form.",
    "The bass is tuned down 50 cents.",
    "About 40 percent of the time the drums rest.",
    "I've heard it at least 50 times.",
    "The clip lasts 30 seconds.",
    "Bar 64 brings the reprise.",
    "MIDI note 60 is middle C.",
    "At 35 seconds the drums enter.",
    "At 44 the solo begins.",
    "It was released in 1975.",
    "The tempo picks up from 90 to 120.",
    "Dividing sixty by 0.8 helps.",
    "A group of 60 singers.",
    "She made this record at 43, and it shows.",
    "The limiter is set at 90 with a soft knee.",
    "They met at 60 Main Street.",
    "The solo begins at 75 and the outro at 90.",
    "Around 80, the crowd retired.",
    "I'd say 60, since the hall is small.",
    "The clip cuts off at 88.",
    "The crossfade sits at 75.",
])  # fmt: skip
def test_other_numbers_are_no_tempo(tempi, text):
    assert tempi(text) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("The metronome would read 60.", ["tempo 60"]),
    ("The tempo would be around 90 bpm.", ["tempo 90"]),
    ("I'd say 120 BPM if pressed.", ["tempo 120"]),
    ("The tempo marking would be Andante.", ["tempo_term andante"]),
    ("If I tapped eighths the tempo would be 180.", ["tempo 180 hypothetical"]),
    ("The tempo would have to be 180 for that.", ["tempo 180 hypothetical"]),
    ("It runs at 76 or thereabouts.", ["tempo 76"]),
    ("The Andante range is 76 to 108 bpm.", []),
    ("Andante means walking.", []),
])  # fmt: skip
def test_a_polite_would_asserts_and_a_range_of_a_term_claims_nothing(told, text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Hard rock, 146, bass guitar doubling the same riff.", ["146"]),
    ("Pop, 118, she's belting, piano in eighths.", ["118"]),
    ("Facts so far: salsa, congas, timbales, 4/4, 96, A minor.", ["96"]),
    ("Synthwave: 104, F minor.", ["104"]),
    ("A samba at a lively 112, D major.", ["112"]),
    ("Speed metal; 210; E minor.", ["210"]),
    ("It's a slow blues, 60 or just under.", ["60"]),
    ("The pace first: the fast reading, 140, is the one.", ["140"]),
    ("The app blinks 63.", ["63"]),
    ("My phone shows 98.", ["98"]),
    ("The label printed 144 on the sleeve.", ["144"]),
    ("Software says 61, which is silly.", ["61 denied"]),
    ("What I'm given crawls at, say, 64.", ["64"]),
    ("132 on my class playlist, that's cardio zone.", ["132"]),
    ("The pace: eighty if I must be exact.", ["80"]),
    ("Tempo: 124 (the 120 in my draft was careless).", ["124", "120 retracted"]),
    ("The tempo is 165; the wiki's 150 is false.", ["165", "150 denied"]),
])  # fmt: skip
def test_an_item_of_a_list_of_facts_and_what_a_device_shows_are_tempi(tempi, text, expected):
    assert tempi(text) == expected


@pytest.mark.parametrize("text", [
    "The song was released in 1984, produced by three people.",
    "Bars 12, 116 and 120 hold the cadence.",
    "Op. 59, no. 2, E minor, is a quartet.",
    "I hear a TR 808, E minor, and vocals.",
    "The phone shows 45 percent battery.",
    "The counter says 90 seconds when the trumpet enters.",
    "[Verse 0:12-0:45] The tempo stays as it was, in F minor.",
    "Track 88, C major, is a waltz.",
    "The score shows 32 measures.",
    "Thrash gallops at 180 and above.",
    "Moderato ends around 120 by most charts.",
])  # fmt: skip
def test_numbers_of_things_and_of_bounds_are_no_tempo(tempi, text):
    assert tempi(text) == []


@pytest.mark.parametrize("text", [
    "Presto begins well above.", "Largo belongs far below, forty to sixty.",
    "Moderato lies far below.", "Vivace usually starts higher.",
])  # fmt: skip
def test_a_term_that_lies_beyond_the_tempo_is_denied(told, text):
    assert [claim.endswith(" denied") for claim in told(text)] == [True]


@pytest.mark.parametrize(("text", "expected"), [
    ("Largo and Andante both lie below 110.", []),
    ("Largo, Andante and Moderato all end below 120.", []),
    ("176 exceeds the Allegro band, therefore Presto.",
     ["tempo_term allegro denied", "tempo_term presto"]),
    ("It exceeds the usual Andante range.", ["tempo_term andante denied"]),
    ("It does not exceed the Allegro band.", []),
    ("It falls within the Allegro band.", ["tempo_term allegro"]),
    ("Largo and Andante alternate, never below 50.",
     ["tempo_term largo", "tempo_term andante"]),
])  # fmt: skip
def test_a_term_that_only_bounds_a_tempo_is_not_that_of_the_clip(told, text, expected):
    assert [claim for claim in told(text) if claim.startswith("tempo_term")] == expected
