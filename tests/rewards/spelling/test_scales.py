"""Names of scales: those that need the word "scale", and words of names in any order."""

from __future__ import annotations

import itertools

import pytest

from rewards.spelling.modes import find_modes, parse_mode
from rewards.spelling.scales import STEPS
from rewards.text import fold


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C half-diminished scale", "half-diminished"), ("C augmented scale", "hexatonic"),
        ("C acoustic scale", "lydian dominant"), ("C overtone mode", "lydian dominant"),
        ("C dominant diminished scale", "half-whole octatonic"),
        ("C diminished scale", "whole-half octatonic"), ("C altered dominant", "altered"),
    ],
)  # fmt: skip
def test_a_name_that_is_one_before_the_word_scale_is_read(text, name):
    scale = parse_mode(text)
    assert scale is not None
    assert (scale.mode, scale.steps) == (name, frozenset(STEPS[name]))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("D Hijaz", "phrygian dominant"), ("maqam Hijaz on D", "phrygian dominant"),
        ("D ahavah rabbah", "phrygian dominant"), ("D ahava raba", "phrygian dominant"),
        ("maqam Hijaz Kar on D", "double harmonic"), ("D hijazkar", "double harmonic"),
        ("D mi sheberach", "ukrainian dorian"), ("D misheberakh mode", "ukrainian dorian"),
        ("makam Hicaz, tonic D", "phrygian dominant"), ("D nikriz", "ukrainian dorian"),
        ("maqam Kurd on D", "phrygian"), ("maqam Ajam on D", "major"),
        ("D kafi thaat", "dorian"), ("Bhairav thaat on D", "double harmonic"),
        ("thaat Bhairavi on D", "phrygian"), ("Kalyan thaat with tonic D", "lydian"),
        ("todi thaat on D", "todi thaat"), ("D marva thaat", "marwa thaat"),
        ("Purvi thaat on D", "purvi thaat"),
    ],
)  # fmt: skip
def test_a_maqam_a_mode_of_klezmer_and_a_thaat_are_the_scale_of_their_notes(text, name):
    scale = parse_mode(fold(text))
    assert scale is not None
    assert scale.steps == frozenset(STEPS[name])
    assert scale.tonic is not None
    assert scale.tonic.name == "D"


@pytest.mark.parametrize(
    "text",
    ["maqam Rast", "maqam Bayati on D", "maqam Nahawand", "a Kurdish song", "raga Kafi", "Todi"],
)  # fmt: skip
def test_a_maqam_of_no_tempered_scale_and_a_raga_are_none(text):
    assert parse_mode(fold(text)) is None


WORDS = (
    "harmonic melodic natural minor major double half diminished augmented whole tone dominant"
    " lydian phrygian altered scale mode bebop blues pentatonic octatonic acoustic overtone"
    " hungarian gypsy spanish suspended jazz descending ascending chromatic super locrian arabic"
    " semitone mixolydian #4 ) , . passing moll"
)


def test_words_of_names_in_any_order_are_read_without_an_error():
    for words in itertools.product(WORDS.split(), WORDS.split(), ("", " scale")):
        find_modes(f"C {words[0]} {words[1]}{words[2]}")
