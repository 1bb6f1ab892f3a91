"""A file that cannot be used is refused at once, by a sentence with file, line and nearest name."""

from __future__ import annotations

import os

import pytest

from rewards.errors import ConfigError
from rewards.isolation import Isolated, process


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def mine(question)\n    return 1.0", ["line 3", "SyntaxError"]),
        ("import nowhere_at_all", ["line 3", "No module named 'nowhere_at_all'"]),
        ("x = 1\nraise SystemExit(4)", ["line 4", "SystemExit: 4"]),
        ("def mime(question): return 1.0", ["no 'mine'", "did you mean 'mime'?"]),
        ("def other(question): return 1.0", ["no 'mine'", "it defines other"]),
        ("mine = 3", ["'mine' is of type int", "expected a function"]),
        ("class mine: pass", ["'mine' is of type type"]),
        ("def mine(qestion): return 1.0", ["line 3", "did you mean 'question'?"]),
        ("async def mine(question): return 1.0", ["line 3", "plain function"]),
        ("def mine(*rows): return 1.0", ["takes *rows: expected named", "functools.wraps"]),
        ("def mine(answer, **rest): return 1.0", ["takes **rest: expected named"]),
        (
            "def low(**_): sys.exit(3)\n@reward('mine', check=low)\ndef mine(answer): return 1.0",
            ["looking at 'mine' failed: SystemExit: 3; expected a function"],
        ),
        (
            "def low(*, a): ...\n@reward('mine', check=low)\ndef mine(answer, *, b=1): return 1",
            ["line 3: the check of reward 'mine' failed: TypeError", "by keyword: b"],
        ),
        (
            "class Own:\n def __getattr__(self, name): raise OSError('nothing')\n"
            " def __call__(self, answer): return 1.0\nmine = Own()",
            ["looking at 'mine' failed: OSError: nothing"],
        ),
        ("@reward('key')\ndef mine(question): return 1.0", ["'key' is registered twice"]),
        ("def mine(question, *, words: int): return 1.0", ["mine.words is not set"]),
        ("def mine(answer, *, words): return 1.0", ["mine.words is not set: expected a value"]),
        ("def mine(answer, *, when=1): return 1.0", ["line 3", "has a parameter 'when': a part"]),
        ("def mine(answer, *, deadline=1): return 1.0", ["line 3", "'deadline'", "the process"]),
        (
            "def mine(think=None, *, facts): return 1.0",
            ["line 3", "has 'facts' behind the *", "put facts before the *"],
        ),
        ("def mine(answers): return 1.0", ["line 3", '@reward("mine", scope="group")']),
        ("os._exit(5)", ["exit status 5"]),
        ("ctypes.string_at(0)", ["SIGSEGV"]),
        ("x = bytearray(10 * 2**30)", ["line 3", "MemoryError", "may take 2 GiB, for more raise"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(isolated, source, said):
    with pytest.raises(ConfigError) as refused:
        isolated(source)
    for part in ["mine.py", *said]:
        assert part in str(refused.value), str(refused.value)


def test_a_file_that_never_returns_is_refused(isolated, monkeypatch, descendants):
    monkeypatch.setattr(process, "LOAD_SECONDS", 2.0)
    with pytest.raises(ConfigError, match=r"no answer within 2 s, killed, at mine.py line 3"):
        isolated("while True: pass")
    assert descendants() == []


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "rewards_of_mine.py").touch()
    with pytest.raises(ConfigError, match=r"did you mean 'rewards_of_mine.py'"):
        Isolated(f"{tmp_path}/reward_of_mine.py:mine")


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    for name, why in (("pipe", "is no file"), ("folder", "is no file"), ("gone", "No such file")):
        with pytest.raises(ConfigError, match=rf"{name}\.py: .*{why}.*; expected a Python file in"):
            Isolated(f"{tmp_path}/{name}.py:mine")


@pytest.mark.parametrize(
    "spec", ["", "mine.py", "mine", "mine.txt:mine", "mine.py:", "a.py:b-c", 3]
)
def test_a_spec_of_another_form_is_refused(spec):
    with pytest.raises(ConfigError, match=r"expected FILE.py:NAME"):
        Isolated(spec)


@pytest.mark.parametrize(
    "options",
    [{"deadline": 0}, {"deadline": float("nan")}, {"deadline": True}, {"memory_gb": 0.01},
     {"processes": 0}, {"processes": 1.5}, {"params": {"x": lambda: 0}}],
)  # fmt: skip
def test_an_option_out_of_range_is_refused_by_name(isolated, options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        isolated("def mine(question, *, x=0): return 1.0", **options)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"word": 1}, "did you mean 'words'"),
        ({"strict": 1}, "has no parameter 'strict'; expected words"),
        ({"words": "many"}, "expected a whole number"),
        ({"words": "many", "word": 1}, r"a whole number; mine has no parameter 'word', did you"),
    ],
)
def test_a_parameter_is_held_against_its_annotation(isolated, params, said):
    with pytest.raises(ConfigError, match=said):
        isolated("def mine(question, *, words: int = 3): return 1.0", params=params)


def test_a_reward_in_a_file_may_check_its_parameters_itself(isolated):
    source = """
        def problems(*, low, high):
            if low > high:
                yield "low", f"got {low}, above high {high}"

        @reward("mine", check=problems)
        def mine(question, *, low: int = 5, high: int = 9):
            return 1.0
    """
    with pytest.raises(ConfigError, match=r"mine\.py: mine\.low: got 5, above high 3$"):
        isolated(source, params={"high": 3})
    assert isolated(source, params={"low": 2}).scope == "completion"


def test_a_function_is_found_under_the_name_it_is_registered_by(isolated, ask):
    reward = isolated("@reward('known_as')\ndef mine(question): return 1.0", name="known_as")
    assert ask(reward, "a")[0].value == 1.0


@pytest.mark.parametrize("file", ["rewards.py", "json.py", "a file with blanks, ünd more.py"])
def test_the_name_of_the_file_hides_no_module(isolated, ask, file):
    reward = isolated("def mine(question): return Verdict(1.0, '', {'x': 1})", file=file)
    assert ask(reward, "a")[0].value == 1.0


def test_a_file_may_import_its_neighbours_and_define_records(isolated, ask, tmp_path):
    (tmp_path / "neighbour.py").write_text("VALUE = 0.25")
    reward = isolated("""
        from dataclasses import dataclass
        from neighbour import VALUE

        @dataclass
        class Found:
            value: "float"

        def mine(question):
            return Found(VALUE).value
    """)
    assert ask(reward, "a")[0].value == 0.25


def test_a_run_keeps_the_source_it_began_with(isolated, ask, tmp_path):
    reward = isolated("def mine(question): return 1.0")
    (tmp_path / "mine.py").write_text("def mine(question): return 0.0")
    assert ask(reward, "a")[0].value == 1.0
    (tmp_path / "mine.py").unlink()
    reward.close()
    assert ask(reward, "a")[0].value == 1.0
