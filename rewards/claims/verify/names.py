"""Claims of names against the facts of their row: instruments, genres, moods, forms, functions.

Conventions
-----------
As in ``truth.py``: 1 for a name that is there, .5 for a kind of one, 0 for another; a part of what
is there, and what its members make up, are true. Of a name that no vocabulary knows it cannot be
told unless the row has it: it may be another word for what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rewards.claims.records import UNKNOWN, Checked, Claim
from rewards.claims.relations import alike, same_name
from rewards.claims.verify.facts import Known
from rewards.scorers.function import offices
from rewards.spelling.ontology import Ontology, ontology

_ALSO = {"piano trio": "jazz trio"}
"""Ensembles of two kinds: a piano trio may be one of jazz."""
_OTHER_VOICES = frozenset(("choir", "backing vocals", "rap vocals"))
"""Who sings beside a singer, or speaks."""


def named(field: str) -> Callable[[Claim, Known], Checked]:
    """The checker of the names of a field: instruments, genre or mood."""

    def checked(claim: Claim, known: Known) -> Checked:
        truth = known.names[field]
        if not truth:
            return UNKNOWN
        name, words = str(claim.value), ontology(field)  # type: ignore[arg-type]
        for other in sorted(truth):
            if words.alike(name, other):
                return Checked(1.0, f"{field}:{other}", f"{other} is there")
        for other in sorted(truth):
            if name in words.members.get(other, ()):
                return Checked(1.0, f"{field}:{other}", f"a part of {other}", covers=0.5)
        if "voice" in truth and field == "instruments" and _sings(name, words):
            return Checked(1.0, "instruments:voice", "a voice is there")
        members = words.members.get(name)
        if name in _ALSO and truth.issuperset(words.members[_ALSO[name]]):
            members = words.members[_ALSO[name]]
        if members and truth.issuperset(members):
            return Checked(1.0, f"{field}:{name}", f"its members are there: {', '.join(members)}")
        for other in sorted(truth):
            if words.related(name, other):
                return Checked(0.5, f"{field}:{other}", f"of one line with {other}")
        if name not in words.names:
            return replace(UNKNOWN, why="no vocabulary knows the name")
        return Checked(0.0, f"{field}:{name}", "it is not there")

    return checked


def _sings(name: str, words: Ontology) -> bool:
    """Is it one voice, of whom more is told than the row tells: "a female singer"?"""
    return name not in _OTHER_VOICES and "voice" in words.ancestors(name)


def form(claim: Claim, known: Known) -> Checked:
    """A form by its name or letters."""
    if known.form is None:
        return UNKNOWN
    same = _form_name(str(claim.value)) == _form_name(known.form)
    return Checked(float(same), "form", f"it is {known.form}")


def _form_name(text: str) -> str:
    text = text.lower().removesuffix(" form").strip()
    text = {"aba": "ternary", "ab": "binary", "abaca": "rondo"}.get(text, text)
    if set(text) <= set("abcdefg") and text:  # letters up to their names
        order = list(dict.fromkeys(text))
        return "".join("abcdefg"[order.index(letter)] for letter in text)
    return text


def function(claim: Claim, known: Known) -> Checked:
    """What a chord is said to do, or the name that a question of theory alone asks for."""
    if known.function is None:
        return UNKNOWN
    return Checked(_same_function(str(claim.value), known), "function", f"it is {known.function}")


def _same_function(said: str, known: Known) -> float:
    truth = known.function or ""
    if known.relation is not None:
        return float(same_name(said, truth))
    names = offices(truth) or (truth.lower(),)
    if said in names:
        return 1.0
    return 0.5 if any(alike(name, said) for name in names) else 0.0
