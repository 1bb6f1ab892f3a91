"""Which "A" is an article, which letter an option's: names of pitch that are none.

Conventions
-----------
Every question is asked of the note at token ``at``, and of what stands behind it from ``step`` on.
"""

from __future__ import annotations

import re

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_AFTER_KEY = word_set(
    "is was and or in at then with it to seems sounds feels because since so but over throughout "
    "appears as on from might could would not has again all i we obviously clearly probably maybe "
    "after before though although should must fits stays remains contains needs takes requires "
    "shares carries consists becomes uses wants demands calls keeps lacks spells 's"
)
_SPANS = word_set("above below between from leap leaps jump up down apart higher lower interval")
_VERBS = word_set(
    "is in as and to or then on up down appears with has contains needs takes would gives falls "
    "acts serves functions feels rises resolves leads lies belongs spells makes moves requires "
    "carries was becomes forms sounds above below under underneath beneath over at before after "
    "while until during throughout for from against through where which that ="
)
"""Words behind an "A" that is no article."""
_MAKING = phrases("making|makes|make|treating|considering|hear")
_AS_TONIC = phrases("the|our|as|home")
"""Around the "A" of "making A the tonic"."""
_NAMED = phrases("an|low|high|'s")
"""Before an "A" that is a name."""
_ALTERS = frozenset(("a sharp", "a flat"))
_SPELLED = re.compile("[:,(]?[NA](?=[-,]?[NA][-,]?w?[NA])")
"""Notes right behind a chord: an "A" is its root only if it is the first."""
_LETTERED = word_set("option options choice choices answer answers section sections")


def may_be(sentence: Sentence, at: int) -> bool:
    """Is a note an "A" that continues no list of names?"""
    if sentence.words[at] != "a":
        return False
    return at == 0 or (sentence.kinds[at - 1] not in ",NACMkq" and sentence.words[at - 1] != "and")


def before_scale(sentence: Sentence, at: int, step: int) -> bool:
    """ "A chromatic lament", "A blues scale"."""
    behind = sentence.kinds[step + 1 : step + 2]
    noun = behind and behind in "wky" and sentence.words[step + 1] not in _AFTER_KEY
    return bool(_opens(sentence, at) and noun)


def before_quality(sentence: Sentence, at: int) -> bool:
    """ "A suspended fourth", "A sharp seventh"."""
    return at == 0 and (sentence.kinds[at] == "A" or sentence.words[at] in _ALTERS)


def before_mode(sentence: Sentence, at: int, step: int) -> bool:
    """ "A minor detail", "A major sixth would have gone to F sharp"; "C minor third" is no key."""
    kinds, words = sentence.kinds, sentence.words
    following, behind = kinds[step + 1 : step + 2], words[step + 1 : step + 3]
    if following == "d" or (words[at] == "a" and behind == ["-", "key"]):
        return True
    if words[at] == "a" and kinds[at] == "a":
        keyed = words[at - 1 : at] in (["in"], ["of"])
        return not keyed or (following != "" and following in "kqdy")  # "a minor chord"
    if not _opens(sentence, at):
        return False
    if following == "w" and words[step + 1] not in _AFTER_KEY:
        return True
    if following == "k":
        return _on_a_note(sentence, step)
    spans = behind[:1] == ["seventh"] and not _SPANS.isdisjoint(behind)
    return following == "y" or behind[:1] == ["sixth"] or spans


def before_noun(sentence: Sentence, at: int, step: int) -> bool:
    """ "A piano", "A G7 chord"; not "A is the dominant", "an A string", "G - A"."""
    kinds, words = sentence.kinds, sentence.words
    following = kinds[step : step + 1]
    named = words[at - 1 : at] in _NAMED
    named = named or (words[at - 1 : at] in _MAKING and words[step : step + 1] in _AS_TONIC)
    noun = not named and following != "" and following in "wdqk0sy"
    noun = noun or (at == 0 and following == "C" and kinds[1:3] in ("C", "Cw"))
    rowed = at > 1 and kinds[at - 1] == "-" and kinds[at - 2] in "NA"
    return noun and not rowed and words[at + 1] not in _VERBS


def of_option(sentence: Sentence, at: int) -> bool:
    """ "option B", "options C and D": the letters of what is offered."""
    words, kinds = sentence.words, sentence.kinds
    while at > 1 and words[at - 1] in (",", "and", "or") and kinds[at - 2] in "NA":
        at -= 2
    return bool(at) and words[at - 1] in _LETTERED


def _opens(sentence: Sentence, at: int) -> bool:
    return at == 0 and sentence.kinds[at] == "A"


def _on_a_note(sentence: Sentence, step: int) -> bool:
    """ "A minor triad on D", "A major triad on the second degree", "A minor triad: D, F, A"."""
    kinds, words = sentence.kinds, sentence.words
    if words[step + 2 : step + 3] == ["on"] and kinds[step + 3 : step + 4] in ("N", "A"):
        return True
    if words[step + 2 : step + 4] in (["on", "the"], ["built", "on"], ["over", "the"]):
        return True
    spelled = _SPELLED.match(kinds, step + 2)
    return spelled is not None and words[spelled.end() - 1] != "a"
