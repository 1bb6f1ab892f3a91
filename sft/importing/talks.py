"""Rows that are a talk: a question with a recording, and its answer.

Conventions
-----------
Two forms. ``conversations``, as the training rows of Audio Flamingo, Music Flamingo and MuFun::

    {"id": "a", "sound": "a.wav", "duration": 30.0, "conversations": [
      {"from": "human", "value": "<sound>\\nWhat is the key?"},
      {"from": "gpt", "value": "D major"}]}

and ``messages``, the chat form of transformers, as the row or as a field of it::

    [{"role": "user", "content": [{"type": "text", "text": "What is the key?"},
                                  {"type": "audio", "path": "a.wav"}]},
     {"role": "assistant", "content": "D major"}]

The recording stands in the row (``sound``, ``audio``, ``audios``, ...) or in the question, as a
part or as ``<audio>a.wav</audio>``. What a system turn says is left out. Etude asks one question
about one clip: a talk of several rounds or about several recordings is no such question.
``duration`` is the length of the file, not a stretch of it, and is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.adapters.messages import completion_text, prompt_text
from rewards.errors import DataError
from rewards.fields import show
from sft.importing.answers import spoken
from sft.importing.cells import clip_of, id_of, one_clip, optional
from sft.importing.places import PLACE
from sft.importing.records import Draft, Unusable

_TALK, _CHAT = "conversations", "messages"
_CLIPS = ("sound", "sounds", "audio", "audios", "audio_path", "speech")
_PARTS = ("audio", "audio_url", "input_audio")
_PLACES = ("path", "audio", "audio_url", "url", "input_audio")
_ROLES = {
    "human": "user", "user": "user",
    "gpt": "assistant", "assistant": "assistant", "model": "assistant",
    "system": "system",
}  # fmt: skip


def is_conversation(row: Any) -> bool:
    """True for a row of the form ``conversations``."""
    return isinstance(row, Mapping) and _turns(row.get(_TALK), "from")


def is_chat(row: Any) -> bool:
    """True for a row of the form ``messages``."""
    return _turns(_messages(row), "role")


def conversation(row: Any) -> Draft:
    """A row of the form ``conversations``.

    Raises:
        Unusable: it is no question with its answer about one recording at most.
    """
    if not isinstance(row, Mapping) or not isinstance(row.get(_TALK), list):
        raise Unusable(f"got {show(row)}, expected an object with {_TALK}", "row")
    turns = [
        {"role": _role(turn, "from"), "content": turn.get("value")}
        if isinstance(turn, Mapping)
        else turn
        for turn in row[_TALK]
    ]
    return _draft(row, turns)


def chat(row: Any) -> Draft:
    """A row of the form ``messages``.

    Raises:
        Unusable: it is no question with its answer about one recording at most.
    """
    messages = _messages(row)
    if not isinstance(messages, list):
        raise Unusable(f"got {show(row)}, expected a list of turns with a role", "row")
    turns = [
        {**turn, "role": _role(turn, "role")} if isinstance(turn, Mapping) else turn
        for turn in messages
    ]
    return _draft(row if isinstance(row, Mapping) else {}, turns)


def _messages(row: Any) -> Any:
    if isinstance(row, Mapping):
        return row.get(_CHAT, row.get(_TALK))
    return row


def _turns(value: Any, role: str) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(turn, Mapping) and role in turn for turn in value)
    )


def _role(turn: Mapping[str, Any], key: str) -> Any:
    said = turn.get(key)
    return _ROLES.get(said, said) if isinstance(said, str) else said


def _draft(row: Mapping[str, Any], turns: list[Any]) -> Draft:
    if not all(isinstance(turn, Mapping) for turn in turns):
        raise Unusable(f"got {show(turns)}, expected a list of turns", "row")
    spoken_turns = [turn for turn in turns if turn["role"] != "system"]
    roles = [turn["role"] for turn in spoken_turns]
    if roles != ["user", "assistant"]:
        raise Unusable(
            f"got turns of {show(roles)}, expected one question and one answer; split the talk "
            "into rows that can be asked alone"
        )
    asked, answered = spoken_turns
    try:
        text = prompt_text([asked], where="question")
        completion = completion_text([answered], where="answer")
    except DataError as failure:
        raise Unusable(str(failure), "row") from failure
    think, answer = spoken(completion)
    clips = [clip_of(row[name], name) for name in _CLIPS if row.get(name) not in (None, "", [])]
    clips += _heard(asked.get("content"))
    clips += [place["path"].strip() for place in PLACE.finditer(text) if place["path"]]
    if not clips and (PLACE.search(text) or any(name in row for name in _CLIPS)):
        raise Unusable(f"got no recording, expected one as {', '.join(_CLIPS)}", "clip")
    return Draft(
        id=id_of(row),
        text=text,
        answer=answer,
        think=think,
        clip=one_clip(clips),
        source=optional(row, "dataset") or optional(row, "source"),
    )


def _heard(content: Any) -> list[str | bytes]:
    """The recordings among the parts of a turn."""
    found = []
    for part in content if isinstance(content, list) else ():
        if not isinstance(part, Mapping) or part.get("type") not in _PARTS:
            continue
        named = next((key for key in _PLACES if part.get(key) is not None), None)
        if named is None:
            raise Unusable(f"got {show(part)}, expected a part with a path", "clip")
        value = part[named]
        if isinstance(value, Mapping) and "data" in value:
            raise Unusable(
                f"{named}: got a recording as base64, expected a path; write it to a file", "clip"
            )
        if isinstance(value, Mapping) and "url" in value:
            value = value["url"]
        found.append(clip_of(value, named))
    return found
