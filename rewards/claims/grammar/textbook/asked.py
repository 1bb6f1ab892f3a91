"""The value that a sentence concludes where theory alone is asked: "so it is B flat".

Conventions
-----------
Read for questions such as "What is the dominant of E flat major?" (``claims/relations.py``). The
last name of a sentence is its conclusion if a link leads to it ("is", "so", "gives", "lands on"),
nothing but a sign follows it, and it is no member of a row ("E flat, F, G, A flat, B flat.").
"""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.grammar.pitch.item import Item
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set
from rewards.spelling.harmonies import Harmony

_LINKS = word_set(
    "is it's that's 's = : be becomes so therefore thus hence gives giving yields answer reach "
    "reaches reaching find get gets on at to name makes making leaves left remains"
)
_BETWEEN = word_set("the a an note key of in simply just exactly then must scale pitch")
_BEHIND = word_set("chord triad key note scale itself . ) ! ; ,")


def conclusions(sentence: Sentence, context: Context, found: list[Item]) -> None:
    """Take down the value that a sentence concludes."""
    relation = context.relation
    named = [item for item in found if item.kind != "mode"]
    if relation is None or not named:
        return
    last, words = named[-1], sentence.words
    at = last.first - 1
    while at >= 0 and words[at] in _BETWEEN:
        at -= 1
    linked = at >= 0 and words[at] in _LINKS
    if not linked or not _BEHIND.issuperset(words[last.last + 1 : last.last + 3]):
        return
    if last.note.same(relation.key.tonic) and last.mode in (None, "note", relation.key.mode):
        return  # the key of the question
    quality = last.mode if last.mode in ("major", "minor") else None
    name = relation.value(Harmony(last.note, quality).name)
    if name is not None:
        context.add(Found("function", name, last.first, last.last))
