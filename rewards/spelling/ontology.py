"""Names of instruments, genres and moods: synonyms, and what is a kind of what.

Conventions
-----------
``rewards/spelling/ontology.json`` holds, for each vocabulary, the canonical name, its
synonyms and the name it is a kind of. Matching ignores case, accents and hyphens; the
longest name wins, so "electric piano" names no piano.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rewards.spelling.mentions import Mention
from rewards.text import plain

Vocabulary = Literal["instruments", "genre", "mood"]


@dataclass(frozen=True, slots=True)
class Ontology:
    """One vocabulary.

    Attributes:
        canonical: name or synonym (plain) -> canonical name.
        parent: canonical name -> the canonical name it is a kind of.
        pattern: any name as a whole word, the longest first.
    """

    canonical: dict[str, str]
    parent: dict[str, str]
    pattern: re.Pattern[str]

    def ancestors(self, name: str) -> tuple[str, ...]:
        """What the name is a kind of, the nearest first."""
        found: list[str] = []
        while (above := self.parent.get(name)) is not None and above not in found:
            found.append(above)
            name = above
        return tuple(found)

    def find(self, text: str) -> list[Mention[str]]:
        """The known names of a plain text, in order."""
        return [
            Mention(self.canonical[m[1]], m.start(1), m.end(1)) for m in self.pattern.finditer(text)
        ]

    def name(self, text: str) -> str:
        """The canonical name of a text that is one name; an unknown one stays as it is."""
        text = plain(text)
        return self.canonical.get(text, text)


@lru_cache(maxsize=8)
def ontology(vocabulary: Vocabulary) -> Ontology:
    """The vocabulary of that name, read once."""
    file = Path(__file__).with_name("ontology.json")
    table: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))[vocabulary]
    canonical: dict[str, str] = {}
    parent: dict[str, str] = {}
    for entry, synonyms in table.items():
        name, _, above = (part.strip() for part in entry.partition("<"))
        if above:
            parent[plain(name)] = plain(above)
        for word in (name, *synonyms):
            for form in _forms(plain(word), plural=vocabulary == "instruments"):
                canonical.setdefault(form, plain(name))
    names = sorted(canonical, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w&])(" + "|".join(map(re.escape, names)) + r")(?![\w&])")
    return Ontology(canonical, parent, pattern)


def _forms(word: str, *, plural: bool) -> list[str]:
    forms = [word]
    if plural and not word.endswith("s"):
        forms.append(f"{word}s")
    return forms
