"""Claims of key signatures: so many sharps or flats, or none."""

from __future__ import annotations

from rewards.claims.context import Context, Found
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_SIGNS = {"sharps": 1, "sharp": 1, "flats": -1, "flat": -1}
_MORE = word_set("more fewer less extra additional another adding add adds further")
_NEEDS = word_set("demand need require call want ask take")
_NOTHING = word_set("accidentals sharps flats signs")


def read(sentence: Sentence, context: Context) -> None:
    """Take down the signatures of a sentence."""
    words, kinds = sentence.words, sentence.kinds
    for at, word in enumerate(words):
        if word == "no" and words[at + 1 : at + 2] and words[at + 1] in _NOTHING:
            rest = words[at + 2 : at + 4]
            both = len(rest) == 2 and rest[0] in ("or", "and", "/", "nor") and rest[1] in _NOTHING
            if both or words[at + 1] == "accidentals":
                last = at + 3 if both else at + 1
                context.add(Found("key_signature", 0, at, last, polarity="asserted"))
        elif word in _SIGNS and kinds[at] == "s":
            back = at - 2 if kinds[at - 1 : at] == "-" else at - 1
            if back < 0 or kinds[back] != "0" or not 1 <= sentence.tokens[back].value <= 7:
                continue
            if kinds[at + 1 : at + 2] in ("d", "q") or words[at + 1 : at + 2] == ["note"]:
                continue
            if _counted_on(words[max(0, back - 4) : back], words[at + 1 : at + 3]):
                continue
            context.add(
                Found("key_signature", _SIGNS[word] * int(sentence.tokens[back].value), back, at)
            )


def _counted_on(lead: list[str], tail: list[str]) -> bool:
    """ "down a fifth with one flat more", "from four flats to five": no signature of the clip."""
    if not _MORE.isdisjoint((*lead, *tail)) or lead[-1:] == ["from"]:
        return True
    return "would" in lead and not _NEEDS.isdisjoint(lead)
