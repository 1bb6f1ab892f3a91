"""Prompts and completions as trainers hand them over: a text, or the turns of a talk.

Conventions
-----------
A turn is ``{"role", "content"}``; the content is a text, or a list of parts of which those
with a ``text`` count. Reasoning that a chat template has parted from the content
(``reasoning_content`` or ``thinking``) is put back as a think block, in front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewards.errors import DataError
from rewards.fields import show

_REASONING = ("reasoning_content", "thinking")


def completion_text(completion: Any, *, where: str) -> str:
    """What the policy wrote: the text, or the last turn of the assistant.

    Raises:
        DataError: it is neither; names ``where``.
    """
    if isinstance(completion, str):
        return completion
    turn = _last(completion, "assistant", where)
    text = _content(turn, where)
    reasoning = next((turn[key] for key in _REASONING if isinstance(turn.get(key), str)), None)
    return text if reasoning is None else f"<think>{reasoning}</think>{text}"


def prompt_text(prompt: Any, *, where: str) -> str:
    """What was asked: the text, or the last turn of the user.

    Raises:
        DataError: it is neither; names ``where``.
    """
    return prompt if isinstance(prompt, str) else _content(_last(prompt, "user", where), where)


def _last(turns: Any, role: str, where: str) -> Mapping[str, Any]:
    listed = isinstance(turns, Sequence) and all(isinstance(turn, Mapping) for turn in turns)
    spoken = [turn for turn in turns if turn.get("role", role) == role] if listed else []
    if not spoken:
        raise DataError(
            f"{where}: got {show(turns)}, expected a text or a list of turns of which one has the "
            f"role {role!r}"
        )
    return spoken[-1]


def _content(turn: Mapping[str, Any], where: str) -> str:
    content = turn.get("content")
    if content is None:  # a turn that is all reasoning or tool calls
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence) and all(isinstance(part, Mapping) for part in content):
        return "".join(part["text"] for part in content if isinstance(part.get("text"), str))
    raise DataError(f"{where}: content: got {show(content)}, expected a text or a list of parts")
