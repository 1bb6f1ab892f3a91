"""Names of notes, keys, modes and signatures are read in linear time, whatever the text."""

from __future__ import annotations

import time

import pytest

TEXTS = [
    "A" * 1000, "A " * 500, "A, " * 330, "C# " * 333, "D major " * 125, "dorian " * 140,
    "A dorian or " * 80, "minor with a raised " * 50, "2 sharps " * 110, "no " * 330, "b" * 1000,
    "A (((((((" * 100, "same as " * 120, " " * 900 + "x", "A" + " " * 950 + "minor", "\ufdfa" * 999,
    "relative minor of " * 55, "dominant of " * 80, "double " * 140, "A-------- " * 100,
    "first mode of " * 70, "A " * 500_000, "D major " * 125_000, "\u202e" * 200_000, "\x00" * 1000,
]  # fmt: skip
FACTS = {"key": "D major", "mode": "A dorian", "key_signature": 2, "note": "A"}
ASK = {"facts": FACTS, "text": "What is the dominant of D?", "gold": "A"}


@pytest.mark.parametrize("reward", ["key", "mode", "key_signature", "note", "function"])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:12]))
def test_hostile_answers_are_scored_fast(judge, reward, text):
    judge(reward, "A", **ASK)  # patterns are compiled when they are first used
    began = time.process_time()
    part = judge(reward, text, **ASK)
    assert part.status == "scored", part.why
    assert 0.0 <= part.value <= 1.0
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("text", [text[:100_000] for text in TEXTS], ids=lambda t: ascii(t[:12]))
def test_hostile_questions_are_read_fast(judge, text):
    began = time.process_time()
    judge("function", "A", facts=FACTS, text=text, gold="A")
    judge("mode", "dorian", facts=FACTS, text=text)
    assert time.process_time() - began < 2.0
