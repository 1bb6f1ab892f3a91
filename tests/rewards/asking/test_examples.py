"""What a model is shown: claims by its own rules, and no traces by which it is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from rewards import Question
from rewards.asking.claims import Reading
from rewards.asking.examples import examples, shown
from rewards.claims.records import Modality, Polarity
from rewards.claims.told import TYPES

FIELDS = tuple(Reading.schema["properties"]["claims"]["items"]["required"])
TRACES = sorted((Path(__file__).parents[1] / "claims").glob("traces_*.jsonl"))


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.text[:24])
def test_a_model_that_lists_an_example_as_it_is_shown_is_read_whole(example):
    listed = [dict(zip(FIELDS, claim, strict=True)) for claim in example.claims]
    read = Reading().read({"claims": listed}, example.text)
    assert [(one.type, one.polarity, one.modality) for one in read] == [
        (claim["type"], claim["polarity"], claim["modality"]) for claim in listed
    ]


def test_every_type_and_every_stance_is_shown():
    claims = [claim for example in examples() for claim in example.claims]
    types, polarities, modalities = ({claim[at] for claim in claims} for at in (1, 3, 4))
    assert types == set(TYPES)
    assert polarities == set(get_args(Polarity))
    assert modalities == set(get_args(Modality))


def test_the_task_shows_each_text_and_behind_it_its_claims():
    lines = iter(shown().splitlines())
    for example in examples():
        text = json.dumps(example.text, ensure_ascii=False)
        assert text in lines  # it is read up to the text
        for quote, kind, value, polarity, modality, said_of, time in example.claims:
            line = next(lines)
            assert line.startswith(f'  {json.dumps(quote, ensure_ascii=False)}: {kind} "{value}"')
            told = line.rpartition(f'"{value}"')[2]
            assert ("denied" in told) == (polarity == "denied")
            assert (modality in told) == (modality != "asserted")
            assert (f'of "{said_of}"' in line) == bool(said_of)
            assert ("at " in told) == (time is not None)
            assert time is None or told.endswith(f"at {time:g} s")


def test_no_trace_by_which_a_model_is_judged_is_one_of_its_examples():
    traces = [json.loads(line) for file in TRACES for line in file.read_text("utf-8").splitlines()]
    assert len(traces) > 1_000
    shown_texts = [example.text for example in examples()]
    assert [t["id"] for t in traces if any(text in t["completion"] for text in shown_texts)] == []


def test_a_server_that_keeps_what_it_read_reads_the_task_once():
    nonces = "1" * 32, "2" * 32
    first, second = (
        Reading().turns(Question("q", text, answer="D major"), "It is in D.", nonce)[0]["content"]
        for text, nonce in zip(("What is the key?", "Which mode?"), nonces, strict=True)
    )
    kept = first.index(nonces[0])
    assert first[:kept] == second[:kept]
    assert kept > 5_000 > 200 > len(first) - kept
