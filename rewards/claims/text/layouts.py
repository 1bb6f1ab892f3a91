"""What the layout of a text says without words: who speaks, what is ticked, which step it is.

Conventions
-----------
The text keeps its length, so that spans stay true. Labels of a dialogue ("Q:", "A:") and of steps
("Step 2:") are blanked, for an "A" is a note and a step a degree; names of fields ("final_chord")
are parted into words. A box that is not ticked and a name struck through become ``CROSS``, a box
with a question mark ``UNSURE``, a question mark at the end of an item of a list ``ASKED``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

CROSS, UNSURE, ASKED = "\u2718", "\u2047", "\u2e2e"

_DIALOGUE = re.compile(r"(?<![\w'])Q\d{0,2}[:.]")
_SPEAKERS = re.compile(r"(?<![\w'])Q\d{0,2}[:.](?=\**\s)|(?:(?<=[?\n])|(?<=\?\*\*))\s*A\d{0,2}[:.]")
_BOXES = re.compile(r"\[[ xX?\u2713\u2714]\](?=\s)")
_STRUCK = re.compile(r"~~([^~\n]{1,60})~~")
_STEPS = re.compile(r"(?:^|(?<=[\n*]))[ #>-]{0,6}(?:Step|STEP)\s\d{1,2}(?=\W)")
_FIELDS = re.compile(r"(?<=[a-z0-9])_(?=[A-Za-z])")
_ITEMS = re.compile(r'(?<=")(?<=[\[,:\s].)([^"?\n]{1,40})\?"')
_READS = {"[ ]": CROSS, "[?]": UNSURE}


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _box(match: re.Match[str]) -> str:
    return _READS.get(match[0], " ").ljust(len(match[0]))


def _struck(match: re.Match[str]) -> str:
    return f"{CROSS} {match[1]}  "


_MARKS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("[", _BOXES, _box),
    ("~~", _STRUCK, _struck),
    ("tep ", _STEPS, _blank),
    ("TEP ", _STEPS, _blank),
    ("_", _FIELDS, lambda _: " "),
    ('?"', _ITEMS, lambda match: f"{match[1]} {ASKED}"),
)
"""What a text must hold for a pattern to be looked for, the pattern, and what is read for it."""


def plain(text: str) -> str:
    """The text, of equal length, with words and marks for what its layout says."""
    for sign, pattern, read in _MARKS:
        if sign in text:
            text = pattern.sub(read, text)
    if "Q" in text and _DIALOGUE.search(text):
        text = _SPEAKERS.sub(_blank, text)
    return text
