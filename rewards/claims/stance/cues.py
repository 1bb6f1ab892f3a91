"""Whether a proposition is put forward, denied, doubted, supposed or taken back.

Conventions
-----------
A cue is a word or a run of words; each has its reach. A clause ends at a comma, semicolon,
colon or bracket and before "but", "so", "because" and the like.

=============  ============================  ==============================================
cue            examples                      reaches
=============  ============================  ==============================================
denial         not, no, never, rather than   ten words on, to the end of its clause;
                                             "neither" and "nor" to the end of the sentence
denial after   X is out, X it is not         back over its clause
hedge          maybe, could, probably        on to a "but" or "so", back over its clause
supposition    if, suppose, would, expect    "if": the sentence; others: on, and directly back
taken back     at first, I thought           on to a "but"
=============  ============================  ==============================================

A denial turns another round only where it is meant so ("can't rule out", "can't say it isn't").
Where a doubt or a supposition is too far away to tell whether it reaches a name, the reader is
silent about that name. What is a cue at all is told in ``signs.py``, what stands behind a name and
rejects it in ``refusals.py``, how far suppositions reach in ``suppositions.py``. What is only
corrected later ("wait, no: G major") is found in ``corrections.py``.
"""

from __future__ import annotations

from rewards.claims.records import Modality, Polarity
from rewards.claims.stance.cue_words import (
    APPOSED,
    CANNOT,
    ECHOES,
    FLIPS,
    HEARING,
    LABELS_OF_ABSENCE,
    MEANS,
    NOBODY,
    OPENINGS,
    REACH,
    REALISED,
    SAYING,
    SHORT,
    SUCCESSIVE,
)
from rewards.claims.stance.refusals import REFUSALS, refused
from rewards.claims.stance.spared import at_the_tonic, outside, past_its_verb
from rewards.claims.stance.suppositions import CLOSE, Suppositions
from rewards.claims.stance.verdicts import MARKS, TYPES, Verdict, verdict
from rewards.claims.text import layouts
from rewards.claims.text.sentences import Sentence
from rewards.claims.text.words import phrases, word_set

_WEIGHED: dict[Verdict, tuple[Polarity, Modality] | None] = {
    "asserted": ("asserted", "asserted"), "denied": ("denied", "asserted"),
    "hedged": ("asserted", "hedged"), "retracted": ("asserted", "retracted"),
    "hypothetical": ("asserted", "hypothetical"), "silent": None,
}  # fmt: skip
_EXCEPT = word_set("except besides beyond")
_THOUGHT = phrases("i thought|to myself")
_THE = ("the", "this", "its", "their", "his", "her", "these")
_PREDICATES = word_set("is be was were not 's like as for mistook without no")
_WITHIN = phrases("in the|despite the|except the")
_NEAR = {"possible": 2, layouts.ASKED: 1}
"""How far words reach back that doubt what they stand beside."""
_ASSENT = word_set("or so at least as far and but though that then well yes still which")
_DENYING = word_set("not never no nothing nobody")
_WRONG = word_set("wrong mistaken incorrect misleading misled false off")
_ASIDE = phrases("with the|from the|under the|over the|behind the|against the|for the")


