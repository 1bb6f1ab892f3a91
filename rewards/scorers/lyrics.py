"""Reward ``lyrics``: the words that are sung.

Conventions
-----------
Case, punctuation, accents of typing, section marks ("[Chorus]", "Verse 1:") and time stamps
do not count. Chinese, Japanese and Korean are compared by characters, all else by words.

====================================================  =======================
the answer                                            value
====================================================  =======================
any                                                   1 - min(1, error rate)
no words                                              0
====================================================  =======================

The error rate is substitutions + deletions + insertions over the words (characters) of the
reference: WER and CER as in speech recognition. The distance is rapidfuzz's.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import applies

LONGEST = 32_000
"""Characters of an answer that are read."""

_MARKS = Pattern(
    r"\[[^\[\]\n]{0,80}\]|\([xX]\d{1,2}\)|^[ \t]*(?:(?:pre-?)?chorus|verse|bridge|intro|outro|hook"
    r"|refrain)[ \t]*\d{0,2}[ \t]*:|\b\d{1,2}:\d\d(?:[.:]\d{1,3})?\b",
    2 | 8,
)
_LEAD = Pattern(r"^\s*(?:the )?(?:lyrics|words)(?: are| is|:)+\s*:?", 2)
_WORD = Pattern(r"[^\W_]+(?:'[^\W_]+)*")
_SIGN = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_RUN = Pattern(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})


@reward("lyrics")
def lyrics(question: Question, response: Response) -> Verdict | None:
    """1 - min(1, WER), or CER, against ``facts.lyrics``.

    Raises:
        DataError: the fact has no words.
    """
    if not applies(question, "lyrics"):
        return None
    truth, by_character = _reference(question.facts.lyrics or "")
    if not truth:
        raise DataError("facts.lyrics: got no words, expected the words that are sung")
    if response.answer is None:
        return Verdict(0.0, "there is no answer block")
    said = _units(response.answer[:LONGEST], by_character)
    if not said:
        return Verdict(0.0, "the answer has no words")
    errors = _distance(truth, said)
    rate = errors / len(truth)
    name = "CER" if by_character else "WER"
    why = f"{name} {rate:.2f}: {errors} errors against {len(truth)}"
    return Verdict(1.0 - min(1.0, rate), why, {name.lower(): rate})


@lru_cache(maxsize=256)
def _reference(text: str) -> tuple[tuple[str, ...], bool]:
    signs = len(_SIGN.findall(text))
    letters = sum(character.isalpha() for character in text)
    by_character = signs * 3 > letters
    return _units(text[:LONGEST], by_character), by_character


def _units(text: str, by_character: bool) -> tuple[str, ...]:
    """Words, or characters, in one case and form."""
    # Ordering a long run of combining marks takes quadratic time, and no word has one.
    text = unicodedata.normalize("NFKC", _RUN.sub("", text))[:LONGEST].translate(_QUOTES).casefold()
    text = _LEAD.sub("", _MARKS.sub(" ", text), count=1)
    words = _WORD.findall(text)
    return tuple("".join(words)) if by_character else tuple(words)


def _distance(truth: tuple[str, ...], said: tuple[str, ...]) -> int:
    from rapidfuzz.distance import Levenshtein

    # Past twice the reference the rate is 1 whatever comes.
    return Levenshtein.distance(truth, said[: 2 * len(truth) + 1])
