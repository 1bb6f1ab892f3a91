"""Chords and intervals told in two: "The last chord is C. It's minor", "Root: B. Quality: minor".

A clause that tells nothing but a quality, soon behind a root or, where an interval is asked, a
number ("a third. It's minor"), makes one value of both, in place of the triad of the bare name.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.claims.context import Context, Found
from rewards.claims.records import Claim
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set
from rewards.spelling.chords import parse_chord
from rewards.spelling.harte import harte
from rewards.spelling.intervals import parse_interval

_FAR = 200
"""Characters between a root and its quality."""
_OF_CHORDS = frozenset(("chord", "interval", "roman", "function"))
"""Facets of questions in which "it is minor" is said of a chord or an interval."""
_NAMED = word_set("chord triad quality")
_NOUNS = _NAMED | word_set("type one")
_TELLS = word_set("is 's it's : quality makes sounds =")
_LEADS = _TELLS | _NOUNS | word_set(
    "it its the this that which a an so and therefore thus clearly of final last mode third"
)  # fmt: skip
_SIZES = word_set("second third fourth fifth sixth seventh")
_SIZED = phrases("a|an|:|=")
_BUILT = phrases("built on|based on")
_BASES = word_set("built based")


def read(sentence: Sentence, context: Context) -> None:
    """Take down a root or a number without its quality, and a quality behind one."""
    sized, built = context.facet == "interval", not sentence.bag.isdisjoint(_BASES)
    if not (sized or built or context.root or context.found):
        return
    start, words, kinds = sentence.start(0), sentence.words, sentence.kinds
    for one in context.found:
        if one.type == "chord" or "root" in one.subject:
            bare = (one.bare == "root" or one.type == "note") and one.polarity != "denied"
            root = str(one.value).partition(":")[0]
            context.root = (root, one.subject - {"root"}, start) if bare else None
    for at, word in enumerate(words) if sized or built else ():
        if sized and word in _SIZES and words[at - 1 : at] in _SIZED:
            context.root = word, frozenset(), start
        if kinds[at] in "NA" and words[max(0, at - 2) : at] in _BUILT and "chord" in sentence.bag:
            final = frozenset(("final",)) if {"final", "last"} & sentence.bag else frozenset()
            context.root = sentence.values[at].name, final, start
    if context.root is None or start - context.root[2] > _FAR:
        return
    first, end = _quality(sentence)
    if first == end:
        return
    root, subject, _ = context.root
    told = " ".join(words[first:end])
    size = parse_interval(f"{told} {root}") if root in _SIZES else None
    asked = context.facet in _OF_CHORDS or not _NAMED.isdisjoint(sentence.bag)
    chord = parse_chord(f"{root} {told}") if asked and root not in _SIZES else None
    if size is not None:
        context.add(Found("interval", size.name, first, end - 1))
    elif chord is not None:
        context.add(Found("chord", harte(chord), first, end - 1, subject, bare="quality"))


def joined(claims: Sequence[Claim], bare: dict[int, str]) -> list[Claim]:
    """The claims, in order, without the bare names whose quality is told behind them."""
    kept: list[Claim] = []
    for claim in claims:
        if bare.get(claim.start) == "quality" and claim.type == "chord" and claim.plain:
            roots = [n for n, one in enumerate(kept) if bare.get(one.start) == "root"]
            kept = [one for n, one in enumerate(kept) if n not in roots[-1:]]
        kept.append(claim)
    return kept


def _quality(sentence: Sentence) -> tuple[int, int]:
    """Where the quality stands that the last clause tells, and nothing else: ", and it's minor"."""
    words, kinds = sentence.words, sentence.kinds
    end = len(words)
    while end and words[end - 1] in _NOUNS:
        end -= 1
    first = end
    while first and (kinds[first - 1] in "Mq" or words[first - 1] == "perfect"):
        first -= 1
    start = first
    while start and words[start - 1] in _LEADS:
        start -= 1
    ends = start == 0 or kinds[start - 1] in ",;(-" or words[start : start + 1] in (["and"], ["so"])
    told = start == 0 or not _TELLS.isdisjoint(words[start:first])
    return (first, end) if ends and told else (end, end)
