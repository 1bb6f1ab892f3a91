"""Sentences of tokens, in linear time; what is asked or copied is left out.

Conventions
-----------
A sentence ends with a full stop, a question or exclamation mark, or a line; the full stop of
an abbreviation ("m. 5"), of a number in a list ("1. The key") and three of them ("...") end
none. One of more than ``MOST_TOKENS`` tokens is cut. A note and the sign behind it ("E
flat", "F-sharp") are one token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple
from weakref import ref

from rewards.claims.text.lexicon import Token, goes_on, lex
from rewards.claims.text.tongues import in_english, verb_of
from rewards.claims.text.words import word_set
from rewards.spelling.notes import letter_note

_PIECE = re.compile(r"\S+|\n")
_ABBREVIATIONS = word_set("m mm vs e.g i.e eg ie ca approx cf st mr mrs dr resp incl")
_NUMBERED = word_set("m mm op no nos fig bar ex bars")
MOST_TOKENS = 120
"""A longer sentence is cut: readers look along it, and time must stay linear."""
_SIGNED = ("sharp", "flat", "natural")
_LETTERS = frozenset("abcdefg")
"""Names of notes to which a sign is told in words: of the German H none is."""
_ROOTS = frozenset("NAs")
"""Kinds of the token before what goes on with the symbol of a chord."""
_Told = TypeVar("_Told")
_Asked = TypeVarTuple("_Asked")


class _Line:
    """A sentence wherever it stands: what siblings of a group share is split once."""

    __slots__ = (
        "__weakref__", "asked", "bag", "ends", "kinds", "offsets", "starts", "told", "values",
        "words",
    )  # fmt: skip

    def __init__(self, tokens: list[Token], offsets: list[int], *, asked: bool) -> None:
        kinds, values, self.starts, self.ends, words = zip(*tokens, strict=True)
        self.kinds, self.values = "".join(kinds), list(values)
        self.words: list[str] = list(words)
        self.bag = frozenset(self.words)
        self.offsets, self.asked = offsets, asked
        self.told: dict[object, Any] = {}


class Sentence:
    """Tokens with spans in the folded text, without the mark that ends the sentence.

    Attributes:
        kinds: the kind of each token, as one text, for patterns over kinds.
        words: the word of each token, for reading alone; ``bag`` holds them once.
        values: what each token stands for, as ``lexicon.py`` tells by its kind.
        asked: it ends with a question mark.
    """

    __slots__ = (
        "_ends", "_line", "_offsets", "_place", "_starts", "asked", "bag", "kinds", "values",
        "words",
    )  # fmt: skip

    def __init__(self, line: _Line, place: int) -> None:
        self.asked, self.kinds, self.words, self.bag = line.asked, line.kinds, line.words, line.bag
        self.values = line.values
        self._offsets, self._starts, self._ends = line.offsets, line.starts, line.ends
        self._place = place
        self._line = ref(line)  # what is told of a line may hold the sentence: no circle

    def start(self, at: int) -> int:
        """Where a token begins in the folded text."""
        return self._place + self._offsets[at] + self._starts[at]

    def end(self, at: int) -> int:
        """Where a token ends in the folded text."""
        return self._place + self._offsets[at] + self._ends[at]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the tokens ``first`` to ``last`` begin and end in the folded text."""
        return self.start(first), self.end(last)

    def once(self, tell: Callable[[Sentence, *_Asked], _Told], *asked: *_Asked) -> _Told:
        """What ``tell`` tells by the words alone, told once for all siblings of a group.

        It must not depend on where the sentence stands, and nobody may change it. ``asked`` is
        what siblings share besides, the facet of their question.
        """
        line = self._line()
        if line is None:
            return tell(self, *asked)
        told, name = line.told, (tell, *asked) if asked else tell
        if name not in told:
            told[name] = tell(self, *asked)
        return told[name]


def sentences(text: str, offset: int = 0, question: str = "") -> Iterator[Sentence]:
    """The sentences of a stretch of folded text that begins at ``offset``, in order.

    Siblings of a group, which answer one ``question``, share what is told of them; it is kept at
    least until the next sentence.
    """
    for line in _lines(question)(text):
        yield Sentence(line, offset)


