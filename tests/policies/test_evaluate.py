from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from policies.audio import Waveform
from policies.audio_policy import AudioPolicy
from policies.evaluate import (
    Answered,
    accuracy_by_topic,
    chance,
    evaluate,
    is_correct,
    other_clips,
    paired_gain,
    pass_at_k,
    silence,
    subset,
)
from policies.sampling import SamplingSettings
from policies.seeds import generator
from rewards.errors import AudioError, DataError
from rewards.records import Clip, Question, Response, Verdict

KEYS = ("C major", "D major", "E major", "F major")


def _questions(count: int = 24) -> list[Question]:
    rng = generator(0, "questions")
    rows = []
    for i in range(count):
        answer = KEYS[int(rng.integers(4))]
        choices = (*KEYS[:2], answer) if i % 3 == 0 and answer not in KEYS[:2] else ()
        rows.append(
            Question(f"q{i}", "Which key?", Clip(f"{i}.wav"), facet="key", choices=choices,
                     answer=answer)
        )  # fmt: skip
    rows += [
        Question(f"m{i}", "Which meter?", Clip(f"{i}.wav"), facet="meter", answer=f"{3 + i % 2}/4")
        for i in range(6)
    ]
    return rows


# -- asking -------------------------------------------------------------------------------


def _judge(question: Question, response: Response) -> Verdict:
    """Right if an even number of characters was said: something that text decides."""
    return Verdict(1.0 - len(response.text) % 2)


@pytest.fixture
def read(sound: Any) -> Callable[[Clip], Waveform]:
    return lambda clip: sound(int(clip.path.split(".")[0]), 0.6)


SETTINGS = SamplingSettings(temperature=1.0, max_new_tokens=5)


def test_answers_hang_on_seed_and_sound_and_not_on_the_batch(
    exact_policy: AudioPolicy, read: Any
) -> None:
    questions = _questions(6)

    def asked(**changes: Any) -> list[tuple[str, ...]]:
        rows = evaluate(exact_policy, questions, read, _judge, SETTINGS, samples=2, **changes)
        assert [row.question.id for row in rows] == [q.id for q in questions]
        for row in rows:
            assert row.correct_K == tuple(len(t) % 2 == 0 for t in row.texts)
        return [row.texts for row in rows]

    whole = asked()
    assert asked(batch=5) == whole
    assert asked(seed=1) != whole
    assert asked(sound="other") != whole
    assert asked(sound="silence") != whole
    assert asked(sound="silence", batch=1) == asked(sound="silence")


def test_other_sound_is_heard_and_questions_stay(policy: AudioPolicy, read: Any) -> None:
    questions = _questions(8)
    heard: list[str] = []

    def listening(clip: Clip) -> Waveform:
        heard.append(clip.path)
        return read(clip)

    done: list[int] = []
    evaluate(
        policy, questions, listening, _judge, SETTINGS, sound="other", batch=4,
        progress=done.append,
    )  # fmt: skip
    chosen = other_clips(questions, 0)
    assert heard == [chosen[q.id].path for q in questions]
    assert done == [4, 8, 12, 14]


def test_a_question_without_a_clip_is_asked_whatever_the_sound(
    policy: AudioPolicy, read: Any
) -> None:
    theory = Question("t", "How many sharps has D major?", answer="2")
    for sound in ("own", "other", "silence"):
        (row,) = evaluate(policy, [theory], read, _judge, SETTINGS, sound=sound)
        assert row.question is theory


def test_a_clip_that_cannot_be_read_ends_the_evaluation(policy: AudioPolicy) -> None:
    def broken(clip: Clip) -> Waveform:
        raise AudioError(f"{clip.path} is truncated")

    with pytest.raises(AudioError, match=r"0\.wav is truncated"):
        evaluate(policy, _questions(1), broken, _judge, SETTINGS)


@pytest.mark.parametrize(
    ("verdict", "right"),
    [(Verdict(1.0), True), (Verdict(0.999), False), (Verdict(0.0), False), (None, False)],
)
def test_only_full_marks_are_right(verdict: Verdict | None, right: bool) -> None:
    assert is_correct(lambda question, response: verdict, _questions(1)[0], "text") is right


