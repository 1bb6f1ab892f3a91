"""What stands beside the clip's fact and is not it: neighbours, lines, definitions, octaves."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, Rubric, parse
from rewards.claims.sameness import same_value

RUBRIC = Rubric.from_config({"parts": {"theory": {"weight": 1}}})


def theory(facet: str, fact: object, think: str, question: str = "What is it?") -> float:
    """The value of a think part about one fact; the answer says nothing."""
    asked = Question("q", question, facet=facet, facts=Facts(**{facet: fact}))  # type: ignore[arg-type]
    score = RUBRIC.score(asked, parse(f"<think>{think}</think><answer>-</answer>"))
    return score.parts["theory"].value or 0.0


PAID, NOTHING = 0.9, 0.1


@pytest.mark.parametrize(("facet", "fact", "text"), [
    ("note", "A", "The melody peaks and ends on A5."),
    ("note", "D", "The last pitch is D6."),
    ("note", "B", "It ends on B7."),
    ("interval", "m3", "It is a minor third, not a major third."),
    ("interval", "M7", "A major seventh, and no minor seventh."),
    ("interval", "P4", "A tritone spans six semitones. It is a perfect fourth."),
    ("interval", "m7", "An octave has twelve semitones; this is a minor seventh."),
    ("interval", "P5", "It is a perfect fifth. Inverted, it gives a perfect fourth."),
    ("tempo", 174, "Techno is 130 BPM and dubstep 140, this is 174 BPM."),
    ("tempo_term", "largo", "Allegro is quicker than Andante. This is a Largo."),
    ("chord", "F:maj", "The last chord is F major. The preceding chord was C7."),
    ("chord", "D:7", "The chord is D7, which leads to G major."),
    ("chord", "A:7", "The chord is A7. It resolves to D minor."),
    ("chord", "C:7", "The chord is C7; its tritone E-Bb resolves to F-A."),
    ("chord", "E:7", "A major triad E, G# and B plus a minor seventh D gives E7."),
    ("roman", "V42", "It is V42, which leads to I6."),
    ("progression", ("A:min7", "D:7", "G:maj7"), "Am7 D7 Gmaj7. The thirds fall: C-C, then F#-B."),
    ("progression", ("F:min7", "Bb:7", "Eb:maj7"), "Fm7 Bb7 Ebmaj7. The guide tones go Ab-Ab-G."),
])  # fmt: skip
def test_what_is_beside_the_fact_takes_nothing_from_it(facet, fact, text):
    assert theory(facet, fact, text) > PAID


@pytest.mark.parametrize(("facet", "fact", "text"), [
    ("note", "A", "The last pitch is D6."),
    ("interval", "m3", "It is a major third, not a minor third."),
    ("interval", "m6", "It is a major third. Inverted, it becomes a minor sixth."),
    ("interval", "P5", "A perfect fifth has seven semitones."),
    ("tempo", 140, "Dubstep is 140 BPM."),
    ("tempo_term", "presto", "Presto is faster than Allegro."),
    ("chord", "C:7", "The last chord is F major. The preceding chord was C7."),
    ("chord", "G:maj", "The chord is D7, which leads to G major."),
    ("roman", "I6", "It is V42, which leads to I6."),
])  # fmt: skip
def test_nor_is_the_fact_earned_by_what_is_beside_it(facet, fact, text):
    assert theory(facet, fact, text) < NOTHING


def test_chords_all_round_the_asked_one_earn_nothing():
    names = [f"{root} {mode}" for root in "CDEFGAB" for mode in ("major", "minor")]
    before = " ".join(f"The previous chord was {name}." for name in names)
    assert theory("chord", "A:min", before) == 0.0
    assert theory("chord", "A:min", f"The chord is G major. {before}") == 0.0


def test_the_last_note_of_a_line_is_its_last():
    asked = "What is the last note of the soprano?"
    assert theory("note", "F#", "The top voice goes D-E-F#.", asked) > PAID
    assert theory("note", "D", "The top voice goes D-E-F#.", asked) < NOTHING


@pytest.mark.parametrize(("text", "expected"), [
    ("The progression is C7 - F7 - G7.", ["progression C:7-F:7-G:7"]),
    ("Power chords: G5, then C5.", ["progression G:5-C:5"]),
    ("The notes F A C Eb spell F7.", ["textbook members of F:7 is F A C Eb"]),
    ("The melody moves over C7.", ["chord C:7"]),
    ("The melody lands on A5.", ["note A"]),
    ("The lowest note is G2 and the highest is D5.", ["note G", "note D"]),
    ("It begins on G3 and climbs to E5.", ["note G", "note E"]),
    ("It goes from G3 to E7.", []),
    ("The soprano rises from C5 to G5 at the end.", ["note C", "note G"]),
    ("The tune ends by rising from F5 to A5.", ["note F", "note A"]),
    ("The bass note G2 supports G7.", ["note G", "chord G:7"]),
    ("Over a low G2 pedal we hear C6.", ["note G", "chord C:maj6"]),
    ("The melody goes C4, E4, G4, C5.", ["note C", "note E", "note G", "note C"]),
])  # fmt: skip
def test_a_letter_with_a_figure_is_a_note_where_notes_are_spoken_of(told, text, expected):
    kinds = ("chord", "progression", "note", "textbook")
    assert [one for one in told(text) if one.startswith(kinds)] == expected


@pytest.mark.parametrize(("text", "holds"), [
    ("G9 contains G, B, D, F and A.", True),
    ("G9 contains G, B, F and A.", True),
    ("G9 contains G, B, D, F and C.", False),
    ("E7b9 is E, G#, B, D, F.", True),
    ("E7b9 is E, G#, B, D, F#.", False),
    ("Fadd9 has F, A, C and G.", True),
    ("Fadd9 has F, A, C and D.", False),
    ("It's a minor-major seventh chord: C Eb G B.", True),
    ("It's a minor-major seventh chord: C E G B.", False),
])  # fmt: skip
def test_members_are_held_against_the_whole_chord(told, text, holds):
    from rewards.claims.verify.theory import holds as true

    said = [one[9:] for one in told(text) if one.startswith("textbook")]
    assert [true(one) for one in said] == [holds]


@pytest.mark.parametrize("values", [
    ("interval", "M6", "m6"), ("roman", "V", "v"), ("roman", "II7", "ii7"),
    ("textbook", "interval of C and A is M6", "interval of C and A is m6"),
])  # fmt: skip
def test_values_that_differ_by_case_are_two(values):
    type_, one, other = values
    assert same_value(type_, one) != same_value(type_, other)
