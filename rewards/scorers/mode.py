"""Reward ``mode``: the mode or scale, on its tonic.

Conventions
-----------
Modes as in ``rewards/spelling/modes.py``: A Aeolian is A natural minor is A minor.
By sound (C sharp Dorian is D flat Dorian) unless ``facts.spelling`` is true.

=============================================================  =====
the answer, to a fact with a tonic ("A dorian"), is            value
=============================================================  =====
the same notes on the same tonic                               1.0
another scale on the same tonic with the same third            0.3
the mode without its tonic, where the question names no tonic  0.3
any other: D Dorian is not C major, though it has its notes    0.0
no mode, several modes                                         0.0
=============================================================  =====

A mode without a tonic takes that of the question, where this names one note
("Which mode has its final on D?"). Where the fact is a bare mode ("dorian"), the
tonic of an answer is not looked at: the same steps 1, the same third .3; so too
where the gold answer is a bare mode. Not applicable where the fact says that there
is no mode ("X", "atonal").

A scale with both thirds or none (half-whole octatonic, chromatic) has no nearness.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies, says_none
from rewards.spelling.modes import find_modes, parse_mode
from rewards.spelling.notes import find_notes
from rewards.spelling.scales import Scale
from rewards.text import fold


@reward("mode")
def mode(question: Question, response: Response) -> Verdict | None:
    """Compare the answer's mode with ``facts.mode``.

    Raises:
        DataError: the fact is no mode.
    """
    if not applies(question, "mode"):
        return None
    truth = reference(question.facts.mode or "")
    if truth is None:
        return None
    gold = parse_mode(fold(question.answer or "")[:100])
    if gold is not None and gold.tonic is None:
        truth = Scale(None, truth.steps, truth.mode)
    text = answer_text("mode", question, response)
    if isinstance(text, Verdict):
        return text
    spelled = bool(question.facts.spelling)
    found = list(find_modes(text, spelled))
    if len(found) > 1 and truth.tonic is None:
        found = list({scale.steps: scale for scale in found}.values())
    if not found:
        return Verdict(0.0, f"the answer names no mode: {text[:60]!r}")
    if len(found) > 1:
        return Verdict(0.0, f"the answer names {len(found)} different modes, expected 1")
    got = found[0]
    if got.tonic is None and truth.tonic is not None:
        if _asked_tonic(question.text) != truth.tonic.pitch_class:
            value = 0.3 if got.steps == truth.steps else 0.0
            return Verdict(value, f"{got.mode} without a tonic for {truth.name}")
        got = Scale(truth.tonic, got.steps, got.mode)
    value, relation = nearness(truth, got, spelled=spelled)
    return Verdict(value, f"{got.name} is {relation} {truth.name}", {"mode": got.name})


@lru_cache(maxsize=4096)
def reference(text: str) -> Scale | None:
    """The mode of a fact, None where it says that there is none.

    Raises:
        DataError: the text names no mode.
    """
    text = fold(text).strip()
    if says_none(text, "n", "atonal"):
        return None
    truth = parse_mode(text)
    if truth is None:
        raise DataError(f"facts.mode: got {text[:60]!r}, expected a mode such as 'A dorian'")
    return truth


def nearness(truth: Scale, got: Scale, *, spelled: bool) -> tuple[float, str]:
    """Value and relation of a mode to the true one (see the table above)."""
    if truth.tonic and not (got.tonic and truth.tonic.same(got.tonic, spelled=spelled)):
        return 0.0, "on another tonic than"
    if got.steps == truth.steps:
        return 1.0, "the same as"
    if got.third is not None and got.third == truth.third:
        return 0.3, "another scale with the third of"
    return 0.0, "unlike"


@lru_cache(maxsize=4096)
def _asked_tonic(text: str) -> int | None:
    """Pitch class of the one note that the question names, if it names one."""
    classes = {mention.value.pitch_class for mention in find_notes(fold(text))}
    return classes.pop() if len(classes) == 1 else None
