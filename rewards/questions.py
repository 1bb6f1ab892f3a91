"""Questions in a file: JSON Lines, one question a line, UTF-8.

Conventions
-----------
A folder of recordings becomes a data set by one text file beside them::

    recordings/
      questions.jsonl
      prelude.wav
      dances/jig.flac

    {"id": "prelude-key", "text": "What is the key of this piece?",
     "clip": "prelude.wav", "facet": "key", "answer": "E flat major",
     "facts": {"key": "Eb major", "meter": "3/4"}}
    {"id": "jig-meter", "text": "What is the meter? (A) 2/4 (B) 6/8",
     "clip": {"path": "dances/jig.flac", "start": 12.5, "duration": 10},
     "facet": "meter", "choices": ["2/4", "6/8"], "answer": "6/8",
     "facts": {"meter": "6/8", "tempo": 116}}

(each object on one line). Any sample rate and number of channels will do: clips
are mixed down and resampled when they are read. Only ``id`` and ``text`` are
required; a reward applies where the truth it needs is given.

===========  =================================================================
field        value
===========  =================================================================
``id``       string, unique in the file
``text``     the question; write the options into it if the policy should see
             them
``clip``     path below the folder of the file, or an object with ``path`` and
             optionally ``start`` [s], ``duration`` [s], ``sha256`` (64 hex
             digits, of the decoded samples)
``kind``     ``qa`` (the default), ``caption``, ...: what a rubric routes by
``facet``    the fact that is asked; without it every typed reward whose fact
             is present applies
``choices``  at least two different options, without labels; a letter in an
             answer is a place in this list, whatever the text says
``answer``   the right answer; one of ``choices`` where there are choices
``facts``    what is true of the clip: ``rewards/facts.py`` lists the fields
``source``   the piece or data set
``topic``    what tables count it under; without it the facet
===========  =================================================================

An unknown field, a wrong type, a number that is not finite or a repeated id is
an error that names file, line and field; all wrong lines of a file are reported
together, and nothing is returned.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rewards.clips import clip_from_json, clip_to_json, resolve_clip
from rewards.errors import DataError, StorageError, nearest
from rewards.facts import ALIASES, FACETS, facts_from_json, facts_to_json
from rewards.fields import Wrong, read_field, show, text
from rewards.json_line import Progress, decode_line, numbered_lines
from rewards.records import Facts, Question
from rewards.whole_file import replacing

FIELDS = ("id", "text", "clip", "kind", "facet", "choices", "answer", "facts", "source", "topic")
_SHOWN = 20


def question_from_json(obj: Any, *, where: str) -> Question:
    """One question out of a decoded JSON object.

    Args:
        obj: the object.
        where: how an error names its place, "questions.jsonl, line 3".

    Raises:
        DataError: names the place and every wrong field.
    """
    problems: list[str] = []
    question = _question(obj, problems)
    if problems:
        raise DataError(f"{where}: {'; '.join(problems)}")
    return question


def question_to_json(question: Question) -> dict[str, Any]:
    """The JSON object of a question; what is absent or the default is left out."""
    obj: dict[str, Any] = {"id": question.id, "text": question.text}
    if question.clip is not None:
        obj["clip"] = clip_to_json(question.clip)
    if question.kind != "qa":
        obj["kind"] = question.kind
    for name in ("facet", "answer", "source", "topic"):
        if getattr(question, name) is not None:
            obj[name] = getattr(question, name)
    if question.choices:
        obj["choices"] = list(question.choices)
    facts = facts_to_json(question.facts)
    if facts:
        obj["facts"] = facts
    return obj


def read_questions(path: Path | str, progress: Progress | None = None) -> list[Question]:
    """All questions of a file, in order; clip paths stay as they are written.

    Args:
        progress: told of lines done and lines in all.

    Raises:
        DataError: names file, line and field; lists up to 20 wrong lines.
    """
    path = Path(path)
    questions: list[Question] = []
    wrong: list[str] = []
    lines_by_id: dict[str, int] = {}
    below: set[str] = set()  # paths of clips, each followed once
    for line, row in numbered_lines(path, "a questions file", progress):
        try:
            question = question_from_json(decode_line(row), where=f"line {line}")
            if (clip := question.clip) is not None and clip.path not in below:
                resolve_clip(clip, path.parent, where=f"line {line}: clip.path")
                below.add(clip.path)
            if question.id in lines_by_id:
                raise DataError(
                    f"line {line}: id: got {show(question.id)} again, first on line "
                    f"{lines_by_id[question.id]}, expected a new one"
                )
        except DataError as failure:
            message = str(failure)
            wrong.append(message if message.startswith("line ") else f"line {line}: {message}")
            continue
        lines_by_id[question.id] = line
        questions.append(question)
    if wrong:
        raise DataError(listed(path, wrong))
    if not questions:
        raise DataError(f"{path}: holds no question; expected one JSON object a line")
    return questions


def write_questions(path: Path | str, questions: Iterable[Question]) -> None:
    """Write a questions file: the whole of it or, on failure, nothing.

    Raises:
        DataError: two questions share an id.
        StorageError: the disk refused; an older file of that name is untouched.
    """
    path = Path(path)
    size, seen = 0, set[str]()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            for question in questions:
                if question.id in seen:
                    raise DataError(
                        f"{path}: id {question.id!r} is used twice, expected unique ids; rename one"
                    )
                seen.add(question.id)
                row = json.dumps(question_to_json(question), ensure_ascii=False, allow_nan=False)
                size += file.write(f"{row}\n".encode("utf-8", "surrogatepass"))
    except OSError as failure:
        raise StorageError(
            f"{path}: cannot be written ({failure.strerror or failure}) beyond {size} bytes; "
            "a file that stood there before is untouched; make room or choose another folder"
        ) from failure


def listed(path: Path, wrong: list[str]) -> str:
    """What is wrong with the lines of a file, one below the other, up to 20 of them."""
    shown = "".join(f"\n  {message}" for message in wrong[:_SHOWN])
    more = f"\n  and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    lines = "1 wrong line" if len(wrong) == 1 else f"{len(wrong)} wrong lines"
    return f"{path}: {lines}:{shown}{more}"


def _question(obj: Any, problems: list[str]) -> Question:
    if not isinstance(obj, Mapping):
        problems.append(f"got {show(obj)}, expected an object with id and text")
        return Question(id="", text="")
    for name in obj:
        if name not in FIELDS:
            hint = nearest(name, list(FIELDS)) or f"; expected one of {', '.join(FIELDS)}"
            problems.append(f"unknown field {name!r}{hint}")
    for name in ("id", "text"):
        if obj.get(name) is None:
            problems.append(f"{name}: is missing, expected a string")
    facts = Facts() if obj.get("facts") is None else facts_from_json(obj["facts"], problems)
    question = Question(
        id=read_field(obj, "id", text, problems, ""),
        text=read_field(obj, "text", text, problems, ""),
        clip=clip_from_json(obj["clip"], problems) if obj.get("clip") is not None else None,
        kind=read_field(obj, "kind", text, problems, "qa"),
        facet=read_field(obj, "facet", _facet, problems, None),
        choices=read_field(obj, "choices", _choices, problems, ()),
        answer=read_field(obj, "answer", text, problems, None),
        facts=facts,
        source=read_field(obj, "source", text, problems, None),
        topic=read_field(obj, "topic", text, problems, None),
    )
    choices = [choice.strip() for choice in question.choices]
    if choices and question.answer is not None and question.answer.strip() not in choices:
        problems.append(
            f"answer: got {show(question.answer)}, expected the text of one of the choices: "
            f"{', '.join(map(repr, choices))[:200]}"
        )
    return question


def _facet(value: Any) -> str:
    name = ALIASES.get(value, value) if isinstance(value, str) else value
    if name not in FACETS:
        hint = nearest(value, list(FACETS)) or f": {', '.join(FACETS)}"
        raise Wrong(f"the name of a fact{hint}")
    return name


def _choices(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise Wrong("a list of strings")
    choices = tuple(text(item) for item in value)
    if len(choices) == 1 or len({choice.strip() for choice in choices}) < len(choices):
        raise Wrong("at least two different options")
    return choices
