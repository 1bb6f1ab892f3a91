"""No text makes a reward over time raise, leave [0, 1] or take long."""

from __future__ import annotations

import random
import time
import warnings

import pytest

from rewards import Facts, Question, Rubric, parse

NAMES = (
    "beats",
    "downbeats",
    "onsets",
    "notes",
    "melody",
    "segments",
    "chords",
    "modulation",
    "form",
)
TIMES = tuple(0.5 * i for i in range(1, 31))
FACTS = Facts(
    beats=TIMES, downbeats=TIMES[::4], onsets=TIMES, form="AABA", key="C major",
    notes=tuple((t, t + 0.4, "C4") for t in TIMES), melody=tuple((t, 440.0) for t in TIMES),
    segments=((0.0, 5.0, "intro"), (5.0, 15.0, "verse")),
    chords=((0.0, 5.0, "C:maj"), (5.0, 15.0, "G:7")), modulations=((5.0, "G major"),),
)  # fmt: skip
QUESTION = Question(id="toy", text="What happens when?", facts=FACTS)
RUBRIC = Rubric.of(NAMES)
PIECES = [
    "0", "1", "0.5", "1:30", "90 s", "-1", "nan", "inf", "1e99", "9" * 30, ",", ";", ":", "-",
    "\n", " ",
    "[", "]", "(", ")", "{", "}", '"', "'", "|", "C4", "F#4", "60", "440 Hz", "rest", "D:maj", "A7",
    "C major", "a minor", "verse", "chorus", "intro", "AABA", "A'", "rondo", "from", "to", "at",
    "for",
    "every", "and", "or", "not", "no modulation", "null", "true", "start", "end", "label", "♯",
    "–", "ﷺ",
    "1.", "2)", "- ", "bar 3", "beat 1:", "```", "\\boxed{", "0,5", "||:", ":||", "N", "X", "bpm",
    "\u200b",
]  # fmt: skip


def check(completion):
    parts = RUBRIC.score(QUESTION, parse(completion)).parts
    for name, part in parts.items():
        assert part.status == "scored", (name, part.why, completion[:200])
        assert 0.0 <= part.value <= 1.0


@pytest.mark.parametrize("seed", range(40))
def test_musical_babble_is_judged(seed):
    draw = random.Random(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(12):
            words = [draw.choice(PIECES) for _ in range(draw.randint(1, 40))]
            check(f"<answer>{draw.choice(['', ' '])}{draw.choice(['', ' ']).join(words)}</answer>")


@pytest.mark.parametrize(
    "piece",
    ["0.5, ", "0.5 1.0 C\n", "1", "1:", "1:1", "[", "[0,", "[[0,1,", '{"a":', "(", "-",
    "0-1: C, ", "C4 ",
     "C4 0-1 ", "0.1 440\n", "A", "A ", "AB", "A' ", "verse ", "0-1 verse ", "C major ",
     "C major at 1 s, ",
     "not ", "1. 2\n", "- ", "every 1 ", ", ", "; ", "1 and ", " ", "\n", "é", "В", "ﷺ",
     "\\boxed{", "1,2;",
     "0:00 ", "1m1", "C4 1 for ", "60 at 1 for 1 ", "|", "||: A :|| ", "::", "9" * 9 + " ",
     "1.1.1.1",
     "binary ", "three part ", "A-", "or ", "1 to 2 ", "e5 ", "nan "],
)  # fmt: skip
def test_time_is_bounded_to_128_kb(piece):
    check("<answer>1</answer>")  # loads mir_eval
    for size in (900, 31_000, 128_000):
        body = piece * (size // len(piece))
        response = parse(f"<answer>{body}</answer>")
        for name in NAMES:
            rubric = Rubric.of([name])
            start = time.process_time()
            part = rubric.score(QUESTION, response).parts[name]
            spent = time.process_time() - start
            assert part.status == "scored", (name, part.why)
            # A loose bound: the machine that runs the tests may be slow and busy.
            assert spent < 2.0, (name, size, spent)


def test_dense_references_and_answers_do_not_overrun_the_matching():
    dense = tuple(i * 0.02 for i in range(2_000))
    facts = Facts(beats=dense, onsets=dense)
    question = Question(id="toy", text="?", facts=facts)
    answer = ", ".join(f"{i * 0.017:.3f}" for i in range(2_300))
    score = Rubric.of(["beats", "onsets"]).score(question, parse(f"<answer>{answer}</answer>"))
    assert score.valid, [part.why for part in score.parts.values()]


def test_a_tremolo_that_chains_every_note_to_the_next_is_matched():
    """One pitch, every answer between two notes: out of order, mir_eval recurses for each."""
    count = 1_500
    facts = Facts(notes=tuple((0.06 * i, 0.06 * i + 0.04, "60") for i in range(count)))
    rows = [f"[{0.06 * i + 0.03:.2f}, {0.06 * i + 0.04:.2f}, 60]" for i in range(count - 1)]
    answer = ",".join([*rows, "[0, 0.01, 60]"])
    part = Rubric.of(["notes"]).score(
        Question(id="toy", text="?", facts=facts), parse(f"<answer>[{answer}]</answer>")
    )
    assert part.total == 1.0, part.parts["notes"].why
