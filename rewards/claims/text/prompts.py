"""What a completion copies from its prompt, or quotes, is blanked: it claims nothing."""

from __future__ import annotations

import re
from functools import lru_cache

_QUOTED = re.compile(r'"([^"\n]{1,160})"')
_NAMING = re.compile(
    r"\b(?:call|called|titled|named|tune|record|song|piece|track|album|lyrics?)\s*,?\s*$"
)
_SHORTEST = 12
_OPTION_LIST = re.compile(r"(?:^|\s)\(?[A-D][).:]\s")
_NEXT = re.compile(r"\W*(?:(?:and|or|option)\W*){0,2}", re.IGNORECASE)
_LINE = re.compile(r"[^\n.?!]{3,400}[.?!\n]?")


@lru_cache(maxsize=4096)
def _lines(prompt: str) -> tuple[str, ...]:
    """The sentences and lines of a prompt that are long enough to be a copy."""
    found = [line.strip().lower() for line in _LINE.findall(prompt[:4000])]
    return tuple(dict.fromkeys(line for line in found if len(line) >= _SHORTEST))[:60]


def blanked(text: str, prompt: str, choices: tuple[str, ...]) -> str:
    """The text, of equal length, with blanks for copies of the prompt and for quoted names."""
    lower = text.lower() if text.isascii() else text
    for line in _lines(prompt):
        at = lower.find(line)
        while at >= 0:
            text = text[:at] + " " * len(line) + text[at + len(line) :]
            lower = text.lower() if text.isascii() else text
            at = lower.find(line, at + len(line))
    if '"' in text:
        text = _QUOTED.sub(lambda m: _unquoted(text, m), text)
    if len(choices) > 2 and _OPTION_LIST.search(text):
        text = _without_options(text, choices)
    return text


def _unquoted(text: str, match: re.Match[str]) -> str:
    long = len(match[1].split()) > 2 and not _in_json(text, match)
    named = _NAMING.search(text[max(0, match.start() - 24) : match.start()].lower())
    return " " * len(match[0]) if long or named else match[0]


def _in_json(text: str, match: re.Match[str]) -> bool:
    """ "["synth bass (wobble)", "drums"]", "{"style": "a dark trap beat"}": no quotation."""
    lead, tail = text[max(0, match.start() - 8) : match.start()].rstrip(), text[match.end() :][:8]
    value = lead.endswith(("[", '":', '",'))
    return value and tail.lstrip()[:1] in ("", ",", "]", "}")


def _without_options(text: str, choices: tuple[str, ...]) -> str:
    """Without "(A) C major (B) A minor ...": three options or more in a row."""
    found = []
    for place, choice in enumerate(choices[:12]):
        letter = chr(ord("A") + place)
        pattern = rf"\(?{letter}[).:]\s{{0,3}}{re.escape(choice[:60])}"
        match = re.search(pattern, text)
        if match:
            found.append(match)
    found.sort(key=lambda match: match.start())
    rows: list[list[re.Match[str]]] = []
    for match in found:
        if rows and _NEXT.fullmatch(text, rows[-1][-1].end(), match.start()):
            rows[-1].append(match)
        else:
            rows.append([match])
    for match in (one for row in rows if len(row) > 2 for one in row):
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return text
