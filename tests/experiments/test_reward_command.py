"""`etude reward`: what it writes runs as written, and what it finds decides the exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.completions import read_pairs
from rewards.errors import DataError

GOOD = {"question": {"text": "Key?", "answer": "D major"}, "completion": "<answer>D major</answer>"}


@pytest.fixture
def mine(tmp_path: Path):
    """Writes a reward file, gives its spec."""

    def write(body: str, arguments: str = "question, response") -> str:
        path = tmp_path / "mine.py"
        path.write_text(f"import os, random, time\ndef mine({arguments}):\n    {body}\n")
        return f"{path}:mine"

    return write


@pytest.mark.parametrize("form", [(), ("--group",)], ids=["completion", "group"])
def test_what_new_writes_passes_its_test_and_its_dry_run(etude, tmp_path: Path, form):
    done = etude("reward", "new", "brevity", "--out", tmp_path / "mine", *form)
    assert done.exit_code == 0, done.stderr
    file, test = tmp_path / "mine" / "brevity.py", tmp_path / "mine" / "test_brevity.py"
    assert f"{file}:brevity" in done.stdout
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test.name],
        cwd=test.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout
    assert "once it is your own, change" in test.read_text()
    tried = etude("reward", "test", f"{file}:brevity")
    assert tried.exit_code == 0, tried.stderr
    assert "no fault found" in tried.stdout


@pytest.mark.parametrize("form", [(), ("--group",)], ids=["completion", "group"])
def test_the_rubric_that_the_skeleton_shows_can_be_used(etude, tmp_path: Path, monkeypatch, form):
    from experiments.yaml_text import read_yaml
    from rewards import Question, Rubric, parse

    monkeypatch.chdir(tmp_path)
    etude("reward", "new", "brevity", *form)
    (line,) = (row for row in Path("brevity.py").read_text().splitlines() if "In a rubric" in row)
    Path("rubric.yaml").write_text(line.partition(":")[2].strip())
    rubric = Rubric.from_config(read_yaml(Path("rubric.yaml")))
    said = [parse(f"<think>a b c</think><answer>{text}</answer>") for text in ("one two", "three")]
    part = rubric.score_group(Question("q", "?"), said)[0].parts["brevity"]
    assert (part.value, part.weight) == (1.0, 0.1)


@pytest.mark.parametrize(
    ("name", "said"),
    [("my-reward", "such as my_reward"), ("class", "function"), ("key", "built in"), ("", "name")],
)
def test_new_refuses_a_name_that_is_none(etude, tmp_path: Path, name, said):
    done = etude("reward", "new", name, "--out", tmp_path)
    assert done.exit_code == 1
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["numpy", "rewards", "statistics"])
def test_a_name_that_would_hide_a_module_is_refused(etude, tmp_path: Path, name):
    done = etude("reward", "new", name, "--out", tmp_path)
    assert done.exit_code == 1
    assert f"would hide the module '{name}'" in done.stderr
    assert f"my_{name}" in done.stderr
    assert not any(tmp_path.iterdir())


def test_new_writes_over_nothing(etude, tmp_path: Path):
    (tmp_path / "test_brevity.py").write_text("mine")
    done = etude("reward", "new", "brevity", "--out", tmp_path)
    assert done.exit_code == 1
    assert "is there already" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["test_brevity.py"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("print('so far'); return 1 / 0", "ZeroDivisionError: division by zero, at mine.py line 3"),
        ("return float('nan')", "returned nan"),
        ("return random.random()", "not deterministic"),
        ("time.sleep(60)", "no answer within 0.3 s, killed, at mine.py line 3"),
        ("os._exit(1)", "exit status 1"),
        ("return None", "applies to none of 36 completions"),
        ("return float(chr(int(response.text or 1) % 99) > '')", "ValueError"),
    ],
)
def test_a_fault_is_told_and_the_status_is_1(etude, mine, body, said):
    done = etude("reward", "test", mine(body), "--deadline", "0.3")
    assert done.exit_code == 1
    assert f"{said}" in done.stderr
    assert "fault: " in done.stderr
    assert "no fault" not in done.stdout
    if "so far" in body:
        assert "its last line, not always of that completion: so far" in done.stderr


def test_a_file_that_cannot_be_used_is_one_sentence(etude, tmp_path: Path):
    done = etude("reward", "test", f"{tmp_path}/none.py:mine")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "none.py" in done.stderr


def test_the_table_says_what_the_values_are_like(etude, mine, tmp_path: Path):
    rows = [{"id": f"q{i}", **GOOD, "completion": "<answer>D</answer>" * (i % 2)} for i in range(8)]
    file = tmp_path / "stored.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = etude("reward", "test", mine("return 1.0", "answer"), "--on", file, "--rows", "6")
    assert done.exit_code == 0, done.stderr
    lines = {line[:22].strip(): line[22:].split() for line in done.stdout.splitlines()}
    assert done.stdout.startswith("6 completions of 1 question: the first lines of")
    assert lines["value, mean"][0] == "0.500"
    assert lines["spread"][0] == "0.500"
    assert (lines["exactly 0"][0], lines["exactly 1"][0]) == ("50.0%", "50.0%")
    assert lines["gold answers, mean"][0] == "1.000"


def test_how_often_a_reward_fails_on_hostile_texts_is_told_with_the_first_reason(
    etude, mine, tmp_path: Path
):
    (tmp_path / "one.jsonl").write_text(json.dumps({**GOOD, "id": "q"}) + "\n")
    reward = mine("return 1 / response.text.isascii()")
    done = etude("reward", "test", reward, "--on", tmp_path / "one.jsonl")
    (line,) = (row for row in done.stdout.splitlines() if row.startswith("failed, hostile texts"))
    found = re.search(r"(\d+) of (\d+)  ZeroDivisionError", line)
    assert found is not None
    assert 0 < int(found[1]) < int(found[2])


def test_of_one_completion_no_spread_and_no_highest_value_is_told(etude, mine, tmp_path: Path):
    (tmp_path / "one.jsonl").write_text(json.dumps({**GOOD, "id": "q"}) + "\n")
    reward = mine("return 1.0", "answer")
    done = etude("reward", "test", reward, "--on", tmp_path / "one.jsonl", "--show", 2)
    said = " ".join(done.stdout.split())
    assert "spread among siblings - no question has two different completions" in said
    assert "lowest question completion why 1.000 Key? <answer>D major</answer>" in said
    assert "highest" not in said


def test_the_lowest_and_the_highest_values_are_shown_with_what_earned_them(etude, mine, tmp_path):
    said = ["aa", "a", "aaaa", "aaa", "aaaa", "aaaaa"]
    file = tmp_path / "stored.jsonl"
    file.write_text(
        "".join(json.dumps({**GOOD, "id": text, "completion": text}) + "\n" for text in said)
    )
    reward = mine("return len(response.text) / 10")

    def shown(most: int) -> list[tuple[str, str]]:
        done = etude("reward", "test", reward, "--on", file, "--show", most)
        return re.findall(r"^ *(0\.\d+) .* (a+) *$", done.stdout, flags=re.MULTILINE)

    ranked = [(f"{len(text) / 10:.3f}", text) for text in sorted({*said})]
    assert shown(2) == [*ranked[:2], *ranked[-2:]]
    assert shown(9) == ranked
    assert shown(0) == []


def test_a_reward_that_gives_siblings_one_value_is_told_that_it_teaches_nothing(etude, mine):
    for body, arguments, spread in (
        ("return len(question.text) / 100", "question", "0.000"),
        ("return 0.7", "text", "0.000"),
        ("return 1.0", "answer", "0.471"),  # a missing block is 0 before it is called
    ):
        done = etude("reward", "test", mine(body, arguments))
        assert done.exit_code == 1
        assert f"spread among siblings   {spread}\n" in done.stdout
        assert "no fault" not in done.stdout
        (fault,) = done.stderr.splitlines()
        assert fault.startswith("fault: no signal: in each of 6 questions all completions that it")


def test_a_reward_for_unlike_siblings_meets_two_that_are_alike(etude, tmp_path: Path):
    (tmp_path / "mine.py").write_text(
        "from rewards import reward\n\n\n@reward('once', scope='group')\ndef once(texts):\n"
        "    return [1.0 / texts.count(text) for text in texts]\n"
    )
    done = etude("reward", "test", f"{tmp_path}/mine.py:once")
    assert done.exit_code == 0, done.stderr
    assert "42 completions of 6 questions: the built-in sample; deadline 10 s each" in done.stdout


def test_what_a_reward_printed_is_told_where_it_failed_and_nowhere_else(etude, mine):
    done = etude("reward", "test", mine("print('so far'); return 0.5"))
    assert "fault: no signal" in done.stderr
    assert "its last line" not in done.stderr


def test_completions_that_were_not_run_are_not_counted_as_failed(etude, mine):
    done = etude("reward", "test", mine("time.sleep(60)"), "--deadline", "0.25")
    assert done.exit_code == 1
    counts = re.findall(r"^(failed|not run) +(\d+) of 36", done.stdout, re.MULTILINE)
    failed, unrun = (int(count) for _, count in counts)
    assert failed + unrun == 36
    assert failed > 0
    assert unrun > 0


def test_a_reward_that_applies_to_some_siblings_only_is_told_of_the_default(etude, mine):
    body = "return None if facts.tempo is None else 1.0"
    said = " ".join(etude("reward", "test", mine(body, "think, facts")).stdout.split())
    assert (
        "some siblings only 4 questions: a completion without a think block is 0 before the" in said
    )
    assert "write think=None in the function's arguments" in said
    for arguments in ("facts, think=None", "text, facts"):
        assert "some siblings" not in etude("reward", "test", mine(body, arguments)).stdout


def test_no_line_ends_in_blanks_and_long_remarks_stay_within_the_screen(etude, mine):
    done = etude("reward", "test", mine("return 1 / 0 if 'D' in response.text else 1.0"))
    lines = done.stdout.splitlines()
    assert all(line == line.rstrip() and len(line) <= 80 for line in lines)
    values = [line[24:] for line in lines if line.startswith(("applies", "value", "spread"))]
    assert all(value[0].isdigit() for value in values), "values stand below each other"


def test_a_reward_is_tried_with_the_parameters_it_is_given(etude, mine, tmp_path: Path):
    spec = mine(
        "return float(len(answer) > least) * share[0]", "answer, *, least: int, share: list"
    )
    rows = tmp_path / "one.jsonl"
    rows.write_text(json.dumps({"id": "q", **GOOD}) + "\n")
    for least, value in ((6, "0.500"), (7, "0.000")):
        done = etude("reward", "test", spec, f"least={least}", "share=[0.5]", "--on", rows)
        assert done.exit_code == 0, done.stderr
        assert re.search(rf"value, mean\s+{value}", done.stdout)
        assert done.stdout.startswith("1 completion of 1 question: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "mine.least is not set"),
        (("leest=3",), "no parameter 'leest', did you mean 'least'?"),
        (("least=few",), "mine.least: got 'few', expected a whole number"),
        (("least",), "expected key=value"),
        (("least={a: *b}",), "override 'least={a: *b}'"),
    ],
)
def test_a_parameter_that_cannot_be_set_is_one_sentence(etude, mine, given, said):
    done = etude("reward", "test", mine("return 1.0", "answer, *, least: int"), *given)
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stderr.count("did you mean") <= 1


def test_all_wrong_lines_of_a_file_are_told(etude, mine, tmp_path: Path):
    file = tmp_path / "stored.jsonl"
    file.write_text(f"{{bro\n{json.dumps({'id': 'a', **GOOD})}\n[]\n")
    done = etude("reward", "test", mine("return 1.0"), "--on", file)
    assert done.exit_code == 1
    assert "stored.jsonl: 2 wrong lines:\n  line 1: is not JSON" in done.stderr
    assert "\n  line 3: got []" in done.stderr


def test_an_example_stands_beside_what_it_is_of(etude, mine):
    done = etude("reward", "test", mine("return float('nan')"))
    assert re.search(r"applies to +0 of 36", done.stdout)
    spec = mine("mine.n = getattr(mine, 'n', 0) + 1; return mine.n % 2 * 1.0")
    done = etude("reward", "test", spec)
    again, reverse = (
        re.search(rf"{what} +\d+ of 36(.*)", done.stdout)
        for what in ("judged again", "reverse order")
    )
    assert again is not None
    assert reverse is not None
    assert (again[1], "then" in done.stdout.partition("reverse order")[2]) == ("", True)


def test_completions_of_a_run_are_taken_over_all_its_steps(etude, mine, full_run: Path):
    done = etude("reward", "test", mine("return float(len(response.text) < 99)"), "--on", full_run)
    assert done.exit_code == 0, done.stderr
    assert "192 completions of 8 questions: all steps of" in done.stdout
    some, said = read_pairs(full_run, 130)
    assert len(some) == 128
    assert said.startswith("2 of 3 steps")
    assert len(read_pairs(full_run, 10)[0]) == 10


@pytest.mark.parametrize("content", ["", "{broken\n", '{"id": "a"}\n', None])
def test_a_place_without_completions_is_named(tmp_path: Path, content):
    place = tmp_path / "stored.jsonl"
    if content is not None:
        place.write_text(content)
    with pytest.raises(DataError, match=r"stored\.jsonl"):
        read_pairs(place, 10)
    with pytest.raises(DataError, match="no rollouts"):
        read_pairs(tmp_path, 10)


def test_a_rubric_is_shown_as_the_tree_that_python_prints(etude, tmp_path: Path):
    from rewards import Rubric

    parts = "{format: {weight: {0: 9, 100: 1}}, accuracy: {requires: [format]}}"
    (tmp_path / "rubric.yaml").write_text(f"parts: {parts}")
    (tmp_path / "config.yaml").write_text(f"seed: 1\nrubric: {{parts: {parts}}}")
    for place in (tmp_path / "rubric.yaml", tmp_path / "config.yaml", tmp_path):
        done = etude("reward", "tree", place)
        assert done.exit_code == 0, done.stderr
        assert done.stdout == (
            "rubric\n├─ format  weight 9 at 0 -> 1 at 100\n└─ accuracy  weight 1  requires format\n"
        )
    for step, weight in ((0, "9"), (50, "5"), (1000, "1")):
        done = etude("reward", "tree", tmp_path, "--step", str(step))
        assert done.stdout.splitlines()[1] == f"├─ format  weight {weight}"
    assert etude("reward", "tree", "default").stdout.strip() == str(Rubric.default())
    none = etude("reward", "tree", tmp_path / "none.yaml")
    assert (none.exit_code, "no such file" in none.stderr) == (1, True)
    (tmp_path / "clips").mkdir()
    none = etude("reward", "tree", tmp_path / "clips")
    assert (none.exit_code, "got a folder without config.yaml" in none.stderr) == (1, True)
