"""What is told of the tempo of a genre: "dubstep is 140 BPM, trance 138, this is 128"."""

from __future__ import annotations

from rewards.claims.context import Context
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_VERBS = word_set("is are runs run sits sit goes go moves move has have lies usually typically")
_FAR = 5


def of_genres(sentence: Sentence, context: Context) -> frozenset[int]:
    """The numbers that are those of genres; the genres are no longer found in the clip.

    A genre without an article that opens its clause has its number behind "is" or the like, and
    once one has, the next ones have theirs right behind the name.
    """
    genres = [one for one in context.found if one.type == "genre"]
    if not genres:
        return frozenset()
    words, kinds = sentence.words, sentence.kinds
    told: dict[int, int] = {}
    for one in sorted(genres, key=lambda one: one.first):
        opens = one.first == 0 or kinds[one.first - 1] in ",;:" or words[one.first - 1] == "and"
        if not opens:
            continue
        spots = (
            n for n in range(one.last + 1, min(len(words), one.last + 1 + _FAR)) if kinds[n] in "0B"
        )
        spot = next(spots, 0)
        between = words[one.last + 1 : spot]
        verb = between[:1] != [] and between[0] in _VERBS
        if spot and not {",", ";"} & {*between} and (verb or (told and not between)):
            told[one.first] = spot
    context.found = [one for one in context.found if one.type != "genre" or one.first not in told]
    return frozenset(told.values())
