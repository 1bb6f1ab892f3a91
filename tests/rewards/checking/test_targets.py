"""Traces: what they say is held against theory, themselves, the facts and the rewards."""

from __future__ import annotations

import pytest

from rewards import Facts, Question


def trace(think: str, answer: str = "D major") -> dict[str, str]:
    return {"question": "q", "think": think, "answer": answer}


def test_a_sound_target_is_left_in_peace(check):
    question = Question("q", "Key?", facet="key", answer="D major")
    sound = trace("There are two sharps. D major has two sharps, so it is D major.")
    assert check(sound, questions={"q": question}).findings == ()
    assert check(sound).findings == ()


@pytest.mark.parametrize(
    ("think", "said"),
    [
        ("D major has three sharps, so it is D major.", "signature of D major is 3"),
        ("The relative minor of D major is D minor.", "it is the parallel"),
        ("In this piece I hear nine sharps.", "no signature has more"),
        ("The key signature has 13 flats.", "got '13 flats'"),
        ("The signature has fifteen flats.", "got 'fifteen flats'"),
        ("The key signature has -2 sharps.", "got '-2 sharps', expected a number from 0 to 7"),
        ("The signature has minus two sharps.", "got 'minus two sharps'"),
        ("Its signature: 2 sharps and 1 flat.", "got '2 sharps and 1 flat'"),
        ("The signature contains both sharps and flats.", "no signature has both"),
        ("D major has three flats, so it is D major.", "the signature of D major is 3 flats"),
        ("It is in D major. It is in E major.", "it contradicts itself"),
        ("It is in G major.", "it contradicts itself"),
        ("The meter is 4/4.", "(meter 4/4)"),
        ("An augmented fourth has five semitones.", "semitones': theory denies that A4 has 5"),
        ("12/8 is a compound triple meter.", "12/8 is compound triple"),
        ("It is a half cadence. A half cadence ends on the tonic.", "HC ends on I"),
        ("3/4 has two quarter notes in a bar.", "a bar of 3/4 is 2/4 long"),
        ("In 2/4 there are three quarter notes per bar.", "a bar of 2/4 is 3/4 long"),
        ("12/8 has three beats per measure.", "12/8 has 3 beats"),
        ("E Dorian has a C natural.", "E dorian has C"),
        ("It ends on B minor, that is B, D sharp and F sharp.", "the notes of B:min are B D# F#"),
        ("The leading tone of B minor is B flat.", "it is written A#, which sounds like Bb"),
        ("E, A flat and B make E major.", "it is written G#, which sounds like Ab"),
        ("Em7 A7 Dmaj7 is IV-V-I in D major.", "E:min7 in D major is IV"),
        ("In D major, A major is V, G major is IV and B minor ii.", "B:min in D major is ii"),
        ("From D to F sharp is a major third, from D to F a major one.", "D and F are M3 apart"),
    ],
)
def test_a_target_is_held_against_theory_itself_and_the_facts(check, think, said):
    question = Question("q", "Key?", facet="key", answer="D major", facts=Facts(meter="3/4"))
    findings = check(trace(think), questions={"q": question}).findings
    assert any(said in one.sentence for one in findings), findings
    assert {one.kind for one in findings} == {"theory"}


@pytest.mark.parametrize(
    "think",
    [
        "In D major, A major is V, G major is IV and B minor vi. It is in D major.",
        "From D to F sharp is a major third, from D to F only a minor one. It is D major.",
        "The leading tone of D major is C sharp, which sounds like D flat.",
        "Em7 A7 Dmaj7 is ii-V-I in D major.",
        "Em7 A7 Dmaj7. Of such a row one says ii-V-I in D major. IV-V-I would be another.",
        "D major. In 9/8 there are three beats per bar, and three eighths per beat.",
        "D major. Of 6/8 one says: six eighth notes per bar, two beats each bar.",
        "D major. G sharp major would need eight sharps.",
        "D major. No signature has both sharps and flats.",
        "D major. There are 12 sharps in bars 1 to 4, as accidentals.",
        "D major. The melody has both sharps and flats, a sharp and a flat in its line.",
        "D major -2 sharps.",
        "The C sharp diminished seventh is spelled C sharp, E, G and A sharp.",
    ],
)
def test_what_is_right_raises_no_alarm(check, think):
    question = Question("q", "Key?", facet="key", answer="D major", facts=Facts(key="D major"))
    assert check(trace(think), questions={"q": question}).findings == ()


STANDING = [
    ("The key is G major. The second half is in the relative minor (E minor).", "G major"),
    ("It is in D major, although the F natural is borrowed from the parallel minor, D minor.",
     "D major"),
    ("One might think D minor is the relative minor of D major, but it is the parallel minor.",
     "D major"),
    ("D minor, not to be confused with the relative minor of D major, is its parallel.", "D major"),
    ("It opens in E minor and ends in G major, its relative major.", "G major"),
    ("The verse is in E minor and the chorus in G major.", "G major"),
    ("The bridge is in A minor. It is in C major.", "C major"),
    ("It is in G major. The trio is in 3/4.", "G major"),
    ("The key is G major. For a while we are in the relative minor (E minor).", "G major"),
    ("D major has three sharps: this was my mistake.", "D major"),
    ("It is in F# major with six sharps, or Gb major with six flats.", "F# major"),
    ("In G major C is IV; in F major C is V.", "G major"),
    ("There are four sharps. Two keys have that signature, E major and C# minor. The third is "
     "major, so it is E major.", "E major"),
    ("The key is E major. A half cadence is heard, no, it is no half cadence.", "E major"),
]  # fmt: skip


