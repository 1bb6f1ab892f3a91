"""Answers and targets that music theory denies: a relative called parallel, a wrong numeral.

Conventions
-----------
A question of theory that ``phrasings`` knows is judged by ``answered``. Any other is said with its
answer as one sentence ("What is the dominant seventh of D major?", "A7": "A7 is the dominant
seventh of D major"), which the reader of chains of thought (``rewards/claims/reading.py``) takes
apart; its propositions are held against the tables (``rewards/claims/verify/theory.py``). A
target is read as it is, and its claims are also held against the facts of its question, where
that is given, and against each other, as far as they stand (``standing``); its answer is judged as
that of a question, and one in sentences is read as they are (``prose``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rewards.checking.answered import denied
from rewards.checking.phrasings import asked, denies
from rewards.checking.prose import false_ones, of_prose, untrue
from rewards.checking.records import Finding, Row, Target
from rewards.checking.signs import impossible, no_signature
from rewards.checking.standing import comparable, meant, of_the_whole
from rewards.claims.reading import distinct, read
from rewards.claims.verify.contradictions import contradictions
from rewards.claims.verify.facts import known
from rewards.claims.verify.settling import settled
from rewards.claims.verify.truth import check
from rewards.errors import DataError
from rewards.records import Question
from rewards.response import parse

_READ = 600  # characters of a question or answer
_SENTENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), say)
    for pattern, say in (
        (r"what (?:is|are) (the [^?]{1,100})\?", lambda m, a: f"{a} is {m[1]}."),
        (r"what (?:is|are) (the [^?]{1,100})\?", lambda m, a: f"{m[1]} is {a}."),
        (r"(?:which|what) (?:[a-z]+ ){0,2}(is [^?]{1,100})\?", lambda m, a: f"{a} {m[1]}."),
    )
)  # fmt: skip


def of_row(row: Row) -> Iterator[Finding]:
    """What theory says of a question and its gold answer."""
    answer = row.question.answer
    if answer is None:
        return
    if reason := denied(row.question.text, answer):
        yield row.found("theory", f"{answer!r}: {reason}")
        return
    for sentence in _said(row.question.text[:_READ], answer[:_READ]):
        claims = read(Question("", ""), parse(f"<think>{sentence}</think>"))
        for _, clause in false_ones(claims)[:1]:
            yield row.found("theory", f"{sentence!r}: {clause}")
            return
    if reason := no_signature(row.question.text, answer):
        yield row.found("theory", reason)
        return
    for reason in of_prose(row.question, answer):
        yield row.found("theory", reason)


def of_target(target: Target) -> Iterator[Finding]:
    """What theory, the facts and the target itself say of its claims."""
    completion = parse(f"<think>{target.think}</think><answer>{target.answer}</answer>")
    question = target.question or Question(target.id, "")
    claims = read(question, completion)
    text = completion.text
    think = meant(distinct([claim for claim in claims if claim.section == "think"]), text)
    for sentence in untrue(think, text):
        yield target.found("theory", sentence)
    for reason in impossible(target.think):
        yield target.found("theory", reason)
    said = [claim for claim in claims if claim.section == "answer"]
    answer = [claim for claim in of_the_whole(said, text) if claim.plain]
    whole = settled(of_the_whole(think, text), answer, text)
    firm = [claim for claim in whole if claim.plain]
    of_theory = asked(question.text) is not None
    for sentence in contradictions(firm, () if of_theory else comparable(answer, firm)):
        yield target.found("theory", f"it contradicts itself: {sentence}")
    yield from _answer(target, question)
    if target.question is None:
        return
    try:
        facts = known(target.question)
    except DataError:
        return  # told of the question's own file
    for claim in whole:
        if claim.plain and claim.type != "textbook":
            found = check(claim, facts)
            if found.support == 0:
                said = text[claim.start : claim.end]
                yield target.found("theory", f"{said!r} ({claim.type} {claim.shown}): {found.why}")


def _answer(target: Target, question: Question) -> Iterator[Finding]:
    asked_of, given = question.text, target.answer
    if reason := denied(asked_of, given) or no_signature(asked_of, given):
        yield target.found("theory", f"answer {given!r}: {reason}")
        return
    for reason in of_prose(question, given):
        yield target.found("theory", f"answer: {reason}")


def _said(question: str, answer: str) -> Iterator[str]:
    """A question and its answer as one sentence, unless the question is read or denies."""
    if asked(question) is not None or denies(question):
        return
    for pattern, say in _SENTENCES:
        found = pattern.search(question)
        if found:
            yield say(found, answer.strip().rstrip("."))
