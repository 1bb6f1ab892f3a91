"""A dry run finds what is wrong with a reward, and shows what its values are like."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from rewards import Part, Question, Response, Rubric, names, parse
from rewards.dry_run import dry_run
from rewards.dry_run_inputs import HOSTILE, SAMPLE, SIBLINGS
from rewards.dry_run_passes import Pass
from rewards.errors import DataError
from rewards.groups import by_question


class Here:
    """Judges in this process; ``value`` gets the response and how many were judged before."""

    scope = "completion"

    def __init__(self, value: Callable[[Response, int], float | str | None]) -> None:
        self.value, self.judged = value, 0

    def judge(self, pairs) -> list[Part]:
        return [self._part(response) for _, response in pairs]

    def close(self) -> None:
        self.judged = 0

    def _part(self, response: Response) -> Part:
        value = self.value(response, self.judged)
        self.judged += 1
        if value is None:
            return Part(None, 1.0, "not_applicable")
        if isinstance(value, str):
            return Part(None, 1.0, "timeout" if value == "hung" else "error", value)
        return Part(value, 1.0, "scored", "why", None, 0.001)


def short(response: Response, _: int) -> float:
    return float(len(response.text) < 100)


def test_a_sound_reward_has_no_fault():
    found = dry_run(Here(short), SAMPLE)
    assert found.faults == ()
    assert (found.again, found.reordered) == (0, 0)
    assert found.hostile is not None
    assert found.hostile.count == len(HOSTILE)
    assert found.gold is not None
    assert len(found.gold.values) == 5


def test_figures_of_the_values():
    values = [0.0, 0.0, 0.25, 1.0]
    found = Pass(4, tuple(values), (), tuple(i / 1000 for i in range(1, 101)))
    assert found.mean == 0.3125
    assert found.spread == pytest.approx(math.sqrt(sum((v - 0.3125) ** 2 for v in values) / 4))
    assert (found.share_at(0), found.share_at(1)) == (0.5, 0.25)
    assert [found.percentile(p) for p in (50, 99, 100)] == [0.05, 0.099, 0.1]
    assert Pass(1, (), (), (0.5,)).percentile(50) == 0.5
    nothing = Pass(0, (), (), ())
    assert all(math.isnan(value) for value in (nothing.mean, nothing.spread, nothing.share_at(1)))


def test_times_are_of_the_completions_that_were_judged_the_longest_last():
    class Timed(Here):
        def judge(self, pairs) -> list[Part]:
            return [Part(1.0, 1.0, "scored", "", None, float(r.text)) for _, r in pairs]

    pairs = [(Question("q", "?"), parse(seconds)) for seconds in ("0.5", "0", "0.25", "2")]
    assert dry_run(Timed(short), pairs, hostile=()).rows.seconds == (0.25, 0.5, 2.0)


def test_errors_are_counted_by_kind_with_the_first_text():
    def fails(response: Response, _: int) -> float | str:
        text = response.text
        return "ZeroDivisionError: by 0" if "A" in text else "KeyError: 'x'" if "C" in text else 1.0

    pairs = [(Question("q", "?"), parse(text)) for text in ("CC", "A", "x", "AA", "C A")]
    found = dry_run(Here(fails), pairs, hostile=())
    assert [(f.count, f.why, f.completion) for f in found.rows.failures] == [
        (3, "ZeroDivisionError: by 0", "'A'"),
        (1, "KeyError: 'x'", "'CC'"),
    ]
    assert "3 of 5 completions failed, first 'A': ZeroDivisionError: by 0" in found.faults


def test_a_hang_ends_the_dry_run():
    reward = Here(lambda response, _: "hung" if response.answer == "(B)" else 1.0)
    found = dry_run(reward, SAMPLE)
    assert reward.judged == len(SAMPLE)
    assert (found.hostile, found.again, found.reordered, found.gold) == (None,) * 4
    assert "failed" in found.faults[0]


def test_what_was_not_run_is_told_after_what_kept_it_from_running():
    class Hangs(Here):
        def _part(self, response: Response) -> Part:
            self.judged += 1
            why = "no answer" if self.judged == 1 else "not run, for 1 before it hung: no answer"
            return Part(None, 1.0, "timeout", why)

    found = dry_run(Hangs(short), SAMPLE)
    assert [failure.count for failure in found.rows.failures] == [1, 35]
    assert (found.rows.failed, found.rows.unrun) == (1, 35)
    assert found.faults[0].startswith("1 of 36 completions failed, first '<think>")
    assert found.faults[1] == ("35 of 36 completions were not run, for 1 before it hung: no answer")


def test_a_failure_on_hostile_texts_is_a_fault():
    found = dry_run(
        Here(lambda r, at: "ValueError: 9" if "999" in r.text else short(r, at)), SAMPLE
    )
    assert len(found.faults) == 1
    assert "hostile texts failed, first '1e999'" in found.faults[0]


def test_a_reward_with_a_state_is_not_deterministic():
    found = dry_run(Here(lambda _, judged: float(judged == 3)), SAMPLE)
    assert found.again == 1
    assert "not deterministic" in found.faults[0]
    assert found.again_example.endswith(": 1, then 0")


def test_a_reward_of_the_order_is_found_in_reverse():
    found = dry_run(Here(lambda _, judged: float(judged % 2)), SAMPLE, hostile=HOSTILE[:36])
    assert (found.again, found.reordered) == (0, 36)
    assert "depends on what was judged before" in found.faults[0]
    assert found.again_example == ""
    assert found.reordered_example.endswith(": 0, then 1")


def test_a_reward_of_the_question_alone_has_no_spread_among_siblings():
    class OfTheQuestion(Here):
        def judge(self, pairs) -> list[Part]:
            return [Part(len(q.text) / 100, 1.0, "scored") for q, _ in pairs]

    found = dry_run(OfTheQuestion(short), SAMPLE)
    assert found.rows.spread > 0
    assert (found.siblings.groups, found.siblings.spread) == (6, 0.0)
    (fault,) = found.faults
    assert fault.startswith("no signal: in each of 6 questions all completions that it is called")


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_constant_reward_is_a_fault_of_signal(value):
    (fault,) = dry_run(Here(lambda *_: value), SAMPLE).faults
    assert fault.startswith("no signal: in each of 6 questions all completions that it is called")


def test_a_signal_from_completions_without_the_block_alone_is_none():
    class Blocks(Here):
        def _part(self, response: Response) -> Part:
            if response.think is None:
                return Part(0.0, 1.0, "scored", "there is no think block")
            return Part(0.5, 1.0, "scored")

    found = dry_run(Blocks(short), SAMPLE)
    assert found.siblings.spread > 0
    (fault,) = found.faults
    assert "called on get one value, unlike those alone that lack a block and count 0, and" in fault


def test_one_question_that_all_answer_alike_is_no_fault():
    assert dry_run(Here(lambda *_: 1.0), SAMPLE[:6]).faults == ()
    (fault,) = dry_run(Here(lambda *_: 1.0), SAMPLE[:12]).faults
    assert fault.startswith("no signal: in each of 2 questions")


def test_spread_among_siblings_is_the_mean_of_the_groups_with_different_completions():
    said = [("p", "a"), ("p", "b"), ("q", "a"), ("q", "bbb"), ("twins", "x"), ("twins", "x"),
            ("alone", "x")]  # fmt: skip
    pairs = [(Question(name, "?"), parse(text)) for name, text in said]
    found = dry_run(Here(lambda response, _: len(response.text) / 4), pairs, hostile=())
    assert (found.siblings.groups, found.siblings.spread) == (2, 0.125)


def test_questions_where_it_applies_to_some_siblings_only_are_counted_with_the_missing_block():
    class NeedsThink(Here):
        def judge(self, pairs) -> list[Part]:
            return [
                Part(0.0, 1.0, "scored", "there is no think block")
                if response.think is None
                else Part(None, 1.0, "not_applicable")
                for _, response in pairs
            ]

    found = dry_run(NeedsThink(short), SAMPLE)
    assert (found.siblings.partly, found.siblings.block) == (6, "think")
    assert dry_run(Here(short), SAMPLE).siblings.partly == 0
    parted = dry_run(Here(lambda r, _: 1.0 if r.answer else None), SAMPLE).siblings
    assert (parted.partly, parted.block) == (6, "")


class Grouped(Here):
    """Judges the completions of a question together; ``value`` gets the place among them."""

    scope = "group"

    def judge(self, pairs) -> list[Part]:
        parts = {}
        for places in by_question(question for question, _ in pairs):
            self.judged += 1
            for at, place in enumerate(places):
                parts[place] = Part(self.value(pairs[place][1], at), 1.0, "scored")
        return [parts[place] for place in range(len(pairs))]


def test_a_reward_of_the_place_among_siblings_is_told_that():
    found = dry_run(Grouped(lambda _, at: float(at == 0)), SAMPLE)
    (fault,) = found.faults
    assert "depends on the order in which the completions of a question come: 12 of 36" in fault


def test_a_reward_over_groups_that_counts_its_groups_is_told_that():
    counted = Grouped(lambda *_: 0.0)
    counted.value = lambda *_: float(counted.judged % 12 == 1)
    found = dry_run(counted, SAMPLE)
    assert "depends on what was judged before" in found.faults[0]


def test_a_reward_that_applies_to_some_completions_alone_has_no_fault():
    found = dry_run(Here(lambda r, at: short(r, at) if r.answer else None), SAMPLE)
    assert 0 < len(found.rows.values) < len(SAMPLE)
    assert found.faults == ()


def test_a_reward_that_fails_wherever_it_applies_is_not_told_to_apply_to_none():
    found = dry_run(Here(lambda r, _: "KeyError: 1" if r.answer == "(B)" else None), SAMPLE)
    (fault,) = found.faults
    assert "completions failed, first" in fault
    assert found.left_out == "no call gave a value"


def test_a_reward_that_never_applies_was_not_tried():
    assert "applies to none" in dry_run(Here(lambda *_: None), SAMPLE).faults[0]


class Asks(Here):
    """A reward that asks for an answer: without one it is 0 before it is called."""

    def _part(self, response: Response) -> Part:
        if response.answer is None:
            return Part(0.0, 1.0, "scored", "there is no answer block")
        return super()._part(response)


def test_a_reward_that_gives_no_value_where_it_is_called_was_not_tried():
    found = dry_run(Asks(lambda *_: None), SAMPLE)
    assert len(found.rows.values) == 12, "completions without an answer"
    assert found.faults == (
        "it applies to none of 24 completions that it was called on: nothing was tried; give rows "
        "that it is for, --on FILE.jsonl",
    )
    assert found.left_out == "no call gave a value"
    nowhere = [pair for pair in SAMPLE if pair[1].answer is None]
    (fault,) = dry_run(Asks(short), nowhere).faults
    assert fault.startswith("it was called on none of 12 completions, which lack the block")


def test_where_most_calls_fail_they_are_not_repeated_on_hostile_texts_or_again():
    costly = Asks(lambda r, _: "MemoryError" if len(r.text) > 80 else 1.0)
    found = dry_run(costly, SAMPLE)
    assert 12 < found.rows.failed < 24
    assert costly.judged == 24
    assert (found.hostile, found.again, found.reordered, found.gold) == (None,) * 4
    assert found.left_out == "most calls failed"
    some = dry_run(Here(lambda r, at: "KeyError: 1" if r.answer == "(B)" else short(r, at)), SAMPLE)
    assert (some.left_out, some.again) == ("", 0)


def test_the_lowest_gold_answer_is_told():
    found = dry_run(Here(lambda r, _: 0.5 if r.answer == "92 BPM" else 1.0), SAMPLE)
    assert found.gold is not None
    assert sorted(found.gold.values) == [0.5, 1.0, 1.0, 1.0, 1.0]
    assert found.gold.lowest == "0.5 for '92 BPM' to 'What is the tempo?': why"


def test_no_completions_are_refused():
    with pytest.raises(DataError, match="got none"):
        dry_run(Here(short), [])


@pytest.mark.parametrize("name", names())
def test_built_in_rewards_pass_their_own_dry_run(name):
    rubric = Rubric.of([name])

    class BuiltIn:
        scope = "completion"

        def judge(self, pairs) -> list[Part]:
            return [rubric.score(question, response).parts[name] for question, response in pairs]

        def close(self) -> None:
            pass

    found = dry_run(BuiltIn(), SAMPLE)
    assert [fault for fault in found.faults if "applies to none" not in fault] == []


def test_the_sample_answers_each_question_rightly_wrongly_with_a_hedge_bare_and_cut_off():
    scores = Rubric.of(["answer"]).score_rows(SAMPLE[:24])
    values = [score.parts["answer"].value for score in scores]
    assert [values[i : i + 6] for i in range(0, 24, 6)] == [
        [1.0, 0.3, 0.0, 1.0, 0.0, 0.0],  # C minor is the relative of E flat major
        [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        [1.0, 0.0, 0.4, 1.0, 0.0, 0.0],
    ]


def test_among_the_siblings_of_the_sample_one_repeats_another():
    groups = by_question(question for question, _ in SIBLINGS)
    assert [len(places) for places in groups] == [7] * 6
    for places in groups:
        texts = [SIBLINGS[place][1].text for place in places]
        assert len({*texts}) == 6
        assert texts[0] == texts[-1]


def test_inputs_that_begin_alike_are_told_apart():
    from rewards.fields import show

    lead = "<think>The bass closes on C and the soprano on G, so it is C.</think>"
    shown = [show(f"{lead} <answer>{answer}</answer>") for answer in ("C major", "C minor")]
    assert shown[0] != shown[1]
    assert max(map(len, shown)) <= 60
    assert show("short") == "'short'"
