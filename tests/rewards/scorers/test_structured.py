"""Structured thinking: metadata that a caption states."""

from __future__ import annotations

import pytest

from rewards import Facts, Question, Verdict, get, parse

METADATA = {"Genre": "Jazz, Swing", "Key": "D major", "BPM": "120", "Instruments": "piano; drums"}


def judged(caption: str, *, kind: str = "caption", metadata=METADATA, **params) -> Verdict | None:
    question = Question("q", "Describe the music.", kind=kind, facts=Facts(metadata=metadata))
    return get("structured")(question, parse(caption), **params)


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
def test_categories_count_alike_and_values_within_them(caption, credit):
    verdict = judged(answer(caption) if caption else "<think>D major</think>")
    assert verdict is not None
    assert verdict.value == pytest.approx(credit)


def test_words_may_stand_apart_where_phrases_may_not():
    caption = answer("Major chords over a pedal on D.")
    metadata = {"Key": "major chords pedal"}
    assert judged(caption, metadata=metadata, match="word").value == 1.0
    assert judged(caption, metadata=metadata, match="phrase").value == 0.0


def test_the_literal_sum_of_the_paper_is_capped_at_one():
    caption = answer("jazz swing piano drums in D major at 120")
    assert judged(caption, share="thing").value == 1.0
    two = {"A": "jazz, swing, bebop", "B": "piano"}
    assert judged(answer("jazz and swing"), metadata=two, share="thing").value == 1.0
    assert judged(answer("jazz and swing"), metadata=two).value == pytest.approx(1 / 3)


def test_it_applies_to_captions_with_metadata_alone():
    assert judged(answer("jazz"), kind="qa") is None
    assert judged(answer("jazz"), metadata=None) is None


def test_thoughts_are_no_caption():
    assert judged("<think>jazz swing</think> A tune.").value == 0.0
    assert judged("<think>a b c</think> Jazz and swing.").value == 0.25
