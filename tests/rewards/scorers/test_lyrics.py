"""Lyrics: word errors over the words of the reference."""

from __future__ import annotations

import random

import pytest

LINE = "the river bends and carries me home"


def _distance(a: list[str], b: list[str]) -> int:
    """Levenshtein by the plain table: the oracle."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(before + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def test_the_value_is_one_minus_the_word_error_rate(value):
    rng = random.Random(1)
    words = LINE.split()
    for _ in range(200):
        said = [rng.choice([*words, "moon"]) for _ in range(rng.randint(1, 12))]
        expected = 1 - min(1.0, _distance(words, said) / len(words))
        got = value("lyrics", " ".join(said), facts={"lyrics": LINE})
        assert got == pytest.approx(expected), said


@pytest.mark.parametrize(
    "answer",
    [
        "The river bends, and carries me home.",
        '"The river bends and carries me home"',
        "[Verse 1]\nThe river bends\nand carries me home",
        "0:05 The river bends 0:08 and carries me home",
        "THE RIVER BENDS AND CARRIES ME HOME!",
        "Lyrics: the river bends and carries me home",
        "Chorus: the river bends and carries me home (x2)",
        "(Verse 1) The river bends and carries me home",
        "**Verse 1:**\nThe river bends and carries me home",
        "Verse 1\nThe river bends and carries me home",
        "# Chorus\nThe river bends\n\n<Bridge> and carries me home",
        "[Pre-Chorus x2]\nThe river bends and carries me home [instrumental break]",
        "[00:12.00]The river bends\n[00:16.50]and carries me home",
        "1\n00:00:01,000 --> 00:00:04,000\nThe river bends\n\n2\n00:00:05,000 --> 00:00:08,000\n"
        "and carries me home",
        "0.0-4.0: The river bends\n4.0-8.0: and carries me home",
        "<|0.00|> The river bends and carries me home <|5.00|>",
        "The singer sings: the river bends and carries me home",
        "Transcription: the river bends and carries me home",
        "The river bends / and carries me home",
        "The river bends\\nand carries me home",
        "The ri\u200bver bends and carries me home",
        "\u266a The river bends \u266a and carries me home \u266a",
    ],
)
def test_dress_does_not_count(value, answer):
    assert value("lyrics", answer, facts={"lyrics": LINE}) == 1.0


@pytest.mark.parametrize(
    ("fact", "answer", "credit"),
    [
        ("don't look back", "don’t look back", 1.0),
        ("don't look back", "do not look back", 1 / 3),
        ("don't look back", "dont look back", 1.0),
        ("'cause rock 'n' roll", "cause rock n roll", 1.0),
        ("oh-oh yeah", "oh oh yeah", 1.0),
        ("bridge over the water", "bridge over the water", 1.0),
        ("the words are: love", "the words are: love", 1.0),
        ("la la la", "la la la", 1.0),
        ("e\u0301te\u0301", "\u00e9t\u00e9", 1.0),
        ("\u00e9t\u00e9", "ete", 0.0),
        (
            "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e",
            "\u0928\u092e\u0938\u094d\u0924 \u0926\u0941\u0928\u093f\u092f\u093e",
            0.5,
        ),
        (
            "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440",
            "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!",
            1.0,
        ),
        ("\u6211\u7231\u4f60 love", "\u6211\u7231\u4f60, love", 1.0),
        ("\u541b\u306e\u540d\u306f", "\u541b\u306e\u540d\u308f", 0.75),
        ("one two", "one two one two", 0.0),
        (LINE, "instrumental", 0.0),
        (LINE, "", 0.0),
        ("你好世界", "你好世界", 1.0),
        ("你好世界", "你好世間", 0.75),
        ("你好世界", "你好", 0.5),
        ("さくら さくら", "さくらさくら", 1.0),
        (LINE, "la la la la la la la", 0.0),
        (LINE, "la " * 500, 0.0),
        (LINE, "...", 0.0),
    ],
)
def test_characters_count_where_there_are_no_blanks(value, fact, answer, credit):
    assert value("lyrics", answer, facts={"lyrics": fact}) == pytest.approx(credit)


def test_the_details_name_the_error_rate_by_what_is_counted(judge):
    assert judge("lyrics", "la la lo", facts={"lyrics": "la la la la"}).details == {"wer": 0.5}
    assert judge("lyrics", "你好", facts={"lyrics": "你好世界"}).details == {"cer": 0.5}


def test_a_text_of_any_length_is_read_in_bounded_time(value):
    song = "hello darkness my old friend " * 2000
    assert value("lyrics", song, facts={"lyrics": song}) == 1.0
    assert value("lyrics", "[" * 131_072, facts={"lyrics": song}) == 0.0


def test_a_song_without_words_is_an_error(judge):
    assert judge("lyrics", "x", facts={"lyrics": "[Verse 1] ..."}).status == "error"
