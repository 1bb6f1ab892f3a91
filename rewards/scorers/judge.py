"""Reward ``judge``: a language model's opinion where rules do not decide.

Conventions
-----------
===========================================  ============================================
the reward ``first``, which judges by rules  value
===========================================  ============================================
gives 0 or 1                                 that: the judge is not asked
gives a value between, or does not apply     the judge's, in [0, 1]
===========================================  ============================================

The judge is any endpoint that has ``/chat/completions`` in OpenAI's form, also one on this
machine. Where it gives no opinion (429, 5xx, no time, no JSON, another schema, a value outside
of [0, 1]) the reward does not apply, which is never 0, and the part says why;
``rewards.asking.asker.unanswered()`` counts the reasons. Then it applies to no sibling either,
nor does what ``first`` decides: a completion that only its other parts judge would stand above
siblings that the judge found fault with, and completions could be learnt that silence it. Where it
refuses the request (a wrong key or model) the part is an error.

    parts:
      answer: {weight: 0.8}
      judge:  {weight: 0.2, first: answer, url: "https://api.example.org/v1",
               model: some-model, key_env: JUDGE_API_KEY}

A rubric in which only judges pay is refused. Equal completions are asked for once.
``rewards/asking/sealing.py`` tells how a submission is kept from speaking to the judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rewards import registry
from rewards.asking.asker import Asker
from rewards.asking.opinion import RULES, Opinion
from rewards.asking.settings import Settings
from rewards.asking.siblings import alike, side_by_side
from rewards.contract import checked
from rewards.parameters import Problem, demand
from rewards.records import Abstention, Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers import JUDGES


def _problems(*, first: str, rules: str, **settings: object) -> Iterator[Problem]:
    by_rules = "expected the name of a reward that judges one completion by rules, such as answer"
    if first in JUDGES:
        yield "first", f"got {first!r}, which asks a model itself, {by_rules}"
    elif not registry.exists(first):
        hint = registry.nearest_known(first)
        yield "first", f"unknown reward {first!r}{hint}; {by_rules}; it takes no FILE.py:NAME"
    elif registry.get(first).scope == "group":
        yield "first", f"got {first!r}, which compares completions, {by_rules}"
    if not rules.strip():
        yield "rules", "expected a text that is not empty"
    yield from Settings(**settings).problems()  # type: ignore[arg-type]


@reward("judge", scope="group", check=_problems)
def judge(
    question: Question,
    responses: Sequence[Response],
    *,
    first: str,
    url: str,
    model: str,
    rules: str = RULES,
    key_env: str = "",
    attempts: int = 4,
    deadline: float = 60.0,
    parallel: int = 8,
    max_tokens: int = 1024,
    request: Mapping[str, Any] | None = None,
) -> list[Verdict | Abstention]:
    """What ``first`` decides, else the judge's opinion, of each response.

    Args:
        first: the registered reward that decides the clear cases.
        rules: what earns how much, in words.
        url, model, key_env, attempts, deadline, parallel, max_tokens, request: ``Settings``.

    Raises:
        ConfigError: a setting cannot be used, or there is no key.
        RewardError: the endpoint refuses the request, or ``first`` broke its contract.
        DataError: ``first`` cannot read a fact of the row.
    """
    settings = Settings(url, model, key_env, attempts, deadline, parallel, max_tokens, request)
    own = _problems(first=first, rules=rules, **asdict(settings))
    demand("judge", own)
    asker = Asker(settings, Opinion(rules))
    rule = registry.get(first)
    found: dict[str, Verdict | Abstention] = {}
    for text, response in {response.text: response for response in responses}.items():
        decided = checked(first, rule(question, response))
        if isinstance(decided, Verdict) and decided.value in (0, 1):
            why = f"{first} decides: {decided.why}"
            found[text] = Verdict(decided.value, why, decided.details)
    unclear = [response.text for response in responses if response.text not in found]
    for text, said in side_by_side([asker], question, unclear).items():
        found[text] = said if isinstance(said, Abstention) else said[0]
    return alike([found[response.text] for response in responses])
