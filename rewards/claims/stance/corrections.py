"""What is taken back later: "G sharp? hmm wait, no, G natural".

Conventions
-----------
A correction ("wait", "scratch that", "no,") takes back the last claims before it that the next
claims after it replace: of the same type, with another value. "That is wrong" and "scratch
that" take back the last claim even if nothing follows. Both look no further than
two sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rewards.claims.records import Claim
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrase_set, word_set

_SURE = phrase_set(
    "scratch that|strike that|that's wrong|that 's wrong|doesn't work|does not work|that is wrong|"
    "can't be right|scrap that|forget that|ignore that|that was wrong"
)
_WHOLE = phrase_set("i take that back|i take this back|that was a slip|i misheard|i misheard that")
"""Corrections that are all that their sentence says, but for an opening."""
_OPENINGS = word_set("actually sorry but no oh hmm wait ah well , -")
_LIKELY = phrase_set(
    "wait|no ,|no .|nope|nah|correction|actually|sorry|on second thought|on second thoughts|"
    "on reflection|let me correct|hmm no|but no|i mean|or rather|hang on|hold on|double it|"
    "halve it|check again|no i|no it|no that|no we|no wait|erase|do over|make that|my mistake|"
    "i misheard|i was wrong|change my|not quite|let me revise|let me reconsider|i apologize|"
    "i apologise|upon closer|upon further|on closer|let me recheck|let me recount|i made an|"
    "i made a|was incorrect|correcting myself|the actual"
)
_CLOSING = phrase_set("no , wait|wait , no|hmm , no|sorry , no|no wait|hm , no")
"""Corrections that are all that is said: what they take back is not replaced."""
_BY_FIRST: dict[str, list[tuple[str, ...]]] = {cue[0]: [] for cue in _CLOSING | _WHOLE}
for _cue in _SURE | _LIKELY:
    _BY_FIRST.setdefault(_cue[0], []).append(_cue)
WORDS = word_set(
    "wait scratch strike no nope nah not correction actually sorry wrong work mean thought "
    "thoughts reflection hang hold rather double halve again right too can't don't didn't erase "
    "mistake misheard none hardly yes yep yeah barely nowhere indeed scrap forget ignore "
    "reconsider revise apologize apologise upon closer recheck recount incorrect made correcting "
    "actual take slip"
)
"""Words without which a sentence takes nothing back."""
_CUES = _SURE | _LIKELY | _CLOSING | _WHOLE
_HEADS = {cue[:2] for cue in _CUES if len(cue) > 1} | {("no",)}
_ALONE = {cue[0] for cue in _CUES if len(cue) == 1}
_SIGNS = WORDS | {max(cue, key=len) for cue in _CUES if WORDS.isdisjoint(cue)}
"""The same, with those that are too common to be looked for in a text."""
_FAR = 220
_NEAR = 90
_ADJACENT = 20
_MANY = frozenset(("instrument", "genre", "mood", "textbook", "note", "function", "interval"))
"""Types of which one does not exclude another: only the next to a correction is replaced."""


def cues(sentence: Sentence) -> list[tuple[int, int]]:
    """Places in the folded text where something is taken back, and how far before each it stands.

    Characters; 0 where it is taken back only if another value replaces it.
    """
    words, found = sentence.words, []
    if sentence.bag.isdisjoint(_SIGNS):
        return found
    for at, word in enumerate(words):
        if word not in _BY_FIRST or (
            word not in _ALONE and tuple(words[at : at + 2]) not in _HEADS
        ):
            continue  # most are "the", "i" or "not", and begin nothing
        rest = tuple(words[at:])
        said = [cue for cue in _BY_FIRST[word] if rest[: len(cue)] == cue]
        whole = rest in _WHOLE and _OPENINGS.issuperset(words[:at])
        closing = rest in _CLOSING
        if said or closing or whole or rest == ("no",):
            sure = closing or not _SURE.isdisjoint(said)
            found.append((sentence.start(at), _FAR // 2 if sure else _ADJACENT * whole))
    return found


def corrected(claims: Sequence[Claim], places: Sequence[tuple[int, int]]) -> list[Claim]:
    """The claims, in order, with those taken back marked as such (spans as in ``places``)."""
    kept = list(claims)
    for place, reach in places:
        before = [n for n, c in enumerate(kept) if place - _FAR < c.start < place]
        if not reach and before and kept[before[-1]].polarity == "denied":
            continue  # "a clarinet? no"
        before = [
            n for n in before if kept[n].polarity == "asserted" and kept[n].type != "textbook"
        ]
        after = [c for c in kept if place < c.start < place + _FAR]
        _restated(kept, place, after)
        types = {c.type for c in after if c.plain or c.modality == "hedged"}
        replaced = False
        for n in reversed(before):
            old = kept[n]
            if old.type not in types:
                continue
            if old.type in _MANY and (
                n != before[-1] or after[0].type != old.type or after[0].start - place > _NEAR
            ):
                continue
            news = [c.value for c in after if c.type == old.type and c.polarity == "asserted"]
            if old.value in news:
                break
            kept[n] = replace(old, modality="retracted")
            replaced = True
            break
        if not replaced and before and place - kept[before[-1]].end < reach:
            kept[before[-1]] = replace(kept[before[-1]], modality="retracted")
    return kept


def _restated(kept: list[Claim], place: int, after: Sequence[Claim]) -> None:
    """ "D to F sharp is a minor third, sorry, a major third": one proposition said anew."""
    for new in after:
        if new.type != "textbook" or not new.plain or new.start - place > _NEAR:
            continue
        subject = str(new.value).rpartition(" is ")[0]
        for n, old in enumerate(kept):
            alike = old.type == "textbook" and place - _FAR < old.start < place and old.plain
            if alike and old.value != new.value and (
                str(old.value).rpartition(" is ")[0] == subject
            ):  # fmt: skip
                kept[n] = replace(old, modality="retracted")
