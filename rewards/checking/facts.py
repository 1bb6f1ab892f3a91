"""Facts of one row that cannot be read, cannot be, or contradict each other.

Conventions
-----------
Each of ``key``, ``mode``, ``key_signature`` and ``tempo_term`` is held against the others as a
claim is against facts (``rewards/claims/verify/truth.py``); what they deny outright is a
contradiction. A mode other than major and minor is often written under the signature of its
major or minor key, so these two are not held against each other. A roman numeral and a chord
that a row states of one moment must agree in its key; times must lie within the clip, where its
length is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rewards import registry
from rewards.checking.records import Finding, Row
from rewards.claims.records import Claim
from rewards.claims.verify.facts import known
from rewards.claims.verify.theory import holds
from rewards.claims.verify.truth import check
from rewards.errors import EtudeError, first_line
from rewards.facts import FACT_NAMES
from rewards.records import Facts
from rewards.response import parse
from rewards.scorers import NAMES
from rewards.spelling.keys import parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.notes import Note

MOST_SIGNS = 7
_HELD = ("key", "mode", "key_signature", "tempo_term")
_CIRCLE = 12  # fifths to the note that sounds the same
_SLACK = 0.5  # seconds that a last event may stand after the end
_ANYTHING = parse("<answer>?</answer>")


def facts(row: Row) -> Iterator[Finding]:
    """What is wrong with the facts of a row, apart from its clip."""
    broken = list(_unreadable(row))
    yield from broken
    yield from _impossible(row)
    if not broken:
        yield from _contradicting(row)
        yield from _numeral(row)


def refusal(reward: str, failure: EtudeError) -> str:
    """What a reward says of a row that it cannot judge; the field is named once."""
    said = first_line(failure)
    return said if said.startswith(("facts", "answer")) else f"{reward}: {said}"


def times(row: Row, seconds: float) -> Iterator[Finding]:
    """Facts that lie after the end of the clip.

    Args:
        seconds: length of the clip.
    """
    for name in ("chords", "segments", "beats", "downbeats", "onsets", "notes", "melody",
                 "modulations"):  # fmt: skip
        events = getattr(row.question.facts, name)
        if not events:
            continue
        last = max(_end(event) for event in events)
        if last > seconds + _SLACK:
            yield row.found(
                "facts", f"facts.{name}: got an event at {last:g} s, expected none after the end "
                f"of the clip at {seconds:g} s"
            )  # fmt: skip


def _end(event: Any) -> float:
    """The last time in a time, (time, ...) or (start, end, label)."""
    if not isinstance(event, tuple):
        return event
    return event[1] if len(event) == 3 else event[0]


def _unreadable(row: Row) -> Iterator[Finding]:
    """Facts that the reward of their name refuses."""
    stated = row.question.facts
    for name in FACT_NAMES:
        reward = {"modulations": "modulation", "metadata": "structured"}.get(name, name)
        if getattr(stated, name) is None or reward not in NAMES:
            continue
        try:
            registry.get(reward)(replace(row.question, facet=None), _ANYTHING)
        except EtudeError as failure:
            yield row.found("facts", refusal(reward, failure))


def _impossible(row: Row) -> Iterator[Finding]:
    stated = row.question.facts
    named = [("key", stated.key), *(("modulations", key) for _, key in stated.modulations or ())]
    for name, text in named:
        key = parse_key(text) if text else None
        signs = key.signature if key is not None else None
        if key is None or signs is None or abs(signs) <= MOST_SIGNS:
            continue
        sign, around = ("sharps", -_CIRCLE) if signs > 0 else ("flats", _CIRCLE)
        sounds = replace(key, tonic=Note(key.tonic.fifths + around))
        yield row.found("facts", f"facts.{name}: {text} would need {abs(signs)} {sign}, "
                        f"expected a key of at most {MOST_SIGNS}; write {sounds.name}, which "
                        "sounds the same")  # fmt: skip


def _contradicting(row: Row) -> Iterator[Finding]:
    stated, told = row.question.facts, set()
    for name in _HELD:
        value = getattr(stated, name)
        if value is None:
            continue
        for other in (*_HELD, "tempo"):
            pair = frozenset((name, other))
            if other == name or pair in told or getattr(stated, other) is None:
                continue
            if pair == {"mode", "key_signature"} and _is_modal(stated.mode):
                continue
            alone = replace(row.question, facts=Facts(**{other: getattr(stated, other)}))
            said = value.lower() if name == "tempo_term" else value  # as claims spell it
            if check(Claim(name, said, 0, 0, "think"), known(alone)).support == 0:
                told.add(pair)
                yield row.found("facts", f"facts.{name} {value!r} contradicts facts.{other} "
                                f"{getattr(stated, other)!r}")  # fmt: skip


def _is_modal(mode: str | None) -> bool:
    parsed = parse_mode(mode or "")
    return parsed is not None and parsed.mode not in ("major", "minor")


def _numeral(row: Row) -> Iterator[Finding]:
    """A numeral and a chord of one moment: those of a question that asks for one of them."""
    stated = row.question.facts
    if row.question.facet not in ("roman", "chord") or None in (stated.roman, stated.chord):
        return
    if holds(f"numeral of {stated.chord} in {stated.key} is {stated.roman}") is False:
        yield row.found("facts", f"facts.roman {stated.roman!r} is not facts.chord "
                        f"{stated.chord!r} in {stated.key}")  # fmt: skip
