"""Configurations: everything wrong at once, nothing hostile, nothing lost."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.config import load, to_yaml
from experiments.config_values import number
from experiments.yaml_text import parse_yaml
from rewards.errors import ConfigError

HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Inner:
    rate: float = number(0.1, above=0, most=1)
    betas: tuple[float, float] = number((0.9, 0.95), least=0, below=1)
    names: tuple[str, ...] = ()
    loss: Literal["dapo", "grpo"] = "dapo"


@dataclass(frozen=True, slots=True)
class Toy:
    steps: int = number(10, least=1)
    on: bool = True
    out: Path = Path("runs")
    label: str | None = None
    scale: float = 1.0
    inner: Inner = field(default_factory=Inner)
    extra: Inner | None = None
    open: dict[str, Any] = field(default_factory=lambda: {"kept": 1})


@dataclass(frozen=True, slots=True)
class Needs:
    file: Path
    steps: int = 1


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, name: str = "a.yaml") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def refusal(schema: type, files: list[Path], overrides: list[str]) -> str:
    with pytest.raises(ConfigError) as caught:
        load(schema, files, overrides)
    return str(caught.value)


def test_a_later_file_wins_and_an_override_wins_over_both(write):
    first = write("steps: 2\ninner: {rate: 0.2, names: [a, b]}")
    second = write("inner: {rate: 0.3}", "b.yaml")
    config = load(Toy, [first, second], ["steps=5", "out=here/there"])
    assert config == Toy(steps=5, out=Path("here/there"), inner=Inner(rate=0.3, names=("a", "b")))


def test_a_path_that_no_system_takes_is_refused(write):
    said = refusal(Toy, [write('out: "a\\0b"')], [])
    assert r"out: got 'a\x00b', expected a path" in said


def test_an_empty_file_gives_the_defaults(write):
    assert load(Toy, [write("# nothing yet\n")], []) == Toy()


def test_all_errors_are_reported_at_once(write):
    file = write("stepz: 3\ninner: {rate: 2.0, loss: dappo, betas: [0.9]}\non: maybe")
    text = refusal(Toy, [file, file.with_name("absent.yaml")], ["steps=half", "novalue"])
    for part in (
        "stepz: unknown key, did you mean steps?",
        "inner.rate: got 2.0, expected a number, above 0, at most 1",
        "inner.loss: got 'dappo', expected one of dapo, grpo",
        "inner.betas: got [0.9], expected a list of 2 times a number, at least 0, below 1",
        "on: got 'maybe', expected true or false",
        "absent.yaml: no such file: got nothing at this path, expected a YAML file",
        "override: steps: got 'half', expected a whole number, at least 1",
        "override 'novalue': expected key=value, such as seed=2",
    ):
        assert any(line.endswith(part) for line in text.splitlines()), part
    assert text.count("\n") == 8
    assert str(file) in text


@pytest.mark.parametrize("value", ["true", "null", "2.5", "[1, 2]"])
def test_a_value_is_told_as_a_configuration_writes_it(value: str):
    assert f"override: steps: got {value}, expected" in refusal(Toy, [], [f"steps={value}"])


@pytest.mark.parametrize("text", [None, "deep: {rate: [", "- a list"])
def test_a_file_that_cannot_be_read_is_said_without_what_follows_from_it(tmp_path: Path, text):
    file = tmp_path / "mine.yaml"
    if text is not None:
        file.write_text(text)
    said = refusal(Needs, [file], ["steps=maybe"])
    assert "mine.yaml" in said
    assert "missing" not in said
    assert "override: steps: got 'maybe'" in said, "what is wrong besides is still said"


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("inner.rat", "did you mean inner.rate?"),
        ("rate", "did you mean inner.rate or extra.rate?"),
        ("iner.rate", "did you mean inner?"),
        ("zzz", "expected one of extra, inner, label, on, open, out, scale, steps"),
    ],
)
def test_an_unknown_key_names_the_nearest(key: str, hint: str):
    assert hint in refusal(Toy, [], [f"{key}=1"])


@pytest.mark.parametrize(
    "override",
    [
        "steps=0", "steps=2.5", "steps=true", "steps=null", "steps=[1]", "steps=",
        "inner.rate=0", "inner.rate=.nan", "inner.rate=.inf", "inner.rate=nan",
        "scale=.inf", "scale=-.inf", "scale=.nan",
        "inner.betas=[0.9, 1.0]", "inner.betas=0.9", "inner.names=abc",
        "inner=3", "inner=null", "open=[1]", "label={a: 1}", "out=null", r'out="a\0b"',
        "steps=1" + "0" * 400 + ".5", "inner.rate=1" + "0" * 400, "steps=1" + "0" * 5000,
        ".=1", "a..b=1", "=1", "." .join("a" * 2000) + "=1",
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_or_range_is_refused(override: str):
    assert "cannot be used" in refusal(Toy, [], [override])


def test_an_optional_section_can_be_given_taken_back_and_left_out(write):
    file = write("extra: {rate: 0.5}")
    assert load(Toy, [file], []).extra == Inner(rate=0.5)
    assert load(Toy, [file], ["extra=null"]).extra is None
    assert load(Toy, [], ["extra.rate=0.7"]).extra == Inner(rate=0.7)


def test_an_open_mapping_replaces_its_default_and_mixes_between_layers(write):
    file = write("open: {parts: {a: {weight: 1}, b: {weight: 2}}}")
    config = load(Toy, [file], ["open.parts.b.weight=3e-1"])
    assert config.open == {"parts": {"a": {"weight": 1}, "b": {"weight": 0.3}}}
    assert load(Toy, [file], ["open={parts: {c: {}}}"]).open == {"parts": {"c": {}}}
    assert load(Toy, [file], ["open.parts={c: {}}"]).open == {"parts": {"c": {}}}


def test_a_field_without_default_has_to_be_given():
    assert "file: missing: give it in the file or as file=..." in refusal(Needs, [], ["steps=2"])


HOSTILE = {
    "environment": "label: ${oc.env:HOME}",
    "resolver in a list": "inner: {names: ['${oc.decode:1}']}",
    "reference": "label: ${steps}",
    "python object": "label: !!python/object/apply:os.getcwd []",
    "python name": "label: !!python/name:os.system",
    "local tag": "label: !anything x",
    "set": "open: {x: !!set {a}}",
    "bytes": "open: {x: !!binary aGk=}",
    "date": "open: {x: !!timestamp 2026-11-27}",
    "tagged text": "label: !!str yes",
    "alias bomb": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nlabel: *c",
    "merge key": "base: &base {steps: 3}\ninner: {<<: *base}",
    "deep": "open: {x: " + "[" * 5000 + "]" * 5000 + "}",
    "unclosed": "open: " + "[" * 5000,
    "many": "open: {x: [" + "1," * 300_000 + "]}",
    "large": "label: " + "x" * 1_000_001,
    "twice": "steps: 1\nsteps: 2",
    "key that is a list": "? [a, b]\n: 1",
    "not YAML": "steps: [1, 2",
    "control characters": "label: \x00\x07",
    "two documents": "steps: 1\n---\nsteps: 2",
    "a list": "- 1\n- 2",
    "a word": "steps",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(name: str, write):
    begin = time.perf_counter()
    text = refusal(Toy, [write(HOSTILE[name])], [])
    assert time.perf_counter() - begin < 1.0
    assert "a.yaml" in text
    assert "None" not in text
    assert len(text) < 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: 1\non: true\nsteps: 2", "the key 'steps' stands twice, again in line 3;"),
        ("steps: 1\n? [a, b]\n: 1", "a key: got a list or mapping in line 2,"),
        ("steps: 1\nlabel: &a x", "anchors and aliases are not read: got 'a' in line 2;"),
        ("steps: 1\nlabel: !x y", "tags are not read: got '!x' in line 2;"),
        ("steps: 1\n---\nsteps: 2", "found another document in line 2;"),
    ],
)
def test_what_is_refused_is_told_with_its_line(text: str, said: str, write):
    assert said in refusal(Toy, [write(text)], [])


@pytest.mark.parametrize("section", ["", "inner."])
def test_of_thousands_of_misspelt_keys_the_first_fifty_are_told(section: str, write):
    keys = [f"label{i}x" for i in range(9000)]
    lines = "".join(f"{'  ' if section else ''}{key}: 1\n" for key in keys)
    start = time.process_time()
    text = refusal(Toy, [write(f"inner:\n{lines}" if section else lines)], [])
    assert time.process_time() - start < 2.0
    assert text.count("unknown key") == 50
    assert text.endswith("\n  - and perhaps more: reading ended here")


@pytest.mark.parametrize("value", ["${oc.env:SECRET}", "!!python/name:os.system", "&a [*a]"])
def test_a_hostile_override_is_refused(value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "s3cr3t")
    assert "s3cr3t" not in refusal(Toy, [], [f"label={value}"])
    assert "open" in refusal(Toy, [], [f"open.deep.deeper={value}"])


def test_a_large_file_is_refused_unread(tmp_path: Path):
    file = tmp_path / "large.yaml"
    file.touch()
    os.truncate(file, 10**8)
    assert "too large: got 100000000 bytes" in refusal(Toy, [file], [])


def test_a_folder_and_bad_utf8_are_no_configuration(tmp_path: Path):
    (tmp_path / "latin.yaml").write_bytes(b"label: caf\xe9")
    text = refusal(Toy, [tmp_path, tmp_path / "latin.yaml"], [])
    assert "got a folder" in text
    assert "UTF-8" in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("no", "no"), ("true", True), ("1:30", "1:30"), ("010", "010"),
        ("1e-4", 1e-4), ("1.5e-4", 1.5e-4), (".5", 0.5), ("-3", -3), ("2026-11-23", "2026-11-23"),
        ("~", None), ("", None), ("6/8", "6/8"), ("1_000", "1_000"), ("e5", "e5"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object):
    assert parse_yaml(text) == value
    assert type(parse_yaml(text)) is type(value)


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).filter(
    lambda text: "${" not in text
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_TEXT, below, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.floats(1e-9, 1.0),
    st.tuples(_TEXT, _TEXT),
    st.none() | _TEXT,
    st.dictionaries(_TEXT, _VALUES, max_size=3),
)
def test_what_is_written_reads_back_equal(tmp_path_factory, rate, names, label, mapping):
    config = Toy(inner=Inner(rate=rate, names=names), label=label, open=mapping)
    file = tmp_path_factory.getbasetemp() / "round.yaml"
    file.write_text(to_yaml(config), encoding="utf-8")
    assert load(Toy, [file], []) == config
