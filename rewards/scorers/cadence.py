"""Reward ``cadence``: which cadence ends the phrase.

Conventions
-----------
Labels as in ``rewards/spelling/cadences.py``; any name of a cadence is its label,
in the fact and in the answer. The chords name it too ("V to vi") where they tell
which it is; beside a name they only explain it. "An authentic cadence, namely a
PAC" is the narrower of the two, "an authentic or perfect authentic" the broader.

===========================================================  =====
the answer is                                                value
===========================================================  =====
the cadence; PAC, IAC or AC where the fact is "authentic"    1.0
"authentic" (or V-I) where the fact is a PAC or an IAC       0.6
IAC for PAC, PAC for IAC                                     0.5
HC for Phrygian, Phrygian for HC                             0.5
any other cadence, no cadence, several                       0.0
===========================================================  =====

A bare "authentic" says that the dominant resolves to the tonic and leaves open
how; it earns more than the wrong one of the two and less than the right one. The
Phrygian cadence is a half cadence of one form: the right family, half the value.

Not applicable where the fact says that there is none ("none", "no cadence").

Source: the categories of W. E. Caplin, Classical Form (1998), and the names of
the ABRSM for the British forms; the credits are conventions of this module.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rewards.answers import bare
from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies, says_none
from rewards.spelling.asides import unexplained
from rewards.spelling.cadences import (
    broader,
    find_cadences,
    find_motions,
    narrower,
    parse_cadence,
)
from rewards.spelling.mentions import Mention, asserted
from rewards.text import fold

_OR = Pattern(r"\bor\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\?")
CREDIT = {
    ("PAC", "AC"): 0.6, ("IAC", "AC"): 0.6, ("AC", "PAC"): 1.0, ("AC", "IAC"): 1.0,
    ("PAC", "IAC"): 0.5, ("IAC", "PAC"): 0.5, ("HC", "Phrygian"): 0.5, ("Phrygian", "HC"): 0.5,
}  # fmt: skip
"""(true, given) -> value, where they differ and it is not 0."""


@reward("cadence")
def cadence(question: Question, response: Response) -> Verdict | None:
    """Credit of the one cadence that the answer names.

    Raises:
        DataError: the fact is no cadence.
    """
    if not applies(question, "cadence"):
        return None
    truth = reference(question.facts.cadence or "")
    if truth is None:
        return None
    text = answer_text("cadence", question, response)
    if isinstance(text, Verdict):
        return text
    named = named_cadences(text)
    if len(named) != 1:
        many = f"the answer names {len(named)} different cadences, expected 1"
        return Verdict(0.0, many if named else f"the answer names no cadence: {text[:60]!r}")
    got = named[0]
    value = 1.0 if got == truth else CREDIT.get((truth, got), 0.0)
    return Verdict(value, f"{got} for {truth}", {"cadence": got})


@lru_cache(maxsize=1024)
def reference(text: str) -> str | None:
    """The label of a fact, or None where it says that there is no cadence.

    Raises:
        DataError: the text names no cadence, or several.
    """
    folded = fold(text).strip()
    if says_none(folded, "no cadence", "na"):
        return None
    named = named_cadences(folded)
    if len(named) != 1:
        raise DataError(f"facts.cadence: got {text[:60]!r}, expected a cadence such as 'PAC'")
    return named[0]


@lru_cache(maxsize=4096)
def named_cadences(text: str) -> tuple[str, ...]:
    """The distinct labels that a cleaned text asserts."""
    whole = parse_cadence(text) or parse_cadence(bare(text))
    if whole is not None:
        return (whole,)
    names = unexplained(text, asserted(text, find_cadences(text)))
    motions = asserted(text, find_motions(text))
    if names:
        # Chords explain a name, unless they are offered as another answer.
        motions = [m for m in motions if _offered(text, m, names)]
    return _distinct(text, sorted([*names, *motions], key=lambda m: m.start))


def _offered(text: str, motion: Mention[str], names: list[Mention[str]]) -> bool:
    """True if "or" joins a motion to a name directly."""
    for name in names:
        first, second = sorted((name, motion), key=lambda m: m.start)
        between = text[first.end : second.start].strip(" ,(.").lower()
        if between in ("or", "/", "or perhaps", "or maybe", "or a", "or an", "or possibly"):
            return True
    return False


def _distinct(text: str, mentions: list[Mention[str]]) -> tuple[str, ...]:
    """Labels, each with its broader name merged into it."""
    if len({m.value for m in mentions}) == 1:
        return (mentions[0].value,)
    doubtful = any(_OR.search(text[a.end : b.start].lower()) for a, b in pairwise(mentions))
    found: list[str] = []
    for mention in mentions:
        for i, label in enumerate(found):
            if narrower(label, mention.value) is not None:
                choose = broader if doubtful else narrower
                found[i] = choose(label, mention.value) or label
                break
        else:
            found.append(mention.value)
    return tuple(dict.fromkeys(found))
