"""Regular expressions that are compiled when they are first used.

The tables of musical spelling would cost a tenth of a second at import, in every
command and in every actor, if they were compiled there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator


class Pattern:
    """As ``re.compile(source, flags)``, but late."""

    __slots__ = ("_compiled", "_flags", "_source")

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source = source
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    def _late(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self._source, self._flags)
        return self._compiled

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        """The first match from position ``at`` on."""
        return self._late().search(text, at)

    def match(self, text: str, at: int = 0) -> re.Match[str] | None:
        """The match that begins at position ``at``."""
        return self._late().match(text, at)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match of the whole text."""
        return self._late().fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, in order."""
        return self._late().finditer(text)

    def findall(self, text: str) -> list[str]:
        """All matched texts; for patterns with at most one group."""
        return self._late().findall(text)

    def split(self, text: str) -> list[str]:
        """The texts between the matches; for patterns without groups."""
        return self._late().split(text)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """The text with the matches (the first ``count``, if not 0) replaced."""
        return self._late().sub(new, text, count=count)