@lru_cache(maxsize=2)  # the question at hand, and none
def _lines(_question: str) -> Callable[[str], tuple[_Line, ...]]:
    """How the answers to a question are split, each stretch once.

    Past its question a line is rarely asked for, but if kept it costs: with thousands of old lines
    the collection of garbage took a seventh of all time.
    """
    return lru_cache(maxsize=512)(_split)


def _split(text: str) -> tuple[_Line, ...]:
    found: list[_Line] = []
    line: list[Token] = []
    offsets: list[int] = []
    last = ""
    for match in _PIECE.finditer(text):
        piece, at = match[0], match.start()
        rooted = last in _ROOTS and goes_on(piece)
        for token in _with_root(piece, at, line, offsets) if rooted else lex(piece):  # mostly one
            last = token[0]
            if last != "." and len(line) < MOST_TOKENS:
                line.append(token)
                offsets.append(at)
                continue
            word = token[4]
            if word == "." and line and _goes_on(line, text[match.end() : match.end() + 2]):
                continue
            if line:
                found.append(_closed(line, offsets, asked=word == "?"))
            line, offsets = ([], []) if last == "." else ([token], [at])
    if line:
        found.append(_closed(line, offsets, asked=False))
    return tuple(found)


def _with_root(piece: str, at: int, line: list[Token], offsets: list[int]) -> Sequence[Token]:
    """The tokens of a piece that may go on with a symbol, "G mM7", "B flat m7b5": if it does, its
    root is taken from the line.
    """
    if offsets[-1] + line[-1].end + 1 != at:
        return lex(piece)
    first, last = len(line) - 1, line[-1]
    if last.word in _SIGNED and first:
        first -= 1 + (line[-2].kind == "-" and first > 1)
    root = line[first]
    width = root.end - root.start
    if root.kind not in "NAn" or (root.kind == "n" and last is root):
        return lex(piece)
    if last is not root and root.word[:width] not in _LETTERS:
        return lex(piece)
    note = root.value if last is root else letter_note(root.word[:width], last.word)
    if last is root and len(note.name) != width:
        return lex(piece)
    name, *rest = lex(note.name + piece)
    if name.kind != "C" or name.end <= len(note.name):
        return lex(piece)
    start = offsets[first] + root.start - at
    del line[first:], offsets[first:]
    past = len(note.name)
    whole = Token(name.kind, name.value, start, name.end - past, name.word)
    return [whole, *(one._replace(start=one.start - past, end=one.end - past) for one in rest)]


def _goes_on(line: list[Token], following: str) -> bool:
    """True behind an abbreviation, and behind the number of an item."""
    last = line[-1]
    if last.word in _NUMBERED:
        return following[1:].isdigit()
    return last.word in _ABBREVIATIONS or (len(line) == 1 and last.kind == "0")


def _closed(line: list[Token], offsets: list[int], *, asked: bool) -> _Line:
    """The sentence of a line, with signs at their notes, in English."""
    one = _Line(line, offsets, asked=asked)
    if "s" in one.kinds and _join_signs(line, offsets):
        one = _Line(line, offsets, asked=asked)
    verb = verb_of(one.bag)
    if verb is not None:
        in_english(line, offsets, verb)
        one = _Line(line, offsets, asked=asked)
    return one


def _join_signs(line: list[Token], offsets: list[int]) -> bool:
    """Make "E", "flat" one note, in place: whether there is one at all."""
    tokens = len(line)
    for at in range(len(line) - 2, -1, -1):
        token = line[at]
        if token.kind not in "NAna" or token.word not in _LETTERS:
            continue
        twice = line[at + 1].word == "double" if at + 2 < len(line) else False
        step = 2 if twice or (at + 2 < len(line) and line[at + 1].kind == "-") else 1
        if at + step >= len(line) or line[at + step].word not in _SIGNED:
            continue
        sign = line[at + step]
        after = line[at + step + 1].kind if at + step + 1 < len(line) else ""
        natural = sign.word == "natural" and token.kind == "a"
        if token.word == "a" and (after == "d" or natural or (token.kind == "a" and after != "M")):
            continue  # "a flat second", "a sharp": an article
        name = f"double {sign.word}" if twice else sign.word
        note = letter_note(token.word, "" if sign.word == "natural" else name)
        end = offsets[at + step] + sign.end - offsets[at]
        line[at] = Token("N", note, token.start, end, f"{token.word} {sign.word}")
        del line[at + 1 : at + step + 1], offsets[at + 1 : at + step + 1]
    return len(line) < tokens
