"""Notes, chords and keys that are told by their place at home: "it closes on its mediant"."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, parse
from rewards.claims.degrees import placed
from rewards.scorers.consistency import consistency
from rewards.scorers.theory import theory
from rewards.spelling.keys import parse_key

NAMED = 1 / 1.1


def row(facet: str, text: str, **facts: object) -> Question:
    return Question("q", text, facet=facet, facts=Facts(**facts))  # type: ignore[arg-type]


TUNE = row("note", "On which note does the tune end?", key="G major", note="B")
BASS = row("note", "What is the last bass note?", key="C major", chord="C:maj/3", note="E")
SOPRANO = row("note", "What is the last soprano note?", key="D minor", chord="D:min", note="F")
ROOT = row("note", "What is the root of the final chord?", key="F major", chord="C:maj", note="C")
CHORD = row("chord", "What is the final chord?", key="F major", chord="C:maj")
NUMERAL = row("roman", "Which numeral?", key="Eb major", roman="V7", chord="Bb:7")
MOVED = row("modulations", "Where to?", key="G major", modulations=((20.0, "D major"),))
RELATED = row("modulations", "Where to?", key="A minor", modulations=((20.0, "C major"),))


def paid(question: Question, think: str, answer: str = "nothing") -> float:
    verdict = theory(question, parse(f"<think>{think}</think> <answer>{answer}</answer>"))
    assert verdict is not None
    return verdict.value


def follows(question: Question, think: str, answer: str) -> float | None:
    verdict = consistency(question, parse(f"<think>{think}</think> <answer>{answer}</answer>"))
    return getattr(verdict, "value", None)


@pytest.mark.parametrize(("question", "think", "answer", "wrong"), [
    (TUNE, "The key is G major and the tune closes on its mediant.", "B", "D"),
    (TUNE, "It closes on the third degree of G major.", "B", "D"),
    (TUNE, "In G it finishes on scale degree 3.", "B", "D"),
    (TUNE, "G major. The last note is the third of the scale.", "B", "D"),
    (TUNE, "Key: G major. It ends on the third of the tonic triad, G-B-D.", "B", "G"),
    (TUNE, "The melody ends on the third of G major.", "B", "G"),
    (TUNE, "The final note is the leading tone of C major.", "B", "C"),
    (TUNE, "It is in G major. The tune comes to rest on the mediant.", "B", "A"),
    (BASS, "In C major the bass closes on the mediant.", "E", "C"),
    (BASS, "The bass lands on scale degree 3 in C major.", "E", "C"),
    (BASS, "The last bass note is the third degree of the key of C major.", "E", "C"),
    (SOPRANO, "The soprano ends on the mediant of D minor.", "F", "A"),
    (SOPRANO, "D minor; the soprano stops on scale degree 3.", "F", "D"),
    (ROOT, "The final chord is the dominant of F major.", "C", "F"),
    (ROOT, "The last chord is V of F.", "C", "F"),
    (CHORD, "In F major it ends on the dominant.", "C major", "F major"),
    (NUMERAL, "It is the dominant seventh of E flat major.", "V7", "IV"),
    (NUMERAL, "Dominant seventh of Eb.", "V7", "ii7"),
    (NUMERAL, "The last chord is the dominant seventh chord.", "V7", "I"),
    (TUNE, "It ends on the mediant, so B.", "B", "G"),
    (TUNE, "In G it closes on the third degree, i.e. B.", "B", "G"),
    (CHORD, "The last chord is V of F.", "C major", "F major"),
    (CHORD, "The key is F major. The final chord is the dominant.", "C major", "F major"),
    (CHORD, "Half cadence on the dominant, C, in F major.", "C major", "F major"),
    (MOVED, "It starts in G major and modulates to the dominant.", "D major", "C major"),
    (MOVED, "The key is G major. It modulates to the dominant.", "D major", "E minor"),
    (MOVED, "The second half modulates to the dominant of G major.", "D major", "G major"),
    (MOVED, "It modulates to the dominant, D.", "D major", "D minor"),
    (RELATED, "From A minor it goes to its relative major.", "C major", "A major"),
    (RELATED, "It moves to the relative major, C.", "C major", "A major"),
    (RELATED, "The key is A minor. The trio is in the relative major.", "C major", "F major"),
])  # fmt: skip
def test_a_degree_or_relation_at_a_home_that_is_named_is_its_value(question, think, answer, wrong):
    assert paid(question, think, answer) >= NAMED - 1e-9
    assert follows(question, think, answer) == 1.0
    assert follows(question, think, wrong) == 0.0


@pytest.mark.parametrize(("question", "think"), [
    (TUNE, "The key is G major and the tune closes on its tonic."),
    (TUNE, "It closes on the fifth degree of G major."),
    (BASS, "In C major the bass closes on the dominant."),
    (SOPRANO, "The soprano ends on the leading tone of D minor."),
    (CHORD, "The last chord is IV of F."),
    (MOVED, "It starts in G major and modulates to the subdominant."),
    (MOVED, "It starts in G major and modulates to the relative minor."),
    (RELATED, "From A minor it goes to the parallel major."),
])  # fmt: skip
def test_another_degree_or_relation_is_false(question, think):
    assert paid(question, think) < 0.4


@pytest.mark.parametrize(("question", "think", "false"), [
    (TUNE, "It ends on the mediant.", "It ends on the submediant."),
    (TUNE, "The tune ends on scale degree 3.", "The tune ends on scale degree 5."),
    (BASS, "The bass closes on the mediant.", "The bass closes on the leading tone."),
    (CHORD, "It ends on the dominant.", "It ends on the subdominant."),
    (MOVED, "It modulates to the dominant.", "It modulates to the subdominant."),
    (RELATED, "It modulates to the relative major.", "It modulates to the parallel major."),
])  # fmt: skip
def test_where_no_home_is_named_the_row_tells_it_and_half_is_said(question, think, false):
    assert 0.4 < paid(question, think) < NAMED
    assert paid(question, false) == 0.0
    assert follows(question, think, "nothing") is None


@pytest.mark.parametrize(("question", "think", "answer"), [
    (TUNE, "It ends on the tonic. It ends on the mediant. It ends on the dominant.", "B"),
    (TUNE, "It ends on the tonic, the mediant or the dominant.", "B"),
    (TUNE, "It ends on the mediant or the dominant.", "B"),
    (TUNE, "It ends on the third degree, or else the fifth.", "B"),
    (TUNE, "If it ended on the mediant, it would be B.", "B"),
    (CHORD, "It ends on the dominant or the tonic.", "C major"),
    (CHORD, "The last chord is I, IV or V of F.", "C major"),
    (NUMERAL, "It is the dominant seventh or the subdominant.", "V7"),
    (MOVED, "It modulates to the dominant, the subdominant or the relative minor.", "D major"),
    (MOVED, "It might modulate to the dominant.", "D major"),
    (MOVED, "To the dominant. To the subdominant. To the relative minor.", "D major"),
])  # fmt: skip
def test_degrees_that_are_listed_or_weighed_earn_nothing(question, think, answer):
    assert paid(question, think, answer) == 0.0


def test_that_it_ends_on_the_tonic_is_worth_little_until_the_key_is_named():
    tonic = row("note", "On which note does the tune end?", key="C minor", note="C")
    assert paid(tonic, "It ends on the tonic.") < 0.3
    assert paid(tonic, "The tune closes on its tonic, and the key is C minor.", "C") > NAMED
    assert paid(tonic, "The tune closes on its tonic, and the key is G minor.") == 0.0


def test_the_home_may_be_the_key_that_modulations_or_sections_begin_in():
    begun = row("modulations", "Where to?", modulations=((0.0, "G major"), (20.0, "D major")))
    sections = ((0.0, 20.0, "G major"), (20.0, 40.0, "D major"))
    for question in (begun, row("modulations", "Where to?", segments=sections)):
        assert 0.4 < paid(question, "It modulates to the dominant.") < NAMED
        assert paid(question, "It modulates to D major.") == pytest.approx(NAMED)
        assert paid(question, "It modulates to the relative minor.") == 0.0


def test_sections_without_keys_tell_of_no_modulation():
    verse = row("modulations", "Where to?", segments=((0.0, 9.0, "A"), (9.0, 20.0, "B")))
    assert theory(verse, parse("<think>It modulates to B.</think> <answer>B</answer>")) is None


@pytest.mark.parametrize(("text", "expected"), [
    ("[note] Its mediant is B in G major.", ["key G major"]),
    ("[note] The dominant is A.", []),
    ("[note] The bass moves to the dominant chord.", []),
    ("[note] It ends on the mediant, F sharp.", ["note F#"]),
    ("[chord] The dominant chord appears often.", []),
    ("[chord] It ends on the dominant seventh of F.", ["chord C:7"]),
    ("[note] It ends on B, the leading tone.", ["note B"]),
    ("[roman] Its function: dominant.", []),
    ("[roman] It is V7 of the dominant.", ["roman V7/V"]),
    ("[roman] V of the supertonic.", ["roman V/ii"]),
    ("[roman] It's the supertonic in C major.", ["roman ii"]),
    ("[roman] C minor is home. It is the subdominant.", ["key C minor", "roman iv"]),
    ("[modulations] The harmony moves to the dominant chord.", []),
    ("In G major the bass moves to the dominant.", ["key G major"]),
    ("[modulations] It never modulates to the dominant of G major.", ["modulation D major denied"]),
    ("[modulations] It is in G major. It might modulate to the relative minor.",
     ["key G major", "modulation E minor hedged"]),
])  # fmt: skip
def test_degrees_beside_the_point_claim_nothing_more(told, text, expected):
    kinds = ("note", "chord", "modulation", "key", "roman")
    assert [one for one in told(text) if one.split()[0] in kinds] == expected


@pytest.mark.parametrize(("type_", "name", "key", "value"), [
    ("note", "leading_tone", "C# minor", "B#"), ("note", "7", "C# minor", "B"),
    ("note", "#7", "D minor", "C#"), ("note", "b7", "G major", "F"), ("note", "b3", "D minor", "F"),
    ("note", "#4", "F major", "B"), ("note", "6", "Eb minor", "Cb"),
    ("chord", "dominant", "C minor", "G:maj"), ("chord", "submediant", "D minor", "Bb:maj"),
    ("chord", "V7", "F major", "C:7"), ("chord", "ii", "G major", "A:min"),
    ("modulation", "dominant", "E minor", "B minor"),
    ("modulation", "mediant", "E minor", "G major"),
    ("modulation", "dominant major", "E minor", "B major"),
    ("modulation", "relative", "Eb major", "C minor"),
    ("modulation", "tonic", "A minor", "A minor"),
    ("modulation", "relative major", "Eb major", None),
    ("modulation", "parallel minor", "E minor", None), ("note", "3", "D dorian", None),
])  # fmt: skip
def test_degrees_are_those_of_the_scale_by_letter(type_, name, key, value):
    assert placed(type_, name, parse_key(key)) == value
