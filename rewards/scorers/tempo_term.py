"""Reward ``tempo_term``: Largo, Andante, Allegro, ...

Conventions
-----------
The classes of ``rewards/spelling/tempo_terms.py``, which the reward ``tempo`` shares.

=====================================================  =====
the answer is                                          value
=====================================================  =====
the term, in any of its languages                      1.0
another term whose tempi overlap with its own: the     0.5
later begins below the end of the earlier
a number of beats per minute within its tempi          0.5
any other term or number, none, several                0.0
=====================================================  =====

A term with a number is judged by the term ("Allegro, 132 BPM"). A mark that no tempi are
given for ("Maestoso", "Rubato") earns 1 word for word, else 0.

Classes [BPM]: grave 20-45, largo and lento 40-66, larghetto 55-72, adagio 52-80, adagietto
65-80, andante 72-108, andantino 78-112, moderato 92-124, allegretto 102-128, allegro
115-168, vivace 140-180, presto 165-208, prestissimo 190-300.
"""

from __future__ import annotations

from rewards.errors import DataError
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.tempo import tempi
from rewards.scorers.typed import answer_text, applies
from rewards.spelling.tempo_terms import TERMS, manners, terms
from rewards.text import fold, plain


@reward("tempo_term")
def tempo_term(question: Question, response: Response) -> Verdict | None:
    """Value of the answer's tempo term.

    Raises:
        DataError: the fact is no known term.
    """
    if not applies(question, "tempo_term"):
        return None
    written = fold(question.facts.tempo_term or "")
    truth = next(iter(terms(written)), None)
    text = answer_text("tempo_term", question, response)
    if isinstance(text, Verdict):
        return text
    if plain(text) == plain(written):
        return Verdict(1.0, "the answer is the term", {"tempo_term": truth})
    if truth is None and (mark := manners(written)):
        same = manners(text) == mark and not terms(text)
        return Verdict(float(same), f"the answer is {'' if same else 'not '}the term")
    if truth is None:
        raise DataError(f"facts.tempo_term: got {written[:60]!r}, expected one such as 'Allegro'")
    said = terms(text)
    if len(said) > 1:
        return Verdict(0.0, f"the answer names several tempo terms: {', '.join(said)}")
    return _named(truth, said[0]) if said else _number(truth, text)


def _named(truth: str, said: str) -> Verdict:
    if said == truth:
        return Verdict(1.0, "the answer is the term", {"tempo_term": said})
    (low, high), (least, most) = TERMS[truth], TERMS[said]
    overlap = min(high, most) - max(low, least)
    value = 0.5 if overlap > 0 else 0.0
    relation = "overlaps with" if value else "lies apart from"
    return Verdict(value, f"{said} ({least} to {most} BPM) {relation} {truth}")


def _number(truth: str, text: str) -> Verdict:
    found = tempi(text)
    if len(found) != 1:
        return Verdict(0.0, "the answer names no tempo term")
    low, high = TERMS[truth]
    inside = low <= found[0].low and found[0].high <= high
    return Verdict(0.5 * inside, f"{found[0].middle:g} BPM is {'' if inside else 'not '}{truth}")
