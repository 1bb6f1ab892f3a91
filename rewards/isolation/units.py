"""Completions put together as a reward judges them: one by one, or by question."""

from __future__ import annotations

from collections.abc import Sequence

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
        units = [(question, (response,)) for question, response in pairs]
        return units, [[place] for place in range(len(pairs))]
    groups: list[tuple[Question, list[Response], list[int]]] = []
    by_id: dict[str, list[int]] = {}  # two questions of one id are rare and stay two
    for place, (question, response) in enumerate(pairs):
        same = [i for i in by_id.get(question.id, ()) if groups[i][0] == question]
        if not same:
            by_id.setdefault(question.id, []).append(len(groups))
            same = [len(groups)]
            groups.append((question, [], []))
        groups[same[0]][1].append(response)
        groups[same[0]][2].append(place)
    return [(q, tuple(responses)) for q, responses, _ in groups], [at for _, _, at in groups]
