"""From the sampled text to think and answer, in linear time.

Conventions
-----------
A tag is ``<think>``, ``</think>``, ``<answer>`` or ``</answer>``, literally.
Whatever only looks like one (upper case, attributes, blanks) is never read as
one, but an answer beside a look-alike of an answer tag is not *the one* answer.

==============================================  =======================
completion                                      answer
==============================================  =======================
one block outside the think part                its inside
a block inside the think part                   not an answer
none, several, nested, or with a stray tag      None
one ``<answer>``, left open at the end          all after it: a sampler that stops at
                                                ``</answer>`` may not write it
``</think>`` without its opening                all before it is think
``<think>`` never closed                        all after it is think
==============================================  =======================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from rewards.errors import DataError
from rewards.fields import show
from rewards.records import Response

# No quantifier can run past the next "<": the scan is linear.
_TAG = re.compile(r"<\s*(/?)\s*(think|answer)\b([^<>]*)>", re.IGNORECASE)
_MOST_TAGS = 64
_LITERAL = frozenset({"<think>", "</think>", "<answer>", "</answer>"})


class Tag(NamedTuple):
    """A tag or its look-alike: where it stands and how it is written."""

    start: int
    end: int
    name: str
    closing: bool
    literal: bool


@lru_cache(maxsize=64)  # the reader, the form and the claims of one completion ask for the same
def tags(text: str) -> tuple[Tag, ...]:
    """Every think and answer tag of a text, look-alikes too, in order.

    Stops after 65: no completion with so many has an answer.
    """
    if "<" not in text:
        return ()
    found = islice(_TAG.finditer(text), _MOST_TAGS + 1)
    return tuple(Tag(m.start(), m.end(), m[2].lower(), bool(m[1]), m[0] in _LITERAL) for m in found)


def parse(text: str) -> Response:
    """Split a completion; never raises, whatever the text.

    >>> parse("<think>two sharps</think> So: <answer>D major</answer>").answer
    'D major'

    Raises:
        DataError: it is no text at all.
    """
    if not isinstance(text, str):
        raise DataError(f"a completion: got {show(text)}, expected its text")
    think, answer = spans(text)
    return Response(
        text=text,
        think=text[think[0] : think[1]] if think else None,
        answer=text[answer[0] : answer[1]] if answer else None,
    )


@lru_cache(maxsize=64)  # to parse a completion and to read its claims
def spans(text: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Where the inside of the think block and of the one answer block stand, or None."""
    found = tags(text)
    if len(found) > _MOST_TAGS:
        return None, None
    thinks, outside = _split(found)
    answer = None
    opening = outside[0] if outside and all(tag.literal for tag in outside) else None
    if opening is not None and not opening.closing:
        closing = outside[1] if len(outside) == 2 and outside[1].closing else None
        if closing is not None and _unbroken(found, opening, closing):
            answer = opening.end, closing.start
        elif found[-1] is opening:
            answer = opening.end, len(text)
    return (thinks[0] if thinks else None), answer


def untagged(text: str) -> str | None:
    """What stands outside the think part, or None if an answer tag is there."""
    found = tags(text)
    _, outside = _split(found)
    thinking = [tag for tag in found if tag.name == "think" and tag.literal]
    if outside or len(found) > _MOST_TAGS:
        return None
    if not thinking:
        return text
    return text[thinking[-1].end :] if thinking[-1].closing else None


def _split(found: Sequence[Tag]) -> tuple[list[tuple[int, int]], list[Tag]]:
    """Spans of the closed think blocks, and the answer tags outside of them."""
    thinks: list[tuple[int, int]] = []
    outside: list[Tag] = []
    depth, opened = 0, 0
    first = next((tag for tag in found if tag.name == "think" and tag.literal), None)
    if first is not None and first.closing:
        depth = 1  # a chat template may have opened the think part in the prompt
    for tag in found:
        if tag.name == "answer":
            if depth == 0:
                outside.append(tag)
        elif tag.literal and not tag.closing:
            opened = tag.end if depth == 0 else opened
            depth += 1
        elif tag.literal and depth:
            depth -= 1
            if depth == 0:
                thinks.append((opened, tag.start))
    return thinks, outside


def _unbroken(found: Sequence[Tag], opening: Tag, closing: Tag) -> bool:
    """True if no other tag stands between the two."""
    return not any(opening.start < tag.start < closing.start for tag in found)
