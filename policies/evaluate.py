"""Held-out questions asked: greedy or sampled answers, judged right or wrong by a reward.

The same questions can be asked with the clip itself, with *another* clip whose
own answer differs, and with silence. A policy that listens drops to chance
under the last two; one that guesses from the text does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import numpy as np

from policies.accuracy import Answered
from policies.audio import Waveform, sha256_of
from policies.audio_policy import AudioPolicy
from policies.records import Prompt
from policies.sampler import sample
from policies.sampling import SamplingSettings
from policies.seeds import derive_seed, generator
from rewards.errors import DataError
from rewards.records import Clip, Question, Verdict
from rewards.registry import Reward
from rewards.response import parse

Sound = Literal["own", "other", "silence"]
Read = Callable[[Clip], Waveform]
Asked = tuple[Question, Prompt]

# Of prompts read at once, padded: their keys and values are 7.5 GB in the published 8B model.
_TOKENS = 1 << 17


def evaluate(
    policy: AudioPolicy,
    questions: Sequence[Question],
    read: Read,
    judge: Reward,
    settings: SamplingSettings,
    *,
    seed: int = 0,
    samples: int = 1,
    sound: Sound = "own",
    batch: int = 64,
    progress: Callable[[int], None] = lambda done: None,
    keep: Callable[[Answered], object] = lambda row: None,
) -> list[Answered]:
    """Ask every question ``samples`` times and judge the answers.

    Args:
        read: decodes a clip.
        judge: a reward; correct means a verdict of 1.0.
        sound: the question's own clip, another's, or silence of its length.
        batch: prompts at once, at most; fewer where they are long. The answers do not
            depend on it.
        progress: called with the number of questions answered so far.
        keep: called with the answers to each question, as a batch of them is done.

    Raises:
        AudioError, DeafError: as reading and prompting do.
        DataError: with ``sound="other"`` if no clip has another answer.
    """
    clips = other_clips(questions, seed) if sound == "other" else {}
    prompted = ((q, _prompt(policy, q, clips.get(q.id, q.clip), read, sound)) for q in questions)
    answered: list[Answered] = []
    for pairs in _batches(prompted, batch):
        asked, prompts = [q for q, _ in pairs], [prompt for _, prompt in pairs]
        seeds = [
            [derive_seed(seed, "evaluate", q.id, k) % 2**63 for k in range(samples)] for q in asked
        ]
        for question, group in zip(asked, sample(policy, prompts, seeds, settings), strict=True):
            texts = tuple(completion.text for completion in group)
            correct = tuple(is_correct(judge, question, text) for text in texts)
            answered.append(Answered(question, texts, correct))
            keep(answered[-1])
        progress(len(answered))
    return answered


def _batches(prompted: Iterable[Asked], most: int) -> Iterator[list[Asked]]:
    """In order, at most so many at once and ``_TOKENS``, but one at least."""
    held: list[Asked] = []
    longest = 0
    for question, prompt in prompted:
        longest = max(longest, len(prompt.ids))
        if held and (len(held) == most or longest * (len(held) + 1) > _TOKENS):
            yield held
            held, longest = [], len(prompt.ids)
        held.append((question, prompt))
    if held:
        yield held


def is_correct(judge: Reward, question: Question, text: str) -> bool:
    """True if the reward gives this completion full marks."""
    verdict = judge(question, parse(text))
    return isinstance(verdict, Verdict) and verdict.value == 1.0


def _prompt(
    policy: AudioPolicy, question: Question, clip: Clip | None, read: Read, sound: Sound
) -> Prompt:
    if clip is None:
        return policy.prompt(question, None)
    heard = read(clip)
    if sound == "silence":
        heard = silence(heard)
    return policy.prompt(question, heard)


def silence(sound: Waveform) -> Waveform:
    """As long as ``sound``, and nothing in it."""
    samples_S = np.zeros_like(sound.samples_S)
    return Waveform(samples_S, sha256_of(samples_S))


def other_clips(questions: Sequence[Question], seed: int) -> dict[str, Clip]:
    """For each question with a clip, a clip of the same topic with a different answer.

    For a multiple-choice question the clip's own answer is one of the wrong
    options where there is such a clip: whoever listens then chooses wrongly.
    One without a gold answer, such as a caption, gets another clip of its topic, else
    of any.

    Raises:
        DataError: if a question's topic has one answer only; if there is one clip only.
    """
    pools: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        if question.clip is not None:
            pools[question.counted_as].append(question)
    everything = _Pool([question for pool in pools.values() for question in pool])
    chosen: dict[str, Clip] = {}
    for pool in map(_Pool, pools.values()):
        for question in pool.questions:
            home, places = _others(question, pool, everything)
            pick = generator(seed, "other clip", question.id).integers(len(places))
            clip = home.questions[int(places[pick])].clip
            assert clip is not None  # pools hold questions with clips only
            chosen[question.id] = clip
    return chosen


class _Pool:
    """Questions with clips, their answers and clips as numbers: all are compared at once.

    Of ten thousand questions of one topic each is held against all others.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self._answers: dict[str | None, int] = {None: 0}
        self._clips: dict[Clip | None, int] = {}
        self._answer_N = np.array(
            [self._answers.setdefault(q.answer, len(self._answers)) for q in questions]
        )
        self._clip_N = np.array(
            [self._clips.setdefault(q.clip, len(self._clips)) for q in questions]
        )

    def other_clips(self, question: Question) -> np.ndarray:
        """Whether the clip of each is another than that of the question, (N,)."""
        return self._clip_N != self._clips[question.clip]

    def other_answers(self, question: Question) -> np.ndarray:
        """Whether there is an answer, and another than that of the question, (N,)."""
        return (self._answer_N > 0) & (self._answer_N != self._answers[question.answer])

    def options(self, question: Question) -> np.ndarray:
        """Whether the answer is an option of the question, (N,)."""
        numbers = [self._answers[one] for one in question.choices if one in self._answers]
        return np.isin(self._answer_N, numbers)


def _others(question: Question, pool: _Pool, everything: _Pool) -> tuple[_Pool, np.ndarray]:
    """Whose clips may stand for that of this question: a pool, and their places in it."""
    home, fits = pool, pool.other_clips(question)
    if question.answer is None:
        if not fits.any():
            home, fits = everything, everything.other_clips(question)
        got = "one clip for all questions"
    else:
        fits &= pool.other_answers(question)
        got = f"one answer ('{question.answer}') for every clip of '{question.counted_as}'"
    if not fits.any():
        raise DataError(
            f"no other clip for question '{question.id}': got {got}, expected two or more; "
            "evaluate on more questions"
        )
    options = fits & home.options(question)
    return home, np.flatnonzero(options if options.any() else fits)
