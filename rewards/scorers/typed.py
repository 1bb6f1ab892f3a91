"""What the typed rewards share: do they apply, and which one value was given?

Conventions
-----------
A typed reward compares one fact with one value. It does not apply where the
fact is absent, or where the question asks another facet. An answer without a
value of the kind, with two different ones, or that leaves open what else it might
be ("D major or another key") is worth 0, with the reason.
"""

from __future__ import annotations

from typing import Any

from rewards.answers import clean
from rewards.extract import choose
from rewards.kinds import kind_of, values
from rewards.options import read_options
from rewards.records import Question, Response, Verdict
from rewards.reports import asked_field
from rewards.spelling.open_ends import leaves_open
from rewards.text import READ_LIMIT, fold

_NONE = ("none", "x", "n/a", "unknown", "other")


def applies(question: Question, facet: str) -> bool:
    """True if the fact is there and the question does not ask for another one."""
    present = getattr(question.facts, facet) is not None
    return present and question.facet in (None, facet)


def says_none(fact: str, *words: str) -> bool:
    """True for a folded fact that there is none: "none", "X" and the like, or one of ``words``."""
    return fact.strip().lower().rstrip(".") in (*_NONE, *words)


def answer_text(facet: str, question: Question, response: Response) -> str | Verdict:
    """As ``given_text``, for one value: a verdict of 0 also where the answer leaves it open."""
    text = given_text(facet, question, response)
    if isinstance(text, str) and leaves_open(text):
        return Verdict(0.0, "the answer leaves open what else it might be")
    return text


def given_text(facet: str, question: Question, response: Response) -> str | Verdict:
    """The cleaned text of the answer, the chosen option's where there are choices.

    Of a report of many things (``rewards/reports.py``) what it says of the facet.

    Returns:
        A verdict of 0 where there is no answer that can be read.
    """
    if response.answer is None:
        return Verdict(0.0, "there is no answer block")
    if len(response.answer.strip()) > READ_LIMIT:
        return Verdict(0.0, f"the answer is longer than {READ_LIMIT} characters")
    if question.choices:
        choice = choose(question.choices, uncopied(response.answer, question.text))
        if choice.index is not None:
            return read_options(question.choices)[choice.index].text
        if choice.clash:
            return Verdict(0.0, choice.why)
    text = without_prompt(clean(asked_field(response.answer, facet)), question.text)
    return text or Verdict(0.0, "the answer is empty")


def without_prompt(text: str, prompt: str) -> str:
    """The text without a literal copy of the question in it."""
    asked = clean(prompt)
    if len(asked) < 8:
        return text
    at = text.casefold().find(asked.casefold())
    return (text[:at] + text[at + len(asked) :]).strip(" ?.:\n") if at >= 0 else text


def uncopied(answer: str, prompt: str) -> str:
    """The raw answer, or the cleaned rest of one that copies the question."""
    text = clean(answer)
    rest = without_prompt(text, prompt)
    return rest if rest and rest != text else answer


def one_value(facet: str, question: Question, response: Response) -> Any | Verdict:
    """The one value of the facet's kind that the answer gives, or a verdict of 0."""
    text = answer_text(facet, question, response)
    if isinstance(text, Verdict):
        return text
    found = values(kind_of(facet), text, spelled=bool(question.facts.spelling))
    if not found:
        return Verdict(0.0, f"the answer names no {facet}: {fold(text)[:60]!r}")
    if len(found) > 1:
        return Verdict(
            0.0, f"the answer names {len(found)} different values of {facet}, expected 1"
        )
    return found[0]
