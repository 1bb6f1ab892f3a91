"""Reward ``function``: relations of scale degrees and keys, a question of theory alone.

Conventions
-----------
Applies where the question asks a relation of the table about a key or note ("What is the
dominant of E flat major?") and has an answer: that is the truth, a note, key or chord. By
sound unless ``facts.spelling`` is true. A key without a mode is major.

===============  ==================  ===========================================
relation         in major            in minor
===============  ==================  ===========================================
tonic            I maj               i min
supertonic       ii min              ii dim
mediant          iii min             III maj
subdominant      IV maj              iv min
dominant         V maj               V maj, v min
submediant       vi min              VI maj
subtonic         bVII maj            VII maj
leading tone     vii dim             vii dim
relative         minor third below   minor third above
parallel         same tonic, minor   same tonic, major
===============  ==================  ===========================================

===========================================================  =====
the answer is                                                value
===========================================================  =====
the gold answer in any spelling, the asked one repeated      1.0
  beside it or not
the gold note with the chord or key that the table builds    1.0
  on it ("B flat major", "Bb7" for B flat)
the gold key's tonic, where the question names its mode      1.0
the right root with another quality                          0.0
another root, none, several                                  0.0
===========================================================  =====

With ``facet: function`` a gold answer that is itself the name of a function ("dominant",
"secondary dominant") is compared as such (a bare numeral stands for its degree's name), and a
gold answer that nothing here reads as plain text. A dominant that is only told to be secondary,
or only not told, earns .5.

Source: the diatonic degrees; the oracle of the tests is ``music21.key.Key``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rewards.answers import bare, clean
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text
from rewards.spelling.harmonies import Harmony, find_harmonies
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.numbers import ORDINALS
from rewards.spelling.numerals import chords_of_key
from rewards.spelling.scales import DEGREES, STEPS
from rewards.text import plain


def _built_on(mode: Literal["major", "minor"]) -> dict[str, frozenset[str]]:
    """Relation -> qualities of the chords on it; on the two sevenths those of either mode."""
    own, others = chords_of_key(mode), (chords_of_key("major"), chords_of_key("minor"))
    names = {relation: own[step] for relation, step in zip(DEGREES, STEPS[mode], strict=False)}
    for relation, step in (("subtonic", 10), ("leading tone", 11)):
        names[relation] = tuple(name for chords in others for name in chords.get(step, ()))
    words = {"maj": "major", "min": "minor"}
    return {
        relation: frozenset(words.get(name, name) for name in found)
        for relation, found in names.items()
    }


_MAJOR, _MINOR = _built_on("major"), _built_on("minor")
_NAMED_DEGREES = (*DEGREES, "seventh")
_BY_NUMBER: dict[str, str] = dict(zip((*ORDINALS, *"1234567"), _NAMED_DEGREES * 2, strict=True))
_WORD = (
    r"super-?tonic|sub-?tonic|tonic|sub-?mediant|mediant|sub-?dominant|dominant"
    r"|leading[\s-]+(?:tone|note)|leading-?tone|relative|parallel"
)
_RELATION = Pattern(
    rf"(?<![\w-])(?:({_WORD}|sub-?dominante|dominante|tonika|tonica|relativ[oa])"
    r"|(first|second|third|fourth|fifth|sixth|seventh|([1-7])(?:st|nd|rd|th))\s+"
    r"(?:scale[\s-]+)?(?:degree|note|tone))(?![\w-])",
    re.IGNORECASE,
)
_IS_RELATION = Pattern(rf"\s(?:is|being) (?:the|its) ({_WORD})(?![\w-])", re.IGNORECASE)
_ABOUT = Pattern(
    r"(?:\s+(?:note|chord|triad|key|seventh|7th|tone|pitch|minor|major|scale|degree|menor|mayor)){0,3}"
    r"\s+(?:of|in|to|for|von|de|di|du)\s+(?:the\s+)?(?:(?:key|scale|tonality|note)\s+(?:of\s+)?)?"
    r"(?:an?\s+)?$",
    re.IGNORECASE,
)
_ASKS = Pattern(
    r"\b(?:what|what's|which|name|give|find|identify|state|spell|tell|write|determine|welche[rs]?"
    r"|wie|cual|quel(?:le)?|qual(?:e)?)\b|^\W*(?:the\s+)?(?:relative|parallel|(?:sub-?|super-?)?"
    r"(?:dominant|tonic|mediant)|leading)\b|[_=:?]\W*$",
    re.IGNORECASE,
)
_FUNCTION_NAME = Pattern(
    rf"(?<![\w-])((?:secondary|applied)[\s-]+dominant|pre-?dominant|{_WORD})(?![\w-])",
    re.IGNORECASE,
)
_NUMERAL = Pattern(r"(?:the )?(I|II|III|IV|V|VI|VII)(?: chord)?", re.IGNORECASE)
_NUMERALS: dict[str, str] = dict(
    zip(("i", "ii", "iii", "iv", "v", "vi", "vii"), (*DEGREES, "leading tone"), strict=True)
)
_BEFORE_ASKED = Pattern(
    r"\b(?:of|in|to|from|for|above|below|over|under|than|key|scale)\s+(?:the\s+)?"
    r"(?:(?:key|scale|tonic|note)\s+(?:of\s+)?)?$",
    re.IGNORECASE,
)
_JOINED = Pattern(
    r"\s*(?:,|/|;|\||&|\+|\bor\b|\band\b|\s)\s*(?:or\s+|and\s+|maybe\s+|perhaps\s+|possibly\s+)?",
    re.IGNORECASE,
)
_MODE = Pattern(r"\b(?:relative|parallel)\s+(major|minor)\b", re.IGNORECASE)
_READ = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks: the relation, and the key or note that it is about."""

    relation: str
    about: Harmony

    @property
    def qualities(self) -> frozenset[str] | None:
        """Qualities that the table builds on the answer; None for keys and open cases."""
        table = _MINOR if self.about.quality in ("minor", "min7") else _MAJOR
        return table.get(self.relation)


