"""Where two journals part, stage by stage: each difference is told as what it is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from experiments.cli import build
from experiments.config import load, to_yaml
from experiments.parting import parting
from experiments.schemas import GrpoRun
from policies.records import Completion
from rewards.records import Part, Question, Score
from rollouts.journal import JournalWriter
from rollouts.records import Group, Rollout, UpdateRow

Change = Callable[[Group], Group]


def group(step: int, index: int) -> Group:
    rollouts = []
    for sample in range(3):
        ids = (10 + step, 20 + index, 30 + sample)
        completion = Completion(
            ids, np.full(3, -0.5, np.float32), "stop", step, 100 * step + 10 * index + sample,
            f"{ids}",
        )  # fmt: skip
        score = Score({"accuracy": Part(sample / 2, 1.0, "scored")})
        rollouts.append(Rollout(sample, completion, score))
    question = Question(f"q{step}-{index}", "Which key?", answer="D major")
    return Group("run", step, index, question, "a" * 64, "a.wav", (1, 2), tuple(rollouts), step, "")


@pytest.fixture
def run(tmp_path: Path):
    """Writes four steps, the groups from one on changed; the losses, too."""

    def write(
        name: str, change: Change = lambda g: g, since: int = 2, loss: float | str = 0.25
    ) -> Path:
        writer = JournalWriter(tmp_path / name, "learner")
        for step in range(4):
            groups = [group(step, index) for index in range(3)]
            if step >= since:
                groups[1:] = map(change, groups[1:])
            writer.write_rollouts(step, groups)
            rows = [UpdateRow("run", step, 0, 0, 0.5)]
            writer.write_update(step, rows, {"loss": loss if step >= since else 0.25})
        return tmp_path / name

    return write


def completions(change: Callable[[Completion], Completion], sample: int = 1) -> Change:
    def changed(g: Group) -> Group:
        rollouts = [
            dataclasses.replace(r, completion=change(r.completion)) if r.sample == sample else r
            for r in g.rollouts
        ]
        return dataclasses.replace(g, rollouts=tuple(rollouts))

    return changed


def other_token(completion: Completion) -> Completion:
    return dataclasses.replace(completion, ids=(*completion.ids[:2], 7), text="other")


def other_weights(completion: Completion) -> Completion:
    moved = completion.logprobs_T - np.float32(0.01)
    return dataclasses.replace(other_token(completion), logprobs_T=moved)


def rescored(g: Group) -> Group:
    scores = [
        dataclasses.replace(r, score=Score({"accuracy": Part(0.25, 1.0, "scored")}))
        if r.sample == 2
        else r
        for r in g.rollouts
    ]
    return dataclasses.replace(g, rollouts=tuple(scores))


def test_equal_journals_do_not_part(run):
    found = parting(run("a"), run("b"))
    assert found is not None
    assert (found.step, found.shared) == (None, 4)


@pytest.mark.parametrize(
    ("change", "stage", "place", "said"),
    [
        (
            lambda g: dataclasses.replace(g, question=Question("z", "Which key?", answer="C")),
            "questions", (1, 0), "other questions",
        ),
        (
            lambda g: dataclasses.replace(g, clip_sha256="b" * 64),
            "prompts", (1, 0), "other sound",
        ),
        (
            lambda g: dataclasses.replace(
                completions(lambda c: dataclasses.replace(c, text="other"), 2)(g),
                prompt_ids=(1, 2, 3),
            ),
            "prompts", (1, 0), "processor or model.suffix differ",
        ),
        (
            completions(lambda c: dataclasses.replace(c, seed=5, text="other")),
            "seeds", (1, 1), "other seeds",
        ),
        (completions(other_token), "tokens", (1, 1), "another token was drawn"),
        (completions(other_weights), "tokens", (1, 1), "the weights differ"),
        (rescored, "rewards", (1, 2), "rewards differ for the same texts"),
    ],
)  # fmt: skip
def test_each_difference_is_told_at_its_first_place(run, change, stage, place, said):
    found = parting(run("a"), run("b", change))
    assert found is not None
    assert (found.step, found.place) == (2, place)
    assert said in found.meaning
    told = [name for name, words in found.stages.items() if words != "same"]
    assert told[0] == stage


def test_a_part_that_one_rubric_alone_has_is_told_with_its_worth(run):
    def with_bonus(g: Group) -> Group:
        score = Score({"accuracy": Part(0.0, 1.0, "scored"), "bonus": Part(0.5, 2.0, "scored")})
        first, *others = g.rollouts
        return dataclasses.replace(g, rollouts=(dataclasses.replace(first, score=score), *others))

    for a, b, told in (
        ("a", "b", "'bonus': not there and 0.5 (weight 2)"),
        ("d", "c", "'bonus': 0.5 (weight 2) and not there"),
    ):
        sides = [run(name, with_bonus if name in "bd" else lambda g: g) for name in (a, b)]
        found = parting(*sides)
        assert found is not None
        assert (found.place, found.stages["rewards"]) == ((1, 0), told)


def test_the_same_rollouts_learnt_from_otherwise_part_at_the_update(run):
    found = parting(run("a"), run("b", loss=0.26))
    assert found is not None
    assert (found.step, found.place) == (2, None)
    assert found.stages["update"] == "losses 0.25 and 0.26"
    near = parting(run("c"), run("d", loss=0.25 * (1 + 1e-7)))
    assert near is not None
    assert near.step is None


@pytest.mark.parametrize("loss", [math.nan, math.inf, "none"])
def test_a_loss_that_is_no_number_parts_from_a_number_alone(run, loss):
    """A step that was skipped has a loss of NaN, in both of two equal runs."""
    same = parting(run("a", loss=loss), run("b", loss=loss))
    assert same is not None
    assert same.step is None
    found = parting(run("c", loss=loss), run("d", loss=0.5))
    assert found is not None
    assert found.step == (None if loss == "none" else 2)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ([0, 1, 2], [0, 1], "3 and 2, and group 2 is in one of the two only"),
        ([0, 1], [0, 2], "2 and 2, and group 1 is in one of the two only"),
    ],
)
def test_a_question_that_one_run_did_not_ask_is_where_they_part(tmp_path: Path, ours, theirs, told):
    for name, there in (("a", ours), ("b", theirs)):
        JournalWriter(tmp_path / name, "learner").write_rollouts(0, [group(0, n) for n in there])
    found = parting(tmp_path / "a", tmp_path / "b")
    assert found is not None
    assert (found.step, found.place, found.stages["groups"]) == (0, None, told)


def test_runs_of_another_group_size_part_where_the_smaller_has_no_more(run):
    def fewer(g: Group) -> Group:
        return dataclasses.replace(g, rollouts=g.rollouts[:2])

    found = parting(run("a"), run("b", fewer, loss=0.3))
    assert found is not None
    assert (found.step, found.place) == (2, None)
    assert found.stages["completions"] == "3 and 2 in group 1"
    assert "grpo.group_size" in found.meaning


def test_what_comes_first_counts_where_much_differs(run):
    """Another seed gives other tokens, and these other rewards."""

    def all_(g: Group) -> Group:
        return completions(lambda c: dataclasses.replace(other_weights(c), seed=5))(rescored(g))

    found = parting(run("a"), run("b", all_))
    assert found is not None
    assert [*found.stages] == ["questions", "prompts", "seeds"]


def test_runs_without_a_shared_step_have_no_parting(run, tmp_path: Path):
    assert parting(run("a"), tmp_path / "none") is None


def test_compare_shows_where_two_runs_part_and_how_to_look(run, tmp_path: Path):
    a, b = run("a"), run("b", rescored)
    for side in (a, b):
        config = load(GrpoRun, [], ["data.questions=train.jsonl", f"out={side}"])
        (side / "config.yaml").write_text(to_yaml(config))
        papers = '{"python": "3.11", "commit": "abc", "packages": {}}'
        (side / "env.json").write_text(papers)
    done = CliRunner().invoke(build(), ["compare", str(a), str(b)])
    assert done.exit_code == 0, done.output
    assert "they part at step 2, group 1, sample 2, of 4 steps" in done.output
    assert f"etude replay {b} --step 2 --rollout 1/2" in done.output
