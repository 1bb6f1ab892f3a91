"""Claims as models write them: fields, numbered steps, options one by one, other tongues."""

from __future__ import annotations

import pytest

from rewards import Question, parse
from rewards.claims.reading import read

KEYS = ("F major", "D minor", "A minor", "G minor")


def options(facet: str, choices: tuple[str, ...], think: str) -> set[str]:
    """The claims of the asked fact, as "value" or "no value" where they are plain."""
    completion = parse(f"<think>{think}</think><answer>-</answer>")
    claims = read(Question("q", "Which?", facet=facet, choices=choices), completion)
    return {
        f"{'' if claim.polarity == 'asserted' else 'no '}{claim.value}"
        for claim in claims
        if claim.type == facet and claim.modality == "asserted" and claim.section == "think"
    }


@pytest.mark.parametrize(("text", "claims"), [
    ("[chord] The final chord is C. It's minor.", ["chord C:min"]),
    ("[chord] The final chord is C, and it is minor.", ["chord C:min"]),
    ("[chord] The final chord is built on C. The quality is minor.", ["chord C:min"]),
    ("[chord] The chord is G. It is a dominant seventh chord.", ["chord G:7"]),
    ("[chord] Root: B. Quality: minor.", ["note B", "chord B:min"]),
    ("[chord] - Final chord root: B\n- Final chord quality: minor", ["note B", "chord B:min"]),
    ("[note] The root is D. The chord is minor.", ["note D", "chord D:min"]),
    ("[chord] The final chord is C. It is not minor.", ["chord C:maj"]),
    ("[chord] The last chord is G. The key is minor.", ["chord G:maj"]),
    ("[key] The final chord is D. It is a minor key.", ["chord D:maj", "mode minor"]),
    ("[interval] Size: third. Quality: minor.", ["interval m3"]),
    ("[interval] It's a fifth, and it sounds perfect.", ["interval P5"]),
])  # fmt: skip
def test_a_quality_told_apart_from_its_root_makes_one_chord_of_both(told, text, claims):
    assert told(text) == claims


@pytest.mark.parametrize(("text", "claims"), [
    ("[interval] That's a fifth, then.", ["interval P5"]),
    ("[interval] The interval is a fourth.", ["interval P4"]),
    ("[interval] The fifth is missing.", []),
    ("[interval] Seven semitones.", ["interval P5"]),
    ("[interval] The distance is 7 half steps.", ["interval P5"]),
    ("[interval] A fifth has seven semitones.", []),
    ("[interval] From C to E four semitones, then three semitones more.", []),
    ("[key] There are seven semitones.", []),
])  # fmt: skip
def test_semitones_alone_are_an_interval_where_one_is_asked(told, text, claims):
    assert told(text) == claims


@pytest.mark.parametrize(("text", "note"), [
    ("La nota final es sol.", "G"), ("La última nota es fa sostenido.", "F#"),
    ("La nota más grave es re.", "D"), ("La nota del bajo es la.", "A"),
    ("La dernière note est fa dièse.", "F#"), ("La note la plus grave est mi bémol.", "Eb"),
    ("La note finale est sol.", "G"), ("L'ultima nota è sol.", "G"),
    ("Der Schlusston ist Fis.", "F#"), ("Der tiefste Ton ist H.", "B"),
    ("Der letzte Ton ist Es.", "Eb"), ("Der Grundton des letzten Akkords ist B.", "Bb"),
])  # fmt: skip
def test_a_note_is_told_in_german_and_romance_tongues(told, text, note):
    assert told(f"[note] {text}") == [f"note {note}"]


def test_other_tongues_deny_too_and_an_english_e_is_a_note(told):
    assert told("[note] La nota final no es sol.") == ["note G denied"]
    assert told("[note] The bass note is E.") == ["note E"]
    assert told("[note] La note la plus.") == []


@pytest.mark.parametrize(("think", "said"), [
    ("Option B says D minor. The C# leads to D, so this matches.", {"D minor"}),
    ("Option B says D minor. It never rests on D, so this doesn't match.", {"no D minor"}),
    ("Option B: D minor - this doesn't match, there is no C#.", {"no D minor"}),
    ("A) F major: one flat.\nB) D minor: fits, since C# leads to D.\nC) A minor: incorrect.",
     {"D minor", "no A minor"}),
    ("- A. F major: wrong tonic.\n- B. D minor: this fits.", {"no F major", "D minor"}),
    ("Option A: F major. Option B: D minor. So the answer is B.", {"D minor"}),
    ("The options are: A) F major B) D minor C) A minor D) G minor.", set()),
])  # fmt: skip
def test_an_option_is_claimed_or_denied_as_it_is_judged(think, said):
    assert {one for one in options("key", KEYS, think) if " m" in one} == said


def test_an_option_that_is_too_slow_is_denied():
    tempi = ("60 BPM", "90 BPM", "120 BPM")
    think = "Option A (60 BPM) is too slow. Option C (120 BPM) matches my count."
    assert options("tempo", tempi, think) == {"no 60", "120"}


@pytest.mark.parametrize(
    "text",
    [
        "[key] Mozart's Requiem is in D minor.",
        "[key] The Toccata by Bach is in D minor too.",
        "[key] Folk songs are usually in G major.",
        "[tempo] House tracks are usually between 118 and 130 BPM.",
    ],
)
def test_another_work_and_what_is_usual_claim_nothing_of_the_clip(told, text):
    assert told(text) == []


def test_the_clip_may_be_the_work_that_is_named(told):
    assert "key D minor" in told("[key] This is Mozart's Requiem in D minor.")
    assert "tempo 120" in told("[tempo] The drums usually play at 120 BPM here.")


@pytest.mark.parametrize(("text", "claims"), [
    ("[key] The tonic is D, A or G.", ["key D hedged"]),
    ("[cadence] IV to I is the plagal or 'Amen' cadence.", ["roman IV-I", "cadence PC"]),
    ("[tempo] I count 70 BPM. The actual tempo is 140 BPM.",
     ["tempo 70 retracted", "tempo 140"]),
    ("[meter] Beats per bar: 3.", ["meter 3/4"]),
    ("[meter] Six-four it is.", ["meter 6/4"]),
    ("[meter] A cadential six-four chord.", ["roman I64"]),
    ("[meter] Meter: triple.", ["meter triple"]),
    ("[chord] It is D7 - D, F#, A, C.", ["chord D:7", "textbook members of D:7 is D F# A C"]),
    ("[key] The C# before D is a leading tone to D.", []),
    ("[cadence] The bass steps up to A and an A minor chord sounds.", ["note A", "chord A:min"]),
    ("The chords are E, A and B7, which are I, IV and V7 in E major.",
     ["progression E:maj-A:maj-B:7", "roman I-IV-V7", "key E major"]),
    ("[chord] The other options are F major (V), B flat major (I) and G minor (vi).", []),
    ("In A major: A = I, D = IV.", ["key A major", "textbook numeral of A:maj in A major is I",
                                    "textbook numeral of D:maj in A major is IV"]),
])  # fmt: skip
def test_what_plain_sentences_claim(told, text, claims):
    assert sorted(told(text)) == sorted(claims)
