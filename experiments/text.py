"""Texts of strangers made fit to be shown, on a page before jinja2 escapes them, or on a terminal.

Escaping stops markup; it does not stop characters that a page cannot hold, that a terminal
obeys or that change how their neighbours are read. Those are shown instead.
"""

from __future__ import annotations

_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SEPARATORS = "\u2028\u2029"  # of lines and paragraphs
_SHOWN = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys(map(ord, _DIRECTION + _SEPARATORS), 0xFFFD),
}
_BREAKS = {ord(character): 0x2400 + ord(character) for character in "\n\t"}


def visible(text: str) -> str:
    """Control characters as their pictures, direction marks and surrogates as U+FFFD.

    Line breaks and tabs stay.

    >>> visible("a\\x00b\\u202ec")
    'a␀b�c'
    """
    return text.translate(_SHOWN)


def one_line(text: str) -> str:
    """``visible``, with line breaks and tabs as their pictures too.

    >>> one_line("key\\n\\x1b[2K")
    'key␊␛[2K'
    """
    return visible(text).translate(_BREAKS)


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters, the last an ellipsis where something is missing.

    >>> shorten("modulations", 8), shorten("modulate", 8)
    ('modulat…', 'modulate')
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def excerpt(text: str, most: int) -> str:
    """The first ``most`` characters and how many more there are."""
    rest = len(text) - most
    return text if rest <= 0 else f"{text[:most]} … ({rest:,} more characters)"


def counted(count: int, what: str) -> str:
    """
    >>> counted(1, "question"), counted(0, "step")
    ('1 question', '0 steps')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"
