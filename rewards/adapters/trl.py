"""A rubric as one of TRL's ``reward_funcs``, and TRL's rewards in a rubric.

Conventions
-----------
A rubric in ``GRPOTrainer`` (TRL 1.16, ``trl/trainer/grpo_trainer.py``)::

    trainer = GRPOTrainer(model, reward_funcs=rubric.as_trl(), train_dataset=rows, ...)

The columns of the data set make the questions (``rewards/adapters/columns.py``); prompts and
completions may be texts or turns. A completion that nothing applies to, or on which a reward
failed, is None: TRL leaves it out of the mean of its group and out of the update. (TRL below
1.16 may count such a row as 0 if no other reward function scores it.) Weights follow the
trainer's step. More failures in one call than the rubric's ``failure_budget`` end the run.

====================  ========================================================
TRL logs              what
====================  ========================================================
metric parts/NAME     mean of a part over the completions that it scored
metric parts_failed   share of the completions on which a reward failed
column NAME           the value of the part for each completion, or None
====================  ========================================================

That no row so far had a gold answer or facts, and which parts therefore did not apply, is a
warning of ``logging``, once.

A reward function for TRL in a rubric, in a file of one's own (``reward: mine.py:brief``)::

    from rewards.adapters.trl import as_reward
    from trl.rewards import get_soft_overlong_punishment
    def short(completions, **kwargs):
        return [float(len(text) < 400) for text in completions]
    brief = as_reward(short)
    overlong = as_reward(get_soft_overlong_punishment(512, 128), low=-1, tokenize=encode)

TRL hands over a prompt and its completion as texts where the data set has texts, and as lists
of turns where it has those. A question has a text, so texts is what a function gets. Those in
``trl.rewards`` (1.16) that look at a completion want turns, and get them. Another function
that wants turns (``completion[0]["content"]``) fails on a text, and is told so. An ``async``
function, which TRL runs on one event loop, runs here to its end on a loop of each call.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import math
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from rewards.adapters.columns import COLUMNS, question_of
from rewards.adapters.messages import completion_text, prompt_text
from rewards.adapters.outcomes import check_budget, check_sums
from rewards.adapters.unlabelled import Unlabelled
from rewards.errors import ConfigError, DataError, RewardError, first_line, nearest
from rewards.fields import show
from rewards.questions import FIELDS, question_to_json
from rewards.records import Question, Response, Score, Verdict
from rewards.response import parse
from rewards.rubric import Rubric

_LOG = logging.getLogger(__name__)
_OF_FORM = (AttributeError, IndexError, KeyError, TypeError)  # of turns read as text, or reverse


@dataclass(frozen=True, slots=True)
class TrlReward:
    """What ``Rubric.as_trl`` returns: a function as ``GRPOTrainer`` calls it.

    Attributes:
        rubric: what it scores with.
        __name__: what TRL logs it under.
    """

    rubric: Rubric
    __name__: str = "rubric"
    _unlabelled: Unlabelled = field(
        default_factory=Unlabelled, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        check_sums(self.rubric, "a reward function of TRL")

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]] | None = None,
        *,
        trainer_state: Any = None,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """One number in [0, 1] for each completion, or None.

        Args:
            prompts, completions: one for each completion, as text or as turns.
            completion_ids: not needed.
            trainer_state: its ``global_step`` is the step of the weights; without it, or
                before a run, schedules count with their end.
            log_metric, log_extra: where TRL takes metrics and columns.
            columns: the other columns of the data set, one value for each completion.

        Raises:
            DataError: a row makes no question; names it.
            RewardError: rewards failed more often than ``failure_budget`` allows.
        """
        for name, values in columns.items():
            if name in COLUMNS and len(values) != len(completions):
                raise DataError(
                    f"column '{name}' must have a value for each completion: got {len(values)}, "
                    f"expected {len(completions)}; repeat those of a prompt"
                )
        rows = []
        for i, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
            where = f"row {i}"
            asked = prompt_text(prompt, where=f"{where}: prompt")
            own = {name: columns[name][i] for name in COLUMNS if name in columns}
            said = completion_text(completion, where=f"{where}: completion")
            rows.append((question_of(own, asked, where=where), parse(said)))
        step = getattr(trainer_state, "global_step", None)
        rubric = self.rubric.settled() if step is None else self.rubric.at(int(step))
        scores = rubric.score_rows(rows)
        if remark := self._unlabelled.remark(rubric, rows, scores):
            _LOG.warning(
                "no row so far had a gold answer or facts: %s; they are read from the columns %s; "
                "there are the columns %s",
                remark, ", ".join(COLUMNS), ", ".join(columns) or "(none)",
            )  # fmt: skip
        _log(scores, log_metric, log_extra)
        check_budget(rubric, rows, scores)
        return [score.total for score in scores]


def _log(
    scores: Sequence[Score],
    log_metric: Callable[[str, float], None] | None,
    log_extra: Callable[[str, list[Any]], None] | None,
) -> None:
    if not scores:
        return
    for name in scores[0].parts:
        values = [score.parts[name].value for score in scores]
        there = [value for value in values if value is not None]
        if log_extra is not None:
            log_extra(name, values)
        if log_metric is not None and there:
            log_metric(f"parts/{name}", math.fsum(there) / len(there))
    if log_metric is not None:
        log_metric("parts_failed", sum(not score.valid for score in scores) / len(scores))


def as_reward(
    function: Callable[..., Any],
    low: float = 0.0,
    high: float = 1.0,
    *,
    tokenize: Callable[[str], list[int]] | None = None,
    conversational: bool | None = None,
) -> Callable[[Question, Response], Verdict | None]:
    """A reward of ours out of one of TRL's: register it, or name it in a file.

    The function is called with one completion at a time and with these columns, each a list
    of one: ``prompts``, ``completions``, ``completion_ids`` if there is a ``tokenize``,
    ``solution`` (the gold answer), ``question`` (an object) and its fields.

    Args:
        function: takes lists by keyword and returns a list of numbers or None; may be ``async``.
        low, high: the range of its values, which becomes [0, 1].
        tokenize: text -> token ids, for functions that count tokens.
        conversational: whether prompts and completions are lists of turns, True, or texts,
            False; None takes turns for a function of TRL's own, texts for any other.

    Raises:
        ConfigError: the range is empty, or the function needs a column that no question has.
        RewardError: when called: a value outside of the range, no list of one, or an error
            that the other form of completions may mend.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ConfigError(f"the range of a reward: got [{low}, {high}], expected low below high")
    name = getattr(function, "__name__", type(function).__name__)
    needed, takes_all = _parameters(name, function, tokenize is not None)
    accepted = frozenset(inspect.signature(function).parameters)
    turns = _of_trl(function) if conversational is None else conversational

    def judged(question: Question, response: Response) -> Verdict | None:
        given = _columns(question, response, tokenize, turns)
        if any(given.get(column, [None]) == [None] for column in needed):
            return None
        if not takes_all:
            given = {column: value for column, value in given.items() if column in accepted}
        try:
            outcomes = function(**given)
            if inspect.iscoroutine(outcomes):
                outcomes = _awaited(outcomes)
        except _OF_FORM as failure:
            # With the way it took, so that an isolated reward's line is named.
            said = _of_the_form(name, failure, turns)
            raise said.with_traceback(failure.__traceback__) from failure
        if not isinstance(outcomes, (list, tuple)) or len(outcomes) != 1:
            raise RewardError(
                f"TRL reward {name!r} returned {show(outcomes)} for one completion: expected a "
                "list of one number"
            )
        return _scaled(name, outcomes[0], low, high)

    judged.__name__ = name
    judged.__module__ = getattr(function, "__module__", judged.__module__)
    judged.__qualname__ = getattr(function, "__qualname__", type(function).__qualname__)
    return judged


