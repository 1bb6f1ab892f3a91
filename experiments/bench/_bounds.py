"""The longest that a text can hold a reward: worst cases to 128 kB, growth to 1 MB.

Every text of ``experiments.bench._hostile`` is parsed once, as the answer, as the
thoughts or without tags, and judged by each reward. All caches are emptied before
each judgement, so that the reference is read anew too: nothing is faster for having
been seen. Processor time, because the machine may have other work; what is slow is
timed again and the best of three counts, and what seems to grow is timed again in turn
with half of it.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import _lru_cache_wrapper, lru_cache
from inspect import signature

from experiments.bench import _hostile
from experiments.bench._samples import SAMPLES
from rewards import get, parse
from rewards.records import Question, Response
from rewards.registry import Reward
from rewards.text import READ_LIMIT

SMALL = (READ_LIMIT - 10, 8_000)
MEDIUM = (31_900, 128_000)
"""Sizes [characters]: just under both caps, and past them."""
LARGE = (64_000, 128_000, 256_000, 512_000, 1_024_000)
FOLLOWED = 6
"""One of so many texts is followed to 1 MB."""
SLOW, STOP = 5.0, 500.0
"""[ms] Where a time is taken again, and where growth is followed no further."""

_SIBLING = parse("<think>It rests on its tonic.</think><answer>D major</answer>")


@dataclass(slots=True)
class Bound:
    """What one reward took at most."""

    small: float = 0.0
    """[ms] to 8 kB, and on which text."""
    small_on: str = ""
    medium: float = 0.0
    """[ms] to 128 kB, and on which text."""
    medium_on: str = ""
    growth: float = 0.0
    """The largest t(2n) / t(n) from 64 kB to 1 MB; 0 where no time reaches 1 ms."""
    growth_on: str = ""


def bounds(names: Sequence[str]) -> dict[str, Bound]:
    """The bounds of some rewards, all on the same texts and each on its own ones."""
    found = {name: Bound() for name in names}
    for name in names:  # what is loaded at a first call is no matter of a text
        judged(get(name), SAMPLES[name].question(), _parsed(SAMPLES[name].answers[0])["answer"])
    gc.collect()
    gc.freeze()
    for k, (text_name, text) in enumerate(_hostile.common().items()):
        _widen(found, text_name, text)
        if k % FOLLOWED == 0:
            _follow(found, text_name, text)
    for name in names:
        for text_name, text in _hostile.of(SAMPLES[name]).items():
            _widen({name: found[name]}, text_name, text)
    gc.unfreeze()
    return found


def judged(reward: Reward, question: Question, response: Response) -> object:
    """One judgement; a reward over groups is given a short sibling with it."""
    if reward.scope == "group":
        return reward.over(question, [response, _SIBLING])[0]  # type: ignore[index]
    return reward(question, response)


def _widen(found: Mapping[str, Bound], text_name: str, text: _hostile.Text) -> None:
    for size in SMALL + MEDIUM:
        for place, response in _parsed(text(size)).items():
            on = f"{text_name}, {place}, {size / 1000:.3g} k"
            for name, bound in found.items():
                for question in _questions(name, size == SMALL[0]):
                    least = bound.small if size in SMALL else bound.medium
                    took = _milliseconds(name, question, response, least)
                    if size in SMALL and took > bound.small:
                        bound.small, bound.small_on = took, on
                    if took > bound.medium:
                        bound.medium, bound.medium_on = took, on


def _follow(found: Mapping[str, Bound], text_name: str, text: _hostile.Text) -> None:
    """The growth of each reward; what takes no time is not followed."""
    for place in ("answer", "think"):
        responses: list[Response] = []
        for name, bound in found.items():
            question, before = SAMPLES[name].question(), 0.0
            for k, size in enumerate(LARGE):
                if k == len(responses):
                    responses.append(_parsed(text(size))[place])
                took = _milliseconds(name, question, responses[k], before * bound.growth)
                if before >= 1.0 and took / before > bound.growth:
                    grown = _growth(name, question, responses[k - 1], responses[k])
                    if grown > bound.growth:
                        bound.growth, bound.growth_on = grown, f"{text_name}, {place}"
                before = took
                if (k and took < 1.0) or took > STOP:
                    break


def _parsed(body: str) -> dict[str, Response]:
    return {
        "answer": parse(f"<think>two sharps</think><answer>{body}</answer>"),
        "think": parse(f"<think>{body}</think><answer>D major</answer>"),
        "untagged": parse(body),
    }


def _questions(name: str, with_choices: bool) -> Iterator[Question]:
    """The open question of a sample, and the same with options where they are read."""
    question = SAMPLES[name].question()
    yield question
    if with_choices:
        choices = tuple(dict.fromkeys(SAMPLES[name].answers))[:4]
        yield replace(question, choices=() if question.choices else choices)


def _milliseconds(name: str, question: Question, response: Response, least: float) -> float:
    """Of one judgement; the best of three where it is ``SLOW`` and above ``least``."""
    took = _once(name, question, response)
    if took > max(least, SLOW):
        took = min(took, *(_once(name, question, response) for _ in range(2)))
    return took


def _growth(name: str, question: Question, half: Response, whole: Response) -> float:
    """t(2n) / t(n), of the least times of five judgements of each in turn."""
    pairs = [(_once(name, question, half), _once(name, question, whole)) for _ in range(5)]
    return min(took for _, took in pairs) / min(took for took, _ in pairs)


def _once(name: str, question: Question, response: Response) -> float:
    reward = get(name)
    _forget()
    began = time.process_time()
    judged(reward, question, response)
    return 1e3 * (time.process_time() - began)


def _forget() -> None:
    """Empties every cache of the package ``rewards`` but those of its tables."""
    for cache in _caches():
        cache.cache_clear()


def _caches() -> list[_lru_cache_wrapper[object]]:
    loaded = tuple(name for name in sorted(sys.modules) if name.split(".")[0] == "rewards")
    return _caches_of(loaded)


@lru_cache(maxsize=1)
def _caches_of(modules: tuple[str, ...]) -> list[_lru_cache_wrapper[object]]:
    """Those that depend on an argument; a table without one is read once in a process."""
    return [
        value
        for name in modules
        for value in vars(sys.modules[name]).values()
        if isinstance(value, _lru_cache_wrapper)
        and value.__module__ == name
        and signature(value).parameters
    ]
