"""Answers and targets that music theory denies: a relative called parallel, a wrong numeral.

Conventions
-----------
A question of theory that ``phrasings`` knows is judged by ``answered``. Any other is said with its
answer as one sentence ("What is the dominant seventh of D major?", "A7": "A7 is the dominant
seventh of D major"), which the reader of chains of thought (``rewards/claims/reading.py``) takes
apart; its propositions are held against the tables (``rewards/claims/verify/theory.py``). A
target is read as it is, and its claims are also held against the facts of its question, where
that is given, and against each other; its answer is judged as that of a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from rewards.checking.answered import denied
from rewards.checking.denials import false, too_many
from rewards.checking.phrasings import asked
from rewards.checking.records import Finding, Row, Target
from rewards.claims.reading import distinct, read
from rewards.claims.records import Claim
from rewards.claims.verify.contradictions import contradictions
from rewards.claims.verify.facts import known
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
_SENTENCE_ENDS = re.compile(r"[.;!?](?:\s|$)|\n")
_TOO_MANY = re.compile(
    r"\b([89]|1\d|eight|nine|ten|eleven|twelve)[ -](sharps|flats)\b", re.IGNORECASE
)


def of_row(row: Row) -> Iterator[Finding]:
    """What theory says of a question and its gold answer."""
    answer = row.question.answer
    if answer is None:
        return
    if reason := denied(row.question.text, answer):
        yield row.found("theory", f"{answer!r}: {reason}")
        return
    read_already = asked(row.question.text) is not None
    for sentence in () if read_already else _said(row.question.text[:_READ], answer[:_READ]):
        claims = read(Question("", ""), parse(f"<think>{sentence}</think>"))
        for _, clause in _false(claims)[:1]:
            yield row.found("theory", f"{sentence!r}: {clause}")
            return
    if many := _TOO_MANY.search(answer):
        yield row.found("theory", too_many(many[0]))


def of_target(target: Target) -> Iterator[Finding]:
    """What theory, the facts and the target itself say of its claims."""
    completion = parse(f"<think>{target.think}</think><answer>{target.answer}</answer>")
    question = target.question or Question(target.id, "")
    claims = read(question, completion)
    think = distinct([claim for claim in claims if claim.section == "think"])
    text = completion.text
    for claim, sentence in _false(think):
        yield target.found("theory", f"{text[claim.start : claim.end]!r}: {sentence}")
    for sentence in _misnumbered(think, text):
        yield target.found("theory", sentence)
    if many := _TOO_MANY.search(target.think):
        yield target.found("theory", too_many(many[0]))
    answer = [claim for claim in claims if claim.section == "answer"]
    for sentence in contradictions(think, answer):
        yield target.found("theory", f"it contradicts itself: {sentence}")
    if target.question is None:
        return
    if reason := denied(target.question.text, target.answer):
        yield target.found("theory", f"answer {target.answer!r}: {reason}")
    try:
        facts = known(target.question)
    except DataError:
        return  # told of the question's own file
    for claim in think:
        if claim.plain and claim.type != "textbook":
            found = check(claim, facts)
            if found.support == 0:
                said = text[claim.start : claim.end]
                yield target.found("theory", f"{said!r} ({claim.type} {claim.shown}): {found.why}")


def _said(question: str, answer: str) -> Iterator[str]:
    for pattern, say in _SENTENCES:
        found = pattern.search(question)
        if found:
            yield say(found, answer.strip().rstrip("."))


def _false(claims: tuple[Claim, ...] | list[Claim]) -> list[tuple[Claim, str]]:
    """Each proposition of theory that is asserted and false, with a clause."""
    told: dict[str, tuple[Claim, str]] = {}
    for claim in claims:
        wrong = false(str(claim.value)) if claim.type == "textbook" and claim.plain else None
        if wrong is not None:
            told.setdefault(wrong, (claim, wrong))
    return list(told.values())


def _misnumbered(claims: list[Claim], text: str) -> Iterator[str]:
    """A clause for the first chord of a row that the numerals of its sentence call otherwise."""
    for chords in claims:
        if chords.type != "progression" or not chords.plain or not isinstance(chords.value, tuple):
            continue
        said = [one for one in claims if one.plain and _of_one_sentence(chords, one, text)]
        rows = [one.value for one in said if one.type == "roman" and isinstance(one.value, tuple)]
        keys = [one.value for one in said if one.type == "key"]
        if len(rows) != 1 or len(keys) != 1 or len(rows[0]) != len(chords.value):
            continue
        pairs = zip(chords.value, rows[0], strict=True)
        told = (false(f"numeral of {chord} in {keys[0]} is {numeral}") for chord, numeral in pairs)
        yield from islice(filter(None, told), 1)


def _of_one_sentence(one: Claim, other: Claim, text: str) -> bool:
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return not _SENTENCE_ENDS.search(between)
