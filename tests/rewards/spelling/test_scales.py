"""Names of scales: those that need the word "scale", and words of names in any order."""

from __future__ import annotations

import itertools

import pytest

from rewards.spelling.modes import find_modes, parse_mode
from rewards.spelling.scales import STEPS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C half-diminished scale", "half-diminished"), ("C augmented scale", "hexatonic"),
        ("C acoustic scale", "lydian dominant"), ("C overtone mode", "lydian dominant"),
        ("C dominant diminished scale", "half-whole octatonic"),
        ("C diminished scale", "whole-half octatonic"), ("C altered dominant", "altered"),
        ("C diminished whole tone scale", "altered"),
    ],
)  # fmt: skip
def test_a_name_that_is_one_before_the_word_scale_is_read(text, name):
    scale = parse_mode(text)
    assert scale is not None
    assert (scale.mode, scale.steps) == (name, frozenset(STEPS[name]))


WORDS = (
    "harmonic melodic natural minor major double half diminished augmented whole tone dominant"
    " lydian phrygian altered scale mode bebop blues pentatonic octatonic acoustic overtone"
    " hungarian gypsy spanish suspended jazz descending ascending chromatic super locrian arabic"
    " semitone mixolydian #4 ) , . passing moll"
)


def test_words_of_names_in_any_order_are_read_without_an_error():
    for words in itertools.product(WORDS.split(), WORDS.split(), ("", " scale")):
        find_modes(f"C {words[0]} {words[1]}{words[2]}")
