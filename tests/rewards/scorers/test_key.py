"""The key reward: every spelling of a key, and credit for nearness."""

from __future__ import annotations

import itertools
from importlib import import_module

import pytest

from rewards.scorers.key import nearness
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.notes import Note

TONICS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]

SPELLINGS = {
    "E major": """E major|e major|E MAJOR.|E maj|Emaj|E:maj|EM|in E|E|Key of E|The key is E|E-Dur
        |E dur|Mi mayor|mi majeur|mi maggiore|Mi maior|E natural major|**E major**|\\boxed{E major}
        |$\\boxed{\\text{E major}}$|"E major"|`E major`|E\nmajor|E ionian|Ｅ major|Е major
        |E\u200b major|E\u00a0major|Fb major|probably E major|I think it is E major
        |The piece is in E major.
        |Key: E, Mode: major|E (major)|tonic E, major mode|the major key of E|E-major|E_major
        |E major, four sharps|E major (4 sharps)|E major (E F# G# A B C# D#)|E major scale
        |E major, the relative major of C# minor|the relative major of C# minor
        |E major (relative minor: C# minor)|not C# minor but E major|E major, not C# minor
        |It is certainly not A major; it is E major.|rather than A major, it's E major
        |instead of A major, E major|A major is wrong; E major|E major rather than C# minor
        |A major is not the key, E major is.|without a doubt E major|no doubt E major
        |E, more precisely E major|E, i.e. E major|E major. E major!|The final answer is: E major
        |E major because of its leading tone D#|I am not sure but I think E major
        |E major. The relative minor is C# minor.|the relative major of C#|Tonart: E-Dur
        |→ E major|E major with a short modulation to B major|E major, with a cadence on B major
        |Tonic = E; mode = major|E M|Mi M|E in major|E [major]|E / major|E is the tonic
        |E is the home key|The tonal center is E and it sounds major|key E|E大调|E長調|E # major?
        |E major, same key signature as C# minor|E major (III of C# minor)|C# minor's relative major
        |E major; the tonic chord is E major and the dominant chord is B major|E, four sharps
        |E major, which shares its signature with C# minor|E major because it ends on an E chord
        """.replace("|E # major?", ""),
    "Bb major": "B♭ major|B flat major|B-flat major|Bb|B-Dur|b dur|A# major|sib majeur"
    "|si bémol majeur"
    "|si bemol mayor|BbM|B♭︎ major",
    "B minor": "h-Moll|H-moll|H moll|si menor|si mineur|b minor|Bm|B min.|B natural minor"
    "|B harmonic minor"
    "|B aeolian|Cb minor|B-minor",
    "A# major": "A # major|A sharp major|B b major|降B大调|Bb is the key",
    "Ebb minor": "eses-Moll|E double flat minor|D minor|C##m|Ré mineur|re m|Re m",
    "Eb minor": "es-Moll|Es moll|D# minor|dis-moll|mi bemol menor|E flat minor|E-flat Minor|Ebm",
    "A minor": "A minor|a minor|a-Moll|la menor|Am|A minor, no sharps or flats|It is in A minor."
    "|no sharps or flats, so A minor|A minor (A B C D E F G)",
    "Ab major": "As-Dur|as dur|G# major|la bemol mayor|lab majeur|A flat major",
    "C# major": "Db major|Des-Dur|C#/Db major|C# major (Db major)|Cis-Dur|do sostenido mayor"
    "|do dièse majeur|do diesis maggiore",
    "F# minor": "fa sostenido menor|fa# mineur|Gb minor|fis-Moll|F sharp minor|F♯ minor|ges-moll",
    "G major": "sol mayor|sol majeur|G-Dur|F## major|Abb major|F double sharp major|Fx major",
}
NOTHING = """|major|sharp|I do not know|X|other|atonal|E other|not E major|It isn't E major|E dorian
    |neither E major nor A major|anything but E major|E major or C# minor|E major / C# minor
    |E major and C# minor|E major, C# minor|E major; C# minor|E major or minor|E major/minor
    |either E or A major|E or A|E major, possibly C# minor|E major (or C# minor)
    |E major, then B major|E major or С# minor|not only E major but also A major
    |A major, no wait, E major|A major? No, E major|H minor
    |1. E major 2. A major|E major vs. A major|cannot be E major|E major is ruled out
    |I am not sure|E major or its relative minor|E, C# minor|E major or the parallel minor
        |E major or its relative
    |either E major or its relative|the note E|E7|E chord|E-Dur oder cis-Moll|mi mayor o la mayor
    |modulates from E major to B major"""


