"""What the answer claims: the value of the asked facet, or all that it says.

Conventions
-----------
An answer in choices is the text of the option that it chooses. Spans are those of that text,
not of the completion. A bare value ("F#", "96") is one of the kind that is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rewards.answers import clean
from rewards.claims.absent import denied
from rewards.claims.reading import read_text
from rewards.claims.records import CLAIMS, Claim, Value
from rewards.claims.relations import asked_relation
from rewards.extract import choose
from rewards.kinds import kind_of, values
from rewards.records import Question, Response
from rewards.scorers.typed import uncopied
from rewards.spelling.harte import Chord, harte

_KINDS = frozenset(("key", "meter", "tempo", "chord", "note", "cadence", "interval", "roman"))


def given(question: Question, response: Response) -> tuple[Claim, ...]:
    """The plain claims of the answer: of the asked facet where it has one, else all.

    Denied is what answers a question of what is absent (``rewards/absence.py``).
    """
    text = response.answer
    if text is None:
        return ()
    return _given(text, question.choices, question.text, question.facet)


@lru_cache(maxsize=1024)
def _given(
    answer: str, choices: tuple[str, ...], prompt: str, facet: str | None
) -> tuple[Claim, ...]:
    text = answer
    if choices:
        choice = choose(choices, uncopied(answer, prompt))
        if choice.index is None:
            return ()
        text = choices[choice.index]
    text = clean(text)
    claims = [claim for claim in read_text(text, facet) if claim.plain]
    of_facet = [claim for claim in claims if claim.type == CLAIMS.get(facet or "", facet)]
    relation = asked_relation(prompt, facet)
    named = relation.value(text) if relation else None
    if named is not None:
        of_facet = [Claim("function", named, 0, len(text), "answer")]
    if not of_facet and facet in _KINDS:
        found = values(kind_of(facet), text)
        of_facet = [_claim(facet, found[0], text)] if len(found) == 1 else []
    return denied(of_facet or claims, prompt)


def meant(
    told: Iterable[Claim], by_rules: Sequence[Claim], question: Question
) -> tuple[Claim, ...]:
    """What an answer stands for of which somebody else than ``given`` told the claims.

    Of the asked facet what is told, else what rules read; where neither has it, all that is told.

    Args:
        told: the claims of the answer.
        by_rules: as ``given`` has it.
    """
    plain = [claim for claim in told if claim.plain]
    wanted = CLAIMS.get(question.facet or "", question.facet)
    for found in (plain, by_rules):
        of_facet = [claim for claim in found if claim.type == wanted]
        if of_facet:
            return denied(of_facet, question.text)
    return denied(plain or by_rules, question.text)


def _claim(facet: str, value: object, text: str) -> Claim:
    said: Value
    if isinstance(value, Chord):
        said = harte(value)
    elif facet == "tempo":
        said = value.middle  # type: ignore[attr-defined]
    else:
        said = value if isinstance(value, str) else value.name  # type: ignore[attr-defined]
    return Claim(facet, said, 0, len(text), "answer")
