"""One completion on a terminal: what it said, what it earned, what was made of each claim.

All of it may be a stranger's text; ``experiments/terminal.py`` shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.judged_claims import VERDICTS, Claimed, Judgement, judgements
from experiments.terminal import say, table
from experiments.text import excerpt
from rewards.records import Part, Question, Score

if TYPE_CHECKING:
    from rollouts.records import UpdateRow

_MOST = 4000  # characters of a text
_LETTERS = (
    "P: what is true among what is claimed. C: how much of the asked fact is reached. "
    "K: contradictions; two cost .3 each."
)
_POINTS = (
    "points: what a claim adds to the reward or takes; together P x (.3 + .7 sqrt(C)), and the "
    "reward is 0 where that is less."
)


def show(
    question: Question,
    text: str,
    score: Score,
    learnt: str | None = None,
    again: tuple[str, Score] | None = None,
) -> None:
    """Print a completion.

    Args:
        question: that was asked.
        text: the raw completion.
        score: what it earned.
        learnt: what a run learnt from it; None where there was no run.
        again: the name of another rubric and its score, to stand beside the first.
    """
    facts = (
        ("question", question.text),
        ("gold answer", "none" if question.answer is None else question.answer),
        ("completion", text),
        ("total", _figure(score.total)),
        *((f"by {name}", _figure(other.total)) for name, other in ([again] if again else [])),
        *(("advantage", told) for told in ([] if learnt is None else [learnt])),
    )
    table(("", ""), [(what, excerpt(said, _MOST)) for what, said in facts], texts=1)
    say("")
    if again is None:
        table(("part", "value", "weight", "why"), map(_row, score.parts.items()), texts=1)
    else:
        heads = ("part", "run", "weight", again[0], "weight", "why")
        table(heads, _both(score, *again), texts=1)
    anew = judgements(again[1].parts) if again else ()
    for judgement in anew or judgements(score.parts):
        say("")
        by = f" by {again[0]}" if again and anew else ""
        _claims(judgement, by, text)


def learnt_from(row: UpdateRow | None) -> str:
    """What an update made of a rollout; ``None`` if it never saw it."""
    if row is None or row.advantage is None:
        return "not learnt from" if row is None else f"not learnt from: {row.dropped}"
    return f"{row.advantage:+.3f}" + (f" ({row.dropped})" if row.dropped else "")


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _row(named: tuple[str, Part]) -> tuple[str, ...]:
    name, part = named
    return name, *_worth(part), excerpt(part.why, _MOST)


def _worth(part: Part | None) -> tuple[str, str]:
    """Value and weight of a part; of one that a rubric has not, dashes."""
    if part is None:
        return "-", "-"
    value = part.status.replace("_", " ") if part.value is None else f"{part.value:.3f}"
    return value, f"{part.weight:g}"


def _both(score: Score, name: str, other: Score) -> Iterator[tuple[str, ...]]:
    """A row of each part of either rubric; a reason that both give stands there once."""
    for part in dict.fromkeys((*score.parts, *other.parts)):
        pair = score.parts.get(part), other.parts.get(part)
        said = {who: one.why for who, one in zip(("run", name), pair, strict=True) if one}
        whys = [*dict.fromkeys(said.values())]
        named = [f"{who}: {why}" for who, why in said.items()] if len(whys) > 1 else whys
        yield part, *_worth(pair[0]), *_worth(pair[1]), excerpt("\n".join(named), _MOST)
    yield "total", _figure(score.total), "", _figure(other.total), "", ""


def _claims(judgement: Judgement, by: str, text: str) -> None:
    """The claims as a table, the contradictions, and what the letters are."""
    terms = (("P", judgement.support), ("C", judgement.coverage))
    told = [f"{letter} {value:.2f}" for letter, value in terms if value is not None]
    count = len(judgement.claims)
    title = f"{judgement.name}{by}: {count} claim{'' if count == 1 else 's'}"
    say(", ".join((title, *told, f"K {len(judgement.contradictions)}")))
    if count:
        heads = ("claim", "span", "points", "verdict", "words", "why")
        table(heads, (_claim(claim, text) for claim in judgement.claims), texts=3)
    say(*(f"contradiction: {clash}" for clash in judgement.contradictions), _LETTERS)
    if any(claim.points is not None for claim in judgement.claims):
        say(_POINTS)


def _claim(claim: Claimed, text: str) -> tuple[str, ...]:
    stance = f", {claim.stance}" if claim.stance else ""
    points = (
        "" if claim.points is None else "0" if abs(claim.points) < 0.005 else f"{claim.points:+.2f}"
    )
    said = f"{claim.type.replace('_', ' ')} {claim.value}{stance}"
    span = f"{claim.start}-{claim.stop}"
    return said, span, points, VERDICTS[claim.verdict], claim.words(text), claim.why
