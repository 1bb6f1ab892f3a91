"""Whether an author says of a value that it is what he comes to.

Conventions
-----------
"My final answer is A major", "I'd rather say A major", "Verdict: A major": such words begin their
sentence, perhaps behind a clause ("after listening again, I settle on"), the value stands right
behind them, and behind the value its clause ends or gives a reason. "I go with D major over A
major" comes to no A major, and "I now think A major is only the dominant" to nothing.
"""

from __future__ import annotations

import re

from rewards.claims.records import Claim

_OPENING = r"(?:(?:so|thus|hence|therefore|okay|ok|finally|then|and|but|hmm|no|well)\b\W*)*"
_CLAUSE = r"(?:[^.;!?]{1,50}, +)?"
_ANSWER = (
    r"(?:(?:my (?:final )?(?:answer|verdict|choice|guess|pick|conclusion)|(?:the )?final answer) is"
    r"|(?:(?:my|the) )?(?:final )?(?:answer|verdict|conclusion|final)\W{0,4}:)"
)
_VERB = (
    r"(?:i (?:settle (?:on|for)|conclude|decide on|end up with|choose|answer|opt for)"
    r"|i now (?:think|believe|say)|i(?:['’]ll| will)? go (?:with|for)"
    r"|i(?:['’]m| am) going (?:with|for)|i(?:['’]ll| will) (?:say|answer)"
    r"|i['’]?d (?:rather|now) say)"
)
_FILLING = (
    r"(?:[\s:,*'’\"]"
    r"|\b(?:it|is|s|that|this|the|an?|key|in|of|on|be|about|around|clearly|more|like)\b)*"
)
_SAID = re.compile(rf"^\W*{_OPENING}{_CLAUSE}(?:{_ANSWER}|{_VERB}){_FILLING}$", re.IGNORECASE)
_CLOSED = re.compile(
    r"[*_\"'’”)\s]*(?:$|[.,;:!?<\n]|(?:bpm|time|meter|metre|cadence|then|instead|now|here|because"
    r"|since|given|after|rather|not|over|than)\b"
    r"|is (?:right|correct|it|the (?:better|right|more|key|answer|true))\b)"
)
_STARTS = re.compile(r"[.!?;]\s|\n")
_REACH = 300
"""Characters of a sentence that are looked at before a claim."""


def final(claim: Claim, text: str) -> bool:
    """Does its sentence say that a claim is what its author comes to?"""
    lead = _STARTS.split(text[max(0, claim.start - _REACH) : claim.start])[-1]
    said = _SAID.search(lead.rpartition(">")[2])  # behind the tag of the section
    return said is not None and _CLOSED.match(text, claim.end) is not None
