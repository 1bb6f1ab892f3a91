"""The clauses of a sentence: the words between its marks, and between "but", "so" and the like."""

from __future__ import annotations

from rewards.claims.stance.cue_words import HARD
from rewards.claims.text.sentences import Sentence

_SOFT = {"so": (["far"], ["much"]), "instead": (["of"],)}
"""What follows a hard word that parts nothing."""


def clauses(sentence: Sentence) -> tuple[list[int], list[int]]:
    """For each token the number of its clause, and of its stretch between hard words."""
    words, kinds = sentence.words, sentence.kinds
    clause, hard = [], []
    at_clause = at_hard = 0
    for at, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        if kind in ",;:()" or word == "=":
            at_clause += 1
            at_hard += kind == ";"
        elif word in HARD and words[at + 1 : at + 2] not in _SOFT.get(word, ()):
            at_clause += 1
            at_hard += 1
        clause.append(at_clause)
        hard.append(at_hard)
    return clause, hard
