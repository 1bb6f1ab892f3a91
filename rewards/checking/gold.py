"""Gold answers and answers of traces that the rewards would not pay; rows that none can judge.

Conventions
-----------
The gold answer is given as a completion, and must earn 1 in ``accuracy`` and in the reward of
the question's facet. Less is an error of the answer, of the fact or of the facet, or a form
that the rewards do not read: whichever it is, a policy that is right is not paid.

The answer of a trace must earn 1 in the reward ``answer``: that of the facet, else ``accuracy``.
A policy that learns it would be paid less. Only ``qa`` is judged: a caption has many right forms.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewards import registry
from rewards.checking.facts import refusal
from rewards.checking.lettering import mislabelled
from rewards.checking.readings import unread
from rewards.checking.records import Finding, Row, Target
from rewards.contract import checked
from rewards.errors import EtudeError
from rewards.fields import show
from rewards.records import Question, Response, Verdict
from rewards.response import parse
from rewards.scorers.answer import reward_of


def gold(row: Row) -> Iterator[Finding]:
    """What the rewards say of the gold answer of a row."""
    question = row.question
    asked = reward_of(question)
    judged = False
    for name in ["accuracy", *([asked] if asked else [])]:
        completion = parse(f"<answer>{question.answer or '?'}</answer>")
        try:
            value, why = _value(name, question, completion)
        except EtudeError as failure:
            yield row.found("facts", refusal(name, failure))
            judged = True
            continue
        judged = judged or value is not None
        if value is not None and value < 1 and question.answer is not None:
            yield row.found(
                "gold",
                f"{name} gives {value:g} to the gold answer {show(question.answer)}, expected 1: "
                f"{why}",
            )
    if (why := mislabelled(question)) is not None:
        yield row.found("gold", why)
    if (why := unread(question)) is not None:
        yield row.found("gold", f"answer: got {show(question.answer)}: {why}")
    if not judged and question.kind == "qa":
        place = f"the fact {question.facet!r}" if question.facet else "a facet with its fact"
        yield row.found("gold", f"nothing can judge it: expected an answer, or {place}")


def unpaid(target: Target) -> Iterator[Finding]:
    """What the answer of a target earns from its question, where that is less than 1."""
    question = target.question
    if question is None or question.kind != "qa":
        return
    try:
        value, why = _value("answer", question, parse(f"<answer>{target.answer}</answer>"))
    except EtudeError:
        return  # told of the question's own file
    if value is not None and value < 1:
        right = _truth(question)
        yield target.found(
            "unpaid",
            f"answer: got {show(target.answer)}, which earns {value:g}, expected {right}: {why}",
        )


def _truth(question: Question) -> str:
    """The gold answer, else the fact that is asked for."""
    if question.answer is not None:
        return f"the gold answer {show(question.answer)}"
    return f"facts.{question.facet} {show(getattr(question.facts, question.facet or '', None))}"


def _value(name: str, question: Question, completion: Response) -> tuple[float | None, str]:
    found = checked(name, registry.get(name)(question, completion))
    return (found.value if isinstance(found, Verdict) else None), found.why
