"""Reward ``format``: does the completion think first and then answer once?

Conventions
-----------
Read on the raw text, before any folding: what a reader of tags cannot see does
not count. The value is 0 or 1.

============  ===============================================================
mode          1 if
============  ===============================================================
``mf_think``  ``<think>``...``</think>``, any bridge text, ``<answer>``...
              ``</answer>``, nothing but blanks before and after; the targets
              of MF-Think carry such a bridge
``strict``    the same with nothing but blanks between the blocks
``paper``     reasoning stands in ``<think></think>`` and an answer after it in
              ``<answer></answer>``; nothing else is looked at
============  ===============================================================

The first two, besides, fail
- a think part with fewer than 3 distinct words, or one that loops;
- an answer without a letter, digit or musical sign, or of more than 1,000 characters;
- a tag that is repeated, nested, in upper case, or has attributes or blanks.

Source: Music Flamingo (arXiv 2511.10289), section 3.3, for the rule of ``paper``.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from operator import eq
from typing import Literal

from rewards.patterns import Pattern
from rewards.records import Response, Verdict
from rewards.registry import reward
from rewards.response import tags
from rewards.text import READ_LIMIT

Mode = Literal["mf_think", "strict", "paper"]

_ORDER = [("think", False), ("think", True), ("answer", False), ("answer", True)]
# Chinese, Japanese and Korean write without blanks: each sign is a word there.
_WORD = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_ASCII_WORD = Pattern(r"[a-z0-9]+")
"""The same in casefolded ASCII, which is read faster so."""
_WINDOW = 48
_HEAD = 8_000
"""Characters in which a loop is looked for before a longer text is read whole."""
_STUCK = "the think part repeats itself in a loop"
# A meter or an accidental may be the whole answer.
_SIGNS = frozenset("♭♯♮𝄪𝄫𝄴𝄵¢₵#°")


@reward("format")
def format_(response: Response, *, mode: Mode = "mf_think") -> Verdict:
    """1 if the completion has the asked form, else 0 with the first thing missing."""
    if mode == "paper":
        fault = _paper_fault(response.text)
    else:
        fault = _fault(response.text, bridge=mode == "mf_think")
    return Verdict(0.0, fault) if fault else Verdict(1.0, f"the format of mode {mode} holds")


def _fault(text: str, *, bridge: bool) -> str | None:
    found = tags(text)
    odd = next((tag for tag in found if not tag.literal), None)
    if odd is not None:
        return f"a tag is misspelled: {text[odd.start : odd.end][:40]!r}"
    if [(tag.name, tag.closing) for tag in found] != _ORDER:
        return _order_fault([(tag.name, tag.closing) for tag in found])
    think_open, think_close, answer_open, answer_close = found
    if text[: think_open.start].strip():
        return "text stands before <think>"
    if text[answer_close.end :].strip():
        return "text stands after </answer>"
    if not bridge and text[think_close.end : answer_open.start].strip():
        return "text stands between </think> and <answer>"
    return _think_fault(text[think_open.end : think_close.start]) or _answer_fault(
        text[answer_open.end : answer_close.start]
    )


def _order_fault(got: list[tuple[str, bool]]) -> str:
    for name, closing in _ORDER:
        shown = f"<{'/' if closing else ''}{name}>"
        count = got.count((name, closing))
        if count == 0:
            return f"{shown} is missing"
        if count > 1:
            return f"{shown} stands {count} times, expected once"
    return "the tags are nested or out of order"


def _think_fault(think: str) -> str | None:
    think = think.casefold()
    word = _ASCII_WORD if think.isascii() else _WORD
    # Who is stuck is mostly stuck from the start: a long text need not be read to the end.
    if len(think) > _HEAD:
        head = word.findall(think[:_HEAD])[:-1]
        if _sticks(head, len(set(_runs(head)))):
            return _STUCK
    words = word.findall(think)
    distinct = len(set(words))
    if distinct < 3:
        return f"the think part has {distinct} distinct words, expected at least 3"
    distinct = len(set(_runs(words)))
    return _STUCK if _loops(words, distinct) or _sticks(words, distinct) else None


def _loops(words: list[str], distinct: int) -> bool:
    """True if the text as a whole says one thing again and again.

    So does a text of which most words double the one before. Else it is measured by
    distinct runs of three words, which are under 45 % of all: running prose stays above
    85 %; a sentence said twice is at 50 %.
    """
    doubled = sum(map(eq, words, words[1:]))
    if len(words) >= 8 and doubled > 0.5 * len(words):
        return True
    runs = len(words) - 2
    return runs >= 7 and distinct < 0.45 * runs


def _sticks(words: list[str], distinct: int) -> bool:
    """True if some stretch of 48 runs of three words has under 25 % distinct ones."""
    if len(words) - 2 - distinct <= 0.75 * _WINDOW:
        return False  # fewer are repeated in the whole text
    runs = list(_runs(words))
    return any(
        len(set(runs[at : at + _WINDOW // 2])) < 0.25 * _WINDOW  # half of it tells mostly
        and len(set(runs[at : at + _WINDOW])) < 0.25 * _WINDOW
        for at in range(0, len(runs) - _WINDOW + 1, _WINDOW // 2)
    )


def _runs(words: list[str]) -> Iterator[tuple[str, str, str]]:
    """The runs of three words."""
    return zip(words, words[1:], words[2:], strict=False)


def _answer_fault(answer: str) -> str | None:
    if len(answer.strip()) > READ_LIMIT:
        return f"the answer has {len(answer.strip())} characters, expected at most {READ_LIMIT}"
    if not any(c.isalnum() or c in _SIGNS for c in html.unescape(answer)):
        return "the answer is empty"
    return None


def _paper_fault(text: str) -> str | None:
    opened = text.find("<think>")
    closed = text.find("</think>", opened + 7) if opened >= 0 else -1
    if closed < 0 or not text[opened + 7 : closed].strip():
        return "no reasoning stands in <think></think>"
    opened = text.find("<answer>", closed + 8)
    closed = text.find("</answer>", opened + 8) if opened >= 0 else -1
    if closed < 0 or not text[opened + 8 : closed].strip():
        return "no answer stands in <answer></answer> after the think part"
    return None
