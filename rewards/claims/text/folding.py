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

_ARROWS = str.maketrans(dict.fromkeys("→⇒➔➜➝⟶↦⇨►▸↔⇄⇆⇌⟷⟹»↘↗", "-"))
"""What leads from one chord to the next, as a dash does."""
_FOREIGN = re.compile(r"[^\x00-\x7f]{1,400}")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded section.

    Attributes:
        text: folded.
        offset: where its raw form begins in the completion.
        begins, raws: the folded and raw places where a stretch of either sort begins;
            stretches alternate, those that changed come first.
    """

    text: str
    offset: int = 0
    begins: tuple[int, ...] = ()
    raws: tuple[int, ...] = ()

    def raw(self, at: int) -> int:
        """The place in the completion of a place in the folded text."""
        stretch = bisect_right(self.begins, at) - 1
        if stretch < 0:
            return self.offset + at
        inside = 0 if stretch % 2 == 0 else at - self.begins[stretch]
        return self.offset + self.raws[stretch] + inside


def folded(raw: str, offset: int = 0) -> Folded:
    """Fold a section that begins at ``offset`` in its completion."""
    if raw.isascii():
        return Folded(raw.replace("`", "'") if "`" in raw else raw, offset)
    parts: list[str] = []
    begins: list[int] = []
    raws: list[int] = []
    length = past = 0
    for match in _FOREIGN.finditer(raw):
        kept = raw[past : match.start()]
        new = unaccented(fold(match[0])).translate(_ARROWS)
        parts += (kept, new)
        length += len(kept) + len(new)
        past = match.end()
        begins += (length - len(new), length)
        raws += (match.start(), past)
    parts.append(raw[past:])
    text = "".join(parts)
    text = text.replace("`", "'") if "`" in text else text
    return Folded(text, offset, tuple(begins), tuple(raws))
