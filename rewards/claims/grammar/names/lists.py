"""Words that are instruments only beside one in a list: "drums, bass and keys".

Conventions
-----------
A list is joined by commas, "and" and their like; articles and one word before the name may stand
between ("a bass, and a brushed kit").
"""

from __future__ import annotations

from collections.abc import Mapping

from rewards.claims.text.words import word_set

IN_LISTS = {
    "bass": "bass", "keys": "keyboard", "keyboard": "keyboard", "clap": "handclaps",
    "pipes": "bagpipes", "triangle": "triangle", "winds": "woodwinds", "upright": "double bass",
    "sampler": "sampler", "ney": "wooden flute", "chimes": "tubular bells", "dj": "turntables",
    "kit": "drums", "pad": "synthesizer", "pads": "synthesizer",
}  # fmt: skip
NO_BASS = word_set(
    "line lines note notes guitar drum clarinet clef voice voices part register is on in moves "
    "ends lands descends walks pedal trombone c d e f g b"
)
_JOINTS = word_set(", and & plus or nor with")
_ARTICLES = word_set("a an the two three some")
_MOST_BETWEEN = 2


def listed(words: list[str], known: Mapping[int, int]) -> dict[int, str]:
    """Place -> instrument; ``known`` holds place and length of the sure names of instruments."""
    found: dict[int, str] = {}
    starts = set(known)
    ends = {at + size - 1 for at, size in known.items()}
    for at, word in enumerate(words):
        if word not in IN_LISTS or words[at + 1 : at + 2] in (["bass"], ["piano"]):
            continue
        if words[at + 1 : at + 2] and words[at + 1] in NO_BASS:
            continue
        if _joined(words, at, ends, -1) or _joined(words, at, starts, 1):
            found[at] = IN_LISTS[word]
    return found


def _joined(words: list[str], at: int, names: set[int], step: int) -> bool:
    """Does a list lead from a word to a name, to the left (-1) or to the right (1)?"""
    spot, joints, between = at + step, 0, 0
    while 0 <= spot < len(words):
        word = words[spot]
        if joints and (spot in names or (word in IN_LISTS and word != words[at])):
            return True
        if word in _JOINTS:
            joints += 1
            if joints > 2:
                return False
        elif word not in _ARTICLES:
            between += 1
            if (
                between > _MOST_BETWEEN
                or (step < 0 and not joints and between > 1)
                or (step > 0 and not joints)
            ):
                return False
        spot += step
    return False
