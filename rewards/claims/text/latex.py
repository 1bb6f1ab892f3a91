"""LaTeX as it is read: "$C\\text{ major}$" says "C major", "\\frac{6}{8}" says "6/8".

Conventions
-----------
The text keeps its length, so that spans stay true: blanks stand for what marks it up, and fill up
behind what a command stands for. Nothing changes in a text without a backslash or a dollar sign.
"""

from __future__ import annotations

import re

_SIGNS = {
    "sharp": "#", "flat": "b", "to": "->", "rightarrow": "->", "approx": "~", "sim": "~",
    "circ": "°", "mid": "|", "neg": "not",
}  # fmt: skip
"""Commands that stand for a sign; the others are blanked, and their braces with them."""
_FRACTION = re.compile(
    r"\\[dt]?frac\s{0,2}\{\s{0,2}(\d{1,2})\s{0,2}\}\s{0,2}\{\s{0,2}(\d{1,2})\s{0,2}\}"
)
_SIGNED = re.compile(r"(?<![A-Za-z])([A-G])[\s${}^]{0,4}\\(sharp|flat)(?![a-z])\s?\}?")
_SCRIPT = re.compile(r"[\^_]\{?(\d{1,2})\}?")
_COMMAND = re.compile(r"\\([a-zA-Z]{1,14}|.)")
_MARKS = str.maketrans("${}", "   ")


def unmarked(text: str) -> str:
    """The text, of equal length, without the marks of LaTeX."""
    if "\\" not in text and "$" not in text:
        return text
    text = _FRACTION.sub(lambda m: f"{m[1]}/{m[2]}".ljust(len(m[0])), text)
    text = _SIGNED.sub(lambda m: (m[1] + _SIGNS[m[2]]).ljust(len(m[0])), text)
    text = _SCRIPT.sub(lambda m: m[1].ljust(len(m[0])), text)
    text = _COMMAND.sub(lambda m: _SIGNS.get(m[1], "").ljust(len(m[0])), text)
    return text.translate(_MARKS)