def _awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What an ``async`` function returns."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as beside:  # a notebook runs a loop in this thread
        return beside.submit(asyncio.run, coroutine).result()


def _of_the_form(name: str, failure: Exception, turns: bool) -> RewardError:
    """An error that the other form of completions may mend."""
    form, other = ("lists of turns", "texts") if turns else ("texts", "lists of turns")
    return RewardError(
        f"TRL reward {name!r}: {type(failure).__name__}: {first_line(failure)}; it got "
        f"completions as {form}; if it expects {other}: as_reward(function, "
        f"conversational={not turns})"
    )


def _parameters(
    name: str, function: Callable[..., Any], counts_tokens: bool
) -> tuple[tuple[str, ...], bool]:
    """The columns that the function cannot do without, and whether it takes any other."""
    there = {"prompts", "completions", *COLUMNS}
    needed, takes_all = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            takes_all = True
        if parameter.default is not inspect.Parameter.empty or parameter.kind in (
            inspect.Parameter.VAR_KEYWORD,
            inspect.Parameter.VAR_POSITIONAL,
        ):
            continue
        if parameter.name == "completion_ids":
            if not counts_tokens:
                raise ConfigError(
                    f"TRL reward {name!r} counts tokens: got no tokenizer, expected "
                    "as_reward(function, ..., tokenize=text -> token ids)"
                )
            continue
        if parameter.name not in there:
            hint = nearest(parameter.name, there) or f"; a question has {', '.join(sorted(there))}"
            raise ConfigError(f"TRL reward {name!r} needs the column {parameter.name!r}{hint}")
        needed.append(parameter.name)
    return tuple(needed), takes_all


def _of_trl(function: Callable[..., Any]) -> bool:
    return (getattr(function, "__module__", None) or "").partition(".")[0] == "trl"


def _columns(
    question: Question,
    response: Response,
    tokenize: Callable[[str], list[int]] | None,
    turns: bool,
) -> dict[str, list[Any]]:
    asked: Mapping[str, Any] = question_to_json(question)
    given: dict[str, list[Any]] = {name: [asked.get(name)] for name in FIELDS}
    given |= {"question": [asked], "solution": [question.answer]}
    for name, role, text in (
        ("prompts", "user", question.text),
        ("completions", "assistant", response.text),
    ):
        given[name] = [[{"role": role, "content": text}] if turns else text]
    if tokenize is not None:
        given["completion_ids"] = [list(tokenize(response.text))]
    return given


def _scaled(name: str, value: Any, low: float, high: float) -> Verdict | None:
    if value is None:
        return None
    if type(value) not in (int, float):
        raise RewardError(
            f"TRL reward {name!r} returned {show(value)} of type {type(value).__name__}: expected "
            "a number; return a list of one float(...)"
        )
    if not low <= value <= high:  # false for NaN too
        raise RewardError(
            f"TRL reward {name!r} returned {show(value)}: expected a number in [{low:g}, {high:g}]"
            "; give its range, as_reward(function, low, high)"
        )
    return Verdict((value - low) / (high - low), f"{name} {value:g} in [{low:g}, {high:g}]")
