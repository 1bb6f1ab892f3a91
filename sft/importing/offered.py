"""Options that stand in the text of a question.

Conventions
-----------
================================================  ================================================
written                                           read where
================================================  ================================================
lines ``A. x``, ``(A) x``, ``A) x``, ``A: x``     two or more in a row, from A (or from a)
``(A) x (B) y``, on one line or several           the same; the last one ends with its line
``A. x B. y`` on one line                         the same, and the answer is one of them, as
                                                  text or as label
a list without labels behind "from ...:"          the answer is one of its pieces, word for word
================================================  ================================================

A text that only happens to look like options is so taken for what it is: without labels only the
answer tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewards.patterns import Pattern

_LINE = Pattern(r"^[ \t]*(?:\(([A-Za-z])\)|([A-Za-z])[.):])[ \t]*(\S[^\n]*)$", re.MULTILINE)
_BRACKETED = Pattern(r"\(([A-Za-z])\)\s*")
_SPACED = Pattern(r"(?<!\S)([A-Z])[.):]\s+")
_LABELLED = Pattern(r"\(?([A-Z])[.):]*\s*(.*)", re.DOTALL)
_FROM = Pattern(
    r"\b(?:from|options|choices)(?: (?:the |these )?(?:following|given|listed))?(?: \w+){0,3}"
    r"\s*:\s*",
    re.IGNORECASE,
)
# A run of blanks is tried from its start only: a long one would cost its square.
_PIECES = Pattern(r"(?<!\s)\s*(?:[\n;|]|,\s*(?:and|or)\s|,|\s(?:and|or)\s)\s*")
_LONGEST = 4_000
AROUND = " \t\n'\"[]().:"
"""What may stand around an option or a label."""


def labelled(text: str) -> tuple[str, ...]:
    """The labelled options of a text, in order; () without any."""
    return _of_lines(text) or _between(text, _BRACKETED)


def spaced(text: str) -> tuple[str, ...]:
    """The options of ``A. x B. y`` on one line, where it is known that there are some."""
    return _between(text, _SPACED)


def offered(text: str, answer: str | None) -> tuple[str, ...]:
    """The options of a question, as far as its text and its answer tell them; () without any.

    >>> offered("Pick one. (A) viola (B) cello", "cello")
    ('viola', 'cello')
    >>> offered("Choose from: blues, jazz, and rock.", "jazz")
    ('blues', 'jazz', 'rock')
    """
    found = labelled(text)
    if found or answer is None:
        return found
    found = spaced(text)
    if _places(found, answer) or _labels(found, answer):
        return found
    begins = list(_FROM.finditer(text[:_LONGEST]))
    if not begins:
        return ()
    behind = text[begins[-1].end() :][:_LONGEST]
    for part in (behind, behind.partition("\n")[0]):
        pieces = tuple(piece.strip(AROUND) for piece in _PIECES.split(part))
        pieces = tuple(piece for piece in pieces if piece)
        if 1 < len(pieces) == len(set(pieces)) and _places(pieces, answer):
            return pieces
    return ()


def _places(options: Sequence[str], answer: str) -> bool:
    """True if the answer is one of the options, word for word."""
    said = answer.strip().strip(".").casefold()
    return sum(option.casefold() == said for option in options) == 1


def _labels(options: Sequence[str], answer: str) -> bool:
    """True if the answer is the label of an option, alone or with its text."""
    said = _LABELLED.fullmatch(answer.strip())
    place = ord(said[1]) - ord("A") if said else len(options)
    if said is None or place >= len(options):
        return False
    return not said[2] or _places([options[place]], said[2])


def _of_lines(text: str) -> tuple[str, ...]:
    found = list(_LINE.finditer(text))
    run = _run(found, [line[1] or line[2] for line in found])
    return tuple(line[3].strip() for line in run)


def _between(text: str, label: Pattern) -> tuple[str, ...]:
    """What stands behind each label of a run, up to the next, the last one to its line's end."""
    found = list(label.finditer(text))
    run = _run(found, [mark[1] for mark in found])
    if not run:
        return ()
    ends = [mark.start() for mark in run[1:]]
    line = text.find("\n", run[-1].end())
    ends.append(len(text) if line < 0 else line)
    options = [text[mark.end() : end].strip() for mark, end in zip(run, ends, strict=True)]
    for sign in ",;.":
        if all(option.endswith(sign) for option in options[:-1]):
            options = [option.removesuffix(sign).rstrip() for option in options]
    return tuple(options) if all(options) else ()


def _run(found: list[re.Match[str]], letters: list[str]) -> list[re.Match[str]]:
    """The last labels A, B, ... or a, b, ... in a row, two at least."""
    begins = [i for i, letter in enumerate(letters) if letter in "Aa"]
    for begin in reversed(begins):
        first, count = ord(letters[begin]), 1
        while begin + count < len(letters) and letters[begin + count] == chr(first + count):
            count += 1
        if count > 1:
            return found[begin : begin + count]
    return []
