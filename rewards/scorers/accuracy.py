"""Reward ``accuracy``: is the answer right, yes or no?

Conventions
-----------
With choices, the option that the answer chooses (``rewards/extract.py``) is the
gold one. Without, the answer is the gold text (case, leading article, plural and dress
aside, "Rast" for "Maqam Rast", a list in any order but where the question asks for one), or
the same musical value, or a sentence that says the gold text and nothing else but its reason;
to a yes or no, the first word counts. Where what is absent is asked, "there is no trumpet" is
"trumpet".
Not applicable to a question without a gold answer.

=========================================================  =====
completion                                                 value
=========================================================  =====
one answer block with the gold answer                      1.0
``<answer>`` left open at the end                          as if closed
no tags, closing with "The (correct) answer is: X"         as if X in a block
another answer, several, none; in the think part only      0.0
=========================================================  =====
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rewards.absence import asks_for_absent, unnegated
from rewards.answers import bare, clean
from rewards.errors import DataError
from rewards.extract import choose, in_units
from rewards.kinds import KINDS, Kind, kind_of, values
from rewards.option_forms import form, is_bound
from rewards.options import exact, read_options, sequence
from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.reports import asked_field
from rewards.response import untagged
from rewards.scorers.typed import uncopied, without_prompt
from rewards.spelling.intervals import find_intervals, offers_number
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.notes import unaccented
from rewards.spelling.numbers import Quantity
from rewards.spelling.open_ends import leaves_open
from rewards.spelling.totals import counted, total
from rewards.text import READ_LIMIT, fold, plain
from rewards.yes_no import yes_no

_CLOSING = Pattern(
    r"(?:^|[.!?:;,\n]\s*|\b(?:so|thus|hence|therefore|then)\s+)"
    r"(?:so |thus |hence |therefore |then )?"
    r"(?:the|my) (?:(?:final|correct|right|best) )*answer is\b",
    re.IGNORECASE,
)
_FILLERS = frozenset(
    """
    it is its it's this that there here the a an of in on by with for at to and i we think hear
    believe can be would sounds sound like seems appears clearly probably likely definitely
    certainly surely played play plays playing heard used uses using has have features piece song
    music track clip excerpt recording instrument key chord note tempo meter time signature answer
    final correct main lead most obviously undoubtedly one by are was were he she they
    """.split()  # noqa: SIM905 - a list of quoted words would hide them
)


_POLAR = {
    "yes": ("Yes", "No"), "no": ("No", "Yes"), "true": ("True", "False"), "false": ("False", "True")
}  # fmt: skip
_LEAD = Pattern(
    r"(?:[\w'-]{1,20} ){1,8}(?:is|are|was|were|includes?)(?: played| sung)?(?: by)?:? +"
)
_FOREIGN_ARTICLE = Pattern(
    r"^(?:la|el|los|las|una?|unos|unas|le|les|une|il|lo|gli|der|die|das|eine?)\s+", re.IGNORECASE
)
_REASON = Pattern(
    r"\b(?:because|since|due to|not|rather than|instead of|as opposed to)\b"
    r"|,\s*(?:as|which|where)\b",
    re.IGNORECASE,
)
# "German (born in Bonn)": words about it, no other name.
_GLOSS = Pattern(r"\s*\((?:(?=[a-z]{2,}\s)[^()]*|[\d\s-]+)\)\W*$")
_OPEN = Pattern(r"\b(?:or|maybe|perhaps|possibly|could|might|also|and)\b|/", re.IGNORECASE)
_PAIR = Pattern(
    r"(?<![\d-])(?<!\bbar )(?<!\bbars )(?<!\bmeasure )(?<!\bmeasures )([1-9])\s?(?:-|to)\s?([1-9])"
    r"(?![\d-])",
    re.IGNORECASE,
)
"""Two small numbers in their order: "a 3-2 clave", "4 to 3"."""
_IN_ORDER = Pattern(
    r"\b(?:what|which) (?:order|sequence) (?:do|does|did|is|are|was|were)\b"
    r"|\bwhat is the (?:order|sequence)\b",
    re.IGNORECASE,
)
_STEM = 5


@reward("accuracy")
def accuracy(question: Question, response: Response) -> Verdict | None:
    """1 if the answer is the gold answer, else 0 with the reason.

    Raises:
        DataError: the gold answer is none of the choices.
    """
    if question.answer is None:
        return None
    text = answered(response)
    if text is None:
        return Verdict(0.0, "there is no one answer block")
    if len(text.strip()) > READ_LIMIT:
        return Verdict(0.0, f"the answer is longer than {READ_LIMIT} characters")
    verdict = _judged(question, question.answer, text)
    if verdict.value or not _denial_answers(question, verdict):
        return verdict
    named = unnegated(text)
    return verdict if named == text else _judged(question, question.answer, named)


def _denial_answers(question: Question, verdict: Verdict) -> bool:
    """Is "there is no X" an X: nothing was chosen, and no option is itself a denial?"""
    if question.facet not in (None, "instruments", "genre", "mood"):
        return False
    if not asks_for_absent(question.text) or (verdict.details or {}).get("choice"):
        return False
    names = (*question.choices, question.answer or "")
    return all(unnegated(name) == name for name in names)


def _judged(question: Question, gold: str, text: str) -> Verdict:
    if question.choices:
        return _chosen(gold, question.choices, text, question.text)
    spelled = bool(question.facts.spelling)
    return _open(gold, text, question.text, question.facet, spelled)


def answered(response: Response) -> str | None:
    """The text of the answer as this reward reads it (see the table above)."""
    if response.answer is not None:
        return response.answer
    outside = untagged(response.text)
    return _closing(outside) if outside else None


def _closing(text: str) -> str | None:
    """X of a closing "The answer is: X": the last sentence, and nothing after it."""
    tail = fold(text.strip()[-2 * READ_LIMIT :]).replace("**", "")
    ends = [found.end() for found in _CLOSING.finditer(tail)]
    if not ends:
        return None
    said = tail[ends[-1] :].strip().lstrip(":").strip()
    more = re.search(r"[.!?]\s+[A-Z]\w|\n\s*\S", said)
    return None if more or not said else said


@lru_cache(maxsize=4096)
def _chosen(gold: str, choices: tuple[str, ...], text: str, prompt: str) -> Verdict:
    gold = gold.strip()
    options = [choice.strip() for choice in choices]
    if gold not in options:
        raise DataError(f"answer: got {gold[:60]!r}, expected the text of one of the choices")
    choice = choose(choices, uncopied(text, prompt))
    if choice.index is None:
        return Verdict(0.0, choice.why, {"choice": None})
    right = choice.index == options.index(gold)
    chosen = options[choice.index]
    relation = "right" if right else f"wrong, expected {gold!r}"
    return Verdict(float(right), f"{chosen!r} is {relation}: {choice.why}", {"choice": chosen})


@lru_cache(maxsize=4096)
def _open(gold: str, text: str, prompt: str, facet: str | None, spelled: bool) -> Verdict:
    gold = clean(gold)
    said = without_prompt(clean(asked_field(text, facet) if facet else text), prompt)
    if not said:
        return Verdict(0.0, "the answer is empty")
    if said == gold or (not _case_matters(gold) and _is_text(gold, said, prompt)):
        return Verdict(1.0, "the answer is the gold text")
    if leaves_open(said) and not leaves_open(gold):
        return Verdict(0.0, "the answer leaves open what else it might be")
    if form(gold) in _POLAR:
        found = yes_no(read_options(_POLAR[form(gold)]), said)
        right = found is not None and found.index == 0
        return Verdict(float(right), found.why if found else "the answer says neither yes nor no")
    if is_bound(said) and not is_bound(gold):
        return Verdict(0.0, "the answer gives a bound, not a value")
    pair = _PAIR.fullmatch(gold)
    pairs = [Mention(m.groups(), m.start(), m.end()) for m in _PAIR.finditer(said)] if pair else []
    if pair and pairs:  # a clave or a suspension falls or rises; a range only rises
        same = {mention.value for mention in asserted(said, pairs)} == {pair.groups()}
        return Verdict(float(same), "the two numbers are compared in order")
    for kind in _kinds(facet):
        truth = kind.parse(gold)
        found = values(kind, said, spelled=spelled) if truth is not None else []
        if kind.name == "tempo" and truth is not None:
            found = _numbers(truth, said, found)
        if len(found) > 1:
            found = values(kind, _without_subject(kind, said, prompt), spelled=spelled)
        offered = kind.name == "interval" and offers_number(said, find_intervals(said))
        if len(found) > 1 or (found and offered):
            of = f" of {kind.name}" if kind.name == facet else ""
            return Verdict(0.0, f"the answer names several values{of}")
        if found:
            same = kind.same(truth, found[0], spelled)
            return Verdict(
                float(same), f"read as {kind.name}, the answer is {'right' if same else 'wrong'}"
            )
    if not _case_matters(gold) and _says_only(gold, said, prompt):
        return Verdict(1.0, "the answer says the gold text and nothing else")
    return Verdict(0.0, f"{said[:60]!r} is not {gold[:60]!r}")


def _numbers(truth: Quantity, said: str, found: list[Any]) -> list[Any]:
    """The numbers in the gold answer's unit, or the one that sums up the others."""
    found = found or values(kind_of("tempo"), counted(said))
    summed_up = total(said) if len(found) > 1 else None
    return [summed_up] if summed_up else in_units([truth], found)


