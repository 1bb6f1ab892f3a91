"""What right answers earn beside wrong siblings, and what each part has to do with it."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.audit.findings import passed
from experiments.audit.merit import Pairs, look
from experiments.audit.reading import read
from experiments.audit.report import audit
from rewards.records import Question
from rewards.rubric import Combine
from rollouts.advantages import judged, part_shares
from rollouts.journal import read_rollouts, steps

from .conftest import Write, answering, honest


def titles(run) -> list[str]:
    return [finding.title for finding in audit(run).findings]


def coin(text: str) -> float:
    """Chance, but the same for the same text."""
    return float(sum(text.encode()) % 2)


def test_wrong_answers_that_earn_more_are_shown_beside_a_right_sibling(write: Write):
    def pay(question: Question, text: str, right: bool):
        return {"accuracy": (float(right), 1.0), "odd": (coin(text), 3.0)}

    found = audit(write(answering(), pay))
    (unjust,) = [f for f in found.findings if f.title.startswith("wrong answers earn more")]
    (good, _), (bad, _) = unjust.rollouts
    columns = found.columns
    assert columns.unit_B[good] == columns.unit_B[bad]
    assert (columns.right_B[good], columns.right_B[bad]) == (1, 0)
    assert columns.total_B[bad] > columns.total_B[good]
    # By hand: the wrong one has the odd sum and the right one has not, a quarter of the pairs.
    assert found.balance.turned == pytest.approx(0.25, abs=0.03)


def test_a_reward_for_the_form_alone_hardly_counts_answers(write: Write):
    def say(rng: np.random.Generator, question: Question, step: int) -> str:
        text = answering()(rng, question, step)
        return text if rng.random() < 0.7 else "so: " + text

    def pay(question: Question, text: str, right: bool):
        return {"format": (float(text.startswith("<think>")), 1.0), "accuracy": (float(right), 0.0)}

    found = titles(write(say, pay))
    assert any(
        title.startswith(("wrong answers earn more", "a right answer hardly")) for title in found
    )


def test_ties_between_right_and_wrong_are_flagged_as_such(write: Write):
    def pay(question: Question, text: str, right: bool):
        # One of sixteen groups pays by the answer, the others pay all the same.
        pays = question.id in {f"q{step}-0" for step in range(0, 20, 2)}
        return {"lazy": (float(right) if pays else 0.5, 1.0)}

    found = audit(write(answering(), pay))
    assert any(f.title.startswith("a right answer hardly counts") for f in found.findings)
    assert found.balance.tied == pytest.approx(15 / 16, abs=0.03)


def test_a_tie_counts_half_and_a_turned_pair_against_the_reward(write: Write):
    columns = read(write(answering(), steps=1), 10_000)
    turned, tied = np.full(40, 0.04), np.full(40, 0.8)
    (flag,) = passed(look(columns, Pairs(turned, tied, None)), 1e-3)
    assert flag.title.endswith("it is above a wrong sibling 56.0 % of the time")
    assert "in 40 groups" in flag.evidence[0]
    assert look(columns, Pairs(turned[:29], tied[:29], None)) == []
    assert passed(look(columns, Pairs(turned, tied / 2, None)), 1e-3) == []
    (flag,) = passed(look(columns, Pairs(turned + 0.02, tied, None)), 1e-3)
    assert flag.title == "wrong answers earn more than right siblings: 6.0 % of the pairs"


def test_a_part_that_pays_wrong_answers_is_named(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"sly": ((not right) * 0.5 * coin(text), 0.5)}

    found = audit(write(answering(), pay))
    assert "the part 'sly' pays wrong answers more than right siblings" in [
        finding.title for finding in found.findings
    ]
    (sly,) = [part for part in found.parts if part.name == "sly"]
    assert sly.favour == pytest.approx(-0.25, abs=0.03)


def test_a_part_that_hardly_teaches_is_not_worth_a_word(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"sly": ((not right) * 0.5 * coin(text), 0.05)}

    found = audit(write(answering(), pay))
    (sly,) = [part for part in found.parts if part.name == "sly"]
    assert sly.favour < -0.2
    assert sly.share < 0.05
    assert not any("'sly'" in finding.title for finding in found.findings)


def test_parts_that_pull_against_each_other_are_named(write: Write):
    def pay(question: Question, text: str, right: bool):
        share = len(text.split()) / 20
        return honest(question, text, right) | {
            "long": (min(1.0, share), 0.4),
            "brief": (max(0.0, 1 - share), 0.4),
        }

    assert "the parts 'long' and 'brief' work against each other" in titles(write(answering(), pay))


def test_a_part_that_never_tells_siblings_apart_is_idle_and_no_flag(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"kind": (0.5, 0.5)}

    found = audit(write(answering(), pay))
    assert [*found.idle] == ["format", "kind"]
    assert found.findings == []
    shares = {part.name: part.share for part in found.parts}
    assert shares == pytest.approx({"format": 0, "accuracy": 1, "kind": 0})


def test_shares_of_what_siblings_differ_by_add_up(write: Write):
    def pay(question: Question, text: str, right: bool):
        return honest(question, text, right) | {"odd": (coin(text), 0.5)}

    balance = audit(write(answering(), pay)).balance
    assert balance.worth + balance.form + balance.rest == pytest.approx(1)
    assert 0.05 < balance.rest < 0.5


@pytest.mark.parametrize("combine", ["sum", "gdpo"])
@pytest.mark.parametrize("renormalise", [True, False])
@pytest.mark.parametrize("mask_truncated", [True, False])
def test_the_advantage_is_divided_among_the_parts_as_the_run_divides_it(
    write: Write, renormalise: bool, combine: Combine, mask_truncated: bool
):
    """Also where a part does not apply to each sibling, and what it leaves is shared or is not."""

    def pay(question: Question, text: str, right: bool):
        applies = len(text) % 2 == 0
        return honest(question, text, right) | {"odd": (coin(text) if applies else None, 2.0)}

    run = write(
        answering(), pay, renormalise=renormalise, combine=combine,
        cut=lambda rng, step: rng.random() < 0.5, mask_truncated=mask_truncated,
    )  # fmt: skip
    groups = [judged(group) for step in steps(run) for group in read_rollouts(run, step)]
    shares = {part.name: part.share for part in audit(run).parts}
    assert shares == pytest.approx(part_shares(groups, combine))


def test_of_groups_without_a_total_nothing_is_said(write: Write):
    def pay(question: Question, text: str, right: bool):
        judged = question.id.endswith(("0", "2", "4", "6"))
        return {"accuracy": (float(right) if judged else None, 1.0), "odd": (None, 1.0)}

    run = write(answering(), pay)
    everywhere = audit(run).parts[0].varies
    assert 0.9 < everywhere <= 1


def faint(question: Question, text: str, right: bool):
    """Pays each word a little by one part, and takes more by another that varies much more."""
    words = len(text.split())
    noise = coin(text) - 0.02 * words
    return {"accuracy": (float(right), 1.0), "faint": (0.002 * words, 1.0), "loud": (noise, 1.0)}


@pytest.mark.parametrize(("combine", "least", "most"), [("sum", 0.0, 0.05), ("gdpo", 0.3, 0.4)])
def test_a_small_difference_teaches_under_gdpo_and_hardly_by_sum(
    write: Write, combine: Combine, least: float, most: float
):
    (share,) = (
        p.share
        for p in audit(write(answering(), faint, combine=combine)).parts
        if p.name == "faint"
    )
    assert least < share < most


def test_under_gdpo_the_part_is_named_through_which_the_advantage_is_paid(write: Write):
    found = audit(write(answering(), faint, combine="gdpo")).findings
    (words,) = (finding for finding in found if "pays the number of words" in finding.title)
    assert any("of the advantage; correlation +0." in line for line in words.evidence)
    assert any("paid by the part 'faint'" in line for line in words.evidence)


@pytest.mark.parametrize(
    "config", ["rubric: {combine: gpdo}", "rubric: rubric.yaml", "rubric: [", "- rubric", "\xff"]
)
def test_a_configuration_that_tells_nothing_is_told_and_taken_as_a_sum(write: Write, config: str):
    run, told = write(answering()), []
    by_sum = audit(run).parts
    (run / "config.yaml").write_text(config, encoding="latin-1")
    found = audit(run, on_skip=lambda path, why: told.append((path.name, why)))
    assert found.parts == by_sum
    assert [name for name, _ in told] == ["config.yaml"]


def test_a_run_in_which_nothing_could_be_scored_has_no_parts_and_no_flag(write: Write):
    found = audit(write(answering(), lambda question, text, right: {"odd": (None, 1.0)}))
    assert (found.parts, found.findings, found.balance.learnt) == ([], [], 0)
