"""How often each fact is true in an imported data set, for the reward ``theory``."""

from __future__ import annotations

import math
from typing import Any

import pytest

from rewards.claims.priors import load, marginals
from rewards.errors import ConfigError
from rewards.response import parse
from rewards.rubric import Rubric

TABLE = ("file,label,bpm,heard\na.wav,D major,96,piano; violin\nb.wav,E major,96,piano\n"
         "sub/c.flac,A minor,120,\n")  # fmt: skip
NAMED = {"clip": "file", "answer": "label"}
ASKED = {"text": "Which key?", "facet": "key"}


def bring(source: Any, table: str = TABLE, file: str = "keys.csv", **more: Any) -> Any:
    """Import a table of keys, whose other columns are facts."""
    facts = {"facts.tempo": "bpm", "facts.instruments": "heard"} if "bpm" in table else {}
    columns = source.columns(**NAMED, **facts)
    return source.load(source.write(file, table), columns=columns, **{**ASKED, **more})


def test_gold_answers_of_a_facet_and_facts_of_the_rows_are_counted_each_by_its_class(source):
    found = bring(source)
    shares = load(str(source.out / "priors.json")).shares
    # Of three keys, two classes and the unseen one: (2 + 1/2) / (3 + 3/2), and so on.
    assert shares["key"] == pytest.approx({"major": 2.5 / 4.5, "minor": 1.5 / 4.5, "": 0.5 / 4.5})
    assert shares["tempo"] == pytest.approx({"96": 2.5 / 4.5, "120": 1.5 / 4.5, "": 0.5 / 4.5})
    # Of two rows with instruments, one names two of them.
    assert shares["instrument"] == pytest.approx(
        {"piano": 2.5 / 3.5, "violin": 1.5 / 3.5, "": 0.5 / 3.5}
    )
    assert (found.priors, set(shares)) == (3, {"key", "tempo", "instrument"})


def test_what_is_held_out_does_not_count(source):
    for number in range(20):
        (source.folder / f"{number}.wav").write_bytes((source.folder / "a.wav").read_bytes())
    bring(source, "file,label\n" + "".join(f"{n}.wav,D major\n" for n in range(20)), dev=0.5)
    train = len(source.questions())
    assert 0 < train < 20
    shares = load(str(source.out / "priors.json")).shares
    assert shares == marginals(source.questions()).shares
    assert shares["key"]["major"] == pytest.approx((train + 0.5) / (train + 1), abs=1e-6)


@pytest.mark.parametrize("more", [{"facet": None}, {"facet": "form"}, {"facet": "note"}])
def test_where_no_fact_has_a_share_there_is_no_file(source, more: dict[str, Any]):
    found = bring(source, "file,label\na.wav,unclear\n", **more)
    assert found.priors == 0
    assert not (source.out / "priors.json").exists()


def test_theory_in_a_rubric_weighs_by_the_file(source):
    bring(source, "file,label\na.wav,D major\nb.wav,E major\nsub/c.flac,G major\n")
    question, priors = source.questions()[0], str(source.out / "priors.json")
    said = parse("<think>It is in D major.</think> <answer>D major</answer>")
    weights = []
    for settings in ({}, {"priors": priors}):
        parts = {"answer": {"weight": 0.8}, "theory": {"weight": 0.2, **settings}}
        with Rubric.from_config({"parts": parts}) as rubric:
            part = rubric.score(question, said).parts["theory"]
        assert part.details is not None
        weights.append(part.details["claims"][0]["weight"])
    # By default one key of 24; here major is what a guess says: 3.5 / 4, one key of 12.
    assert weights == pytest.approx([1.0, -math.log2(3.5 / 4 / 12) / 4], abs=1e-4)


def test_shares_of_other_rows_are_refused_and_stay(source):
    bring(source)
    before = (source.out / "priors.json").read_bytes()
    bring(source)
    (source.out / "priors.json").write_bytes(mine := before + b"\n")
    with pytest.raises(ConfigError, match=r"priors\.json: holds something else"):
        bring(source)
    assert (source.out / "priors.json").read_bytes() == mine
