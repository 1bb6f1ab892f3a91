"""The chord reward: spellings, levels, mir_eval as the oracle, and where it is left."""

from __future__ import annotations

import random
from importlib import import_module

import pytest

from rewards.facts import CHORD_METRICS
from rewards.scorers.chord import compare, default_level, in_vocabulary
from rewards.spelling.chord_mentions import find_chords
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import QUALITIES

SAME = {
    "E:min7": "Em7|E-7|E:min7|Emin7|E minor seventh|E minor 7th chord|an e minor seventh chord|Emi7"
    "|The chord is Em7.|an Em7 chord|E minor 7|Em7/D|Em9|Em7, not E7|not E7, Em7|Em7 (E G B D)|Em⁷"
    "|Em7: E, G, B, D|E minor seventh (E-G-B-D)|Em7 = E G B D|Fbm7|Ｅm７|E m7|**Em7**|Em7 Em7"
    "|It is an E minor seventh chord (Em7)|\\boxed{Em7}",
    "F:maj": "F|F major|F major chord|F:maj|Fmaj|F-Dur|fa mayor|F7|Fmaj7|F/A|F major over A|F.|E#"
    "|F major in first inversion|F major triad|an F major chord|F major (F A C)|The chord is an F"
    "|F major triad: F, A and C|I hear F major|FM",
    "D:7": "D7|D7 (V7 in G)|D dominant seventh|D dominant 7|D seventh|D7 chord|Ddom7|D9|D7/F#|D13"
    "|D7(#9)|D7alt",
    "B:hdim7": "Bm7b5|Bø7|Bø|B half-diminished seventh|B half diminished|Bm7(b5)|B:hdim7|Bm7-5"
    "|B∅7|B-7b5",
    "F#:hdim7": "F#m7b5|F sharp half-diminished|F#m7b5/C|Gbm7b5|F♯ø7",
    "C#:dim7": "C#°7|C#dim7|C sharp diminished seventh|C#o7|C# fully diminished seventh|Dbdim7",
    "G:dim": "G°|Gdim|G diminished|Go|G diminished triad|Gdim7|Gº",
    "Ab:aug": "Ab+|Abaug|A flat augmented|Ab(#5)|G# augmented triad",
    "N": "N.C.|N|no chord|NC",
    "D:sus4": "Dsus4|D suspended fourth|Dsus|D sus 4|D suspended 4th",
    "D:sus2": "Dsus2|D suspended second",
    "G:maj6": "G6/9|G6|G69|G major sixth|Gadd6",
    "C:minmaj7": "C minor major seventh|CmMaj7|Cm(maj7)|CmM7|C minmaj7|C-maj7",
    "Eb:maj7": "Ebmaj7|EbM7|E♭Δ7|EbΔ|E flat major seventh|Eb major 7|Ebma7|Ebmaj9|Eb^7|E♭∆|Ebj7",
    "A:min": "Am|A minor|la menor|a-Moll|A-|A:min|Amin|A minor triad|Am7",
    "E:5": "E5|E power chord",
}
OTHER = {
    "E:min7": "Em|E7|G6|Em7 or G6|Em7/G6|Em7 and G6|X|N|a chord with a root|minor seventh|Am7"
    "|Em7b5||la menor"
    "|E:(1,b2,2,b3,3,4,b5,5,b6,6,b7,7)|Em7, or maybe G6|E something|not Em7|Emin7sus2dimaug",
    "F:maj": "Fm|F minor|F minor or major|Fm/A major|F5|Fsus4|C|F or C|F#|F°|F+|F to C|F - C"
    "|F#:maj|Fb",
    "G:7": "Gb7|Gmaj7|G|Gm7|G7sus4|G7b5",
    "G:hdim7": "Gdim7|Gm7|Gdim",
    "C:dim7": "C°|Cm7b5|Cdim",
    "C:dim": "Cm|C+|C",
    "D:sus4": "Dsus2|D|Dm",
    "N": "C|X|A minor",
    "G:maj6": "Em7|G|G7",
}


