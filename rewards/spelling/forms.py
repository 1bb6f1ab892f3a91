"""Musical forms: letters for sections, and the names that stand for them.

Conventions
-----------
A form is its sections in order, relabelled so that the first is A, the next new one B.
A prime ("A'") marks a variant and is a section of its own unless ``strict`` is False.

====================  ==================
name                  letters
====================  ==================
binary                AB; rounded: ABA
ternary, da capo      ABA
rondo                 ABACA
sonata                (name alone)
arch, bow             ABCBA
bar form              AAB
32-bar, song form     AABA
strophic              AAA
theme and variations  (name alone)
verse-chorus          ABAB
through-composed      ABCD
12-bar blues          (name alone)
====================  ==================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

_NAMED: tuple[tuple[str, str, str], ...] = (
    ("rounded binary", r"rounded[\s-]+binary", "ABA"), ("binary", r"(?:simple )?binary", "AB"),
    ("ternary", r"ternary|da[\s-]+capo(?:\s+aria)?|three[\s-]+part", "ABA"),
    ("sonata rondo", r"sonata[\s-]+rondo", "ABACABA"), ("rondo", r"rondo", "ABACA"),
    ("sonata", r"sonata(?:[\s-]+allegro)?", ""),
    ("arch", r"arch(?=\s+form)|bow(?=\s+form)", "ABCBA"),
    ("bar", r"bar(?=\s+form)|barform", "AAB"),
    ("song", r"(?:32|thirty[\s-]two)[\s-]+bars?|american popular song", "AABA"),
    ("strophic", r"strophic", "AAA"),
    ("variations", r"theme (?:and|with|&) variations|variations?(?:\s+form)?", ""),
    ("verse-chorus", r"verse[\s-]+(?:and[\s-]+)?chorus", "ABAB"),
    ("through-composed", r"through[\s-]+composed|durchkomponiert", "ABCD"),
    ("blues", r"(?:12|twelve)[\s-]+bars?(?:\s+blues)?|blues(?=\s+form)", ""),
)  # fmt: skip
_NAME = Pattern(
    r"\b(?:"
    + "|".join(f"(?P<f{i}>{body})" for i, (_, body, _) in enumerate(_NAMED))
    + r")(?:[\s-]+form)?(?!\w)",
    re.IGNORECASE,
)
_LETTERS = Pattern(
    r"(?<![\w'-])(?:[A-H]['\"*\d]{0,2}(?:\s*[-,|/→]{1,2}\s*|\s+|(?=[A-H]))){1,63}[A-H]['\"*\d]{0,2}"
    r"(?![\w'])"
)
_SECTION = Pattern(r"([A-H])(['\"*\d]{0,2})")


@dataclass(frozen=True, slots=True)
class Form:
    """Letters ("" for a form that has only a name) and the name, if one was said."""

    letters: tuple[str, ...]
    name: str

    def same(self, other: Form) -> bool:
        """Equal names, or equal letters."""
        if self.name and other.name:
            return self.name == other.name
        return bool(self.letters) and self.letters == other.letters


def find_forms(text: str) -> list[Mention[Form]]:
    """The forms that a text names, in order; a name beside its own letters is one form."""
    found: list[Mention[Form]] = []
    for match in _NAME.finditer(text):
        name, _, letters = _NAMED[int((match.lastgroup or "f0")[1:])]
        found.append(Mention(Form(tuple(letters), name), match.start(), match.end()))
    for match in _LETTERS.finditer(text):
        sections = [m[1] + ("'" if m[2] else "") for m in _SECTION.finditer(match[0])]
        if len(sections) > 1 or match[0] == text.strip():
            found.append(Mention(Form(relabelled(tuple(sections)), ""), match.start(), match.end()))
    found.sort(key=lambda mention: mention.start)
    exact = [m for m in found if not m.value.name]
    return [m for m in found if not m.value.name or not _described(m.value, exact)]


@lru_cache(maxsize=2048)
def parse_form(text: str) -> Form | None:
    """The one form that a text names, or None.

    >>> parse_form("B-B-A-B").letters
    ('A', 'A', 'B', 'A')
    """
    found = find_forms(text)
    return found[0].value if len(found) == 1 else None


def relabelled(sections: tuple[str, ...]) -> tuple[str, ...]:
    """New letters in the order of their first use; primes stay with their letter."""
    names: dict[str, str] = {}
    made = []
    for section in sections:
        letter = names.setdefault(section[0], "ABCDEFGH"[len(names)])
        made.append(letter + section[1:])
    return tuple(made)


def _described(named: Form, exact: list[Mention[Form]]) -> bool:
    """ "ABACA (rondo)" is one form."""
    return len(exact) == 1 and (not named.letters or named.letters == exact[0].value.letters)