@pytest.mark.parametrize(("think", "key"), STANDING, ids=[think for think, _ in STANDING])
def test_a_part_a_loan_and_a_mistake_that_is_named_raise_no_alarm(check, think, key):
    facts = Facts(key=key, meter="4/4")
    question = Question("q", "Key?", facet="key", answer=key, facts=facts)
    assert check(trace(think, key), questions={"q": question}).findings == ()


@pytest.mark.parametrize(
    ("think", "said"),
    [
        ("The second half is lively. The key is G major.", "(key G major)"),
        ("The trio says that D major has three sharps.", "signature of D major is 3"),
        ("It is in E minor, the relative minor of G major.", "(key E minor)"),
        ("One might think of E. The relative minor of D major is D minor.", "it is the parallel"),
    ],
)
def test_a_sign_that_a_claim_may_stand_spares_no_other(check, think, said):
    question = Question("q", "Key?", facet="key", answer="D major", facts=Facts(key="D major"))
    findings = check(trace(think), questions={"q": question}).findings
    assert any(said in one.sentence for one in findings), findings


def test_the_key_of_a_dominant_seventh_is_no_chord_that_is_heard(check):
    facts = Facts(key="F major", chord="C:7")
    question = Question("q", "Last chord?", facet="chord", answer="C7", facts=facts)
    think = "C7 is the dominant seventh of F major. Its third, E, is the leading tone."
    assert check(trace(think, "C7"), questions={"q": question}).findings == ()


def test_the_answer_of_a_target_is_held_against_its_question(check):
    question = Question("q", "What interval is C to G?")
    found = check(
        trace("Let me count.", "perfect fourth"),
        trace("Let me count.", "perfect fifth"),
        questions={"q": question},
    )
    assert [(one.line, one.kind) for one in found.findings] == [(1, "theory")]
    assert "the interval of C to G is P4: it has 7 semitones" in found.findings[0].sentence


@pytest.mark.parametrize(
    ("question", "answer", "earned"),
    [
        (Question("q", "Key?", facet="key", answer="C major", facts=Facts(key="C major")),
         "G major", "earns 0.5, expected the gold answer 'C major'"),
        (Question("q", "Key?", facet="key", facts=Facts(key="C major")),
         "A minor", "earns 0.3, expected facts.key 'C major'"),
        (Question("q", "Meter?", facet="meter", answer="4/4", facts=Facts(meter="4/4")),
         "3/4", "earns 0, expected the gold answer '4/4'"),
        (Question("q", "Tempo?", facet="tempo", answer="60 BPM", facts=Facts(tempo=60.0)),
         "200 BPM", "earns 0, expected the gold answer '60 BPM'"),
        (Question("q", "Who sings?", choices=("a man", "a woman"), answer="a man"),
         "a woman", "earns 0, expected the gold answer 'a man'"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.text,
)  # fmt: skip
def test_a_target_earns_all_that_its_question_can_pay(check, question, answer, earned):
    right = question.answer or question.facts.key
    think = "I listen to it as a whole."
    found = check(trace(think, right), trace(think, answer), questions={"q": question}).findings
    assert [(one.line, one.kind) for one in found] == [(2, "unpaid")], found
    assert f"answer: got {answer!r}, which {earned}" in found[0].sentence


def test_a_caption_may_be_put_in_other_words(check):
    question = Question("q", "Describe it.", kind="caption", answer="A slow waltz for piano.")
    told = trace("I listen.", "A piano plays a gentle dance.")
    assert check(told, questions={"q": question}).findings == ()


@pytest.mark.parametrize(
    ("think", "answer", "said"),
    [
        ("It is </think> calm.", "calm", "think: got a '</think>' inside"),
        ("<think>It is calm.", "calm", "think: got a '<think>' inside"),
        ("So <answer>calm</answer>", "calm", "think: got a '<answer>' inside"),
        ("It is calm.", "<answer>calm", "answer: got a '<answer>' inside"),
        ("It is calm.", "calm</Answer>", "answer: got a '</Answer>' inside"),
        ("", "calm", "think: got '', expected text"),
        ("It is calm.", " \n", "answer: got ' \\n', expected text"),
    ],
)
def test_a_part_of_a_target_is_text_without_tags(check, think, answer, said):
    question = Question("q", "Mood?", answer="calm")
    for asked in ({"q": question}, None):
        found = check(trace(think, answer), questions=asked).findings
        assert [one.kind for one in found] == ["sections"], found
        assert said in found[0].sentence


def test_half_a_pair_of_surrogates_in_a_target_is_a_malformed_line(check):
    (found,) = check(trace("It is \ud83d."), trace("It is calm.")).findings
    assert (found.line, found.kind) == (1, "malformed")
    assert "think: got" in found.sentence


def test_a_target_of_an_unknown_question_and_one_that_is_there_again(check):
    question = Question("q", "Key?")
    stranger = trace("It is calm.") | {"question": "other"}
    again = trace("It is calm.")
    found = check(again, stranger, again, {"question": "q"}, questions={"q": question})
    assert [(one.line, one.kind) for one in found.findings] == [
        (2, "malformed"), (3, "repeated"), (4, "malformed"),
    ]  # fmt: skip


CAPTION = "A waltz in D major with three sharps. Its relative minor is D minor."


def test_a_caption_as_the_answer_of_a_target_is_read_as_its_thoughts_are(check):
    found = check(trace("I listen to it as a whole.", CAPTION)).findings
    assert [one.kind for one in found] == ["theory"] * len(found)
    assert any("answer: " in one.sentence and "it is the parallel" in one.sentence for one in found)


def test_of_many_cadences_the_last_that_is_told_need_not_be_the_one_that_is_asked(check):
    think = "The antecedent has a half cadence, the consequent a perfect authentic cadence."
    question = Question("q", "Which cadence comes first?", answer="half cadence")
    assert check(trace(think, "half cadence"), questions={"q": question}).findings == ()
