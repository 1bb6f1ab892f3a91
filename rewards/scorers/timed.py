"""What the rewards over time share: which text is read, and checked arrays for mir_eval.

Conventions
-----------
Times in seconds, ascending, distinct, 0 to 30,000; at most 5,000 of them. mir_eval is
imported at the first call: it takes over a second.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rewards.records import Question, Response, Verdict
from rewards.scorers.typed import without_prompt
from rewards.spelling.series import MOST, readable, times

if TYPE_CHECKING:
    import numpy as np

DENSER = 4
"""An answer with more than this many events for one of the truth (and ``SPARE``) is no
transcription: it earns 0 before anything is compared."""
SPARE = 20


def listing(question: Question, response: Response) -> str | Verdict:
    """The readable text of the answer; a verdict of 0 where there is none."""
    if response.answer is None:
        return Verdict(0.0, "there is no answer block")
    text = readable(response.answer)
    if len(text) < 4_000:
        text = without_prompt(text, question.text)
    return text if text.strip() else Verdict(0.0, "the answer is empty")


def events(name: str, question: Question, response: Response) -> tuple[float, ...] | Verdict:
    """The times that the answer lists, not too many for the truth ``name``."""
    text = listing(question, response)
    if isinstance(text, Verdict):
        return text
    found = times(text)
    if not found:
        return Verdict(0.0, "the answer lists no times")
    return crowded(len(found), len(getattr(question.facts, name))) or found


def crowded(count: int, wanted: int) -> Verdict | None:
    """A verdict of 0 for an answer that lists far more than there is."""
    if count >= MOST or count > DENSER * wanted + SPARE:
        return Verdict(0.0, f"the answer lists {count} events where there are {wanted}")
    return None


@lru_cache(maxsize=1024)
def array(values: tuple[float, ...]) -> np.ndarray:
    """Float64 array of shape (N,), read only."""
    import numpy as np

    made = np.array(sorted(set(values)), dtype=np.float64)
    made.setflags(write=False)
    return made


@lru_cache(maxsize=1024)
def intervals(spans: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Float64 array of shape (N, 2), read only."""
    import numpy as np

    made = np.array(spans, dtype=np.float64).reshape(-1, 2)
    made.setflags(write=False)
    return made


def beat_score(
    name: str, question: Question, response: Response, *, continuity: bool
) -> Verdict | None:
    """``mir_eval.beat.f_measure`` against the fact ``name``, "beats" or "downbeats"."""
    truth = getattr(question.facts, name)
    if not truth or question.facet not in (None, name):
        return None
    said = events(name, question, response)
    if isinstance(said, Verdict):
        return said
    import mir_eval

    value = float(mir_eval.beat.f_measure(array(truth), array(said), f_measure_threshold=0.07))
    details: dict[str, float] = {"events": len(said)}
    if continuity and len(said) > 1 and len(truth) > 1:
        _, cmlt, _, amlt = mir_eval.beat.continuity(array(truth), array(said))
        details |= {"CMLt": float(cmlt), "AMLt": float(amlt)}
    return Verdict(value, f"F-measure over {len(said)} {name}, expected {len(truth)}", details)


@lru_cache(maxsize=1024)
def array_in_order(values: tuple[float, ...]) -> np.ndarray:
    """Float64 array of shape (N,) as given, read only."""
    import numpy as np

    made = np.array(values, dtype=np.float64)
    made.setflags(write=False)
    return made
