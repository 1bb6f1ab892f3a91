"""Numbers that count something else than beats a minute: "40 seconds", "bar 64", "98 to 102"."""

from __future__ import annotations

from rewards.claims.grammar.time.tempo_clauses import opens_clause
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_UNITS = word_set(
    "seconds second s sec secs bars bar measures measure years minutes minute hz ms % percent "
    "times sharps flats semitones steps notes beats voices parts people players th st nd rd hits "
    "degrees rpm cents db khz hertz per-cent strings keys copies singers frames taps "
    "feet mm cm kilos euros dollars tracks pages lines o'clock samples"
)
_NUMBERED = word_set("bar measure m no op track take page opus number figure mm midi bwv k")
_SUMS = word_set("divided dividing over times x * plus minus multiplied subtract add")


def counts_else(sentence: Sentence, first: int, last: int) -> bool:
    """ "40 seconds", "bar 64", "sixty over 0.8", "98 to 102": no tempo, or only a part of one."""
    words, kinds = sentence.words, sentence.kinds
    following = words[last + 1] if last + 1 < len(words) else ""
    near = words[first - 1] if first else ""
    if following in ("-", "to") and kinds[last + 2 : last + 3] == "0":
        return True
    if near == "between" and following == "and":
        return True
    if near == "and" and "between" in words[max(0, first - 4) : first - 2]:
        return True
    if near in ("to", "-") and first > 1 and kinds[first - 2] == "0":
        wide = sentence.values[first - 2] < 0.8 * sentence.values[first]
        if wide:
            return True  # "from 90 to 120", "forty to sixty"
    if following in _UNITS or (following and kinds[last + 1] in "u0s/"):
        beats = following in ("beats", "steps", "taps") and opens_clause(sentence, first)
        return not (beats and (last + 2 >= len(words) or kinds[last + 2] in ",;)"))
    if near in _NUMBERED or (first and kinds[first - 1] in "/0"):
        return True
    if following in _SUMS or near in ("than", "times", "x", "*", "dividing", "by", "minus", "plus"):
        return True
    if following == "in" and words[last + 2 : last + 4] == ["half", "a"]:
        return True  # "thirty-eight in half a minute"
    return following in ("w", "=") and kinds[last + 2 : last + 3] == "0"
