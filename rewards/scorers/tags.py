"""Reward ``tags``: how many of the four tags stand where they should?

Conventions
-----------
A ramp towards ``format`` for a policy that does not know the form yet. Read on the raw
text. A tag counts if it stands exactly once, as written, and after the tags before it.

==========================================  =====
of <think> </think> <answer> </answer>      value
==========================================  =====
each tag, once and in its place             0.25
a tag that is repeated, missing, misspelt   0.0
==========================================  =====
"""

from __future__ import annotations

from rewards.records import Response, Verdict
from rewards.registry import reward
from rewards.response import tags as tags_of

ORDER = (("think", False), ("think", True), ("answer", False), ("answer", True))


@reward("tags")
def tags(response: Response) -> Verdict:
    """Share of the four tags that stand once and in order."""
    found = [tag for tag in tags_of(response.text) if tag.literal]
    right: list[str] = []
    last = -1
    for name, closing in ORDER:
        places = [tag.start for tag in found if (tag.name, tag.closing) == (name, closing)]
        if len(places) == 1 and places[0] > last:
            last = places[0]
            right.append(f"<{'/' * closing}{name}>")
    value = len(right) / len(ORDER)
    return Verdict(value, f"{len(right)} of 4 tags stand once and in order", {"tags": right})
