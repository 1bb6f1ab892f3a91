"""Questions of theory alone: "What is the dominant of E flat major?"

Conventions
-----------
They are asked of no clip, and their fact is the answer: a note, a key or a chord. What a think
part says of it is a claim of type ``function`` whose value is such a name, "Bb" or "D minor":
stated in a proposition of theory ("the dominant of E flat is B flat") or concluded ("so it is
B flat"). Two names are one where they sound alike and have no unlike qualities; the relative or
parallel of a major key is minor, that of a minor key major, where no quality is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rewards.scorers.function import Asked, relation_of
from rewards.spelling.harmonies import Harmony, find_harmonies
from rewards.spelling.keys import Key, parse_key
from rewards.text import fold

_OPPOSITE = {"major": "minor", "minor": "major"}
_KEYS = ("relative", "parallel")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation that is asked.

    Attributes:
        name: as propositions call it, "dominant" or "leading_tone".
        key: the key that it is asked of; a name without a mode is major.
    """

    name: str
    key: Key

    def value(self, text: str) -> str | None:
        """The one note, key or chord that a text names, the key of the question aside."""
        found = [mention.value for mention in find_harmonies(fold(text))]
        others = [one for one in found if not self._repeats(one)] or found
        names = {self._completed(one).name for one in others}
        return names.pop() if len(names) == 1 else None

    def _repeats(self, harmony: Harmony) -> bool:
        same = harmony.root.same(self.key.tonic)
        return same and harmony.quality in (None, self.key.mode)

    def _completed(self, harmony: Harmony) -> Harmony:
        if harmony.quality is None and self.name in _KEYS:
            return Harmony(harmony.root, _OPPOSITE[self.key.mode])
        return harmony


@lru_cache(maxsize=4096)
def asked_relation(prompt: str, facet: str | None) -> Relation | None:
    """The relation that a question of the facet ``function`` asks of a key, None if it asks none.

    >>> asked_relation("What is the relative minor of F major?", "function")
    Relation(name='relative', key=Key(tonic=Note(fifths=-1), mode='major'))
    """
    asked: Asked | None = relation_of(prompt) if facet == "function" else None
    if asked is None:
        return None
    mode = "minor" if asked.about.quality in ("minor", "min7") else "major"
    return Relation(asked.relation.replace(" ", "_"), Key(asked.about.root, mode))


def same_name(one: str, other: str) -> bool:
    """Whether two names are one note, key or chord by sound, as far as both tell."""
    a, b = _harmony(one), _harmony(other)
    if a is None or b is None or not a.root.same(b.root):
        return False
    return None in (a.quality, b.quality) or a.quality == b.quality


def alike(one: str, other: str) -> bool:
    """Whether two values of ``function`` can be said of one thing: a secondary dominant is one."""
    return same_name(one, other) or one.endswith(f" {other}") or other.endswith(f" {one}")


def names_one(text: str) -> bool:
    """Whether a text is the name of one note, key or chord, as that of a function is not."""
    return _harmony(text) is not None


def stated(proposition: tuple[str, str, str], relation: Relation) -> str | None:
    """The value that a proposition "RELATION of X is Y" gives what is asked."""
    name, about, value = proposition
    key = parse_key(about)
    if name != relation.name or key is None or not key.same(relation.key):
        return None
    return relation.value(value.replace(":maj", " major").replace(":min", " minor"))


def _harmony(name: str) -> Harmony | None:
    found = find_harmonies(name)
    return found[0].value if len(found) == 1 else None
