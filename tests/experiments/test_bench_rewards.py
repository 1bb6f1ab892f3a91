"""The benchmark of the rewards has a fair sample of each, and prints a line for it."""

from __future__ import annotations

import itertools
import math

import pytest

from experiments.bench import _bounds, _hostile
from experiments.bench import rewards as bench
from experiments.bench._samples import SAMPLES
from rewards import Verdict, get, names
from rewards.errors import ConfigError


@pytest.mark.parametrize("name", names())
def test_every_registered_reward_has_a_sample_that_it_judges(name):
    sample = SAMPLES[name]
    values = []
    for answer in sample.answers:
        response = bench._completion(answer, sample.think)
        verdict = _bounds.judged(get(name), sample.question(), response)
        assert isinstance(verdict, Verdict), (name, answer)
        values.append(verdict.value)
    assert max(values) > 0.0


@pytest.mark.parametrize("name", ["key", "beats", "notes"])
def test_cold_texts_never_repeat(name):
    texts = [r.text for r in itertools.islice(bench._fresh(SAMPLES[name]), 4_000)]
    assert len(set(texts)) == len(texts)


def test_a_line_of_rates_and_one_of_bounds_is_printed_for_a_reward(monkeypatch, capsys):
    monkeypatch.setattr(bench, "SECONDS", 0.002)
    monkeypatch.setattr(_hostile, "_PIECES", {"keys": "D major "})
    monkeypatch.setattr(_bounds, "SMALL", (900,))
    monkeypatch.setattr(_bounds, "MEDIUM", (2_000,))
    monkeypatch.setattr(_bounds, "LARGE", (1_000, 2_000))
    monkeypatch.setattr("sys.argv", ["bench", "counterpoint"])
    bench.main()
    shown = capsys.readouterr().out
    assert shown.count("\ncounterpoint") == 2
    assert "import rewards" in shown


@pytest.mark.parametrize("name", ["key", "beats", "melody"])
def test_hostile_texts_have_the_size_that_is_asked_for(name):
    for title, text in (_hostile.common() | _hostile.of(SAMPLES[name])).items():
        for size in (990, 8_000):
            assert 0.9 * size <= len(text(size)) <= size, title


def test_bounds_are_taken_with_nothing_remembered(monkeypatch):
    seen = []
    monkeypatch.setattr(
        _bounds, "judged", lambda *_: seen.append(sum(c.cache_info().currsize for c in caches))
    )
    caches = _bounds._caches()
    get("key")(SAMPLES["key"].question(), bench._completion("D major", ""))
    assert sum(cache.cache_info().currsize for cache in caches) > 0
    _bounds._once("key", SAMPLES["key"].question(), bench._completion("D major", ""))
    assert seen == [0]


def test_a_reward_without_a_sample_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.argv", ["bench", "brevity"])
    with pytest.raises(ConfigError, match="brevity"):
        bench.main()


def test_the_librarys_forms_are_timed_where_there_are_some(monkeypatch):
    monkeypatch.setattr(bench, "SECONDS", 0.002)
    for name, forms in (
        ("tags", {"warm", "cold"}),
        ("note", {"warm", "cold", "naive"}),
        ("beats", {"warm", "cold", "naive", "bare"}),
    ):
        found = bench.rates(get(name), SAMPLES[name])
        assert set(found) == forms
        assert all(math.isfinite(rate) and rate > 0 for rate in found.values())
