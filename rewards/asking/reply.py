"""What comes back from an endpoint: a JSON object that the model wrote, or nothing to be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.errors import DataError
from rewards.json_line import decode_line


class Unanswered(Exception):
    """The model did not answer.

    Attributes:
        reason: one of a few, by which it is counted: "timeout", "status 429", ...
        again: whether another attempt may help.
        wait: seconds that the endpoint asks to wait before it.
    """

    def __init__(self, reason: str, *, again: bool = True, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.again, self.wait = reason, again, wait


def said(content: bytes) -> Mapping[str, Any]:
    """The object in the body of a reply to ``/chat/completions``.

    Raises:
        Unanswered: "no JSON", "words around its JSON" (thoughts, a fence: the server does not keep
            to the schema), "an error for an answer", "another schema", "cut" or "refused".
    """
    envelope = _decoded(content)
    if envelope.get("error"):
        raise Unanswered("an error for an answer")
    choices = envelope.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, Mapping) else None
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping):
        raise Unanswered("another schema")
    if choice.get("finish_reason") == "length":
        raise Unanswered("cut", again=False)
    if message.get("refusal"):
        raise Unanswered("refused", again=False)
    written = message.get("content")
    if not isinstance(written, str):
        raise Unanswered("another schema")
    try:
        return _decoded(written)
    except Unanswered as failure:
        around = "{" in written and not written.lstrip().startswith("{")
        if around and failure.reason == "no JSON":
            raise Unanswered("words around its JSON") from failure
        raise


def complaint(content: bytes) -> str:
    """The sentence in the body of a refused request, on one line; "" where there is none."""
    try:
        envelope = _decoded(content)
    except Unanswered:
        return ""
    error = envelope.get("error") or envelope
    message = error.get("message") if isinstance(error, Mapping) else error
    return " ".join(message.split()) if isinstance(message, str) else ""


def _decoded(text: bytes | str) -> Mapping[str, Any]:
    try:
        found = decode_line(text)
    except DataError as failure:
        raise Unanswered("no JSON") from failure
    if not isinstance(found, Mapping):
        raise Unanswered("another schema")
    return found
