"""The benchmark of the rewards has a fair sample of each, and prints a line for it."""

from __future__ import annotations

import itertools
import math

import pytest

from experiments.bench import rewards as bench
from experiments.bench._samples import SAMPLES
from rewards import Verdict, get, names
from rewards.errors import ConfigError


@pytest.mark.parametrize("name", names())
def test_every_registered_reward_has_a_sample_that_it_judges(name):
    sample = SAMPLES[name]
    values = []
    for answer in sample.answers:
        verdict = get(name)(sample.question(), bench._completion(answer))
        assert isinstance(verdict, Verdict), (name, answer)
        values.append(verdict.value)
    assert max(values) > 0.0


@pytest.mark.parametrize("name", ["key", "beats", "notes"])
def test_cold_texts_never_repeat(name):
    texts = [r.text for r in itertools.islice(bench._fresh(SAMPLES[name]), 4_000)]
    assert len(set(texts)) == len(texts)


def test_a_line_is_printed_for_a_reward(monkeypatch, capsys):
    monkeypatch.setattr(bench, "SECONDS", 0.01)
    monkeypatch.setattr(bench, "SIZES", (900,))
    monkeypatch.setattr(bench, "LARGE", (1_000, 2_000))
    monkeypatch.setattr("sys.argv", ["bench", "counterpoint"])
    bench.main()
    shown = capsys.readouterr().out
    assert "counterpoint" in shown
    assert "import rewards" in shown


def test_a_reward_without_a_sample_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.argv", ["bench", "brevity"])
    with pytest.raises(ConfigError, match="brevity"):
        bench.main()


def test_the_plain_form_is_timed_where_there_is_one():
    question = SAMPLES["note"].question()
    ratio = bench._against_plain(get("note"), question, SAMPLES["note"])
    assert ratio is not None
    assert math.isfinite(ratio)
    assert bench._against_plain(get("tags"), question, SAMPLES["tags"]) is None
