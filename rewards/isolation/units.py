"""Completions put together as a reward judges them: one by one, or by question."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.groups import by_question
from rewards.isolation.process import Unit
from rewards.records import Question, Response


def units_of(
    pairs: Sequence[tuple[Question, Response]], scope: str
) -> tuple[list[Unit], list[list[int]]]:
    """The units, and for each the places of its responses among the pairs.

    With scope "group" equal questions form one unit, in the order in which they
    first appear; their responses keep the order of the pairs.
    """
    if scope == "completion":
        places = [[place] for place in range(len(pairs))]
    else:
        places = by_question(question for question, _ in pairs)
    return [(pairs[at[0]][0], tuple(pairs[i][1] for i in at)) for at in places], places
