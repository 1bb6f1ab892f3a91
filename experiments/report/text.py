"""Texts of strangers made fit for a page, before jinja2 escapes them.

Escaping stops markup; it does not stop characters that a page cannot hold or
that change how their neighbours are read. Those are shown instead of obeyed.
"""

from __future__ import annotations

_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SHOWN = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys(map(ord, _DIRECTION), 0xFFFD),
}


def visible(text: str) -> str:
    """Control characters as their pictures, direction marks and surrogates as U+FFFD.

    >>> visible("a\\x00b\\u202ec")
    'a␀b�c'
    """
    return text.translate(_SHOWN)


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters, the last an ellipsis where something is missing.

    >>> shorten("modulations", 8)
    'modulat…'
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def excerpt(text: str, most: int) -> str:
    """The first ``most`` characters and how many more there are."""
    rest = len(text) - most
    return text if rest <= 0 else f"{text[:most]} … ({rest:,} more characters)"
