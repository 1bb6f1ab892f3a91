"""The rewards ``consistency`` and ``answer``."""

from __future__ import annotations

import pytest

from rewards import Abstention, Facts, Question, Rubric, get, parse

KEY = Question("k", "What is the key?", facet="key", answer="D major", facts=Facts(key="D major"))
CHOICE = Question(
    "c", "Which key?", facet="key", choices=("D major", "G major", "B minor", "F major"),
    answer="D major", facts=Facts(key="D major"),
)  # fmt: skip


def value(question: Question, think: str, answer: str) -> float | None:
    verdict = get("consistency")(
        question, parse(f"<think>{think}</think><answer>{answer}</answer>")
    )
    return getattr(verdict, "value", None)


@pytest.mark.parametrize(("think", "answer", "expected"), [
    ("The key is D major.", "D major", 1.0),
    ("The key is D major.", "G major", 0.0),
    ("The key is G major. No, it is in D major.", "D major", 1.0),
    ("The key is Gb major.", "F# major", 1.0),
    ("Two sharps.", "D major", 1.0),
    ("Two sharps.", "B minor", 1.0),
    ("Two sharps.", "F major", 0.0),
    ("It sounds minor.", "D major", 0.0),
    ("It is not in D major.", "D major", 0.0),
    ("Maybe it is in G major.", "D major", 0.0),
    ("It is probably in D major.", "D major", 1.0),
    ("A piano plays.", "D major", None),
    ("The key is D major.", "I cannot tell", None),
    ("D major or B minor.", "D major", 1.0),
    ("Two sharps, so it is either D major or B minor.", "B minor", 1.0),
    ("D major or B minor.", "G major", 0.0),
    ("It is in D major or its relative minor.", "D major", 1.0),
    ("D major and B minor.", "D major", None),
    ("It is the relative minor of F major.", "D minor", 1.0),
    ("It is the relative minor of F major.", "F major", 0.0),
    ("D minor, which has two flats.", "D minor", 1.0),
])  # fmt: skip
def test_an_answer_follows_from_the_thought_or_contradicts_it(think, answer, expected):
    assert value(KEY, think, answer) == expected


@pytest.mark.parametrize("final", [
    "My final answer is G major.", "I now think G major.", "I'd rather say G major.",
    "Finally I settle on G major.", "No, it is G major.", "So the key is G major.",
    "I'll go with G major.", "**Answer:** G major.", "Verdict: G major.", "I choose G major.",
    "Taking everything together, my answer is G major.", "After all, I settle on G major, then.",
])  # fmt: skip
def test_what_an_author_comes_to_outweighs_what_the_answer_agrees_with(final):
    think = f"It is D major. {final}"
    assert value(KEY, think, "D major") == 0.0
    assert value(KEY, think, "G major") == 1.0


@pytest.mark.parametrize("think", [
    "It is D major. My answer is not G major.", "My guess was G major. It is D major.",
    "My answer would be G major if it were lower, but it is D major.",
    "Is my final answer G major? No, D major.", "It is D major. I go with D major over G major.",
    "It is D major. My answer is D major as G major has no C sharp.",
    "It is in D major. In the bridge I now hear G major.",
    "The subject is in D major. The answer is in G major.",
    "It is D major. I now think G major is just the subdominant.",
    "It is D major. I'd rather say G major is only tonicized.",
    "It is D major. Somebody will claim that the final answer is G major.",
])  # fmt: skip
def test_what_is_only_weighed_is_not_what_an_author_comes_to(think):
    assert value(KEY, think, "D major") == 1.0


@pytest.mark.parametrize("more", [
    "I won't take that back.", "I misheard the bass at first, but it is an A.",
    "That is not right on the grid, but swung.", "I misheard nothing.",
    "Was it in 3/4? That's not right.", "He comes in early once. That was a slip.",
    'The last word is "rain", or "pain". I misheard.',
    "They take that back beat from funk.",
    "One F natural: that was a slip by the singer.",
])  # fmt: skip
def test_what_only_sounds_like_taking_back_takes_nothing_back(more):
    assert value(KEY, f"It is D major. {more}", "D major") == 1.0


@pytest.mark.parametrize("back", ["I take that back.", "That is wrong.", "Sorry, I misheard."])
def test_from_what_is_taken_back_no_answer_follows(back):
    assert value(KEY, f"It is D major. {back}", "D major") != 1.0


def test_the_answer_may_be_a_label():
    assert value(CHOICE, "It is in D major.", "A") == 1.0
    assert value(CHOICE, "It is in D major.", "(B)") == 0.0


