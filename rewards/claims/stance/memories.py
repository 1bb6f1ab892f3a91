"""What an author once noted: "I had pencilled D major", "the 96 I jotted down", "my first draft".

Conventions
-----------
A verb of noting in the past, of which the author is the subject. It takes nothing back: what was
noted stands until a later clause or the next sentence rejects it.
"""

from __future__ import annotations

from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import word_set

_NOTED = word_set(
    "wrote written put marked noted pencilled penciled said called barred took taken had assumed "
    "thought counted labelled labeled tagged scribbled jotted entered blurted named filed set "
    "answered chose picked changed played read guessed heard logged listed"
)
_HAD = word_set("had have 'd 've in it this that first briefly once always still just even down")
_PAPERS = word_set("draft notes log list run answer version sheet take pass count analysis")
_MINE = word_set("my old first earlier previous last")
_OWN = word_set("i we me")
_REACH = 8
MARKS = _NOTED | _PAPERS
"""Words without one of which nothing was noted."""


def once_noted(sentence: Sentence, first: int, last: int) -> bool:
    """Are tokens ``first`` to ``last`` what the author noted at some time?"""
    words = sentence.words
    after = words[last + 1 : last + 5]
    if after[:1] in (["in"], ["from"], ["of"]) and not _PAPERS.isdisjoint(after):
        return not _MINE.isdisjoint(after)  # "the 120 in my draft"
    if _NOTED.isdisjoint(sentence.bag) or _OWN.isdisjoint(sentence.bag):
        return False
    if after[:1] in (["i"], ["we"]) and not _NOTED.isdisjoint(after[1:]):
        return True  # "the 128 I jotted down"
    for at in range(first - 1, max(0, first - _REACH), -1):
        if sentence.kinds[at] in ",;:":
            return False
        if words[at] in _NOTED:
            lead = at - 1
            while lead > 0 and (words[lead] in _HAD):
                lead -= 1
            return words[lead] in _OWN
    return False