def pairs(table):
    return [(chord, answer) for chord, answers in table.items() for answer in answers.split("|")]


@pytest.mark.parametrize(("chord", "answer"), pairs(SAME))
def test_every_spelling_of_the_chord_earns_one(value, chord, answer):
    assert value("chord", answer, facts={"chord": chord}) == 1.0


@pytest.mark.parametrize(("chord", "answer"), pairs(OTHER))
def test_other_chords_and_hedges_earn_nothing(value, chord, answer):
    assert value("chord", answer, facts={"chord": chord}) == 0.0


def test_mirex_hacks_earn_nothing(value):
    facts = {"chord": "E:min7", "chord_metric": "mirex"}
    assert value("chord", "G6", facts=facts) == 1.0
    for hack in ("X", "E:(1,b2,2,b3,3,4,b5,5,b6,6,b7,7)", "C:maj13(b9,#11,b13,4)"):
        assert value("chord", hack, facts=facts) == 0.0


def test_mirex_minds_the_bass_only_where_it_is_asked(value):
    for level, credit in (("mirex", 1.0), ("mirex_inv", 0.0)):
        facts = {"chord": "C:maj/3", "chord_metric": level}
        assert value("chord", "C", facts=facts) == credit
        assert value("chord", "C/E", facts=facts) == 1.0


def test_inversion_counts_only_at_the_inverted_levels(value):
    inverted = {"chord": "C:maj/3", "chord_metric": "majmin_inv"}
    assert value("chord", "C/E", facts=inverted) == 1.0
    assert value("chord", "C major in first inversion", facts=inverted) == 1.0
    assert value("chord", "C", facts=inverted) == 0.0
    assert value("chord", "C", facts={"chord": "C:maj/3", "chord_metric": "majmin"}) == 1.0


def test_roots_are_spelled_where_the_row_says_so(value):
    facts = {"chord": "F#:7", "spelling": True}
    assert value("chord", "Gb7", facts=facts) == 0.0
    assert value("chord", "F#7", facts=facts) == 1.0


@pytest.mark.parametrize(
    ("chord", "metric"),
    [("E:5", "majmin"), ("E:dim", "majmin"), ("E:sus4", "sevenths"), ("E:5", "mirex"), ("X", None),
     ("X", "root"), ("E:hdim7", "sevenths")],
)  # fmt: skip
def test_reference_outside_the_vocabulary_does_not_apply(judge, chord, metric):
    part = judge("chord", "E", facts={"chord": chord, "chord_metric": metric})
    assert part.status == "not_applicable"


def test_applies_only_where_a_chord_is_asked(judge):
    assert judge("chord", "E").status == "not_applicable"
    asked = judge("chord", "E", facts={"chord": "E", "key": "E major"}, facet="key")
    assert asked.status == "not_applicable"
    assert judge("chord", "E", facts={"chord": "sideways"}).status == "error"


def random_label(rng: random.Random) -> str:
    if rng.random() < 0.04:
        return "N"
    qualities = [q for q in QUALITIES if q not in ("aug7", "maj11")]
    label = (
        rng.choice("ABCDEFG") + rng.choice(["", "#", "b", "##", "bb"]) + ":" + rng.choice(qualities)
    )
    if rng.random() < 0.3:
        degrees = rng.sample(["2", "b3", "4", "#5", "6", "b7", "9", "#11", "*3", "*5", "b13"], 2)
        label += f"({','.join(degrees[: rng.randint(1, 2)])})"
    if rng.random() < 0.4:
        label += "/" + rng.choice(["3", "b3", "5", "b7", "2", "#4", "6", "1"])
    return label


