"""What the layout of a text says without words: who speaks, what is ticked, which item it is.

Conventions
-----------
The text keeps its length, so that spans stay true. Blanked are labels of a dialogue ("Q:", "A:"),
of steps ("Step 2:") and of items ("a)"), unless the item is an option of the question: for an "A"
is a note, a step a degree, and what an option says is only weighed. Names of fields ("final_chord")
are parted into words, tags become headings, a heading in bold type is parted from its list.

=============================================  ============
read as                                        written
=============================================  ============
``CROSS``: what stands behind it is not so     an empty box, struck text, "!=", a cross at the
                                               end of an item
``UNSURE``: what stands behind it is doubted   a box with a question mark
``ASKED``: so is what stands before it         a question mark at the end of an item of JSON
"0/5": no score at all                         one star of five, or none
=============================================  ============
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rewards.text import plain as bare

CROSS, UNSURE, ASKED = "\u2718", "\u2047", "\u2e2e"

_Match = re.Match[str]
_DIALOGUE = re.compile(r"(?<![\w'])Q\d{0,2}[:.]")
_SPEAKERS = re.compile(r"(?<![\w'])Q\d{0,2}[:.](?=\**\s)|(?:(?<=[?\n])|(?<=\?\*\*))\s*A\d{0,2}[:.]")
_BOXES = re.compile(r"\[[ xX?\u2713\u2714]\](?=\s)")
_STRUCK = re.compile(r"~~([^~\n]{1,60})~~")
_STEPS = re.compile(r"(?:^|(?<=[\n*]))[ #>-]{0,6}(?:Step|STEP)\s\d{1,2}(?=\W)")
_FIELDS = re.compile(r"(?<=[a-z0-9])_(?=[A-Za-z])")
_ASKED_ITEMS = re.compile(r'(?<=")(?<=[\[,:\s].)([^"?\n]{1,40})\?"')
_TAGS = re.compile(r"<(/?)([A-Za-z][\w-]{0,30})(\s[^<>\n]{0,60})?>")
_CROSSED_ITEMS = re.compile(
    r"^([ \t]{0,8})[-*\u2022](\s[^\n]{1,300}?)[\u2717\u2718\u274c](?=\s*$)", re.M
)
_REFUSED = r"(?:eliminated|rejected|excluded|discarded|dismissed|ruled out|absent)"
_HEADINGS = re.compile(rf"^([ \t]{{0,8}}\*\*{_REFUSED})\*\*(?=\s\S)", re.M | re.IGNORECASE)
_BANNERS = re.compile(
    rf"^([ \t#*=-]{{0,30}})({_REFUSED})([ \t*=:-]{{0,30}})\n(?=[ \t]{{0,8}}\S)",
    re.M | re.IGNORECASE,
)
_STARS = re.compile(r"\u2605?\u2606{4,5}")
_ITEMS = re.compile(r"^([ \t]{0,8})(\(?([A-Ha-h])\))(?=\s+(\S[^\n]{0,80}))", re.M)
_READS = {"[ ]": CROSS, "[?]": UNSURE}


def _blank(match: _Match) -> str:
    return " " * len(match[0])


def _box(match: _Match) -> str:
    return _READS.get(match[0], " ").ljust(len(match[0]))


def _banner(match: _Match) -> str:
    """ "--- ruled out ---" over a list: its heading."""
    return f"{' ' * len(match[1])}{match[2]}:".ljust(len(match[0]))


def _tag(match: _Match) -> str:
    named = "." if match[1] else f"{match[2]}:"
    return named.ljust(len(match[0]))


_MARKS: tuple[tuple[str, re.Pattern[str], Callable[[_Match], str]], ...] = (
    ("[", _BOXES, _box),
    ("~~", _STRUCK, lambda match: f"{CROSS} {match[1]}, "),
    ("!=", re.compile("!="), lambda _: f":{CROSS}"),
    ("tep ", _STEPS, _blank),
    ("TEP ", _STEPS, _blank),
    ("_", _FIELDS, lambda _: " "),
    ('?"', _ASKED_ITEMS, lambda match: f"{match[1]} {ASKED}"),
    ("</", _TAGS, _tag),
    ("\u2717", _CROSSED_ITEMS, lambda match: f"{match[1]}{CROSS}{match[2]} "),
    ("\u2718", _CROSSED_ITEMS, lambda match: f"{match[1]}{CROSS}{match[2]} "),
    ("\u274c", _CROSSED_ITEMS, lambda match: f"{match[1]}{CROSS}{match[2]} "),
    ("**", _HEADINGS, lambda match: f"{match[1]}*:"),
    ("\u2248", re.compile("(?<=[\u2669\u266a])(\\s?)\u2248"), lambda match: f"{match[1]}="),
    ("\u2606", _STARS, lambda match: "0/5".ljust(len(match[0]))),
)
"""What a text must hold for a pattern to be looked for, the pattern, and what is read for it."""


def plain(text: str, choices: tuple[str, ...] = ()) -> str:
    """The text, of equal length, with words and marks for what its layout says."""
    for sign, pattern, read in _MARKS:
        if sign in text:
            text = pattern.sub(read, text)
    text = _BANNERS.sub(_banner, text) if "\n" in text else text
    if "Q" in text and _DIALOGUE.search(text):
        text = _SPEAKERS.sub(_blank, text)
    if choices and ")" in text:
        text = _ITEMS.sub(lambda match: _item(match, choices), text)
    return text


def _item(match: _Match, choices: tuple[str, ...]) -> str:
    """An item without its letter, unless it is the option of that letter."""
    place = ord(match[3].lower()) - ord("a")
    option = {*bare(choices[place]).split()} if place < len(choices) else set()
    own = not option.isdisjoint(bare(match[4]).split())
    return match[0] if own else match[1] + " " * len(match[2])
