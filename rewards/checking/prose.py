"""What is false in a text about music: a chain of thought, a caption, an answer in sentences.

Conventions
-----------
An answer of four words or more is read as a chain of thought is, unless its question asks for
what is wrong. Only what it says of theory is held against the tables: which of the keys of a
caption is that of its row may be put in too many ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from rewards.checking.denials import false
from rewards.checking.phrasings import denies
from rewards.checking.signs import impossible
from rewards.checking.standing import meant
from rewards.claims.reading import distinct, read
from rewards.claims.records import Claim
from rewards.records import Question
from rewards.response import parse, tags

_WORDS = 4  # an answer of fewer names a value
_SENTENCE_ENDS = re.compile(r"[.;!?](?:\s|$)|\n")


def of_prose(question: Question, answer: str) -> Iterator[str]:
    """A clause for each thing that theory denies of an answer."""
    if denies(question.text) or any(tags(answer)):
        return
    yield from impossible(answer)
    if len(answer.split()) < _WORDS:
        return
    completion = parse(f"<think>{answer}</think>")
    text = completion.text
    claims = meant(distinct(read(Question("", ""), completion)), text)
    yield from untrue(claims, text)


def untrue(claims: Sequence[Claim], text: str) -> Iterator[str]:
    """A clause for each proposition of theory that is false, and for a row of chords misnamed."""
    for claim, sentence in false_ones(claims):
        yield f"{text[claim.start : claim.end]!r}: {sentence}"
    yield from _misnumbered(claims, text)


def false_ones(claims: Sequence[Claim]) -> list[tuple[Claim, str]]:
    """Each proposition of theory that is asserted and false, with a clause."""
    told: dict[str, tuple[Claim, str]] = {}
    for claim in claims:
        wrong = false(str(claim.value)) if claim.type == "textbook" and claim.plain else None
        if wrong is not None:
            told.setdefault(wrong, (claim, wrong))
    return list(told.values())


def _misnumbered(claims: Sequence[Claim], text: str) -> Iterator[str]:
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
