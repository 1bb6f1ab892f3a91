"""Claims of form: "AABA", "a rondo"."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_NAMES = {
    "rondo": "rondo", "binary": "binary", "ternary": "ternary", "strophic": "strophic",
    "sonata": "sonata", "variations": "theme and variations",
    "through-composed": "through-composed",
    "fugue": "fugue", "fugal": "fugue",
}  # fmt: skip
_NEED_FORM = word_set("sonata binary ternary fugue fugal")
_BANDS = frozenset(("abba", "abab"))
TRIGGERS = _NAMES.keys() | {"verse", "bar"}


def read(sentence: Sentence, context: Context) -> None:
    """Take down the forms of a sentence."""
    words = sentence.words
    kinds = sentence.kinds
    if "L" not in kinds and sentence.bag.isdisjoint(TRIGGERS):
        return
    asked = context.facet == "form" or "form" in sentence.bag
    for at, word in enumerate(words):
        if word in _NAMES:
            if asked or word not in _NEED_FORM:
                context.add(Found("form", _NAMES[word], at, at))
        elif kinds[at] == "L" and (word not in _BANDS or asked):
            context.add(Found("form", sentence.tokens[at].value, at, at))
        elif word == "verse" and words[at + 1 : at + 3] == ["-", "chorus"] and asked:
            context.add(Found("form", "verse-chorus", at, at + 2))
        elif word in ("12", "twelve") and words[at + 1 : at + 4] == ["-", "bar", "blues"]:
            context.add(Found("form", "12-bar blues", at, at + 3))
