"""Texts and the claims that they make, as a model is shown them beside the rules.

The texts are labelled by the rules of ``definitions.py``. With the rules of before and one short
example a model listed every ninth claim otherwise than the labels, with these every seventeenth
(experiments/README.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("examples.json")
_HEAD = """

So it is done. Below are texts, each as one JSON string with the claims that it makes: quote, \
type, value, and what is not "asserted", of the whole, or without a time.
"""


class Example(NamedTuple):
    """A text and what it claims.

    Attributes:
        text: what somebody thought.
        claims: rows of quote, type, value, polarity, modality, subject and time [s] or None.
    """

    text: str
    claims: tuple[tuple[Any, ...], ...]


def examples() -> tuple[Example, ...]:
    """The examples, in the order of the file."""
    rows = json.loads(_FILE.read_text("utf-8"))
    return tuple(Example(row["text"], tuple(map(tuple, row["claims"]))) for row in rows)


def shown() -> str:
    """The examples in the words of the task."""
    return _HEAD + "".join(
        "\n".join(("", json.dumps(one.text, ensure_ascii=False), *_lines(one))) + "\n"
        for one in examples()
    ).rstrip("\n")


def _lines(example: Example) -> Iterator[str]:
    for quote, kind, value, polarity, modality, subject, time in example.claims:
        stances = [stance for stance in (polarity, modality) if stance != "asserted"]
        said_of = [f'of "{subject}"'] if subject else []
        at = [] if time is None else [f"at {time:g} s"]
        told = ", ".join([f'{kind} "{value}"', *stances, *said_of, *at])
        yield f"  {json.dumps(quote, ensure_ascii=False)}: {told}"
