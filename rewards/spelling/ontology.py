"""Names of instruments, genres and moods: synonyms, and what is a kind of what.

Conventions
-----------
``rewards/spelling/ontology.json`` holds, for each vocabulary, the canonical name, its
synonyms and what it is a kind of. Matching ignores case, accents and hyphens; the
longest name wins, so "electric piano" names no piano.

=========================================  =============================================
entry                                      meaning
=========================================  =============================================
``"cello < strings": ["violoncello"]``     a kind of strings, with a synonym
``"folk rock < rock, folk"``               a kind of both; both together are its name too
``"bass guitar <= bass"``                  a kind of bass which "bass" alone usually means
``"piano trio = piano, violin, cello"``    an ensemble: its members together are its name
=========================================  =============================================
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention
from rewards.text import UNSPACED, plain

Vocabulary = Literal["instruments", "genre", "mood"]

_ENTRY = Pattern(r"([^<=]+?)\s*(?:(<=?)\s*([^=]+?))?\s*(?:=\s*(.+))?")
_TOKEN = Pattern(r"[^\W_]+(?:[&'/][^\W_]+)*|&|'[^\W_]+'?")


@dataclass(frozen=True, slots=True)
class Ontology:
    """One vocabulary.

    Attributes:
        canonical: name or synonym (plain) -> canonical name.
        parents: canonical name -> the canonical names it is a kind of.
        above: canonical name -> its parents and theirs, the nearest first.
        members: canonical name of an ensemble -> the names that make it up.
        usual: the names that the bare name of their parent usually means.
        longest: the most tokens in a name.
        names: the canonical names.
        unspaced: those of scripts that put no blanks between words.
    """

    canonical: dict[str, str]
    parents: dict[str, tuple[str, ...]]
    above: dict[str, tuple[str, ...]]
    members: dict[str, tuple[str, ...]]
    usual: frozenset[str]
    longest: int
    names: frozenset[str]
    unspaced: re.Pattern[str]

    def ancestors(self, name: str) -> tuple[str, ...]:
        """What the name is a kind of, the nearest first."""
        return self.above.get(name, ())

    def related(self, one: str, other: str) -> bool:
        """True if one name is a kind of the other."""
        return one in self.ancestors(other) or other in self.ancestors(one)

    def alike(self, one: str, other: str) -> bool:
        """True for one name, or a kind and the bare name that usually means it."""
        return (
            one == other
            or (one in self.usual and other in self.parents[one])
            or (other in self.usual and one in self.parents[other])
        )

    def find(self, text: str) -> list[Mention[str]]:
        """The known names of a plain text, in order, the longest at each place."""
        tokens = list(_TOKEN.finditer(text))
        found: list[Mention[str]] = []
        at = 0
        while at < len(tokens):
            for end in range(min(at + self.longest, len(tokens)), at, -1):
                start, stop = tokens[at].start(), tokens[end - 1].end()
                name = self.canonical.get(text[start:stop])
                if name is not None:
                    found.append(Mention(name, start, stop))
                    at = end
                    break
            else:
                found += self._inside(tokens[at])
                at += 1
        return found

    def _inside(self, token: re.Match[str]) -> list[Mention[str]]:
        """ "piano/violin" and "'piano'" hold names too, and so does "钢琴和小提琴"."""
        start = token.start()
        if not token[0].isascii() and (inner := list(self.unspaced.finditer(token[0]))):
            return [
                Mention(self.canonical[m[0]], start + m.start(), start + m.end()) for m in inner
            ]
        return [
            Mention(name, start + part.start(), start + part.end())
            for part in re.finditer(r"[^/'&]+", token[0])
            if (name := self.canonical.get(part[0])) is not None
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
    parents: dict[str, tuple[str, ...]] = {}
    members: dict[str, tuple[str, ...]] = {}
    usual: set[str] = set()
    for entry, synonyms in table.items():
        parts = _ENTRY.fullmatch(entry)
        if parts is None:
            raise ValueError(f"ontology.json: got {entry!r}, expected 'name < parent, parent'")
        name = plain(parts[1])
        if parts[2]:
            parents[name] = tuple(plain(above) for above in parts[3].split(","))
        if parts[2] == "<=":
            usual.add(name)
        if parts[4]:
            members[name] = tuple(plain(member) for member in parts[4].split(","))
        for word in (name, *synonyms):
            canonical.setdefault(plain(word), name)
    names = frozenset(canonical.values())
    for word, name in list(canonical.items()) if vocabulary == "instruments" else ():
        # "bass drums" are a bass and drums: a plural is none where both words are names.
        first, _, last = f"{word}s".rpartition(" ")
        if not word.endswith("s") and not (first in canonical and last in names):
            canonical.setdefault(f"{word}s", name)
    longest = max(len(_TOKEN.findall(form)) for form in canonical)
    eastern = sorted(filter(UNSPACED.match, canonical), key=len, reverse=True)
    unspaced = re.compile("|".join(eastern) or r"(?!)")
    above = {name: _above(name, parents) for name in parents}
    return Ontology(canonical, parents, above, members, frozenset(usual), longest, names, unspaced)


def _above(name: str, parents: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The parents of a name and theirs, the nearest first."""
    found: list[str] = []
    line = list(parents[name])
    while line:
        above = line.pop(0)
        if above not in found:
            found.append(above)
            line += parents.get(above, ())
    return tuple(found)
