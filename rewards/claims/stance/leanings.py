"""Towards what an author leans: what would be needed, what tempts, what is preferred to what."""

from __future__ import annotations

from rewards.claims.stance.cue_words import AIMS
from rewards.claims.text.words import phrases, word_set

_TAKES = phrases("take|pick|choose|use|write|land on")
_OPINED = word_set("said guessed sworn proposed called bet named answered picked chosen gone")


def aims(words: list[str], at: int) -> bool:
    """ "With one, I'd have caught a B7", "there'd be more": no "I'd have to say"."""
    if words[at - 1 : at] in (["it"], ["that"], ["there"], ["this"], ["you"]):
        if at == 1 and words[0] in ("that", "this"):
            return False  # "That'd be a tango": an answer
        aims = words[at + 1 : at + 2] != [] and words[at + 1] in AIMS
        return aims or (words[at - 1] == "you" and words[at + 1 : at + 2] in _TAKES)
    if words[at - 1 : at] not in (["i"], ["we"]):
        return False
    after = [w for w in words[at + 1 : at + 5] if not w.endswith("ly") and w != "also"]
    if not after or after[0] not in AIMS:
        return False
    return not (after[0] == "have" and after[1:2] and after[1] in _OPINED)
