"""Reward ``structured``: how much of the known metadata does a caption state?

Conventions
-----------
Applies to captions (``kind: caption``) with ``facts.metadata``, category -> value, and to
any question that asks for the facet ``metadata``. Values
that list several things are split at commas and semicolons. The caption is the answer
block, or without one the text outside the think part; case, accents and punctuation do not
matter, denials do ("no drums" states no drums, and only that). A key, tempo or meter is
stated in any wording of ``rewards/spelling/wordings.py``, by either matcher.

=============  ==============================================================
``match``      a listed thing is stated if
=============  ==============================================================
``phrase``     its words stand in the caption, side by side and in order, the last one
               singular or plural
``word``       all of its words of three letters or more stand somewhere in it
=============  ==============================================================

==========================================  ===================================
caption                                     value
==========================================  ===================================
things stated, over number of categories    the paper's sum; at most 1
nothing stated                              0
==========================================  ===================================

With ``share: thing`` (the default) every thing stated counts one, as the words of the paper
have it: a category with many can fill in for another, hence the cap. With ``share:
category`` each category gives the share of its things that are stated, at most one.

Source: Music Flamingo (arXiv 2511.10289), section 3.3, structured thinking reward; how a
string matches, and the cap, are ours.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.response import untagged
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.wordings import wordings
from rewards.text import plain

Match = Literal["phrase", "word"]
Share = Literal["category", "thing"]

_LONGEST = 16_000
_WORD = Pattern(r"[\w#/&']+")
_DENIAL = Pattern(r"(?:no|not|without)\b", re.IGNORECASE)
_SPLIT = Pattern(r"[,;]")
# `plain` reads a bounded stretch at a time; no word is cut in two.
_PIECE = Pattern(r".{1,3000}(?!\S)|.{3000}", re.DOTALL)


@reward("structured")
def structured(
    question: Question,
    response: Response,
    *,
    match: Match = "phrase",
    share: Share = "thing",
) -> Verdict | None:
    """Stated things of ``facts.metadata`` over its categories, at most 1."""
    metadata = question.facts.metadata
    asked = question.facet == "metadata" or (question.kind == "caption" and not question.facet)
    if not metadata or not asked:
        return None
    wanted = {category: _things(value) for category, value in metadata.items()}
    wanted = {category: things for category, things in wanted.items() if things}
    if not wanted:
        return None
    caption = response.answer if response.answer is not None else untagged(response.text) or ""
    words, denied_too = _words(caption)
    said: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    total = 0.0
    for category, things in wanted.items():
        stated = [
            thing
            for thing in things
            if _stated(thing, denied_too if _DENIAL.match(thing) else words, match)
        ]
        total += len(stated) / len(things) if share == "category" else len(stated)
        said[category] = stated
        missing[category] = [thing for thing in things if thing not in stated]
    value = min(1.0, total / len(wanted))
    count = sum(bool(stated) for stated in said.values())
    why = f"{count} of {len(wanted)} categories are stated"
    return Verdict(value, why, {"matched": said, "missing": missing})


@lru_cache(maxsize=4096)
def _things(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(thing.strip() for thing in _SPLIT.split(value) if thing.strip()))


@lru_cache(maxsize=64)
def _words(caption: str) -> tuple[str, str]:
    """The asserted words of a caption, and all of them, one blank around each."""
    text = " ".join(plain(piece) for piece in _PIECE.findall(caption[:_LONGEST])).replace(
        " & ", " and "
    )
    mentions = [Mention(m[0].strip("'/"), m.start(), m.end()) for m in _WORD.finditer(text)]
    return _joined(asserted(text, mentions)), _joined(mentions)


def _joined(mentions: list[Mention[str]]) -> str:
    return f" {' '.join(mention.value for mention in mentions)} "


def _stated(thing: str, words: str, match: Match) -> bool:
    typed = wordings(thing)
    if any(f" {' '.join(_WORD.findall(way))} " in words for way in typed):
        return True
    wanted = [word.strip("'/") for word in _WORD.findall(plain(thing).replace(" & ", " and "))]
    if typed or _DENIAL.match(thing):
        match = "phrase"  # the "minor" of another key states nothing
    if match == "word":
        long = [word for word in wanted if len(word) > 2] or wanted
        return bool(long) and all(
            f" {way} " in words or any(f" {other} " in words for other in _other_number(way))
            for way in long
        )
    phrase = " ".join(wanted)
    return bool(wanted) and any(f" {way} " in words for way in (phrase, *_other_number(phrase)))


def _other_number(phrase: str) -> tuple[str, ...]:
    """The plural of a thing, or its singular."""
    if len(phrase) < 3 or not phrase[-1].isalpha():
        return ()
    return (phrase[:-1],) if phrase.endswith("s") else (f"{phrase}s",)
