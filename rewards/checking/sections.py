"""The think and the answer of a trace, as a completion can hold them.

A trace is learned as ``<think>...</think> <answer>...</answer>``. One of these tags inside of a
part moves the place where it ends: the policy would learn another answer than the trace has.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewards.fields import show
from rewards.response import tags

PARTS = ("think", "answer")


def tag_inside(part: str, text: str) -> str | None:
    """The first tag in a part of a trace, as it is written, or None.

    In an answer a look-alike (``<Answer>``) counts too: beside one, no answer is read.

    Args:
        part: "think" or "answer".
        text: what stands between its tags.
    """
    for tag in tags(text):
        if tag.literal or part == "answer":
            return text[tag.start : tag.end]
    return None


def unheld(think: str, answer: str) -> Iterator[str]:
    """A sentence for each part that is empty, or holds a tag."""
    for part, text in zip(PARTS, (think, answer), strict=True):
        if not text.strip():
            yield f"{part}: got {show(text)}, expected text: nothing can be learned of it"
        elif (tag := tag_inside(part, text)) is not None:
            yield f"{part}: got a {tag!r} inside, expected text without tags"
