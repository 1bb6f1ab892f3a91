"""Accuracy, chance, pass@k and gains, by hand and against enumeration."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from policies.accuracy import (
    Accuracy,
    Answered,
    accuracy_by_topic,
    chance,
    paired_gain,
    pass_at_k,
)
from rewards.errors import DataError
from rewards.records import Clip, Question


def _answered(facet: str, correct: Sequence[Sequence[bool]], start: int = 0) -> list[Answered]:
    return [
        Answered(Question(f"{facet}{start + i}", "?", facet=facet), ("",) * len(row), tuple(row))
        for i, row in enumerate(correct)
    ]


def test_accuracy_is_the_mean_over_questions_per_topic_and_overall() -> None:
    rows = _answered("key", [[True], [False], [True], [True]]) + _answered("meter", [[False]])
    assert accuracy_by_topic(rows) == Accuracy(0.6, {"key": 0.75, "meter": 0.0})
    assert list(accuracy_by_topic(rows[::-1]).topics) == ["key", "meter"]
    assert accuracy_by_topic(_answered("key", [[True, False], [True, True]])).overall == 0.75


def test_a_topic_of_any_name_counts_once() -> None:
    rows = _answered("overall", [[True]]) + _answered("key", [[False]])
    assert accuracy_by_topic(rows) == Accuracy(0.5, {"key": 0.0, "overall": 1.0})
    asked = [Question(name, "?", facet=name, answer="C") for name in ("overall", "key")]
    assert chance(asked, asked[:1]) == Accuracy(0.5, {"key": 0.0, "overall": 1.0})


def test_of_no_question_there_is_no_accuracy_chance_or_gain() -> None:
    for measure in (
        lambda: accuracy_by_topic([]), lambda: chance([], []), lambda: paired_gain([], [])
    ):  # fmt: skip
        with pytest.raises(DataError, match=r"mean over questions: got none"):
            measure()


def test_chance_by_hand() -> None:
    def ask(i: int, facet: str, answer: str, options: int = 0) -> Question:
        choices = (*(f"x{k}" for k in range(options - 1)), answer) if options else ()
        return Question(f"{facet}{i}", "?", facet=facet, choices=choices, answer=answer)

    # Open keys: training says C most often; two of five held-out answers are C: .4.
    training = [ask(i, "key", a) for i, a in enumerate("CCCDD")]
    held_out = [ask(i, "key", a) for i, a in enumerate("CDCEF")]
    # Meter in four options: the commonest training answer earns 1/8, any option 1/4; the
    # option commonest in training is right once and else one of four unseen ones.
    training += [ask(i, "meter", "3/4", 4) for i in range(3)]
    held_out += [ask(i, "meter", "3/4" if i == 0 else f"{i}/8", 4) for i in range(8)]
    table = chance(held_out, training)
    assert table.topics["key"] == pytest.approx(0.4)
    meter = (1 + 7 / 4) / 8
    assert table.topics["meter"] == pytest.approx(meter)
    assert table.overall == pytest.approx((5 * 0.4 + 8 * meter) / 13)


def test_chance_where_training_misleads_is_that_of_any_option() -> None:
    training = [Question("0", "?", facet="key", choices=("C", "D"), answer="C")]
    held_out = [Question("1", "?", facet="key", choices=("C", "D"), answer="D")]
    assert chance(held_out, training).overall == 0.5


def test_chance_of_a_form_that_training_lacks_is_that_of_the_options() -> None:
    held_out = [Question("1", "?", facet="key", choices=("C", "D"), answer="C")]
    held_out += [Question("2", "?", facet="mode", answer="dorian")]
    assert chance(held_out, []) == Accuracy(0.25, {"key": 0.5, "mode": 0.0})


@pytest.mark.parametrize("n", range(1, 8))
def test_pass_at_k_is_the_share_of_draws_with_a_right_answer(n: int) -> None:
    for right in range(n + 1):
        correct = [i < right for i in range(n)]
        for k in range(1, n + 1):
            draws = list(itertools.combinations(correct, k))
            expected = sum(any(draw) for draw in draws) / len(draws)
            assert pass_at_k(correct, k) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [0, 3, -1])
def test_pass_at_k_of_more_answers_than_there_are_is_refused(k: int) -> None:
    with pytest.raises(DataError, match=f"got k {k} of 2 answers"):
        pass_at_k([True, False], k)


def test_the_interval_of_a_paired_gain_covers_the_truth() -> None:
    """Accuracy .5 before, .62 after, 150 questions, 100 experiments: 95 % must cover."""
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(100):
        before = _answered("key", [[bool(b)] for b in rng.random(150) < 0.5])
        after = _answered("key", [[bool(b)] for b in rng.random(150) < 0.62])
        gain = paired_gain(before, after, seed=trial, draws=400)
        assert gain.low <= gain.mean <= gain.high
        covered += gain.low <= 0.12 <= gain.high
    assert covered / 100 >= 0.89


def _about(recordings: int, each: int, right: Sequence[bool]) -> list[Answered]:
    """Questions on recordings, a stretch each; right or wrong by recording."""
    return [
        Answered(
            Question(f"{n}/{i}", "?", Clip(f"{n}.wav", start=float(i), duration=1.0)),
            ("",),
            (bool(right[n]),),
        )
        for n in range(recordings)
        for i in range(each)
    ]


def test_the_interval_covers_the_truth_where_questions_on_one_recording_fail_together() -> None:
    """40 recordings with 10 questions each: they tell no more than 40 questions would."""
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(100):
        before = _about(40, 10, rng.random(40) < 0.5)
        after = _about(40, 10, rng.random(40) < 0.62)
        gain = paired_gain(before, after, seed=trial, draws=400)
        covered += gain.low <= 0.12 <= gain.high
    assert covered / 100 >= 0.89


def test_a_gain_on_one_recording_is_as_uncertain_as_its_questions() -> None:
    mixed = [replace(row, correct_K=(n % 2 == 0,)) for n, row in enumerate(_about(1, 20, [True]))]
    gain = paired_gain(_about(1, 20, [False]), mixed)
    assert gain.low < gain.mean == 0.5 < gain.high


def test_the_interval_of_thousands_of_questions_takes_little_memory() -> None:
    before, after = (_about(4_000, 1, [right] * 4_000) for right in (False, True))
    tracemalloc.start()
    paired_gain(before, after)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 * 2**20


def test_a_paired_gain_is_after_less_before_and_certain_where_all_agree() -> None:
    before = _answered("key", [[False], [True, False], [True]])
    after = _answered("key", [[True], [True, True], [True]])
    gain = paired_gain(before, after)
    assert gain.mean == pytest.approx((1 + 0.5 + 0) / 3)
    assert paired_gain(after, before).mean == pytest.approx(-gain.mean)
    assert paired_gain(before, after) == gain
    sure = paired_gain(_answered("key", [[False]] * 5), _answered("key", [[True]] * 5))
    assert (sure.low, sure.mean, sure.high) == (1, 1, 1)


def test_a_paired_gain_over_other_questions_is_refused() -> None:
    with pytest.raises(DataError, match="needs the same questions"):
        paired_gain(_answered("key", [[True]] * 2), _answered("key", [[True]] * 2, start=1))
    with pytest.raises(DataError, match="needs the same questions"):
        paired_gain(_answered("key", [[True]] * 2), _answered("key", [[True]] * 3))
