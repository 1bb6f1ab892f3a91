"""What a name means: tables against music21; a false reason costs, a true one costs nothing."""

from __future__ import annotations

import pytest
from music21 import interval as intervals
from music21 import meter as meters
from music21 import scale as scales

from rewards import Facts, Question, parse
from rewards.claims.verify.theory import holds
from rewards.scorers.theory import theory

ALONE = 1 / 1.1
"""What the asked fact earns that is said and nothing else."""
MODES = {"dorian": scales.DorianScale, "phrygian": scales.PhrygianScale,
         "lydian": scales.LydianScale, "mixolydian": scales.MixolydianScale,
         "locrian": scales.LocrianScale}  # fmt: skip


def value(facet: str, truth: str, think: str) -> float:
    row = Question("q", "What is it?", facet=facet, answer=truth, facts=Facts(**{facet: truth}))
    verdict = theory(row, parse(f"<think>{think}</think> <answer>{truth}</answer>"))
    assert verdict is not None
    return verdict.value


@pytest.mark.parametrize("name", ["m2", "M3", "P4", "A4", "P5", "m6", "M6", "m7", "P8", "M9"])
def test_an_interval_has_the_semitones_of_music21(name):
    width = intervals.Interval(name).semitones
    assert holds(f"semitones of {name} is {width}") is True
    assert holds(f"semitones of {name} is {width + 1}") is False
    assert holds(f"semitones of {name} is {width + 5}") is False


@pytest.mark.parametrize("name", ["2/4", "3/4", "4/4", "6/8", "9/8", "12/8"])
def test_a_meter_has_the_class_and_the_beats_of_music21(name):
    known = meters.TimeSignature(name)
    said = known.classification.lower()
    assert holds(f"class of {name} is {said}") is True
    assert holds(f"beats of {name} is {known.beatCount}") is True
    other = "compound" if "simple" in said else "simple"
    assert holds(f"class of {name} is {said.replace(said.split()[0], other)}") is False
    assert holds(f"class of {name} is {'duple' if 'triple' in said else 'triple'}") is False
    assert holds(f"beats of {name} is 7") is False


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_has_the_notes_and_degrees_of_music21(mode):
    pitches = MODES[mode]("D").getPitches("D4", "C#5")
    tones = {pitch.pitchClass for pitch in pitches}
    for note, sound in (("E", 4), ("Eb", 3), ("B", 11), ("Bb", 10), ("G#", 8), ("C", 0)):
        assert holds(f"note of D {mode} is {note}") is (sound in tones)
    for degree, sound in (("flat second", 3), ("raised fourth", 8), ("raised sixth", 11),
                          ("flat seventh", 0), ("raised seventh", 1)):  # fmt: skip
        assert holds(f"degree of {mode} is {degree}") is (sound in tones)


def test_what_is_not_settled_is_told_by_nobody():
    for proposition in ("beats of 5/4 is 2", "class of 7/8 is simple", "close of PAC is II I",
                        "degree of dorian is flat ninth", "semitones of P5 is many",
                        "close of HC is Ger65 N"):  # fmt: skip
        assert holds(proposition) is None


FALSE = [
    ("interval", "P4", "It is a perfect fourth. It spans six semitones."),
    ("interval", "P4", "Six half steps, so it is a perfect fourth."),
    ("interval", "P4", "A perfect fourth, because there are seven semitones between the notes."),
    ("interval", "M3", "It is a major third, which has five half-steps."),
    ("interval", "M6", "I hear a major sixth (eight semitones)."),
    ("interval", "m3", "Two whole tones, a minor third."),
    ("meter", "9/8", "It's in 9/8, a simple triple meter."),
    ("meter", "9/8", "It is compound duple, so 9/8."),
    ("meter", "3/4", "It is 3/4. It has two beats in every bar."),
    ("meter", "3/4", "The meter is 3/4: four quarter notes in each bar."),
    ("meter", "12/8", "12/8 means six beats, so it is 12/8."),
    ("cadence", "PC", "It is a plagal cadence since V goes to I."),
    ("cadence", "PAC", "A perfect authentic cadence: IV-I."),
    ("cadence", "HC", "A half cadence, because it ends on the tonic."),
    ("cadence", "DC", "V moves to I, so it's a deceptive cadence."),
    ("mode", "E phrygian", "E Phrygian, with its raised fourth."),
    ("mode", "F lydian", "It is F Lydian because of the B flat."),
    ("mode", "F lydian", "A lowered seventh makes it F Lydian."),
    ("chord", "E:min", "The chord is E minor, namely E, G sharp and B."),
    ("chord", "C:maj7", "It is Cmaj7, which is C, E, G and B flat."),
    ("chord", "F:min", "It is an F minor triad with F, A and C."),
    ("key", "B major", "The key is B major, i.e. B, D natural and F sharp."),
    ("key", "A major", "Its dominant is D, so the key is A major."),
]


@pytest.mark.parametrize(("facet", "truth", "think"), FALSE)
def test_a_false_reason_for_the_right_name_costs(facet, truth, think):
    assert value(facet, truth, think) < 0.35


TRUE = [
    ("interval", "P4", "It is a perfect fourth. It spans five semitones."),
    ("interval", "P4", "A perfect fifth is seven semitones. It is two fewer: a perfect fourth."),
    ("interval", "P4", "It's a perfect fourth; it is one semitone larger than a major third."),
    ("interval", "P4", "Four semitones would be a major third; here are five, a perfect fourth."),
    ("interval", "m3", "Three half steps, so a minor third."),
    ("meter", "9/8", "9/8 has three beats of three eighths each."),
    ("meter", "6/8", "It's in 6/8, not in a simple triple meter."),
    ("meter", "6/8", "The meter is 6/8. It has two beats, each of three eighths."),
    ("meter", "3/4", "Three quarter notes to the bar, a simple triple meter: 3/4."),
    ("cadence", "HC", "It is a half cadence since it stops on V; V moves to I only later."),
    ("cadence", "HC", "V does not move to I, so it is a half cadence."),
    ("cadence", "DC", "Instead of V-I it goes V-vi, so a deceptive cadence."),
    ("mode", "A dorian", "A Dorian: the F is sharp, where A minor has an F natural."),
    ("mode", "A dorian", "It's A Dorian, because there is no B flat."),
    ("mode", "A dorian", "Phrygian has a lowered second; here the sixth is raised: A Dorian."),
    ("key", "G major", "The key is G major, i.e. G, A, B, C, D, E and F sharp."),
    ("chord", "D:7", "It is D7, that is D, F sharp, A and C."),
]


@pytest.mark.parametrize(("facet", "truth", "think"), TRUE)
def test_a_true_reason_costs_nothing(facet, truth, think):
    assert value(facet, truth, think) >= ALONE - 1e-6


@pytest.mark.parametrize(("facet", "truth", "think"), [
    ("interval", "P4", "A perfect fourth is five semitones."),
    ("meter", "9/8", "Nine eighths make three beats."),
    ("mode", "E phrygian", "A lowered second is typical of Phrygian."),
])  # fmt: skip
def test_a_true_definition_alone_earns_at_most_a_part(facet, truth, think):
    assert value(facet, truth, think) < 0.5
