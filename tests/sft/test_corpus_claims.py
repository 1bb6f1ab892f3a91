"""The traces of the data set, as the reward ``theory`` reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rewards import Facts, Question, get, parse, read_questions
from rewards.claims.priors import load
from rewards.records import Response
from rewards.spelling.notes import parse_note
from sft.corpus.build import build
from sft.corpus.folder import CorpusSettings
from sft.records import Trace, read_traces

SMALL = CorpusSettings(train=60, dev=2, test=2, processes=2)
OTHER = {
    "key": "F# minor", "meter": "7/8", "tempo": 231.0, "chord": "F#:dim", "note": "X",
    "instruments": ("sitar",),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("claims") / "data", SMALL).folder


@pytest.fixture(scope="module")
def pairs(folder: Path) -> list[tuple[Question, Trace]]:
    questions = {question.id: question for question in read_questions(folder / "train.jsonl")}
    return [(questions[trace.question], trace) for trace in read_traces(folder / "traces.jsonl")]


def _completion(trace: Trace) -> Response:
    return parse(f"<think>{trace.think}</think>\n<answer>{trace.answer}</answer>")


def _value(question: Question, trace: Trace, **params: str) -> float:
    verdict = get("theory")(question, _completion(trace), **params)
    assert verdict is not None
    return verdict.value  # type: ignore[attr-defined]


def _changed(facts: Facts, *names: str) -> Facts:
    """Facts with others in their place, none of them true of the clip or near it."""
    changed: dict[str, object] = {}
    for name in names:
        now = getattr(facts, name)
        if name == "note":
            changed[name] = "F#" if now not in ("F#", "Gb") else "C"
        elif name in ("key", "chord"):
            changed[name] = _far(now)
        else:
            changed[name] = OTHER[name]
    return replace(facts, **changed)  # type: ignore[arg-type]


def _far(name: str) -> str:
    """The key or chord a tritone away, in the other mode."""
    root = name.split(":")[0].split()[0]
    letters = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    note = parse_note(root)
    assert note is not None
    far = letters[(note.pitch_class + 6) % 12]
    if ":" in name:
        return f"{far}:{'min' if name.endswith('maj') else 'maj'}"
    return f"{far} {'minor' if name.endswith('major') else 'major'}"


def _verifiable(facts: Facts) -> list[str]:
    return [name for name in OTHER if getattr(facts, name) is not None]


def test_every_trace_earns_nine_tenths(pairs: list[tuple[Question, Trace]]) -> None:
    for question, trace in pairs:
        assert _value(question, trace) >= 0.9, (question.text, trace.think)


def test_every_trace_earns_nine_tenths_by_the_shares_of_its_own_data(folder, pairs) -> None:
    path = str(folder / "priors.json")
    assert all(_value(question, trace, priors=path) >= 0.9 for question, trace in pairs)


def test_a_trace_earns_less_where_the_asked_fact_is_another(pairs) -> None:
    for question, trace in pairs:
        assert question.facet is not None
        other = replace(question, facts=_changed(question.facts, question.facet))
        assert _value(other, trace) < 0.6 * _value(question, trace), trace.think


def test_a_trace_earns_nothing_where_all_facts_are_others(pairs) -> None:
    for question, trace in pairs:
        names = _verifiable(question.facts)
        other = replace(question, facts=_changed(question.facts, *names))
        assert _value(other, trace) == 0.0, trace.think


def test_every_answer_follows_from_its_trace(pairs) -> None:
    for question, trace in pairs:
        verdict = get("consistency")(question, _completion(trace))
        assert verdict is not None, trace.think
        assert verdict.value == 1.0, (question.text, trace)  # type: ignore[attr-defined]


def test_the_shares_of_a_data_set_lie_beside_its_questions(folder: Path) -> None:
    shares = load(str(folder / "priors.json")).shares
    assert {"key", "meter", "tempo", "chord", "instrument"} <= set(shares)
    for table in shares.values():
        assert sum(table.values()) == pytest.approx(1.0, abs=1e-4)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "priors.json" in manifest["files"]
