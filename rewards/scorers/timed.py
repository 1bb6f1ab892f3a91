"""What the rewards over time share: the answer's text, checked arrays, lists of events.

Conventions
-----------
mir_eval compares, imported at the first call (it takes over a second). What it is given is
finite, ascending, distinct, from 0 to 30,000 s and at most 5,000 items. An entry that is no
time of music (negative, NaN, past 30,000 s) counts as one wrong event. An answer with more
than ten events for one of the reference, and 100, is worth 0 without a comparison: its
F-measure could not reach .2.

A fact is checked and made into arrays once per question, and a text is judged once: the
completions of a group often repeat. The caches hold verdicts and arrays of facts, never what
was read on the way, which long answers would make large.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rewards.errors import DataError
from rewards.extract import choose
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.scorers.typed import applies, without_prompt
from rewards.spelling.mentions import taken_back
from rewards.spelling.series import LIMIT, Times, folded, read_times
from rewards.spelling.times import LAST, MOST, tokens
from rewards.text import READ_LIMIT

DENSER, SPARE = 10, 100
BEAT_WINDOW = 0.07
MOST_FOR_CONTINUITY = 500
_NUMBERS = Pattern(r"\d{1,9}(?:\.\d{1,24})?(?:[\s,;]+\d{1,9}(?:\.\d{1,24})?)*")
_APART = Pattern(r"[\s,;]+")
FACTS, VERDICTS = 128, 1024
"""How many facts and how many judged texts each reward over time remembers."""


def listing(question: Question, response: Response) -> str | Verdict:
    """The folded answer, the chosen option's where there are choices, or a verdict of 0."""
    if response.answer is None:
        return Verdict(0.0, "there is no answer block")
    text = response.answer
    if len(text.strip()) > LIMIT:
        return Verdict(0.0, f"the answer is longer than {LIMIT} characters")
    if question.choices and len(text) <= READ_LIMIT:
        index = choose(question.choices, text).index
        text = question.choices[index] if index is not None else text
    text = folded(text)
    if question.text[:12].casefold() in text.casefold():
        text = without_prompt(text, question.text)
    if taken_back(text):
        return Verdict(0.0, "the answer denies what it lists")
    return text or Verdict(0.0, "the answer is empty")


def present(question: Question, facet: str) -> bool:
    """True if the fact has items and the question does not ask for another one."""
    return applies(question, facet) and bool(getattr(question.facts, facet))


def events(facet: str, truth: Any, text: str) -> Any | Verdict:
    """The times of a folded answer as an array for ``mir_eval``, or a verdict of 0."""
    read = read_times(text, facet)
    if read is None or not read.times:
        return Verdict(0.0, f"the answer lists no times: {text[:60]!r}")
    return crowded(len(read.times), len(truth)) or array(padded(read))


def numbers(text: str) -> list[float]:
    """The numbers of a folded text, in order; what has a unit in seconds. At most MOST + 1."""
    if _NUMBERS.fullmatch(text):  # the usual table, which ``tokens`` reads alike, but slower
        return [float(part) for part in _APART.split(text)[: MOST + 1]]
    return [token.value for token in tokens(text)]


def padded(read: Times) -> tuple[float, ...]:
    """The times, with each wrong entry as an event after all music."""
    return read.times + (LAST,) * min(read.wrong, MOST)


def crowded(count: int, wanted: int) -> Verdict | None:
    """A verdict of 0 for an answer that lists far more than there is."""
    if count > min(MOST, DENSER * wanted + SPARE):
        return Verdict(0.0, f"the answer lists {count} events where there are {wanted}")
    return None


def array(values: Sequence[Any]) -> Any:
    """Numbers, or pairs of them, as a read-only float64 array: (N,) or (N, 2)."""
    import numpy as np

    made = np.array(values, dtype=np.float64)
    made.setflags(write=False)
    return made


@lru_cache(maxsize=FACTS)
def reference_times(facet: str, times: tuple[float, ...]) -> Any:
    """The times of a fact, ascending, distinct and bounded, as an array (N,) [s].

    Raises:
        DataError: they are not.
    """
    if any(not 0.0 <= time < LAST for time in times) or list(times) != sorted(times):
        raise DataError(
            f"facts.{facet}: got {str(times)[:60]}, expected ascending times below {LAST:.0f} s"
        )
    return array(tuple(dict.fromkeys(times)))


def beat_score(
    facet: str, question: Question, response: Response, *, continuity: bool
) -> Verdict | None:
    """``mir_eval.beat.f_measure`` against the fact "beats" or "downbeats"."""
    if not present(question, facet):
        return None
    times = getattr(question.facts, facet)
    reference_times(facet, times)  # raises before anything is said of the answer
    text = listing(question, response)
    return text if isinstance(text, Verdict) else _beats(facet, times, text, continuity)


@lru_cache(maxsize=VERDICTS)
def _beats(facet: str, times: tuple[float, ...], text: str, continuity: bool) -> Verdict:
    truth = reference_times(facet, times)
    said = events(facet, truth, text)
    if isinstance(said, Verdict):
        return said
    import mir_eval

    value = float(mir_eval.beat.f_measure(truth, said, f_measure_threshold=BEAT_WINDOW))
    details: dict[str, float] = {"events": len(said)}
    if continuity and max(len(truth), len(said)) <= MOST_FOR_CONTINUITY:
        _, cmlt, _, amlt = mir_eval.beat.continuity(truth, said)
        details |= {"CMLt": float(cmlt), "AMLt": float(amlt)}
    return Verdict(value, f"F-measure over {len(said)} {facet}, expected {len(truth)}", details)
