"""Texts that cost the most for what they say: what ``experiments.bench._bounds`` times.

Each is a name and a function of the size in characters. ``of`` adds those that are made
from the answers of a sample: its own kind of value without end, and slightly wrong.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

from experiments.bench._samples import Sample

Text = Callable[[int], str]
"""The text of that many characters or a few less."""

_PIECES = {
    "digits": "1", "clocks": "1:1", "decimals": "0.5 ", "large numbers": "1e9 ", "spans": "1-",
    "number words": "one hundred and ", "round brackets": "(", "square brackets": "[",
    "braces": "{", "lists": "[1,2,", "rows": "[0.0, 0.5, 60], ", "objects": '{"a":', "blanks": " ",
    "lines": "\n", "letters": "A ", "letters in one": "AB", "sharps": "C#", "chords": "Am7/C6 ",
    "chords in brackets": "C:maj(", "letters or": "A or ", "keys": "D major ",
    "keys or": "D major or ", "keys of": "key of ", "numerals": "V7/", "numerals apart": "I ",
    "degree signs": "°", "intervals": "perfect fifth ", "faults": "parallel fifths between ",
    "forms": "A' ", "pitches": "C4 0.5 ", "table": "0.1, 440\n", "lab": "0.5 1.0 C:maj\n",
    "abc": "X:1\nK:C\nC,,", "genres": "piano and jazz ", "one long word": "x", "not": "not ",
    "neither": "neither nor ", "wrong": "C is wrong, ", "or": "or ", "separators": ", ",
    "dashes": "- ", "arrows": "-> ", "bars": "|", "quotes": '"', "boxes": "\\boxed{",
    "fences": "```\n", "answer is": "the answer is ", "opening tags": "<answer>",
    "closing tags": "</think>", "less": "<", "ligature": "ﷺ", "accents": "e\u0301",
    "marks": "\u0301\u0327", "invisible": "\u200b",
    "Cyrillic": "В", "Korean": "한", "musical signs": "♯♭",
}  # fmt: skip
_SIGNS = "0123456789abcgmxABCDEFG#b♯♭:;,./|()[]{}<>\"'-+ \n°ø\u200b"


def common() -> dict[str, Text]:
    """The texts that no sample is needed for."""
    return {name: _repeated(piece) for name, piece in _PIECES.items()} | {
        "far apart": lambda size: f"C{' ' * (size - 2)}G",
        "nested": lambda size: "(" * (size // 2) + ")" * (size // 2),
        "babble": lambda size: _filled(_babble(random.Random(0)), size),
    }


def of(sample: Sample) -> dict[str, Text]:
    """Texts out of the sample's answers: the gold one repeated, joined, changed, continued."""
    gold = sample.answers[0]
    made = {
        "gold": _repeated(f"{gold}\n"),
        "gold or": _repeated(f"{gold} or "),
        "not gold": _repeated(f"not {gold}, "),
        "all answers": _repeated("; ".join(sample.answers) + "; "),
        "changed gold": lambda size: _filled(_changed(gold, random.Random(1)), size),
    }
    return made | ({"list to the cap": _continued(gold)} if sample.timed else {})


def _repeated(piece: str) -> Text:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def _filled(parts: Iterator[str], size: int) -> str:
    made, length = [], 0
    while length < size:
        made.append(next(parts))
        length += len(made[-1])
    return "".join(made)[:size]


def _babble(draw: random.Random) -> Iterator[str]:
    pieces = list(_PIECES.values())
    while True:
        yield draw.choice(pieces)


def _changed(gold: str, draw: random.Random) -> Iterator[str]:
    """The gold answer with some of its signs changed, dropped or doubled, for ever."""
    while True:
        signs = list(gold)
        for _ in range(1 + len(signs) // 12):
            at = draw.randrange(len(signs))
            signs[at] = draw.choice(("", signs[at] * 2, draw.choice(_SIGNS)))
        yield f"{''.join(signs)}\n"


def _continued(gold: str) -> Text:
    """The gold list with later and later rows, well-formed at every size."""

    def text(size: int) -> str:
        rows = json.loads(gold if gold.startswith("[") else f"[{gold}]")
        times = 0 if not isinstance(rows[0], list) else 1 if len(rows[0]) == 2 else 2
        made, length, turn = [], 2, 0
        while True:
            row = rows[turn % len(rows)]
            later = 0.011 * turn
            shown = (
                f"{later:.3f}"
                if not times
                else json.dumps([round(later + 0.01 * k, 3) for k in range(times)] + row[times:])
            )
            length += len(shown) + 2
            if length > size:
                return f"[{', '.join(made)}]" if times else ", ".join(made)
            made.append(shown)
            turn += 1

    return text