class Cues(Suppositions):
    """The cues of one sentence, and how far each of them reaches.

    Attributes:
        weighs: it may say what becomes of a candidate.
    """

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.weighs = not sentence.bag.isdisjoint(MARKS)
        self._told: dict[object, tuple[Polarity, Modality] | None] = {}

    def stance(
        self, type_: str, first: int, last: int, barrier: int = -1
    ) -> tuple[Polarity, Modality] | None:
        """What the sentence says of its tokens ``first`` to ``last``, a claim of that type.

        ``barrier`` is the last token of a claim of another type before it: over that no hedge
        of another clause reaches. None where a doubt or a supposition may or may not reach so
        far: who cannot tell is silent.
        """
        asked = type_, first, last, barrier
        if asked not in self._told:  # siblings share the sentence
            self._told[asked] = self._stance(type_, first, last, barrier)
        return self._told[asked]

    def _stance(
        self, type_: str, first: int, last: int, barrier: int
    ) -> tuple[Polarity, Modality] | None:
        weighed = verdict(type_, self.sentence, first, last) if self.weighs else None
        if weighed is not None:
            return _WEIGHED[weighed]
        behind = not REFUSALS.isdisjoint(self.words[last + 1 :])
        refusal = refused(type_, self.sentence, last) if behind else None
        if refusal is not None:
            if refusal == "denied":
                taken = self.taken and self._taken_back(type_, first, last)
                return ("asserted", "retracted") if taken else ("denied", "asserted")
            return "asserted", refusal
        if self.none:
            return "asserted", "asserted"
        if type_ == "key" and at_the_tonic(self.sentence, first):
            return "asserted", "asserted"
        polarity: Polarity = "denied" if self._denied(type_, first, last) else "asserted"
        if polarity == "denied" and (self.words[last + 1 : last + 2] == ["'s"] or (
            type_ == "key" and outside(self.sentence, first, last)
        )):  # fmt: skip
            return None  # "C sharp is not in D minor's signature"
        if polarity == "denied" and type_ == "instrument" and self._until(last):
            return "asserted", "asserted"  # "no drums until bar nine"
        if polarity == "denied" and type_ == "instrument" and self._for_now(last):
            return None  # "no drums in the intro"
        if polarity == "asserted" and type_ in ("genre", "instrument") and self._echoed(first):
            return None
        given = type_ == "instrument" and self._given(first)
        if self.taken and not given and self._taken_back(type_, first, last):
            return polarity, "retracted"
        if self.suppose and not given and self._supposed(first, last):
            if any(self.words[cue] == "unless" and cue > last for cue in self.suppose):
                return "asserted", "hedged"  # "144, unless my ears are wrong"
            unmet = self._unmet(type_, last)
            if "if" not in self.words and (polarity == "denied" or unmet):
                return "denied", "asserted"
            return ("asserted", "hypothetical") if self._counterfactual_of(first, last) else None
        if polarity == "asserted" and self.deny and self._spared(first):
            return "asserted", "hedged"
        doubted = self.hedge and self._hedged(type_, first, last, barrier)
        if polarity == "asserted" and (doubted or (self.doubt and self._doubted(type_, last))):
            near = not doubted or self._hedged(
                type_, first, last, barrier, CLOSE, same=type_ in TYPES
            )
            return (polarity, "hedged") if near else None
        return polarity, "asserted"

    def _given(self, first: int) -> bool:
        """ "The snare would fall on three": there is one."""
        at = first - 1 if self.words[first - 1] in _THE else first - 2
        if at < 0 or self.words[at] not in _THE:
            return False
        return self.words[at - 1] not in _PREDICATES or self.words[:at] == ["were"]

    def _taken_back(self, type_: str, first: int, last: int) -> bool:
        taken = [t for t in self.taken if not self._of_time(type_, t)]
        before = any(
            t < first
            and self._within(t, first)
            and REALISED.isdisjoint(self.words[t + 1 : first])
            and not self._refuted(t, first)
            and (self.words[t] != "mistook" or "for" in self.words[t:first])
            for t in taken
        )  # "it feels like 4/4 at first, then ..."
        return before or any(
            (0 < t - last <= 3 and self.kinds[t + 1 : t + 2] in ("", ","))
            or (0 < t - last <= 9 and self.words[t - 1 : t + 1] in _THOUGHT)
            for t in taken
        )

    def _refuted(self, cue: int, first: int) -> bool:
        """ "My first impression was wrong: it is X": was what is taken back told before?"""
        told = (n for n in range(cue + 1, first - 1) if self.words[n] in _WRONG)
        return any(self.kinds[n + 1] in ",;:-" for n in told)

    def _spared(self, first: int) -> bool:
        """ "I can't exclude a viola"."""
        return any(
            cue < first
            and self.words[cue] in CANNOT
            and not FLIPS.isdisjoint(self.words[cue + 1 : min(cue + 4, first)])
            and self._within(cue, first)
            for cue in self.deny
        )

    def _of_time(self, type_: str, cue: int) -> bool:
        """ "Tender at first, afterwards wild", "at first a flute plays": a time, no error."""
        first = self.words[cue - 1 : cue + 1] == ["at", "first"]
        return first and type_ in SUCCESSIVE and self.sentence.bag.isdisjoint(HEARING)

    def _until(self, last: int) -> bool:
        return not {"until", "till", "before"}.isdisjoint(self.words[last + 1 : last + 5])

    def _for_now(self, last: int) -> bool:
        after = self.words[last + 1 : last + 4]
        if after[:1] == ["yet"]:
            return True
        return after[:1] in (["in"], ["at"]) and not OPENINGS.isdisjoint(after)

    def _echoed(self, first: int) -> bool:
        """ "A hint of funk", "influenced by flamenco": it need not be there."""
        lead = [w for w in self.words[max(0, first - 4) : first] if w not in ("a", "an", "the")]
        return lead[-1:] in (["of"], ["by"], ["at"]) and not ECHOES.isdisjoint(lead[-2:])

    def _denied(self, type_: str, first: int, last: int) -> bool:
        if not self.deny:
            return not {*":-"}.isdisjoint(self.kinds) and self._headed(first)
        plain, flips, listed = [], [], False
        bracketed = first > 1 and (self.kinds[first - 1] == "(" or self._apposed(first))
        clause = self.clause[first - 2 if bracketed else first]
        for cue in self.deny:
            word = self.words[cue]
            none = word == "of" and self.words[cue - 1] == "none"
            if cue < first and (none or word in ("neither", "nor")):
                listed = listed or (self._within(cue, first) and ":" not in self.kinds[cue:first])
            elif cue < first:
                reach = SHORT if word in ("than", "of", "with", "less") else REACH
                behind = self.words[cue:first]
                if (word == "less" and "than" in behind) or (
                    behind[1:3] == ["so", "much"] and "as" in behind
                ):
                    continue  # "less angry than tense", "not so much sad as nostalgic"
                if (
                    self.clause[cue] in (clause, self.clause[first])
                    and first - cue <= reach
                    and (word in NOBODY or MEANS.isdisjoint(self.words[cue + 1 : first]))
                    and not self._aside(type_, cue, first)
                    and not past_its_verb(self.sentence, cue, first)
                    and not (type_ == "key_signature" and word in ("no", "without", "neither"))
                ):
                    own = self.words[cue - 1] in ("i", "we")  # "as there is no G I reject C6"
                    (flips if word in FLIPS and not own else plain).append(cue)
        if listed or self._headed(first):
            return True
        if flips and plain and plain[0] < flips[-1]:
            return False
        plain += flips
        if plain and _excepts(self.words[plain[0] + 1 : first]):
            return False
        if len(plain) == 2 and not SAYING.isdisjoint(self.words[plain[0] : plain[1]]):
            return False
        return bool(plain)

    def _apposed(self, first: int) -> bool:
        """ "It does not modulate to the dominant, D major"."""
        if self.kinds[first - 1] != ",":
            return False
        lead = self.words[max(0, first - 4) : first - 1]
        return lead[-1] in APPOSED or (
            lead[-1] in ("major", "minor") and lead[-2:-1] in (["relative"], ["parallel"])
        )

    def _aside(self, type_: str, cue: int, first: int) -> bool:
        """ "It does not line up with the bass drum": what is there, and not what is denied."""
        if type_ == "instrument" and self.words[max(0, first - 2) : first] in _WITHIN:
            return first - cue > 3
        verb = self.words[cue] in _DENYING or self.words[cue].endswith("n't")
        return verb and self.words[max(0, first - 2) : first] in _ASIDE and first - cue > 3

    def _headed(self, first: int) -> bool:
        """ "Not in the mix: bass guitar, voice": a list under a word of absence."""
        kinds = self.kinds[:first]
        colon = kinds.find(":")
        colon = kinds.find("-") if colon < 0 else colon  # "Rejected reading -> a jump to A flat"
        if colon < 0 or colon > 5 or ";" in kinds or kinds.count(":") > 1:
            return False
        head = self.words[:colon]
        absent = not LABELS_OF_ABSENCE.isdisjoint(head)
        absent = absent or (
            "not" in head and not {"in", "present", "heard", "used"}.isdisjoint(head)
        )
        own = {"i", "was"} <= {*head}  # "I was wrong: it's G minor"
        return absent and not own and not {"is", "but", ",", "it"} & {*head}

    def _doubted(self, type_: str, last: int) -> bool:
        """ "D minor I think", "E flat major, I suppose"."""
        far = 4 if type_ == "instrument" and self.kinds[last + 1 : last + 2] != "," else 7
        return any(
            0 < cue - last <= _NEAR.get(self.words[cue], far)
            and self.clause[cue] - self.clause[last] <= 1 + (self.kinds[last + 1] == ",")
            and not self._leads_on(cue)
            and not self._of_another(last, cue)
            for cue in self.doubt
        )

    def _of_another(self, last: int, cue: int) -> bool:
        """ "Five sharps up front, moderato I guess": does something else stand before a doubt?"""
        comma = self.kinds.rfind(",", last, cue)
        opinion = self.words[cue - 1] == "i" and cue - comma > 2
        return comma >= 0 and opinion and not _ASSENT.issuperset(self.words[comma + 1 : cue - 1])

    def _leads_on(self, cue: int) -> bool:
        """ "Solemn, and I'd guess 60": does a doubt speak of what follows it?"""
        following = self.kinds[cue + 1 : cue + 2]
        opinion = self.words[cue] in ("guess", "bet", "venture") and cue > 1
        return opinion and bool(following) and following in "0BXNACTM"

    def _hedged(
        self, type_: str, first: int, last: int, barrier: int, reach: int = 2 * REACH,
        *, same: bool = False,
    ) -> bool:  # fmt: skip
        """Does a hedge reach a name? ``same``: or stand anywhere in its clause?"""
        for cue in self.hedge:
            if cue < first:
                if type_ == "instrument" and "with" in self.words[cue + 2 : first]:
                    continue  # "it seems to be a pop song with a singer"
                free = cue > barrier or self.clause[cue] == self.clause[first]
                free = free and ";" not in self.kinds[cue:first]
                if free and self._within(cue, first) and first - cue <= reach:
                    return True
            elif cue > last:
                between = self.words[last + 1 : cue]
                near = self.clause[cue] == self.clause[last] and cue - last <= 4
                near = near and {"and", "what", "who", "which"}.isdisjoint(between)
                alone = self.clause[cue] == self.clause[last] + 1 and self._alone(cue)
                adverb = self.words[cue] == "sure" or self.words[cue - 1] in (
                    "most",
                    "quite",
                    "very",
                )
                adverb = adverb or self.kinds[cue - 1] == ":"  # "AABA form: likely"
                alone = alone and cue - last <= (4 if adverb else 2)
                if near or alone:
                    return True
        return False

    def _alone(self, cue: int) -> bool:
        """ ", possibly": a clause of one word."""
        return cue + 1 == len(self.words) or self.kinds[cue + 1] in ",;:)"


def _excepts(words: list[str]) -> bool:
    """ "No other instruments than a violin", "nothing besides a harp": it is there."""
    other = "other" in words and "than" in words[words.index("other") :]
    return other or not _EXCEPT.isdisjoint(words)
