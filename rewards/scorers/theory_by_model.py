"""Reward ``theory_by_model``: as ``theory``, but a language model reads the claims.

Conventions
-----------
The rules by which ``theory`` reads know the words of many authors, not of all: in texts that
they have not met they miss one claim of four, or two of five. A language model behind any endpoint
that has ``/chat/completions`` in OpenAI's form, also one on this machine, reads whatever words
there are. It only lists what the thoughts claim, and what an answer of more than 20 words claims,
each with its words; what is true is decided as in ``theory``, by the facts of the row, the
textbook and the other claims, with the same values and details. Rules read a shorter answer.

With ``readings`` above 1 each text is read so often, and what all readings list counts.

    parts:
      answer: {weight: 0.8}
      theory_by_model: {weight: 0.2, url: "http://127.0.0.1:8000/v1", model: some-model}

Where the model does not answer (nobody there, 429, 5xx, no time, no JSON, another schema, claims
that the text does not make) the reward does not apply, which is never 0, and neither does it to
the siblings of that completion. Where it refuses the request (a wrong key or model) the part is an
error. A rubric in which nothing else pays is refused, for a policy could learn to please the
reader.
``rewards/asking/`` has what the model is asked: ``claims.py``, ``definitions.py``, ``examples.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from rewards.asking.claims import in_response, to_read
from rewards.asking.reader import Reader
from rewards.asking.settings import Settings
from rewards.asking.siblings import alike
from rewards.claims.records import Claim
from rewards.claims.verify.facts import Known, known
from rewards.parameters import Problem, demand
from rewards.records import Abstention, Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.theory import prior_problems, verified


def _problems(*, priors: str, readings: int, **settings: object) -> Iterator[Problem]:
    yield from prior_problems(priors)
    yield from Reader(Settings(**settings), readings).problems()  # type: ignore[arg-type]


@reward("theory_by_model", scope="group", check=_problems)
def theory_by_model(
    question: Question,
    responses: Sequence[Response],
    *,
    url: str,
    model: str,
    priors: str = "",
    readings: int = 1,
    key_env: str = "",
    attempts: int = 4,
    deadline: float = 60.0,
    parallel: int = 8,
    max_tokens: int = 4096,
    request: Mapping[str, Any] | None = None,
) -> list[Verdict | Abstention | None]:
    """R of each chain of thought, its claims read by a model.

    Args:
        priors: as of ``theory``.
        readings: ``Reader``.
        url, model, key_env, attempts, deadline, parallel, max_tokens, request: ``Settings``.

    Raises:
        ConfigError: a setting cannot be used, there is no key, or the file of priors cannot be
            read.
        RewardError: the endpoint refuses the request.
        DataError: a fact of the row cannot be read.
    """
    settings = Settings(url, model, key_env, attempts, deadline, parallel, max_tokens, request)
    reader = Reader(settings, readings)
    demand("theory_by_model", chain(prior_problems(priors), reader.problems()))
    facts = known(question)
    if not facts.given:
        return [None] * len(responses)
    thoughtful = [one for one in responses if one.think and one.think.strip()]  # others earn 0
    texts = [text for one in thoughtful for text in to_read(one)]
    said = reader.claims(question, texts)
    found = [_verdict(question, one, said, facts, priors) for one in responses]
    return list(alike(found))


def _verdict(
    question: Question,
    response: Response,
    said: dict[str, tuple[Claim, ...] | Abstention],
    facts: Known,
    priors: str,
) -> Verdict | Abstention:
    told: dict[str, tuple[Claim, ...]] = {}
    for text in to_read(response):
        claims = said.get(text, ())
        if isinstance(claims, Abstention):
            return claims
        told[text] = claims
    claims, answers = in_response(told, question, response)
    return verified(response, claims, answers, facts, priors)
