"""What a rubric may say of how a model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rewards.asking.transport import endpoint_problems
from rewards.parameters import Problem

OURS = frozenset({"model", "messages", "seed", "stream", "n"})
"""Fields of the body that no rubric may set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is asked; each reward that asks one has these as parameters.

    Attributes:
        url: of the endpoint, what stands before ``/chat/completions``.
        model: as the endpoint names it.
        key_env: the environment variable that holds the key, "" where none is needed.
        attempts: requests at most for one answer, at least 1.
        deadline: seconds for all of them.
        parallel: requests at a time, at least 1.
        max_tokens: of a reply, at least 1.
        request: fields of the body instead of those that are sent, or beside them; None leaves
            one out. For a server that refuses one of them, or wants another.
    """

    url: str
    model: str
    key_env: str
    attempts: int
    deadline: float
    parallel: int
    max_tokens: int
    request: Mapping[str, Any] | None = None

    def problems(self) -> Iterator[Problem]:
        """What is wrong with them."""
        yield from endpoint_problems(self.url, self.key_env)
        if not self.model.strip():
            yield "model", "expected a text that is not empty"
        for name in ("attempts", "parallel", "max_tokens"):
            if getattr(self, name) < 1:
                yield name, f"got {getattr(self, name)}, expected at least 1"
        for name in sorted(OURS & (self.request or {}).keys()):
            yield "request", f"got {name!r}, which is what the reward asks with; set another field"
        if not 0 < self.deadline < float("inf"):
            yield "deadline", f"got {self.deadline}, expected seconds above 0"
