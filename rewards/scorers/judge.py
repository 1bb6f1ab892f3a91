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
``rewards.judging.asking.unanswered()`` counts the reasons. Then it applies to no sibling either,
nor does what ``first`` decides: a completion that only its other parts judge would stand above
siblings that the judge found fault with, and completions could be learnt that silence it. Where it
refuses the request (a wrong key or model) the part is an error.

    parts:
      answer: {weight: 0.8}
      judge:  {weight: 0.2, first: answer, url: "https://api.example.org/v1",
               model: some-model, key_env: JUDGE_API_KEY}

A rubric in which only judges pay is refused. Equal completions are asked for once.
``rewards/judging/request.py`` tells how a submission is kept from speaking to the judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from rewards import registry
from rewards.contract import checked
from rewards.judging.asking import NO_OPINION, Asker
from rewards.judging.request import RULES
from rewards.judging.transport import Endpoint, endpoint_problems
from rewards.parameters import Problem, demand
from rewards.records import Abstention, Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers import JUDGES


def _problems(
    *,
    first: str,
    url: str,
    model: str,
    rules: str,
    key_env: str,
    attempts: int,
    deadline: float,
    parallel: int,
    max_tokens: int,
) -> Iterator[Problem]:
    by_rules = "expected the name of a reward that judges one completion by rules, such as answer"
    if first in JUDGES:
        yield "first", f"got {first!r}, a judge itself, {by_rules}"
    elif not registry.exists(first):
        hint = registry.nearest_known(first)
        yield "first", f"unknown reward {first!r}{hint}; {by_rules}; it takes no FILE.py:NAME"
    elif registry.get(first).scope == "group":
        yield "first", f"got {first!r}, which compares completions, {by_rules}"
    yield from endpoint_problems(url, key_env)
    for name, text in {"model": model, "rules": rules}.items():
        if not text.strip():
            yield name, "expected a text that is not empty"
    counts = {"attempts": attempts, "parallel": parallel, "max_tokens": max_tokens}
    for name, count in counts.items():
        if count < 1:
            yield name, f"got {count}, expected at least 1"
    if not 0 < deadline < float("inf"):
        yield "deadline", f"got {deadline}, expected seconds above 0"


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
) -> list[Verdict | Abstention]:
    """What ``first`` decides, else the judge's opinion, of each response.

    Args:
        first: the registered reward that decides the clear cases.
        url: of the endpoint, up to ``/chat/completions``.
        model: as the endpoint names it.
        rules: what earns how much, in words.
        key_env: the environment variable that holds the key, "" where none is needed.
        attempts: requests at most for a completion.
        deadline: seconds for all of them.
        parallel: requests at a time.
        max_tokens: of a reply.

    Raises:
        ConfigError: a setting cannot be used, or there is no key.
        RewardError: the endpoint refuses the request, or ``first`` broke its contract.
        DataError: ``first`` cannot read a fact of the row.
    """
    demand(
        "judge",
        _problems(
            first=first, url=url, model=model, rules=rules, key_env=key_env, attempts=attempts,
            deadline=deadline, parallel=parallel, max_tokens=max_tokens,
        ),
    )  # fmt: skip
    asker = Asker(Endpoint.of(url, key_env), model, rules, attempts, deadline, max_tokens)
    rule = registry.get(first)
    found: dict[str, Verdict | Abstention] = {}
    unclear: list[str] = []
    for text, response in {response.text: response for response in responses}.items():
        decided = checked(first, rule(question, response))
        if isinstance(decided, Verdict) and decided.value in (0, 1):
            why = f"{first} decides: {decided.why}"
            found[text] = Verdict(decided.value, why, decided.details)
        else:
            unclear.append(text)
    if unclear:
        with ThreadPoolExecutor(min(parallel, len(unclear))) as pool:
            opinions = pool.map(lambda text: asker.ask(question, text), unclear)
            found.update(zip(unclear, opinions, strict=True))
    return _alike([found[response.text] for response in responses])


def _alike(found: list[Verdict | Abstention]) -> list[Verdict | Abstention]:
    """The outcomes of siblings: opinions of all, or of none."""
    silent = next((one for one in found if isinstance(one, Abstention)), None)
    if silent is None:
        return found
    of_sibling = Abstention(silent.why.replace(NO_OPINION, f"{NO_OPINION} of a sibling"))
    return [one if isinstance(one, Abstention) else of_sibling for one in found]
