"""Reward ``form``: the order of sections, up to relabelling.

Conventions
-----------
Forms as in ``rewards/spelling/forms.py``: "BBAB" is "AABA", and "ternary" is "ABA".

=====================================================  =========================
the answer is                                          value
=====================================================  =========================
the form, by letters or by name                        1.0
the same letters with other primes (A for A')          0.8
other letters                                          .5 x (1 - edits / longer)
another name, none, several forms                      0.0
=====================================================  =========================

Edits are Levenshtein's over sections. A form that has only a name (sonata, variations,
blues) is compared by its name. The partial credit is ours.
"""

from __future__ import annotations

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.forms import Form, find_forms, parse_form
from rewards.spelling.mentions import asserted
from rewards.text import fold, plain

PRIMES = 0.8
PARTIAL = 0.5


@reward("form")
def form(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's form against ``facts.form``.

    Raises:
        DataError: the fact is no form.
    """
    if not applies(question, "form"):
        return None
    written = fold(question.facts.form or "")
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    if plain(text).removesuffix(" form") == plain(written).removesuffix(" form"):
        return Verdict(1.0, "the answer is the form")
    truth = parse_form(written)
    if truth is None:
        raise DataError(f"facts.form: got {written[:60]!r}, expected 'AABA' or 'rondo'")
    said: list[Form] = []
    for mention in asserted(text, find_forms(text)):
        if not any(mention.value.same(one) for one in said):
            said.append(mention.value)
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} forms, expected 1")
    value, relation = nearness(truth, said[0])
    return Verdict(value, f"the form {relation} {written}", {"form": "".join(said[0].letters)})


def nearness(truth: Form, got: Form) -> tuple[float, str]:
    """Value and relation of a form to the true one (see the table above)."""
    if truth.same(got):
        return 1.0, "is"
    if not truth.letters or not got.letters or (truth.name and got.name):
        return 0.0, "is not"
    bare_truth, bare_got = ([s[0] for s in one.letters] for one in (truth, got))
    if bare_truth == bare_got:
        return PRIMES, "has other primes than"
    from rapidfuzz.distance import Levenshtein

    edits = Levenshtein.distance(truth.letters, got.letters)
    return PARTIAL * (1.0 - edits / max(len(truth.letters), len(got.letters))), "differs from"