@reward("function")
def function(question: Question, response: Response) -> Verdict | None:
    """1 if the answer is ``question.answer`` in a question that asks a tabled relation."""
    if not question.answer or question.facet not in (None, "function"):
        return None
    asked = relation_of(question.text)
    if asked is None and question.facet != "function":
        return None
    text = answer_text("function", question, response)
    if isinstance(text, Verdict):
        return text
    gold = clean(question.answer) or question.answer
    if plain(bare(text)) == plain(bare(gold)):
        return Verdict(1.0, "the answer is the gold answer")
    spelled = bool(question.facts.spelling)
    truths = _said(gold, asked, spelled)
    if len(truths) != 1:
        return _by_name(gold, text)
    said = _said(text, asked, spelled)
    if len(said) != 1:
        return Verdict(0.0, f"the answer names {len(said)} notes, chords or keys, expected 1")
    mode = _MODE.search(question.text[:_READ])
    named = mode[1].lower() if mode else None
    same = _same(truths[0], said[0], asked, named_mode=named, spelled=spelled)
    relation = "is" if same else "is not"
    return Verdict(float(same), f"{said[0].name} {relation} {truths[0].name}")


def offices(text: str) -> tuple[str, ...]:
    """The names of functions in a text, in order, each in one form.

    >>> offices("a Secondary Dominant (applied dominant), not the tonic")
    ('secondary dominant', 'secondary dominant', 'tonic')
    """
    return tuple(_name(found[1]) for found in _FUNCTION_NAME.finditer(text[:_READ]))


@lru_cache(maxsize=4096)
def relation_of(text: str) -> Asked | None:
    """The relation that a question asks, and what it is about; None if it asks none.

    >>> relation_of("What is the relative minor of F major?").relation
    'relative'
    """
    text = clean(text[:_READ])
    if not text or _ASKS.search(text) is None:
        return None
    mentions = find_harmonies(text)
    relations = list(_RELATION.finditer(text))
    for found in relations:
        for mention in mentions:
            if mention.start >= found.end() and _ABOUT.fullmatch(text[found.end() : mention.start]):
                return Asked(_relation(found), mention.value)
    # "In E flat major, what is the dominant?": one relation, one key.
    names = {_relation(found) for found in relations}
    about = {mention.value for mention in mentions}
    if len(names) == 1 and len(about) == 1:
        return Asked(names.pop(), about.pop())
    return None


