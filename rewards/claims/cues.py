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

Two denials in one clause cancel. "I would say", "no doubt" and "not only" are no cues.
What is only corrected later ("wait, no: G major") is found in ``rewards/claims/corrections.py``.
"""

from __future__ import annotations

from rewards.claims.records import Modality, Polarity
from rewards.claims.sentences import Sentence
from rewards.claims.words import word_set

_HARD = word_set(
    "but so however because although though while whereas since therefore hence thus yet "
    "instead until till"
)
_DENY = word_set(
    "nothing not no never without cannot cant isnt wasnt dont doesnt nope nowhere hardly unlike "
    "except excluding forget lacks lacking lack absence avoids nicht kein keine nor neither n't "
    "exclude excludes eliminate eliminates reject rejects dismiss dismisses discard devoid "
    "contradicts"
)
_DENY_PAIRS = {
    ("rather", "than"), ("instead", "of"), ("other", "than"), ("opposed", "to"), ("away", "with"),
    ("none", "of"), ("far", "from"), ("ruled", "out"), ("rules", "out"), ("rule", "out"),
    ("ruling", "out"), ("cross", "out"), ("crossing", "out"), ("free", "of"), ("nothing", "of"),
    ("no", "trace"), ("against", "a"), ("short", "of"),
    ("anything", "but"),
}  # fmt: skip
_DENY |= {f"{verb}n't" for verb in (
    "is", "was", "are", "were", "do", "does", "did", "ca", "could", "wo", "would", "should", "has",
    "have", "had", "ai", "must", "need", "might",
)}  # fmt: skip
_NO_DENIAL = word_set(
    "doubt question only just merely wonder less surprise surprisingly matter sooner sure "
    "longer problem mistake bet idea guess way to sense business reason"
)
_HEDGE = word_set(
    "maybe perhaps possibly probably prob likely might could may presumably perchance unsure "
    "guess potentially leaning conceivably arguably either tentatively suspect"
)
_SUPPOSE = word_set(
    "if would wouldn't suppose supposing expect expected expects expecting tempted imagine "
    "unless option hypothetically were"
)
_OPINION = word_set(
    "say call describe guess go file argue put think estimate bet label classify place opt "
    "swear identify hear name describes write like agree put"
)
_VERDICTS = word_set("say call set yield label show")
"""What somebody would do who hears this: no supposition."""
_TAKEN_BACK = word_set("initially suspected mistook mistakenly")
_TAKEN_PAIRS = {
    ("at", "first"), ("i", "thought"), ("first", "thought"), ("first", "guess"), ("took", "it"),
    ("first", "impression"), ("first", "instinct"), ("was", "thinking"), ("had", "thought"),
    ("first", "glance"), ("i", "first"), ("first", "counted"), ("first", "heard"),
    ("we", "thought"), ("i", "assumed"), ("i", "almost"), ("originally", "i"),
}  # fmt: skip
_NOTHING_AFTER = word_set(
    "out wrong impossible excluded silly off work fit incorrect unlikely not never here present "
    "heard any right do it possible plausible likely apply match enters appears enter appear "
    "plays sounds joins comes heard used what"
)
_GONE = word_set(
    "out wrong impossible excluded silly off absent missing gone nowhere eliminated rejected "
    "silent tacet discarded dismissed incorrect unlikely implausible too ruled fails none "
    "crossed struck"
)
_LABELS = word_set("instrument genre mood tempo_term cadence form")
"""Types of which "X would be softer" says that X is not there."""
_LINKS = word_set("is was isn't wasn't doesn't does are aren't it can't cannot didn't")
_REACH = 10
_SHORT = 3
"""How far "rather than" and "instead of" reach: to one name."""
_CUES = (
    _DENY
    | _HEDGE
    | _SUPPOSE
    | _TAKEN_BACK
    | {"had", "sure", "certain", "for", "be", "than"}
    | {pair[1] for pair in (*_DENY_PAIRS, *_TAKEN_PAIRS)}
)
"""Words without which a sentence asserts all that it says."""


class Cues:
    """The cues of one sentence, by token."""

    def __init__(self, sentence: Sentence) -> None:
        words, kinds = sentence.words, sentence.kinds
        self.words, self.kinds = words, kinds
        self.deny: list[int] = []
        self.hedge: list[int] = []
        self.suppose: list[int] = []
        self.taken: list[int] = []
        self.none = sentence.bag.isdisjoint(_CUES)
        if self.none:
            return
        self.clause, self.hard = clauses(sentence)
        for at, word in enumerate(words):
            pair = (words[at - 1] if at else "", word)
            if (word in _DENY and self._denies(at)) or pair in _DENY_PAIRS or self._falls_short(at):
                self.deny.append(at)
            if word in _HEDGE or (
                word in ("sure", "certain") and pair[0] in ("not", "pretty", "fairly")
            ):
                self.hedge.append(at)
            if (word in _SUPPOSE and self._supposes(at)) or (
                word == "had" and (at == 0 or kinds[at - 1] in ",;:(")
            ):
                self.suppose.append(at)
            if word in _TAKEN_BACK or pair in _TAKEN_PAIRS:
                self.taken.append(at)

    def stance(
        self, type_: str, first: int, last: int, barrier: int = -1
    ) -> tuple[Polarity, Modality]:
        """What the sentence says of its tokens ``first`` to ``last``, a claim of that type.

        ``barrier`` is the last token of a claim of another type before it: over that no hedge
        of another clause reaches.
        """
        if _refuted(type_, self.words[last + 1 : last + 5]):
            return "denied", "asserted"
        if self.none:
            return "asserted", "asserted"
        polarity: Polarity = "denied" if self._denied(first, last) else "asserted"
        if self.taken and any(t < first and self._within(t, first) for t in self.taken):
            return polarity, "retracted"
        if self.suppose and self._supposed(first, last):
            would = self.words[last + 1 : last + 2] == ["would"] and "if" not in self.words
            if (would and type_ in _LABELS) or (polarity == "denied" and "if" not in self.words):
                return "denied", "asserted"
            return "asserted", "hypothetical"
        if self.hedge and polarity == "asserted" and self._hedged(first, last, barrier):
            return polarity, "hedged"
        return polarity, "asserted"

    def _falls_short(self, at: int) -> bool:
        """ "too quick for Andante", "too low to be a violin", "more Adagio than Andante"."""
        words = self.words
        if words[at] == "for" or (words[at] == "be" and words[at - 1 : at] == ["to"]):
            return "too" in words[max(0, at - 5) : at]
        lead = words[max(0, at - 4) : at]
        compared = any(w in ("rather", "more", "less") or w.endswith("er") for w in lead)
        return words[at] == "than" and compared

    def _denies(self, at: int) -> bool:
        """False for idioms, and for "no," that answers something said before."""
        words = self.words
        after = words[at + 1] if at + 1 < len(words) else ""
        if words[at] in ("no", "nope", "without", "not") and after in _NO_DENIAL:
            return False
        if after == "any" and at + 2 < len(words) and words[at + 2] in _NO_DENIAL:
            return False
        if words[at] in ("no", "nope") and (after in (",", ".", ":", "-") or not after):
            return False
        if after in ("left", "leave", "leaves", "leaving", "strays", "stray"):
            return False
        return not (at and words[at - 1] == "why")

    def _supposes(self, at: int) -> bool:
        words = self.words
        if words[at] == "would":
            after = words[at + 1 : at + 3]
            if after and after[0] in _VERDICTS:
                return False
            return not (at and words[at - 1] in ("i", "we") and after and after[0] in _OPINION)
        if words[at] == "were":  # "were the piece in C", not "they were in C"
            return (
                at == 0
                or self.clause[at] != self.clause[at - 1]
                or words[at - 1] in ("it", "there")
            )
        if words[at].startswith("expect"):
            return not (at and words[at - 1] in ("we", "i"))
        if words[at] == "option":
            return False
        return not (words[at] == "if" and at and words[at - 1] in ("as", "even"))

    def _within(self, cue: int, at: int) -> bool:
        """No "but" or "so" between the two."""
        return self.hard[cue] == self.hard[at]

    def _denied(self, first: int, last: int) -> bool:
        count = 0
        for cue in self.deny:
            if cue < first:
                word = self.words[cue]
                if word in ("neither", "nor"):
                    count += self._within(cue, first)
                else:
                    reach = _SHORT if word in ("than", "of", "with") else _REACH
                    count += self.clause[cue] == self.clause[first] and first - cue <= reach
            elif cue > last and self.clause[cue] == self.clause[last] and cue - last <= 3:
                count += self._rejected(last, cue)
        if count:
            return count % 2 == 1
        after = self.words[last + 1 : last + 5]
        gone = next((n for n, word in enumerate(after) if word in _GONE), None)
        if gone is None or any(kind in ",;:()" for kind in self.kinds[last + 1 : last + 1 + gone]):
            return False
        links = {"is", "are", "was", "were", "seems", "feels", "sounds", "can", "'s", "be", "would"}
        return (gone == 0 and after[0] in ("fails", "too", "excluded")) or bool(
            links & set(after[:gone])
        )

    def _rejected(self, last: int, cue: int) -> bool:
        """ "ska it is not", "G minor doesn't work": nothing else follows the denial."""
        after = self.words[cue + 1 : cue + 3]
        links = all(word in _LINKS for word in self.words[last + 1 : cue])
        ends = not after or self.kinds[cue + 1] in ",.;:)" or after[0] in _NOTHING_AFTER
        return links and ends

    def _supposed(self, first: int, last: int) -> bool:
        for cue in self.suppose:
            word = self.words[cue]
            if word in ("if", "unless", "were", "had"):
                if self._within(cue, first) or (cue < first and self.words[cue] == "if"):
                    return True
            elif cue < first:
                if self._within(cue, first) and first - cue <= 2 * _REACH:
                    return True
            elif cue > last and cue - last <= 3 and self.clause[cue] - self.clause[last] <= 1:
                return True
        return False

    def _hedged(self, first: int, last: int, barrier: int) -> bool:
        for cue in self.hedge:
            if cue < first:
                free = cue > barrier or self.clause[cue] == self.clause[first]
                if free and self._within(cue, first) and first - cue <= 2 * _REACH:
                    return True
            elif cue > last:
                near = self.clause[cue] == self.clause[last] and cue - last <= 4
                alone = self.clause[cue] == self.clause[last] + 1 and self._alone(cue)
                if near or alone:
                    return True
        return False

    def _alone(self, cue: int) -> bool:
        """ ", possibly": a clause of one word."""
        return cue + 1 == len(self.words) or self.kinds[cue + 1] in ",;:)"


def _refuted(type_: str, after: list[str]) -> bool:
    """ "Drums: none", and of a tempo term "Presto is faster"."""
    if len(after) > 1 and after[0] in (":", "-", "=") and after[1] in ("no", "none", "nope"):
        return True
    faster = {"faster", "slower", "quicker", "livelier", "broader"}
    return type_ == "tempo_term" and after[:1] != [","] and bool(faster & set(after[:3]))


def clauses(sentence: Sentence) -> tuple[list[int], list[int]]:
    """For each token the number of its clause, and of its stretch between hard words."""
    words, kinds = sentence.words, sentence.kinds
    clause, hard = [], []
    at_clause = at_hard = 0
    for word, kind in zip(words, kinds, strict=True):
        if kind in ",;:()":
            at_clause += 1
            at_hard += kind == ";"
        elif word in _HARD:
            at_clause += 1
            at_hard += 1
        clause.append(at_clause)
        hard.append(at_hard)
    return clause, hard
