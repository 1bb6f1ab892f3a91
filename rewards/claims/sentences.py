"""Sentences of tokens, in linear time; what is asked or copied is left out.

Conventions
-----------
A sentence ends with a full stop, a question or exclamation mark, or a line; the full stop of
an abbreviation ("m. 5"), of a number in a list ("1. The key") and three of them ("...") end
none. A note and the sign behind it ("E flat", "F-sharp") are one token.
"""

from __future__ import annotations

import re

from rewards.claims.lexicon import Token, lex
from rewards.claims.words import word_set
from rewards.spelling.notes import letter_note

_PIECE = re.compile(r"\S+|\n")
_ABBREVIATIONS = word_set(
    "m mm vs e.g i.e eg ie ca approx cf op no nos fig st mr mrs dr bar ex resp incl"
)
_SIGNED = ("sharp", "flat", "natural")


class Sentence:
    """Tokens with spans in the folded text.

    Attributes:
        tokens: in order, without the mark that ends the sentence.
        kinds: the kind of each token, as one text, for patterns over kinds.
        words: the word of each token; ``bag`` holds them once.
        asked: it ends with a question mark.
    """

    def __init__(self, tokens: list[Token], *, asked: bool) -> None:
        self.tokens = tokens
        self.asked = asked
        self.kinds = "".join([token.kind for token in tokens])
        self.words = [token.word for token in tokens]
        self.bag = frozenset(self.words)


def sentences(text: str) -> list[Sentence]:
    """The sentences of a folded text that hold anything to read, in order."""
    found: list[Sentence] = []
    line: list[Token] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "\n":
            _close(found, line, asked=False)
            line = []
            continue
        at = match.start()
        for kind, value, start, end, word in lex(piece):
            if kind != ".":
                line.append(Token(kind, value, at + start, at + end, word))
                continue
            if word == "." and line and _goes_on(line):
                continue
            _close(found, line, asked=word == "?")
            line = []
    _close(found, line, asked=False)
    return found


def _goes_on(line: list[Token]) -> bool:
    """True behind an abbreviation, and behind the number of an item."""
    last = line[-1]
    return last.word in _ABBREVIATIONS or (len(line) == 1 and last.kind == "0")


def _close(found: list[Sentence], line: list[Token], *, asked: bool) -> None:
    if line:
        found.append(Sentence(_with_signs(line), asked=asked))


def _with_signs(line: list[Token]) -> list[Token]:
    """The tokens with "E", "flat" joined to one note."""
    if not any(token.kind == "s" for token in line):
        return line
    joined: list[Token] = []
    skip = 0
    for at, token in enumerate(line):
        if skip:
            skip -= 1
            continue
        joined.append(token)
        if token.kind not in "NAn" or token.end - token.start != 1:
            continue
        step = 2 if at + 2 < len(line) and line[at + 1].kind == "-" else 1
        if at + step >= len(line) or line[at + step].word not in _SIGNED:
            continue
        sign = line[at + step]
        after = line[at + step + 1].kind if at + step + 1 < len(line) else ""
        if token.word == "a" and (after == "d" or (token.kind == "n" and after != "M")):
            continue  # "a flat second", "a sharp": an article
        note = letter_note(token.word, "" if sign.word == "natural" else sign.word)
        joined[-1] = Token("N", note, token.start, sign.end, f"{token.word} {sign.word}")
        skip = step
    return joined