def _relation(match: re.Match[str]) -> str:
    if match[2]:
        return _BY_NUMBER[match[3] or match[2].lower()]
    return _name(match[1])


def _name(word: str) -> str:
    word = word.lower()
    if word.startswith("leading"):
        return "leading tone"
    if word.startswith(("secondary", "applied")):
        return "secondary dominant"
    word = {"tonika": "tonic", "tonica": "tonic"}.get(word, word.replace("-", ""))
    if word.startswith("relativ"):
        return "relative"
    return word.removesuffix("e") if word.endswith("dominante") else word


def _said(text: str, asked: Asked | None, spelled: bool) -> list[Harmony]:
    """The distinct harmonies of a text, the asked one left out where it is only repeated."""
    mentions = list(find_harmonies(text))
    if asked is not None and len(mentions) > 1:
        others = [
            m
            for m in mentions
            if not _repeats(text, m, mentions, asked.about) and not _is_other(text, m, asked)
        ]
        mentions = others or mentions
    said: list[Harmony] = []
    for mention in mentions:
        value = mention.value
        for place, one in enumerate(said):
            alike = one.quality == value.quality or None in (one.quality, value.quality)
            if alike and one.root.same(value.root, spelled=spelled):
                said[place] = one if one.quality else value
                break
        else:
            said.append(value)
    return said


def _is_other(text: str, mention: Mention[Harmony], asked: Asked) -> bool:
    """ "A is the dominant", where the subdominant is asked."""
    told = _IS_RELATION.match(text, mention.end)
    return told is not None and _name(told[1]) != asked.relation


def _repeats(
    text: str, mention: Mention[Harmony], mentions: list[Mention[Harmony]], about: Harmony
) -> bool:
    """True if a mention repeats what was asked about, and is not offered beside another."""
    value = mention.value
    if not value.root.same(about.root, spelled=True):
        return False
    if value.quality not in (None, about.quality or "major"):
        return False
    if _BEFORE_ASKED.search(text[max(0, mention.start - 40) : mention.start]):
        return True
    place = mentions.index(mention)
    before = text[mentions[place - 1].end : mention.start] if place else "-"
    after = text[mention.end : mentions[place + 1].start] if place + 1 < len(mentions) else "-"
    return not any(_JOINED.fullmatch(between) for between in (before, after))


def _same(
    truth: Harmony, got: Harmony, asked: Asked | None, *, named_mode: str | None, spelled: bool
) -> bool:
    if not truth.root.same(got.root, spelled=spelled):
        return False
    if truth.quality == got.quality:
        return True
    if truth.quality is None:
        if asked is not None and asked.relation in ("relative", "parallel"):
            opposite = "major" if asked.about.quality == "minor" else "minor"
            return got.quality == (named_mode or opposite)
        allowed = asked.qualities if asked else None
        return allowed is None or got.quality in allowed
    if got.quality is None:
        return truth.quality in ("major", named_mode)
    return False


def _by_name(gold: str, text: str) -> Verdict:
    """Compare names of functions, for a gold answer that is one or is nothing else."""
    truth = set(offices(gold))
    mentions = [Mention(_name(m[1]), m.start(), m.end()) for m in _FUNCTION_NAME.finditer(text)]
    said = {mention.value for mention in asserted(text, mentions)}
    numeral = _NUMERAL.fullmatch(text)
    said = said or ({_NUMERALS[numeral[1].lower()]} if numeral else set())
    same = len(truth) == 1 and said == truth
    kin = len(truth) == len(said) == 1 and {"dominant", "secondary dominant"} == truth | said
    value = 1.0 if same else 0.5 if kin else 0.0
    return Verdict(value, f"{text[:60]!r} {'is' if same else 'is not'} {gold[:60]!r}")
