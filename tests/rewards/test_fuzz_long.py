"""A million fuzzed completions: no built-in reward raises, leaves [0, 1] or runs away.

Each completion is drawn from its number alone, so a shard can be run by itself::

    python -m pytest -m chaos tests/rewards/test_fuzz_long.py -k shard7-
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards import Question, Rubric, names, parse
from rewards.questions import read_questions

SHARDS, SHARD = 100, 10_000
FACTS = read_questions(Path(__file__).with_name("every_fact.jsonl"))[0].facts
QUESTIONS = (
    Question("open", "What is the dominant of E flat major?", answer="Bb", facts=FACTS),
    Question("caption", "Describe it.", kind="caption", answer="jazz", facts=FACTS),
    Question("choice", "Which?", choices=("Eb major", "C minor"), answer="C minor", facts=FACTS),
)
RIGHT = (
    "E flat major", "A dorian", "3 flats", "92 BPM", "Andante", "6/8", "Ebmaj7", "C G7 Am F",
    "V7", "a perfect authentic cadence", "a diminished fifth", "G", "10 s Bb major", "AABA",
    "0-10 intro, 10-30 verse, 30-50 chorus", "0.5, 1.0, 1.5", "C4 0-0.5, E4 0.5-1",
    "0 440, 0.1 440", "parallel octaves between bass and alto", "piano and violin", "jazz",
    "calm", "the river bends and carries me home", "(B)", "C minor", "B flat",
)  # fmt: skip
WORDS = """
    C Db D# E F♯ G♭ Ａ H a b bb x major minor dorian Dur re mayor maj7 m7b5 ø7 sus4 : / ( ) [ ] { }
    , . ; | - – -> or and not no neither both 0 1 2 3 4 9 92 120 0.5 1.5 0:30 1:30 1e5 nan inf -1
    BPM s ms Hz 6/8 ¾ V7 vii° N6 Cad64 I i VI /V PAC half cadence plagal flats sharps semitones
    third perfect tritone C4 E4 60 440 AABA A' rondo intro verse piano guitar rock happy Allegro
    fast in key of the is dominant X : K: V: L:1/8 |: :| ~ ^ _ = " ' \\ \u200b \ufffd ﷺ 你 ½ ² ⁷
    more precisely rather than from to at until [[ ]] {"a": 1} <answer> </answer> <think> </think>
    \\boxed{
""".split()  # noqa: SIM905 - a list of quoted words would hide them


def completion(number: int) -> str:
    """The completion of that number; up to 8 kB, one in a thousand up to 128 kB."""
    draw = random.Random(number)
    size = int(2 ** draw.uniform(0, 13 if number % 1000 else 17))
    inner = draw.choice((_babble, _edited, _repeated, _signs))(draw, size)[:size]
    shape = draw.randrange(4)
    if shape == 0:
        return inner
    if shape == 1:
        return f"<think>{inner}</think><answer>{draw.choice(RIGHT)}</answer>"
    return f"<think>one two three</think><answer>{inner}</answer>"


def _babble(draw: random.Random, size: int) -> str:
    return draw.choice(("", " ", ", ", "\n")).join(draw.choices(WORDS, k=max(1, size // 4)))


def _edited(draw: random.Random, size: int) -> str:
    """A right answer with a few signs changed, perhaps with a second one behind it."""
    signs = list(draw.choice(RIGHT))
    for _ in range(draw.randrange(4)):
        at = draw.randrange(len(signs) + 1)
        signs[at : at + draw.randrange(2)] = draw.choice(draw.choice(WORDS))
    tail = draw.choice(("", "", " or ", ", not ", ". No, ", "\n"))
    return "".join(signs) + tail + (draw.choice(RIGHT) if tail else "")


def _repeated(draw: random.Random, size: int) -> str:
    unit = draw.choice(("", " ")).join(draw.choices((*WORDS, *RIGHT), k=draw.randrange(1, 4)))
    return unit * (size // len(unit) + 1)


def _signs(draw: random.Random, size: int) -> str:
    top = draw.choice((0x80, 0x250, 0x3000, 0x11_0000))
    return "".join(chr(draw.randrange(top)) for _ in range(min(size, 2000)))


def judged(numbers: range) -> Iterator[tuple[int, float]]:
    """The number and the CPU time [s] of each completion, all rewards together, once checked."""
    rubric = Rubric.of(names())
    for number in numbers:
        start = time.process_time()
        response = parse(completion(number))
        score = rubric.score(QUESTIONS[number % len(QUESTIONS)], response)
        spent = time.process_time() - start
        for name, part in score.parts.items():
            assert part.status in ("scored", "not_applicable"), (number, name, part.why)
            assert part.value is None or 0.0 <= part.value <= 1.0, (number, name, part.value)
        yield number, spent


def test_three_hundred_fuzzed_completions_are_judged():
    assert max(spent for _, spent in judged(range(0, 3_000_000, 9_973))) < 2.0


@pytest.mark.chaos
@pytest.mark.parametrize("shard", range(SHARDS), ids=lambda shard: f"shard{shard}-")
def test_a_million_fuzzed_completions_are_judged(shard: int, record_property):
    spent = sorted(spent for _, spent in judged(range(shard * SHARD, (shard + 1) * SHARD)))
    record_property("p99.9 [ms]", 1000 * spent[int(0.999 * len(spent))])
    record_property("max [ms]", 1000 * spent[-1])
    assert spent[-1] < 2.0  # a guard against growth, no measure of speed
