"""The format reward, mode by mode."""

from __future__ import annotations

import pytest

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
    "": "",
    "F minor": "",
}


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
