"""Reward ``mode``: a mode or scale and its tonic.

Conventions
-----------
Scales are sets of semitones over a tonic (``rewards/spelling/modes.py``). Tonics are
compared by sound unless ``facts.spelling`` is true.

=============================================================  =====
the answer is                                                  value
=============================================================  =====
the same tonic and the same notes                              1.0
the same tonic and another scale with the same third           0.3
the mode alone, where the fact has a tonic                     0.5
another tonic, even with the same notes (D dorian, C major)    0.0
another third, no mode, several scales                         0.0
=============================================================  =====

Where the fact is a mode without a tonic ("dorian"), or the gold answer is, tonics are not
compared. Not applicable where the fact says that there is no mode ("X", "atonal").
"""

from __future__ import annotations

from functools import lru_cache

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.mentions import Mention, asserted, settled
from rewards.spelling.modes import Scale, find_scales, parse_scale
from rewards.text import fold


@reward("mode")
def mode(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's scale.

    Raises:
        DataError: the fact names no mode.
    """
    if not applies(question, "mode"):
        return None
    truth = reference(question.facts.mode or "")
    if truth is None:
        return None
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    spelled = bool(question.facts.spelling)
    said = scales(text, spelled)
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} scales, expected 1")
    gold = parse_scale(fold(question.answer or ""))
    tonic_asked = truth.tonic is not None and (gold is None or gold.tonic is not None)
    value, relation = nearness(truth, said[0], tonic_asked=tonic_asked, spelled=spelled)
    return Verdict(value, f"{said[0].called} {relation} {truth.called}", {"mode": said[0].called})


@lru_cache(maxsize=1024)
def reference(text: str) -> Scale | None:
    """The scale of a fact, None where it says that there is none.

    Raises:
        DataError: the text names no scale.
    """
    text = fold(text).strip()
    if text.lower() in ("x", "n", "none", "atonal", "unknown", "other"):
        return None
    truth = parse_scale(text)
    if truth is None:
        raise DataError(f"facts.mode: got {text[:60]!r}, expected one such as 'A dorian'")
    return truth


@lru_cache(maxsize=4096)
def scales(text: str, spelled: bool) -> tuple[Scale, ...]:
    """The distinct scales that a cleaned text asserts; a name without tonic joins one with."""

    def same(a: Scale, b: Scale) -> bool:
        if a.steps != b.steps:
            return False
        return a.tonic is None or b.tonic is None or a.tonic.same(b.tonic, spelled=spelled)

    mentions: list[Mention[Scale]] = settled(text, asserted(text, find_scales(text)), same)
    said: list[Scale] = []
    for mention in sorted(mentions, key=lambda m: m.value.tonic is None):
        if not any(same(mention.value, one) for one in said):
            said.append(mention.value)
    return tuple(said)


def nearness(
    truth: Scale, got: Scale, *, tonic_asked: bool = True, spelled: bool = False
) -> tuple[float, str]:
    """Value and relation of a scale to the true one (see the table above)."""
    if tonic_asked and truth.tonic is not None:
        if got.tonic is None:
            alike = got.steps == truth.steps
            return (0.5, "names the mode alone of") if alike else (0.0, "is not")
        if not got.tonic.same(truth.tonic, spelled=spelled):
            return 0.0, "has another tonic than"
    if got.steps == truth.steps:
        return 1.0, "is"
    if got.third is not None and got.third == truth.third:
        return 0.3, "has the third of"
    return 0.0, "is not"
