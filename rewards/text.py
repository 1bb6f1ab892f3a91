"""Folding: one reading for every way of writing the same characters.

Conventions
-----------
``fold`` is applied to values before they are read, never to the raw completion
whose format is checked. It keeps case and accents; ``plain`` drops both and is
what texts are compared by.

=====================================  ===========================
in                                     out
=====================================  ===========================
full width, superscripts, ligatures    NFKC (``C⁷`` -> ``C7``)
Cyrillic and Greek look-alikes         Latin (``В`` -> ``B``)
zero-width, bidi marks, fillers        nothing
sharp, flat, double signs              ``#``, ``b``, ``##``, ``bb``
degree and ring signs, slashed circle  ``°``, ``ø``
dashes, primes, quotes, fraction bars  ``-``, ``'``, ``"``, ``/``
signs of negation and inequality       "not"
=====================================  ===========================
"""

from __future__ import annotations

import unicodedata

from rewards.patterns import Pattern

READ_LIMIT = 1_000
"""An answer longer than this many characters is not read (and fails the format)."""

_LOOK_ALIKES = {
    # Cyrillic
    "А": "A", "В": "B", "С": "C", "Е": "E", "Н": "H", "І": "I", "Ј": "J", "К": "K", "М": "M",
    "О": "O", "Р": "P", "Ѕ": "S", "Т": "T", "Х": "X", "У": "Y", "Ԁ": "D", "Ԍ": "G", "Ғ": "F",
    "а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "о": "o", "р": "p",
    "ѕ": "s", "х": "x", "у": "y", "ь": "b", "Ь": "b", "м": "m", "ӏ": "l", "г": "r", "п": "n",
    # Greek; the capital delta stays, it names a major seventh
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N",
    "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "Ϝ": "F", "Ϲ": "C", "α": "a", "ο": "o",
    "ι": "i", "ν": "v", "ρ": "p", "ϲ": "c",
    # Cherokee, Roman and small-capital letters that pass for note names
    "Ꭰ": "D", "Ꭼ": "E", "Ꭺ": "A", "Ᏼ": "B", "Ꮯ": "C", "Ᏻ": "G", "ᴀ": "A", "ʙ": "B", "ᴄ": "C",
    "ᴅ": "D", "ᴇ": "E", "ꜰ": "F", "ɢ": "G", "ɡ": "g", "ɑ": "a",
}  # fmt: skip
_SIGNS = {
    "𝄴": "common time", "𝄵": "cut time",
    "♯": "#", "♭": "b", "𝄪": "##", "𝄫": "bb", "𝄰": "#", "𝄬": "b",
    "º": "°", "˚": "°", "∘": "°", "◦": "°", "Ø": "ø", "∅": "ø", "⌀": "ø", "∆": "Δ", "△": "Δ",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "﹘": "-", "—": " - ", "―": " - ",
    "’": "'", "‘": "'", "´": "'", "`": "'", "′": "'", "ʼ": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "⁄": "/", "∕": "/", "⟋": "/", "¬": " not ", "≠": " not ",
}  # fmt: skip
_INVISIBLE = [
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0,
    *range(0x180B, 0x180E), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
]  # fmt: skip
_TABLE: dict[int, str | None] = {
    **{ord(character): latin for character, latin in (_LOOK_ALIKES | _SIGNS).items()},
    **dict.fromkeys(_INVISIBLE),
}
UNSPACED = Pattern(r"[\u3040-\u30ff\u3400-\u9fff]+")
"""Signs of the scripts that put no blanks between words: Chinese, Japanese."""
_BLANKS = Pattern(r"\s+")


def fold(text: str) -> str:
    """The same text in plain letters and signs.

    Linear in what is read: at most ``4 * READ_LIMIT`` characters are, because
    canonical ordering of long runs of combining marks is quadratic.

    >>> fold("В♭\\u200b m\\u200binor")
    'Bb minor'
    """
    text = text[: 4 * READ_LIMIT]
    if text.isascii():
        return text.replace("`", "'") if "`" in text else text
    text = text.translate(_TABLE)
    # One character may become eighteen.
    return unicodedata.normalize("NFKC", text)[: 4 * READ_LIMIT].translate(_TABLE)


def plain(text: str) -> str:
    """Folded, without accents, case, underscores or hyphens, blanks single.

    >>> plain("  Hip-Hop\\n")
    'hip hop'
    """
    text = fold(text)
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = "".join(c for c in parts if not unicodedata.combining(c))
    text = text.replace("-", " ").replace("_", " ").casefold()
    return _BLANKS.sub(" ", text).strip()