# -- controls -----------------------------------------------------------------------------


def test_silence_is_as_long_as_the_clip_and_has_its_own_name(sound: Any) -> None:
    for seconds in (0.3, 2.5):
        own = sound(1, seconds)
        mute = silence(own)
        assert mute.samples_S.shape == own.samples_S.shape
        assert mute.samples_S.dtype == np.float32
        assert not mute.samples_S.any()
        assert mute.sha256 != own.sha256
        assert silence(sound(2, seconds)).sha256 == mute.sha256


@pytest.mark.parametrize("seed", range(5))
def test_another_clip_is_of_the_same_topic_with_another_answer(seed: int) -> None:
    questions = _questions()
    by_clip = {(q.facet, q.clip): q for q in questions}
    chosen = other_clips(questions, seed)
    assert chosen.keys() == {q.id for q in questions}
    for question in questions:
        other = by_clip[question.facet, chosen[question.id]]
        assert other.answer != question.answer
        assert other.clip != question.clip
        if question.choices:
            assert other.answer in question.choices
    assert other_clips(questions, seed) == chosen
    assert other_clips(questions, seed + 100) != chosen


def test_the_same_clip_asked_twice_is_not_another_clip() -> None:
    clip = Clip("a.wav")
    twice = [Question("1", "?", clip, answer="yes"), Question("2", "?", clip, answer="no")]
    with pytest.raises(DataError, match="no other clip for question '1'"):
        other_clips(twice, 0)


def test_one_answer_for_every_clip_leaves_no_other_clip() -> None:
    same = [Question(str(i), "?", Clip(f"{i}.wav"), facet="key", answer="C") for i in range(3)]
    with pytest.raises(DataError, match=r"one answer \('C'\) for every clip of 'key'"):
        other_clips(same, 0)


# -- tables -------------------------------------------------------------------------------


def _answered(facet: str, correct: Sequence[Sequence[bool]], start: int = 0) -> list[Answered]:
    return [
        Answered(Question(f"{facet}{start + i}", "?", facet=facet), ("",) * len(row), tuple(row))
        for i, row in enumerate(correct)
    ]


def test_accuracy_is_the_mean_over_questions_per_topic_and_overall() -> None:
    rows = _answered("key", [[True], [False], [True], [True]]) + _answered("meter", [[False]])
    assert accuracy_by_topic(rows) == {"key": 0.75, "meter": 0.0, "overall": 0.6}
    assert list(accuracy_by_topic(rows)) == ["key", "meter", "overall"]
    assert accuracy_by_topic(_answered("key", [[True, False], [True, True]]))["key"] == 0.75
    assert accuracy_by_topic([]) == {}


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
    assert table["key"] == pytest.approx(0.4)
    meter = (1 + 7 / 4) / 8
    assert table["meter"] == pytest.approx(meter)
    assert table["overall"] == pytest.approx((5 * 0.4 + 8 * meter) / 13)


def test_chance_of_a_form_that_training_lacks_is_that_of_the_options() -> None:
    held_out = [Question("1", "?", facet="key", choices=("C", "D"), answer="C")]
    held_out += [Question("2", "?", facet="mode", answer="dorian")]
    assert chance(held_out, []) == {"key": 0.5, "mode": 0.0, "overall": 0.25}


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


def test_a_subset_is_fixed_in_file_order_and_at_most_everything() -> None:
    questions = _questions()
    some = subset(questions, 10, seed=1)
    places = [questions.index(q) for q in some]
    assert len(some) == 10
    assert places == sorted(set(places))
    assert subset(questions, 10, seed=1) == some
    assert subset(questions, 10, seed=2) != some
    assert subset(questions, 10_000, seed=1) == questions


def test_evaluation_draws_nothing_from_the_global_generator(policy: AudioPolicy, read: Any) -> None:
    torch.manual_seed(4)
    expected = torch.rand(1)
    torch.manual_seed(4)
    evaluate(policy, _questions(2), read, _judge, SETTINGS)
    assert torch.equal(torch.rand(1), expected)
