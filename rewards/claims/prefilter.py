"""Which stretches of a text may hold a claim at all: the others are never read.

Conventions
-----------
A stretch runs to a full stop, question or exclamation mark behind a word of three letters or
more, or to the end of the line. It is read if it holds a word of music or of correction, or a
sign: a digit, an accidental, a lone capital from A to H, a numeral.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from string import ascii_letters

from rewards.claims.grammar.harmony import cadences, functions
from rewards.claims.grammar.names import forms, vocabulary
from rewards.claims.grammar.notes import intervals
from rewards.claims.grammar.pitch import degrees
from rewards.claims.grammar.textbook.marks import WIDTHS
from rewards.claims.grammar.time import meters, tempi
from rewards.claims.stance.corrections import WORDS as CORRECTIONS
from rewards.claims.stance.rejections import REPLIES
from rewards.claims.stance.reviews import FITS
from rewards.claims.text.lexicon import WORDS
from rewards.claims.text.tongues import NAMING
from rewards.claims.text.words import word_set

_END = re.compile(r"[.!?\n](?:(?<=\n)|(?<=[a-z]{3}.)(?=\s))")
"""A mark behind fewer than three letters may be that of an abbreviation."""
_FIGURE = re.compile(r"[\d#°øΔ]")
_CAPITAL = re.compile(r"[A-HV](?<![\w'].)(?![\w'])(?!(?<=A) (?!is )[a-z])")
_SHORT = re.compile(
    r"[A-IVXaivxs](?<!\w.)(?:(?<=[A-G])(?:b|m|maj|dim|aug|sus|is)|(?<=[IVX])[IVX]{1,3}"
    r"|(?<=[ivx])[ivx]{1,3}|(?<=a)a?b[abc]*|(?<=A)A*B[A-D]*"
    r"|(?<=[Ii])n (?:two|three|four|five|six|seven)|(?<=s)o\W*\Z)(?!\w)"
)
_COUNTED = re.compile(r"-(?<=[a-z].)(?:two|four|five|eight|one|sixteen)(?!\w)")
"""A search for what begins with a character, and looks back from there, is five times faster."""
_LOWER = re.compile(r"[b-g](?:(?<=is .)|(?<=on .)|(?<=[:=] .))\W*\Z")
"""A lower-case note that ends its sentence: "it ends on b"."""
_ALONE = re.compile(
    r"\W*(?:(?:[Qq]uite )?(?:[Pp]ossibly|[Pp]erhaps|[Mm]aybe|[Pp]robably)|[Ii]|[Oo]ut)\W*\Z"
)
_ASKED = tuple(f"{part}?" for part in ("note", "voice", "bass", "melody", "soprano", "pitch"))
_LARGE = word_set("twenty thirty forty fifty sixty seventy eighty ninety hundred")


@lru_cache(maxsize=1)
def _triggers() -> frozenset[str]:
    return (
        vocabulary.marks() | forms.TRIGGERS | functions.NAMES | cadences.TRIGGERS
        | meters.TRIGGERS - {"in"} | tempi.TERM_WORDS | intervals.QUALITIES | WORDS.keys()
        | CORRECTIONS | REPLIES | {"kind"}  # "it does nothing of the kind"
        | _LARGE | WIDTHS | NAMING | FITS
        | {"signature", "form", "tempo", "speed", "pulse", "composed", "meter", "metre",
           "neapolitan", "sixth", "cadential", "degree", "leading", "parallel", "relative"}
        | degrees.NAMES.keys()
        | {"numeral", "menor", "la", "bet", "swear", "never", "isn't", "wasn't", "come"}
    )  # fmt: skip


class _Words(dict[int, str]):
    """Letters as lower case; all else but apostrophes parts words."""

    def __missing__(self, _: int) -> str:
        return " "


_WORDS = _Words({ord(letter): letter.lower() for letter in ascii_letters + "'"})
"""By it a text is folded once for all its stretches, each of which is only split."""


def stretches(text: str, named: Set[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Place and text of the stretches that may hold a claim; ``named``: other words that do."""
    at, plain = 0, text.translate(_WORDS)
    for end in (*[m.end() for m in _END.finditer(text)], len(text)):
        piece, words = text[at:end], plain[at:end].split()
        if _may_claim(piece, words) or (named and not named.isdisjoint(words)):
            yield at, piece
        at = end


def _may_claim(piece: str, words: list[str]) -> bool:
    triggers = _triggers()
    return (
        not triggers.isdisjoint(words)
        or ("'s" in piece and not triggers.isdisjoint([word.removesuffix("'s") for word in words]))
        or _FIGURE.search(piece) is not None
        or _CAPITAL.search(piece) is not None
        or _SHORT.search(piece) is not None
        or _COUNTED.search(piece) is not None
        or _LOWER.search(piece) is not None
        or _ALONE.match(piece) is not None
        or piece.endswith(_ASKED)
    )
