"""Answers that give a label and its option first, and then explain them in prose.

Conventions
-----------
==============================================  =====================================
text                                            chosen
==============================================  =====================================
C) Allegro. Largo is slower, Presto is faster.  C
B. Violin\\nIt plays above the piano throughout.  B
B (newline) The viola is darker than that.      B, unless options are notes, keys, ...
B. Violin. It is a cello.                       none here: the prose claims another
B. Violin. It could be a cello.                 none here: it leaves something open
B. Violin\\nC. Cello                             none here: no prose
==============================================  =====================================
"""

from __future__ import annotations

import re

from rewards.answers import LEAVES_OPEN
from rewards.labels import read_label
from rewards.options import Choice, Option, exact, mentioned
from rewards.patterns import Pattern

POINTS = Pattern(
    r"\b(?:it|this|that|answer|i|we)(?:'s|'re)?\s(?:is|was|are|hear|sounds?|has|think|plays?)?\b",
    re.IGNORECASE,
)
"""Words that claim something of the music: "it is", "I hear"."""
_HEAD = Pattern(
    r"([(\[]?[A-Za-z][)\].]?(?=\n)|[^\n.]{1,4}\.?[^\n.]{1,120})(?:\n+|\.\s+(?=[A-Z]))(.+)",
    re.DOTALL,
)
_SENTENCES = Pattern(r"\n+|(?<=[.!;])\s+")
_PROSE = 4
"""Words of a sentence at least; fewer may be another option."""


def headed(options: tuple[Option, ...], text: str) -> Choice | None:
    """The option of a first line or sentence that gives label and text; None for others.

    The prose behind it may tell of the other options, but not claim one of them.
    """
    parts = _HEAD.match(text)
    label = read_label(parts[1], len(options), notes=False) if parts else None
    if parts is None or label is None:
        return None
    if label.rest:
        if exact(options, label.rest.strip("()")) != label.index:
            return None
    elif "\n" not in text or any(
        option.kinds.count(None) < len(option.kinds) for option in options
    ):
        return None  # "C" may be a note or a key
    for sentence in _SENTENCES.split(parts[2]):
        others = set(mentioned(options, sentence)) - {label.index}
        short = len(sentence.split()) < _PROSE
        if short or LEAVES_OPEN.search(sentence) or (others and POINTS.search(sentence)):
            return None
    return Choice(label.index, "the answer is this label and option, and explains it")
