"""Ids of questions, and the share of clips that is held out: the same in any order of rows.

Conventions
-----------
A row keeps its id where no other has it. Rows that share one (data sets name the recording by it)
get a digest of what is asked behind it, ``id-3fa94b21``; rows without one are known by it alone.
A row that says again what another says is told, not written.

A clip is held out where the digest of its path falls below the share, with all its questions; one
without a clip by its text. Nothing is drawn, so a data set that grows keeps its split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

from rewards.fields import show
from rewards.records import Question
from sft.importing.records import Left, Made, Where

_PERSON = b"import"


def identified(rows: Sequence[Made]) -> tuple[list[Made], list[Left]]:
    """The rows with unique ids, in their order, and those that repeat another."""
    kept: list[Made] = []
    left: list[Left] = []
    first: dict[bytes, Where] = {}
    for row in rows:
        said = _digest(row)
        if said in first:
            sentence = f"says what {first[said]} says: {show(row.question.text)}"
            left.append(Left(row.where, "repeated", sentence))
            continue
        first[said] = row.where
        kept.append(row)
    uses = Counter(row.question.id for row in kept)
    named = [_named(row, uses) for row in kept]
    again = Counter(row.question.id for row in named)
    # An id may look like one of ours: then all that share it bear the whole digest.
    return [_whole(row) if again[row.question.id] > 1 else row for row in named], left


def held_out(question: Question, share: float) -> bool:
    """True for a question of dev."""
    by = question.clip.path if question.clip is not None else question.text
    digest = blake2b(by.encode("utf-8", "surrogatepass"), digest_size=8, person=_PERSON).digest()
    return int.from_bytes(digest, "big") / 2**64 < share


def _named(row: Made, uses: Counter[str]) -> Made:
    own = row.question.id
    if own and uses[own] == 1:
        return row
    digest = _digest(row).hex()
    named = f"{own}-{digest[:8]}" if own else f"q-{digest[:16]}"
    return replace(row, question=replace(row.question, id=named))


def _whole(row: Made) -> Made:
    named = f"{row.question.id}-{_digest(row).hex()}"
    return replace(row, question=replace(row.question, id=named))


def _digest(row: Made) -> bytes:
    """Of all that a row says."""
    question, clip = row.question, row.question.clip
    parts: Iterable[object] = (
        question.id, question.text, question.answer, question.choices, question.facet,
        clip and (clip.path, clip.start, clip.duration), row.think,
    )  # fmt: skip
    return blake2b(repr(tuple(parts)).encode(), digest_size=16, person=_PERSON).digest()
