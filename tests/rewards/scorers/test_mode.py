"""The mode reward: the notes on the tonic, and a little for the same third."""

from __future__ import annotations

from importlib import import_module

import pytest

from rewards.scorers.mode import nearness
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note

CASES = {
    "A dorian": {
        1.0: """A dorian|a dorian|A-dorisch|la dórico|la dorien|modo dórico de la|Ador|A:dor
        |dorian on A
        |Dorian mode in A|the A dorian mode|The mode is A dorian.|mode: dorian, tonic: A
        |Tonic: A, mode: Dorian|The tonic is A and the mode is dorian|A (dorian)|A hypodorian
        |A dorian, not A aeolian|not A minor but A dorian|A minor, more precisely A dorian
        |A dorian (minor with a raised sixth)|A dorian, a minor mode with a raised sixth
        |the second mode of G major|A dorian, the second mode of G major|G major scale starting on A
        |A dorian (same notes as G major)|A minor with a raised sixth
        |A minor scale with a raised 6th
        |A dorian like A minor but with F#|A dorian (A B C D E F# G)|G## dorian|Ａ dorian|А dorian
        |A dor\u200bian|**A dorian**|\\boxed{A\\text{ dorian}}|Dorian (final A)
        |The tune is in the Dorian mode, with A as the final|Dorian mode starting on A
        |A dorian (parent scale G major)|A dorian, using the G major scale""",
        0.3: "A minor|A aeolian|Am|a-Moll|A phrygian|A harmonic minor|A locrian|A minor pentatonic"
        "|A blues|la menor|A melodic minor|dorian|the Dorian mode",
        0.0: """D dorian|G major|C major|E minor|A major|A mixolydian|B phrygian|A|in A|aeolian
        |minor
        |A dorian or A aeolian|A dorian or aeolian|A dorian / aeolian|A dorian, A phrygian
        |A dorian and A minor|A dorian, maybe phrygian|either dorian or aeolian on A
        |dorian or aeolian|not A dorian||X
        |neither A dorian nor A aeolian|ionian, dorian, phrygian, lydian|A minor chord|A whole tone
        |A chromatic|A half-whole octatonic|I do not know|A# dorian|A dorian or G major""",
    },
    "dorian": {
        1.0: "dorian|dorisch|dórico|the Dorian mode|D dorian|A dorian|minor with a raised sixth"
        "|Dorian (a minor mode)|Dorian, not Aeolian|second mode of C major"
        "|minor, specifically dorian",
        0.3: "minor|aeolian|phrygian|A minor",
        0.0: "major|ionian|lydian|mixolydian|dorian or aeolian|dorian, phrygian|not dorian|D",
    },
    "minor": {
        1.0: "minor|moll|mineur|menor|minore|natural minor|aeolian|It is in a minor key|A minor"
        "|minor, not major|minor, because of the lowered third",
        0.3: "dorian|harmonic minor|phrygian",
        0.0: "major|major or minor|major/minor|not minor|a minor chord|both major and minor",
    },
    "E phrygian dominant": {
        1.0: "E phrygian dominant|fifth mode of A harmonic minor|E spanish phrygian|E freygish"
        "|E phrygian with a major third|E phrygian natural 3",
        0.3: "E major|E mixolydian",
        0.0: "E phrygian|A harmonic minor|E minor",
    },
    "C whole tone": {
        1.0: "C whole-tone scale|C Ganztonleiter|the whole tone scale on C",
        0.3: "whole tone|C major|C lydian",
        0.0: "D whole tone|C minor",
    },
    "F# blues": {1.0: "Gb blues|F sharp blues scale", 0.3: "F#m|F# dorian", 0.0: "F# major"
        "|F blues"},
    "G mixolydian": {
        1.0: "Gmix|g-mixolydisch|sol mixolidio|sol misolidio|G major with a flat seventh"
        "|fifth mode of C major|C major scale from G to G|G mixolydian (b7)",
        0.3: "G major|G lydian|mixolydian|G pentatonic",
        0.0: "C major|D mixolydian|G minor|G",
    },
    "B phrygian": {1.0: "h-phrygisch|si frigio|Cb phrygian", 0.0: "b-phrygisch"},
    "D harmonic minor": {
        1.0: "D harmonic minor|d-Moll harmonisch|ré mineur harmonique|re menor armónica"
        "|re minore armonico|D minor with a raised seventh|harmonic minor on D",
        0.3: "D minor|D melodic minor|Dm|D dorian|harmonic minor",
        0.0: "D major|F major|D",
    },
    "C octatonic": {1.0: "C diminished scale|C whole-half octatonic", 0.0: "C chromatic"
        "|C# octatonic"},
    "Eb major pentatonic": {
        1.0: "E flat pentatonic|Es-Dur-Pentatonik|mi bemol pentatonica mayor",
        0.3: "Eb major|Eb lydian",
        0.0: "Eb minor pentatonic|C minor pentatonic",
    },
}  # fmt: skip
MUSIC21 = {
    "major": "MajorScale", "minor": "MinorScale", "dorian": "DorianScale",
    "phrygian": "PhrygianScale", "lydian": "LydianScale", "mixolydian": "MixolydianScale",
    "locrian": "LocrianScale", "harmonic minor": "HarmonicMinorScale",
    "melodic minor": "MelodicMinorScale", "whole tone": "WholeToneScale",
    "octatonic": "OctatonicScale", "chromatic": "ChromaticScale",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "answer", "credit"),
    [
        (fact, answer.strip(" \n"), credit)
        for fact, table in CASES.items()
        for credit, answers in table.items()
        for answer in answers.split("|")
    ],
)
def test_answer_earns_its_credit(value, fact, answer, credit):
    assert value("mode", answer, facts={"mode": fact}) == credit