def _is_text(gold: str, said: str, prompt: str) -> bool:
    """True if the answer, or what it says after "The ... is", is the gold text."""
    option = read_options((gold,))
    candidates = [said]
    lead = _LEAD.match(said)
    if lead and _allowed(lead[0], prompt):
        candidates.append(said[lead.end() :])
    if option[0].kinds.count(None) == len(option[0].kinds):
        candidates.append(_FOREIGN_ARTICLE.sub("", said, count=1))
    in_order = sequence(gold)
    if len(in_order) > 1 and not option[0].series and _IN_ORDER.search(prompt):
        return any(sequence(candidate) == in_order for candidate in candidates)
    return any(exact(option, candidate) == 0 for candidate in candidates)


def _without_subject(kind: Kind, said: str, prompt: str) -> str:
    """The text without what the question asked about: "the dominant *of E flat* is ..."."""
    asked = prompt.casefold()
    for mention in reversed(kind.find(said)):
        lead = re.search(
            r"\b(?:of|to|from|above|below|in)\s+(?:the key of\s+)?$", said[: mention.start]
        )
        if lead and said[mention.start : mention.end].casefold() in asked:
            said = said[: lead.start()] + said[mention.end :]
    return said


def _kinds(facet: str | None) -> list[Kind]:
    """All kinds, that of the facet first."""
    first = [kind_of(facet)] if facet in {kind.name for kind in KINDS} else []
    return first + [kind for kind in KINDS if kind not in first]


