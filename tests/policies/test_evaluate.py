from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from policies import evaluate as module
from policies.audio import Waveform
from policies.audio_policy import AudioPolicy
from policies.evaluate import evaluate, is_correct, other_clips, silence
from policies.sampler import sample
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


def test_so_many_prompts_are_read_at_once_as_their_tokens_allow(
    policy: AudioPolicy, sound: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = [Question(f"q{i}", "Which key?", Clip(f"{i}.wav"), answer="D") for i in range(7)]
    seconds = {"3.wav": 6.0}

    def read(clip: Clip) -> Waveform:
        return sound(0, seconds.get(clip.path, 0.6))

    short, long = (len(policy.prompt(q, read(q.clip)).ids) for q in (questions[0], questions[3]))
    sizes: list[list[int]] = []

    def counted(policy: AudioPolicy, prompts: Any, *given: Any) -> Any:
        sizes.append([len(prompt.ids) for prompt in prompts])
        return sample(policy, prompts, *given)

    monkeypatch.setattr(module, "sample", counted)
    monkeypatch.setattr(module, "_TOKENS", 3 * short)
    assert 3 * short < 2 * long
    evaluate(policy, questions, read, _judge, SETTINGS)
    assert sizes == [[short] * 3, [long], [short] * 3]
    monkeypatch.setattr(module, "_TOKENS", 1)
    sizes.clear()
    evaluate(policy, questions[:2], read, _judge, SETTINGS)
    assert sizes == [[short], [short]], "one at least"


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


def test_other_clips_are_those_of_the_plain_form_that_goes_through_all_questions() -> None:
    rng = np.random.default_rng(0)
    letters = ("a", "b", "c", None)
    questions = [
        Question(
            str(i), "?", Clip(f"{rng.integers(9)}.wav", start=float(rng.integers(2))),
            facet=("key", "meter")[rng.integers(2)], answer=letters[rng.integers(4)],
            choices=((), ("a", "b"), ("b", "d"))[rng.integers(3)],
        )
        for i in range(80)
    ]  # fmt: skip
    lonely = Question("lonely", "?", Clip("0.wav"), facet="mode")
    everyone = [*questions, lonely]
    expected = {}
    for asked in everyone:
        topic = [q for q in everyone if q.facet == asked.facet and q.clip != asked.clip]
        if asked.answer is None:
            by_topic = [q for f in dict.fromkeys(q.facet for q in everyone)
                        for q in everyone if q.facet == f]  # fmt: skip
            found = topic or [q for q in by_topic if q.clip != asked.clip]
        else:
            found = [q for q in topic if q.answer not in (None, asked.answer)]
        pool = [q for q in found if q.answer in asked.choices] or found
        place = generator(3, "other clip", asked.id).integers(len(pool))
        expected[asked.id] = pool[int(place)].clip
    assert other_clips(everyone, 3) == expected


def test_the_clips_of_a_large_topic_are_not_compared_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[None] = []
    plain = Clip.__eq__

    def equal(one: Clip, other: object) -> bool:
        compared.append(None)
        return plain(one, other)

    questions = [Question(str(i), "?", Clip(f"{i}.wav"), answer="ab"[i % 2]) for i in range(500)]
    monkeypatch.setattr(Clip, "__eq__", equal)
    other_clips(questions, 0)
    assert len(compared) <= 5 * len(questions)


def test_the_same_clip_asked_twice_is_not_another_clip() -> None:
    clip = Clip("a.wav")
    twice = [Question("1", "?", clip, answer="yes"), Question("2", "?", clip, answer="no")]
    with pytest.raises(DataError, match="no other clip for question '1'"):
        other_clips(twice, 0)


def test_one_answer_for_every_clip_leaves_no_other_clip() -> None:
    same = [Question(str(i), "?", Clip(f"{i}.wav"), facet="key", answer="C") for i in range(3)]
    with pytest.raises(DataError, match=r"one answer \('C'\) for every clip of 'key'"):
        other_clips(same, 0)


def test_evaluation_draws_nothing_from_the_global_generator(policy: AudioPolicy, read: Any) -> None:
    torch.manual_seed(4)
    expected = torch.rand(1)
    torch.manual_seed(4)
    evaluate(policy, _questions(2), read, _judge, SETTINGS)
    assert torch.equal(torch.rand(1), expected)


def test_a_question_without_a_gold_answer_gets_any_other_clip() -> None:
    captions = [Question(f"c{i}", "Describe it.", Clip(f"{i}.wav"), "caption") for i in range(3)]
    keys = _questions(3)[:3]
    chosen = other_clips([*captions, *keys], 0)
    assert all(chosen[q.id] != q.clip for q in captions)
    assert {chosen[q.id] for q in captions} <= {q.clip for q in captions}
    alone = other_clips([captions[0], *keys[1:]], 0)
    assert alone["c0"] in {q.clip for q in keys[1:]}
    with pytest.raises(DataError, match="no other clip for question 'c0': got one clip for all"):
        other_clips(captions[:1], 0)


def test_a_clip_whose_answer_is_not_known_is_not_one_with_another_answer() -> None:
    known = Question("k", "?", Clip("k.wav"), facet="key", answer="C major")
    with pytest.raises(DataError, match=r"one answer \('C major'\)"):
        other_clips([known, Question("u", "?", Clip("u.wav"), facet="key")], 0)
