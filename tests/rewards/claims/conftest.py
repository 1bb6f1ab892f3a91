"""How claims are shown in tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from rewards import Question, parse
from rewards.claims.reading import distinct, read

HARMONY = frozenset(
    ("key", "mode", "key_signature", "modulation", "chord", "progression", "roman", "function",
     "cadence", "textbook")
)  # fmt: skip


def _told(
    text: str,
    facet: str | None = None,
    section: str = "think",
    types: frozenset[str] | None = None,
) -> list[str]:
    if text.startswith("["):
        facet, _, text = text[1:].partition("] ")
    think, answer = ("-", text) if section == "answer" else (text, "-")
    completion = parse(f"<think>{think}</think><answer>{answer}</answer>")
    shown = []
    for claim in distinct(read(Question("q", "What do you hear?", facet=facet), completion)):
        if claim.section == section and (types is None or claim.type in types):
            value = "-".join(claim.value) if isinstance(claim.value, tuple) else claim.value
            stance = "" if claim.polarity == "asserted" else " denied"
            stance += "" if claim.modality == "asserted" else f" {claim.modality}"
            shown.append(f"{claim.type} {value}{stance}")
    return shown


@pytest.fixture(scope="session")
def told() -> Callable[..., list[str]]:
    """Each claim of a text as "type value", with what its author does not simply assert.

    A text that begins with "[FACET] " is read where that fact is asked.
    """
    return _told


@pytest.fixture(scope="session")
def harmony() -> Callable[..., list[str]]:
    """The same, of keys, chords and what they do alone."""
    return partial(_told, types=HARMONY)