def test_a_question_that_names_the_tonic_asks_for_the_mode_alone(value):
    text = "Which mode has its final on D here?"
    assert value("mode", "dorian", facts={"mode": "D dorian"}, text=text) == 1.0
    assert value("mode", "aeolian", facts={"mode": "D dorian"}, text=text) == 0.3
    assert value("mode", "dorian", facts={"mode": "A dorian"}, text=text) == 0.3
    sharp = "Which mode has its final on F♯ here?"
    assert value("mode", "dorian", facts={"mode": "F# dorian"}, text=sharp) == 1.0


def test_a_gold_answer_without_a_tonic_asks_for_the_mode_alone(value):
    assert value("mode", "Dorian", facts={"mode": "D dorian"}, gold="Dorian") == 1.0


def test_spelling_is_judged_only_where_the_row_says_so(value):
    assert value("mode", "Gb dorian", facts={"mode": "F# dorian"}) == 1.0
    assert value("mode", "Gb dorian", facts={"mode": "F# dorian", "spelling": True}) == 0.0


@pytest.mark.parametrize("fact", ["X", "other", "atonal"])
def test_a_reference_without_a_mode_does_not_apply(judge, fact):
    assert judge("mode", "A dorian", facts={"mode": fact}).status == "not_applicable"


def test_absent_fact_or_another_facet_does_not_apply_and_a_bad_fact_is_an_error(judge):
    assert judge("mode", "A dorian").status == "not_applicable"
    asked = judge("mode", "A dorian", facts={"mode": "A dorian"}, facet="key")
    assert asked.status == "not_applicable"
    assert judge("mode", "A dorian", facts={"mode": "A sideways"}).status == "error"


@pytest.mark.parametrize(("mode", "oracle"), MUSIC21.items())
def test_steps_are_those_of_music21_on_all_tonics(mode, oracle):
    scales = import_module("music21.scale")
    for fifths in range(-5, 7):
        tonic = Note(fifths)
        made = getattr(scales, oracle)(tonic.name.replace("b", "-"))
        pitches = made.getPitches(direction=scales.Direction.ASCENDING)
        scale = parse_mode(f"{tonic.name} {mode}")
        assert scale is not None
        assert scale.tonic is not None
        classes = {(tonic.pitch_class + step) % 12 for step in scale.steps}
        assert classes == {pitch.pitchClass for pitch in pitches}, (tonic.name, mode)


def test_nearness_is_the_same_in_every_transposition_and_symmetric():
    modes = ["major", "minor", "dorian", "lydian", "harmonic minor", "blues", "whole tone"]
    for one in modes:
        for other in modes:
            values = set()
            for fifths in range(-6, 8):
                a, b = (parse_mode(f"{Note(fifths).name} {mode}") for mode in (one, other))
                assert a is not None
                assert b is not None
                here, back = (nearness(*p, spelled=True)[0] for p in ((a, b), (b, a)))
                assert here == back
                values.add(here)
            assert len(values) == 1
