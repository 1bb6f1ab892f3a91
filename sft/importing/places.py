"""The mark in a question for its sound: ``<audio>``, ``<audio>a.wav</audio>``, ``<|AUDIO|>``.

Conventions
-----------
The clip is heard before the text, so a mark before or behind the words says nothing and is left
out; as text a policy would read it as words. Amidst them it means another order than ours. Other
tokens of a chat template, ``<|im_end|>``, say that the text was rendered for one model already.
"""

from __future__ import annotations

import re

from rewards.fields import show
from rewards.patterns import Pattern
from sft.importing.cells import words
from sft.importing.records import Unusable, Why

PLACE = Pattern(
    r"(?:audio 1:[ \t]*)?(?:"
    r"<(?:sound|audio|speech|music)(?:-?\d+)?>"
    r"(?:(?:<audiohere>|(?P<path>[^<>\n]{0,1000}))</(?:sound|audio|speech|music)>)?"
    r"|<\|audio_(?:bos|start)\|><\|audio(?:_pad)?\|><\|audio_(?:eos|end)\|>|<\|audio\|>)",
    re.IGNORECASE,
)
"""A mark, with the path of its recording where that stands within."""
_TOKEN = Pattern(r"<\|[A-Za-z_]{2,40}\|>|</s>")


def without_tokens(text: str, name: str, why: Why) -> str:
    """The text of a field, which no template is written into.

    Raises:
        Unusable: one is.
    """
    if token := _TOKEN.search(text):
        raise Unusable(
            f"{name}: got {show(token[0])}, a token of a chat template, expected the words alone",
            why,
        )
    return text


def without_place(text: str) -> str:
    """The question without the mark.

    Raises:
        Unusable: there are several, one stands amidst the words, or there are no words.
    """
    places = list(PLACE.finditer(text))
    if len(places) > 1:
        raise Unusable(
            f"question: got {len(places)} places for sound, expected one; Etude asks about one clip"
        )
    if not places:
        return words(without_tokens(text, "question", "question"), "question")
    before, after = text[: places[0].start()].strip(), text[places[0].end() :].strip()
    if before and after:
        raise Unusable(
            f"question: got {show(places[0][0])} amidst the words, expected it before or behind "
            "them; the clip is heard before the text"
        )
    return words(without_tokens(before or after, "question", "question"), "question")