def test_truth_does_not_matter():
    assert value(KEY, "The key is F minor.", "F minor") == 1.0


@pytest.mark.parametrize(("completion", "why"), [
    ("<answer>D major</answer>", "there is no think block"),
    ("<think>It is in D major.</think>", "there is no answer block"),
    ("<think>A piano plays.</think><answer>D major</answer>",
     "the think part comes to nothing that bears on the answer (key)"),
    ("<think>It is in D major.</think><answer>I cannot tell</answer>",
     "no claim of key is read in the answer"),
])  # fmt: skip
def test_where_a_completion_gives_nothing_to_compare_the_reason_blames_no_question(completion, why):
    part = Rubric.of(["consistency"]).score(KEY, parse(completion)).parts["consistency"]
    assert (part.status, part.why) == ("not_applicable", why)


@pytest.mark.parametrize(("facet", "facts", "think", "right", "wrong"), [
    ("meter", Facts(meter="6/8"), "I count a meter of 6/8.", "6/8", "4/4"),
    ("tempo", Facts(tempo=96.0), "The tempo is 96 BPM.", "96 BPM", "140 BPM"),
    ("chord", Facts(chord="A:min"), "The final chord is A minor.", "A minor", "E major"),
    ("note", Facts(note="F#"), "The bass ends on F#.", "F#", "G"),
    ("cadence", Facts(cadence="PAC"), "A perfect authentic cadence.", "PAC", "half cadence"),
    ("instruments", Facts(instruments=("violin",)), "A violin plays.", "violin", "flute"),
])  # fmt: skip
def test_every_facet_is_compared(facet, facts, think, right, wrong):
    question = Question("q", "What is it?", facet=facet, facts=facts)
    assert value(question, think, right) == 1.0
    assert value(question, think, wrong) == 0.0


def judged(question: Question, answer: str) -> float | None:
    verdict = get("answer")(question, parse(f"<think>a b c</think><answer>{answer}</answer>"))
    return None if verdict is None else verdict.value  # type: ignore[attr-defined]


def test_the_answer_is_judged_by_the_reward_of_its_facet():
    assert judged(KEY, "D major") == 1.0
    assert judged(KEY, "B minor") == 0.3


def test_without_a_facet_the_answer_is_judged_by_accuracy():
    question = Question("q", "What plays?", answer="a piano")
    assert judged(question, "a piano") == 1.0
    assert judged(question, "a flute") == 0.0


def test_a_facet_whose_reward_does_not_apply_leaves_accuracy():
    question = Question("q", "Which key?", facet="key", answer="D major")
    assert judged(question, "D major") == 1.0
    assert judged(question, "B minor") == 0.0


def test_modulations_are_judged_by_modulation():
    facts = Facts(modulations=((10.0, "A major"),), key="D major")
    question = Question("q", "Where to?", facet="modulations", facts=facts)
    assert judged(question, "It modulates to A major at 0:10.") == 1.0


def test_nothing_to_judge_by_does_not_apply():
    assert judged(Question("q", "Describe it."), "anything") is None


@pytest.mark.parametrize(("facet", "think", "fitting", "other"), [
    ("mode", "It is dorian.", "D dorian", "D aeolian"),
    ("mode", "It is aeolian, on D.", "D aeolian", "D dorian"),
    ("mode", "It sounds minor.", "D dorian", "D mixolydian"),
    ("interval", "A tritone.", "diminished fifth", "perfect fifth"),
    ("interval", "A diminished fifth.", "tritone", "perfect fourth"),
    ("roman", "II7.", "V7/V", "ii7"),
    ("roman", "V7 of V.", "II7", "V7"),
    ("key_signature", "E flat major has three flats.", "3 flats", "2 flats"),
    ("meter", "6/8 or 3/4.", "3/4", "4/4"),
    ("cadence", "Either a PAC or a half cadence.", "half cadence", "deceptive cadence"),
    ("note", "It ends on D or A.", "A", "G"),
])  # fmt: skip
def test_values_agree_by_sound_and_by_what_is_left_open(facet, think, fitting, other):
    question = Question("q", "On which note does the tune end, in which mode?", facet=facet)
    assert value(question, think, fitting) == 1.0
    assert value(question, think, other) == 0.0