def _case_matters(gold: str) -> bool:
    return kind_of("roman").parse(gold) is not None


def _says_only(gold: str, said: str, prompt: str) -> bool:
    """True if all other words of the sentence are fillers or the question's own."""
    searched = unaccented(said)
    words = re.split(r"[\s\-]+", unaccented(bare(gold)))
    pattern = Pattern(
        r"(?<![\w-])" + r"[\s\-]+".join(map(re.escape, words)) + r"(?![\w-])", re.IGNORECASE
    )
    mentions = [Mention(gold, m.start(), m.end()) for m in pattern.finditer(searched)]
    if not mentions or len(asserted(said, mentions)) != len(mentions):
        return False
    searched = pattern.sub("\0", searched)
    before, _, after = searched.rpartition("\0")
    reason = _REASON.search(after) or _GLOSS.match(after)
    if reason and not _OPEN.search(after):
        after = after[: reason.start()]
    return _allowed(f"{before} {after}", prompt)


def _allowed(words: str, prompt: str) -> bool:
    """True if all words are fillers or the question's own, endings aside."""
    asked = set(re.findall(r"[\w']+", plain(prompt)))
    stems = {word[:_STEM] for word in asked if len(word) > _STEM}
    return all(
        word in _FILLERS or word in asked or (len(word) > _STEM and word[:_STEM] in stems)
        for word in re.findall(r"[\w']+", plain(words))
    )
