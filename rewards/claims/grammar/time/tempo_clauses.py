"""Where the clause of a number begins, past what blurs it, and whether the number ends it."""

from __future__ import annotations

from rewards.claims.grammar.time.tempo_numbers import SAID, polite
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

TALK = word_set("tempo pulse metronome bpm speed pace tempi")
"""Words of which one makes a sentence talk of tempo."""
NEARLY = word_set(
    "around about roughly near circa ca approximately nearly almost some exactly say just shy of "
    "under over close to a an brisk steady easy slow fast leisurely maybe perhaps probably like "
    "more something ~ c approx precisely solid straight constant relaxed well only"
)
_SAYING = tuple([",", word] for word in ("say", "oh", "well", "roughly", "about", "perhaps", "uh"))
""""It crawls at, say, 64"."""
_OR_SO = phrases("or so|or thereabouts|give or|or just|or slightly")


def ends_clause(sentence: Sentence, last: int) -> bool:
    """Does a clause end with a number, or with "or so" behind it?"""
    words = sentence.words
    if last + 1 == len(words) or sentence.kinds[last + 1] in ",;:)":
        return True
    if words[last + 1] in SAID or polite(words[last + 1 : last + 4]):
        return True
    return words[last + 1 : last + 3] in _OR_SO


def lead_in(sentence: Sentence, first: int) -> int:
    """The place before a number and what blurs it: "roughly", "close to"."""
    at = first - 1
    while (
        at >= 0
        and first - at < 7
        and (
            sentence.words[at] in NEARLY
            or (sentence.words[at] == "," and sentence.words[at - 2 : at] in _SAYING)
        )
    ):
        at -= 1 if sentence.words[at] in NEARLY else 3
    return at


def opens_clause(sentence: Sentence, first: int) -> bool:
    """Does a clause begin with a number?"""
    return first == 0 or sentence.kinds[first - 1] in ",;:"
