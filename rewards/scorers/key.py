"""Reward ``key``: the key of the piece, with credit for musical nearness.

Conventions
-----------
Major and minor only, Ionian and Aeolian being these. By sound (C sharp major is
D flat major) unless ``facts.spelling`` is true. The scoring of mir_eval and
MIREX:

=====================================================  =====
the answer is                                          value
=====================================================  =====
the key                                                1.0
a fifth above it, same mode                            0.5
a fifth below it, same mode, with ``fifth: both``      0.5
its relative major or minor                            0.3
its parallel major or minor                            0.2
any other key, another mode, no key, several keys      0.0
=====================================================  =====

Not applicable where the fact names no key ("X") or a mode other than these.

Source: mir_eval 0.8, ``mir_eval.key.weighted_score``; it gives a tonic in an
"other" mode .2 against its major or minor, which is 0 here: naming no mode
would otherwise be a safe bet.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import applies, one_value, says_none
from rewards.spelling.keys import Key, parse_key
from rewards.spelling.modes import parse_mode, whole_mode
from rewards.text import fold

Fifth = Literal["up", "both"]


@reward("key")
def key(question: Question, response: Response, *, fifth: Fifth = "up") -> Verdict | None:
    """Weighted score of the answer's key.

    Raises:
        DataError: the fact is no key.
    """
    if not applies(question, "key"):
        return None
    truth = reference(question.facts.key or "")
    if truth is None:
        return None
    got = one_value("key", question, response)
    if isinstance(got, Verdict):
        return got
    value, relation = nearness(truth, got, fifth=fifth, spelled=bool(question.facts.spelling))
    return Verdict(value, f"{got.name} is {relation} {truth.name}", {"key": got.name})


@lru_cache(maxsize=1024)
def reference(text: str) -> Key | None:
    """The key of a fact, or None where it is not major or minor.

    Raises:
        DataError: the text names no key at all.
    """
    text = fold(text).strip()
    if says_none(text, "n", "atonal") or text.lower().endswith(" other"):
        return None
    truth = parse_key(text)
    if truth is None and _is_modal(text):
        return None
    if truth is None:
        raise DataError(f"facts.key: got {text[:60]!r}, expected a key such as 'D major'")
    return truth if truth.mode in ("major", "minor") else None


def _is_modal(text: str) -> bool:
    """True for "D dorisch", "C whole tone" and "minor", false for "Q sharp major"."""
    scale = parse_mode(text)
    named = scale is not None and scale.mode not in ("major", "minor")
    return named or whole_mode(text) is not None


def nearness(truth: Key, got: Key, *, fifth: Fifth, spelled: bool) -> tuple[float, str]:
    """Value and relation of a key to the true one (see the table above)."""

    def apart(distance: int) -> bool:
        difference = got.tonic.fifths - truth.tonic.fifths - distance
        return difference == 0 if spelled else difference % 12 == 0

    if got.mode not in ("major", "minor"):
        return 0.0, "in another mode than"
    if got.mode == truth.mode:
        if apart(0):
            return 1.0, "the same as"
        if apart(1):
            return 0.5, "a fifth above"
        if apart(-1) and fifth == "both":
            return 0.5, "a fifth below"
    elif apart(3 if truth.mode == "major" else -3):
        return 0.3, f"the relative {got.mode} of"
    elif apart(0):
        return 0.2, f"the parallel {got.mode} of"
    return 0.0, "unrelated to"
