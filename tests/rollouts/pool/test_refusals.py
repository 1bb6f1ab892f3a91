"""What a pool refuses: another version, other weights, and questions that cannot be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rewards.errors import AudioError, RolloutError
from rewards.records import Clip
from rollouts.pool import Pool


def test_what_an_actor_reports_ends_the_step_as_itself(
    pool: Pool, weights: Any, expected: Any, questions: Any, same: Any
) -> None:
    pool.publish(weights, 8)
    asked = questions(4)
    asked[0] = replace(asked[0], clip=Clip("missing.wav"))
    with pytest.raises(AudioError, match=r"missing\.wav") as caught:
        pool.roll_out(8, asked, 8)
    assert "\n" not in str(caught.value)
    assert same(pool.roll_out(9, questions(), 8), expected(9, questions(), 8))


def test_actors_refuse_a_version_that_they_do_not_hold(
    pool: Pool, weights: Any, questions: Any
) -> None:
    pool.publish(weights, 10)
    with pytest.raises(RolloutError, match="got version 10, expected 11"):
        pool.roll_out(11, questions(), 11)


@pytest.mark.parametrize("change", ["altered", "partial", "renamed"])
def test_weights_that_are_not_the_published_ones_are_refused_and_never_used(
    pool: Pool, weights: Any, monkeypatch: pytest.MonkeyPatch, change: str, questions: Any
) -> None:
    import ray

    pool.publish(weights, 12)
    name = max(weights)
    wrong = dict(weights)
    if change == "altered":
        wrong[name] = np.nextafter(weights[name], np.inf, dtype=np.float32)
    elif change == "partial":
        del wrong[name]
    else:
        wrong["another"] = wrong.pop(name)
    put = ray.put
    monkeypatch.setattr(ray, "put", lambda _: put(wrong))
    with pytest.raises(RolloutError, match="received other weights"):
        pool.publish(weights, 13)
    monkeypatch.undo()
    with pytest.raises(RolloutError, match="holds other weights"):
        pool.roll_out(13, questions(), 13)


def test_weights_of_another_model_are_refused(pool: Pool, weights: Any) -> None:
    wrong = {**weights, "no.such": np.zeros(3, np.float32)}
    with pytest.raises(RolloutError, match="weights do not fit the policy") as caught:
        pool.publish(wrong, 14)
    assert "\n" not in str(caught.value)
