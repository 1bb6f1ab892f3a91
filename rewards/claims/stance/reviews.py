"""Options weighed one by one: "Option B: D7. This matches what I hear", "C) is 4/4. Doesn't fit".

What an option says is only weighed (``offers``). A verdict of its sentence, or of one behind it
that speaks of no other option, makes it a claim or denies it; so does "so the answer is B". So are
hypotheses weighed ("H1: tonic. ... Verdict: rejected").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rewards.claims.records import Claim
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

FITS = word_set("matches fits works correct right consistent agrees")
_FITS = FITS | {"match", "fit", "work"}
_NEVER = word_set("not no doesn't don't isn't can't cannot never wouldn't didn't won't hardly")
_OF_IT = word_set("this that it which is also so and clearly exactly : - , therefore the answer")
_BAD = phrases("too slow|too fast|so no|ruled out|incorrect|wrong")
_ACCEPTED = word_set("accept accepted confirmed keep kept")
_REJECTED = word_set("reject rejected discarded eliminated excluded dismissed")
_HYPOTHESES = word_set("h1 h2 h3 h4 h5 hypothesis candidate reading theory")
_PICKS = word_set("answer option choose pick select choice so therefore thus hence")
_NAMED = re.compile(
    r"\b(?:H\d|(?:hypothesis|candidate|reading|theory)(?: \w{1,2})?)\s?:", re.IGNORECASE
)
_NAMES = word_set("option choice candidate answer")


def tests_hypotheses(text: str) -> bool:
    """Does a text name hypotheses and give verdicts on them?"""
    return ("erdict" in text or "ERDICT" in text) and _NAMED.search(text) is not None


class Reviews:
    """The options of a section, with letters ``labels``, that tell the fact of type ``wanted``."""

    def __init__(self, wanted: str | None, labels: str) -> None:
        self._wanted, self._labels = wanted, labels.lower()
        self._open: Claim | None = None
        self._next = ""
        self._said: dict[str, Claim] = {}

    def weighed(
        self, sentence: Sentence, said: Sequence[Claim], claims: list[Claim]
    ) -> list[Claim]:
        """The claims so far, of which a sentence said those, with the option as it was judged."""
        words, option, fits = sentence.words, None, None
        letter = words[-1] if len(words[-1]) == 1 else "?"
        label, self._next = self._next or _label(sentence, self._labels) or _hypothesis(words), ""
        if not label and letter in self._labels:
            if len(words) < 3:
                self._next = letter  # "- A. D major: ..."
            if not _PICKS.isdisjoint(sentence.bag):
                option, fits = self._said.get(letter), True
        else:
            if label:
                self._open = next((one for one in said if one.type == self._wanted), None)
                self._said |= {label: self._open} if self._open is not None else {}
            option, fits = self._open, _judged(sentence) if self._open is not None else None
        if option is None or fits is None:
            return claims
        self._open, spot = None, (option.type, option.start, "asserted")
        stance = "asserted" if fits else "denied"
        return [
            replace(one, polarity=stance, modality="asserted")
            if (one.type, one.start, one.polarity) == spot
            else one
            for one in claims
        ]


def _label(sentence: Sentence, labels: str) -> str:
    """The letter of the option that a sentence opens with, or nothing."""
    words, kinds = sentence.words, sentence.kinds
    at = 1 if kinds[0] in "(-" else 0
    if words[at : at + 1] != [] and words[at] in labels and kinds[at + 1 : at + 2] in (")", ":"):
        return words[at]
    heads = [n + 1 for n, word in enumerate(words[:5]) if word in _NAMES and n + 2 < len(words)]
    return next((words[n] for n in heads if len(words[n]) == 1 and words[n] in labels), "")


def _hypothesis(words: list[str]) -> str:
    """ "H1: tonic", "Hypothesis 2: ...", of which a verdict follows."""
    if words[0] not in _HYPOTHESES or ":" not in words[1:3]:
        return ""
    return words[0] if words[1] == ":" else f"{words[0]} {words[1]}"


def _judged(sentence: Sentence) -> bool | None:
    """Does a sentence say that an option fits, or that it does not?"""
    words = sentence.words
    if any(words[n : n + 2] in _BAD or words[n : n + 1] in _BAD for n in range(len(words))):
        return False
    if words[0] == "verdict" and not (_REJECTED | _ACCEPTED).isdisjoint(words[1:4]):
        return _REJECTED.isdisjoint(words)
    at = next((n for n, word in enumerate(words) if word in _FITS), 0)
    if not _NEVER.isdisjoint(words[max(0, at - 3) : at]):
        return False
    headed = words[at] in FITS and (at == 0 or words[at - 1] in _OF_IT)
    return True if headed else None
