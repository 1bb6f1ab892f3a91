"""The options that a text names by a synonym: "fiddle" is the violin."""

from __future__ import annotations

from functools import lru_cache

from rewards.options import Option, mentioned
from rewards.patterns import Pattern
from rewards.spelling.asides import unexplained
from rewards.spelling.mentions import asserted
from rewards.spelling.ontology import Vocabulary, ontology
from rewards.text import plain

# What offers a name beside another, at either side of it; a piece has many moods at once.
_OFFERED = Pattern(r"(?:\bor|/)\s*(?:an?\s|the\s)?\||\|\s*(?:/|or\b)")
_JOINED = Pattern(r"(?:\bor|\band|[/,&])\s*(?:an?\s|the\s)?\||\|\s*(?:[/,&]|or\b|and\b)")
_VOCABULARIES: tuple[Vocabulary, ...] = ("instruments", "genre", "mood")


def synonyms(options: tuple[Option, ...], text: str) -> set[int]:
    """The options that a text asserts by another name from the ontology."""
    vocabulary, names = _names(tuple(option.text for option in options))
    if vocabulary is None:
        return set()
    known, read = ontology(vocabulary), plain(text)
    literal = bool(mentioned(options, text))
    joined = _JOINED if vocabulary == "instruments" else _OFFERED
    found: set[int] = set()
    for mention in unexplained(read, asserted(read, known.find(read))):
        if any(option.pattern.search(read[mention.start : mention.end]) for option in options):
            continue  # by its own name, or by one that holds it
        around = f"{read[max(0, mention.start - 8) : mention.start]}|{read[mention.end :][:8]}"
        if literal and not joined.search(around):
            continue  # "a sad piece with a gentle piano" names one mood
        same = {i for i, name in enumerate(names) if name == mention.value}
        same = same or {i for i, n in enumerate(names) if n and known.alike(n, mention.value)}
        found |= same if len(same) == 1 else set()
    return found


@lru_cache(maxsize=4096)
def _names(texts: tuple[str, ...]) -> tuple[Vocabulary | None, tuple[str | None, ...]]:
    """The vocabulary that knows half of the options, two at least, and their names in it."""
    for vocabulary in _VOCABULARIES:
        known = ontology(vocabulary)
        names = tuple(known.canonical.get(plain(text)) for text in texts)
        if 2 * sum(name is not None for name in names) >= max(4, len(names)):
            return vocabulary, names
    return None, ()
