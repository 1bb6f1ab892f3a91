"""What a reward may return: forty forms, each a value, no value, or an exact error."""

from __future__ import annotations

import math
from collections import UserDict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rewards import Abstention, Verdict
from rewards.contract import checked, checked_group, describe
from rewards.errors import RewardError

Wrong: Any = Verdict


class Hostile:
    """Raises whenever it is looked at."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]


def tensors() -> list[Any]:
    import torch

    one = torch.tensor(0.5)
    return [one, torch.tensor([0.5]), torch.zeros(2, 2), torch.tensor(True), one.requires_grad_()]


@pytest.mark.parametrize("outcome", [0, 1, 0.0, 0.5, 1.0, -0.0, 5e-324, Verdict(1), Verdict(0.25)])
def test_numbers_and_verdicts_in_range_are_values(outcome: Any) -> None:
    verdict = checked("r", outcome)
    assert verdict is not None
    value = outcome.value if isinstance(outcome, Verdict) else outcome
    assert verdict.value == value


def test_none_means_that_it_does_not_apply() -> None:
    assert checked("r", None) == Abstention(
        "reward 'r' does not apply to this question or completion"
    )


def test_an_abstention_says_why_there_is_no_value() -> None:
    assert checked("r", Abstention("nobody answers")) == Abstention("nobody answers")
    with pytest.raises(RewardError, match="a reason of type int"):
        checked("r", Abstention(3))  # type: ignore[arg-type]


WRONG = [
    True, False, math.nan, math.inf, -math.inf, -0.1, 1.0000001, -1, 2, 100, 10**400, -(10**400),
    "1.0", "", b"1", [], [1.0], (1.0, "why"), {}, {"value": 1.0}, {1.0}, complex(1), object(),
    Decimal("0.5"), Fraction(1, 2), NotImplemented, Ellipsis, Verdict, lambda: 1.0, Hostile(),
    np.float64(0.5), np.float32(0.5), np.int64(1), np.bool_(True), np.array(0.5), np.array([0.5]),
    np.ones((2, 2)), iter([1.0]), (x for x in [1.0]), ValueError("returned"), range(1),
]  # fmt: skip


@pytest.mark.parametrize("outcome", WRONG, ids=lambda outcome: type(outcome).__name__)
@pytest.mark.parametrize("wrap", [lambda x: x, Wrong], ids=["bare", "in a verdict"])
def test_anything_else_is_an_error_with_the_name_of_the_reward(outcome: Any, wrap: Any) -> None:
    with pytest.raises(RewardError, match=r"^reward 'brevity' returned ") as caught:
        checked("brevity", wrap(outcome))
    message = str(caught.value)
    assert "expected a Verdict or a number in [0, 1], or None where it does not apply" in message
    assert len(message) < 300


def test_a_number_out_of_range_is_shown_unless_it_is_endless() -> None:
    for outcome, shown in ((2, "2"), (-1, "-1"), (1.5, "1.5"), (10**400, "a huge whole number")):
        with pytest.raises(RewardError, match=f"returned {shown}: expected"):
            checked("r", outcome)


def test_a_verdict_without_a_value_is_an_error() -> None:
    with pytest.raises(RewardError, match="of type NoneType"):
        checked("r", Wrong(None))


def test_tensors_are_errors_that_name_the_remedy() -> None:
    for tensor in tensors():
        for outcome in (tensor, Wrong(tensor)):
            with pytest.raises(RewardError, match=r"'r' returned .*Tensor.*return float\(...\)"):
                checked("r", outcome)


def test_a_type_is_told_with_its_home_unless_it_is_pythons_own() -> None:
    for outcome, kind in ((np.float64(0.5), "numpy.float64"), ("1.0", "str")):
        with pytest.raises(RewardError, match=f"of type {kind}: "):
            checked("r", outcome)


def test_right_or_wrong_as_a_bool_names_the_remedy() -> None:
    with pytest.raises(RewardError, match=r"returned True of type bool: .*; return float\(...\)"):
        checked("r", True)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Wrong(1.0, None), "a reason of type NoneType"),
        (Wrong(1.0, b"why"), "a reason of type bytes"),
        (Wrong(1.0, "", [1]), "details of type list"),
        (Wrong(1.0, "", {"x": object()}), "details that are not JSON"),
        (Wrong(1.0, "", {"x": math.nan}), "details that are not JSON"),
        (Wrong(1.0, "", {"x": np.float32(1)}), "details that are not JSON"),
    ],
)
def test_reasons_are_text_and_details_are_json(verdict: Verdict, said: str) -> None:
    with pytest.raises(RewardError, match=said):
        checked("r", verdict)


class Odd(str):
    """Text that exits when it is printed."""

    def __format__(self, spec: str) -> str:
        raise SystemExit

    encode = __str__ = __format__  # type: ignore[assignment]


def test_a_reason_is_plain_text_that_a_file_can_hold() -> None:
    assert checked("r", Verdict(1.0, "said \ud800é")) == Verdict(1.0, "said \\ud800é")
    assert checked("r", Abstention("\udfff")) == Abstention("\\udfff")
    assert describe(ValueError("\ud800")) == "ValueError: \\ud800"
    assert type(checked("r", Verdict(1.0, Odd("w"))).why) is str


def test_details_are_a_copy_that_stays_as_it_was_checked() -> None:
    changing = {"a": 1}
    verdict = checked("r", Verdict(1.0, "", UserDict(changing)))
    changing["a"] = 2
    assert verdict == Verdict(1.0, "", {"a": 1})
    assert type(verdict.details) is dict  # type: ignore[union-attr]


def test_details_that_hold_themselves_are_an_error() -> None:
    endless: dict[str, Any] = {}
    endless["self"] = endless
    with pytest.raises(RewardError, match="not JSON"):
        checked("r", Verdict(1.0, "", endless))


def test_a_group_is_a_list_as_long_as_its_responses() -> None:
    assert checked_group("r", (1.0, None), 2) == [1.0, None]
    for outcomes in (None, 1.0, "ab", {1: 2, 3: 4}, np.ones(2), iter([1, 1])):
        with pytest.raises(RewardError, match=r"'r' returned a .* for a group: expected a list of"):
            checked_group("r", outcomes, 2)
    for outcomes in ([], [1.0], [1.0] * 3):
        with pytest.raises(RewardError, match=f"'r' returned {len(outcomes)} values: expected a"):
            checked_group("r", outcomes, 2)


def test_an_exception_is_described_even_if_its_text_raises() -> None:
    class Unprintable(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert describe(Unprintable()).startswith("Unprintable: its text could not be printed")

    class Exits(Exception):
        def __str__(self) -> str:
            raise SystemExit(7)

    class Stops(Exception):
        def __str__(self) -> str:
            raise KeyboardInterrupt

    assert describe(Exits()) == "Exits: its text could not be printed (SystemExit)"
    with pytest.raises(KeyboardInterrupt):
        describe(Stops())
    assert describe(ValueError("x" * 999)) == "ValueError: " + "x" * 488
    assert describe(MemoryError()) == "MemoryError"
