"""Reward ``form``: the order of sections, up to relabelling.

Conventions
-----------
Forms as in ``rewards/spelling/forms.py``: "BBAB" is "AABA", and "ternary" is "ABA".

=====================================================  =========================
the answer is                                          value
=====================================================  =========================
the form, by letters or by name                        1.0
the same letters with other primes (A for A')          0.9
other letters                                          min(.75, 1 - edits /
                                                       longer), 0 under .4
letters for another name, or the reverse               half of that
a related name (see ``RELATED``)                       0.5
another name, none, several forms                      0.0
=====================================================  =========================

Edits are Levenshtein's over sections, after relabelling. The partial credit is ours.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.asides import concluded
from rewards.spelling.forms import Form, find_forms, parse_form, played
from rewards.spelling.mentions import asserted
from rewards.text import fold, plain

PRIMES = 0.9
PARTIAL = 0.75
LEAST = 0.4
RELATED = {
    frozenset(pair): 0.5
    for pair in (
        ("binary", "rounded binary"), ("ternary", "rounded binary"), ("rondo", "sonata rondo"),
        ("sonata", "sonata rondo"), ("sonata", "rounded binary"), ("strophic", "variations"),
        ("strophic", "verse-chorus"), ("bar", "blues"), ("song", "ternary"),
    )
}  # fmt: skip


@reward("form")
def form(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's form against ``facts.form``.

    Raises:
        DataError: the fact is no form.
    """
    if not applies(question, "form"):
        return None
    written = fold(question.facts.form or "")
    truth = parse_form(written)
    if truth is None:
        raise DataError(f"facts.form: got {written[:60]!r}, expected 'AABA' or 'rondo'")
    text = answer_text("form", question, response)
    if isinstance(text, Verdict):
        return text
    if plain(text).removesuffix(" form") == plain(written).removesuffix(" form"):
        return Verdict(1.0, "the answer is the form")
    said = named(text)
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} forms, expected 1")
    value, relation = nearness(truth, said[0])
    details = {"form": said[0].name or "".join(said[0].letters)}
    return Verdict(value, f"the form {relation} {written}", details)


@lru_cache(maxsize=4096)
def named(text: str) -> tuple[Form, ...]:
    """The different forms that a cleaned text asserts."""
    text = played(text)
    said: list[Form] = []
    for mention in concluded(text, asserted(text, find_forms(text))):
        if not any(mention.value.same(one) for one in said):
            said.append(mention.value)
    return tuple(said)


@lru_cache(maxsize=4096)
def nearness(truth: Form, got: Form) -> tuple[float, str]:
    """Value and relation of a form to the true one (see the table above)."""
    if truth.same(got):
        return 1.0, "is"
    if truth.name and got.name:
        value = RELATED.get(frozenset((truth.name, got.name)), 0.0)
        return value, "is related to" if value else "is not"
    share = 0.5 if truth.name or got.name else 1.0
    if [s[0] for s in truth.letters] == [s[0] for s in got.letters] and share == 1.0:
        return PRIMES, "has other primes than"
    length = max(len(truth.letters), len(got.letters))
    likeness = 1.0 - edits(truth.letters, got.letters) / length
    return share * min(PARTIAL, likeness) * (likeness >= LEAST), "differs from"


def edits(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Levenshtein distance of sections."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]
