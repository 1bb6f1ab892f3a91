"""The statistics against their definitions, written out."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from experiments.audit import findings
from experiments.audit.statistics import centred, change, means_by, ranks, tail


def test_the_variance_of_a_stratum_is_that_of_all_its_permutations():
    rng = np.random.default_rng(0)
    x, y = rng.random(5), rng.random(5) ** 3
    xt, yt = x - x.mean(), y - y.mean()
    products = [xt @ yt[list(order)] for order in permutations(range(5))]
    assert np.mean(products) == pytest.approx(0, abs=1e-12)
    assert np.var(products) == pytest.approx((xt @ xt) * (yt @ yt) / 4)


def test_ranks_are_those_of_each_stratum_with_ties_shared():
    values = np.array([3.0, 1.0, 2.0, 2.0, 9.0, 9.0])
    strata = np.array([0, 1, 0, 0, 1, 1])
    assert ranks(values, strata).tolist() == [2.0, 0.0, 0.5, 0.5, 1.5, 1.5]
    assert centred(values, strata)[strata == 0].sum() == pytest.approx(0)


def test_the_interval_of_a_change_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        moved = change(rng.normal(0, 1, 40), rng.normal(0.5, 2, 50))
        held += moved.low <= 0.5 <= moved.high
    assert 0.98 <= held / 2000 <= 0.997


def test_means_leave_out_what_is_not_known():
    values = np.array([1.0, np.nan, 3.0, np.nan])
    assert means_by(values, np.array([7, 7, 7, 9])).tolist() == [2.0]
    assert means_by(values[:0], np.array([], np.int64)).tolist() == []
    assert means_by(values[[1, 3]], np.array([7, 9])).tolist() == []
    assert tail(1.959964) == pytest.approx(0.025, abs=1e-6)


def test_of_what_is_flagged_the_surest_is_told_first():
    tests = [findings.Test(p, findings.Finding(str(p), (), "")) for p in (1e-4, 1e-9, 0.3, 1e-6)]
    told = findings.passed([*tests, findings.Test(0.0, None)], below=0.001)
    assert [finding.title for finding in told] == ["1e-09", "1e-06", "0.0001"]
