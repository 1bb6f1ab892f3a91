"""How claims are shown in tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rewards import Question, parse
from rewards.claims.reading import distinct, read


@pytest.fixture(scope="session")
def told() -> Callable[..., list[str]]:
    """Of a think part, each claim as "type value", with what its author does not simply assert."""

    def shown(text: str, facet: str | None = None) -> list[str]:
        question = Question("q", "What do you hear?", facet=facet)
        found = []
        for claim in distinct(read(question, parse(f"<think>{text}</think><answer>-</answer>"))):
            value = "-".join(claim.value) if isinstance(claim.value, tuple) else claim.value
            stance = "" if claim.polarity == "asserted" else " denied"
            stance += "" if claim.modality == "asserted" else f" {claim.modality}"
            found.append(f"{claim.type} {value}{stance}")
        return found

    return shown
