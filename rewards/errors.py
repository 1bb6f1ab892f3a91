"""The exception tree of Etude.

Every error a user can meet is an ``EtudeError`` and also the standard error it
resembles, so that ``except ValueError`` keeps working. A message is one sentence
that says what is wrong, what was got, what was expected and how to mend it.
All of them survive ``pickle`` (Ray carries them between processes): they take
one positional argument, the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice

_LONGEST, _MOST = 64, 500


class EtudeError(Exception):
    """The root: ``except EtudeError`` catches what Etude reports, and no bug."""


class ConfigError(EtudeError, ValueError):
    """A configuration, a command line argument or a rubric that cannot be used."""


class DataError(EtudeError, ValueError):
    """A row or a data file that cannot be used; names file, line and field."""


class AudioError(EtudeError, ValueError):
    """A clip that is missing, truncated, hostile or outside the bounds."""


class DeafError(EtudeError, ValueError):
    """A forward pass that would not have heard the clip its prompt speaks of."""


class CheckpointError(EtudeError, ValueError):
    """A checkpoint that is incomplete, altered or of the wrong family."""


class StorageError(EtudeError, OSError):
    """A write that failed, on a full disk for example; says what is safe."""


class RewardError(EtudeError, RuntimeError):
    """A reward function that broke its contract, or a spent failure budget."""


class RolloutError(EtudeError, RuntimeError):
    """Actors that died, hung or answered for another version."""


class DivergenceError(EtudeError, ArithmeticError):
    """Updates that keep being not finite; a policy that gives no distribution."""


class ReplayError(EtudeError, RuntimeError):
    """A run folder that cannot be replayed."""


def first_line(error: BaseException) -> str:
    """What another library's error says, on one line, for use inside a sentence."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def likest(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate most like a word, or None.

    Bounded, for files of strangers misspell as much as they like: longer words than 64
    characters are like none, and the first 500 candidates are compared.
    """
    if len(word) > _LONGEST:
        return None
    short = (one for one in candidates if len(one) <= _LONGEST)
    return next(iter(get_close_matches(word, islice(short, _MOST), n=1, cutoff=cutoff)), None)


def few(names: Sequence[str], most: int = 8) -> str:
    """``a, b and 3 more``: as many of the names as a sentence can hold."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def nearest(word: object, candidates: Iterable[str]) -> str:
    """``, did you mean 'x'?`` for the candidate most like a word, or nothing."""
    close = likest(str(word), candidates)
    return f", did you mean {close!r}?" if close else ""
