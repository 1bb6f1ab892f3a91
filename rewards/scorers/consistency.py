"""Reward ``consistency``: does the answer follow from the chain of thought?

Conventions
-----------
The facet is the one that the question asks, else that of the claim in the answer. Of the think
part the last value counts that is asserted of that facet without a doubt, not only listed
(``rewards/claims/verify/listings.py``) and not given up (``settling.py`` there), or drawn from
theory (``conclusions.py``). Where there is none, what is thought most likely, or the one value
that is named with a doubt ("it is probably D major"), and where none is named the option whose
letter ends a sentence ("so the answer is B").

=====================================================================  ==============
the last value of the think part                                       value
=====================================================================  ==============
is the answer's, or follows from it, or admits it (two sharps admit    1
D major and B minor; so does "D major or B minor"; "major" admits D
major)
contradicts it, or denies it; one of a caption's values does           0
there is none; the answer says nothing of the facet                    not applicable
=====================================================================  ==============

Truth does not matter here: an answer may follow from a thought that is wrong. An answer in
choices is the value of the option that it chooses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rewards.claims.answers import given
from rewards.claims.degrees import HOMELESS, unplaced
from rewards.claims.reading import read
from rewards.claims.records import BESIDE, CLAIMS, Claim
from rewards.claims.relations import asked_relation
from rewards.claims.sameness import same_value, tonic_alone
from rewards.claims.text.letters import chosen
from rewards.claims.verify.conclusions import concluded
from rewards.claims.verify.contradictions import SINGLE, agree
from rewards.claims.verify.facts import VOICES, note_of, subjects
from rewards.claims.verify.listings import alternatives, rowed, unlisted
from rewards.claims.verify.settling import before, settled
from rewards.extract import choose
from rewards.records import Abstention, Question, Response, Verdict
from rewards.registry import reward
from rewards.spelling.chords import parse_chord
from rewards.spelling.keys import parse_key
from rewards.spelling.modes import parse_mode
from rewards.spelling.signatures import of_key

_LIKELIEST = re.compile(r"\bmost (?:likely|probable|plausible)\b[^,;]{0,40}$", re.IGNORECASE)
_ADMIT = ("key", "mode", "key_signature")
"""Types of which a broader one admits a narrower one."""


@reward("consistency")
def consistency(question: Question, response: Response) -> Verdict | Abstention:
    """1 if the answer follows from the think part, 0 if it contradicts it."""
    if response.answer is None or response.think is None:
        return Abstention(f"there is no {'answer' if response.answer is None else 'think'} block")
    answers = given(question, response)
    thoughts = [
        claim
        for claim in read(question, response)
        if claim.section == "think" and not (claim.type in HOMELESS and unplaced(claim))
    ]
    thoughts = unlisted(thoughts, response.text, question.facet)
    facet = question.facet
    count = max((len(c.value) for c in answers if isinstance(c.value, tuple)), default=0)
    thoughts = rowed(thoughts, facet, count)
    wanted, relation = CLAIMS.get(facet or "", facet), asked_relation(question.text, facet)
    affirmed = [one for one in answers if one.plain]
    thoughts = concluded(thoughts, wanted, affirmed, response.text, relation)
    thoughts = settled(thoughts, affirmed, response.text)
    about = [(one, _about(one, question, thoughts)) for one in answers]
    verdicts = [
        _absent(one, said)
        if one.polarity == "denied"
        else _compared(one, said, facet)
        or _open(one, said, response.text)
        or _likeliest(one, said, response.text)
        for one, said in about
    ]
    found = min(filter(None, verdicts), key=lambda verdict: verdict.value, default=None)
    found = found or _lettered(question.choices, response.think, response.answer)
    return found or Abstention(_nothing(answers, facet))


def _nothing(answers: Sequence[Claim], facet: str | None) -> str:
    """Why the one cannot be held against the other."""
    if not answers:
        return f"no claim{f' of {facet}' if facet else ''} is read in the answer"
    said = ", ".join(sorted({claim.type for claim in answers}))
    return f"the think part comes to nothing that bears on the answer ({said})"


def _lettered(choices: tuple[str, ...], think: str, answer: str) -> Verdict | None:
    """Whether the answer chooses the option whose letter alone the thoughts come to."""
    said = chosen(think, choices)
    answered = choose(choices, answer).index if said and choices else None
    if said is None or answered is None:
        return None
    follows = said[0] == answered
    verb = "comes to" if follows else "comes to another option than"
    letter = "ABCDEFGH"[said[0]]
    return Verdict(float(follows), f"the think part {verb} that option", {"think": letter})


def _about(answer: Claim, question: Question, thoughts: Sequence[Claim]) -> list[Claim]:
    """The thoughts without notes of other voices and without chords before or after the one that
    is asked; a chord tells its root or bass where that is asked.
    """
    beside = BESIDE - subjects(question.text)
    thoughts = [claim for claim in thoughts if claim.subject.isdisjoint(beside)]
    if answer.type != "note":
        return thoughts
    asked = (answer.subject or subjects(question.text)) & VOICES
    kept: list[Claim] = []
    for claim in thoughts:
        chord = parse_chord(str(claim.value)) if claim.type == "chord" else None
        note = note_of(chord, asked)
        if note is not None:
            kept.append(replace(claim, type="note", value=note.name))
        elif claim.type != "note" or not asked or claim.subject & asked or _of_tune(claim, asked):
            kept.append(claim)
    return kept


def _of_tune(claim: Claim, asked: frozenset[str]) -> bool:
    """A note of no voice is of the melody, where that is asked: "it ends on C"."""
    return asked == {"top"} and claim.subject.isdisjoint(VOICES)


def _compared(answer: Claim, thoughts: Sequence[Claim], facet: str | None) -> Verdict | None:
    """The verdict of the last thought about the answer's fact, None if there is none.

    A caption names some of what is there: other names do not contradict those of the thoughts.
    """
    firm = [claim for claim in thoughts if claim.modality == "asserted"]
    denied = {
        same_value(c.type, c.value) for c in firm
        if c.type == answer.type and c.polarity == "denied"
    }  # fmt: skip
    said = [c for c in firm if c.type == answer.type and c.polarity == "asserted"]
    if answer.type in ("instrument", "genre", "mood", "modulation"):
        same = [c for c in said if agree(c.type, c, answer)]
        said = same or (said if facet else [])
    if said:
        last = said[-1]
        follows = agree(answer.type, last, answer)
        return _verdict(follows, last, answer)
    if same_value(answer.type, answer.value) in denied:
        return Verdict(0.0, f"the think part denies {answer.value}")
    broader = [c for c in firm if c.polarity == "asserted" and c.type in _ADMIT]
    if answer.type in _ADMIT and broader:
        admits = _admits(broader[-1], answer)
        return None if admits is None else _verdict(admits, broader[-1], answer)
    return None


def _absent(answer: Claim, thoughts: Sequence[Claim]) -> Verdict | None:
    """The verdict of the last firm thought about the name that is said to be absent."""
    firm = [one for one in thoughts if one.modality == "asserted"]
    about = [one for one in firm if one.type == answer.type and agree(one.type, one, answer)]
    if not about:
        return None
    follows = about[-1].polarity == "denied"
    told = "denies" if follows else "asserts"
    return Verdict(
        float(follows), f"the think part {told} {about[-1].value}, which is said to be absent"
    )


def _likeliest(answer: Claim, thoughts: Sequence[Claim], text: str) -> Verdict | None:
    """The verdict of what is thought most likely last ("so the most likely key is D minor"), or
    of the one value that is thought likely at all.
    """
    doubts = [one for one in thoughts if one.type == answer.type and one.modality == "hedged"]
    likely = [one for one in doubts if _LIKELIEST.search(before(text, one.start))]
    alone = len({same_value(one.type, one.value) for one in doubts}) == 1
    if not likely and not (alone and answer.type in SINGLE):
        return None
    last = (likely or doubts)[-1]
    return _verdict(agree(answer.type, last, answer), last, answer)


def _open(answer: Claim, thoughts: Sequence[Claim], text: str) -> Verdict | None:
    """Of two values that the thoughts leave open the answer may settle either, and no third."""
    left = alternatives(thoughts, answer.type, text)
    if not left:
        return None
    admits = any(agree(answer.type, one, answer) for one in left)
    verb = "leaves it open with another" if admits else "leaves two others open"
    details = {"think": " or ".join(one.shown for one in left), "answer": answer.shown}
    return Verdict(float(admits), f"the think part {verb}", details)


def _verdict(follows: bool, last: Claim, answer: Claim) -> Verdict:
    relation = "agrees with" if follows else "contradicts"
    details = {"think": last.shown, "answer": answer.shown}
    return Verdict(float(follows), f"the last {last.type} of the think part {relation} it", details)


def _admits(thought: Claim, answer: Claim) -> bool | None:
    """May the answer be true if the thought is? None where neither bears on the other."""
    signs = {_signature(thought), _signature(answer)}
    modes = parse_mode(str(thought.value)), parse_mode(str(answer.value))
    if "key_signature" in (thought.type, answer.type):
        return None if None in signs else len(signs) == 1
    if modes[0] is None or modes[1] is None:
        return None
    tonics = [mode.tonic for mode in modes if mode and mode.tonic]
    if len(tonics) == 2 and not tonics[0].same(tonics[1]):
        return False
    return modes[0].third == modes[1].third


def _signature(claim: Claim) -> int | None:
    if isinstance(claim.value, int):
        return claim.value
    key = parse_key(str(claim.value)) if tonic_alone(claim.value) is None else None
    return of_key(key) if key is not None else None
