"""Gold answers that are no value of the facet that is asked.

Conventions
-----------
Where the fact stands beside the answer, the reward of the facet judges it (``gold``). Without
the fact only words are compared, and "Q sharp major" is its own right answer. So the answer is
read here as the reward would read it, as an answer or as the fact. Facets whose answers are
open (form, progression, tempo terms, instruments, genre, mood, lyrics, lists of times) are not
read, nor is a choice or a yes or no. What a reward takes for "there is none" ("atonal", "free",
"no cadence") is a value, and so are a chord without its root and an interval without its quality.
"""

from __future__ import annotations

from dataclasses import replace

from rewards import registry
from rewards.answers import bare, clean
from rewards.checking.facts import MOST_SIGNS
from rewards.errors import DataError
from rewards.facts import facts_from_json
from rewards.kinds import kind_of, values
from rewards.options import read_options
from rewards.records import Facts, Question
from rewards.response import parse
from rewards.scorers.interval import heard
from rewards.scorers.tempo import tempi
from rewards.spelling.chords import parse_chord
from rewards.spelling.signatures import find_signatures
from rewards.spelling.tempo_terms import terms
from rewards.yes_no import yes_no

NAMES = {
    "key": "a key", "mode": "a mode", "key_signature": "a key signature", "meter": "a meter",
    "tempo": "a tempo", "chord": "a chord", "roman": "a Roman numeral", "cadence": "a cadence",
    "interval": "an interval", "note": "a note",
}  # fmt: skip
"""Facet -> one value of it, in words."""

_YES_NO = read_options(("Yes", "No"))
_ANYTHING = parse("<answer>?</answer>")


def unread(question: Question) -> str | None:
    """Why the gold answer is no value of the facet, or None where it is one."""
    facet, answer = question.facet or "", question.answer
    if answer is None or question.choices or facet not in NAMES:
        return None
    if getattr(question.facts, facet) is not None or yes_no(_YES_NO, answer) is not None:
        return None
    text = clean(answer)
    if _says(facet, text) or any(_is_fact(facet, question, said) for said in (answer, bare(text))):
        return None
    return f"the answer cannot be read as {NAMES[facet]}"


def _says(facet: str, text: str) -> bool:
    """True if a cleaned answer asserts a value of the facet."""
    if facet == "tempo":
        return bool(terms(text)) or any(_stated(facet, rate.middle) for rate in tempi(text))
    if facet == "key_signature":
        return any(abs(count) <= MOST_SIGNS for count in find_signatures(text))
    if facet == "chord" and parse_chord(f"C {text}") is not None:  # "diminished"
        return True
    if facet == "interval" and heard(text).number is not None:  # "a third"
        return True
    return bool(values(kind_of(facet), text))


def _is_fact(facet: str, question: Question, answer: str) -> bool:
    """True if the reward of the facet takes the answer for the fact."""
    stated = _stated(facet, answer)
    if stated is None:
        return False
    facts = replace(question.facts, **{facet: getattr(stated, facet)})
    try:
        registry.get(facet)(replace(question, facts=facts), _ANYTHING)
    except DataError as failure:
        return not str(failure).startswith(f"facts.{facet}:")
    return True


def _stated(facet: str, value: str | float) -> Facts | None:
    """Facts with this value, or None where a questions file could not state it."""
    problems: list[str] = []
    stated = facts_from_json({facet: value}, problems)
    return None if problems else stated
