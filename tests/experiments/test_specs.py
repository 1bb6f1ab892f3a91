"""What is configured arrives in the rooms below."""

from __future__ import annotations

from dataclasses import fields

import pytest

from experiments import specs
from experiments.config import load, to_yaml
from experiments.schemas import SamplingConfig
from policies.sampling import SamplingSettings
from rewards.errors import ConfigError

ALL = [
    "temperature=0.7",
    "top_k=20",
    "top_p=0.9",
    "min_p=0.05",
    "max_new_tokens=9",
    'stop=["</answer>"," Q:"]',
]


def test_every_sampling_setting_can_be_configured_under_its_own_name():
    assert {f.name for f in fields(SamplingConfig)} == {f.name for f in fields(SamplingSettings)}
    config = load(SamplingConfig, [], ALL)
    assert specs.sampling(config) == SamplingSettings(
        temperature=0.7,
        top_k=20,
        top_p=0.9,
        min_p=0.05,
        max_new_tokens=9,
        stop=("</answer>", " Q:"),
    )


def test_sampling_without_configuration_is_the_samplers_default():
    assert specs.sampling(SamplingConfig()) == SamplingSettings()


def test_greedy_evaluation_ends_where_sampling_does():
    greedy = specs.greedy(load(SamplingConfig, [], ALL))
    assert (greedy.temperature, greedy.max_new_tokens) == (0.0, 9)
    assert greedy.stop == ("</answer>", " Q:")


def test_a_sampling_configuration_is_written_and_read_back(tmp_path):
    config = load(SamplingConfig, [], ALL)
    (tmp_path / "c.yaml").write_text(to_yaml(config))
    assert load(SamplingConfig, [tmp_path / "c.yaml"], []) == config


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("top_k=-1", "top_k: got -1, expected a whole number, at least 0"),
        ("top_k=2.5", "top_k: got 2.5, expected a whole number"),
        ("min_p=1", "min_p: got 1, expected a number, at least 0, below 1"),
        ("min_p=-0.1", "min_p: got -0.1, expected"),
        ("min_p=.nan", "min_p: got nan, expected"),
        ("stop=abc", "stop: got 'abc', expected a list of text"),
        ('stop=["a",""]', "stop holds an empty text"),
    ],
)
def test_a_sampling_setting_out_of_range_is_refused_by_name(override, said):
    with pytest.raises(ConfigError) as caught:
        load(SamplingConfig, [], [override])
    assert said in str(caught.value)


@pytest.mark.parametrize("bad", [{"top_k": -1}, {"min_p": 1.0}, {"min_p": -0.1}, {"stop": ("",)}])
def test_the_room_below_refuses_the_same(bad):
    with pytest.raises(ConfigError, match=f"sampling.{next(iter(bad))} is out of range"):
        SamplingSettings(**bad)
