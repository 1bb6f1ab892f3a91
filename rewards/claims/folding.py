"""A text as it is read, and where each character of it stands in the raw one.

Conventions
-----------
Folded as by ``rewards.text.fold``, without accents: look-alikes are what they look like and
invisible characters are gone, so that a claim is one claim however it is dressed. Offsets are
kept for each stretch that changed; a place inside of one is its beginning.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from rewards.spelling.notes import unaccented
from rewards.text import fold

_FOREIGN = re.compile(r"[^\x00-\x7f]{1,400}")


@dataclass(frozen=True, slots=True)
class Folded:
    """Attributes: the folded text; ``begins`` and ``shifts`` map its places to raw ones."""

    text: str
    begins: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def raw(self, at: int) -> int:
        """The raw place of a folded one."""
        if not self.begins:
            return at
        stretch = bisect_right(self.begins, at) - 1
        return at if stretch < 0 else at + self.shifts[stretch]


def folded(raw: str) -> Folded:
    """Fold a section."""
    if raw.isascii():
        return Folded(raw.replace("`", "'") if "`" in raw else raw)
    parts: list[str] = []
    begins: list[int] = []
    shifts: list[int] = []
    length = past = 0
    for match in _FOREIGN.finditer(raw):
        kept = raw[past : match.start()]
        new = unaccented(fold(match[0]))
        parts += (kept, new)
        length += len(kept) + len(new)
        past = match.end()
        begins.append(length)
        shifts.append(past - length)
    parts.append(raw[past:])
    text = "".join(parts)
    return Folded(text.replace("`", "'") if "`" in text else text, tuple(begins), tuple(shifts))