def test_levels_are_those_of_mir_eval_on_random_labels():
    oracle = import_module("mir_eval.chord")
    rng = random.Random(11)
    for _ in range(3000):
        truth_label, got_label = random_label(rng), random_label(rng)
        if rng.random() < 0.5:  # near misses tell more than strangers
            got_label = truth_label.split(":")[0] + ":" + got_label.split(":")[-1]
            got_label = (
                got_label if ":" in truth_label and got_label.count(":") == 1 else truth_label
            )
            got_label = got_label.replace(":N", "")
        truth, got = parse_chord(truth_label), parse_chord(got_label)
        assert truth is not None, truth_label
        assert got is not None, got_label
        for level in set(CHORD_METRICS) - {"root_inv", "mirex_inv"}:  # ours alone
            expected = float(getattr(oracle, level)([truth_label], [got_label])[0])
            mine = float(compare(level, truth, got)) if in_vocabulary(level, truth) else -1.0
            assert mine == expected, (level, truth_label, got_label)


def test_a_fifth_added_in_the_fact_may_be_in_place_of_the_natural_one(value):
    for answer in ("C7b5", "C7(b5)", "C dominant seventh flat five", "C:7(b5)"):
        assert value("chord", answer, facts={"chord": "C:7(b5)"}) == 1.0
    assert value("chord", "C7", facts={"chord": "C:7(b5)"}) == 0.0
    assert value("chord", "C7b5", facts={"chord": "C:7"}) == 0.0


def test_a_hedge_over_any_two_chords_earns_nothing(value):
    rng = random.Random(5)
    for _ in range(200):
        truth, other = random_label(rng), random_label(rng)
        first, second = parse_chord(truth), parse_chord(other)
        if "N" in (truth, other) or first.same(second) or "1" in (truth + other):
            continue
        for join in (" or ", ", or ", " / ", " and "):
            got = value("chord", f"{truth}{join}{other}", facts={"chord": truth})
            assert got == 0.0, (truth, join, other)


@pytest.mark.parametrize("answer", ["C / A", "C / Bb", "C / B", "C / D"])
def test_a_slash_between_blanks_before_a_strange_note_parts_two_chords(value, answer):
    assert value("chord", answer, facts={"chord": "C:maj"}) == 0.0
    assert value("chord", "C / E", facts={"chord": "C:maj"}) == 1.0


def test_masks_are_those_of_mir_eval():
    oracle = import_module("mir_eval.chord")
    for quality, bits in oracle.QUALITIES.items():
        if quality:
            assert QUALITIES[quality] == sum(bit << step for step, bit in enumerate(bits))


@pytest.mark.parametrize("label", ["E:aug7", "E:maj11", "E:maj11/3"])
def test_labels_that_mir_eval_admits_but_cannot_encode_are_read(label):
    assert parse_chord(label) is not None


@pytest.mark.parametrize(
    ("chord", "level"),
    [("C", "majmin"), ("C:min", "majmin"), ("N", "majmin"), ("C:7", "sevenths"), ("C:9",
    "sevenths"),
     ("C:maj7", "sevenths"), ("C:min7", "sevenths"), ("C:dim", "triads"), ("C:aug", "triads"),
     ("C:hdim7", "tetrads"), ("C:dim7", "tetrads"), ("C:minmaj7", "tetrads"), ("C:maj6", "tetrads"),
     ("C:sus4", "tetrads"), ("C:5", "tetrads")],
)  # fmt: skip
def test_default_level_follows_the_reference(chord, level):
    truth = parse_chord(chord)
    assert truth is not None
    assert default_level(truth) == level


@pytest.mark.parametrize(
    "words", ["Dad", "Cab", "Egg", "Bass", "Aug", "Cello", "Drums", "Edge", "Badge", "Abs", ""]
)
def test_words_are_no_chords(words):
    assert parse_chord(words) is None


def test_the_article_is_no_chord():
    assert find_chords("a chord with a root, a third and a fifth") == []
    assert find_chords("A bright chord") == []
    assert len(find_chords("A chord")) == 1
