"""Reward ``counterpoint``: voices added to a given part, or faults found in given parts.

Conventions
-----------
The rules and their fault kinds are those of ``rewards.voice_leading``. The given
notes decide what is asked.

**One part is given**: the answer is one or more further parts, in ABC, or as a list
of [onset in quarters, pitch, part], or as one line of pitch names a part, one to each
given note. It may repeat the given part. What ABC leaves out of L, M and K is as given.
All faults in which an added part takes part cost::

    value = coverage * max(0, 1 - sum over kinds of weight * faults / opportunities)

===========================  ======  ==========================================
fault                        weight  opportunities
===========================  ======  ==========================================
parallel fifths, octaves     3       given notes - 1
direct fifths, octaves       1       given notes - 1
voice crossing               1.5     given notes
spacing                      1       given notes
range                        1.5     given notes x added parts
dissonance                   2       given notes
leading tone                 1.5     given notes
===========================  ======  ==========================================

Opportunities are counted on what is given, so that repeated notes do not thin out the
faults. A dissonance is also, of two voices, a held one that is neither passing nor a
suspension, and, of more, a sonority on a given note that is no triad or seventh chord
(one voice held over aside). Coverage is the share of the given notes at which an added
part sounds. Parts that only follow the given one in parallel, at whatever interval, earn at
most .3. 0 for: the given part itself, silence, under half covered, fewer than a
third as many moves as the given part, fewer than three pitches (where it has three),
text that cannot be read.

**Several parts are given**: the answer names the faults. A kind counts in full if it is
there; where parts are named, by the share of the named groups of parts that have it; by
half if the bar is wrong. F1 over kinds; 0 where more named kinds are false than true,
where kinds are offered as alternatives, and for "no errors" where there are some. "No
errors" earns 1 exactly where there are none. A voice overlap that is there is no error.

The leading tone counts where ``facts.key`` is major or minor; bars are known from ABC, or
from ``facts.meter``. Source:
``rewards/voice_leading.py``; the weights are Etude's own.
"""

from __future__ import annotations

from rewards.extract import choose
from rewards.records import Question, Response, Verdict
from rewards.registry import reward
from rewards.scorers.typed import answer_text, applies


@reward("counterpoint")
def counterpoint(question: Question, response: Response) -> Verdict | None:
    """The added parts by the rules of voice-leading, or F1 of the faults named.

    Raises:
        DataError: the fact holds no notes that can be read.
    """
    if not applies(question, "counterpoint"):
        return None
    # Here, not above: importing the rewards need not wait for the rules.
    from rewards.counterpoint.added import added_parts
    from rewards.counterpoint.given import read_given
    from rewards.counterpoint.named import faults_named

    facts = question.facts
    fact = (facts.counterpoint or "", facts.key, facts.meter)
    if len(read_given(*fact).piece.voices) > 1:
        text = answer_text("counterpoint", question, response)
        return text if isinstance(text, Verdict) else faults_named(fact, text)
    if response.answer is None:
        return Verdict(0.0, "there is no answer block")
    text = response.answer.strip()
    if question.choices:
        index = choose(question.choices, text).index
        text = question.choices[index] if index is not None else text
    return added_parts(fact, text)
