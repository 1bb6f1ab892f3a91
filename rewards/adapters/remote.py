"""What OpenRLHF and slime ask of a remote reward, and what they are answered.

Conventions
-----------
====================  ===================================  =================================
asked by              request                              answer
====================  ===================================  =================================
OpenRLHF              ``{"query": [prompt and completion,  ``{"rewards": [...], "scores":
(``utils/agent.py``)  special tokens too], "prompts":      [...], "extra_logs": {NAME:
                      [...], "labels": [...]}``            [...], NAME_scored: [...]}}``
slime                 ``{"prompt": text or turns,          one number
(``rm_hub``)          "response": text, "label": any}``
====================  ===================================  =================================

The columns of a question (``rewards/adapters/columns.py``) may stand beside these fields: as
lists with one value for each ``query``, as they are beside a ``response``. Any other field is
an error. The clients send what the table says and no more, and were answered so: OpenRLHF's
``SingleTurnAgentExecutor`` at 3c3be623 and slime's ``remote_rm`` at 624b824a8.

A label is the gold answer, or a question as JSON (``with_label``); without a text of its own
the prompt is the question. The completion of a ``query`` is what follows its prompt, without
the tokens that end a turn. ``rewards/adapters/outcomes.py`` explains the pairs of numbers.

Neither trainer can leave a completion out: one without a total is an ``Unscored`` request,
unless ``missing`` says what it counts as.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rewards.adapters.columns import COLUMNS, NO_TEXT, question_of, with_label
from rewards.adapters.messages import completion_text, prompt_text
from rewards.adapters.outcomes import numbers, why_none
from rewards.errors import DataError, RewardError, nearest
from rewards.fields import show
from rewards.records import Question, Response, Score
from rewards.response import parse

ENDS = (
    "<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<|end_of_text|>", "<end_of_turn>",
    "<|end|>", "<eos>",
)  # fmt: skip
"""Tokens that end a turn in the chat templates of common families."""
_MANY = ("query", "prompts", "labels")
_ONE = ("prompt", "response", "label")
_MOST = 4096  # completions in one request

Row = tuple[Question, Response]


class Unscored(RewardError):
    """A completion of the request has no total; names it and says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    Attributes:
        rows: the questions with their completions.
        one: whether the answer is one number.
    """

    rows: tuple[Row, ...]
    one: bool


def read_request(payload: Any) -> Request:
    """The completions that a request holds.

    Raises:
        DataError: it has neither form, or a field of another name; names the field, and the row
            where there are several.
    """
    if not isinstance(payload, Mapping):
        raise DataError(f"got {show(payload)}, expected an object")
    if "query" in payload:
        _check_names(payload, _MANY)
        return Request(tuple(_rows(payload)), one=False)
    if "response" in payload:
        _check_names(payload, _ONE)
        said = completion_text(payload["response"], where="response")
        prompt = payload.get("prompt")
        asked = NO_TEXT if prompt is None else prompt_text(prompt, where="prompt")
        columns = {name: payload[name] for name in COLUMNS if name in payload}
        row = _row(asked, said, columns, payload.get("label"), "the row")
        return Request((row,), one=True)
    raise DataError(
        f"got an object with the fields {show(list(payload))}, expected query, prompts and labels "
        "(OpenRLHF), or prompt, response and label (slime)"
    )


def write_answer(request: Request, scores: list[Score], missing: float | None) -> Any:
    """The answer, as JSON holds it.

    Raises:
        Unscored: a completion has no total and ``missing`` is None.
    """
    totals = [_total(i, score, missing) for i, score in enumerate(scores)]
    if request.one:
        return totals[0]
    columns: dict[str, list[float]] = {}
    for score in scores:
        for name, value in numbers(score).items():
            columns.setdefault(name, []).append(value)
    return {"rewards": totals, "scores": totals, "extra_logs": columns}


def _total(place: int, score: Score, missing: float | None) -> float:
    value = score.total
    if value is None:
        value = missing
    if value is None:
        raise Unscored(
            f"row {place} has no score: {why_none(score)}; the trainer cannot leave it out, so "
            "mend the reward, route the row away, or start the server with --missing"
        )
    return value


def _rows(payload: Mapping[str, Any]) -> list[Row]:
    queries = _texts(payload, "query", None)
    prompts = _texts(payload, "prompts", len(queries))
    lists = {
        name: _list(payload, name, len(queries), lambda value: True, "a list")
        for name in ("labels", *COLUMNS)
        if name in payload
    }
    labels = lists.pop("labels", [None] * len(queries))
    rows = []
    for i, (query, prompt, label) in enumerate(zip(queries, prompts, labels, strict=True)):
        where = f"row {i}"
        columns = {name: values[i] for name, values in lists.items()}
        rows.append(_row(prompt, _completion(query, prompt, where), columns, label, where))
    return rows


def _row(asked: str, said: str, columns: Mapping[str, Any], label: Any, where: str) -> Row:
    columns = with_label(columns, label, where=where)
    return question_of(columns, asked or NO_TEXT, where=where), parse(said)


def _check_names(payload: Mapping[str, Any], own: tuple[str, ...]) -> None:
    known = (*own, *COLUMNS)
    for name in payload:
        if name not in known:
            raise DataError(
                f"unknown field {show(name)}{nearest(name, known)}; known: {', '.join(known)}"
            )


def _completion(query: str, prompt: str, where: str) -> str:
    """What follows the prompt; some tokenizers put a token before it."""
    at = query.find(prompt)
    if at < 0:
        raise DataError(
            f"{where}: query: got {show(query)}, expected a text that holds its prompt "
            f"{show(prompt)}: what follows it is the completion"
        )
    said = query[at + len(prompt) :].rstrip()
    end = next((end for end in ENDS if said.endswith(end)), None)
    while end is not None:
        said = said[: -len(end)].rstrip()
        end = next((end for end in ENDS if said.endswith(end)), None)
    return said


def _texts(payload: Mapping[str, Any], name: str, count: int | None) -> list[str]:
    return _list(payload, name, count, lambda value: isinstance(value, str), "a list of texts")


def _list(
    payload: Mapping[str, Any],
    name: str,
    count: int | None,
    fits: Callable[[Any], bool],
    expected: str,
) -> list[Any]:
    values = payload.get(name)
    if not isinstance(values, list) or not all(map(fits, values)):
        raise DataError(f"{name}: got {show(values)}, expected {expected}")
    if count is not None and len(values) != count:
        raise DataError(f"{name}: got {len(values)} values, expected {count}, one for each query")
    if not 0 < len(values) <= _MOST:
        raise DataError(f"{name}: got {len(values)} values, expected 1 to {_MOST}")
    return values
