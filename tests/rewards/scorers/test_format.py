"""The format reward, mode by mode."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from rewards import Question, get, parse
from rewards.scorers import format as scorer

GOOD = "<think>Four flats, and it ends on F.</think>"
LONG = " ".join(f"word{i}" for i in range(400))

HOLDS = {  # completion -> the modes in which it holds
    GOOD + "<answer>F minor</answer>": "mf_think strict paper",
    GOOD + "\n\n<answer>F minor</answer>\n": "mf_think strict paper",
    "  " + GOOD + " <answer>\nF minor\n</answer>": "mf_think strict paper",
    GOOD + " Hence, the final answer is: <answer>F minor</answer>": "mf_think paper",
    GOOD + "<answer>F minor</answer> I am quite sure.": "paper",
    "Well. " + GOOD + "<answer>F minor</answer>": "paper",
    "<think>Yes, indeed.</think><answer>F minor</answer>": "paper",
    "<think>.</think><answer>F minor</answer>": "paper",
    "<think>so so so so so so so so so so</think><answer>F minor</answer>": "paper",
    "<think>" + "The key is F minor. " * 30 + "</think><answer>F minor</answer>": "paper",
    "<think>" + LONG + " and so on" * 60 + "</think><answer>F minor</answer>": "paper",
    "<think>" + LONG + "</think><answer>F minor</answer>": "mf_think strict paper",
    "<think>曲は短調です</think><answer>F minor</answer>": "mf_think strict paper",
    GOOD + "<answer>" + "x" * 1001 + "</answer>": "paper",
    GOOD + "<answer>" + "x" * 1000 + "</answer>": "mf_think strict paper",
    GOOD + GOOD + "<answer>F minor</answer>": "paper",
    GOOD + "<answer>F minor</answer><answer>F minor</answer>": "paper",
    GOOD + "<answer>F minor</answer>" + GOOD + "<answer>F minor</answer>": "paper",
    GOOD + "<answer></answer>": "",
    GOOD + "<answer> \n</answer>": "",
    GOOD + "<answer>...</answer>": "paper",
    GOOD: "",
    "<answer>F minor</answer>": "",
    "<answer>F minor</answer>" + GOOD: "",
    "<think></think><answer>F minor</answer>": "",
    "<think> </think><answer>F minor</answer>": "",
    GOOD + "F minor": "",
    GOOD + "<answer>F minor": "",
    "<think>Four flats, and it ends on F.<answer>F minor</answer>": "",
    "<think>Four flats on F <answer>F minor</answer></think>": "",
    GOOD + "<answer><answer>F minor</answer></answer>": "paper",
    "<THINK>Four flats here.</THINK><ANSWER>F minor</ANSWER>": "",
    GOOD + "<Answer>F minor</Answer>": "",
    GOOD + '<answer lang="en">F minor</answer>': "",
    GOOD + "<answer >F minor</answer>": "",
    "＜think＞Four flats here.＜/think＞＜answer＞F minor＜/answer＞": "",
    "<th\u200bink>Four flats here.</think><answer>F minor</answer>": "",
    "```\n" + GOOD + "<answer>F minor</answer>\n```": "paper",
    "<think>Four flats here in <think>F</think></think><answer>F minor</answer>": "paper",
    "<think>Four flats here.</think ><answer>F minor</answer>": "",
    "<think>Four flats here.</thi\u200bnk><answer>F minor</answer>": "",
    "<think>I will say <answer>F</answer> in the end</think><answer>F minor</answer>": "paper",
    "<answer>" + GOOD + "</answer>": "",
    GOOD + "<answer>F minor<answer>": "",
    GOOD + "<answer>F minor</answer>" + GOOD: "paper",
    GOOD + "</think><answer>F minor</answer>": "paper",
    GOOD + "<think/><answer>F minor</answer>": "paper",
    GOOD + "<answer/><answer>F minor</answer>": "paper",
    GOOD + "<answer>\u200b</answer>": "paper",
    GOOD + "<answer>&nbsp;</answer>": "paper",
    GOOD + "<answer>\u266d</answer>": "mf_think strict paper",
    GOOD + "<answer>\u00a2</answer>": "mf_think strict paper",
    GOOD + "<final>F minor</final>": "",
    "<thinking>Four flats here.</thinking><answer>F minor</answer>": "",
    "&lt;think&gt;Four flats&lt;/think&gt;&lt;answer&gt;F minor&lt;/answer&gt;": "",
    "<think>\u200b \u200b \u200b</think><answer>F minor</answer>": "paper",
    "<think>\U0001f3b5 \U0001f3b6 \U0001f3bc</think><answer>F minor</answer>": "paper",
    "<think>Is a < b? I hear 3 < 4 beats.</think><answer>F minor</answer>": "mf_think strict paper",
    "": "",
    "F minor": "",
}

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "format_cases.jsonl").read_text("utf-8").splitlines()
]

LOOPS = {
    "one sentence with another first word": " ".join(
        f"{word}, I hear the bass going down to F and the piece ends there."
        for word in ("maybe", "perhaps", "well", "so", "hmm", "okay", "right", "now", "then")
    ),
    "one sentence with another number": " ".join(
        f"At {i} seconds I hear the bass going down to F." for i in range(1, 25)
    ),
    "one sentence with another adjective": " ".join(
        f"The {word} melody suggests that the key is F minor here."
        for word in ("slow", "soft", "sad", "dark", "low", "long", "calm", "deep", "thin")
    ),
    "two sentences in turn": "The bass goes down to F. The soprano moves up to A flat. " * 6,
    "a sound beginning, then a loop": "The piece opens with a fanfare in the brass, then the "
    "strings enter with a lyrical theme. " + "The key is F minor. " * 12,
    "doubts": "The key is F minor. " + "Wait, let me listen again. It could be F minor. " * 5,
    "stutter": "Because because because the the key key key is F F F minor minor minor",
    "Chinese": "\u8fd9\u9996\u66f2\u5b50\u662fF\u5c0f\u8c03\u3002" * 8,
    "one sign": "\u6211" * 200,
}
LOOPS["stuck for the last 48 runs of three words"] = (
    " ".join(f"word{i}" for i in range(96)) + " so" * 50
)
THOUGHTS = [
    "The opening goes Fm, Bbm, C7, Fm. The second phrase goes Fm, Bbm, C7, Fm as well: F minor.",
    "Bar 1: F minor. Bar 2: F minor. Bar 3: B flat minor. Bar 4: F minor. Bar 5: C7. Bar 6: C7.",
    "1 2 3 4 1 2 3 4 1 2 3 4, so there are four beats in each bar, and the accent falls on one.",
    "I hear oom-pah-pah, oom-pah-pah, oom-pah-pah: three beats.",
    "Verse, chorus, verse, chorus, bridge, chorus, chorus.",
    "C G Am F C G Am F C G Am F - the axis progression in C major.",
    "Beats at 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0 and 4.5 seconds, so two per second.",
    "\u8fd9\u9996\u66f2\u5b50\u6709\u56db\u4e2a\u964d\u53f7\uff0c\u7ed3\u675f\u5728F\u97f3\u4e0a",
]


@pytest.mark.parametrize("mode", ["mf_think", "strict", "paper"])
def test_the_form_holds_in_the_modes_that_the_table_names(value, mode):
    for case in CASES:
        got = value("format", raw=case["completion"], mode=mode)
        assert got == float(mode in case["holds"].split()), case["completion"][:200]


@pytest.mark.parametrize("mode", ["mf_think", "strict"])
def test_a_loop_is_found_behind_small_changes(value, mode):
    for name, think in LOOPS.items():
        raw = f"<think>{think}</think><answer>F minor</answer>"
        assert value("format", raw=raw, mode=mode) == 0.0, name


@pytest.mark.parametrize("think", THOUGHTS)
def test_music_repeats_and_words_about_it_may(value, think):
    assert value("format", raw=f"<think>{think}</think><answer>F minor</answer>") == 1.0


@pytest.mark.parametrize("mode", ["mf_think", "strict", "paper"])
@pytest.mark.parametrize("completion", HOLDS)
def test_mode_accepts_what_it_should(value, completion, mode):
    assert value("format", raw=completion, mode=mode) == float(mode in HOLDS[completion].split())


def test_mf_think_is_the_default(value):
    assert value("format", raw=GOOD + " So: <answer>F minor</answer>") == 1.0


def test_the_reason_names_what_is_missing(judge):
    assert "</answer> is missing" in judge("format", raw=GOOD + "<answer>F minor").why
    assert "<think> stands 2 times" in judge("format", raw=GOOD * 2 + "<answer>F</answer>").why


def test_a_list_of_chords_four_times_over_is_a_loop_and_twice_is_not(value):
    bar = "then I hear Dm and G7 resolving to C major "
    for times, held in ((1, 1.0), (2, 1.0), (12, 0.0)):
        raw = f"<think>{bar * times}</think><answer>C major</answer>"
        assert value("format", raw=raw) == held


def test_a_long_text_is_judged_as_if_it_were_read_whole(monkeypatch):
    """The first part says little that is new, the second more; somewhere there may be a loop."""
    judge, question, values = get("format"), Question(id="toy", text="?"), set()
    for seed in range(60):
        draw = random.Random(seed)
        said = []
        for new in (draw.choice([0.1, 0.5]), draw.choice([0.1, 1.0])):
            said += [
                f"w{k}" if draw.random() < new else draw.choice(["F小", "the", "bass", "goes"])
                for k in range(draw.choice([300, 2_500]))
            ]
        at = draw.randrange(len(said))
        said[at:at] = draw.choices(said, k=3) * draw.choice([0, 40])
        response = parse(f"<think>{' '.join(said)}</think><answer>F</answer>")
        got = judge(question, response).value
        with monkeypatch.context() as whole:
            whole.setattr(scorer, "_HEAD", len(response.text))
            assert got == judge(question, response).value, seed
        values.add((got, len(response.text) > scorer._HEAD))
    assert len(values) == 4


@pytest.mark.parametrize("piece", ["C:maj(", "key of ", "neither nor ", "A or ", "한", "x "])
def test_a_megabyte_of_one_thing_takes_no_time_and_earns_nothing(value, piece):
    text = f"<think>{piece * (1_000_000 // len(piece))}</think><answer>F minor</answer>"
    began = time.process_time()
    assert value("format", raw=text) == 0.0
    assert time.process_time() - began < 2.0
