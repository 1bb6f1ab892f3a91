"""What the rewards of sets of names share: instruments, genre, mood.

Conventions
-----------
An answer is the set of names that it asserts; denied ones are not in it. A name matches
itself and its synonyms with 1, what it is a kind of (or a kind of it) with one half
("guitar" for "acoustic guitar"). Each name of the answer matches at most one of the truth.
Words of a list that no vocabulary knows are names too: a list cannot be padded for free.
Names that "or" joins are a hedge: they match nothing. Where the gold answer is one name,
several are a hedge however they are joined.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from rewards.patterns import Pattern
from rewards.records import Question, Response, Verdict
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.mentions import Mention, asserted
from rewards.spelling.ontology import Ontology, Vocabulary, ontology
from rewards.text import plain

HALF = 0.5
"""What a kind earns for another of its line."""

_SPLIT = Pattern(r"[,;\n•|/]|\s\+\s|\s&\s|\band\b|\bwith\b|\bplus\b|\bor\b")
_HEDGE = re.compile(r"\s*(?:,?\s*\bor\b\s*|/)\s*(?:(?:maybe|perhaps|possibly|a|an|the)\s+)*")
_DRESS = re.compile(
    r"^(?:instruments?|genres?|moods?|styles?)\s*(?:are|is|:)\s*|^(?:the|an?|some|mainly|mostly|also"
    r"|it is|it's|i hear|solo|there (?:is|are))\s+|[\[\]\"'*.()]|^\s*[-\d]+[.)]\s*"
)
_UNKNOWN_WORDS = 3


def score(vocabulary: Vocabulary, question: Question, response: Response) -> Verdict | None:
    """Set F1 of the answer against the fact ``vocabulary``; None where it does not apply."""
    truth = getattr(question.facts, vocabulary)
    if not applies(question, vocabulary) or not truth:
        return None
    text = answer_text(question, response)
    if isinstance(text, Verdict):
        return text
    wanted = reference(vocabulary, truth)
    said, hedged = names(vocabulary, plain_lines(text), tuple(sorted(wanted)))
    if not said and not hedged:
        return Verdict(0.0, f"the answer names no {vocabulary}")
    matched = _matched(ontology(vocabulary), sorted(wanted), sorted(said))
    count = len(said) + len(hedged)
    if _asks_for_one(question, wanted) and count > 1 and not _one_line(vocabulary, said):
        return Verdict(0.0, f"the answer names {count} {vocabulary}, expected 1")
    value = 2 * matched / (len(wanted) + count)
    why = f"{matched:g} of {len(wanted)} named, {count} given"
    return Verdict(value, why, {"said": sorted(said), "hedged": sorted(hedged)})


def _asks_for_one(question: Question, wanted: frozenset[str]) -> bool:
    """True where the gold answer is one name: a second one is then a bet."""
    return question.answer is not None and len(wanted) == 1


def _one_line(vocabulary: Vocabulary, said: frozenset[str]) -> bool:
    """True if the names are one kind and what it is a kind of: "a guitar, electric guitar"."""
    known = ontology(vocabulary)
    return any(all(n == name or n in known.ancestors(name) for n in said) for name in said)


def plain_lines(text: str) -> str:
    """Plain text in which the lines stay apart."""
    return "\n".join(plain(line) for line in text.split("\n"))


@lru_cache(maxsize=4096)
def reference(vocabulary: Vocabulary, truth: tuple[str, ...]) -> frozenset[str]:
    """The canonical names of a fact; an item may itself list several."""
    known = ontology(vocabulary)
    found: set[str] = set()
    for item in truth:
        text = plain(item)
        whole = known.canonical.get(text)
        parts = [whole] if whole else [m.value for m in known.find(text)]
        found.update(parts or [text])
    return frozenset(found)


@lru_cache(maxsize=4096)
def names(
    vocabulary: Vocabulary, text: str, wanted: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a plain text asserts, and those it offers as alternatives."""
    known = ontology(vocabulary)
    mentions = known.find(text)
    taken = [(m.start, m.end) for m in mentions]
    for name in wanted:  # truths that no vocabulary knows
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                mentions.append(Mention(name, match.start(), match.end()))
    mentions = asserted(text, sorted(mentions, key=lambda m: m.start))
    hedged: set[str] = set()
    for first, second in pairwise(mentions):
        between = text[first.end : second.start]
        if first.value != second.value and _HEDGE.fullmatch(between):
            hedged |= {first.value, second.value}
    said = {m.value for m in mentions} - hedged
    return frozenset(said | _unknown(text, mentions)), frozenset(hedged)


def _unknown(text: str, mentions: list[Mention[str]]) -> set[str]:
    """Short items of a list that hold no known name."""
    pieces = _SPLIT.split(text)
    if len(pieces) < 2:
        return set()
    found: set[str] = set()
    at = 0
    for piece in pieces:
        start = text.find(piece, at)
        at = start + len(piece)
        name = _DRESS.sub("", piece.strip()).strip()
        inside = any(m.start < at and start < m.end for m in mentions)
        denied = re.match(r"(?:no|not|without|but|never)\b", name)
        if name and not inside and not denied and len(name.split()) <= _UNKNOWN_WORDS:
            found.add(name)
    return found


def _matched(known: Ontology, wanted: list[str], said: list[str]) -> float:
    """Sum of the matches: equal names first, then one half along a line of kinds."""
    same = [name for name in said if name in wanted]
    rest_wanted = [name for name in wanted if name not in same]
    rest_said = [name for name in said if name not in same]
    total = float(len(same))
    for name in rest_said:
        for other in rest_wanted:
            if other in known.ancestors(name) or name in known.ancestors(other):
                total += HALF
                rest_wanted.remove(other)
                break
    return total
