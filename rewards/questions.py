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
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rewards.clips import fault, resolve_clip
from rewards.errors import DataError, StorageError, nearest
from rewards.facts import ALIASES, FACETS, Wrong, facts_from_json, facts_to_json, number, show, text
from rewards.patterns import Pattern
from rewards.records import Clip, Facts, Question

_FIELDS = ("id", "text", "clip", "kind", "facet", "choices", "answer", "facts", "source", "topic")
_CLIP_FIELDS = ("path", "start", "duration", "sha256")
_SHA256 = Pattern(r"[0-9a-fA-F]{64}")
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
        obj["clip"] = _clip_to_json(question.clip)
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


def read_questions(path: Path | str) -> list[Question]:
    """All questions of a file, in order; clip paths stay as they are written.

    Raises:
        DataError: names file, line and field; lists up to 20 wrong lines.
    """
    path = Path(path)
    try:
        rows = path.read_bytes().split(b"\n")
    except OSError as failure:
        raise DataError(
            f"{path}: cannot be read ({failure.strerror or failure}); "
            "expected a questions file, one JSON object a line"
        ) from failure
    questions: list[Question] = []
    wrong: list[str] = []
    lines_by_id: dict[str, int] = {}
    for line, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            question = question_from_json(decode_line(row), where=f"line {line}")
            if question.clip is not None:
                resolve_clip(question.clip, path.parent, where=f"line {line}: clip.path")
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
    rows: list[str] = []
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise DataError(f"{path}: id {question.id!r} is used twice, expected unique ids")
        seen.add(question.id)
        rows.append(json.dumps(question_to_json(question), ensure_ascii=False, allow_nan=False))
    content = "".join(row + "\n" for row in rows).encode("utf-8", "surrogatepass")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.parent / f".{path.name}.{os.getpid()}.tmp"
        try:
            with name.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            name.unlink(missing_ok=True)
            raise
    except OSError as failure:
        raise StorageError(
            f"{path}: cannot be written ({failure.strerror or failure}); {len(content)} bytes are "
            "needed; a file that stood there before is untouched"
        ) from failure


def decode_line(row: bytes | str) -> Any:
    """One line of JSON, decoded with care.

    Raises:
        DataError: bad UTF-8, bad JSON, NaN or infinity, a key given twice, or
            nesting deeper than Python can follow.
    """
    try:
        if isinstance(row, bytes):
            row = row.decode("utf-8-sig")
        return json.loads(row, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except UnicodeDecodeError as failure:
        raise DataError(
            f"is not UTF-8 (byte {failure.start}: {failure.reason}); save the file as UTF-8"
        ) from failure
    except json.JSONDecodeError as failure:
        raise DataError(
            f"is not JSON ({failure.msg}, column {failure.colno}); expected one object a line"
        ) from failure
    except (ValueError, RecursionError) as failure:
        raise DataError(f"cannot be decoded ({failure}); expected one JSON object") from failure


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a finite number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    obj = dict(pairs)
    if len(obj) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is given twice")
    return obj


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
        if name not in _FIELDS:
            hint = nearest(name, list(_FIELDS)) or f"; expected one of {', '.join(_FIELDS)}"
            problems.append(f"unknown field {name!r}{hint}")
    for name in ("id", "text"):
        if obj.get(name) is None:
            problems.append(f"{name}: is missing, expected a string")
    facts = Facts() if obj.get("facts") is None else facts_from_json(obj["facts"], problems)
    question = Question(
        id=_read(obj, "id", text, problems, ""),
        text=_read(obj, "text", text, problems, ""),
        clip=_clip(obj["clip"], problems) if obj.get("clip") is not None else None,
        kind=_read(obj, "kind", text, problems, "qa"),
        facet=_read(obj, "facet", _facet, problems, None),
        choices=_read(obj, "choices", _choices, problems, ()),
        answer=_read(obj, "answer", text, problems, None),
        facts=facts,
        source=_read(obj, "source", text, problems, None),
        topic=_read(obj, "topic", text, problems, None),
    )
    choices = [choice.strip() for choice in question.choices]
    if choices and question.answer is not None and question.answer.strip() not in choices:
        problems.append(
            f"answer: got {show(question.answer)}, expected the text of one of the choices: "
            f"{', '.join(map(repr, choices))[:200]}"
        )
    return question


def _read(
    obj: Mapping[str, Any],
    name: str,
    reader: Callable[[Any], Any],
    problems: list[str],
    absent: Any,
) -> Any:
    if obj.get(name) is None:
        return absent
    try:
        return reader(obj[name])
    except Wrong as expected:
        problems.append(f"{name}: got {show(obj[name])}, expected {expected}")
        return absent


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


def _clip(value: Any, problems: list[str]) -> Clip | None:
    if isinstance(value, str):
        value = {"path": value}
    if not isinstance(value, Mapping):
        problems.append(f"clip: got {show(value)}, expected a path or an object with a path")
        return None
    for name in value:
        if name not in _CLIP_FIELDS:
            hint = nearest(name, list(_CLIP_FIELDS))
            hint = hint or f"; expected one of {', '.join(_CLIP_FIELDS)}"
            problems.append(f"clip: unknown field {name!r}{hint}")
    found: list[str] = []
    if value.get("path") is None:
        found.append("path: is missing, expected a string")
    clip = Clip(
        path=_read(value, "path", _path, found, ""),
        sha256=_read(value, "sha256", _sha256, found, None),
        start=_read(value, "start", _start, found, 0.0),
        duration=_read(value, "duration", _duration, found, None),
    )
    problems.extend(f"clip.{problem}" for problem in found)
    return clip


def _path(value: Any) -> str:
    path = text(value)
    if (wrong := fault(path)) is not None:
        raise Wrong(f"a path below the folder of the file: it {wrong}")
    return path


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise Wrong("64 hexadecimal digits")
    return value.lower()


def _start(value: Any) -> float:
    if number(value) < 0:
        raise Wrong("seconds of at least 0")
    return number(value)


def _duration(value: Any) -> float:
    if number(value) <= 0:
        raise Wrong("seconds above 0")
    return number(value)


def _clip_to_json(clip: Clip) -> str | dict[str, Any]:
    obj: dict[str, Any] = {"path": clip.path}
    if clip.start:
        obj["start"] = clip.start
    for name in ("duration", "sha256"):
        if getattr(clip, name) is not None:
            obj[name] = getattr(clip, name)
    return clip.path if len(obj) == 1 else obj