@pytest.mark.parametrize(("think", "follows", "contradicts"), [
    ("C/E at the end.", "E", "C"),
    ("The last chord is C major over E.", "E", "G"),
    ("Final chord: D/F#.", "F#", "D"),
])  # fmt: skip
def test_a_chord_tells_its_bass_where_that_is_asked(think, follows, contradicts):
    bass = Question("q", "What is the last bass note?", facet="note")
    assert value(bass, think, follows) == 1.0
    assert value(bass, think, contradicts) == 0.0


def test_a_note_of_no_voice_is_of_the_tune_that_is_asked():
    tune = Question("q", "On which note does the tune end?", facet="note")
    assert value(tune, "It ends on C sharp.", "C#") == 1.0
    assert value(tune, "It ends on C sharp.", "A") == 0.0
    bass = Question("q", "On which note does the bass end?", facet="note")
    assert value(bass, "It ends on C sharp.", "A") is None


def test_an_answer_does_not_follow_from_a_list_in_which_it_stands():
    row = Question("q", "What is the meter?", facet="meter", answer="3/4")
    think = "2/2, 5/4, 3/4, 12/8."
    listed = parse(f"<think>{think}</think> <answer>3/4</answer>")
    assert isinstance(get("consistency")(row, listed), Abstention)
    chosen = parse(f"<think>{think} It is 3/4.</think> <answer>3/4</answer>")
    assert get("consistency")(row, chosen).value == 1.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(("think", "answer", "expected"), [
    ("Hmm. So the answer is C.", "C", 1.0),
    ("Hmm. So the answer is C.", "D major", 0.0),
    ("Option A? No. I choose option (B).", "B) G major", 1.0),
    ("Hmm. Therefore, A.", "A", 1.0),
    ("Option A says D major.", "A", None),
    ("Hmm. So the answer is C. It is in D major.", "A", 1.0),
])  # fmt: skip
def test_where_no_value_is_named_the_letter_counts_that_ends_a_sentence(think, answer, expected):
    assert value(CHOICE, think, answer) == expected


def test_a_letter_is_no_option_where_an_option_is_that_note():
    notes = Question("n", "Which note?", facet="note", choices=("A", "B", "C", "D"), answer="C")
    assert value(notes, "Hmm. So the answer is B.", "C") is None


def test_what_is_most_likely_counts_where_nothing_is_sure():
    assert value(KEY, "Therefore the most likely key is D major.", "D major") == 1.0
    assert value(KEY, "Therefore the most likely key is D major.", "G major") == 0.0


def test_a_list_of_intervals_comes_to_none_of_them_and_chords_one_by_one_are_a_row():
    asked = Question("i", "Which interval?", facet="interval", answer="P5")
    row = "I hear a perfect fourth, a tritone, a perfect fifth."
    assert value(asked, row, "perfect fifth") is None
    assert value(asked, f"{row} It is a perfect fifth.", "perfect fifth") == 1.0
    chords = Question("p", "Which chords?", facet="progression", answer="C - G - Am - F")
    said = "1. C major\n2. G major\n3. A minor\n4. F major\n"
    assert value(chords, said, "C - G - Am - F") == 1.0
    assert value(chords, said, "C - F - Am - G") == 0.0


@pytest.mark.parametrize("answer", [
    "A flat major", "A flat major, from 0:48", "A flat major, the relative major",
    "A flat major (the relative)", "A flat major, with F minor as its relative",
])  # fmt: skip
def test_what_is_added_to_the_key_that_is_moved_to_makes_it_no_key_of_the_beginning(answer):
    moves = Question(
        "m", "To which key does the piece turn?", facet="modulations", answer="A flat major",
        facts=Facts(key="F minor", modulations=((48.0, "Ab major"),)),
    )  # fmt: skip
    think = "It begins in F minor. At 0:48 it moves to A flat major."
    assert value(moves, think, answer) == 1.0
    assert value(moves, think, answer.replace("A flat", "B flat")) == 0.0
    response = parse(f"<think>{think}</think><answer>{answer}</answer>")
    assert get("theory")(moves, response).details["K"] == 0  # type: ignore[union-attr, index]


@pytest.mark.parametrize("answer", [
    "F minor, then A flat major", "F minor, A flat major", "F minor, moving to A flat major",
    "F minor (going to A flat major)", "F minor, which modulates to A flat major",
    "F minor, the home key, goes to A flat major",
])  # fmt: skip
def test_the_first_key_of_several_is_the_one_it_leaves(answer):
    moves = Question("m", "Which keys does it pass?", facet="modulations", answer="A flat major")
    assert value(moves, "It moves from F minor to A flat major.", answer) == 1.0
