"""Completions of sentences in many voices for ``experiments.bench.claims``.

A trace that was written one by one and labelled (``tests/rewards/claims/traces_*.jsonl``) says
something in every eight words. Completions of a length and a number of claims are made of one such
trace and of sentences of others in which no claim was labelled, in between its own. No sentence is
used twice, so long as there are any: nothing is read for a sibling.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rewards import Question, get, parse
from rewards.errors import DataError
from rewards.questions import question_from_json

LABELLED = {150: range(4, 8), 500: range(14, 19)}
"""Words -> how many labelled claims the trace has; its reader finds some between, too."""
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 20  # words of an answer


def completions(files: Sequence[Path], words: int) -> list[tuple[Question, str]]:
    """Questions and completions of so many words of thoughts, ends of sentences apart."""
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    shuffled = random.Random(0)
    between = [sentence for row in rows for sentence in _silent(row)]
    shuffled.shuffle(between)
    more = itertools.cycle(between)
    return [
        (
            question,
            f"<think>{_padded(row, words, more, shuffled)}</think>\n<answer>{answer}</answer>",
        )
        for row, question, answer in _of_size(rows, words)
    ]


def _of_size(
    rows: Sequence[dict[str, Any]], words: int
) -> Iterator[tuple[dict[str, Any], Question, str]]:
    """Traces, questions and answers, without facts that no reward reads."""
    nothing, reward = parse("<answer>-</answer>"), get("answer")
    for row in rows:
        response = parse(row["completion"])
        answer = response.answer or ""
        short = len(_thoughts(row).split()) <= words and len(answer.split()) <= _LONGEST
        if len(row["claims"]) not in LABELLED[words] or not short:
            continue
        question = question_from_json({**row["question"], "id": row["id"]}, where=row["id"])
        try:
            reward(question, nothing)
        except DataError:
            continue
        yield row, question, answer


def _silent(row: dict[str, Any]) -> Iterator[str]:
    """The sentences of a trace in which nothing was labelled."""
    labelled = [claim["text"] for claim in row["claims"] if claim["section"] == "think"]
    for sentence in _END.split(_thoughts(row)):
        claims = any(text in sentence or sentence in text for text in labelled)
        if not claims and len(sentence.split()) > 3:
            yield sentence


def _padded(row: dict[str, Any], words: int, more: Iterator[str], shuffled: random.Random) -> str:
    """The sentences of a trace, others between them."""
    own = [sentence for sentence in _END.split(_thoughts(row)) if sentence]
    missing = words - len(_thoughts(row).split())
    places: dict[int, list[str]] = {}
    while missing > 0:
        sentence = next(more)
        places.setdefault(shuffled.randrange(len(own) + 1), []).append(sentence)
        missing -= len(sentence.split())
    said = [one for at in range(len(own) + 1) for one in (*places.get(at, ()), *own[at : at + 1])]
    return " ".join(said)


def _thoughts(row: dict[str, Any]) -> str:
    return parse(row["completion"]).think or ""
