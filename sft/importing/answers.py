"""The answer that a row gives, parted from its reasoning, and the option that it is.

Conventions
-----------
======================================================  ==========================================
the answer's side of a row                              think, answer
======================================================  ==========================================
``D major``                                             none, all of it
``<think>T</think> Hence, ...: <answer>X</answer>``     T, X
``<answer>X</answer>``                                  none, X
``<think>T</think> X``                                  T, X without "the final answer is:" before
tags that do not pair, or within each other             refused
reasoning in other tags, ``<thinking>T</thinking> X``   refused
======================================================  ==========================================

Where there are options the answer becomes the text of one. An exact text wins over a letter: D is
the chord D where that is an option. Then comes a label of the row's own, "2" where the options are
"1. viola" and "2. cello". Else it is read as the rewards read a policy's answer.
"""

from __future__ import annotations

import re
from string import ascii_uppercase

from rewards.extract import choose
from rewards.fields import show
from rewards.patterns import Pattern
from rewards.response import parse, tags, untagged
from sft.importing.offered import AROUND
from sft.importing.places import without_tokens
from sft.importing.records import Options, Unusable

_BRIDGE = Pattern(
    r"(?:(?:hence|so|thus|therefore)\b,?\s*)?(?:the\s+)?(?:final\s+|correct\s+)?answer(?:\s+is)?\s*:\s*",
    re.IGNORECASE,
)
_OTHER = Pattern(
    r"<\|?(?:begin_of_)?(?:thinking|thoughts?|reasoning|rationale|scratchpad|cot)\|?>|\[THINK\]"
    r"|\u25c1think\u25b7",
    re.IGNORECASE,
)
"""Where reasoning begins in other templates."""


def spoken(completion: str) -> tuple[str | None, str]:
    """The think, or None, and the answer.

    Raises:
        Unusable: there is no answer, its tags do not pair, it was written by a chat template, or
            the reasoning stands in other tags: as part of the answer it would be gold, and left
            out no trace would say so.
    """
    if other := _OTHER.search(completion):
        raise Unusable(
            f"answer: got reasoning behind {show(other[0])}, expected it within "
            "<think>...</think>; write its tags so",
            "answer",
        )
    completion = without_tokens(completion, "answer", "answer")
    if not tags(completion):
        if not completion.strip():
            raise Unusable("answer: got nothing, expected a text", "answer")
        return None, completion.strip()
    read = parse(completion)
    think, answer = read.think, read.answer
    if answer is None and think is not None and (rest := untagged(completion)) is not None:
        bridge = _BRIDGE.match(rest.strip())
        answer = rest.strip()[bridge.end() if bridge else 0 :]
    if answer is None or not answer.strip():
        raise Unusable(
            f"answer: got {show(completion)}, expected one <answer>...</answer>, behind a "
            "<think>...</think> if there is one",
            "answer",
        )
    return (think.strip() or None if think is not None else None), answer.strip()


def option_of(choices: tuple[str, ...], answer: str, labels: tuple[str, ...] = ()) -> str:
    """The text of the option that an answer is.

    Args:
        choices: all of the row, in their places.
        labels: of its own, or ().

    Raises:
        Unusable: it is none of them, or not clearly one.
    """
    place = _place_by_text(choices, answer)
    if place is None:
        place = _place_by_label(Options(choices, labels), answer)
    if place is not None:
        return choices[place]
    choices = _by_letters(choices, labels)
    chosen = choose(choices, answer)
    if chosen.index is None or chosen.clash:
        counted = "; if it counts them from 0, name its column answer_index"
        raise Unusable(
            f"answer: got {show(answer)}, expected one of the options "
            f"{', '.join(map(repr, choices))[:200]}: {chosen.why}"
            f"{counted if answer.strip().isdecimal() else ''}",
            "answer",
        )
    return choices[chosen.index]


def by_label(options: Options, answer: str) -> str | None:
    """The option that the answer is, taken for a label; None where it is none."""
    labels = options.labels or tuple(ascii_uppercase[: len(options.texts)])
    place = _place_by_label(Options(options.texts, labels), answer)
    return None if place is None else options.texts[place]


def _by_letters(choices: tuple[str, ...], labels: tuple[str, ...]) -> tuple[str, ...]:
    """The options in the order of their letters, by which an answer's letter is their place."""
    if "".join(sorted(labels)) != ascii_uppercase[: len(choices)]:
        return choices
    return tuple(text for _, text in sorted(zip(labels, choices, strict=True)))


def _place_by_text(choices: tuple[str, ...], answer: str) -> int | None:
    for same in (str, str.casefold):
        said = same(answer.strip())
        exact = [place for place, one in enumerate(choices) if same(one.strip()) == said]
        if len(exact) == 1:
            return exact[0]
    return None


def _place_by_label(options: Options, answer: str) -> int | None:
    """The place of a label, alone or with its option behind it."""
    said = answer.strip(AROUND).casefold()
    found = []
    for place, (label, text) in enumerate(zip(options.labels, options.texts, strict=False)):
        rest = said.removeprefix(label.casefold())
        behind = rest != said and rest[:1] in AROUND
        if behind and rest.strip(AROUND) in ("", text.strip(AROUND).casefold()):
            found.append(place)
    return found[0] if len(found) == 1 else None
