"""What the rewards of sets of names share: instruments, genre, mood.

Conventions
-----------
An answer is the set of names that it asserts; denied ones are not in it. A name matches
itself and its synonyms with 1, what it is a kind of (or a kind of it) with one half
("guitar" for "acoustic guitar"). The members of an ensemble together are its name ("violin,
viola, cello" for "string quartet"), in either direction. Each name of the answer matches at
most one of the truth.
Words of a list that no vocabulary knows are names too: a list cannot be padded for free.
Names that "or" joins are a hedge: they match nothing. So are names joined by a stroke,
unless all of them are true. Where the gold answer is one name, several are a hedge however
they are joined. An uncertain name ("possibly a harp") is given like any other.

==========================================================  ==========================
the answer                                                  value
==========================================================  ==========================
any                                                         F1 = 2 matched /
                                                            (true names + given names)
each name that is true                                      matched 1
each that is a kind of a true one, or the reverse           matched 0.5
a denied name                                               not given
names joined by "or", or by a stroke if not all are true    given, matched 0
an unknown item of a list                                   given, matched 0
several known names where the gold answer is one            0
==========================================================  ==========================

Names, synonyms and kinds stand in ``rewards/spelling/ontology.json``; what counts as a name
of the answer is said in ``rewards/spelling/listed.py``.
"""

from __future__ import annotations

from functools import lru_cache

from rewards.absence import asks_for_absent
from rewards.records import Question, Response, Verdict
from rewards.scorers.typed import applies, given_text
from rewards.spelling.listed import names
from rewards.spelling.ontology import Ontology, Vocabulary, ontology
from rewards.text import plain

HALF = 0.5
"""What a kind earns for another of its line."""


def score(vocabulary: Vocabulary, question: Question, response: Response) -> Verdict | None:
    """Set F1 of the answer against the fact ``vocabulary``; None where it does not apply.

    It does not to a question of what is absent, whose answer is none of the fact.
    """
    truth = getattr(question.facts, vocabulary)
    if not applies(question, vocabulary) or not truth or asks_for_absent(question.text):
        return None
    text = given_text(vocabulary, question, response)
    if isinstance(text, Verdict):
        return text
    wanted = reference(vocabulary, truth)
    said, hedged = names(vocabulary, plain_lines(text), tuple(sorted(wanted)))
    if not said and not hedged:
        return Verdict(0.0, f"the answer names no {vocabulary}")
    known = ontology(vocabulary)
    if vocabulary != "instruments":
        wanted, said = _combined(known, wanted, said)
    wanted, said = _gathered(known, wanted, said)
    matched = _matched(known, sorted(wanted), sorted(said))
    count = len(said) + len(hedged)
    if _asks_for_one(question, wanted) and _bets(known, wanted, said, hedged):
        return Verdict(0.0, f"the answer names {count} {vocabulary}, expected 1")
    value = 2 * matched / (len(wanted) + count)
    why = f"{matched:g} of {len(wanted)} named, {count} given"
    return Verdict(value, why, {"said": sorted(said), "hedged": sorted(hedged)})


def _asks_for_one(question: Question, wanted: frozenset[str]) -> bool:
    """True where the gold answer is one name: a second one is then a bet."""
    return question.answer is not None and len(wanted) == 1


def _bets(
    known: Ontology, wanted: frozenset[str], said: frozenset[str], hedged: frozenset[str]
) -> bool:
    """True if several known names are given that are not of one line.

    "a guitar, electric guitar" is of one line; a name that nobody knows is no bet.
    """
    names = {name for name in said if name in wanted or name in known.names}
    in_line = any(all(n == name or n in known.ancestors(name) for n in names) for name in names)
    return bool(hedged) or (len(names) > 1 and not in_line)


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


def _combined(
    known: Ontology, wanted: frozenset[str], said: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """ "folk rock" is "folk, rock", on either side."""
    for name, parts in known.parents.items():
        if len(parts) < 2:
            continue
        if name in said and name not in wanted and wanted.issuperset(parts):
            said = said - {name} | frozenset(parts)
        elif name in wanted and name not in said and said.issuperset(parts):
            said = said - frozenset(parts) | {name}
    return wanted, said


def _gathered(
    known: Ontology, wanted: frozenset[str], said: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """An ensemble for its members, on either side; beside it they say nothing more."""
    for name, members in known.members.items():
        if name in wanted:
            extra = said.intersection(members) - wanted
            if name in said or said.issuperset(members):
                said = said - extra | {name}
        elif name in said and wanted.issuperset(members):
            said = said - {name} | frozenset(members)
    return wanted, said


def _matched(known: Ontology, wanted: list[str], said: list[str]) -> float:
    """Sum of the matches: equal names first, then one half along a line of kinds."""
    total = 0.0
    for credit, fits in ((1.0, known.alike), (HALF, known.related)):
        for name in list(said):
            other = next((other for other in wanted if fits(name, other)), None)
            if other is not None:
                total += credit
                wanted.remove(other)
                said.remove(name)
    return total
