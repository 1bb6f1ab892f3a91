"""Structured thinking: metadata that a caption states."""

from __future__ import annotations

import time

import pytest

from rewards import Facts, Question, Verdict, get, parse

METADATA = {"Genre": "Jazz, Swing", "Key": "D major", "BPM": "120", "Instruments": "piano; drums"}


def judged(caption: str, *, kind: str = "caption", metadata=METADATA, **params) -> Verdict | None:
    question = Question("q", "Describe the music.", kind=kind, facts=Facts(metadata=metadata))
    return get("structured")(question, parse(caption), **params)


def credited(caption: str, **params) -> float:
    verdict = judged(caption, **params)
    assert verdict is not None
    return verdict.value


def answer(text: str) -> str:
    return f"<think>one two three</think><answer>{text}</answer>"


def test_a_caption_that_states_all_earns_one_and_lists_what_matched():
    verdict = judged(answer("A swing jazz tune in D major at 120 BPM with piano and drums."))
    assert verdict is not None
    assert verdict.value == 1.0
    assert verdict.details is not None
    assert verdict.details["matched"]["Instruments"] == ["piano", "drums"]
    assert not any(verdict.details["missing"].values())


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("A jazz tune.", 0.125), ("A jazz and swing tune.", 0.25), ("In D major, 120 BPM.", 0.5),
        ("Minor d tune, majority", 0.0), ("At 1200 BPM.", 0.0), ("No drums, no piano.", 0.0),
        ("", 0.0),
    ],
)  # fmt: skip
def test_with_share_category_categories_count_alike_and_values_within_them(caption, credit):
    verdict = judged(answer(caption) if caption else "<think>D major</think>", share="category")
    assert verdict is not None
    assert verdict.value == pytest.approx(credit)


def test_words_may_stand_apart_where_phrases_may_not():
    caption = answer("Major chords over a pedal on D.")
    metadata = {"Key": "major chords pedal"}
    assert credited(caption, metadata=metadata, match="word") == 1.0
    assert credited(caption, metadata=metadata, match="phrase") == 0.0


def test_the_literal_sum_of_the_paper_is_capped_at_one():
    caption = answer("jazz swing piano drums in D major at 120")
    assert credited(caption, share="thing") == 1.0
    two = {"A": "jazz, swing, bebop", "B": "piano"}
    assert credited(answer("jazz and swing"), metadata=two, share="thing") == 1.0
    by_category = credited(answer("jazz and swing"), metadata=two, share="category")
    assert by_category == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("metadata", "caption", "credit"),
    [
        (METADATA, "A jazz tune.", 0.25),
        (METADATA, "A jazz and swing tune in D major.", 0.75),
        (METADATA, "Jazz, swing, piano and drums.", 1.0),
        (METADATA, "**Genre:** Jazz, Swing\n**Key:** D major", 0.75),
        (METADATA, "jazzy, swinging, pianissimo", 0.0),
        (METADATA, "not jazz but swing", 0.25),
        (METADATA, "in D-major", 0.25),
        (METADATA, "in D\u266d major at 1200", 0.0),
        ({"key": "C# minor"}, "in C\u266f minor", 1.0),
        ({"key": "C# minor"}, "in C minor", 0.0),
        ({"meter": "4/4"}, "in 4/4 time", 1.0),
        ({"meter": "4/4"}, "in 14/4 time", 0.0),
        ({"chords": "Am, F, C, G"}, "Am-F-C-G", 1.0),
        ({"chords": "Am, F, C, G"}, "a minor", 0.0),
        ({"genre": "R&B, Hip-Hop", "year": "1980s"}, "r&b of the 1980s, hip hop", 1.0),
        ({"a": "", "b": "jazz"}, "jazz", 1.0),
    ],
)
def test_things_stated_are_divided_by_the_number_of_categories(metadata, caption, credit):
    assert credited(answer(caption), metadata=metadata) == pytest.approx(credit)


def test_a_question_that_asks_for_metadata_is_judged_whatever_its_kind():
    facts = Facts(metadata=METADATA, key="D major")
    for kind, facet, applies in [
        ("qa", "metadata", True), ("qa", None, False), ("caption", "key", False),
        ("caption", "metadata", True), ("caption", None, True),
    ]:  # fmt: skip
        question = Question("q", "Describe the music.", kind=kind, facet=facet, facts=facts)
        assert (get("structured")(question, parse(answer("jazz"))) is not None) == applies


def test_metadata_without_values_does_not_apply():
    assert judged(answer("jazz"), metadata={"genre": " ; "}) is None


def test_it_applies_to_captions_with_metadata_alone():
    assert judged(answer("jazz"), kind="qa") is None
    assert judged(answer("jazz"), metadata=None) is None


def test_thoughts_are_no_caption():
    assert credited("<think>jazz swing</think> A tune.") == 0.0
    assert credited("<think>a b c</think> Jazz and swing.") == 0.5


@pytest.mark.parametrize("match", ["phrase", "word"])
@pytest.mark.parametrize(
    ("thing", "caption", "stated"),
    [
        ("92 BPM", "The tempo is 92.", True), ("92 BPM", "At 92BPM.", True),
        ("92 BPM", "92 beats per minute", True), ("92", "a tempo of 92 bpm", True),
        ("92 BPM", "192 BPM", False), ("92 BPM", "over 92 bars", False),
        ("A minor", "in A min", True), ("A minor", "A-minor", True), ("A minor", "in Am", True),
        ("A minor", "I am sure it is minor", False), ("A minor", "in A major", False),
        ("A minor", "in E minor", False), ("A minor", "not in A minor", False),
        ("C# minor", "C-sharp minor", True), ("Db major", "D flat major", True),
        ("C# minor", "C♯ minor", True), ("Db major", "D major", False),
        ("4/4", "four-four", True), ("4/4", "common time", True), ("3/4", "in 13/4", False),
        ("acoustic guitar", "two acoustic guitars", True), ("hi-hat", "hi hats", True),
        ("drum and bass", "drum & bass", True), ("drums", "A lone drum.", True),
        ("drums", "The drums are absent.", False),
        ("no drums", "There are no drums.", True), ("no drums", "There are drums.", False),
    ],
)  # fmt: skip
def test_values_are_stated_in_any_wording_and_denials_by_denials(thing, caption, stated, match):
    got = credited(answer(caption), metadata={"x": thing}, match=match)
    assert got == float(stated)


def test_no_word_of_a_long_caption_is_lost_where_it_stands():
    for before in range(2_985, 3_001):
        caption = "x" * (before % 7 + 1) + " la" * (before // 3) + " saxophone solo"
        assert credited(answer(caption), metadata={"x": "saxophone solo"}) == 1.0
    assert credited(answer("x" * 4_000 + " saxophone"), metadata={"x": "saxophone"}) == 1.0


def test_a_caption_of_denials_takes_no_longer_than_another():
    start = time.process_time()
    for last in range(8):
        credited(answer("all but " * 16_000 + str(last)))
    assert time.process_time() - start < 2.0