def spellings() -> list[tuple[str, str]]:
    return [(key, form.strip(" ")) for key, forms in SPELLINGS.items()
            for form in forms.replace("\n        |", "|").split("|")]  # fmt: skip


@pytest.mark.parametrize(("key", "answer"), spellings())
def test_every_spelling_of_the_key_earns_one(value, key, answer):
    assert value("key", answer, facts={"key": key}) == 1.0


@pytest.mark.parametrize("answer", NOTHING.replace("\n    |", "|").split("|"))
def test_no_key_and_several_keys_earn_nothing(value, answer):
    assert value("key", answer, facts={"key": "E major"}) == 0.0


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ("B major", 0.5), ("A major", 0.0), ("C# minor", 0.3), ("E minor", 0.2), ("D major", 0.0),
        ("Eb major", 0.0), ("cis-Moll", 0.3), ("in B", 0.5), ("E dorian", 0.0),
    ],
)  # fmt: skip
def test_near_keys_earn_their_credit(value, answer, credit):
    assert value("key", answer, facts={"key": "E major"}) == credit


def test_relative_major_of_a_minor_key_earns_three_tenths(value):
    assert value("key", "Eb major", facts={"key": "C minor"}) == 0.3


def test_fifth_below_counts_only_where_both_are_asked_for(value):
    assert value("key", "A major", facts={"key": "E major"}) == 0.0
    assert value("key", "A major", facts={"key": "E major"}, fifth="both") == 0.5


def test_spelling_is_judged_only_where_the_row_says_so(value):
    facts = {"key": "F# major", "spelling": True}
    assert value("key", "Gb major", facts=facts) == 0.0
    assert value("key", "F sharp major", facts=facts) == 1.0
    assert value("key", "D# minor", facts=facts) == 0.3
    assert value("key", "Eb minor", facts=facts) == 0.0


@pytest.mark.parametrize(
    "reference", ["X", "other", "E other", "E dorian", "e-dorisch", "C whole tone", "atonal"]
)
def test_a_reference_without_a_major_or_minor_key_does_not_apply(judge, reference):
    assert judge("key", "E major", facts={"key": reference}).status == "not_applicable"


def test_absent_fact_or_another_facet_does_not_apply(judge):
    assert judge("key", "E major").status == "not_applicable"
    asked = judge("key", "E major", facts={"key": "E major", "tempo": 96.0}, facet="tempo")
    assert asked.status == "not_applicable"


@pytest.mark.parametrize("reference", ["E sideways", "Q sharp major", "very minor"])
def test_a_reference_that_is_no_key_is_an_error_and_never_zero(judge, reference):
    part = judge("key", "E major", facts={"key": reference})
    assert (part.status, part.value) == ("error", None)
    assert "facts.key" in part.why


def test_a_key_outside_the_answer_block_earns_nothing(value):
    assert value("key", raw="<think>a b c</think> E major", facts={"key": "E major"}) == 0.0


def test_a_label_is_read_as_its_option(value):
    options = ("F major", "D minor", "Bb major")
    assert value("key", "(C)", facts={"key": "Bb major"}, choices=options) == 1.0


def test_a_copy_of_the_question_is_no_second_key(value):
    text = "Is this in E major or C# minor?"
    assert value("key", f"{text} E major", facts={"key": "E major"}, text=text) == 1.0


def test_weighted_score_is_that_of_mir_eval_on_all_pairs():
    mir_eval_key = import_module("mir_eval.key")
    keys = [f"{tonic} {mode}" for tonic in TONICS for mode in ("major", "minor")]
    for truth, got in itertools.product(keys, keys):
        a, b = parse_key(truth), parse_key(got)
        assert a is not None
        assert b is not None
        mine, _ = nearness(a, b, fifth="up", spelled=False)
        assert mine == mir_eval_key.weighted_score(truth, got), (truth, got)


def test_all_thirty_five_tonics_are_read_back():
    for fifths in range(-15, 20):
        for mode in ("major", "minor"):
            key = Key(Note(fifths), mode)
            assert parse_key(key.name) == key


def test_transposing_truth_and_answer_together_changes_nothing():
    for start, shift in itertools.product(range(12), range(12)):
        for mode in ("major", "minor"):
            truth, got = Key(Note(start), "major"), Key(Note(start + 4), mode)
            moved = Key(Note(start + shift), "major"), Key(Note(start + 4 + shift), mode)
            here = nearness(truth, got, fifth="both", spelled=True)
            assert nearness(*moved, fifth="both", spelled=True) == here
