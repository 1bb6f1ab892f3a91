"""An option by the word that tells it from the others: "thus doom" of four sorts of metal.

Read only where a sentence comes to it, for elsewhere such a word is any word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from rewards.claims.context import Context, Found
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.ontology import Vocabulary, ontology
from rewards.text import fold, plain

_KINDS: dict[str, tuple[str, Vocabulary]] = {
    "genre": ("genre", "genre"), "mood": ("mood", "mood"),
    "instrument": ("instrument", "instruments"), "instruments": ("instrument", "instruments"),
}  # fmt: skip
"""Claim type and vocabulary of a facet whose options are names."""
_COMES_TO = word_set(
    "so thus hence therefore is 's it's be remains leaves say pick choose call answer means not"
)
_ARTICLES = word_set("a an the")
_GOES_ON = word_set("it by then because for as since and but")


@lru_cache(maxsize=256)
def heads(facet: str | None, choices: tuple[str, ...]) -> Mapping[str, str]:
    """The words that only one option has, of several words, where options are names.

    Each with the canonical name of its option; shared by all who ask, for reading alone.
    """
    kind = _KINDS.get(facet or "")
    if kind is None or not choices:
        return {}
    named = [plain(fold(choice)).split() for choice in choices[:12]]
    counts = Counter(word for words in named for word in {*words})
    known = ontology(kind[1]).canonical
    return {
        word: known[" ".join(words)]
        for words in named
        for word in words
        if len(words) > 1 and counts[word] == 1 and len(word) > 2 and " ".join(words) in known
    }


def read(sentence: Sentence, context: Context) -> None:
    """Take down the option that a sentence comes to."""
    named = heads(context.facet, context.choices)
    if sentence.bag.isdisjoint(named):
        return
    words, taken = sentence.words, {spot for one in context.found for spot in (one.first, one.last)}
    for at, word in enumerate(words):
        if word not in named or at in taken or not at:
            continue
        lead = at - 1 - (words[at - 1] in _ARTICLES)
        ends = at + 1 == len(words) or sentence.kinds[at + 1] in ",;:)"
        if words[lead] in _COMES_TO and (ends or words[at + 1] in _GOES_ON):
            context.add(Found(_KINDS[str(context.facet)][0], named[word], at, at))
