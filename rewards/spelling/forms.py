"""Musical forms: letters for sections, and the names that stand for them.

Conventions
-----------
A form is its sections in order, relabelled so that the first is A, the next new one B. A
prime ("A'", "A1") marks a variant. Repeat signs are played out; words for sections ("verse -
chorus - verse") are letters too, but for an intro and an outro around them.

=========================  ==========  =========================================
name                       first of    all the letters that it stands for
=========================  ==========  =========================================
binary                     AB          AB, AABB
rounded binary             ABA'        AB A', AA B A' (BA'), the last one primed
ternary, da capo           ABA         ABA, also with primes
rondo                      ABACA       A between each two others: ABACABA, ...
sonata-rondo               ABACABA     ABACABA
sonata                     ABA'        none
arch, bow                  ABCBA       ABCBA, ABCDCBA
bar                        AAB         AAB
32-bar, song form          AABA        AABA
strophic                   AAA         A two times or more
theme and variations       AA'A''      A with primes two times or more
verse-chorus               ABAB        AB two times or more, then CB, C, B
through-composed           ABCD        three or more, all different
12-bar blues               AAB         AAB
=========================  ==========  =========================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rewards.patterns import Pattern
from rewards.spelling.mentions import Mention

_P = "'{0,3}"
_NAMED: tuple[tuple[str, str, str, str], ...] = (
    ("rounded binary", r"rounded[\s-]+binary", "AB A'", rf"(?:AB|AAB|AABB)A'(?:BA'{_P})?"),
    ("binary", r"(?:simple[\s-]+)?(?:binary|two[\s-]+part)", "A B", rf"AB|AA{_P}BB{_P}"),
    ("ternary", r"(?:(?:simple|compound)[\s-]+)?ternary|da[\s-]+capo(?:[\s-]+aria)?"
     r"|three[\s-]+part(?!\s+(?:inv|fug))|minuet (?:and|&) trio|tripartite", "A B A",
     rf"ABA{_P}"),
    ("sonata rondo", r"sonata[\s-]+rondo|rondo[\s-]+sonata", "A B A C A B A", rf"ABACABA{_P}"),
    ("rondo", r"(?:forma )?rond(?:[oó](?:form)?|eau)", "A B A C A",
     rf"(?:A{_P}[B-H])(?:A{_P}[B-H]){{1,30}}A{_P}"),
    ("sonata", r"sonata(?:[\s-]+allegro)?|exposition\W+development\W+(?:and )?recapitulation",
     "A B A'", r"(?!)"),
    ("ritornello", r"ritornello", "A B A' C A", r"(?!)"),
    ("arch", r"(?:arch|bow)(?=[\s-]+form)", "A B C B A", rf"ABC(?:D?C)?BA{_P}"),
    ("bar", r"(?<!\d )(?<!\d-)(?<!-)(?<!two )bar(?=[\s-]+form)|barform", "A A B", rf"AA{_P}B"),
    ("song", r"(?:32|thirty[\s-]two)[\s-]+(?:bars?|measures?)(?:[\s-]+song)?"
     r"|(?:american )?(?:popular )?song(?=[\s-]+form)", "A A B A", rf"AA{_P}BA{_P}"),
    ("strophic", r"(?:modified )?strophic", "A A A", r"A{2,60}"),
    ("variations", r"(?:(?:theme[\s-]+(?:and|with|&|et)|th[eè]me et)[\s-]+)?variations?"
     r"|(?:thema mit )?variationen|tema (?:con variazioni|y variaciones|e variazioni)", "A A' A'",
     r"A(?:A'{1,3}){1,60}"),
    ("verse-chorus", r"verse[\s/-]+(?:and[\s-]+)?(?:chorus|refrain)(?![\s,/>-]+(?:verse|bridge))",
     "A B A B", r"(?:AB){2,20}(?:C?B|C)?B{0,3}"),
    ("through-composed", r"through[\s-]+composed|durchkomponiert", "A B C D",
     r"ABC(?:D(?:E(?:FG?H?)?)?)?"),
    ("blues", r"(?:12|twelve)[\s-]+(?:bars?|measures?)(?:[\s-]+blues)?|blues(?=[\s-]+form|$)",
     "A A B", rf"AA{_P}B"),
)  # fmt: skip
_NAME = Pattern(
    r"\b(?:"
    + "|".join(f"(?P<f{i}>{body})" for i, (_, body, _, _) in enumerate(_NAMED))
    + r")(?:[\s-]+(?:form|structure))?(?!\w)",
    re.IGNORECASE,
)
_STANDS_FOR = {name: Pattern(letters) for name, _, _, letters in _NAMED}
_MARK = r"(?:['\"*]{1,3}|[1-9](?!\d))?"
_BARS = (
    r"(?:\s?(?:\(|:\s)(?:(?:mm?\.|bars?|measures?)\s?)?\d[\d:.]{0,8}s?"
    r"(?:\s?(?:-|to)\s?\d[\d:.]{0,8})?\s?(?:bars?|measures?|seconds|secs?|s)?\)?)?"
)
"""Where a section stands or how long it is: "A (8 bars)", "A (0:00-0:20)"."""
_LETTERS = Pattern(
    rf"(?<![\w'])(?:[A-H]{_MARK}{_BARS}(?:,?\s(?:and\s)?then\s|,\sand\s|\s?(?:->|[-,;|/→>+]|\.(?=\s?[A-H]\b))\s?|\s|(?=[A-H]))){{1,63}}"
    rf"[A-H]{_MARK}(?![\w'])"
)
_GROUPS = Pattern(r"[,;/|\n]|\bthen\b")
_RUN = Pattern(rf"A{_MARK}(?:[A-H]{_MARK}){{2,63}}")
_SMALL = Pattern(rf"(?:[a-h]{_MARK}(?:\s?(?:->|[-,|/→>+])\s?|\s|)){{2,64}}")
_SECTION = Pattern(r"([A-Ha-h])(['\"*1-9]{0,3})")
_REPEAT = Pattern(r"\|?\|:([^|:]{1,80}):\|\|?")
_CALLED = Pattern(r"\b(?:[Ss]ections?|[Pp]arts?)\s(?=[A-H]\b)|(?<=\b[A-H])\s(?:sections?|parts?)\b")
_WORDS = (
    ("V", r"verses?|strophe"), ("P", r"pre[\s-]?chorus"), ("C", r"chorus|refrain|hook"),
    ("I", r"intro(?:duction)?"), ("O", r"outro|coda|ending"), ("B", r"bridge|middle eight"),
    ("S", r"(?:guitar |instrumental )?solo"), ("L", r"interlude|instrumental|break"),
)  # fmt: skip
_ANY = "|".join(f"(?P<w{letter}>{body})" for letter, body in _WORDS)
_WORD = Pattern(rf"\b(?:{_ANY})\b(?:\s?\d\b)?", re.IGNORECASE)
_GAP = Pattern(r"\s?(?:->|[-,|/→>+]|\band\b|\bthen\b|, then)\s?(?:(?:and|then|an?|the)\s)?|\s")


@dataclass(frozen=True, slots=True)
class Form:
    """Sections ("" for none said) and the name, if one was said."""

    letters: tuple[str, ...]
    name: str

    def same(self, other: Form) -> bool:
        """Equal names, equal letters, or a name and letters that it stands for."""
        if self.name and other.name:
            return self.name == other.name
        if self.name or other.name:
            named, written = (self, other) if self.name else (other, self)
            return _STANDS_FOR[named.name].fullmatch("".join(written.letters)) is not None
        return self.letters == other.letters


def played(text: str) -> str:
    """The text with what stands between repeat signs written twice, and "section A" as A.

    >>> played("||: A :||: B :||")
    'A A B B'
    """
    text = _CALLED.sub("", text)
    if ":|" not in text:
        return text
    text = text.replace(":||:", ":|| ||:").replace(":|:", ":| |:")
    text = _REPEAT.sub(lambda m: f" {m[1].strip()} {m[1].strip()} ", text)
    return " ".join(text.split())


def find_forms(text: str) -> list[Mention[Form]]:
    """The forms that a text names, in order; a name beside its own letters is one form."""
    found: list[Mention[Form]] = []
    for match in _NAME.finditer(text):
        name, _, letters, _ = _NAMED[int((match.lastgroup or "f0")[1:])]
        form = Form(tuple(_SECTION_NAMES.findall(letters)), name)
        found.append(Mention(form, match.start(), match.end()))
    found += _written(text)
    found += _in_words(text)
    found.sort(key=lambda mention: mention.start)
    exact = [m for m in found if not m.value.name]
    if len({m.value.letters for m in exact}) == 1:
        found = [m for m in found if not m.value.name or not m.value.same(exact[0].value)]
    return found


_SECTION_NAMES = Pattern(r"[A-H]'?")


def _written(text: str) -> list[Mention[Form]]:
    """Letters: capitals, or small ones where the whole text is letters."""
    matches = list(_LETTERS.finditer(text))
    whole = re.sub(r"(?i)(?<![\s-])[\s-]*form$", "", text.strip(" ."))
    if not matches and len(whole) <= 200 and _SMALL.fullmatch(whole):
        return [Mention(Form(_sections(whole), ""), 0, len(text))]
    if re.fullmatch(r"[A-H]", whole):
        return [Mention(Form(("A",), ""), 0, len(text))]
    return [
        Mention(Form(_sections(written), ""), m.start(), m.end())
        for m in matches
        for written in _offered(m[0])
    ]


def _offered(letters: str) -> list[str]:
    """ "AABA, ABAB" are two forms: each begins with A. "AABB, CCDD" is one, "AABA; B" AABA."""
    groups = [group.strip(" -") for group in _GROUPS.split(letters)]
    groups = [group for group in groups if group]
    runs = [group for group in groups if _RUN.fullmatch(group)]
    alone = len(groups) > 1 and all(group in runs or len(group) == 1 for group in groups)
    return list(dict.fromkeys(runs)) if alone and runs else [letters]


def _sections(text: str) -> tuple[str, ...]:
    text = re.sub(rf"\([^()]{{0,20}}\)|(?<=[A-Ha-h'\"*1-9]){_BARS}|\b(?:and|then)\b", "", text)
    return relabelled(tuple((m[1].upper(), m[2]) for m in _SECTION.finditer(text)))


def _in_words(text: str) -> list[Mention[Form]]:
    """Three or more words for sections with nothing but separators between them."""
    found: list[Mention[Form]] = []
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(text), None]:
        if match and run and _GAP.fullmatch(text[run[-1].end() : match.start()][:12]):
            run.append(match)
            continue
        if len(run) >= 3:
            framed = [m for i, m in enumerate(run) if not (
                (i == 0 and m.lastgroup == "wI") or (i == len(run) - 1 and m.lastgroup == "wO")
            )]  # fmt: skip
            letters = relabelled(tuple(((m.lastgroup or "w?")[1:], "") for m in framed[:64]))
            found.append(Mention(Form(letters, ""), run[0].start(), run[-1].end()))
        run = [match] if match else []
    return found


@lru_cache(maxsize=2048)
def parse_form(text: str) -> Form | None:
    """The one form that a text names, or None.

    >>> parse_form("B-B-A-B").letters
    ('A', 'A', 'B', 'A')
    """
    found = {mention.value for mention in find_forms(played(text))}
    return found.pop() if len(found) == 1 else None


def whole_form(text: str) -> Form | None:
    """The form that the text is: a name, or letters in the order of the alphabet.

    "C-F-G" are chords; "blues" alone is a genre.

    >>> whole_form("A-A-B-A").letters, whole_form("C-F-G-C"), whole_form("rondo form").name
    (('A', 'A', 'B', 'A'), None, 'rondo')
    """
    found = find_forms(text) if len(text) <= 200 and text.strip().lower() != "blues" else []
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(text)):
        return None
    form = found[0].value
    letters = re.findall(r"[A-Ha-h]", re.sub(r"(?i)(?<![\s-])[\s-]*form$", "", text))
    ordered = tuple(letter.upper() for letter in letters) == tuple(s[0] for s in form.letters)
    return form if form.name or (ordered and len(letters) > 1) else None


def relabelled(sections: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """New letters in the order of first use; the first section of a letter has no prime.

    Marks are counted: A1 A2 A3 and A A' A'' are one form, A1 B1 A1 is ABA.
    """
    names: dict[str, str] = {}
    marks: dict[str, dict[str, int]] = {}
    made = []
    for letter, mark in sections:
        new = names.setdefault(letter, "ABCDEFGH"[min(len(names), 7)])
        seen = marks.setdefault(letter, {})
        made.append(new + "'" * min(3, seen.setdefault(mark.replace('"', "''"), len(seen))))
    return tuple(made)
