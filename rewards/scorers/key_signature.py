"""Reward ``key_signature``: how many sharps or flats.

Conventions
-----------
Read as in ``rewards/spelling/signatures.py``: a number, the signs themselves, or a
key, which stands for its signature. Several of them are one value where they agree
("D major, two sharps"; "D major or B minor").

========================================================  =====
the answer is                                             value
========================================================  =====
the number of sharps or flats                             1.0
another number, no signature, several that differ         0.0
========================================================  =====

The number is exact: six flats are not six sharps, though they sound alike, unless
``facts.spelling`` is false in so many words; then twelve fifths are one circle.

Source: the circle of fifths; ``music21.key.Key.sharps`` for keys and modes.
"""

from __future__ import annotations

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import applies, given_text
from rewards.spelling.open_ends import leaves_open
from rewards.spelling.signatures import find_signatures

_FLATS = Pattern(r"\bflats?\b")
# Two keys of one signature leave nothing open.
_RELATIVE = Pattern(r"\bor (?:its|the) relative\b", 2)
_SHARPS = Pattern(r"\bsharps?\b")


@reward("key_signature")
def key_signature(question: Question, response: Response) -> Verdict | None:
    """1 if the answer is the signature ``facts.key_signature``, else 0.

    Raises:
        DataError: the fact is no number from -7 to 7.
    """
    if not applies(question, "key_signature"):
        return None
    truth = question.facts.key_signature
    if not isinstance(truth, int) or isinstance(truth, bool) or not -7 <= truth <= 7:
        raise DataError(f"facts.key_signature: got {truth!r}, expected -7 (flats) to 7 (sharps)")
    text = given_text("key_signature", question, response)
    if isinstance(text, Verdict):
        return text
    if leaves_open(_RELATIVE.sub(" ", text)):
        return Verdict(0.0, "the answer leaves open what else it might be")
    asked = question.text[:1000].lower()
    flats = _FLATS.search(asked) is not None and _SHARPS.search(asked) is None
    found = list(find_signatures(text, -1 if flats else 1))
    if not found:
        return Verdict(0.0, f"the answer names no key signature: {text[:60]!r}")
    if len(found) > 1:
        return Verdict(0.0, "the answer names key signatures that differ")
    got = found[0]
    if abs(got) > 7:
        return Verdict(0.0, "the answer names a key without a signature of its own")
    same = got == truth
    if question.facts.spelling is False:
        same = (got - truth) % 12 == 0
    relation = "is" if same else "is not"
    return Verdict(float(same), f"{name(got)} {relation} {name(truth)}", {"signature": got})


def name(count: int) -> str:
    """``3 flats``."""
    if count == 0:
        return "no sharps or flats"
    word = "sharp" if count > 0 else "flat"
    return f"{abs(count)} {word}{'s' if abs(count) > 1 else ''}"
