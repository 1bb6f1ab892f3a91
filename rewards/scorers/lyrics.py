"""Reward ``lyrics``: the words that are sung.

Conventions
-----------
Case, punctuation, apostrophes, section marks ("[Chorus]", "Verse 1:", a line "Bridge"),
time stamps and a lead-in to the answer ("The lyrics are:") do not count; accents do.
Chinese, Japanese and Korean, also mixed with others, are compared by characters, all else
by words.

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

import re
import unicodedata
from functools import lru_cache

from rewards.errors import DataError
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.reports import asked_field
from rewards.scorers.typed import applies
from rewards.spelling.series import unnumbered

LONGEST = 32_000
"""Characters of an answer that are read."""

_SECTION = (
    r"(?:(?:pre|post)[- ]?)?(?:chorus|verse|bridge|intro|outro|hook|refrain|interlude|coda)"
    r"(?:[ \t]+(?:\d{1,2}|one|two|three|four|i{1,3}|iv))?(?:[ \t]*\(?[x×]\d{1,2}\)?)?"
)
_MARKS = Pattern(
    r"\[[^\[\]\n]{0,80}\]|\([x×]\d{1,2}\)|<\|[^<>\n|]{0,40}\|>"
    rf"|[(<]{_SECTION}[)>]:?|^[ \t#*_>-]{{0,8}}{_SECTION}[ \t*_]{{0,4}}(?::|$)"
    r"|\(?\b(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,:]\d{1,3})?\b\)?(?:[ \t]*-->)?"
    r"|^[ \t]*\d{1,4}\.\d{1,3}[ \t]*s?[ \t]*(?:-|–|to)[ \t]*\d{1,4}\.\d{1,3}[ \t]*s?[ \t]*:?",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = Pattern(r"^[ \t]*\d{1,4}[ \t]*$", re.MULTILINE)
_LEAD = Pattern(
    r"^(?:(?:the |these |here )?(?:are (?:the )?)?(?:lyrics|words)(?: are| is|:)+\s*:?"
    r"|[a-z',! ]{0,60}\b(?:lyrics|words|transcription|transcript|sings?|singing|sung|says|letra"
    r"|paroles|testo|(?:song|lied)text)\b[a-z ]{0,30}:"
    r"|the (?:singer|vocalist|vocals?|voice|song|artist|lyrics|words)\b[a-z ]{0,30}:?\s?(?=[\"“])"
    r"|(?:\{\s*)?\"(?:lyrics|words|transcription|transcript|text)\"\s*:"
    r"|(?:歌词|歌詞|가사)(?:は|如下)?\s?[:：])",
    re.IGNORECASE,
)
# Vowel signs of Indic scripts and Thai belong to their words; \w leaves them out.
_SIGNS = r"(?!\w)[\u0300-\u036f\u0900-\u0963\u0970-\u0dff\u0e30-\u0e4e]"
_WORD = Pattern(rf"(?:[^\W_]|{_SIGNS})+(?:'(?:[^\W_]|{_SIGNS})+)*")
_HARAKAT = Pattern(r"[\u064b-\u065f\u0670\u0640]")
_SIGN = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_RUN = Pattern(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")
_QUOTES = str.maketrans(
    {"\u200b": None, "\ufeff": None, "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"}
)


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
    answer = asked_field(response.answer[:LONGEST], "lyrics")
    said = _units(_without_lead(answer, question), by_character)
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


def _without_lead(answer: str, question: Question) -> str:
    """The answer without "The lyrics are:", unless the song begins so, and numbers of lines."""
    if _LEAD.match((question.facts.lyrics or "").lstrip()):
        return answer
    return unnumbered(_LEAD.sub("", answer.lstrip(), count=1))


@lru_cache(maxsize=512)
def _units(text: str, by_character: bool) -> tuple[str, ...]:
    """Words, or characters, in one case and form."""
    # Ordering a long run of combining marks takes quadratic time, and no word has one.
    text = unicodedata.normalize("NFKC", _RUN.sub("", text))[:LONGEST].translate(_QUOTES).casefold()
    text = text.replace("\\n", "\n")
    if "-->" in text:  # subtitles number their lines
        text = _NUMBERED.sub(" ", text)
    words = _WORD.findall(_HARAKAT.sub("", _MARKS.sub(" ", text)))
    if by_character:
        return tuple("".join(words).replace("'", ""))
    return tuple(word.replace("'", "") for word in words)


def _distance(truth: tuple[str, ...], said: tuple[str, ...]) -> int:
    from rapidfuzz.distance import Levenshtein

    # Past twice the reference the rate is 1 whatever comes.
    return Levenshtein.distance(truth, said[: 2 * len(truth) + 1])
