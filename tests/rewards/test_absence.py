"""What is asked for is not there: who names it denies it, and the facts do not hold it."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, get, parse
from rewards.absence import asks_for_absent
from rewards.claims.reading import read

DUO = Facts(instruments=("piano", "violin"))
ASKED = "Which of these instruments is NOT present?"
CHOICES = ("piano", "trumpet", "violin")
THINK = "Piano and violin are there. There is no trumpet."


def question(text: str = ASKED, choices: tuple[str, ...] = CHOICES) -> Question:
    return Question("q", text, choices=choices, facet="instruments", answer="trumpet", facts=DUO)


def value(name: str, answer: str, asked: Question, think: str = THINK) -> float | None:
    verdict = get(name)(asked, parse(f"<think>{think}</think><answer>{answer}</answer>"))
    return getattr(verdict, "value", None)


@pytest.mark.parametrize(
    "text",
    [
        ASKED, "What is lacking here?", "Which instrument isn’t heard?",
        "What instrument can't be heard in this clip?",
        "Which instruments cannot be heard?", "Which of these is absent?",
        "Which instrument doesn't play?", "All of these are heard EXCEPT:",
        "Name the instrument that is missing from the mix.",
        "Which instrument does not appear in the track?", "Which one isn't in the recording?",
        "Which of the following is NOT one of the instruments used?",
        "Which genre does this not belong to?", "Which of these moods does NOT fit?",
        "Which of these genres is NOT associated with this track?",
        "Which of the following moods is not evoked by this music?",
        "Which of the following genres does this song not fall under?",
        "Which instrument does this track not use?", "Which instrument does the recording lack?",
        "All of the following instruments are in the clip EXCEPT",
        "The recording contains all of these instruments except which one?",
        "Of these instruments, which one isn't?", "What instrument is this piece without?",
        "Tell me an instrument that is not in this song.",
        "Which is not a mood of this piece?", "Identify the instrument that never plays.",
    ],
)  # fmt: skip
def test_what_is_absent_is_asked(text):
    assert asks_for_absent(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which instrument plays the melody?", "Which instrument plays the melody, not the bass?",
        "Is there no piano?", "Why is the piano not playing?",
        "What chord is not in root position?",
        "Which instrument enters when the flute is no longer heard?", "Which of these is present?",
        "List the instruments.", "", "Name the instruments, but do not describe the mood.",
        "Which instrument plays the melody but does not play the bass line?",
        "Which instrument is heard in the intro but not heard in the chorus?",
        "What instrument was not there at the beginning and enters at 0:30?",
        "Which instruments are heard, except for the drums?",
        "What instruments are used in this track except vocals?",
        "Which instrument fills in for the missing drums?",
        "What mood does the missing bass convey?",
        "What instrument not typically used in classical music is heard here?",
        "What kind of instrument is playing that is not part of the standard orchestra?",
        "Which instrument carries the melody while vocals are not present?",
        "Identify the genre, and do not describe the mood", "Name the genre, do not explain.",
        "Which key is not part of the piece?", "Which statement is not true?",
    ],
)  # fmt: skip
def test_what_is_there_is_asked(text):
    assert not asks_for_absent(text)


@pytest.mark.parametrize(
    "answer",
    ["trumpet", "(B)", "(B) trumpet", "There is no trumpet.", "The trumpet is not present.",
     "I don't hear a trumpet", "(B) There's no trumpet", "The trumpet is missing",
     "Trumpet is lacking", "There Is No Trumpet", "TRUMPET IS NOT PRESENT"],
)  # fmt: skip
def test_the_right_answer_names_what_is_not_among_the_facts(answer):
    asked = question()
    assert value("accuracy", answer, asked) == value("answer", answer, asked) == 1.0
    assert value("instruments", answer, asked) is None  # the fact is what is there
    assert value("answer", answer, question("Which of these is heard?")) == 0.0


@pytest.mark.parametrize(
    "answer",
    ["piano", "not the piano", "There is no violin", "trumpet and piano",
     "no piano, no violin, no trumpet", "", "The trumpet is not absent", "No trumpet is missing"],
)  # fmt: skip
def test_what_is_there_is_no_answer(answer):
    assert value("accuracy", answer, question()) == value("answer", answer, question()) == 0.0


@pytest.mark.parametrize("answer", ["trumpet", "There is no trumpet."])
def test_without_options_the_name_counts_too(answer):
    assert value("answer", answer, question(choices=())) == 1.0
    assert value("answer", answer.replace("trumpet", "piano"), question(choices=())) == 0.0


@pytest.mark.parametrize(
    ("think", "expected"),
    [
        (THINK, 1.0),
        ("I hear piano and violin. So the answer is trumpet.", 1.0),
        ("Piano and violin. I don't hear a trumpet. So the answer is trumpet.", 1.0),
        (f"{THINK} The answer is (B) trumpet.", 1.0),
        ("Piano and violin are audible. The trumpet is the instrument not present.", 1.0),
        ("I hear piano and violin, so the missing instrument must be the trumpet.", 1.0),
        ("Piano is there, violin too. That leaves the trumpet, which is not present.", 1.0),
        ("Piano and violin play. So the answer is B.", 1.0),
        ("Trumpet and violin play. So the answer is A.", 0.0),
        ("Maybe a trumpet or a saxophone plays.", None),
        ("No trumpet, I believed; then it enters. There is a trumpet.", 0.0),
        ("A trumpet plays.", 0.0),
        ("The trumpet is the one that I hear most clearly.", 0.0),
        ("A piano plays.", None),
    ],
)
def test_an_answer_follows_from_a_denial_and_not_from_a_hearing(think, expected):
    assert value("consistency", "trumpet", question(), think) == expected


def test_the_claim_of_the_answer_is_a_denial():
    response = parse(f"<think>{THINK}</think><answer>trumpet</answer>")
    (said,) = (one for one in read(question(), response) if one.section == "answer")
    assert (said.value, said.polarity) == ("trumpet", "denied")
    (said,) = (
        one
        for one in read(question("Which of these is heard?"), response)
        if one.section == "answer"
    )
    assert said.polarity == "asserted"


def test_of_several_names_it_is_not_told_which_are_meant():
    response = parse("<think>x</think><answer>trumpet, for piano and violin play</answer>")
    said = [one.polarity for one in read(question(), response) if one.section == "answer"]
    assert said == ["asserted"] * 3


def test_an_absent_answer_contradicts_no_thought_of_what_is_there():
    one_key = Question(
        "q", "Which mood is not conveyed?", choices=("calm", "angry"), facet="mood",
        answer="angry", facts=Facts(mood=("calm",), key="D major"),
    )  # fmt: skip
    verdict = get("theory")(
        one_key, parse("<think>It is calm, in D major.</think><answer>angry</answer>")
    )
    assert verdict.details["K"] == 0  # type: ignore[union-attr, index]


@pytest.mark.parametrize(
    ("facet", "there", "absent"), [("mood", "calm", "angry"), ("genre", "waltz", "tango")]
)
def test_moods_and_genres_can_be_absent_too(facet, there, absent):
    asked = Question(
        "q", f"Which {facet} does it not belong to?", choices=(there, absent), facet=facet,
        answer=absent, facts=Facts(**{facet: (there,)}),
    )  # fmt: skip
    think = f"It is a {there} piece, and it is not {absent}."
    assert value("answer", absent, asked) == 1.0
    assert value("consistency", absent, asked, think) == 1.0
    assert value("consistency", there, asked, think) == 0.0


def test_what_is_only_supposed_of_an_absent_answer_is_no_conclusion():
    asked = question(choices=("piano", "violin", "trumpet", "flute"))
    think = "A violin? No. A flute? No. With a trumpet it would be brighter. A piano plays."
    response = parse(f"<think>{think}</think><answer>trumpet</answer>")
    found = get("theory")(asked, response).details["claims"]  # type: ignore[union-attr, index]
    supposed = [one["modality"] for one in found if one["value"] == "trumpet"]
    assert supposed[0] == "hypothetical"
    assert value("consistency", "trumpet", asked, think) is None


def test_where_options_are_denials_a_denial_is_an_option():
    asked = Question(
        "q", "Which of these moods does NOT fit the clip?", facet="mood", answer="calm",
        choices=("calm", "not calm", "dark"),
    )  # fmt: skip
    assert [value("accuracy", one, asked) for one in ("calm", "not calm", "dark")] == [1, 0, 0]
    key = Question("q", "Which of these is not the key?", facet="key", answer="D major")
    assert value("accuracy", "It is not D major", key) == 0.0


def test_thoughts_that_tell_the_absent_name_make_no_false_claim():
    think = "I hear piano and violin. So the answer is trumpet."
    assert value("theory", "trumpet", question(), think) == value(
        "theory", "trumpet", question(), "I hear piano and violin. There is no trumpet."
    )
